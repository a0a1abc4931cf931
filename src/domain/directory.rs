//! The directory of all projects as decisions see it: who has which name and external id.
//!
//! It is the state of the ledger's own stream, so that two nodes cannot give one name away at the
//! same moment: only one append stands at its revision. Projects of a log from before their
//! listings were written are in it too, by their own events.

use std::collections::HashMap;
use std::sync::Arc;

use super::event::Event;
use super::ids::{ProjectId, Revision};
use super::refusal::Refusal;
use super::values::{Name, NameKey};

/// The state of the ledger's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// The project that a call means when it names none.
    pub default_project: ProjectId,
    /// The last event of the stream.
    pub revision: Revision,
    by_name: HashMap<NameKey, ProjectId>,
    by_external_id: HashMap<Arc<str>, ProjectId>,
    by_project: HashMap<ProjectId, Entry>,
}

/// What one project is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: NameKey,
    external_id: Option<Arc<str>>,
}

/// A live project as the directory lists it: id, name, external id.
pub type ListedProject = (ProjectId, Name, Option<Arc<str>>);

impl Directory {
    /// A directory at a revision, with the live projects.
    pub fn at(
        default_project: ProjectId,
        revision: Revision,
        listed: impl IntoIterator<Item = ListedProject>,
    ) -> Self {
        let mut directory = Self {
            default_project,
            revision,
            by_name: HashMap::new(),
            by_external_id: HashMap::new(),
            by_project: HashMap::new(),
        };
        for (project, name, external_id) in listed {
            directory.list(project, &name, external_id.as_ref());
        }
        directory
    }

    /// Refuses when another live project than `own` has this name, in any case.
    pub fn name_must_be_free(&self, name: &Name, own: ProjectId) -> Result<(), Refusal> {
        match self.by_name.get(&name.key()) {
            Some(other) if *other != own => Err(Refusal::NameTaken {
                name: name.to_string(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses when a live project is found by this external id already, be it that project's own
    /// id: two projects of one id could not be told apart by a path.
    pub fn external_id_must_be_free(&self, external_id: &str) -> Result<(), Refusal> {
        let is_id = external_id
            .parse()
            .is_ok_and(|id: ProjectId| self.by_project.contains_key(&id));
        if is_id || self.by_external_id.contains_key(external_id) {
            return Err(Refusal::NameTaken {
                name: external_id.to_owned(),
            });
        }
        Ok(())
    }

    /// The external id of a project, which is the one that it was made with.
    pub fn external_id_of(&self, project: ProjectId) -> Option<Arc<str>> {
        let entry = self.by_project.get(&project)?;
        entry.external_id.clone()
    }

    /// The state after the first event of the stream; none when that is not the founding.
    pub fn begin(event: &Event) -> Option<Self> {
        let Event::LedgerFounded(founded) = event else {
            return None;
        };
        Some(Self::at(founded.default_project, Revision::FIRST, []))
    }

    /// The state after this event of the stream, which must be the next one.
    pub fn evolve(&mut self, event: &Event) {
        self.revision = self.revision.next();
        if let Event::ProjectListed(listed) = event {
            self.list(listed.project, &listed.name, listed.external_id.as_ref());
        }
        if let Event::ProjectUnlisted(unlisted) = event {
            self.unlist(unlisted.project);
        }
    }

    fn list(&mut self, project: ProjectId, name: &Name, external_id: Option<&Arc<str>>) {
        self.unlist(project);
        let name = name.key();
        self.by_name.insert(name.clone(), project);
        if let Some(external_id) = external_id {
            self.by_external_id.insert(external_id.clone(), project);
        }
        let external_id = external_id.cloned();
        self.by_project.insert(project, Entry { name, external_id });
    }

    fn unlist(&mut self, project: ProjectId) {
        let Some(entry) = self.by_project.remove(&project) else {
            return;
        };
        // A name or id may have gone over to another project: it stays with that one.
        if self.by_name.get(&entry.name) == Some(&project) {
            self.by_name.remove(&entry.name);
        }
        if let Some(external_id) = &entry.external_id
            && self.by_external_id.get(external_id) == Some(&project)
        {
            self.by_external_id.remove(external_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{DEFAULT, PROJECT, listed_default, name, name_taken};
    use crate::domain::event::{ProjectListed, ProjectUnlisted};

    const OTHER: ProjectId = ProjectId(uuid::Uuid::from_u128(0xB));
    const EXTERNAL: &str = "89cd04f168b84af6be287f71730fdb4b";

    fn listed(project: ProjectId, text: &str, external_id: Option<&str>) -> Event {
        let external_id = external_id.map(Arc::from);
        let name = name(text);
        ProjectListed {
            project,
            name,
            external_id,
        }
        .into()
    }

    fn after(events: impl IntoIterator<Item = Event>) -> Directory {
        let mut directory = Directory::at(DEFAULT, Revision::FIRST, [listed_default()]);
        for event in events {
            directory.evolve(&event);
        }
        directory
    }

    #[test]
    fn a_listing_takes_a_name_and_frees_the_one_before() {
        let directory = after([
            listed(PROJECT, "Antarctica", None),
            listed(PROJECT, "Arctic", None),
        ]);
        let asked = |text: &str| directory.name_must_be_free(&name(text), OTHER);
        assert_eq!(asked("antarctica"), Ok(()));
        assert_eq!(asked("ARCTIC"), Err(name_taken("ARCTIC")));
        assert_eq!(asked("Default"), Err(name_taken("Default")));
        assert_eq!(
            directory.name_must_be_free(&name("arctic"), PROJECT),
            Ok(())
        );
    }

    #[test]
    fn a_project_is_found_by_its_external_id_and_by_its_own() {
        let directory = after([listed(PROJECT, "Antarctica", Some(EXTERNAL))]);
        let check = |text: &str, is_free: bool| {
            let found = directory.external_id_must_be_free(text);
            assert_eq!(found.is_ok(), is_free, "{text}");
        };
        check(EXTERNAL, false);
        check(&PROJECT.to_string(), false);
        check(&PROJECT.0.simple().to_string(), false);
        check(&OTHER.to_string(), true);
    }

    #[test]
    fn what_is_unlisted_is_free_again_unless_another_has_it_by_then() {
        let unlisted = |project| Event::from(ProjectUnlisted { project });
        let gone = after([
            listed(PROJECT, "Antarctica", Some(EXTERNAL)),
            unlisted(PROJECT),
        ]);
        assert_eq!(gone.name_must_be_free(&name("Antarctica"), OTHER), Ok(()));
        assert_eq!(gone.external_id_must_be_free(EXTERNAL), Ok(()));
        // Logs from before the listings may hold two projects of one name.
        let shared = after([
            listed(PROJECT, "Antarctica", Some(EXTERNAL)),
            listed(OTHER, "antarctica", Some(EXTERNAL)),
            unlisted(PROJECT),
        ]);
        assert!(
            shared
                .name_must_be_free(&name("Antarctica"), PROJECT)
                .is_err()
        );
        assert!(shared.external_id_must_be_free(EXTERNAL).is_err());
    }
}
