//! Reads that walk far, or read large values, answer as short ones do.

use serde_json::{Value, json};

use super::house::{Stage, ada, item};
use crate::domain::ids::{DatasetId, Position};
use crate::ledger::{
    ChangeFilter, ChangeKind, EventFilter, ItemWindow, NewCommit, NewSnapshot, Reads, VersionSpec,
};
use crate::views::VersionRow;

/// More changes, and more events, than are looked at in line.
const MANY: usize = 700;

async fn put_many(stage: &Stage, dataset: DatasetId, value: &Value) {
    let upserts = (0..MANY).map(|number| item(&format!("k{number:04}"), value));
    let commit = NewCommit {
        upserts: upserts.collect(),
        ..NewCommit::default()
    };
    let made = stage.ledger().commit_items(&ada(), dataset, commit).await;
    made.expect("a commit");
}

async fn head(reads: &Reads, dataset: DatasetId) -> VersionRow {
    let found = reads.version(VersionSpec::Head(dataset)).await;
    found.expect("a version")
}

#[tokio::test]
async fn a_difference_of_many_items_is_counted_and_paged() {
    let stage = Stage::set().await;
    let reads = stage.ledger().reads(&ada().principal);
    let dataset = stage.dataset("penguins").await;
    put_many(&stage, dataset, &json!(1)).await;
    let before = head(&reads, dataset).await;
    put_many(&stage, dataset, &json!(2)).await;
    stage.put(dataset, &["z-last"], &json!(3)).await;
    let after = head(&reads, dataset).await;

    let counts = reads.diff_summary(&before, &after).await.expect("counts");
    assert_eq!((counts.modified, counts.added), (MANY as u64, 1));
    let page = async |kinds: Option<Vec<ChangeKind>>, prefix: Option<&str>, limit| {
        let wanted = ChangeFilter {
            kinds,
            prefix: prefix.map(str::to_owned),
            after: None,
            limit,
        };
        let (changes, has_next) = reads.diff(&before, &after, &wanted).await.expect("changes");
        let keys: Vec<_> = changes.into_iter().map(|change| change.key).collect();
        (keys, has_next)
    };
    assert_eq!(page(None, None, 1).await, (vec!["k0000".to_owned()], true));
    let (keys, has_next) = page(None, None, MANY + 1).await;
    assert_eq!((keys.len(), has_next), (MANY + 1, false));
    // What is wanted stands behind all that is not.
    let added = Some(vec![ChangeKind::Added]);
    assert_eq!(
        page(added, None, 9).await,
        (vec!["z-last".to_owned()], false)
    );
    let removed = Some(vec![ChangeKind::Removed]);
    assert_eq!(page(removed, None, 9).await, (vec![], false));
    assert_eq!(
        page(None, Some("k0699"), 9).await,
        (vec!["k0699".to_owned()], false)
    );
}

#[tokio::test]
async fn a_page_of_large_values_is_whole() {
    let stage = Stage::set().await;
    let reads = stage.ledger().reads(&ada().principal);
    let dataset = stage.dataset("penguins").await;
    let large = json!("x".repeat(200 << 10));
    for key in ["a", "b", "c", "d", "e"] {
        stage.put(dataset, &[key], &large).await;
    }
    let version = head(&reads, dataset).await;
    let window = ItemWindow {
        limit: 4,
        ..ItemWindow::default()
    };
    let slice = reads.items(&version, &window).await.expect("items");
    assert!(slice.has_next);
    let found: Vec<_> = slice.items.iter().map(|item| item.key.as_str()).collect();
    assert_eq!(found, ["a", "b", "c", "d"]);
    assert!(slice.items.iter().all(|item| item.data["value"] == large));
}

#[tokio::test]
async fn rare_events_are_found_from_either_end() {
    let stage = Stage::set().await;
    let reads = stage.ledger().reads(&ada().principal);
    let rare = stage.dataset("rare").await;
    let dataset = stage.dataset("penguins").await;
    let caller = ada();
    for _ in 0..MANY {
        let new = NewSnapshot::default();
        let made = stage.ledger().create_snapshot(&caller, dataset, new).await;
        made.expect("made");
    }
    let last = stage.put(rare, &["a"], &json!(1)).await.xact;
    let filter = EventFilter {
        names: Some(vec![
            "DatasetCreated".to_owned(),
            "ItemsCommitted".to_owned(),
        ]),
        datasets: Some(vec![rare]),
        ..EventFilter::default()
    };
    let names = |page: &crate::ledger::EventPage| {
        let names = page.rows.iter().map(|row| row.name.to_string());
        names.collect::<Vec<_>>()
    };
    let both = ["DatasetCreated", "ItemsCommitted"];
    let page = reads.events_after(Position::START, None, &filter, 9).await;
    let page = page.expect("events");
    assert_eq!(
        (names(&page), page.has_more),
        (both.map(str::to_owned).to_vec(), false)
    );
    assert_eq!(page.checkpoint, last);
    let page = reads.events_before(None, None, &filter, 9).await;
    let page = page.expect("events");
    assert_eq!(
        (names(&page), page.has_more),
        (both.map(str::to_owned).to_vec(), false)
    );
    let page = reads.events_before(None, None, &filter, 1).await;
    assert_eq!(names(&page.expect("events")), ["ItemsCommitted"]);
    let page = reads.events_after(Position::START, None, &filter, 1).await;
    let page = page.expect("events");
    assert_eq!(
        (names(&page), page.has_more),
        (vec!["DatasetCreated".to_owned()], true)
    );
}
