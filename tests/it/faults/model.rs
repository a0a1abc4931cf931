//! The ledger once more, in the small: what the log comes to by rules written down here alone.
//!
//! Contents are taken from what clients asked for, not from what the server says; so a value that
//! is lost, or comes twice, shows. An event that the rules do not allow where it stands is an error.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use uuid::Uuid;

use super::deeds::{Deed, Items};
use super::history::{Call, Read, Seen, Sight};
use super::log::Fact;
use super::spans::{Holding, Spans};

/// Events that are shown of a stream in which one is unlawful.
const SHOWN_MAX: usize = 8;

/// What the log comes to.
#[derive(Default)]
pub struct Model {
    /// What held when.
    pub spans: Spans,
    /// Every dataset, by its id.
    pub datasets: BTreeMap<String, Dataset>,
    /// The items of every content root that there was.
    contents: HashMap<String, Rc<Items>>,
    /// The snapshot to which each restore leads that runs, by its task.
    pub targets: HashMap<String, String>,
    /// The name that a snapshot has, where it was given one.
    names: HashMap<String, String>,
}

/// A dataset through all its time.
#[derive(Default)]
pub struct Dataset {
    /// Its versions, in the order of the log.
    pub versions: Vec<Version>,
    /// The places of all its events.
    pub changes: Vec<u64>,
    /// The ids of all snapshots that it ever had.
    pub snapshots: Vec<String>,
}

/// A version of a dataset.
#[derive(Clone)]
pub struct Version {
    /// Its place in the log.
    pub position: u64,
    /// Its place in the dataset's stream.
    pub revision: u64,
    /// Its content root.
    pub root: String,
    /// Its items.
    pub items: Rc<Items>,
}

impl Dataset {
    /// The version at a place in the log.
    pub fn version_at(&self, place: u64) -> Option<&Version> {
        let after = self
            .versions
            .partition_point(|version| version.position <= place);
        self.versions[..after].last()
    }
}

impl Model {
    /// Takes up a whole log, in which these calls were made.
    pub fn of(log: &[Fact], calls: &[Call]) -> Result<Self, String> {
        let deeds = calls.iter().map(|call| (call.id, &call.deed)).collect();
        let mut model = Self::default();
        for (place, fact) in log.iter().enumerate() {
            model
                .take_up(fact, &deeds)
                .map_err(|why| unlawful(&why, &log[..=place]))?;
        }
        Ok(model)
    }

    /// What somebody sees at a place in the log who looks as this one did.
    pub fn sight_at(&self, read: &Read, place: u64) -> Sight {
        match &read.sight {
            Sight::Itself(_) => Sight::Itself(self.seen_at(&read.dataset, place)),
            Sight::Snapshots(_) => {
                let known = self.datasets.get(&read.dataset);
                let ids = known.map(|known| known.snapshots.iter());
                let is_live = |id: &&String| {
                    let there = Holding::Snapshot(id.to_string());
                    self.spans.holder_at(&there, place).is_some()
                };
                Sight::Snapshots(ids.into_iter().flatten().filter(is_live).cloned().collect())
            }
        }
    }

    /// What a dataset shows of itself at a place in the log; none before it was made.
    fn seen_at(&self, dataset: &str, place: u64) -> Option<Seen> {
        let version = self.datasets.get(dataset)?.version_at(place)?;
        let id = || dataset.to_owned();
        let restore = self.spans.holder_at(&Holding::Restore(id()), place);
        let current = self.spans.holder_at(&Holding::Current(id()), place);
        let status = if restore.is_some() {
            "READ_ONLY"
        } else {
            "READY"
        };
        Some(Seen {
            version: version.position,
            root: version.root.clone(),
            items: version.items.len() as u64,
            status: status.to_owned(),
            current: current.map(str::to_owned),
        })
    }

