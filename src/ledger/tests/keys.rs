//! API keys: what they open, for how long, and what is told of them.

use chrono::{DateTime, TimeDelta, Utc};

use super::house::{Stage, ada, refusal};
use crate::auth::{AccessKey, ApiKeyText, Principal};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::domain::ids::{ApiKeyId, Position};
use crate::domain::values::Role;
use crate::ledger::{
    CallKey, Caller, EventFilter, IssuedApiKey, KeyKind, KeySecret, Ledger, NewApiKey, Outcome,
};

fn new_key(kind: KeyKind, expires_at: Option<DateTime<Utc>>) -> NewApiKey {
    NewApiKey {
        name: "nightly".to_owned(),
        kind,
        role: Role::Viewer,
        project: None,
        expires_at,
    }
}

fn retried(text: &str) -> Caller {
    Caller {
        key: Some(CallKey {
            text: text.into(),
            mutation: "issueApiKey",
            input: Digest::of(b"the same input"),
        }),
        ..ada()
    }
}

async fn issue(ledger: &Ledger, kind: KeyKind) -> IssuedApiKey {
    let issued = ledger.issue_api_key(&ada(), new_key(kind, None)).await;
    issued.expect("issued")
}

fn bearer(issued: &IssuedApiKey) -> ApiKeyText {
    match &issued.secret {
        Some(KeySecret::Bearer(key)) => key.clone(),
        other => panic!("a bearer key was asked for, not {other:?}"),
    }
}

fn pair(issued: &IssuedApiKey) -> (AccessKey, String) {
    match &issued.secret {
        Some(KeySecret::Pair {
            access_key,
            secret_key,
        }) => (access_key.clone(), secret_key.reveal().to_owned()),
        other => panic!("a pair was asked for, not {other:?}"),
    }
}

/// The secret key that opens, by its access key.
fn opens(ledger: &Ledger, access_key: &AccessKey) -> Option<String> {
    let pair = ledger.pair(access_key).expect("looked up");
    pair.map(|pair| pair.secret_key.reveal().to_owned())
}

