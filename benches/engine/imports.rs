//! Imports into an empty dataset: how long they take, and how much memory at most.

use std::process::Command;

use snapledger::ledger::NewItem;

use super::figures::{Figures, Row};
use super::items;
use super::stage::{Stage, folder};
use super::stopwatch::Stopwatch;
use super::world::{Imported, import};

/// The word that asks this program for [`child`].
pub const CHILD: &str = "child-import";
/// Imports of each sort.
const RUNS: u64 = 3;
/// Lines of a batch, and batches that are parsed ahead.
const BATCH_LINES: usize = 512;
const BATCHES_AHEAD: usize = 4;

/// Imports into new houses, lines and items by turns; answers the last.
pub async fn measure(figures: &mut Figures, column: usize, size: u64) -> Imported {
    let mut last = None;
    for run in 0..RUNS {
        drop(last.take());
        let lines: Vec<String> = (0..size).map(|number| items::line(number, run)).collect();
        let (_, spent, _) = timed_import(size, read_ahead(lines.into_iter())).await;
        figures.add(Row::ImportLines, column, spent);
        let items: Vec<NewItem> = (0..size).map(|number| items::item(number, run)).collect();
        let (imported, spent, work) = timed_import(size, items.into_iter()).await;
        figures.add(Row::ImportItems, column, spent);
        figures.add(Row::ImportWork, column, work);
        last = Some(imported);
    }
    last.expect("some run")
}

/// Parses lines on a thread of their own, some batches ahead, as the upload of a file does.
fn read_ahead(
    mut lines: impl Iterator<Item = String> + Send + 'static,
) -> impl Iterator<Item = NewItem> {
    let (sender, batches) = std::sync::mpsc::sync_channel(BATCHES_AHEAD);
    std::thread::spawn(move || {
        loop {
            let batch = lines
                .by_ref()
                .take(BATCH_LINES)
                .map(|line| items::parsed(&line));
            let batch: Vec<NewItem> = batch.collect();
            if batch.is_empty() || sender.send(batch).is_err() {
                return;
            }
        }
    });
    batches.into_iter().flatten()
}

/// An import into a new house: milliseconds by the clock, and on processors.
async fn timed_import(size: u64, items: impl Iterator<Item = NewItem>) -> (Imported, f64, f64) {
    let folder = folder();
    let stage = Stage::open(folder.path()).await;
    let dataset = stage.dataset("imported").await;
    let watch = Stopwatch::start();
    let committed = import(&stage, dataset, items).await;
    let (spent, work) = (watch.milliseconds(), watch.process_milliseconds());
    assert_eq!(committed.summary.added, size, "every item is new");
    (
        Imported {
            folder,
            stage,
            dataset,
            size,
        },
        spent,
        work,
    )
}

/// The most memory that an import takes, in a process that does nothing else.
pub fn memory(figures: &mut Figures, column: usize, size: u64) {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args([CHILD, &size.to_string()])
        .output();
    let output = output.expect("a child");
    let told = String::from_utf8_lossy(&output.stdout);
    // Only Linux tells it.
    if let Ok(megabytes) = told.trim().parse() {
        figures.add(Row::ImportMemory, column, megabytes);
    }
}

/// Imports lines that are made one by one, and prints the most memory this process ever had.
pub async fn child(size: u64) {
    let lines = (0..size).map(|number| items::line(number, 0));
    let (imported, _, _) = timed_import(size, read_ahead(lines)).await;
    imported.stage.close().await;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    if let Some(kilobytes) = kilobytes {
        println!("{}", kilobytes * 1_024.0 / 1e6);
    }
}

pub async fn measure_once(size: u64) -> Imported {
    let (i, spent, work) = timed_import(size, (0..size).map(|number| items::item(number, 0))).await;
    eprintln!("import {spent:.0} ms, work {work:.0}");
    i
}
