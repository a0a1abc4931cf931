//! The command line, as a person uses it: what it does, what it says, and how it ends.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{Home, KEY, Server, binary, item, lines, run};

const TABLE: &str = "id,species,mass\np1,Adelie,3750\np2,Gentoo,5000\np3,Chinstrap,3700\n";
const TABLE_LATER: &str = "id,species,mass\np1,Adelie,3800\np4,Gentoo,5100\n";

/// Runs a command that must fail; answers what it told.
fn fails(command: &mut Command) -> String {
    let ran = run(command);
    assert!(!ran.is_success, "it ended well: {ran:?}");
    assert!(
        ran.output.is_empty(),
        "a failure belongs on stderr: {ran:?}"
    );
    assert!(!ran.told.contains("panicked"), "{ran:?}");
    ran.told
}

/// A failure says what happened and what to do next.
fn check_tells(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "says nothing of {part:?}: {told}");
    }
}

/// A file of the story.
fn file(home: &Home, name: &str, text: &str) -> String {
    let path = home.beside(name);
    std::fs::write(&path, text).expect("a file");
    path.display().to_string()
}

#[tokio::test]
async fn a_table_is_imported_named_changed_restored_and_exported() {
    let home = Home::new();
    let server = home.start().await;
    let table = file(&home, "penguins.csv", TABLE);
    let later = file(&home, "later.csv", TABLE_LATER);
    let imported = server.runs(&["import", &table, "--dataset", "penguins", "--create"]);
    check_tells(&imported, &["3 added", "version 1000"]);
    let snapshot = server.runs(&["snapshot", "--dataset", "penguins", "--name", "as found"]);
    check_tells(&snapshot, &["snapshot 2", "as found", "3 items"]);
    let before = server.runs(&["export", "--dataset", "penguins"]);
    assert_eq!(before.lines().count(), 3);

    let changed = server.runs(&[
        "import",
        &later,
        "--dataset",
        "penguins",
        "--mode",
        "replace",
    ]);
    check_tells(&changed, &["1 added", "2 removed", "1 modified"]);
    assert_ne!(server.runs(&["export", "--dataset", "penguins"]), before);
    let restored = server.runs(&["restore", "as found", "--dataset", "penguins"]);
    check_tells(&restored, &["restored penguins to snapshot 2", "2 added"]);
    assert_eq!(server.runs(&["export", "--dataset", "penguins"]), before);

    let out = home.beside("out.ndjson").display().to_string();
    server.runs(&["export", "--dataset", "penguins", "--output", &out]);
    assert_eq!(std::fs::read_to_string(&out).expect("the export"), before);
    // What comes out goes in again: nothing differs.
    let again = server.runs(&["import", &out, "--dataset", "penguins", "--mode", "replace"]);
    check_tells(
        &again,
        &["0 added", "0 removed", "0 modified", "3 unchanged"],
    );
    let undone = server.runs(&["restore", "1", "--dataset", "penguins", "--safety-snapshot"]);
    check_tells(&undone, &["3 removed"]);
}

#[tokio::test]
async fn the_log_tells_every_event_and_goes_on_with_new_ones() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("logged").await;
    server.commit(&dataset, vec![item(1, 1)], &[]).await;
    let all = server.runs(&["log", "--once"]);
    check_tells(
        &all,
        &[
            "LedgerFounded",
            "DatasetCreated",
            "ItemsCommitted",
            "logged",
            "admin",
        ],
    );
    assert_eq!(all.lines().count(), server.events("id").await.len());
    let objects = server.runs(&["log", "--once", "--json", "--dataset", "logged"]);
    for line in objects.lines() {
        let event: Value = serde_json::from_str(line).expect("one object a line");
        assert_eq!(event["dataset"]["name"], "logged");
    }

    let last = all.lines().last().expect("events");
    let last = last.split_whitespace().next().expect("an xact id");
    let mut follower = server.command(&["log", "--after", last]);
    let mut follower = follower.stdout(Stdio::piped()).spawn().expect("it runs");
    let output = BufReader::new(follower.stdout.take().expect("its output"));
    server.snapshot(&dataset, "heard of").await;
    let first = output.lines().next().expect("a line").expect("its text");
    assert!(first.contains("SnapshotCreated"), "{first}");
    follower.kill().expect("it still follows");
    follower.wait().expect("it has ended");
}

