//! What a log in PostgreSQL promises beyond the contract, against a real server.
//!
//! The server is started by the tests; `torture` has one to itself, since it is stopped there.

pub(in crate::event_log) mod fresh;
mod harms;
mod links;
mod opening;
#[allow(
    dead_code,
    reason = "the stories of whole nodes use all of it, these tests a part"
)]
#[path = "../../../../tests/servers/postgres.rs"]
pub(in crate::event_log) mod server;
mod torture;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::NoTls;

use super::PostgresLog;
use crate::clock::{Clock, SystemClock};
use crate::domain::ids::{Position, Revision};
use crate::event_log::contract::harness::{append_of, event, part, stream, to};
use crate::event_log::port::{Append, AppendFault, Appended, Follower, Recorded};
use crate::event_log::shared::SharedLog;
use server::Server;

/// Long enough for any machine; a test that needs it has failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::start())
}

async fn open(url: &str) -> PostgresLog {
    PostgresLog::open(url, clock()).await.expect("a log")
}

async fn next(follower: &mut dyn Follower, limit: usize) -> Vec<Recorded> {
    let events = timeout(PATIENCE, follower.next(limit)).await;
    events.expect("in time").expect("readable").expect("open")
}

async fn places(log: &PostgresLog, append: Append) -> Result<(u64, u64), AppendFault> {
    let appended = timeout(PATIENCE, log.append(append))
        .await
        .expect("in time");
    appended.map(|Appended { first, last, .. }| (first.0, last.0))
}

/// A connection of somebody else's; it ends with the client.
async fn stranger(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("let in");
    tokio::spawn(connection);
    client
}

async fn run(url: &str, sql: &str) {
    stranger(url).await.batch_execute(sql).await.expect("run");
}

#[tokio::test]
async fn what_one_node_appends_all_follow() {
    let server = Server::shared();
    let database = server.database();
    let (one, other) = (open(&database.url()).await, open(&database.url()).await);
    let mut early = other.follow(Position::START);
    let mut ahead = other.follow(Position(3));
    assert_eq!(one.head().await, Ok(Position::START));
    let mut first = append_of(vec![
        part(stream(1), 0, vec![event(1), event(2)]),
        part(stream(2), 0, vec![event(3)]),
    ]);
    first.context.actor = "ada\0 \u{1f427}".into();
    assert_eq!(places(&one, first.clone()).await, Ok((1, 3)));
    assert_eq!(other.head().await, Ok(Position(3)));
    let mut seen = next(&mut *early, 2).await;
    assert_eq!(seen.len(), 2, "no more than was asked for");
    seen.extend(next(&mut *early, 9).await);
    for (number, (recorded, new)) in (1..).zip(seen.iter().zip([1, 2, 3].map(event))) {
        assert_eq!(recorded.position, Position(number));
        assert_eq!(recorded.context, first.context);
        assert_eq!((recorded.id, &recorded.data), (new.id, &new.data));
        assert_eq!((&*recorded.name, recorded.schema_version), (new.name, 1));
    }
    assert_eq!((seen[2].stream, seen[2].revision), (stream(2), Revision(0)));
    assert_eq!(next(&mut *ahead, 9).await, seen[2..]);
    assert_eq!(
        places(&other, to(stream(1), 2, vec![event(4)])).await,
        Ok((4, 4))
    );
    assert_eq!(next(&mut *early, 9).await[0].position, Position(4));
    drop(other);
    assert_eq!(early.next(9).await, Ok(None), "it ends with its log");
}

#[tokio::test]
async fn an_append_is_there_once_whoever_sends_it_again() {
    let server = Server::shared();
    let database = server.database();
    let (one, other) = (open(&database.url()).await, open(&database.url()).await);
    let append = to(stream(1), 0, vec![event(1), event(2)]);
    assert_eq!(places(&one, append.clone()).await, Ok((1, 2)));
    assert_eq!(
        places(&one, to(stream(1), 2, vec![event(3)])).await,
        Ok((3, 3))
    );
    assert_eq!(places(&other, append).await, Ok((1, 2)));
    let part = places(&other, to(stream(1), 3, vec![event(2)])).await;
    assert_eq!(part, Err(AppendFault::IdReused { id: event(2).id }));
    let conflict = places(&other, to(stream(1), 0, vec![event(4)])).await;
    let found = Some(Revision(2));
    let stream = stream(1);
    assert_eq!(conflict, Err(AppendFault::Conflict { stream, found }));
    assert_eq!(one.head().await, Ok(Position(3)));
}

