//! Other people's clients: the scripts of `tests/clients`, run on Node, or on Python in the
//! environment of the script's name, against a server.
//!
//! A script tells its steps line by line; what it told is shown when it fails. Where it asks for
//! that, the server is started anew beneath it. Without what it needs a story fails; none is skipped.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tokio::sync::mpsc;

use super::{Home, KEY, Server, within};

/// The line by which a script asks for a graceful stop and a start.
const RESTART: &str = "restart";
/// The line by which a script asks for a kill and a start.
const CRASH: &str = "crash";
/// Lines that a script may be ahead of us.
const LINES_AHEAD_MAX: usize = 64;

/// A running script; one that is left behind is killed by its handle.
struct Script {
    child: Child,
    steps: mpsc::Receiver<String>,
    complaints: PathBuf,
}

/// Runs a script of `tests/clients` to its end, which must be a good one.
pub async fn run_client(home: &Home, mut server: Server, name: &str) {
    let mut script = Script::start(home, &server, name);
    let mut told = String::new();
    while let Some(line) = within(name, script.steps.recv()).await {
        told.push_str(&line);
        told.push('\n');
        if line == RESTART {
            server.stop().await;
        } else if line == CRASH {
            server.kill();
        } else {
            continue;
        }
        server = home.start().await;
        script.answer(&server.address);
    }
    // Its output is closed, so it has ended or is about to.
    let status = script.child.wait().expect("its end");
    let complaints = std::fs::read_to_string(&script.complaints).expect("its complaints");
    assert!(status.success(), "{name}: {status}\n{told}{complaints}");
}

/// What runs a script.
fn runner(clients: &Path, name: &str) -> PathBuf {
    let (runner, installed) = match name.strip_suffix(".py") {
        Some(stem) => {
            // The binary lies in a folder of the target folder, as the environments do.
            let binary = Path::new(env!("CARGO_BIN_EXE_snapledger"));
            let target = binary.ancestors().nth(2).expect("the target folder");
            let environment = target.join("clients").join(stem);
            (
                environment.join("bin/python"),
                environment.join(".installed"),
            )
        }
        None => (PathBuf::from("node"), clients.join("node_modules")),
    };
    assert!(installed.exists(), "the clients are missing: `make tools`");
    runner
}

impl Script {
    fn start(home: &Home, server: &Server, name: &str) -> Self {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        let complaints = home.beside("complaints.log");
        let mut child = Command::new(runner(&clients, name))
            .arg(clients.join(name))
            .args([server.address.as_str(), KEY])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&complaints).expect("a file for its complaints"))
            .spawn()
            .expect("the clients run on Node 20 or newer, and on Python 3.10 or newer");
        let output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let (heard, steps) = mpsc::channel(LINES_AHEAD_MAX);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if heard.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            steps,
            complaints,
        }
    }

    fn answer(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("its input is a pipe");
        writeln!(input, "{line}").expect("the script listens");
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
