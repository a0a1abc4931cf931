//! What folding and reading the views costs, beside the targets of the design.
//!
//! Prints a table; never fails on a slow machine. `cargo bench --bench views`.

mod facts;

use std::hint::black_box;
use std::time::{Duration, Instant};

use facts::{DATASETS, Log};
use snapledger::domain::ids::Position;
use snapledger::views::{Fact, Page, Scope, SnapshotFilter, SnapshotOrder, ViewWriter, Views};

const BULK_EVENTS: u32 = 400_000;
const BULK_BATCH: usize = 4_096;
const READS: u32 = 100_000;

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the bench");
    let path = folder.path().join("views.db");
    let (views, mut writer) = Views::open(&path).expect("views");
    let mut log = Log::founded();
    fold(&mut writer, &log.facts);
    println!(
        "{:<52} {:>12} {:>12}   target",
        "", "by the clock", "on processor"
    );

    let from = log.facts.len();
    for number in 0..u64::from(BULK_EVENTS) {
        log.create_snapshot(number % DATASETS);
    }
    let spent = fold(&mut writer, &log.facts[from..]);
    rate(
        "fold SnapshotCreated in bulk",
        BULK_EVENTS,
        spent,
        "≥ 200k/s",
    );

    let from = log.facts.len();
    for number in 0..u64::from(BULK_EVENTS / 2) {
        log.commit(number % DATASETS);
        log.create_snapshot(number % DATASETS);
    }
    let spent = fold(&mut writer, &log.facts[from..]);
    rate(
        "fold ItemsCommitted, SnapshotCreated in bulk",
        BULK_EVENTS,
        spent,
        "≥ 200k/s",
    );

    for batch in [1, 16, 64] {
        let from = log.facts.len();
        for number in 0..20_000 {
            log.create_snapshot(number % DATASETS);
        }
        let started = now();
        for facts in log.facts[from..].chunks(batch) {
            writer.fold(facts).expect("a fold");
        }
        let label = format!("fold SnapshotCreated, {batch} a batch: an event");
        each(&label, 20_000, started.elapsed(), "20–40 µs at 1");
    }
    read(&views, &log);
}

fn read(views: &Views, log: &Log) {
    let dataset = log.dataset(0);
    let ids: Vec<_> = (0..u64::from(READS))
        .map(|number| log.snapshot(number * 3))
        .collect();
    let started = now();
    for id in &ids {
        black_box(views.snapshot(*id).expect("a read").expect("a snapshot"));
    }
    each("read a snapshot by id", READS, started.elapsed(), "");
    let started = now();
    for _ in 0..READS {
        black_box(views.dataset(dataset).expect("a read"));
    }
    each("read a dataset by id", READS, started.elapsed(), "");
    let filter = SnapshotFilter {
        dataset: Some(dataset),
        ..SnapshotFilter::default()
    };
    let (order, mut page) = (SnapshotOrder::default(), Page::first(50));
    let started = now();
    for _ in 0..100 {
        let slice = views
            .snapshots(&Scope::All, &filter, order, &page)
            .expect("a page");
        page.after = slice.rows.last().map(|keyed| keyed.key.clone());
    }
    each(
        "read a page of 50 snapshots of a dataset",
        100,
        started.elapsed(),
        "",
    );
    let started = now();
    let count = views.snapshot_count(&Scope::All, &filter).expect("a count");
    let label = format!("count {count} snapshots of a dataset");
    each(&label, 1, started.elapsed(), "");
    let started = now();
    black_box(views.dataset_state(dataset).expect("a state"));
    let label = format!("rebuild the state of a dataset with {count} snapshots");
    each(&label, 1, started.elapsed(), "");
    let (fresh, started) = (log.dataset(DATASETS), now());
    for _ in 0..READS {
        black_box(views.dataset_state(fresh).expect("a state"));
    }
    each(
        "rebuild the state of a dataset with none",
        READS,
        started.elapsed(),
        "",
    );
    let started = now();
    for position in 0..u64::from(READS) {
        black_box(
            views
                .version_at(dataset, Position(400_000 + position))
                .expect("a read"),
        );
    }
    each(
        "find the version at a position",
        READS,
        started.elapsed(),
        "",
    );
}

/// A moment, by the clock and by the time this thread has been on a processor: on a machine that
/// others use too, only the second is what the work costs.
struct Moment {
    clock: Instant,
    on_processor: Duration,
}

#[allow(clippy::disallowed_methods, reason = "a bench asks what time it took")]
fn now() -> Moment {
    Moment {
        clock: Instant::now(),
        on_processor: on_processor(),
    }
}

/// What Linux tells of this thread; elsewhere nothing.
fn on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

/// By the clock, and on a processor.
struct Spent(Duration, Duration);

impl Moment {
    fn elapsed(&self) -> Spent {
        let on_processor = on_processor().saturating_sub(self.on_processor);
        Spent(self.clock.elapsed(), on_processor)
    }
}

fn fold(writer: &mut ViewWriter, facts: &[Fact]) -> Spent {
    let started = now();
    for batch in facts.chunks(BULK_BATCH) {
        writer.fold(batch).expect("a fold");
    }
    started.elapsed()
}

fn rate(label: &str, events: u32, Spent(clock, processor): Spent, target: &str) {
    let rate = |spent: Duration| f64::from(events) / spent.as_secs_f64();
    let (clock, processor) = (rate(clock), rate(processor));
    println!("{label:<52} {clock:>10.0}/s {processor:>10.0}/s   {target}");
}

fn each(label: &str, times: u32, Spent(clock, processor): Spent, target: &str) {
    let micros = |spent: Duration| spent.as_secs_f64() * 1e6 / f64::from(times);
    let (clock, processor) = (micros(clock), micros(processor));
    println!("{label:<52} {clock:>9.2} µs {processor:>9.2} µs   {target}");
}
