//! The house keeps its own rules: who names whom, how long a file may be, which words stay out.
//!
//! Reads the sources as text; the rules are in ARCHITECTURE.md, "What must never be".

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The longest source file, in lines.
const FILE_LINES_MAX: usize = 300;
/// The longest line, in characters. Long texts that cannot be broken are exempt.
const LINE_CHARS_MAX: usize = 100;
/// The deepest a file lies below `src`, in folders.
const FOLDERS_MAX: usize = 3;

/// A room, and every room it may name: all of them stand before it, so that there is no circle.
const ROOMS: &[(&str, &[&str])] = &[
    ("digest", &[]),
    ("figures", &[]),
    ("clock", &[]),
    ("domain", &["digest"]),
    ("content", &["digest"]),
    ("event_log", &["clock", "digest", "domain", "figures"]),
    ("views", &["digest", "domain", "event_log"]),
    ("auth", &["clock", "digest", "domain"]),
    ("key_store", &["auth", "clock", "digest"]),
    (
        "ledger",
        &[
            "auth",
            "clock",
            "content",
            "digest",
            "domain",
            "event_log",
            "figures",
            "key_store",
            "views",
        ],
    ),
    ("console", &["digest"]),
    ("gatekeeper", &["auth", "digest", "ledger"]),
    ("quota", &["auth", "clock", "domain"]),
    ("request_id", &[]),
    (
        "graphql",
        &[
            "auth",
            "digest",
            "domain",
            "figures",
            "gatekeeper",
            "ledger",
            "quota",
            "request_id",
            "views",
        ],
    ),
    (
        "rest",
        &[
            "auth",
            "digest",
            "domain",
            "gatekeeper",
            "ledger",
            "quota",
            "request_id",
            "views",
        ],
    ),
    ("metrics", &["figures", "graphql", "ledger"]),
    (
        "server",
        &[
            "auth",
            "clock",
            "console",
            "gatekeeper",
            "ledger",
            "metrics",
            "request_id",
            "rest",
        ],
    ),
    (
        "config",
        &["auth", "graphql", "key_store", "quota", "rest", "server"],
    ),
    ("telemetry", &["config"]),
    ("shutdown", &[]),
    (
        "assemble",
        &[
            "auth",
            "clock",
            "config",
            "content",
            "domain",
            "event_log",
            "gatekeeper",
            "key_store",
            "ledger",
            "views",
        ],
    ),
];

/// Those who name every room, and whom no room names.
const FRONT: &[&str] = &["cli", "lib", "main"];

/// The adapters of the ports, which only `assemble.rs` (and tests) may name.
const ADAPTERS: &[&str] = &[
    "MemoryLog",
    "SqliteLog",
    "CopiedLog",
    "LogCopy",
    "PostgresLog",
    "KurrentLog",
    "MemoryNodes",
    "SqliteNodes",
    "SqliteKeys",
];

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// The room it is in: the first name below `src`.
    fn room(&self) -> String {
        let first = self
            .path
            .iter()
            .nth(1)
            .map(|name| name.to_string_lossy().into_owned());
        first.unwrap_or_default().trim_end_matches(".rs").to_owned()
    }

    fn is_test(&self) -> bool {
        self.path.iter().any(|part| {
            let part = part.to_string_lossy();
            part.starts_with("tests") || part == "contract.rs"
        })
    }

    /// The lines of code that are no tests and no comments.
    fn code(&self) -> impl Iterator<Item = &str> {
        let tests_begin = self
            .text
            .find("#[cfg(test)]\nmod tests {")
            .unwrap_or(self.text.len());
        self.text[..tests_begin]
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("the file can be read");
                let path = path.strip_prefix(root).expect("below the root").to_owned();
                found.push(Source { path, text });
            }
        }
    }
    assert!(found.len() > 50, "the sources are where they should be");
    found
}

fn report(rule: &str, broken: &BTreeSet<String>) {
    let list: Vec<&str> = broken.iter().map(String::as_str).collect();
    assert!(broken.is_empty(), "{rule}:\n  {}", list.join("\n  "));
}

#[test]
fn rooms_name_only_those_before_them() {
    let mut broken = BTreeSet::new();
    for source in sources() {
        let room = source.room();
        if FRONT.contains(&room.as_str()) || source.is_test() {
            continue;
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            broken.insert(format!("{} is in no room of the table", source.shown()));
            continue;
        };
        let others = ROOMS.iter().map(|(name, _)| name).chain(FRONT);
        let others: Vec<_> = others
            .filter(|name| **name != room && !allowed.contains(name))
            .collect();
        for line in source.code() {
            if line.contains("use crate::{") {
                broken.insert(format!("{} names several at once", source.shown()));
            }
            for named in &others {
                let is_named = line.contains(&format!("crate::{named}::"))
                    || line.contains(&format!("crate::{named};"));
                if is_named {
                    broken.insert(format!("{} names {named}", source.shown()));
                }
            }
        }
    }
    report("a room names one that it must not", &broken);
}

