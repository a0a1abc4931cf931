//! The harness of the decisions' tests: given events, when a command is decided, then events, or a
//! refusal. Decided events are folded in turn, so that a test can go on with what they made.

use std::collections::HashMap;

use super::Decision;
use super::facts::{DATASET, DEFAULT, PROJECT, TASK, listed_default};
use crate::domain::Access;
use crate::domain::event::Event;
use crate::domain::ids::{DatasetId, ProjectId, Revision, Stream, TaskId};
use crate::domain::{Dataset, Directory, Project, Refusal, Task};

/// The states that the given events add up to. There is always a project, access without
/// keys, and a directory with the default project alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    projects: HashMap<ProjectId, Project>,
    datasets: HashMap<DatasetId, Dataset>,
    tasks: HashMap<TaskId, Task>,
    access: Access,
    directory: Directory,
}

/// What has happened so far, of any stream, in order.
pub fn given(events: impl IntoIterator<Item = Event>) -> Given {
    let project = Project::at(PROJECT, Revision::FIRST, []);
    let mut given = Given {
        projects: HashMap::from([(PROJECT, project)]),
        datasets: HashMap::new(),
        tasks: HashMap::new(),
        access: Access::at(Revision::FIRST, []),
        directory: Directory::at(DEFAULT, Revision::FIRST, [listed_default()]),
    };
    for event in events {
        given.fold(&event);
    }
    given
}

impl Given {
    /// The project that the tests are about.
    pub fn project(&self) -> &Project {
        &self.projects[&PROJECT]
    }

    /// A project.
    pub fn project_of(&self, id: ProjectId) -> &Project {
        &self.projects[&id]
    }

    /// The dataset that the tests are about.
    pub fn dataset(&self) -> &Dataset {
        &self.datasets[&DATASET]
    }

    /// A dataset.
    pub fn dataset_of(&self, id: DatasetId) -> &Dataset {
        &self.datasets[&id]
    }

    /// The task that the tests are about.
    pub fn task(&self) -> &Task {
        &self.tasks[&TASK]
    }

    /// A task.
    pub fn task_of(&self, id: TaskId) -> &Task {
        &self.tasks[&id]
    }

    /// Who has access.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Which project has which name.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Asks for a decision on these states.
    pub fn when(self, decide: impl FnOnce(&Self) -> Result<Decision, Refusal>) -> When {
        let answer = decide(&self);
        When {
            given: self,
            answer,
        }
    }

    /// Adds a fact to the state of its stream.
    pub fn fold(&mut self, event: &Event) {
        match stream_of(event) {
            Stream::Project(id) => match self.projects.get_mut(&id) {
                Some(project) => project.evolve(event),
                None => {
                    let project = Project::begin(event).expect("a project begins created");
                    self.projects.insert(id, project);
                }
            },
            Stream::Dataset(id) => match self.datasets.get_mut(&id) {
                Some(dataset) => dataset.evolve(event),
                None => {
                    let dataset = Dataset::begin(event).expect("a dataset begins created");
                    self.datasets.insert(id, dataset);
                }
            },
            Stream::Task(id) => match self.tasks.get_mut(&id) {
                Some(task) => task.evolve(event),
                None => {
                    let task = Task::begin(event).expect("a task begins queued");
                    self.tasks.insert(id, task);
                }
            },
            Stream::Access => self.access.evolve(event),
            Stream::Ledger => self.directory.evolve(event),
        }
    }
}

/// A decision that was asked for.
pub struct When {
    given: Given,
    answer: Result<Decision, Refusal>,
}

