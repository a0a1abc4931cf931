//! The harness of the room's tests: seeded randomness, random items, and the naive map that every
//! answer is compared with. The tests themselves are in the modules below.

mod forged;
mod golden;
mod laws;
mod pages;
mod stores;

use std::collections::BTreeMap;
use std::ops::Bound;

use super::*;
use crate::digest::Digest;

/// Small nodes, so that trees of a few hundred items have several levels.
const SMALL: TreeParameters = TreeParameters {
    leaf: NodeShape {
        bytes_min: 60,
        bytes_target: 200,
        bytes_max: 600,
        entries_min: 1,
    },
    interior: NodeShape {
        bytes_min: 100,
        bytes_target: 330,
        bytes_max: 900,
        entries_min: 2,
    },
    salt: 7,
};

/// The splitmix64 sequence of a seed. Every test that draws prints the seed when it fails.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// What a tree should hold.
type Model = BTreeMap<String, Entry>;

/// A key out of some hundreds: short and long, with shared beginnings, of one and of many bytes.
fn random_key(random: &mut Random) -> String {
    let number = random.below(120);
    match random.below(12) {
        0 => format!("{number}"),
        1 => format!("Löwe/{number}"),
        2 => format!("\u{1F427}\u{1F427}{number}"),
        3 => "w".repeat(1 + number as usize),
        4 => format!("long/{}{number}", "x".repeat(300)),
        5 => format!("a{number:04}/part"),
        _ => format!("a{number:04}"),
    }
}

fn random_entry(random: &mut Random) -> Entry {
    let kinds = [Kind::Record, Kind::Record, Kind::Image, Kind::Video];
    let key = random_key(random);
    let (kind, number) = (kinds[random.below(4) as usize], random.below(3));
    entry(&key, kind, number)
}

/// An item whose value is known by a number.
fn entry(key: &str, kind: Kind, number: u64) -> Entry {
    Entry {
        key: key.into(),
        kind,
        length: 10 + number as u32,
        value: Digest::of(&number.to_le_bytes()),
        place: Place {
            chunk: 40 + number,
            offset: number as u32 * 7,
        },
    }
}

fn random_edits(random: &mut Random, model: &Model) -> Vec<Edit> {
    if random.one_in(25) {
        return model
            .keys()
            .map(|key| Edit::Delete(key.as_str().into()))
            .collect();
    }
    let mut edits = Vec::new();
    let most = [3, 20, 150][random.below(3) as usize];
    for _ in 0..random.below(most) {
        edits.push(match random.one_in(3) {
            true => Edit::Delete(random_key(random).into()),
            false => Edit::Put(random_entry(random)),
        });
    }
    if random.one_in(5) {
        let from = random_key(random);
        let gone = model.range(from..).take(random.below(80) as usize);
        edits.extend(gone.map(|(key, _)| Edit::Delete(key.as_str().into())));
    }
    edits
}

fn apply(model: &mut Model, edits: &[Edit]) {
    for edit in edits {
        match edit {
            Edit::Put(entry) => match model.get(&*entry.key) {
                Some(old) if is_same_item(old, entry) => (),
                _ => drop(model.insert(entry.key.to_string(), entry.clone())),
            },
            Edit::Delete(key) => drop(model.remove(&**key)),
        }
    }
}

fn is_same_item(one: &Entry, other: &Entry) -> bool {
    (one.kind, one.value) == (other.kind, other.value)
}

/// The items of one model that another lacks or has otherwise, by comparing item by item.
fn naive_diff(from: &Model, to: &Model) -> Vec<Change> {
    let keys: std::collections::BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let change = |key: &&String| {
        let (before, after) = (from.get(*key).cloned(), to.get(*key).cloned());
        Change {
            key: key.as_str().into(),
            before,
            after,
        }
    };
    let differs = |change: &Change| match (&change.before, &change.after) {
        (Some(before), Some(after)) => !is_same_item(before, after),
        _ => true,
    };
    keys.iter().map(change).filter(differs).collect()
}

fn naive_summary(from: &Model, to: &Model) -> Summary {
    let mut summary = Summary::default();
    for change in naive_diff(from, to) {
        match change.kind() {
            ChangeKind::Added => summary.added += 1,
            ChangeKind::Removed => summary.removed += 1,
            ChangeKind::Modified => summary.modified += 1,
        }
    }
    summary.unchanged = to.len() as u64 - summary.added - summary.modified;
    summary
}

fn naive_totals(model: &Model) -> Totals {
    let mut totals = Totals::default();
    model
        .values()
        .for_each(|entry| totals.add_item(entry.kind, entry.length));
    totals
}

fn naive_range(model: &Model, window: &Window) -> Vec<Entry> {
    let after = window
        .after
        .clone()
        .map_or(Bound::Unbounded, Bound::Excluded);
    let matches = |entry: &&Entry| {
        window
            .prefix
            .as_ref()
            .is_none_or(|prefix| entry.key.starts_with(prefix))
            && window.kind.is_none_or(|kind| entry.kind == kind)
            && window
                .before
                .as_ref()
                .is_none_or(|before| *entry.key < **before)
    };
    let found = model
        .range((after, Bound::Unbounded))
        .map(|(_, entry)| entry)
        .filter(matches);
    let found: Vec<Entry> = found.skip(window.offset as usize).cloned().collect();
    match window.take {
        Take::First(count) => found.into_iter().take(count).collect(),
        Take::Last(count) => found[found.len().saturating_sub(count)..].to_vec(),
    }
}

/// One history: a store with every version of it, and what each should hold.
struct History {
    parameters: TreeParameters,
    store: MemoryNodes,
    versions: Vec<(Digest, Model)>,
}

impl History {
    fn random(random: &mut Random) -> Self {
        let parameters = if random.one_in(8) {
            TreeParameters::FORMAT
        } else {
            SMALL
        };
        let versions = vec![(empty_root(), Model::new())];
        let mut history = Self {
            parameters,
            store: MemoryNodes::new(),
            versions,
        };
        for _ in 0..1 + random.below(5) {
            let base = random.below(history.versions.len() as u64) as usize;
            let edits = random_edits(random, &history.versions[base].1);
            history.commit(base, edits);
        }
        history
    }

    /// Edits a version into a new one; answers what grew.
    fn commit(&mut self, base: usize, edits: Vec<Edit>) -> Grown {
        let (root, mut model) = self.versions[base].clone();
        apply(&mut model, &edits);
        let grown = edit::edit_with(self.parameters, &self.store, root, &edits).unwrap();
        self.store.insert(&grown.nodes);
        self.versions.push((grown.root, model));
        grown
    }

    fn build(&self, model: &Model) -> Grown {
        build::build_with(self.parameters, model.values().cloned(), Keep::Nodes)
    }
}