#[test]
fn no_room_may_name_one_that_may_name_it() {
    let mut broken = BTreeSet::new();
    for (place, (room, allowed)) in ROOMS.iter().enumerate() {
        let before = &ROOMS[..place];
        let late = allowed
            .iter()
            .filter(|named| before.iter().all(|(known, _)| known != *named));
        broken.extend(late.map(|named| format!("{room} names {named}")));
    }
    report("a room names only rooms that stand before it", &broken);
}

#[test]
fn only_the_assembly_names_adapters() {
    let mut broken = BTreeSet::new();
    for source in sources() {
        let is_home = matches!(
            source.room().as_str(),
            "content" | "event_log" | "key_store" | "assemble"
        );
        if is_home || source.is_test() {
            continue;
        }
        for adapter in ADAPTERS {
            if source.code().any(|line| line.contains(adapter)) {
                broken.insert(format!("{} names {adapter}", source.shown()));
            }
        }
    }
    report("only assemble.rs names an adapter", &broken);
}

#[test]
fn only_the_ledger_appends() {
    let mut broken = BTreeSet::new();
    for source in sources() {
        let path = source.shown();
        let may = path.starts_with("src/event_log/")
            || path.starts_with("src/ledger/hall/")
            || path == "src/ledger/founding.rs";
        if !may && !source.is_test() && source.code().any(|line| line.contains(".append(Append")) {
            broken.insert(path);
        }
    }
    report("only the hall and the founding append", &broken);
}

#[test]
fn the_domain_is_pure() {
    let impure = [
        "async ", "serde", "std::fs", "std::net", "tokio", "rusqlite", "Utc::now",
    ];
    let mut broken = BTreeSet::new();
    for source in sources().iter().filter(|source| source.room() == "domain") {
        for word in impure {
            if source.code().any(|line| line.contains(word)) {
                broken.insert(format!("{} says {word:?}", source.shown()));
            }
        }
    }
    report(
        "the domain knows no async, no input or output, no serde and no clock",
        &broken,
    );
}

#[test]
fn files_are_short_and_open_with_what_they_are_for() {
    let mut broken = BTreeSet::new();
    for source in sources() {
        let path = source.shown();
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            broken.insert(format!("{path} has {lines} lines"));
        }
        if source.path.iter().count() > FOLDERS_MAX + 2 {
            broken.insert(format!("{path} lies too deep"));
        }
        if !source.text.starts_with("//!") {
            broken.insert(format!("{path} does not say what it is for"));
        }
        for (number, line) in source.text.lines().enumerate() {
            if line.chars().count() > LINE_CHARS_MAX && !line.contains('"') {
                broken.insert(format!("{path}:{} is too long", number + 1));
            }
        }
    }
    report("files are short and begin with what they are for", &broken);
}

#[test]
fn nothing_is_named_after_nothing() {
    let banned = [
        "util", "utils", "common", "helper", "helpers", "manager", "misc",
    ];
    let mut broken = BTreeSet::new();
    for source in sources() {
        let stem = source
            .path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if banned.contains(&stem.as_str()) {
            broken.insert(source.shown());
        }
    }
    report("a file is named after what it is about", &broken);
}

#[test]
fn nothing_is_left_undone_or_unwrapped() {
    let banned = [
        "todo!(",
        "unimplemented!(",
        "dbg!(",
        ".unwrap()",
        ".expect(",
        "#[ignore",
    ];
    let mut broken = BTreeSet::new();
    for source in sources() {
        let is_test_machinery = source.text.contains("#![cfg(test)]") || source.is_test();
        for line in source.code() {
            for word in banned {
                // A constant is unwrapped when it is compiled.
                if line.trim_start().starts_with("const ") {
                    continue;
                }
                if line.contains(word) && !is_test_machinery && !is_test_only(&source) {
                    broken.insert(format!("{} says {word}", source.shown()));
                }
            }
        }
    }
    report("no unwrap, no leftovers outside tests", &broken);
}

/// Whether the module is declared for tests only where its parent declares it.
fn is_test_only(source: &Source) -> bool {
    let stem = source
        .path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let folder = source.path.parent().unwrap_or(Path::new(""));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let parents = [folder.join("mod.rs"), folder.with_extension("rs")];
    parents.iter().any(|parent| {
        let text = std::fs::read_to_string(root.join(parent)).unwrap_or_default();
        text.contains(&format!("#[cfg(test)]\nmod {stem};"))
            || text.contains(&format!("#[cfg(test)]\npub(in crate::domain) mod {stem};"))
    })
}
