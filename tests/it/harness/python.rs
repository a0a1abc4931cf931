//! Vendors' own SDKs: the programs of `tests/clients` in Python, each in an environment that has
//! its packages, run against a server to their end.
//!
//! What a program told is shown when it fails. Without its environment a story fails; none is
//! skipped.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Home, PAUSE, within};

/// A running program; one that is left behind is killed by its handle.
struct Program(Child);

/// Runs the program of this name in the environment of this name, with these arguments. It must
/// end well.
pub async fn run_python(home: &Home, name: &str, arguments: &[&str]) {
    within(name, run_python_in(home, (name, name), arguments)).await;
}

/// Runs a program, by the names of an environment and of the program, with these arguments. It
/// must end well, but how long it may take is its caller's to say.
pub async fn run_python_in(home: &Home, (environment, name): (&str, &str), arguments: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The binary lies in a folder of the target folder, as the environments do.
    let binary = Path::new(env!("CARGO_BIN_EXE_snapledger"));
    let target = binary.ancestors().nth(2).expect("the target folder");
    let python = target.join("clients").join(environment).join("bin/python");
    assert!(
        python.exists(),
        "{environment} is not installed: `make tools`"
    );
    let told = home.beside(&format!("{name}.log"));
    let file = File::create(&told).expect("a file for its words");
    let child = Command::new(python)
        .arg("-u")
        .arg(root.join("tests/clients").join(format!("{name}.py")))
        .args(arguments)
        // SDKs keep files of their own there.
        .env("HOME", home.beside(name))
        .stdin(Stdio::null())
        .stdout(file.try_clone().expect("the same file"))
        .stderr(file)
        .spawn()
        .expect("Python runs the clients");
    let mut program = Program(child);
    let status = loop {
        if let Some(status) = program.0.try_wait().expect("its state") {
            break status;
        }
        tokio::time::sleep(PAUSE).await;
    };
    let told = std::fs::read_to_string(told).expect("its words");
    assert!(status.success(), "{name}: {status}\n{told}");
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
