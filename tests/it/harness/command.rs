//! The command line: the same binary, asked as a person would.

use std::process::{Command, Stdio};

use super::{KEY, Server};

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    /// Whether its exit code is zero.
    pub is_success: bool,
    /// What it printed.
    pub output: String,
    /// What it told beside that: progress, errors.
    pub told: String,
}

/// The binary, told nothing yet; what the environment of the tests says does not reach it.
pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_snapledger"));
    for (name, _) in std::env::vars() {
        if name.starts_with("SNAPLEDGER_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(command: &mut Command) -> Ran {
    let output = command.output().expect("the binary runs");
    Ran {
        is_success: output.status.success(),
        output: String::from_utf8(output.stdout).expect("its output is text"),
        told: String::from_utf8(output.stderr).expect("its words are text"),
    }
}

impl Server {
    /// A command that talks to this server with the admin's key.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary();
        command.args(arguments);
        command
            .env("SNAPLEDGER_SERVER", &self.address)
            .env("SNAPLEDGER_KEY", KEY);
        command
    }

    /// Runs a command that must succeed; answers what it printed.
    pub fn runs(&self, arguments: &[&str]) -> String {
        let ran = run(&mut self.command(arguments));
        assert!(ran.is_success, "{arguments:?} failed: {}", ran.told);
        ran.output
    }
}
