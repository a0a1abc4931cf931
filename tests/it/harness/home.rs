//! A data folder, and the server that runs on it: started, stopped, killed, started again.
//!
//! What the server tells goes to a file; it is shown when the test fails. A server that a test
//! leaves behind is killed by its handle.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use tempfile::TempDir;

use super::{PAUSE, binary, run, within};

/// The admin key of every server in these stories.
pub const KEY: &str = "sl_the_key_of_the_stories";
/// The last bytes of a server's words that a failed test shows.
const SHOWN_BYTES_MAX: usize = 6_000;

/// A folder that servers run on, one after the other.
pub struct Home {
    folder: TempDir,
}

/// A running server.
pub struct Server {
    /// Where it listens, as `http://127.0.0.1:40001`.
    pub address: String,
    /// Asks it.
    pub http: reqwest::Client,
    child: Child,
    told: PathBuf,
}

impl Home {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the story");
        Self { folder }
    }

    /// A copy of this one, while no server runs on it.
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        std::fs::create_dir(copy.data()).expect("the copy's folder");
        for entry in std::fs::read_dir(self.data()).expect("the data folder can be read") {
            let entry = entry.expect("an entry of the data folder");
            std::fs::copy(entry.path(), copy.data().join(entry.file_name())).expect("a copy");
        }
        copy
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data folder, for files of the story.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Every file that was written: those of the data folder, and what the servers told.
    pub fn files(&self) -> Vec<PathBuf> {
        let folders = [self.folder.path().to_owned(), self.data()];
        let entries = folders.iter().flat_map(|folder| {
            let entries = std::fs::read_dir(folder).expect("the folder can be read");
            entries.map(|entry| entry.expect("an entry").path())
        });
        entries.filter(|path| path.is_file()).collect()
    }

    /// Removes a file of the data folder, and nothing beside it, as a person would.
    pub fn forget(&self, file: &str) {
        let path = self.data().join(file);
        std::fs::remove_file(path).unwrap_or_else(|fault| panic!("{file}: {fault}"));
    }

    /// Makes the caches anew from the log, while no server runs on it.
    pub fn rebuild(&self) {
        let rebuilt = run(binary().arg("rebuild").arg("--data").arg(self.data()));
        assert!(rebuilt.is_success, "{rebuilt:?}");
    }

    /// Starts a server and waits until it is ready.
    pub async fn start(&self) -> Server {
        self.start_with(&[]).await
    }

    /// Starts a server with more flags, and waits until it is ready.
    pub async fn start_with(&self, flags: &[&str]) -> Server {
        self.begin(flags, &[]).await
    }

    /// Starts a server with these variables in its environment, and waits until it is ready.
    pub async fn start_in(&self, variables: &[(&str, &str)]) -> Server {
        self.begin(&[], variables).await
    }

    async fn begin(&self, flags: &[&str], variables: &[(&str, &str)]) -> Server {
        let told = self.beside("told.log");
        let file = File::options().create(true).append(true).open(&told);
        let file = file.expect("a file for the server's words");
        let heard = std::fs::read_to_string(&told)
            .expect("its words so far")
            .len();
        let child = binary()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(self.data())
            .args(flags)
            .env("SNAPLEDGER_BOOTSTRAP_KEY", KEY)
            .envs(variables.iter().copied())
            .stdout(file.try_clone().expect("the same file"))
            .stderr(file)
            .spawn()
            .expect("the server starts");
        let mut server = Server {
            address: String::new(),
            http: reqwest::Client::new(),
            child,
            told,
        };
        within("the server's start", server.become_ready(heard)).await;
        server
    }
}

impl Server {
    async fn become_ready(&mut self, heard: usize) {
        loop {
            if let Some(status) = self.child.try_wait().expect("the server's state") {
                panic!("the server ended at once: {status}\n{}", self.words());
            }
            if self.address.is_empty() {
                let words = std::fs::read_to_string(&self.told).expect("the server's words");
                self.address = address(&words[heard..]).unwrap_or_default();
            } else if self.is_ready().await {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether it says that it is ready.
    pub async fn is_ready(&self) -> bool {
        let asked = self.http.get(format!("{}/readyz", self.address));
        asked
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
    }

    /// Ends it in the middle of whatever it does, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server has ended");
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(self) {
        self.signal();
        let status = self.end().await;
        assert!(status.success(), "the server ended with {status}");
    }

    /// Asks it to stop, or once more.
    pub fn signal(&self) {
        self.send("-TERM");
    }

    /// Stops it in the middle of whatever it does, as a machine that swaps would; nothing is lost.
    pub fn freeze(&self) {
        self.send("-STOP");
    }

    /// Lets it go on from where it was frozen.
    pub fn thaw(&self) {
        self.send("-CONT");
    }

    fn send(&self, signal: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status();
        assert!(sent.expect("the signal is sent").success());
    }

    /// Waits until it has ended.
    pub async fn end(mut self) -> ExitStatus {
        within("the server's end", self.ended()).await
    }

    async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().expect("the server's state") {
                return status;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The most memory that it has held so far, in KiB.
    pub fn memory_peak_kib(&self) -> u64 {
        let status = Path::new("/proc")
            .join(self.child.id().to_string())
            .join("status");
        let status = std::fs::read_to_string(status).expect("the process's status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let text = line.expect("its peak").trim().trim_end_matches(" kB");
        text.parse().expect("a number of KiB")
    }

    /// What all servers of this folder have told so far, the last of it.
    pub fn words(&self) -> String {
        let words = std::fs::read(&self.told).unwrap_or_default();
        let start = words.len().saturating_sub(SHOWN_BYTES_MAX);
        String::from_utf8_lossy(&words[start..]).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the server told:\n{}", self.words());
        }
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address that a server tells when it listens.
fn address(words: &str) -> Option<String> {
    let (_, rest) = words.split_once("http://127.0.0.1:")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    // Written in full only when something follows the port.
    let is_whole = rest.len() > digits.len() && digits != "0";
    is_whole.then(|| format!("http://127.0.0.1:{digits}"))
}