fn known(ledger: &Ledger, key: &ApiKeyText) -> Option<Principal> {
    ledger.authenticate(key).expect("looked up")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_until_it_is_revoked() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let issued = issue(ledger, KeyKind::Bearer).await;
    let key = bearer(&issued);
    let principal = known(ledger, &key).expect("opens");
    assert_eq!(principal.role_everywhere(), Some(Role::Viewer));
    assert!(ledger.still_opens(&principal).expect("looked up"));
    let id = issued.changed.id;
    ledger.revoke_api_key(&ada(), id).await.expect("revoked");
    assert!(known(ledger, &key).is_none());
    assert!(!ledger.still_opens(&principal).expect("looked up"));
    let again = refusal(ledger.revoke_api_key(&ada(), id).await);
    assert_eq!(again, Refusal::ApiKeyRevoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_until_it_ends() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let end = ledger.now() + TimeDelta::milliseconds(200);
    let asked = new_key(KeyKind::Bearer, Some(end));
    let issued = ledger.issue_api_key(&ada(), asked.clone()).await;
    let key = bearer(&issued.expect("issued"));
    let principal = known(ledger, &key);
    while ledger.now() < end {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(known(ledger, &key).is_none());
    if let Some(principal) = principal {
        assert!(!ledger.still_opens(&principal).expect("looked up"));
    }
    let late = refusal(ledger.issue_api_key(&ada(), asked).await);
    assert!(matches!(
        late,
        Refusal::BadInput {
            field: "expiresAt",
            ..
        }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_is_told_the_same_secret_also_after_a_restart() {
    let mut stage = Stage::set().await;
    let ask = async |stage: &Stage, kind, text| {
        let (caller, new) = (retried(text), new_key(kind, None));
        let issued = stage.ledger().issue_api_key(&caller, new);
        issued.await.expect("issued")
    };
    let first = ask(&stage, KeyKind::Bearer, "one").await;
    let first_pair = ask(&stage, KeyKind::Pair, "two").await;
    let other = ask(&stage, KeyKind::Bearer, "three").await;
    assert_ne!(bearer(&first).reveal(), bearer(&other).reveal());
    for _ in 0..2 {
        let again = ask(&stage, KeyKind::Bearer, "one").await;
        assert_eq!(again.changed, first.changed);
        assert_eq!(bearer(&again).reveal(), bearer(&first).reveal());
        let again = ask(&stage, KeyKind::Pair, "two").await;
        assert_eq!(again.changed, first_pair.changed);
        assert_eq!(pair(&again), pair(&first_pair));
        let (access_key, secret_key) = pair(&again);
        assert_eq!(opens(stage.ledger(), &access_key), Some(secret_key));
        stage.reopen_after(|_| {}).await;
    }
    // Two keys of one name do not answer each other's retries.
    let [one, two] = [1, 2].map(|number| Caller {
        principal: Principal::administrator("ci", Some(ApiKeyId(uuid::Uuid::from_u128(number)))),
        ..retried("one")
    });
    let ledger = stage.ledger();
    let asked = new_key(KeyKind::Bearer, None);
    let one = ledger
        .issue_api_key(&one, asked.clone())
        .await
        .expect("issued");
    let two = ledger.issue_api_key(&two, asked).await.expect("issued");
    assert_ne!(one.changed.id, two.changed.id);
    assert_ne!(bearer(&one).reveal(), bearer(&two).reveal());
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_whose_secrets_are_lost_are_refused_and_keys_are_not() {
    let mut stage = Stage::set().await;
    let (access_key, secret_key) = pair(&issue(stage.ledger(), KeyKind::Pair).await);
    let key = bearer(&issue(stage.ledger(), KeyKind::Bearer).await);
    assert_eq!(opens(stage.ledger(), &access_key), Some(secret_key.clone()));
    let as_bearer = ApiKeyText::given(&secret_key);
    assert!(
        known(stage.ledger(), &as_bearer).is_none(),
        "a secret key is never sent"
    );
    let lose = |folder: &std::path::Path| {
        std::fs::remove_file(folder.join("keys.db")).expect("it is there");
    };
    stage.reopen_after(lose).await;
    assert_eq!(opens(stage.ledger(), &access_key), None);
    assert!(known(stage.ledger(), &key).is_some());
    stage.ledger().tell_lost_pairs().expect("told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_is_noted_once_a_day_beside_the_request() {
    let mut stage = Stage::set().await;
    let issued = issue(stage.ledger(), KeyKind::Bearer).await;
    let key = bearer(&issued);
    let reads = stage.ledger().reads(&ada().principal);
    let last_used = |reads: &crate::ledger::Reads| {
        let row = reads.api_key(issued.changed.id).expect("readable");
        row.expect("there").last_used_at
    };
    assert_eq!(last_used(&reads), None);
    for _ in 0..3 {
        assert!(known(stage.ledger(), &key).is_some());
    }
    for _ in 0..1_000 {
        if last_used(&reads).is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let noted = last_used(&reads).expect("noted");
    drop(reads);
    stage.reopen_after(|_| {}).await;
    assert!(known(stage.ledger(), &key).is_some());
    let reads = stage.ledger().reads(&ada().principal);
    // What is offered is noted before what comes after it is answered, or never.
    issue(stage.ledger(), KeyKind::Bearer).await;
    let filter = EventFilter {
        names: Some(vec!["ApiKeyUsed".to_owned()]),
        ..EventFilter::default()
    };
    let page = reads.events_after(Position::START, None, &filter, 9).await;
    let days: std::collections::BTreeSet<_> = page
        .expect("readable")
        .rows
        .iter()
        .map(|row| row.recorded_at.date_naive())
        .collect();
    assert!(days.contains(&noted.date_naive()));
    let page = reads.events_after(Position::START, None, &filter, 9).await;
    assert_eq!(page.expect("readable").rows.len(), days.len(), "one a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_what_they_do_not_have() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let default = ledger.default_project();
    let ask = async |grants, project, role| -> Outcome<IssuedApiKey> {
        let principal = Principal {
            grants,
            ..ada().principal
        };
        let new = NewApiKey {
            project,
            role,
            ..new_key(KeyKind::Bearer, None)
        };
        ledger
            .issue_api_key(&Caller { principal, ..ada() }, new)
            .await
    };
    use crate::auth::Grants::{Everywhere, In};
    for (grants, project, is_given) in [
        (Everywhere(Role::Admin), None, true),
        (Everywhere(Role::Admin), Some(default), true),
        (In(vec![(default, Role::Admin)]), Some(default), true),
        (In(vec![(default, Role::Admin)]), None, false),
        (In(vec![(default, Role::Editor)]), Some(default), false),
        (Everywhere(Role::Editor), Some(default), false),
        (Everywhere(Role::Editor), None, false),
        (In(vec![]), Some(default), false),
    ] {
        for role in Role::ALL {
            let told = format!("{grants:?} {project:?} {role:?}");
            let given = ask(grants.clone(), project, *role).await;
            assert_eq!(given.is_ok(), is_given, "{told}");
        }
    }
}
