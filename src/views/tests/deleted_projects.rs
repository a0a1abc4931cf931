//! What is in a deleted project is found on no path, and only there.

use super::House;
use super::history::{History, name};
use crate::domain::Directory;
use crate::domain::event::{ApiKeyIssued, ProjectListed};
use crate::domain::ids::{ApiKeyId, DatasetId, ProjectId, Revision, Stream, TaskId};
use crate::domain::values::{OperationKind, Role};
use crate::views::{
    ActivityFilter, ActivityOrder, DatasetFilter, DatasetOrder, Page, Scope, SnapshotFilter,
    SnapshotOrder, TaskFilter, Views,
};

const SECRET: crate::digest::Digest = crate::digest::Digest::from_bytes([7; 32]);

/// What one project holds.
struct Things {
    project: ProjectId,
    dataset: DatasetId,
    task: TaskId,
    key: ApiKeyId,
}

/// A project with a dataset, a snapshot, an operation, a restore under way and a key.
fn filled(history: &mut History, project: ProjectId, secret: crate::digest::Digest) -> Things {
    let dataset = history.create_dataset_in(project, "penguins");
    history.commit(dataset, 3);
    let snapshot = history.snapshot(dataset, Some("kept"));
    let busy = history.create_dataset_in(project, "busy");
    history.begin_operation(busy, OperationKind::Enrichment);
    let task = history.begin_restore(dataset, snapshot);
    let key = history.id(ApiKeyId);
    let issued = ApiKeyIssued {
        key,
        name: "nightly".into(),
        secret_hash: secret,
        access_key: None,
        role: Role::Editor,
        project: Some(project),
        expires_at: None,
    };
    history.add(Stream::Access, issued);
    Things {
        project,
        dataset,
        task,
        key,
    }
}

/// How much of a project is found, path by path.
fn found(views: &Views, things: &Things, scope: &Scope) -> Vec<(&'static str, u64)> {
    let page = Page::first(9);
    let length = |rows: usize| rows as u64;
    let snapshots = SnapshotFilter::default();
    let listed = views
        .snapshots(scope, &snapshots, SnapshotOrder::default(), &page)
        .unwrap();
    let is_own = |project: ProjectId| project == things.project;
    let own = listed.rows.iter().filter(|one| is_own(one.row.project));
    let first = views.dataset_even_deleted(things.dataset).unwrap();
    let snapshot = first.and_then(|row| row.current_snapshot);
    let datasets = views
        .datasets(
            scope,
            &DatasetFilter::default(),
            DatasetOrder::default(),
            &page,
        )
        .unwrap();
    let tasks = views.tasks(scope, &TaskFilter::default(), &page).unwrap();
    let keys = views.api_keys(scope, &page).unwrap();
    let works = (ActivityFilter::default(), ActivityOrder::default());
    let works = views.activities(scope, &works.0, works.1, (0, 9)).unwrap();
    let name = name("penguins").key();
    vec![
        ("snapshots", length(own.count())),
        (
            "datasets",
            length(
                datasets
                    .rows
                    .iter()
                    .filter(|one| is_own(one.row.project))
                    .count(),
            ),
        ),
        (
            "tasks",
            length(
                tasks
                    .rows
                    .iter()
                    .filter(|one| is_own(one.row.project))
                    .count(),
            ),
        ),
        (
            "keys",
            length(
                keys.rows
                    .iter()
                    .filter(|one| one.row.project == Some(things.project))
                    .count(),
            ),
        ),
        (
            "works",
            length(
                works
                    .rows
                    .iter()
                    .filter(|row| row.dataset == things.dataset)
                    .count(),
            ),
        ),
        (
            "project",
            u64::from(views.project(things.project).unwrap().is_some()),
        ),
        (
            "dataset",
            u64::from(
                views
                    .dataset_by_name(things.project, &name)
                    .unwrap()
                    .is_some(),
            ),
        ),
        ("snapshot", u64::from(snapshot.is_some())),
        (
            "task",
            u64::from(views.task(things.task).unwrap().is_some()),
        ),
        (
            "key",
            u64::from(views.api_key(things.key).unwrap().is_some()),
        ),
        (
            "version",
            u64::from(views.first_version(things.dataset).unwrap().is_some()),
        ),
        ("versions", views.version_count(things.dataset).unwrap()),
    ]
}

#[test]
fn a_deleted_project_takes_all_with_it_and_leaves_the_others_alone() {
    let mut history = History::founded();
    let second = history.create_project("second");
    let default = history.default_project;
    let kept = filled(&mut history, default, SECRET);
    let other = crate::digest::Digest::from_bytes([8; 32]);
    let closed = filled(&mut history, second, other);
    let mut house = House::of(&history);
    let before = [&kept, &closed].map(|things| found(&house.views, things, &Scope::All));
    assert_eq!(before[0], before[1]);
    assert!(before[0].iter().all(|(_, count)| *count > 0), "{before:?}");
    history.delete_project(second);
    house.catch_up(&history);
    let views = &house.views;
    for scope in [Scope::All, Scope::Only(vec![second, default])] {
        assert_eq!(found(views, &kept, &scope), before[0], "{scope:?}");
        let gone = found(views, &closed, &scope);
        let is_gone = |(path, count): &(&str, u64)| *path == "version" || *count == 0;
        assert!(gone.iter().all(is_gone), "{scope:?}: {gone:?}");
    }
    assert!(views.is_deleted_project(second).unwrap());
    assert!(!views.is_deleted_project(default).unwrap());
    assert!(views.api_key_by_secret_hash(&other).unwrap().is_none());
    assert!(views.api_key_by_secret_hash(&SECRET).unwrap().is_some());
    // Somebody must bring what runs there to its end.
    let unfinished = views.unfinished_tasks(&Page::first(9)).unwrap();
    let unfinished: Vec<TaskId> = unfinished.rows.iter().map(|one| one.row.id).collect();
    assert_eq!(unfinished, [kept.task, closed.task]);
    assert!(views.task_to_work_on(closed.task).unwrap().is_some());
    assert!(views.dataset_state(closed.dataset).unwrap().is_some());
}

#[test]
fn the_directory_has_every_live_project_whether_it_was_listed_or_not() {
    let mut history = History::founded();
    let default = history.default_project;
    // As programs wrote them before there were listings.
    let first = history.create_project("first");
    let second = history.create_project("second");
    let named = |text: &str| Some(format!("external {text}").into());
    let state = |history: &History| House::of(history).views.directory_state().unwrap();
    let unlisted = Directory::at(
        default,
        Revision::FIRST,
        [
            (default, name("default"), None),
            (first, name("first"), named("first")),
            (second, name("second"), named("second")),
        ],
    );
    assert_eq!(state(&history), Some(unlisted.clone()));
    let mut folded = unlisted;
    let listed = ProjectListed {
        project: second,
        name: name("second"),
        external_id: named("second"),
    };
    folded.evolve(&listed.clone().into());
    history.add(Stream::Ledger, listed);
    assert_eq!(state(&history), Some(folded));
    history.delete_project(first);
    let left = Directory::at(
        default,
        Revision(2),
        [
            (default, name("default"), None),
            (second, name("second"), named("second")),
        ],
    );
    assert_eq!(state(&history), Some(left));
}
