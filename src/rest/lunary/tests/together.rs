//! Many at a time: nothing is lost, and nobody sees a lock.

use serde_json::{Value, json};

use super::{ask, done, made};
use crate::domain::ids::DatasetId;
use crate::ledger::{ItemKind, NewCommit, NewItem};
use crate::rest::tests::served::Served;

const EACH: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn writers_here_and_elsewhere_lose_no_item_and_every_version_has_its_items() {
    let served = Served::start().await;
    let path = made(&served, "penguins").await;
    let id: DatasetId = path
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let items = format!("{path}/items");
    let here = async |writer: &str| {
        for number in 0..EACH {
            let body = json!({ "input": format!("{writer} {number}") });
            let item = done(&served, ("POST", &items, 201), Some(&body)).await;
            let at = format!("{items}/{}", item["id"].as_str().expect("an id"));
            done(
                &served,
                ("PATCH", &at, 200),
                Some(&json!({ "output": "o" })),
            )
            .await;
        }
    };
    let elsewhere = async || {
        for number in 0..EACH {
            let item = NewItem {
                key: Some(format!("row-{number}")),
                kind: ItemKind::Record,
                data: json!({ "n": number }),
                media: None,
            };
            let commit = NewCommit {
                upserts: vec![item],
                ..NewCommit::default()
            };
            let done = served
                .ledger()
                .commit_items(&Served::ada(), id, commit)
                .await;
            done.expect("a commit");
        }
    };
    tokio::join!(here("a"), here("b"), elsewhere());
    let whole = done(&served, ("GET", &path, 200), None).await;
    assert_eq!(whole["itemCount"], 3 * EACH);
    assert_eq!(whole["items"].as_array().expect("items").len(), 3 * EACH);
    let versions = done(
        &served,
        ("GET", &format!("{path}/versions?limit=100"), 200),
        None,
    )
    .await;
    let versions = versions["versions"].as_array().expect("versions").clone();
    assert_eq!(versions.len(), 1 + 4 * EACH);
    for version in versions {
        let at = format!("{path}/versions/{}", version["id"].as_str().expect("an id"));
        let read = done(&served, ("GET", &at, 200), None).await;
        let count = read["items"].as_array().expect("items").len();
        assert_eq!(version["itemCount"], count, "{version}");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restores_and_writes_at_once_all_succeed_one_after_the_other() {
    let served = Served::start().await;
    let path = made(&served, "penguins").await;
    let versions = done(&served, ("GET", &format!("{path}/versions"), 200), None).await;
    let first = versions["versions"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let restore = format!("{path}/versions/{first}/restore");
    let (items, version) = (format!("{path}/items"), format!("{path}/versions"));
    let post = async |path: &str| ask(&served, "POST", path, None).await;
    let answers: [(u16, Value); 6] = tokio::join!(
        post(&restore),
        post(&items),
        post(&restore),
        post(&version),
        post(&items),
        post(&restore)
    )
    .into();
    let statuses = answers.each_ref().map(|(status, _)| *status);
    assert_eq!(statuses, [200, 201, 200, 201, 201, 200], "{answers:?}");
    let listed = done(&served, ("GET", &version, 200), None).await;
    let numbers = listed["versions"].as_array().expect("versions");
    assert_eq!(numbers.len(), 7);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_made_at_once_have_names_of_their_own() {
    let served = Served::start().await;
    let path = made(&served, "penguins").await;
    let duplicate = format!("{path}/duplicate");
    let copy = async || done(&served, ("POST", &duplicate, 201), None).await;
    let copies: [Value; 4] = tokio::join!(copy(), copy(), copy(), copy()).into();
    let mut names = copies
        .each_ref()
        .map(|copy| copy["name"].as_str().expect("a name"));
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "penguins copy",
            "penguins copy (2)",
            "penguins copy (3)",
            "penguins copy (4)"
        ]
    );
    served.stop().await;
}
