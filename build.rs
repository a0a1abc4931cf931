//! Sees to it that the program is built anew when the web console was, and that it is there when
//! the feature `console` asks for it. Never builds the console itself.

use std::path::Path;

const BUILT: &str = "console/dist";

fn main() {
    // A path that is missing would count as changed each time, and all would be built anew.
    let watched = if Path::new(BUILT).exists() {
        BUILT
    } else {
        "console"
    };
    println!("cargo:rerun-if-changed={watched}");
    let is_asked = std::env::var_os("CARGO_FEATURE_CONSOLE").is_some();
    if is_asked && !Path::new(BUILT).join("index.html.gz").exists() {
        eprintln!("the feature `console` needs the built web console, and {BUILT} has none");
        eprintln!("build it first: cd console && npm ci && npm run build");
        std::process::exit(1);
    }
}
