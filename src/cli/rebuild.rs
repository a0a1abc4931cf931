//! `snapledger rebuild`: drops both caches and folds them anew from the log.
//!
//! The log is only read. Refused while a server uses the folder.

use std::path::PathBuf;
use std::sync::Arc;

use super::bar;
use super::failure::{Done, Failure};
use crate::assemble::{DataFolder, Purpose, assemble};
use crate::clock::{Clock, SystemClock};
use crate::config::DATA_DEFAULT;

/// Drop the caches of a data folder and fold them anew from its log
#[derive(clap::Args)]
pub(super) struct Rebuild {
    /// The data folder of a server that does not run
    #[arg(long, env = "SNAPLEDGER_DATA", default_value = DATA_DEFAULT)]
    data: PathBuf,
}

impl Rebuild {
    pub async fn run(&self) -> Done {
        let folder = DataFolder::take_existing(&self.data).map_err(Failure::new)?;
        folder.drop_caches().map_err(Failure::new)?;
        let clock = Arc::new(SystemClock::start());
        let bar = bar::of_steps()?.with_message("rebuilding");
        let shown = bar.clone();
        let mut told = move |position: crate::domain::ids::Position, head| {
            let crate::domain::ids::Position(head) = head;
            shown.set_length(head);
            shown.set_position(position.0);
        };
        let assembled = assemble(&folder, Purpose::Rebuild, clock.clone(), &mut told).await;
        bar.finish_and_clear();
        let house = assembled.map_err(Failure::new)?.house;
        let head = house.ledger.head();
        house.close().await.map_err(Failure::new)?;
        folder.close_caches().map_err(Failure::new)?;
        let seconds = clock.elapsed().as_secs_f64();
        println!(
            "rebuilt {} from {} events in {seconds:.1} s",
            self.data.display(),
            head.0
        );
        Ok(())
    }
}
