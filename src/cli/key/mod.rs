//! `snapledger key`: issues, lists and revokes API keys.
//!
//! A secret is printed once, on stdout, by `issue`, and never told again.

mod issue;
mod list;
mod revoke;

use clap::Subcommand;

use super::failure::Done;

/// Issue, list and revoke API keys
#[derive(clap::Args)]
pub(super) struct Key {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Issue(issue::Issue),
    List(list::List),
    Revoke(revoke::Revoke),
}

impl Key {
    pub async fn run(&self) -> Done {
        match &self.verb {
            Verb::Issue(issue) => issue.run().await,
            Verb::List(list) => list.run().await,
            Verb::Revoke(revoke) => revoke.run().await,
        }
    }
}