#[tokio::test]
async fn followers_find_what_nobody_tells_them_of() {
    let server = Server::shared();
    let database = server.database();
    let (log, mut follower) = {
        let log = open(&database.url()).await;
        let follower = log.follow(Position(1));
        (log, follower)
    };
    places(&log, to(stream(1), 0, vec![event(1)]))
        .await
        .expect("appended");
    assert_eq!(next(&mut *follower, 9).await[0].position, Position(1));
    // Without a notification.
    let copy = "INSERT INTO snapledger_events SELECT 2, stream, 1, gen_random_uuid(), name,
        schema_version, recorded_at, actor, correlation, causation, idempotency_key,
        idempotency_input, data FROM snapledger_events";
    run(&database.url(), copy).await;
    assert_eq!(next(&mut *follower, 9).await[0].position, Position(2));
}

#[tokio::test]
async fn pages_are_cut_by_their_bytes() {
    const DATA_BYTES: usize = 1_000_000;
    let server = Server::shared();
    let database = server.database();
    let log = open(&database.url()).await;
    let mut large = event(0);
    large.data = Arc::from(vec![b'x'; DATA_BYTES]);
    for number in 0..8 {
        large.id = event(number).id;
        let append = to(stream(1), number, vec![large.clone()]);
        places(&log, append).await.expect("appended");
    }
    let mut follower = log.follow(Position(1));
    let mut seen = 0;
    while seen < 8 {
        let events = next(&mut *follower, 99).await;
        assert!(events.len() <= 5, "a page is bounded: {}", events.len());
        for event in events {
            seen += 1;
            assert_eq!(
                (event.position, event.data.len()),
                (Position(seen), DATA_BYTES)
            );
        }
    }
}

#[tokio::test]
async fn what_must_not_be_in_a_log_ends_its_followers_loudly() {
    let server = Server::shared();
    for (harm, expected) in [
        (
            "UPDATE snapledger_events SET position = 9 WHERE position = 3",
            "gap",
        ),
        (
            "UPDATE snapledger_events SET stream = 'x' WHERE position = 3",
            "stream is malformed",
        ),
        // A standby took over that had not heard of all, and others went on.
        (
            "UPDATE snapledger_events SET id = gen_random_uuid() WHERE position = 2;
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
            "was restored",
        ),
    ] {
        let database = server.database();
        let log = open(&database.url()).await;
        let mut follower = log.follow(Position(1));
        let two = to(stream(1), 0, vec![event(1), event(2)]);
        places(&log, two).await.expect("appended");
        let mut seen = 0;
        while seen < 2 {
            seen += next(&mut *follower, 9).await.len();
        }
        let third = "BEGIN; INSERT INTO snapledger_events SELECT 3, stream, 2, gen_random_uuid(),
            name, schema_version, recorded_at, actor, correlation, causation, idempotency_key,
            idempotency_input, data FROM snapledger_events WHERE position = 1;";
        run(&database.url(), &format!("{third} {harm}; COMMIT")).await;
        let fault = timeout(PATIENCE, follower.next(9)).await.expect("in time");
        let fault = fault.expect_err("it is told");
        assert!(fault.to_string().contains(expected), "{fault}");
        assert_eq!(follower.next(9).await, Err(fault), "and told again");
    }
}

#[tokio::test]
async fn who_holds_the_lock_for_long_delays_but_breaks_nothing() {
    let server = Server::shared();
    let database = server.database();
    let log = open(&database.url()).await;
    let holder = stranger(&database.url()).await;
    let hold = "BEGIN; SELECT pg_advisory_xact_lock(x'534C4F47'::bigint)";
    holder.batch_execute(hold).await.expect("held");
    let answers: Vec<_> = (0..6_000)
        .map(|number| log.append(to(stream(number), 0, vec![event(number as u64)])))
        .collect();
    holder.batch_execute("ROLLBACK").await.expect("let go");
    let (mut written, mut refused) = (0, 0);
    for answer in answers {
        match answer.await {
            Ok(appended) => {
                written += 1;
                assert_eq!(appended.first, Position(written));
            }
            Err(fault) => {
                refused += 1;
                assert_eq!(fault, AppendFault::Overloaded);
            }
        }
    }
    assert!(
        written >= 4_096 && refused > 0,
        "{written} written, {refused} refused"
    );
    assert_eq!(log.head().await, Ok(Position(written)));
}

#[tokio::test]
async fn terminated_sessions_are_opened_again() {
    let server = Server::shared();
    let database = server.database();
    let log = open(&database.url()).await;
    let mut follower = log.follow(Position(1));
    for number in 0..10 {
        places(&log, to(stream(1), number, vec![event(number)]))
            .await
            .expect("appended");
        assert_eq!(log.head().await, Ok(Position(number + 1)));
        assert_eq!(
            next(&mut *follower, 9).await[0].position,
            Position(number + 1)
        );
        let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'snapledger'";
        run(&database.url(), terminate).await;
    }
}
