//! What folding and reading the views costs, beside the targets of the design.
//!
//! Prints a table; never fails on a slow machine. `cargo bench --bench views`.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::DateTime;
use snapledger::digest::Digest;
use snapledger::domain::event::{
    DatasetCreated, DatasetListed, Event, ItemsCommitted, LedgerFounded, ProjectCreated,
    SnapshotCreated,
};
use snapledger::domain::ids::{
    DatasetId, EventId, LedgerId, Position, ProjectId, Revision, SnapshotId, Stream,
};
use snapledger::domain::values::{
    ChangeSummary, CommitMode, Counts, DatasetStatus, Name, SnapshotReason, Version,
};
use snapledger::event_log::{Context, Recorded};
use snapledger::views::{Fact, Page, Scope, SnapshotFilter, SnapshotOrder, ViewWriter, Views};
use uuid::Uuid;

const BULK_EVENTS: u32 = 400_000;
const BULK_BATCH: usize = 4_096;
const DATASETS: u64 = 100;
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

/// Facts of one project with some datasets.
struct Log {
    facts: Vec<Fact>,
    heads: Vec<(Revision, u32, Version)>,
    snapshots: u64,
}

impl Log {
    fn founded() -> Self {
        let mut log = Self {
            facts: Vec::new(),
            heads: Vec::new(),
            snapshots: 0,
        };
        let project = ProjectId(Uuid::from_u128(1));
        let founded = LedgerFounded {
            ledger: LedgerId(Uuid::from_u128(1)),
            format: 1,
            tree: "bench".into(),
            default_project: project,
        };
        log.add(Stream::Ledger, Revision(0), founded);
        let created = ProjectCreated {
            project,
            name: Name::recorded("default"),
            external_id: None,
        };
        log.add(Stream::Project(project), Revision(0), created);
        for number in 0..=DATASETS {
            log.create_dataset(project, number);
        }
        log
    }

    fn dataset(&self, number: u64) -> DatasetId {
        DatasetId(Uuid::from_u128((7 << 64) | u128::from(number)))
    }

    /// Ids rise with time, as UUIDs v7 do.
    fn snapshot(&self, number: u64) -> SnapshotId {
        SnapshotId(Uuid::from_u128(
            (u128::from(number) << 72) | (9 << 64) | 0xABCD_EF01,
        ))
    }

    fn add(&mut self, stream: Stream, revision: Revision, event: impl Into<Event>) {
        let event = event.into();
        let position = Position(self.facts.len() as u64 + 1);
        let recorded = Recorded {
            position,
            stream,
            revision,
            id: EventId(Uuid::from_u128(u128::from(position.0))),
            name: event.name().into(),
            schema_version: 1,
            recorded_at: DateTime::UNIX_EPOCH + Duration::from_micros(position.0),
            context: Context {
                actor: "ada@example.org".into(),
                correlation: None,
                causation: None,
                idempotency: None,
            },
            data: Arc::from([]),
        };
        self.facts.push(Fact { recorded, event });
    }

    fn create_dataset(&mut self, project: ProjectId, number: u64) {
        let (dataset, name) = (
            self.dataset(number),
            Name::recorded(&format!("set {number}")),
        );
        let listed = DatasetListed {
            project,
            dataset,
            name: name.clone(),
        };
        self.add(Stream::Project(project), Revision(number + 1), listed);
        let version = Version {
            revision: Revision::FIRST,
            root: Digest::of(b""),
            counts: Counts::default(),
        };
        let created = DatasetCreated {
            dataset,
            project,
            name,
            description: "a dataset of the bench".into(),
            metadata: "{}".into(),
            status: DatasetStatus::Ready,
            snapshots_enabled: true,
            root: version.root,
            counts: version.counts,
            origin: None,
        };
        self.add(Stream::Dataset(dataset), Revision::FIRST, created);
        self.heads.push((Revision::FIRST, 0, version));
    }

    fn create_snapshot(&mut self, number: u64) {
        let (dataset, snapshot) = (self.dataset(number), self.snapshot(self.snapshots));
        self.snapshots += 1;
        let index = usize::try_from(number).expect("a small number");
        let (last, snapshots, version) = self.heads[index];
        self.heads[index] = (last.next(), snapshots + 1, version);
        let created = SnapshotCreated {
            dataset,
            snapshot,
            number: snapshots + 1,
            name: (snapshots % 2 == 0).then(|| Name::recorded(&format!("before run {snapshots}"))),
            description: "a snapshot of the bench".into(),
            reason: SnapshotReason::Manual,
            version,
            asked: None,
            becomes_current: true,
            dataset_name: Name::recorded(&format!("set {number}")),
            dataset_description: "a dataset of the bench".into(),
            trained_model: None,
            restored_from: None,
        };
        self.add(Stream::Dataset(dataset), last.next(), created);
    }

    fn commit(&mut self, number: u64) {
        let dataset = self.dataset(number);
        let index = usize::try_from(number).expect("a small number");
        let (last, snapshots, before) = self.heads[index];
        let version = Version {
            revision: last.next(),
            root: Digest::of(&self.facts.len().to_le_bytes()),
            counts: Counts {
                items: before.counts.items + 1,
                ..before.counts
            },
        };
        self.heads[index] = (last.next(), snapshots, version);
        let committed = ItemsCommitted {
            dataset,
            chunks: Vec::new(),
            mode: CommitMode::Upsert,
            root_before: before.root,
            root: version.root,
            counts: version.counts,
            summary: ChangeSummary::default(),
            message: None,
            operation: None,
        };
        self.add(Stream::Dataset(dataset), last.next(), committed);
    }
}