#[tokio::test]
async fn items_come_in_from_a_pipe() {
    let home = Home::new();
    let server = home.start().await;
    let mut import = server.command(&["import", "-", "--dataset", "piped", "--create"]);
    let import = import.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut import = import.expect("it runs");
    let mut input = import.stdin.take().expect("its input");
    input.write_all(lines(500, 1).as_bytes()).expect("it reads");
    drop(input);
    let output = import.wait_with_output().expect("it ends");
    assert!(output.status.success());
    check_tells(&String::from_utf8_lossy(&output.stdout), &["500 added"]);
    assert_eq!(
        server.runs(&["export", "--dataset", "piped"]),
        lines(500, 1)
    );
}

/// Failures of commands that reach a server.
async fn check_refusals(home: &Home, server: &Server) {
    server.dataset("penguins").await;
    let fails = |arguments: &[&str]| fails(&mut server.command(arguments));
    let unknown = fails(&["export", "--dataset", "pengiuns"]);
    check_tells(&unknown, &["pengiuns", "\"penguins\""]);
    let unknown = fails(&["restore", "never made", "--dataset", "penguins"]);
    check_tells(&unknown, &["never made"]);
    let future = fails(&[
        "export",
        "--dataset",
        "penguins",
        "--at",
        "1000080592259999999",
    ]);
    check_tells(&future, &["xact id"]);
    let broken = file(home, "broken.ndjson", &(lines(2, 1) + "{\"key\":1}\n"));
    let told = fails(&["import", &broken, "--dataset", "penguins"]);
    check_tells(&told, &["line 3"]);
    let missing = fails(&["import", "no-such-file.csv", "--dataset", "penguins"]);
    check_tells(&missing, &["no-such-file.csv", "check the path"]);
    let told = fails(&["snapshot", "--dataset", "penguins", "--name", ""]);
    check_tells(&told, &["name"]);
}

#[tokio::test]
async fn a_failure_says_what_to_do_next_and_ends_with_a_code() {
    let home = Home::new();
    let server = home.start().await;
    check_refusals(&home, &server).await;
    let mut nobody = binary();
    nobody.args([
        "export",
        "--dataset",
        "x",
        "--server",
        "http://127.0.0.1:9",
        "--key",
        KEY,
    ]);
    check_tells(&fails(&mut nobody), &["127.0.0.1:9", "snapledger serve"]);
    for key in [&["--key", "sl_wrong"][..], &[]] {
        let mut stranger = binary();
        stranger
            .args(["export", "--dataset", "x", "--server", &server.address])
            .args(key);
        check_tells(&fails(&mut stranger), &["--key", "SNAPLEDGER_KEY"]);
    }
    check_tells(&fails(&mut binary()), &["Usage"]);
    check_tells(&fails(binary().arg("restroe")), &["restore"]);
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why_and_what_to_do() {
    let home = Home::new();
    let server = home.start().await;
    let data = home.data().display().to_string();
    let other = home.beside("other").display().to_string();
    let taken = server.address.trim_start_matches("http://");
    let serve = |arguments: &[&str]| fails(binary().arg("serve").args(arguments));
    let locked = serve(&["--data", &data, "--listen", "127.0.0.1:0"]);
    check_tells(&locked, &["used by another", "--data"]);
    check_tells(
        &serve(&["--data", &other, "--listen", taken]),
        &[taken, "--listen"],
    );
    let open = serve(&[
        "--data",
        &other,
        "--listen",
        "0.0.0.0:0",
        "--insecure-no-auth",
    ]);
    check_tells(&open, &["--insecure-no-auth", "127.0.0.1"]);
    let log = serve(&["--data", &other, "--log", "mysql://ada:hush@host/db"]);
    check_tells(&log, &["\"mysql\"", "postgres://…"]);
    let nowhere = "postgres://ada:hush@127.0.0.1:1/db?sslmode=disable";
    let on = |data: &str| serve(&["--data", data, "--listen", "127.0.0.1:0", "--log", nowhere]);
    let unreachable = on(&other);
    check_tells(&unreachable, &["postgres://127.0.0.1:1", "cannot be used"]);
    assert!(!unreachable.contains("hush"), "{unreachable}");
    // A folder with a log of its own does not join another one, and is left as it is.
    let own = home.beside("own");
    std::fs::create_dir(&own).expect("a folder");
    std::fs::write(own.join("log.db"), "").expect("a file");
    let own = own.display().to_string();
    check_tells(&on(&own), &["a ledger of its own", "--log sqlite"]);
    let rebuild = fails(binary().args(["rebuild", "--data", &other]));
    check_tells(&rebuild, &["no log", "--data"]);
}

#[test]
fn the_schema_that_is_printed_is_the_one_in_the_repository() {
    let printed = run(binary().arg("schema"));
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let kept = std::fs::read_to_string(kept).expect("schema.graphql");
    assert!(printed.is_success);
    assert!(
        printed.output == kept,
        "run `snapledger schema > schema.graphql`"
    );
}
