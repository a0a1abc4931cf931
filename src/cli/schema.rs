//! `snapledger schema`: prints the GraphQL schema, the public contract.

use super::failure::Done;

/// Print the GraphQL schema
#[derive(clap::Args)]
pub(super) struct Schema {}

impl Schema {
    pub fn run(&self) -> Done {
        print!("{}", crate::graphql::sdl());
        Ok(())
    }
}
