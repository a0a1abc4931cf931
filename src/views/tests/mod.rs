//! The views from outside: histories in, rows out.
//!
//! `history.rs` writes facts and folds the states that decisions see beside them; `…_verbs.rs` say
//! what happens in the words of the house; `walk.rs` does it at random.

mod access;
mod activities;
mod dataset_verbs;
mod datasets;
mod deleted_projects;
mod folding;
mod history;
mod pages;
pub(super) mod plans;
mod snapshot_filters;
mod snapshot_verbs;
mod snapshots;
mod store;
mod task_verbs;
mod tasks;
mod versions;
mod walk;

use std::path::Path;

use history::History;
use tempfile::TempDir;

use super::{ViewWriter, Views};

/// Views in a folder of their own, which goes when this goes.
struct House {
    folder: TempDir,
    views: Views,
    writer: ViewWriter,
}

impl House {
    /// Views that nothing was folded into.
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (views, writer) = Views::open(&folder.path().join("views.db")).unwrap();
        Self {
            folder,
            views,
            writer,
        }
    }

    /// Views of a whole history, folded in one batch.
    fn of(history: &History) -> Self {
        let mut house = Self::empty();
        house.catch_up(history);
        house
    }

    /// Folds what has happened since.
    fn catch_up(&mut self, history: &History) {
        let folded = usize::try_from(self.writer.position().0).unwrap();
        self.writer.fold(&history.facts[folded..]).unwrap();
    }

    /// Closes everything and opens it again.
    fn reopened(self) -> Self {
        let Self {
            folder,
            views,
            writer,
        } = self;
        drop((views, writer));
        let (views, writer) = Views::open(&folder.path().join("views.db")).unwrap();
        Self {
            folder,
            views,
            writer,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}
