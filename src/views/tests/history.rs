//! Writes facts as a log would record them, and folds the states that decisions see beside them,
//! so that what the views rebuild can be compared with what it should be.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use uuid::Uuid;

use crate::digest::Digest;
use crate::domain::Access;
use crate::domain::dataset::Dataset;
use crate::domain::event::{Event, LedgerFounded, ProjectCreated};
use crate::domain::ids::{
    DatasetId, EventId, LedgerId, Position, ProjectId, Revision, Stream, TaskId,
};
use crate::domain::project::Project;
use crate::domain::task::Task;
use crate::domain::values::{Counts, Name, Version};
use crate::event_log::{Context, Recorded};
use crate::views::Fact;

/// A log and the states its streams come to.
pub(super) struct History {
    pub(super) facts: Vec<Fact>,
    pub(super) projects: BTreeMap<ProjectId, Project>,
    pub(super) datasets: BTreeMap<DatasetId, Dataset>,
    pub(super) tasks: BTreeMap<TaskId, Task>,
    /// None before its first event.
    pub(super) access: Option<Access>,
    /// Every version that a dataset had, in order.
    pub(super) versions: BTreeMap<DatasetId, Vec<Version>>,
    pub(super) default_project: ProjectId,
    /// Who does what comes next.
    pub(super) actor: Arc<str>,
    revisions: HashMap<Stream, Revision>,
    ids: u128,
}

impl History {
    /// A ledger with its default project.
    pub(super) fn founded() -> Self {
        let default_project = ProjectId(Uuid::from_u128(1));
        let mut history = Self {
            facts: Vec::new(),
            projects: BTreeMap::new(),
            datasets: BTreeMap::new(),
            tasks: BTreeMap::new(),
            access: None,
            versions: BTreeMap::new(),
            default_project,
            actor: "ada@example.org".into(),
            revisions: HashMap::new(),
            ids: 1,
        };
        history.add(
            Stream::Ledger,
            LedgerFounded {
                ledger: LedgerId(Uuid::from_u128(0xF00D)),
                format: 1,
                tree: "test".into(),
                default_project,
            },
        );
        history.add(
            Stream::Project(default_project),
            ProjectCreated {
                project: default_project,
                name: name("default"),
                external_id: None,
                description: "".into(),
            },
        );
        history
    }

    /// A fresh id. Consecutive ids differ in their first digits, as those of snapshots should.
    pub(super) fn id<T>(&mut self, make: fn(Uuid) -> T) -> T {
        self.ids += 1;
        make(Uuid::from_u128((self.ids << 96) | self.ids))
    }

    /// The position of the last fact.
    pub(super) fn head(&self) -> Position {
        Position(self.facts.len() as u64)
    }

    /// Records what happened, on this stream.
    pub(super) fn add(&mut self, stream: Stream, event: impl Into<Event>) {
        let event = event.into();
        let revision = self
            .revisions
            .get(&stream)
            .map_or(Revision::FIRST, |last| last.next());
        self.revisions.insert(stream, revision);
        self.evolve(stream, &event);
        let position = self.head().next();
        let recorded = Recorded {
            position,
            stream,
            revision,
            id: EventId(Uuid::from_u128(u128::from(position.0))),
            name: event.name().into(),
            schema_version: 1,
            recorded_at: DateTime::UNIX_EPOCH + Duration::from_secs(position.0),
            context: Context {
                actor: self.actor.clone(),
                correlation: Some(Uuid::from_u128(0xC0)),
                causation: None,
                idempotency: None,
            },
            data: Arc::from([]),
        };
        self.facts.push(Fact { recorded, event });
    }

    fn evolve(&mut self, stream: Stream, event: &Event) {
        match stream {
            Stream::Project(id) => match self.projects.get_mut(&id) {
                Some(project) => project.evolve(event),
                None => drop(self.projects.insert(id, Project::begin(event).unwrap())),
            },
            Stream::Dataset(id) => {
                let dataset = match self.datasets.get_mut(&id) {
                    Some(dataset) => {
                        dataset.evolve(event);
                        &*dataset
                    }
                    None => {
                        let begun = Dataset::begin(event).unwrap();
                        &*self.datasets.entry(id).or_insert(begun)
                    }
                };
                if dataset.head.revision == dataset.revision {
                    self.versions.entry(id).or_default().push(dataset.head);
                }
            }
            Stream::Task(id) => match self.tasks.get_mut(&id) {
                Some(task) => task.evolve(event),
                None => drop(self.tasks.insert(id, Task::begin(event).unwrap())),
            },
            Stream::Access => match &mut self.access {
                Some(access) => access.evolve(event),
                None => self.access = Access::begin(event),
            },
            Stream::Ledger => {}
        }
    }
}

/// A name that needs no checking.
pub(super) fn name(text: &str) -> Name {
    Name::recorded(text)
}

/// The root of a content of so many items: the same for as many.
pub(super) fn root(items: u64) -> Digest {
    Digest::of(&items.to_le_bytes())
}

/// What a content of so many items holds.
pub(super) const fn counts(items: u64) -> Counts {
    Counts {
        items,
        images: items / 2,
        videos: items / 4,
        bytes: items * 200,
    }
}
