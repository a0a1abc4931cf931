//! The table: what was measured, the target beside it, and whether it is met. It asserts nothing.

/// The width of the columns of the table.
const LABEL: usize = 47;
const CELL: usize = 25;

/// What the target is about.
#[derive(Clone, Copy)]
enum Target {
    AtMost(f64),
    AtLeast(f64),
    None,
}

macro_rules! rows {
    ($($row:ident: $label:literal, $target:expr;)+) => {
        /// What is measured, in the order of the table.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub enum Row {
            $(#[doc = $label] $row),+
        }

        impl Row {
            const ALL: &'static [Self] = &[$(Self::$row),+];

            fn label(self) -> &'static str {
                match self {
                    $(Self::$row => $label),+
                }
            }

            fn target(self) -> Target {
                match self {
                    $(Self::$row => $target),+
                }
            }
        }
    };
}

rows! {
    ImportLines: "import N NDJSON lines, ms", Target::AtMost(3_000.0);
    ImportItems: "import N items, parsed before, ms", Target::AtMost(3_000.0);
    ImportWork: "  work of all threads for that", Target::None;
    ImportMemory: "peak memory of an import of N lines, MB", Target::AtMost(500.0);
    Sync: "a bare fdatasync of 16 KiB there, ms", Target::None;
    Snapshot: "create snapshot, durable, ms", Target::None;
    SnapshotEngine: "  engine", Target::AtMost(0.35);
    Clone: "clone, durable, ms", Target::None;
    CloneEngine: "  engine", Target::AtMost(0.5);
    RestoreBegin: "restore of 1 %: begin, durable, ms", Target::None;
    RestoreSwitch: "restore of 1 %: switch, durable, ms", Target::None;
    RestoreEngine: "  engine", Target::AtMost(0.4);
    Restore: "restore of 1 %: begin to COMPLETED, ms", Target::None;
    Commit: "commit 10k random changes into N, ms", Target::AtMost(60.0);
    CommitWork: "  work of all threads for that", Target::None;
    ContentEdit: "  work of the content edit alone", Target::None;
    DiffCounts: "net difference of 1 %: counts, work, ms", Target::AtMost(30.0);
    DiffKeys: "net difference of 1 %: keys, work, ms", Target::AtMost(40.0);
    DiffFull: "net difference of 1 %: with values, work, ms", Target::None;
    ReadsAtHead: "1000 random items at head, work, ms", Target::None;
    ReadsOfOld: "1000 random items, 10 rounds ago, work, ms", Target::AtMost(10.0);
    ReadsRatio: "  old to head", Target::AtMost(1.2);
    DiskBytes: "disk bytes a changed item, rounds of 1 %", Target::AtMost(1_700.0);
    LogBytes: "  of this the log", Target::None;
    ContentBytes: "  of this the content cache", Target::None;
    Rebuild: "rebuild views from N events, thousand/s", Target::AtLeast(200.0);
    Open: "open after a kill -9 with N events, ms", Target::AtMost(2_000.0);
}

/// What is printed below the table.
const NOTES: &str = "\
growth: the largest size to the smallest. Targets are meant for the largest.
engine: the durable time less that of a bare fdatasync of the same disk in the same run, both at
their quarter points: what else the machine does falls mostly on the other quarters.
work: time on processors.";

/// Measured values by row and size.
pub struct Figures {
    sizes: Vec<&'static str>,
    /// One list a row and size, row by row.
    values: Vec<Vec<f64>>,
}

impl Figures {
    /// No figure yet for these sizes.
    pub fn of(sizes: &[(&'static str, u64)]) -> Self {
        let sizes: Vec<_> = sizes.iter().map(|(name, _)| *name).collect();
        let values = vec![Vec::new(); Row::ALL.len() * sizes.len()];
        Self { sizes, values }
    }

    /// Takes a value down.
    pub fn add(&mut self, row: Row, column: usize, value: f64) {
        let index = self.index(row, column);
        self.values[index].push(value);
    }

    /// Adds what is left of a row without the sync in it.
    pub fn add_engine(&mut self, row: Row, durable: Row) {
        for column in 0..self.sizes.len() {
            let quarter = |row: Row| part(&self.values[self.index(row, column)], 4);
            if let Some((durable, sync)) = quarter(durable).zip(quarter(Row::Sync)) {
                self.add(row, column, durable - sync);
            }
        }
    }

    fn index(&self, row: Row, column: usize) -> usize {
        row as usize * self.sizes.len() + column
    }

    /// Prints the table: medians, with the least and the most.
    pub fn print(&self) {
        print!("{:LABEL$}", "median (least–most)");
        for size in &self.sizes {
            print!("{:>CELL$}", format!("N = {size}"));
        }
        println!("{:>9}{:>10}", "growth", "target");
        for row in Row::ALL {
            self.print_row(*row);
        }
        println!("{NOTES}");
    }

    fn print_row(&self, row: Row) {
        let columns = self.sizes.len();
        let cells = &self.values[row as usize * columns..][..columns];
        print!("{:LABEL$}", row.label());
        for values in cells {
            print!("{:>CELL$}", cell(values));
        }
        let (first, last) = (median(&cells[0]), median(&cells[columns - 1]));
        let growth = first.zip(last).map_or(String::new(), |(first, last)| {
            format!("{:.2}×", last / first)
        });
        print!("{growth:>9}");
        let (shown, met) = match row.target() {
            Target::AtMost(most) => (format!("≤ {most}"), last.map(|last| last <= most)),
            Target::AtLeast(least) => (format!("≥ {least}"), last.map(|last| last >= least)),
            Target::None => (String::new(), None),
        };
        let verdict = met.map_or("", |met| if met { "meets" } else { "misses" });
        println!("{shown:>10} {verdict}");
    }
}

fn cell(values: &[f64]) -> String {
    let Some(median) = median(values) else {
        return String::new();
    };
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match values.len() {
        1 => shown(median),
        _ => format!("{} ({}–{})", shown(median), shown(least), shown(most)),
    }
}

fn median(values: &[f64]) -> Option<f64> {
    part(values, 2)
}

/// The value above one in so many of the values.
fn part(values: &[f64], divisor: usize) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / divisor).copied()
}

fn shown(value: f64) -> String {
    let digits = match value.abs() {
        small if small < 1.0 => 3,
        small if small < 10.0 => 2,
        small if small < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}
