//! Where an event belongs, and whether these eyes see it: the one gate of every path to events.
//!
//! An event of a project that is not the principal's does not exist, by whatever id it is asked
//! for. What belongs to no project is for those who see all of them.

use std::collections::HashMap;

use super::shown::row;
use super::{EventFilter, EventRow, Reads};
use crate::auth::Action;
use crate::domain::ids::{DatasetId, ProjectId, Stream};
use crate::event_log::Recorded;
use crate::ledger::error::Outcome;

/// Where the events of a stream belong: the project that sees them, and the one dataset that all
/// of them are about, if so. A task's is that of its row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Home {
    pub project: Option<ProjectId>,
    pub dataset: Option<DatasetId>,
}

/// The homes looked up for one page, so that each stream is looked up once.
pub(super) type Homes = HashMap<Stream, Home>;

impl Reads {
    /// An event as these eyes see it; none when they do not, or when it is filtered out.
    pub(super) fn shown(
        &self,
        recorded: &Recorded,
        filter: &EventFilter,
        homes: &mut Homes,
    ) -> Outcome<Option<EventRow>> {
        let fits = |wanted: &Option<Vec<String>>, found: &str| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.iter().any(|wanted| wanted == found))
        };
        if !fits(&filter.names, &recorded.name)
            || !fits(&filter.actors, &recorded.context.actor)
            || filter
                .correlation
                .is_some_and(|id| recorded.context.correlation != Some(id))
        {
            return Ok(None);
        }
        let home = match homes.get(&recorded.stream) {
            Some(home) => *home,
            None => {
                let home = self.home_of(recorded.stream)?;
                homes.insert(recorded.stream, home);
                home
            }
        };
        let is_seen = match home.project {
            Some(project) => self.sees(project),
            None => self.principal.may_everywhere(Action::Read),
        };
        let is_elsewhere = filter
            .project
            .is_some_and(|wanted| home.project != Some(wanted));
        if !is_seen || is_elsewhere {
            return Ok(None);
        }
        let is_wanted = |dataset: Option<DatasetId>| {
            let wanted = filter.datasets.as_ref();
            wanted.is_none_or(|wanted| dataset.is_some_and(|dataset| wanted.contains(&dataset)))
        };
        // A stream of one dataset needs no look into its events.
        if home.dataset.is_some() && !is_wanted(home.dataset) {
            return Ok(None);
        }
        let row = row(recorded, home)?;
        Ok(is_wanted(row.dataset).then_some(row))
    }

    fn home_of(&self, stream: Stream) -> Outcome<Home> {
        let nowhere = Home::default();
        Ok(match stream {
            Stream::Ledger | Stream::Access => nowhere,
            Stream::Project(project) => Home {
                project: Some(project),
                ..nowhere
            },
            Stream::Dataset(dataset) => {
                let row = self.views().dataset_even_deleted(dataset)?;
                Home {
                    project: row.map(|row| row.project),
                    dataset: Some(dataset),
                }
            }
            Stream::Task(task) => {
                let row = self.views().task(task)?;
                row.map_or(nowhere, |row| Home {
                    project: Some(row.project),
                    dataset: Some(row.dataset),
                })
            }
        })
    }
}
