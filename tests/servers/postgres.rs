//! A PostgreSQL for tests, in a temporary folder, ended with the tests that use it.
//!
//! A process of its own keeps the server (`postgres.sh`) for as long as a test holds a lock on a
//! file beside it; the system lets go of that lock however the test ends. One server is shared by
//! all tests of a checkout, each with a database of its own; who stops it has one to itself.

use std::fs::{self, File, OpenOptions};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// How long a shared server waits for the next test.
const SHARED_GRACE_SECONDS: u32 = 20;
/// How often, each tenth of a second, one looks whether the server is there.
const LOOKS_MAX: u32 = 600;

/// The password of `postgres` where one is asked for: over TCP.
pub const PASSWORD: &str = "snapledger-test";

/// A server that runs at least as long as this value.
pub struct Server {
    folder: PathBuf,
    bin: PathBuf,
    port: u16,
    /// The lock that says that the server is used.
    _user: File,
}

impl Server {
    /// The server that all tests share.
    pub fn shared() -> Self {
        // By checkout, so that two never meet; short, for the path of a socket is.
        let hash = ROOT.bytes().fold(0xcbf2_9ce4_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let folder = PathBuf::from(format!("/tmp/snapledger-pg-{hash:08x}-{}", user_id()));
        if let Err(error) = fs::create_dir(&folder) {
            assert!(folder.is_dir(), "{}: {error}", folder.display());
        }
        Self::in_folder(folder, SHARED_GRACE_SECONDS, &[])
    }

    /// A server of one's own, to be stopped and restarted, with these settings
    /// (`fsync=on`, `max_connections=10`).
    pub fn own(settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("snapledger-pg-")
            .tempdir_in("/tmp");
        Self::in_folder(folder.expect("a folder").keep(), 0, settings)
    }

    fn in_folder(folder: PathBuf, grace_seconds: u32, settings: &[&str]) -> Self {
        let bin = programs();
        let users = lock_file(&folder, "users");
        // Waits while a keeper ends the server.
        users.lock_shared().expect("the lock of users");
        let starting = lock_file(&folder, "starting");
        starting.lock().expect("the lock of starters");
        let port = wait_until_ready(&folder, || keep(&folder, &bin, grace_seconds, settings));
        Self {
            folder,
            bin,
            port,
            _user: users,
        }
    }

    /// A fresh database.
    pub fn database(&self) -> Database<'_> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{count}", std::process::id());
        self.run("createdb", &[&name]);
        Database { server: self, name }
    }

    /// Stops the server as a crash would, and starts it again.
    pub fn restart(&self) {
        self.control(&["-m", "immediate", "-w", "restart"]);
    }

    /// Stops the server as a crash would.
    pub fn stop(&self) {
        self.control(&["-m", "immediate", "-w", "stop"]);
    }

    /// Starts a server that was stopped.
    pub fn start(&self) {
        self.control(&["-w", "start"]);
    }

    /// The port at 127.0.0.1, where a password is asked for.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the server's files are: its settings in `data/postgresql.conf`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn control(&self, arguments: &[&str]) {
        let data = self.folder.join("data");
        let mut command = if user_id() == 0 {
            let mut command = Command::new("runuser");
            command
                .args(["-u", "postgres", "--"])
                .arg(self.bin.join("pg_ctl"));
            command
        } else {
            Command::new(self.bin.join("pg_ctl"))
        };
        command.arg("-D").arg(&data).arg("-l").arg(data.join("log"));
        let ended = command
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(
            ended.expect("pg_ctl runs").success(),
            "pg_ctl {arguments:?}"
        );
    }

    /// Runs a client's program as the superuser.
    fn run(&self, program: &str, arguments: &[&str]) {
        let output = Command::new(self.bin.join(program))
            .args(["-U", "postgres", "-p", &self.port.to_string(), "-h"])
            .arg(&self.folder)
            .args(arguments)
            .current_dir("/")
            .output()
            .expect("the program runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {told}");
    }
}

/// A database; it is dropped with this value.
pub struct Database<'a> {
    server: &'a Server,
    name: String,
}

impl Database<'_> {
    /// Its address over the socket of the server's folder, where nobody is asked for a password.
    pub fn url(&self) -> String {
        let Server { folder, port, .. } = self.server;
        let (folder, name) = (folder.display(), &self.name);
        format!("postgres:///{name}?host={folder}&port={port}&user=postgres")
    }

    /// Its address over TCP at this port: the server's, or that of a proxy before it.
    pub fn tcp_url(&self, port: u16) -> String {
        format!(
            "postgres://postgres:{PASSWORD}@127.0.0.1:{port}/{}",
            self.name
        )
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        // A server that was stopped takes it along.
        if !std::thread::panicking() && self.server.folder.join("data/postmaster.pid").exists() {
            self.server
                .run("dropdb", &["--force", "--if-exists", &self.name]);
        }
    }
}

/// The folder of PostgreSQL's programs.
fn programs() -> PathBuf {
    let found = Command::new(Path::new(ROOT).join("scripts/postgres.sh"))
        .arg("--find")
        .output()
        .expect("the script runs");
    let told = String::from_utf8_lossy(&found.stderr);
    assert!(found.status.success(), "{told}");
    PathBuf::from(String::from_utf8_lossy(&found.stdout).trim())
}

/// Starts the keeper, which goes on by itself: it hears no signal that is meant for the tests.
fn keep(folder: &Path, bin: &Path, grace_seconds: u32, settings: &[&str]) {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let port = free.expect("a free port").port();
    let started = Command::new(Path::new(ROOT).join("tests/servers/postgres.sh"))
        .args([folder, bin])
        .args([port.to_string(), grace_seconds.to_string()])
        .args(settings)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    // It outlives this process if it must; the system's first process takes it over.
    drop(started.expect("the keeper runs"));
}

/// The server's port. Whoever waits is the only one who starts keepers; a second one, begun
/// before the first has its lock, ends at once.
fn wait_until_ready(folder: &Path, start_keeper: impl Fn()) -> u16 {
    let is_kept = || lock_file(folder, "keeper").try_lock().is_err();
    if !is_kept() {
        let _ = fs::remove_file(folder.join("failed"));
    }
    for _ in 0..LOOKS_MAX {
        if let Ok(why) = fs::read_to_string(folder.join("failed")) {
            panic!("PostgreSQL does not start: {why}");
        }
        if !is_kept() {
            let _ = fs::remove_file(folder.join("ready"));
            start_keeper();
        } else if let Ok(port) = fs::read_to_string(folder.join("ready")) {
            return port.trim().parse().expect("a port");
        }
        sleep(Duration::from_millis(100));
    }
    panic!("PostgreSQL did not start; see {}", folder.display());
}

fn lock_file(folder: &Path, name: &str) -> File {
    let opened = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(name));
    opened.expect("the lock file")
}

/// The user who runs this: owner of what this process is.
fn user_id() -> u32 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").map_or(0, |own| own.uid())
}
