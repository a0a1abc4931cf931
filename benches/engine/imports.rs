//! Imports into an empty dataset: how long they take, and how much memory at most.

use std::process::Command;

use snapledger::ledger::NewItem;

use super::figures::{Figures, Row};
use super::items;
use super::stage::{Stage, folder};
use super::world::{Imported, import};

/// The word that asks this program for [`child`].
pub const CHILD: &str = "child-import";

/// Imports into new houses, lines and items by turns; answers the last.
pub async fn measure(figures: &mut Figures, column: usize, size: u64) -> Imported {
    let runs = if size > 100_000 { 3 } else { 5 };
    let mut last = None;
    for run in 0..runs {
        drop(last.take());
        let lines: Vec<String> = (0..size).map(|number| items::line(number, run)).collect();
        let parsed = lines.iter().map(|line| items::parsed(line));
        let (_, spent) = timed_import(size, parsed).await;
        figures.add(Row::ImportLines, column, spent);
        drop(lines);
        let items: Vec<NewItem> = (0..size).map(|number| items::item(number, run)).collect();
        let (imported, spent) = timed_import(size, items.into_iter()).await;
        figures.add(Row::ImportItems, column, spent);
        last = Some(imported);
    }
    last.expect("some run")
}

async fn timed_import(size: u64, items: impl Iterator<Item = NewItem>) -> (Imported, f64) {
    let folder = folder();
    let stage = Stage::open(folder.path()).await;
    let dataset = stage.dataset("imported").await;
    let started = stage.clock.elapsed();
    let committed = import(&stage, dataset, items).await;
    let spent = stage.milliseconds_since(started);
    assert_eq!(committed.summary.added, size, "every item is new");
    (
        Imported {
            folder,
            stage,
            dataset,
            size,
        },
        spent,
    )
}

/// The most memory that an import takes, in a process that does nothing else.
pub fn memory(figures: &mut Figures, column: usize, size: u64) {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args([CHILD, &size.to_string()])
        .output()
        .expect("a child");
    let told = String::from_utf8_lossy(&output.stdout);
    // Only Linux tells it.
    if let Ok(megabytes) = told.trim().parse() {
        figures.add(Row::ImportMemory, column, megabytes);
    }
}

/// Imports lines that are made one by one, and prints the most memory this process ever had.
pub async fn child(size: u64) {
    let lines = (0..size).map(|number| items::parsed(&items::line(number, 0)));
    let (imported, _) = timed_import(size, lines).await;
    imported.stage.close().await;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    if let Some(kilobytes) = kilobytes {
        println!("{}", kilobytes * 1_024.0 / 1e6);
    }
}

pub async fn measure_once(size: u64) -> Imported {
    timed_import(size, (0..size).map(|number| items::item(number, 0)))
        .await
        .0
}
