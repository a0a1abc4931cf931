//! The command line, one file a subcommand.
//!
//! What changes a ledger is asked of its server, over GraphQL or in bulk; only `serve` and
//! `rebuild` open a data folder themselves. A failure says what to do next and ends with a code
//! other than 0.

mod bar;
mod connection;
mod dataset;
mod export;
mod failure;
mod import;
mod key;
mod log;
mod project;
mod rebuild;
mod restore;
mod schema;
mod serve;
mod settings;
mod snapshot;
mod subscription;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use failure::{Done, Failure};

/// Threads that do work: one may be busy for long while the ledger opens, so there are two at
/// least.
const WORKERS_MIN: usize = 2;
/// How long threads are waited for when all is done.
const LEAVE_MAX: Duration = Duration::from_millis(500);

/// An event-sourced snapshot ledger: checkpoint, compare, restore and clone datasets.
#[derive(Parser)]
#[command(name = "snapledger", version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Import(import::Import),
    Export(export::Export),
    Snapshot(snapshot::Snapshot),
    Restore(restore::Restore),
    Log(log::Log),
    Key(key::Key),
    Rebuild(rebuild::Rebuild),
    Schema(schema::Schema),
    Settings(settings::Settings),
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let CommandLine { command } = CommandLine::parse();
    let workers = std::thread::available_parallelism().map_or(WORKERS_MIN, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers.max(WORKERS_MIN))
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(run(command));
            // A thread may wait for input that nobody needs any more.
            runtime.shutdown_timeout(LEAVE_MAX);
            done
        }
        Err(fault) => Err(Failure::new(format!("no threads to work with: {fault}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Done {
    match command {
        Command::Serve(serve) => serve.run().await,
        Command::Import(import) => import.run().await,
        Command::Export(export) => export.run().await,
        Command::Snapshot(snapshot) => snapshot.run().await,
        Command::Restore(restore) => restore.run().await,
        Command::Log(log) => log.run().await,
        Command::Key(key) => key.run().await,
        Command::Rebuild(rebuild) => rebuild.run().await,
        Command::Schema(schema) => schema.run(),
        Command::Settings(settings) => settings.run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_restore_needs_exactly_one_target() {
        let parse = |words: &[&str]| {
            let words = ["snapledger", "restore", "--dataset", "d"]
                .iter()
                .chain(words);
            CommandLine::try_parse_from(words).is_ok()
        };
        for words in [
            &["s"][..],
            &["--xact", "1"],
            &["--at", "2026-01-31T12:00:00Z"],
        ] {
            assert!(parse(words), "{words:?}");
        }
        for words in [
            &[][..],
            &["s", "--xact", "1"],
            &["--xact", "1", "--at", "t"],
        ] {
            assert!(!parse(words), "{words:?}");
        }
    }
}
