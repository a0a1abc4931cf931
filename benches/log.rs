//! What the log costs on this disk, in SQLite and in PostgreSQL, beside a bare loop of syncs on
//! the same disk in the same run.
//!
//! `cargo bench --bench log`. Figures vary with the machine: compare ratios.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use snapledger::clock::{Clock, SystemClock};
use snapledger::digest::Digest;
use snapledger::domain::event::{Event, SnapshotCreated};
use snapledger::domain::ids::{DatasetId, EventId, Position, Revision, SnapshotId, Stream};
use snapledger::domain::values::{Counts, Name, SnapshotReason, Version};
use snapledger::event_log::staged::{self, Line, StagedWriter};
use snapledger::event_log::{
    Append, Appending, Context, DataSlice, EventLog, Expected, NewEvent, PostgresLog, SharedLog,
    SqliteLog, StreamAppend, record,
};

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/servers/postgres.rs"]
mod server;

/// How long each rate is measured.
const MEASURED: Duration = Duration::from_secs(2);
const IMPORT_ITEMS: u32 = 500_000;
const APPEND_BYTES: usize = 1 << 20;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(SystemClock::start());
    let runtime = tokio::runtime::Builder::new_multi_thread().build();
    let runtime = runtime.expect("a runtime");

    let syncs = bare_syncs(&folder.path().join("bare"), &*clock);
    println!(
        "{:<46} {syncs:>12.0} /s",
        "bare: 4 KiB over a file, then sync"
    );
    let path = folder.path().join("appends.db");
    for appenders in [1, 16, 64] {
        let log = SqliteLog::open(&path, clock.clone()).expect("a log");
        let rate = runtime.block_on(appends(move |append| log.append(append), &clock, appenders));
        let ratio = rate / syncs;
        let what = format!("durable appends of SnapshotCreated, {appenders} at once");
        println!("{what:<46} {rate:>12.0} /s  {ratio:>6.2} × a sync");
    }
    runtime.block_on(postgres_appends(&clock, syncs));
    shapes(&*clock);
    whole_log(&path, &clock);
    let path = folder.path().join("import.db");
    let places = runtime.block_on(import(&path, &clock));
    random_reads(&path, &clock, &places);
}

fn time<T>(clock: &dyn Clock, work: impl FnOnce() -> T) -> (T, f64) {
    let began = clock.elapsed();
    let result = work();
    (result, (clock.elapsed() - began).as_secs_f64())
}

fn bare_syncs(path: &Path, clock: &dyn Clock) -> f64 {
    const PAGES: u64 = 1_000;
    let page = [7; 4_096];
    let mut file = File::create(path).expect("a file");
    for _ in 0..PAGES {
        file.write_all(&page).expect("written");
    }
    file.sync_all().expect("synced");
    let began = clock.elapsed();
    let mut syncs = 0;
    while clock.elapsed() - began < MEASURED {
        let place = SeekFrom::Start(syncs % PAGES * 4_096);
        file.seek(place).expect("sought");
        file.write_all(&page).expect("written");
        file.sync_data().expect("synced");
        syncs += 1;
    }
    syncs as f64 / (clock.elapsed() - began).as_secs_f64()
}

fn snapshot_created(dataset: DatasetId, number: u32) -> Event {
    Event::SnapshotCreated(SnapshotCreated {
        dataset,
        snapshot: SnapshotId(dataset.0),
        number,
        name: Some(Name::recorded("before the cleaning")),
        description: "all rows checked".into(),
        reason: SnapshotReason::Manual,
        version: Version {
            revision: Revision(4),
            root: Digest::of(b"root"),
            counts: Counts::default(),
        },
        asked: None,
        becomes_current: true,
        dataset_name: Name::recorded("penguins"),
        dataset_description: "Palmer Archipelago".into(),
        trained_model: None,
        restored_from: None,
    })
}

fn append_of(stream: Stream, revision: u64, events: Vec<NewEvent>) -> Append {
    let expected = match revision.checked_sub(1) {
        Some(last) => Expected::Revision(Revision(last)),
        None => Expected::NoStream,
    };
    Append {
        streams: vec![StreamAppend {
            stream,
            expected,
            events,
        }],
        context: Context {
            actor: "ada@example.org".into(),
            correlation: None,
            causation: None,
            idempotency: None,
        },
    }
}