    fn take_up(&mut self, fact: &Fact, deeds: &HashMap<Uuid, &Deed>) -> Result<(), String> {
        let deed = fact.call.and_then(|id| deeds.get(&id).copied());
        let dataset = fact.says("/datasetId");
        if let Some(known) = self.datasets.get_mut(&dataset) {
            known.changes.push(fact.position);
        }
        match fact.name.as_str() {
            "DatasetListed" => {
                let name = Holding::DatasetName(fact.says("/name"));
                self.spans.begin(name, &dataset, fact.position)
            }
            "DatasetCreated" => self.dataset_created(fact),
            "ItemsCommitted" => self.items_committed(fact, deed),
            "SnapshotCreated" => self.snapshot_created(fact),
            "SnapshotRenamed" => self.snapshot_renamed(fact),
            "SnapshotDeleted" => self.snapshot_deleted(fact),
            "RestoreBegun" => self.restore_begun(fact),
            "SnapshotRestored" => self.snapshot_restored(fact),
            "RestoreGivenUp" => self.restore_ended(fact),
            // These change nothing that is looked at here; tasks have a check of their own.
            "LedgerFounded" | "ProjectCreated" | "ProjectListed" | "ProjectUpdated"
            | "ApiKeyIssued" | "ApiKeyRevoked" | "ApiKeyUsed" | "ItemsStaged"
            | "SnapshotCloned" | "TaskQueued" | "TaskClaimed" | "TaskProgressed"
            | "TaskCompleted" | "TaskFailed" => Ok(()),
            _unknown => Err("nobody in these stories does that".to_owned()),
        }
    }

    /// A dataset has a new version from here on.
    pub(super) fn new_version(
        &mut self,
        dataset: &str,
        fact: &Fact,
        root: String,
        items: Rc<Items>,
    ) -> Result<(), String> {
        let known = self.contents.entry(root.clone());
        if **known.or_insert_with(|| items.clone()) != *items {
            return Err(format!("{root} is the root of other items too"));
        }
        let known = self.datasets.get_mut(dataset).ok_or("no such dataset")?;
        known.versions.push(Version {
            position: fact.position,
            revision: fact.revision,
            root,
            items,
        });
        if known.changes.last() != Some(&fact.position) {
            known.changes.push(fact.position);
        }
        Ok(())
    }

    /// A dataset's version by its place in the stream.
    pub(super) fn version(&self, dataset: &str, revision: u64) -> Result<&Version, String> {
        let known = self.datasets.get(dataset).ok_or("no such dataset")?;
        let mut versions = known.versions.iter();
        let found = versions.find(|version| version.revision == revision);
        found.ok_or_else(|| format!("{dataset} has no version {revision}"))
    }

    /// A dataset's newest version.
    pub(super) fn head(&self, dataset: &str) -> Result<&Version, String> {
        let known = self.datasets.get(dataset);
        let head = known.and_then(|known| known.versions.last());
        head.ok_or_else(|| "no such dataset".to_owned())
    }

    /// Refused when a snapshot is not there.
    pub(super) fn must_be_there(&self, snapshot: &str) -> Result<(), String> {
        match self.spans.holder(&Holding::Snapshot(snapshot.to_owned())) {
            Some(_) => Ok(()),
            None => Err("the snapshot is not there".to_owned()),
        }
    }

    /// A snapshot has the name that this event gives it, if any.
    pub(super) fn give_name(
        &mut self,
        dataset: &str,
        snapshot: &str,
        fact: &Fact,
    ) -> Result<(), String> {
        let name = fact.says("/name");
        if name.is_empty() {
            return Ok(());
        }
        self.names.insert(snapshot.to_owned(), name.clone());
        let taken = Holding::SnapshotName(dataset.to_owned(), name);
        self.spans.begin(taken, snapshot, fact.position)
    }

    /// A snapshot has its name no more.
    pub(super) fn take_name(
        &mut self,
        dataset: &str,
        snapshot: &str,
        here: u64,
    ) -> Result<(), String> {
        let Some(name) = self.names.remove(snapshot) else {
            return Ok(());
        };
        let taken = Holding::SnapshotName(dataset.to_owned(), name);
        self.spans.end(&taken, snapshot, here)
    }

    /// A dataset has this current snapshot from here on; an empty id: none.
    pub(super) fn make_current(
        &mut self,
        dataset: &str,
        snapshot: &str,
        here: u64,
    ) -> Result<(), String> {
        let current = Holding::Current(dataset.to_owned());
        if let Some(before) = self.spans.holder(&current).map(str::to_owned) {
            self.spans.end(&current, &before, here)?;
        }
        if snapshot.is_empty() {
            return Ok(());
        }
        self.spans.begin(current, snapshot, here)
    }
}

/// What is wrong with the last of these events, and what came before it in its stream.
fn unlawful(why: &str, log: &[Fact]) -> String {
    let stream = log.last().map(|fact| &fact.stream);
    let its = log.iter().rev().filter(|fact| Some(&fact.stream) == stream);
    let its: Vec<_> = its.take(SHOWN_MAX).collect();
    format!("{why}; the newest first: {its:#?}")
}
