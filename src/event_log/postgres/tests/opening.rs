//! Opening: addresses, tables, rights, TLS; what is wrong is told, and no password with it.

use std::process::Command;
use std::sync::Arc;

use super::server::{Database, PASSWORD, Server};
use super::{clock, open, places, run, stranger};
use crate::event_log::contract::harness::{event, stream, to};
use crate::event_log::postgres::{Address, PostgresLog};

async fn refusal(url: &str) -> String {
    match PostgresLog::open(url, clock()).await {
        Ok(_) => panic!("{url} is opened"),
        Err(fault) => {
            let told = format!("{fault} {fault:?}");
            assert!(!told.contains("hidden"), "{told}");
            told
        }
    }
}

#[tokio::test]
async fn addresses_that_are_none_are_refused_without_their_password() {
    let check = async |url: &str, expected: &str| {
        let told = refusal(url).await;
        assert!(told.contains(expected), "{url}: {told}");
    };
    check("mysql://u:hidden@h/d", "does not begin with postgres://").await;
    check("postgres://u:hidden@h:port/d", "port").await;
    check("postgres:///d?user=u&password=hidden", "names no host").await;
    check("postgres://u:hidden@h/d?color=red", "color").await;
    check("postgres://u:hidden@h/d?sslmode=allow", "sslmode").await;
    check(
        "postgres://u:hidden@h/d?sslrootcert=%2Fnone%2Fca.pem",
        "/none/ca.pem",
    )
    .await;
    check("postgres://u:hidden@h/d?sslrootcert=%2", "malformed %").await;
    check(
        "postgres://u:hidden@h/d?sslrootcert=/dev/null",
        "no certificate",
    )
    .await;
    check(
        "postgres://u:hidden@127.0.0.1:1/d",
        "127.0.0.1 port 1, database d",
    )
    .await;
    check("postgres:///d?host=/none&user=u", "No such file").await;
}

#[test]
fn addresses_show_neither_user_nor_password() {
    let url = "postgres://ada:hidden@one:5433,two:5434/books?sslmode=disable";
    let address = Address::parse(url).expect("an address");
    assert_eq!(address.shown, "one,two port 5433,5434, database books");
    assert!(!format!("{:?}", address.config).contains("hidden"));
}

#[tokio::test]
async fn the_first_host_that_takes_writes_is_used() {
    let server = Server::shared();
    let database = server.database();
    let url = database.tcp_url(server.port());
    let url = url.replace("@127.0.0.1:", "@127.0.0.1:1,127.0.0.1:");
    let log = open(&url).await;
    places(&log, to(stream(1), 0, vec![event(1)]))
        .await
        .expect("appended");
    let set = "DO $$ BEGIN EXECUTE format(
        'ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$";
    run(&database.url(), set).await;
    let told = refusal(&database.url()).await;
    assert!(
        told.contains("does not allow writes") || told.contains("read-only"),
        "{told}"
    );
}

#[tokio::test]
async fn nodes_that_open_a_log_together_make_its_tables_once() {
    let server = Server::shared();
    let database = server.database();
    let url: Arc<str> = database.url().into();
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { open(&url).await })
        })
        .collect();
    for opened in opening {
        drop(opened.await.expect("no panic"));
    }
    let client = stranger(&url).await;
    let formats = client
        .query("SELECT format FROM snapledger_schema", &[])
        .await;
    assert_eq!(formats.expect("formats").len(), 1);
    run(&url, "INSERT INTO snapledger_schema (format) VALUES (7)").await;
    let told = refusal(&url).await;
    assert!(
        told.contains("has format 7, and this program knows 1"),
        "{told}"
    );
}

/// The database's address as another role.
fn as_role(database: &Database<'_>, role: &str) -> String {
    database
        .url()
        .replace("user=postgres", &format!("user={role}"))
}

#[tokio::test]
async fn a_role_needs_no_more_than_to_read_and_add_rows() {
    let server = Server::shared();
    let database = server.database();
    drop(open(&database.url()).await);
    // Roles belong to the whole server: these are there once, whoever comes first.
    let role = format!("node_{}", std::process::id());
    run(&database.url(), &format!("CREATE ROLE {role} LOGIN")).await;
    run(
        &database.url(),
        &format!("GRANT SELECT ON snapledger_schema TO {role}"),
    )
    .await;
    run(
        &database.url(),
        &format!("GRANT SELECT ON snapledger_events TO {role}"),
    )
    .await;
    let told = refusal(&as_role(&database, &role)).await;
    assert!(told.contains("may not INSERT on its tables"), "{told}");
    run(
        &database.url(),
        &format!("GRANT INSERT ON snapledger_events TO {role}"),
    )
    .await;
    let log = open(&as_role(&database, &role)).await;
    assert_eq!(
        places(&log, to(stream(1), 0, vec![event(1)])).await,
        Ok((1, 1))
    );
    drop(log);
    run(
        &database.url(),
        &format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"),
    )
    .await;
}

#[tokio::test]
async fn commits_are_durable_whatever_the_server_is_set_to() {
    let server = Server::shared();
    let database = server.database();
    let set = "DO $$ BEGIN EXECUTE format(
        'ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$";
    run(&database.url(), set).await;
    let address = Address::parse(&database.url()).expect("an address");
    let session = super::super::Session::open(&address)
        .await
        .expect("a session");
    let row = session
        .client
        .query_one("SHOW synchronous_commit", &[])
        .await;
    assert_eq!(row.expect("a row").get::<_, &str>(0), "on");
}

/// An authority and a server's certificate for `localhost`, made anew.
fn certificates(server: &Server) {
    let script = r#"
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
            -subj /CN=authority -keyout ca.key -out ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
            -subj /CN=localhost -keyout data/server.key -out server.csr
        printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' > extensions
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
            -extfile extensions -out data/server.crt
        chmod 600 data/server.key
        chown --reference=data data/server.key data/server.crt
        echo 'ssl = on' >> data/postgresql.conf
    "#;
    let made = Command::new("bash")
        .args(["-ec", script])
        .current_dir(server.folder())
        .output();
    let made = made.expect("bash runs");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

#[tokio::test]
async fn tls_is_verified_and_passwords_are_asked_for() {
    let server = Server::own(&[]);
    let database = server.database();
    certificates(&server);
    server.restart();
    let url = database
        .tcp_url(server.port())
        .replace("127.0.0.1", "localhost");
    let trusted = format!("sslrootcert={}/ca.pem", server.folder().display());
    let log = open(&format!("{url}?sslmode=verify-full&{trusted}")).await;
    assert_eq!(
        places(&log, to(stream(1), 0, vec![event(1)])).await,
        Ok((1, 1))
    );
    let asked = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'snapledger'";
    let row = stranger(&database.url()).await.query_one(asked, &[]).await;
    assert!(row.expect("a row").get::<_, bool>(0));
    let told = refusal(&format!("{url}?sslmode=require")).await;
    assert!(told.contains("UnknownIssuer"), "{told}");
    let other_name = url.replace("localhost", "127.0.0.1");
    let told = refusal(&format!("{other_name}?{trusted}")).await;
    assert!(told.contains("certificate not valid for name"), "{told}");
    let wrong = url.replace(PASSWORD, "hidden");
    let told = refusal(&format!("{wrong}?sslmode=disable")).await;
    assert!(told.contains("password authentication failed"), "{told}");
    open(&format!("{url}?sslmode=disable")).await;
}
