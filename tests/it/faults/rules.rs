//! The rules of the small ledger, an event each: what must be so where it stands, and what it changes.

use std::rc::Rc;

use super::deeds::{Deed, Items};
use super::log::Fact;
use super::model::{Dataset, Model};
use super::spans::Holding;

impl Model {
    pub(super) fn dataset_created(&mut self, fact: &Fact) -> Result<(), String> {
        let id = fact.says("/datasetId");
        let origin = fact.says("/origin/datasetId");
        let items = if origin.is_empty() {
            Rc::default()
        } else {
            let version = self.version(&origin, fact.counts("/origin/revision"))?;
            if version.root != fact.says("/root") {
                return Err("the clone begins at another root than its origin".to_owned());
            }
            version.items.clone()
        };
        let there = Holding::Dataset(id.clone());
        self.spans.begin(there, &id, fact.position)?;
        self.datasets.insert(id.clone(), Dataset::default());
        self.new_version(&id, fact, fact.says("/root"), items)
    }

    pub(super) fn items_committed(
        &mut self,
        fact: &Fact,
        deed: Option<&Deed>,
    ) -> Result<(), String> {
        let id = fact.says("/datasetId");
        if let Some(task) = self.spans.holder(&Holding::Restore(id.clone())) {
            return Err(format!("{task} restores the dataset"));
        }
        let head = self.head(&id)?.clone();
        if head.root != fact.says("/rootBefore") {
            return Err(format!("the head is {}", head.root));
        }
        let items = match deed {
            Some(Deed::Commit {
                puts,
                deletes,
                if_version,
                ..
            }) => {
                if if_version.is_some_and(|seen| seen != head.position) {
                    return Err(format!("committed over {}", head.position));
                }
                let mut items = Items::clone(&head.items);
                items.retain(|number, _| !deletes.contains(number));
                items.extend(puts);
                items
            }
            Some(Deed::Import { items, edition, .. }) => {
                let mut all = Items::clone(&head.items);
                all.extend((0..*items).map(|number| (number, *edition)));
                all
            }
            other => return Err(format!("no items were to be committed, but {other:?}")),
        };
        self.new_version(&id, fact, fact.says("/root"), Rc::new(items))?;
        let (told, held) = (fact.counts("/counts/items"), self.head(&id)?.items.len());
        if told != held as u64 {
            return Err(format!("{held} items are held"));
        }
        Ok(())
    }

    pub(super) fn snapshot_created(&mut self, fact: &Fact) -> Result<(), String> {
        let (dataset, id) = (fact.says("/datasetId"), fact.says("/snapshotId"));
        let version = self.version(&dataset, fact.counts("/version/revision"))?;
        if version.root != fact.says("/version/root") {
            return Err("the snapshot names a version with another root".to_owned());
        }
        let restore = Holding::Restore(dataset.clone());
        if fact.says("/reason") == "MANUAL" && self.spans.holder(&restore).is_some() {
            return Err("a restore runs".to_owned());
        }
        let known = self.datasets.entry(dataset.clone()).or_default();
        known.snapshots.push(id.clone());
        let number = known.snapshots.len();
        if number as u64 != fact.counts("/number") {
            return Err(format!("it is snapshot number {number}"));
        }
        self.spans
            .begin(Holding::Snapshot(id.clone()), &id, fact.position)?;
        self.give_name(&dataset, &id, fact)?;
        if fact.data["becomesCurrent"] == true {
            self.make_current(&dataset, &id, fact.position)?;
        }
        Ok(())
    }

    pub(super) fn snapshot_renamed(&mut self, fact: &Fact) -> Result<(), String> {
        let (dataset, id) = (fact.says("/datasetId"), fact.says("/snapshotId"));
        self.must_be_there(&id)?;
        self.take_name(&dataset, &id, fact.position)?;
        self.give_name(&dataset, &id, fact)
    }

    pub(super) fn snapshot_deleted(&mut self, fact: &Fact) -> Result<(), String> {
        let (dataset, id) = (fact.says("/datasetId"), fact.says("/snapshotId"));
        if self.spans.holder(&Holding::Current(dataset.clone())) == Some(&id) {
            return Err("it is the current one".to_owned());
        }
        if self.spans.holder(&Holding::Target(id.clone())).is_some() {
            return Err("a restore leads to it".to_owned());
        }
        self.take_name(&dataset, &id, fact.position)?;
        self.spans
            .end(&Holding::Snapshot(id.clone()), &id, fact.position)
    }

    pub(super) fn restore_begun(&mut self, fact: &Fact) -> Result<(), String> {
        let dataset = fact.says("/datasetId");
        let (task, snapshot) = (fact.says("/taskId"), fact.says("/snapshotId"));
        self.must_be_there(&snapshot)?;
        self.version(&dataset, fact.counts("/target/revision"))?;
        self.targets.insert(task.clone(), snapshot.clone());
        let target = Holding::Target(snapshot);
        self.spans.begin(target, &task, fact.position)?;
        let restore = Holding::Restore(dataset);
        self.spans.begin(restore, &task, fact.position)
    }

    pub(super) fn restore_ended(&mut self, fact: &Fact) -> Result<(), String> {
        let (dataset, task) = (fact.says("/datasetId"), fact.says("/taskId"));
        self.spans
            .end(&Holding::Restore(dataset), &task, fact.position)?;
        let target = self.targets.remove(&task).unwrap_or_default();
        self.spans
            .end(&Holding::Target(target), &task, fact.position)
    }

    pub(super) fn snapshot_restored(&mut self, fact: &Fact) -> Result<(), String> {
        let dataset = fact.says("/datasetId");
        self.restore_ended(fact)?;
        let target = self.version(&dataset, fact.counts("/target/revision"))?;
        let (root, items) = (target.root.clone(), target.items.clone());
        if root != fact.says("/target/root") {
            return Err(format!("the target's root is {root}"));
        }
        self.new_version(&dataset, fact, root, items)?;
        self.make_current(&dataset, &fact.says("/currentSnapshotId"), fact.position)
    }
}
