//! Credentials on several nodes, and a node that hears nothing.

use std::time::Duration;

use serde_json::json;

use super::line::{A_MOMENT, Carries, Node, in_time, log, two};
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, EventId, Stream};
use crate::domain::values::Role;
use crate::event_log::{Append, Context, EventLog, Expected, MemoryLog, NewEvent, StreamAppend};
use crate::gatekeeper::Gatekeeper;
use crate::ledger::tests::house::{ada, refusal};
use crate::ledger::{KeyKind, KeySecret, LedgerError, NewApiKey, PairSecrets};

fn key(kind: KeyKind) -> NewApiKey {
    NewApiKey {
        name: "robot".to_owned(),
        kind,
        role: Role::Editor,
        project: None,
        expires_at: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_of_one_node_opens_every_node_that_has_the_sealing_key() {
    let [one, other] = two().await;
    let issued = one.ledger().issue_api_key(&ada(), key(KeyKind::Pair)).await;
    let Some(KeySecret::Pair {
        access_key,
        secret_key,
    }) = issued.expect("issued").secret
    else {
        panic!("a pair was asked for");
    };
    other.abreast().await;
    for node in [&one, &other] {
        let pair = node
            .ledger()
            .pair(&access_key)
            .expect("a look")
            .expect("known");
        assert_eq!(pair.secret_key.reveal(), secret_key.reveal());
    }
    let log = log();
    let without = Node::as_told(&log, "one", |role| role.pairs = PairSecrets::Unshared).await;
    let refused = without
        .ledger()
        .issue_api_key(&ada(), key(KeyKind::Pair))
        .await;
    let Refusal::BadInput { message, .. } = refusal(refused) else {
        panic!("it says what is missing");
    };
    assert!(message.contains("SNAPLEDGER_SEAL_KEY"), "{message}");
    let bearer = without
        .ledger()
        .issue_api_key(&ada(), key(KeyKind::Bearer))
        .await;
    bearer.expect("all else works");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_where_it_has_not_come_yet() {
    let [one, other] = two().await;
    other.line(Carries::NoEvents);
    let issued = one
        .ledger()
        .issue_api_key(&ada(), key(KeyKind::Bearer))
        .await;
    let Some(KeySecret::Bearer(text)) = issued.expect("issued").secret else {
        panic!("a key was asked for");
    };
    let gatekeeper = Gatekeeper::new(other.ledger().clone());
    let asked = tokio::spawn(async move {
        let bearer = format!("Bearer {}", text.reveal());
        gatekeeper
            .sought(|gate| gate.of_authorization(&bearer))
            .await
    });
    tokio::time::sleep(A_MOMENT).await;
    assert!(
        !asked.is_finished(),
        "it is not refused by what this node has"
    );
    other.line(Carries::All);
    let found = in_time(asked).await.expect("no panic").expect("looked up");
    assert_eq!(&*found.expect("opens").subject, "robot");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_hears_nothing_answers_nobody_until_it_hears_again() {
    let [one, other] = two().await;
    let gatekeeper = Gatekeeper::new(other.ledger().clone()).open_to(ada().principal);
    let ask = || gatekeeper.principal(&axum::http::HeaderMap::new());
    for carries in [Carries::Nothing, Carries::NoEvents] {
        assert!(ask().expect("answered").is_some());
        let mut silence = other.ledger().silence();
        other.line(carries);
        // What it cannot have heard of.
        one.stage.dataset(&format!("made under {carries:?}")).await;
        other.clock.move_on(Duration::from_secs(10));
        in_time(silence.fallen()).await;
        let refused = ask().expect_err("silent");
        assert!(matches!(refused, LedgerError::Unavailable(_)), "{refused}");
        assert!(other.ledger().condition().is_silent);
        let (seconds, _) = other.ledger().figures().shared_log.expect("a shared log");
        assert!(seconds >= 9.0, "{seconds}");
        other.line(Carries::All);
        in_time(async {
            while ask().is_err() {
                tokio::time::sleep(A_MOMENT).await;
            }
        })
        .await;
        assert!(!other.ledger().condition().is_silent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_node_that_meets_a_newer_event_stops() {
    let log = log();
    let node = Node::on(&log, "older").await;
    let before = node.ledger().view_position();
    append_newer(&log, node.ledger().new_item_id()).await;
    in_time(node.stage.house().fallen()).await;
    assert_eq!(node.ledger().view_position(), before, "nothing was skipped");
    assert!(!node.ledger().condition().is_following);
}

/// An event as a newer program may write it.
async fn append_newer(log: &MemoryLog, id: uuid::Uuid) {
    let event = NewEvent {
        id: EventId(id),
        name: "SnapshotFrozen",
        schema_version: 1,
        data: json!({ "snapshot": id }).to_string().as_bytes().into(),
    };
    let append = Append {
        streams: vec![StreamAppend {
            stream: Stream::Dataset(DatasetId(id)),
            expected: Expected::NoStream,
            events: vec![event],
        }],
        context: Context {
            actor: "a newer program".into(),
            correlation: None,
            causation: None,
            idempotency: None,
        },
    };
    EventLog::append(log, append).await.expect("appended");
}
