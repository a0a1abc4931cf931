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

#[tokio::test(flavor = "multi_thread")]
async fn caches_are_kept_after_a_close_and_folded_anew_after_a_crash_of_the_machine() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = DataFolder::take(place.path()).expect("free");
    let first = open(&folder, &Access::Open).await;
    let (id, head) = (first.house.ledger.id(), first.house.ledger.head());
    first.house.close().await.expect("closed");
    drop(first.gatekeeper);
    folder.close_caches().expect("synced");
    // The house's last handles have gone by now: nothing is left beside the files.
    for file in ["content.db-wal", "views.db-wal"] {
        let left = fs::metadata(place.path().join(file)).map_or(0, |file| file.len());
        assert_eq!(left, 0, "{file}");
    }
    let mark = place.path().join("caches");
    assert_eq!(fs::read_to_string(&mark).expect("a mark"), "closed\n");

    // As a crash leaves it: open under a boot that has ended, and torn where nobody sees it.
    fs::write(&mark, "open under another-boot\n").expect("written");
    let torn = place.path().join(VIEWS_FILE);
    let connection = rusqlite::Connection::open(&torn).expect("a file");
    connection
        .execute("DELETE FROM projects", [])
        .expect("torn");
    drop(connection);
    let again = open(&folder, &Access::Open).await;
    let ledger = &again.house.ledger;
    assert_eq!((ledger.id(), ledger.view_position()), (id, head));
    let reads = ledger.reads(&Principal::administrator("ada", None));
    let project = reads.project(ledger.default_project()).expect("readable");
    assert!(project.is_some(), "the views were folded anew");
    again.house.close().await.expect("closed");
}

#[test]
fn a_copied_folder_is_another_node_and_a_restarted_one_the_same() {
    let (place, elsewhere) = (tempfile::tempdir(), tempfile::tempdir());
    let (place, elsewhere) = (place.expect("a folder"), elsewhere.expect("a folder"));
    let clock = SystemClock::start();
    let folder = DataFolder::take(place.path()).expect("free");
    let name = |folder: &DataFolder, boot| {
        let name = folder.node_among_others(boot, &clock);
        name.expect("a name")
    };
    let first = name(&folder, Some("boot"));
    assert_eq!(name(&folder, Some("boot")), first);
    assert_ne!(name(&folder, Some("another boot")), first);
    assert_ne!(name(&folder, None), name(&folder, None));
    fs::copy(place.path().join("node"), elsewhere.path().join("node")).expect("copied");
    let copied = DataFolder::take(elsewhere.path()).expect("free");
    assert_ne!(name(&copied, Some("boot")), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_shared_log_is_folded_again_and_never_served_as_a_log() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = DataFolder::take(place.path()).expect("free");
    let first = open(&folder, &Access::Open).await;
    let (id, head) = (first.house.ledger.id(), first.house.ledger.head());
    first.house.close().await.expect("closed");
    drop(first.gatekeeper);
    // Both have one format; what tells them apart is where they lie.
    fs::rename(place.path().join(LOG_FILE), place.path().join(COPY_FILE)).expect("renamed");
    folder.drop_caches().expect("dropped");
    let clock = Arc::new(SystemClock::start());
    let rebuilt = assemble(&folder, Purpose::Rebuild, clock.clone(), &mut |_, _| {}).await;
    let rebuilt = rebuilt.expect("a house");
    let ledger = &rebuilt.house.ledger;
    assert_eq!((ledger.id(), ledger.view_position()), (id, head));
    rebuilt.house.close().await.expect("closed");
    drop(rebuilt.gatekeeper);

    let secrets = Secrets::default();
    let serve = Purpose::Serve(&Access::Open, &secrets);
    let served = assemble(&folder, serve, clock, &mut |_, _| {}).await;
    let refused = served.map(|_| ()).expect_err("a copy").to_string();
    assert!(
        refused.contains("say where that log is with --log"),
        "{refused}"
    );
    assert!(!place.path().join(LOG_FILE).exists(), "nothing was begun");
}