impl When {
    /// These events were decided, in the order project, dataset, task, access, ledger; answers what
    /// is so now.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = Event>) -> Given {
        let decision = self.answer.expect("the command is allowed");
        let expected: Vec<Event> = expected.into_iter().collect();
        let decided = in_order(&decision);
        assert_eq!(decided, expected);
        let mut given = self.given;
        for event in &decided {
            given.fold(event);
        }
        given
    }

    /// The command was refused for this reason.
    #[track_caller]
    pub fn refuses(self, expected: Refusal) {
        assert_eq!(self.answer, Err(expected));
    }

    /// The command was refused for what was given in this field.
    #[track_caller]
    pub fn refuses_field(self, expected: &str) {
        match self.answer {
            Err(Refusal::BadInput { field, .. }) => assert_eq!(field, expected),
            other => panic!("{expected} should be bad input, but: {other:?}"),
        }
    }
}

/// The events of a decision, each found among those of the stream it belongs to.
#[track_caller]
pub fn in_order(decision: &Decision) -> Vec<Event> {
    for event in &decision.project {
        assert!(matches!(stream_of(event), Stream::Project(_)), "{event:?}");
    }
    for event in &decision.dataset {
        assert!(matches!(stream_of(event), Stream::Dataset(_)), "{event:?}");
    }
    for event in &decision.task {
        assert!(matches!(stream_of(event), Stream::Task(_)), "{event:?}");
    }
    for event in &decision.access {
        assert!(matches!(stream_of(event), Stream::Access), "{event:?}");
    }
    for event in &decision.ledger {
        assert!(matches!(stream_of(event), Stream::Ledger), "{event:?}");
    }
    let events = [
        &decision.project,
        &decision.dataset,
        &decision.task,
        &decision.access,
        &decision.ledger,
    ];
    events.into_iter().flatten().cloned().collect()
}

/// The stream that an event belongs to.
pub fn stream_of(event: &Event) -> Stream {
    match event {
        Event::LedgerFounded(_) | Event::ProjectListed(_) | Event::ProjectUnlisted(_) => {
            Stream::Ledger
        }
        Event::ProjectCreated(event) => Stream::Project(event.project),
        Event::ProjectUpdated(event) => Stream::Project(event.project),
        Event::ProjectDeleted(event) => Stream::Project(event.project),
        Event::DatasetListed(event) => Stream::Project(event.project),
        Event::DatasetUnlisted(event) => Stream::Project(event.project),
        Event::DatasetCreated(event) => Stream::Dataset(event.dataset),
        Event::DatasetUpdated(event) => Stream::Dataset(event.dataset),
        Event::DatasetDeleted(event) => Stream::Dataset(event.dataset),
        Event::ItemsStaged(event) => Stream::Dataset(event.dataset),
        Event::ItemsCommitted(event) => Stream::Dataset(event.dataset),
        Event::OperationBegun(event) => Stream::Dataset(event.dataset),
        Event::OperationFinished(event) => Stream::Dataset(event.dataset),
        Event::SnapshotCreated(event) => Stream::Dataset(event.dataset),
        Event::SnapshotRenamed(event) => Stream::Dataset(event.dataset),
        Event::SnapshotMoved(event) => Stream::Dataset(event.dataset),
        Event::RestoreBegun(event) => Stream::Dataset(event.dataset),
        Event::SnapshotRestored(event) => Stream::Dataset(event.dataset),
        Event::RestoreGivenUp(event) => Stream::Dataset(event.dataset),
        Event::SnapshotCloned(event) => Stream::Dataset(event.dataset),
        Event::SnapshotDeleted(event) => Stream::Dataset(event.dataset),
        Event::SnapshotUndeleted(event) => Stream::Dataset(event.dataset),
        Event::TaskQueued(event) => Stream::Task(event.task),
        Event::TaskClaimed(event) => Stream::Task(event.task),
        Event::TaskProgressed(event) => Stream::Task(event.task),
        Event::TaskCompleted(event) => Stream::Task(event.task),
        Event::TaskFailed(event) => Stream::Task(event.task),
        Event::TaskCancelled(event) => Stream::Task(event.task),
        Event::ApiKeyIssued(_) | Event::ApiKeyRevoked(_) | Event::ApiKeyUsed(_) => Stream::Access,
    }
}
