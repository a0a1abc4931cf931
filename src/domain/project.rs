//! A project as decisions see it: who has which dataset name, and whether it is closed.

use std::collections::HashMap;

use super::event::Event;
use super::ids::{DatasetId, ProjectId, Revision};
use super::refusal::Refusal;
use super::values::{Name, NameKey};

/// The state of one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Which.
    pub id: ProjectId,
    /// The last event of its stream.
    pub revision: Revision,
    /// Whether it was deleted.
    pub deleted: bool,
    by_name: HashMap<NameKey, DatasetId>,
    by_dataset: HashMap<DatasetId, NameKey>,
}

impl Project {
    /// A live project at a revision, with the names of its live datasets.
    pub fn at(
        id: ProjectId,
        revision: Revision,
        listed: impl IntoIterator<Item = (DatasetId, Name)>,
    ) -> Self {
        let (by_name, by_dataset) = (HashMap::new(), HashMap::new());
        let mut project = Self {
            id,
            revision,
            deleted: false,
            by_name,
            by_dataset,
        };
        for (dataset, name) in listed {
            project.list(dataset, &name);
        }
        project
    }

    /// Refuses when the project was deleted: it exists for nobody.
    pub const fn must_live(&self) -> Result<(), Refusal> {
        match self.deleted {
            false => Ok(()),
            true => Err(Refusal::NotFound { what: "project" }),
        }
    }

    /// The live dataset of this name.
    pub fn dataset_named(&self, name: &Name) -> Option<DatasetId> {
        self.by_name.get(&name.key()).copied()
    }

    /// Refuses when another live dataset than `own` has this name.
    pub fn must_be_free(&self, name: &Name, own: DatasetId) -> Result<(), Refusal> {
        match self.dataset_named(name) {
            Some(other) if other != own => Err(Refusal::NameTaken {
                name: name.to_string(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// The name of a clone: `"{source} (cloned)"`, then `"{source} (cloned 2)"`…, the first that
    /// is free.
    pub fn name_of_clone(&self, source: &Name) -> Name {
        // No two of these are one name, so one more than there are datasets must find a free one.
        for count in 1..=self.by_dataset.len() + 1 {
            let name = match count {
                1 => source.with_suffix(" (cloned)"),
                _ => source.with_suffix(&format!(" (cloned {count})")),
            };
            if self.dataset_named(&name).is_none() {
                return name;
            }
        }
        unreachable!("more names are taken than there are datasets to take them")
    }

    /// The state after the first event of its stream; none when that is not a ProjectCreated.
    pub fn begin(event: &Event) -> Option<Self> {
        let Event::ProjectCreated(created) = event else {
            return None;
        };
        Some(Self::at(created.project, Revision::FIRST, []))
    }

    /// The state after this event of its stream, which must be the next one.
    pub fn evolve(&mut self, event: &Event) {
        self.revision = self.revision.next();
        if let Event::DatasetListed(listed) = event {
            self.list(listed.dataset, &listed.name);
        }
        if let Event::DatasetUnlisted(unlisted) = event {
            self.unlist(unlisted.dataset);
        }
        if let Event::ProjectDeleted(_) = event {
            self.deleted = true;
        }
    }

    fn list(&mut self, dataset: DatasetId, name: &Name) {
        self.unlist(dataset);
        self.by_name.insert(name.key(), dataset);
        self.by_dataset.insert(dataset, name.key());
    }

    fn unlist(&mut self, dataset: DatasetId) {
        if let Some(key) = self.by_dataset.remove(&dataset) {
            self.by_name.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests;
