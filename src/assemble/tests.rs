//! A data folder, opened, left, and opened again.

use std::fs;

use super::*;
use crate::clock::SystemClock;

async fn open(folder: &DataFolder, access: &Access) -> Assembled {
    let clock = Arc::new(SystemClock::start());
    assemble(
        folder,
        Purpose::Serve(access, &Secrets::default()),
        clock,
        &mut |_, _| {},
    )
    .await
    .expect("a house")
}

#[test]
fn a_folder_is_one_processs_alone_and_free_when_it_ends() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = DataFolder::take(place.path()).expect("free");
    let refused = DataFolder::take(place.path())
        .expect_err("taken")
        .to_string();
    assert!(refused.contains("used by another"), "{refused}");
    drop(folder);
    DataFolder::take(place.path()).expect("free again");
    let refused = DataFolder::take_existing(place.path())
        .expect_err("empty")
        .to_string();
    assert!(refused.contains("no log"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_key_is_shown_once_and_goes_on_opening() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = DataFolder::take(place.path()).expect("free");
    let keys = Access::Keys(None);
    let first = open(&folder, &keys).await;
    let key = first.first_key.expect("the first start shows it");
    let id = first.house.ledger.id();
    first.house.close().await.expect("closed");
    drop(first.gatekeeper);
    let node = folder.node(&SystemClock::start()).expect("a name");

    let again = open(&folder, &keys).await;
    assert!(again.first_key.is_none());
    assert_eq!(again.house.ledger.id(), id);
    assert!(again.gatekeeper.of_token(&key).expect("a look").is_some());
    again.house.close().await.expect("closed");
    assert_eq!(folder.node(&SystemClock::start()).expect("a name"), node);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_bootstrap_key_opens_beside_the_first() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = DataFolder::take(place.path()).expect("free");
    let [one, other] = ["key-one", "key-other"].map(ApiKeyText::given);
    let first = open(&folder, &Access::Keys(Some(one.clone()))).await;
    assert!(first.first_key.is_none(), "whoever gave it knows it");
    assert!(first.gatekeeper.of_token(&other).expect("a look").is_none());
    first.house.close().await.expect("closed");
    drop(first.gatekeeper);

    let again = open(&folder, &Access::Keys(Some(other.clone()))).await;
    for key in [one, other] {
        assert!(again.gatekeeper.of_token(&key).expect("a look").is_some());
    }
    again.house.close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn caches_that_are_no_databases_are_made_anew() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = DataFolder::take(place.path()).expect("free");
    let first = open(&folder, &Access::Open).await;
    let (id, head) = (first.house.ledger.id(), first.house.ledger.head());
    first.house.close().await.expect("closed");
    drop(first.gatekeeper);
    folder.drop_caches().expect("dropped");
    for file in [CONTENT_FILE, VIEWS_FILE] {
        fs::write(place.path().join(file), "not a database ".repeat(1_000)).expect("written");
    }
    let again = open(&folder, &Access::Open).await;
    assert_eq!(
        (again.house.ledger.id(), again.house.ledger.view_position()),
        (id, head)
    );
    assert!(
        again
            .gatekeeper
            .principal(&axum::http::HeaderMap::new())
            .is_ok_and(|found| found.is_some())
    );
    again.house.close().await.expect("closed");
}
