//! What news means to those who watch one dataset: its changes, its snapshots', its restores.
//!
//! So that a watcher need not know every event. Whoever missed some reads the log instead.

use super::feed::News;
use super::reads::EventRow;
use crate::domain::Event;
use crate::domain::ids::{DatasetId, Position, SnapshotId, Stream, TaskId};
use crate::views::Fact;

/// What happened to a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotChangeKind {
    /// It was made.
    Created,
    /// It has another name or description.
    Renamed,
    /// It names another version.
    Moved,
    /// It was deleted.
    Deleted,
    /// It is back.
    Undeleted,
    /// Its dataset was restored to it.
    Restored,
}

impl SnapshotChangeKind {
    /// Each kind with the name of its event.
    const NAMED: [(Self, &'static str); 6] = [
        (Self::Created, "SnapshotCreated"),
        (Self::Renamed, "SnapshotRenamed"),
        (Self::Moved, "SnapshotMoved"),
        (Self::Deleted, "SnapshotDeleted"),
        (Self::Undeleted, "SnapshotUndeleted"),
        (Self::Restored, "SnapshotRestored"),
    ];

    /// The names of the events that change a snapshot.
    pub fn event_names() -> Vec<String> {
        let names = Self::NAMED.iter();
        names.map(|(_, name)| (*name).to_owned()).collect()
    }

    fn of_event(name: &str) -> Option<Self> {
        let mut named = Self::NAMED.iter();
        named
            .find(|(_, event)| *event == name)
            .map(|(kind, _)| *kind)
    }
}

/// A change of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotNews {
    /// What happened.
    pub kind: SnapshotChangeKind,
    /// To which.
    pub snapshot: SnapshotId,
    /// The event.
    pub position: Position,
}

impl SnapshotNews {
    /// The change that an event was; none when it was none.
    pub fn of_row(row: &EventRow) -> Option<Self> {
        Some(Self {
            kind: SnapshotChangeKind::of_event(&row.name)?,
            snapshot: row.snapshot?,
            position: row.position,
        })
    }

    fn of_fact(fact: &Fact) -> Option<Self> {
        let snapshot = match &fact.event {
            Event::SnapshotCreated(created) => created.snapshot,
            Event::SnapshotRenamed(renamed) => renamed.snapshot,
            Event::SnapshotMoved(moved) => moved.snapshot,
            Event::SnapshotDeleted(deleted) => deleted.snapshot,
            Event::SnapshotUndeleted(undeleted) => undeleted.snapshot,
            Event::SnapshotRestored(restored) => restored.snapshot?,
            _no_change_of_a_snapshot => return None,
        };
        Some(Self {
            kind: SnapshotChangeKind::of_event(fact.event.name())?,
            snapshot,
            position: fact.recorded.position,
        })
    }
}

impl News {
    /// The last event of each append that changed this dataset after a position.
    pub fn changes_of(&self, dataset: DatasetId, after: Position) -> Vec<Position> {
        let mut appends: Vec<(_, Position)> = Vec::new();
        for fact in self.facts_of(dataset) {
            let recorded = &fact.recorded;
            match appends.last_mut() {
                // All events of an append have one time, and no other append has it.
                Some((time, last)) if *time == recorded.recorded_at => *last = recorded.position,
                Some(_) | None => appends.push((recorded.recorded_at, recorded.position)),
            }
        }
        let later = appends.into_iter().map(|(_, last)| last);
        later.filter(|last| *last > after).collect()
    }

    /// The last event that these are about; none when some were missed.
    pub fn last_position(&self) -> Option<Position> {
        match self {
            Self::Facts(facts) => facts.last().map(|last| last.recorded.position),
            Self::Missed => None,
        }
    }

    /// What changed of this dataset's snapshots after a position.
    pub fn snapshot_changes(&self, dataset: DatasetId, after: Position) -> Vec<SnapshotNews> {
        let changes = self.facts_of(dataset).filter_map(SnapshotNews::of_fact);
        changes.filter(|change| change.position > after).collect()
    }

    /// The restores of this dataset that began.
    pub fn restores_begun(&self, dataset: DatasetId) -> Vec<TaskId> {
        let begun = self.facts_of(dataset).filter_map(|fact| match &fact.event {
            Event::RestoreBegun(begun) => Some(begun.task),
            _others => None,
        });
        begun.collect()
    }

    fn facts_of(&self, dataset: DatasetId) -> impl Iterator<Item = &Fact> {
        let facts = match self {
            Self::Facts(facts) => facts.as_slice(),
            Self::Missed => &[],
        };
        let stream = Stream::Dataset(dataset);
        facts
            .iter()
            .filter(move |fact| fact.recorded.stream == stream)
    }
}
