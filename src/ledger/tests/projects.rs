//! Projects: one name for one of them, and what is in a deleted one is out of everybody's reach.

use futures_util::future::join_all;
use serde_json::json;

use super::house::{Stage, ada, refusal};
use crate::auth::{ApiKeyText, Claims, Grants, Principal};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, ProjectId};
use crate::domain::values::{CommitMode, Role, TaskPhase};
use crate::ledger::{
    CallKey, Caller, CloneSource, DatasetChanges, KeyKind, KeySecret, LedgerError, NewApiKey,
    NewClone, NewDataset, NewImport, NewProject, NewRestore, NewSnapshot, ProjectChanges,
    RestoreTarget,
};

const GONE: fn(&'static str) -> Refusal = |what| Refusal::NotFound { what };

fn named(name: &str) -> NewProject {
    NewProject {
        name: name.to_owned(),
        ..NewProject::default()
    }
}

async fn project(stage: &Stage, name: &str) -> ProjectId {
    let made = stage.ledger().create_project(&ada(), named(name)).await;
    made.expect("made").id
}

async fn dataset_in(stage: &Stage, project: ProjectId) -> DatasetId {
    let new = NewDataset {
        project: Some(project),
        name: "penguins".to_owned(),
        description: String::new(),
        metadata: None,
        draft: false,
        snapshots_enabled: true,
    };
    let made = stage.ledger().create_dataset(&ada(), new).await;
    made.expect("made").id
}

async fn key_of(stage: &Stage, project: ProjectId) -> ApiKeyText {
    let new = NewApiKey {
        name: "nightly".to_owned(),
        kind: KeyKind::Bearer,
        role: Role::Admin,
        project: Some(project),
        expires_at: None,
    };
    let issued = stage.ledger().issue_api_key(&ada(), new).await;
    match issued.expect("issued").secret {
        Some(KeySecret::Bearer(key)) => key,
        other => panic!("a bearer key was asked for, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_ask_for_one_name_one_gets_it() {
    let stage = Stage::set().await;
    let asked = ["South", "SOUTH", "south", "South", "sOUTH", "South"];
    let made = asked.map(|name| async {
        let caller = ada();
        stage.ledger().create_project(&caller, named(name)).await
    });
    let made = join_all(made).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
    // The default project was never listed by an event of its own.
    let taken = stage
        .ledger()
        .create_project(&ada(), named("DEFAULT"))
        .await;
    let name = "DEFAULT".to_owned();
    assert_eq!(refusal(taken), Refusal::NameTaken { name });
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_external_ids_are_free_when_they_are_given_up() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let with_id = |name: &str| NewProject {
        external_id: Some("89cd04f168b84af6be287f71730fdb4b".to_owned()),
        ..named(name)
    };
    let first = ledger.create_project(&ada(), with_id("South")).await;
    let first = first.expect("made").id;
    let changes = ProjectChanges {
        name: Some("Antarctica".to_owned()),
        description: Some("All that swims".to_owned()),
    };
    let changed = ledger.update_project(&ada(), first, changes).await;
    changed.expect("changed");
    let row = ledger.reads(&ada().principal).project(first);
    let row = row.expect("readable").expect("there");
    assert_eq!(
        (row.name.as_str(), &*row.description),
        ("Antarctica", "All that swims")
    );
    project(&stage, "South").await;
    let taken = ledger.create_project(&ada(), with_id("West")).await;
    assert!(matches!(refusal(taken), Refusal::NameTaken { .. }));
    ledger.delete_project(&ada(), first).await.expect("deleted");
    let again = ledger.create_project(&ada(), with_id("antarctica")).await;
    again.expect("both are free");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_delete_is_told_apart_from_who_may_not_see() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let own = project(&stage, "own").await;
    let admin_of = |project| Caller {
        principal: Principal {
            grants: Grants::In(vec![(project, Role::Admin)]),
            ..Principal::administrator("bob", None)
        },
        ..ada()
    };
    let forbidden = ledger.delete_project(&admin_of(own), own).await;
    assert!(matches!(forbidden, Err(LedgerError::Forbidden)));
    let unseen = ledger
        .delete_project(&admin_of(ledger.default_project()), own)
        .await;
    assert_eq!(refusal(unseen), GONE("project"));
    let default = ledger
        .delete_project(&ada(), ledger.default_project())
        .await;
    assert!(matches!(refusal(default), Refusal::BadInput { .. }));
    let retried = Caller {
        key: Some(CallKey {
            text: "once".into(),
            mutation: "deleteProject",
            input: Digest::of(b"own"),
        }),
        ..ada()
    };
    let first = ledger.delete_project(&retried, own).await.expect("deleted");
    let second = ledger.delete_project(&retried, own).await;
    assert_eq!(second.expect("the same answer"), first);
    assert_eq!(
        refusal(ledger.delete_project(&ada(), own).await),
        GONE("project")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_deleted_project_there_is_nothing_for_anybody() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let closed = project(&stage, "closed").await;
    let dataset = dataset_in(&stage, closed).await;
    stage.put(dataset, &["a"], &json!(1)).await;
    let new = NewSnapshot::default();
    let snapshot = ledger.create_snapshot(&ada(), dataset, new).await;
    let snapshot = snapshot.expect("made").id;
    let key = key_of(&stage, closed).await;
    let bearer = ledger.authenticate(&key).expect("looked up");
    let bearer = bearer.expect("the key opens");
    ledger
        .delete_project(&ada(), closed)
        .await
        .expect("deleted");

    assert!(ledger.authenticate(&key).expect("looked up").is_none());
    assert!(!ledger.still_opens(&bearer).expect("looked up"));
    let claims = Claims {
        subject: "carol".to_owned(),
        email: None,
        projects: Some(vec![closed.to_string(), "closed".to_owned()]),
        role: Role::Admin,
        until: ledger.now() + chrono::TimeDelta::hours(1),
    };
    let carol = ledger.bearer_of(claims).expect("looked up");
    assert_eq!(carol.grants, Grants::In(Vec::new()));

    // Whoever reads everything, and whoever was let in before.
    for who in [
        ada(),
        Caller {
            principal: bearer,
            ..ada()
        },
    ] {
        let reads = ledger.reads(&who.principal);
        assert_eq!(reads.project(closed).expect("readable"), None);
        assert_eq!(reads.dataset_even_deleted(dataset).expect("readable"), None);
        assert_eq!(
            reads.snapshot_even_deleted(snapshot).expect("readable"),
            None
        );
        let put = ledger
            .update_dataset(&who, dataset, DatasetChanges::default())
            .await;
        assert_eq!(refusal(put), GONE("dataset"));
        let new = NewSnapshot::default();
        let made = ledger.create_snapshot(&who, dataset, new).await;
        assert_eq!(refusal(made), GONE("dataset"));
        let clone = NewClone {
            source: CloneSource::Snapshot(snapshot),
            name: None,
            project: None,
        };
        assert_eq!(
            refusal(ledger.clone_snapshot(&who, clone).await),
            GONE("snapshot")
        );
        let deleted = ledger.delete_snapshot(&who, snapshot, true).await;
        assert_eq!(refusal(deleted), GONE("snapshot"));
        let deleted = ledger.delete_dataset(&who, dataset).await;
        assert_eq!(refusal(deleted), GONE("dataset"));
        let changed = ledger
            .update_project(&who, closed, ProjectChanges::default())
            .await;
        assert_eq!(refusal(changed), GONE("project"));
    }
    let refused = stage.try_put(dataset, &["b"], &json!(2)).await;
    assert_eq!(refusal(refused), GONE("dataset"));
    let new = NewDataset {
        project: Some(closed),
        name: "late".to_owned(),
        description: String::new(),
        metadata: None,
        draft: false,
        snapshots_enabled: true,
    };
    assert_eq!(
        refusal(ledger.create_dataset(&ada(), new).await),
        GONE("project")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_in_a_project_that_is_deleted_ends_without_harm() {
    let mut stage = Stage::set().await;
    let closed = project(&stage, "closed").await;
    let dataset = dataset_in(&stage, closed).await;
    stage.put(dataset, &["a"], &json!(1)).await;
    let ledger = stage.ledger();
    let new = NewSnapshot::default();
    let snapshot = ledger.create_snapshot(&ada(), dataset, new).await;
    let snapshot = snapshot.expect("made").id;
    stage.put(dataset, &["a"], &json!(2)).await;
    let import = NewImport {
        dataset,
        mode: CommitMode::Upsert,
        message: None,
        if_version: None,
        auto_snapshot: false,
    };
    let importer = ledger.begin_import(&ada(), import).await.expect("begun");
    let new = NewRestore {
        dataset,
        target: RestoreTarget::Snapshot(snapshot),
        safety_snapshot: false,
        result_snapshot: false,
        words_too: true,
        if_version: None,
    };
    ledger.restore_snapshot(&ada(), new).await.expect("begun");
    ledger
        .delete_project(&ada(), closed)
        .await
        .expect("deleted");
    // What the import has to say of it is not what counts: it ends.
    let _ = importer.finish().await;

    // Another start finds what was left, also with views folded anew.
    stage
        .reopen_after(|folder| std::fs::remove_file(folder.join("views.db")).expect("removed"))
        .await;
    let views = stage.ledger().reads(&ada().principal);
    let page = crate::views::Page::first(9);
    for _ in 0..1_000 {
        let left = views.views().unfinished_tasks(&page).expect("readable");
        if left.rows.is_empty() {
            project(&stage, "closed").await;
            return;
        }
        assert!(
            left.rows
                .iter()
                .all(|one| one.row.phase != TaskPhase::Completed)
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("a task of the deleted project never ends");
}
