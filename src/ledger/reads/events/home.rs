//! Where an event belongs: the project whose readers see it, and the dataset it is about.
//!
//! What is of a deleted project belongs to none: only whoever reads all of the log sees it. Judges
//! nothing: who sees what is `sight.rs`'s.

use std::collections::HashMap;

use super::Reads;
use crate::domain::ids::{DatasetId, ProjectId, Stream};
use crate::event_log::{Recorded, record};
use crate::ledger::error::Outcome;

/// Where an event belongs: the project that sees it, and the one dataset that all events of its
/// stream are about, if so. A task's is that of its row; an API key's is the project it is for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Home {
    pub project: Option<ProjectId>,
    pub dataset: Option<DatasetId>,
}

/// The homes looked up for one page, so that each stream is looked up once.
#[derive(Debug, Default)]
pub(super) struct Homes(HashMap<Stream, Home>);

impl Reads {
    /// Where an event belongs. Those of one stream share a home, but for the access stream's.
    pub(super) fn home_of(&self, recorded: &Recorded, homes: &mut Homes) -> Outcome<Home> {
        if recorded.stream == Stream::Access {
            return Ok(Home {
                project: self.project_of_key(&record::decode(recorded)?)?,
                dataset: None,
            });
        }
        if let Some(home) = homes.0.get(&recorded.stream) {
            return Ok(*home);
        }
        let home = self.home_of_stream(recorded.stream)?;
        homes.0.insert(recorded.stream, home);
        Ok(home)
    }

    fn home_of_stream(&self, stream: Stream) -> Outcome<Home> {
        let nowhere = Home::default();
        Ok(match stream {
            Stream::Ledger | Stream::Access => nowhere,
            Stream::Project(project) => Home {
                project: self.views().project(project)?.map(|row| row.id),
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
