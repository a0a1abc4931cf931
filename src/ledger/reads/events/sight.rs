//! Which events these eyes see, and what of them.
//!
//! An event of a project is seen by whoever reads the project; one about an API key by whoever
//! manages it; the founding by whoever reads every project. Where a clone came from is told only to
//! those for whom that exists.

use super::home::Homes;
use super::shown::{row, without_origin};
use super::{EventFilter, EventRow};
use crate::auth::Action;
use crate::domain::Event;
use crate::domain::ids::{DatasetId, Stream};
use crate::event_log::{Recorded, record};
use crate::ledger::error::Outcome;
use crate::ledger::reads::Reads;
use crate::views::Scope;

impl Reads {
    /// An event as these eyes see it; none when they do not, or when it is filtered out.
    pub(super) fn shown(
        &self,
        recorded: &Recorded,
        filter: &EventFilter,
        homes: &mut Homes,
    ) -> Outcome<Option<EventRow>> {
        if !is_asked_for(recorded, filter) {
            return Ok(None);
        }
        let home = self.home_of(recorded, homes)?;
        let is_seen = match (recorded.stream, home.project) {
            (Stream::Access, project) => self.manages(project),
            (_, Some(project)) => self.sees(project),
            (_, None) => self.principal.may_everywhere(Action::Read),
        };
        let is_of = |wanted| home.project == Some(wanted);
        if !is_seen || !filter.project.is_none_or(is_of) {
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
        let event = record::decode(recorded)?;
        let mut row = row(recorded, &event, home)?;
        if !self.sees_origin(&event)? {
            row = without_origin(row);
        }
        Ok(is_wanted(row.dataset).then_some(row))
    }

    /// Whether these eyes see what an event says a clone came from, if it says so.
    fn sees_origin(&self, event: &Event) -> Outcome<bool> {
        if self.scope() == Scope::All {
            return Ok(true);
        }
        let mut origin = None;
        if let Event::DatasetCreated(created) = event {
            origin = created.origin;
        }
        if let Event::SnapshotCloned(cloned) = event {
            origin = Some(cloned.origin);
        }
        if let Some(origin) = origin {
            return Ok(self.dataset_even_deleted(origin.dataset)?.is_some());
        }
        if let Event::TaskQueued(queued) = event
            && let Some(snapshot) = queued.work.snapshot()
        {
            return Ok(self.snapshot_even_deleted(snapshot)?.is_some());
        }
        Ok(true)
    }
}

fn is_asked_for(recorded: &Recorded, filter: &EventFilter) -> bool {
    let fits = |wanted: &Option<Vec<String>>, found: &str| {
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.iter().any(|wanted| wanted == found))
    };
    fits(&filter.names, &recorded.name)
        && fits(&filter.actors, &recorded.context.actor)
        && filter
            .correlation
            .is_none_or(|id| recorded.context.correlation == Some(id))
}
