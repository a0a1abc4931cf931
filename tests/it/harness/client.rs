//! Other people's clients: the scripts of `tests/clients`, run on Node against a server.
//!
//! A script tells its steps line by line; what it told is shown when it fails. Where it asks for
//! that, the server is started anew beneath it. Without Node a story fails; none is skipped.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{Home, KEY, Server, within};

/// The line by which a script asks for a graceful stop and a start.
const RESTART: &str = "restart";
/// The line by which a script asks for a kill and a start.
const CRASH: &str = "crash";

/// Runs a script of `tests/clients` to its end, which must be a good one.
pub async fn run_client(home: &Home, server: Server, script: &str) {
    within(script, run(home, server, script)).await;
}

async fn run(home: &Home, mut server: Server, script: &str) {
    let mut child = spawn(&server, script);
    let mut answers = child.stdin.take().expect("its input is a pipe");
    let mut steps = lines(&mut child);
    let mut complaints = child.stderr.take().expect("its complaints are a pipe");
    // Read beside the steps, so that a script which complains at length never waits for us.
    let complaints = tokio::spawn(async move {
        let mut text = Vec::new();
        complaints.read_to_end(&mut text).await.map(|_| text)
    });
    let mut told = String::new();
    while let Some(line) = steps.next_line().await.expect("its steps are text") {
        told.push_str(&line);
        told.push('\n');
        if line == RESTART || line == CRASH {
            server = start_anew(home, server, &line).await;
            tell(&mut answers, &server.address).await;
        }
    }
    let status = child.wait().await.expect("its end");
    let complaints = complaints.await.expect("a reader").expect("its complaints");
    let complaints = String::from_utf8_lossy(&complaints);
    assert!(status.success(), "{script}: {status}\n{told}{complaints}");
}

fn spawn(server: &Server, script: &str) -> Child {
    let clients = folder();
    let installed = clients.join("node_modules");
    assert!(installed.is_dir(), "the clients are missing: `make tools`");
    Command::new("node")
        .arg(clients.join(script))
        .args([server.address.as_str(), KEY])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("Node runs the clients: install Node 20 or newer")
}

/// Where other people's clients are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

fn lines(child: &mut Child) -> tokio::io::Lines<BufReader<ChildStdout>> {
    let output = child.stdout.take().expect("its output is a pipe");
    BufReader::new(output).lines()
}

async fn start_anew(home: &Home, server: Server, how: &str) -> Server {
    if how == RESTART {
        server.stop().await;
    } else {
        server.kill();
    }
    home.start().await
}

async fn tell(answers: &mut ChildStdin, address: &str) {
    let line = format!("{address}\n");
    let written = answers.write_all(line.as_bytes()).await;
    written.expect("the script listens");
}