/// Appends to a log a second, by so many at once.
async fn appends<A>(append_to_log: A, clock: &Arc<SystemClock>, appenders: usize) -> f64
where
    A: Fn(Append) -> Appending + Send + Sync + 'static,
{
    let append_to_log = Arc::new(append_to_log);
    let done = Arc::new(AtomicU64::new(0));
    let began = clock.elapsed();
    let tasks: Vec<_> = (0..appenders)
        .map(|_| {
            let (append_to_log, clock, done) = (append_to_log.clone(), clock.clone(), done.clone());
            tokio::spawn(async move {
                let dataset = DatasetId(clock.new_id());
                let stream = Stream::Dataset(dataset);
                let mut revision = 0;
                while clock.elapsed() - began < MEASURED {
                    let event = snapshot_created(dataset, revision as u32 + 1);
                    let new = record::encode(EventId(clock.new_id()), &event);
                    let append = append_of(stream, revision, vec![new]);
                    append_to_log(append).await.expect("appended");
                    revision += 1;
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    done.load(Ordering::Relaxed) as f64 / (clock.elapsed() - began).as_secs_f64()
}

/// The same against a PostgreSQL on this disk, which syncs too.
async fn postgres_appends(clock: &Arc<SystemClock>, syncs: f64) {
    let server = server::Server::own(&["fsync=on"]);
    let database = server.database();
    for appenders in [1, 16, 64] {
        let log = PostgresLog::open(&database.url(), clock.clone()).await;
        let log = log.expect("a log");
        let rate = appends(move |append| log.append(append), clock, appenders).await;
        let ratio = rate / syncs;
        let what = format!("the same in PostgreSQL, {appenders} at once");
        println!("{what:<46} {rate:>12.0} /s  {ratio:>6.2} × a sync");
    }
}

fn shapes(clock: &dyn Clock) {
    const ROUNDS: u32 = 100_000;
    let event = snapshot_created(DatasetId(clock.new_id()), 7);
    let id = EventId(clock.new_id());
    let (_, seconds) = time(clock, || {
        (0..ROUNDS).for_each(|_| drop(std::hint::black_box(record::encode(id, &event))));
    });
    let micros = seconds * 1e6 / f64::from(ROUNDS);
    println!("{:<46} {micros:>12.2} µs", "encode SnapshotCreated");
}

fn whole_log(path: &Path, clock: &Arc<SystemClock>) {
    let (log, seconds) = time(&**clock, || SqliteLog::open(path, clock.clone()));
    let log = log.expect("a log");
    println!("{:<46} {:>12.2} ms", "open", seconds * 1e3);
    let mut next = Position(1);
    let (mut read, mut decoded) = (0.0, 0.0);
    while next <= log.head() {
        let (events, seconds) = time(&**clock, || log.read_all(next, 1_000));
        read += seconds;
        let events = events.expect("events");
        let (_, seconds) = time(&**clock, || {
            for event in &events {
                std::hint::black_box(record::decode(event).expect("an event"));
            }
        });
        decoded += seconds;
        next = events.last().expect("an event").position.next();
    }
    let events = log.head().0 as f64;
    println!(
        "{:<46} {:>12.0} /s",
        format!("read all of {events} events"),
        events / read
    );
    println!(
        "{:<46} {:>12.2} µs",
        "decode SnapshotCreated",
        decoded * 1e6 / events
    );
}

async fn import(path: &Path, clock: &Arc<SystemClock>) -> Vec<DataSlice> {
    let log = SqliteLog::open(path, clock.clone()).expect("a log");
    let dataset = DatasetId(clock.new_id());
    let stream = Stream::Dataset(dataset);
    let mut writer = StagedWriter::new(dataset);
    let (mut places, mut events, mut bytes, mut total) = (vec![], vec![], 0, 0);
    let (mut revision, mut position) = (0, Position(1));
    let began = clock.elapsed();
    for number in 0..IMPORT_ITEMS {
        let key = format!("penguin-{number:07}");
        let value = format!(
            r#"{{"data":{{"n":{number},"text":"{}"}}}}"#,
            "x".repeat(170)
        );
        if writer.is_full_for(key.len() + value.len()) {
            let staged = std::mem::replace(&mut writer, StagedWriter::new(dataset)).finish();
            bytes += staged.body.len();
            let id = EventId(clock.new_id());
            events.push(record::encode(id, &Event::ItemsStaged(staged)));
            position = position.next();
        }
        if bytes > APPEND_BYTES {
            let count = events.len() as u64;
            let append = append_of(stream, revision, std::mem::take(&mut events));
            revision += count;
            total += std::mem::take(&mut bytes);
            log.append(append).await.expect("appended");
        }
        let offset = writer.put(&key, "RECORD", value.as_bytes());
        places.push(DataSlice {
            position,
            offset,
            length: value.len() as u32,
        });
    }
    let head = log.head();
    places.retain(|place| place.position <= head);
    let seconds = (clock.elapsed() - began).as_secs_f64();
    let rate = total as f64 / seconds / 1e6;
    println!(
        "{:<46} {rate:>12.0} MB/s",
        "stage 200 B items, 1 MiB an append"
    );
    let (lines, seconds) = time(&**clock, || read_lines(&log));
    println!(
        "{:<46} {:>12.0} /s",
        "read staged items back",
        lines as f64 / seconds
    );
    places
}

fn read_lines(log: &SqliteLog) -> usize {
    let (mut next, mut count) = (Position(1), 0);
    while next <= log.head() {
        for event in log.read_all(next, 1_000).expect("events") {
            let lines = staged::lines(&event.data).expect("a chunk");
            count += lines
                .filter(|line| matches!(line, Ok(Line::Put { .. })))
                .count();
            next = event.position.next();
        }
    }
    count
}

fn random_reads(path: &Path, clock: &Arc<SystemClock>, places: &[DataSlice]) {
    const READS: usize = 1_000;
    let log = SqliteLog::open(path, clock.clone()).expect("a log");
    let slices: Vec<_> = (0..READS)
        .map(|number| places[number * 7_919 % places.len()])
        .collect();
    for round in ["first", "again"] {
        let (_, seconds) = time(&**clock, || {
            for slice in &slices {
                let data = log.read_data(slice.position, slice.offset, slice.length);
                assert!(
                    data.expect("readable")
                        .expect("there")
                        .starts_with(br#"{"data":"#)
                );
            }
        });
        let what = format!("1000 random values of 200 B, one by one, {round}");
        println!("{what:<46} {:>12.2} ms", seconds * 1e3);
        let (_, seconds) = time(&**clock, || log.read_slices(&slices).expect("readable"));
        let what = format!("1000 random values of 200 B, in one go, {round}");
        println!("{what:<46} {:>12.2} ms", seconds * 1e3);
    }
}
