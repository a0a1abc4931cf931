//! `snapledger settings`: prints every setting and limit with its default and range.

use super::failure::Done;
use crate::config::settings_page;

/// Print every setting and limit of a server, in Markdown
#[derive(clap::Args)]
pub(super) struct Settings {}

impl Settings {
    pub fn run(&self) -> Done {
        print!("{}", settings_page());
        Ok(())
    }
}
