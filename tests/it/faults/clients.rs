//! What all clients of a story have in common: where they ask, what was made and acknowledged, and
//! so what there is to want.
//!
//! What is wanted is chosen by chance, within bounds that keep datasets and names few, so that
//! clients get in each other's way.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::deeds::{Deed, Items};
use super::history::{Done, History};
use crate::harness::Random;

/// Names of snapshots, in every dataset, and of datasets.
const NAMES: u64 = 12;
/// Different items of a dataset that are committed.
const ITEMS: u64 = 40;
/// Items of an upload.
const IMPORTED_MAX: u64 = 300;
/// Snapshots that clients remember, the newest.
const SNAPSHOTS_MAX: usize = 40;

/// What all clients of a story have in common: where they ask, and what they know.
pub struct Clients {
    /// The addresses of the nodes, which stay.
    pub nodes: Vec<String>,
    /// What was done and seen.
    pub history: Arc<History>,
    known: Mutex<Known>,
}

/// What was made and acknowledged.
#[derive(Default)]
struct Known {
    datasets: Vec<String>,
    snapshots: Vec<Snapshot>,
    versions: HashMap<String, u64>,
}

#[derive(Clone)]
struct Snapshot {
    dataset: String,
    id: String,
}

impl Clients {
    /// Clients who know nothing yet.
    pub fn of(nodes: Vec<String>) -> Arc<Self> {
        Arc::new(Self {
            nodes,
            history: Arc::new(History::begin()),
            known: Mutex::default(),
        })
    }

    /// A dataset, of those that are known.
    pub fn dataset(&self, random: &mut Random) -> String {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        chosen(&known.datasets, random).clone()
    }

    /// What is acknowledged is known from now on.
    pub fn learn(&self, deed: &Deed, done: &Done) {
        let made = |pointer: &str| made(&done.made, pointer);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match deed {
            Deed::CreateDataset { .. } | Deed::Clone { .. } => {
                known.datasets.push(made("/dataset/id"));
            }
            Deed::CreateSnapshot { dataset, .. } => {
                if known.snapshots.len() == SNAPSHOTS_MAX {
                    known.snapshots.remove(0);
                }
                known.snapshots.push(Snapshot {
                    dataset: dataset.clone(),
                    id: made("/snapshot/id"),
                });
            }
            Deed::Commit { dataset, .. } | Deed::Import { dataset, .. } => {
                known.versions.insert(dataset.clone(), done.position);
            }
            Deed::RenameSnapshot { .. } | Deed::DeleteSnapshot { .. } | Deed::Restore { .. } => {}
        }
    }

    /// Something to want.
    pub fn choose(&self, random: &mut Random) -> Deed {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let dataset = chosen(&known.datasets, random).clone();
        let name = |random: &mut Random, of| format!("{of} {}", random.below(NAMES));
        let kind = random.below(100);
        if kind < 50 {
            return commit(dataset, &known.versions, random);
        }
        if kind < 70 || known.snapshots.is_empty() {
            let name = name(random, "snapshot");
            return Deed::CreateSnapshot { dataset, name };
        }
        let Snapshot {
            dataset: source,
            id: snapshot,
        } = chosen(&known.snapshots, random).clone();
        match kind {
            70..80 => Deed::RenameSnapshot {
                dataset: source,
                snapshot,
                name: name(random, "snapshot"),
            },
            80..86 => Deed::DeleteSnapshot {
                dataset: source,
                snapshot,
            },
            86..94 => Deed::Restore {
                dataset: source,
                snapshot,
            },
            94..96 => Deed::Clone {
                source,
                snapshot,
                name: name(random, "dataset"),
            },
            96 => Deed::CreateDataset {
                name: name(random, "dataset"),
            },
            _upload => Deed::Import {
                dataset,
                items: 1 + random.below(IMPORTED_MAX),
                edition: random.below(1_000) as u32,
            },
        }
    }
}

/// An id that was made.
pub fn made(made: &Value, pointer: &str) -> String {
    let id = made.pointer(pointer).and_then(Value::as_str);
    id.unwrap_or_else(|| panic!("no {pointer} in {made}"))
        .to_owned()
}

fn chosen<'a, T>(among: &'a [T], random: &mut Random) -> &'a T {
    &among[random.below(among.len() as u64) as usize]
}

/// A commit; some only if nobody else has committed since the client looked.
fn commit(dataset: String, versions: &HashMap<String, u64>, random: &mut Random) -> Deed {
    let count = 1 + random.below(5);
    let puts = (0..count).map(|_| (random.below(ITEMS), random.below(1_000) as u32));
    let puts: Items = puts.collect();
    let deletes = (0..random.below(3)).map(|_| random.below(ITEMS));
    let deletes = deletes.collect::<BTreeSet<u64>>().into_iter();
    let deletes = deletes
        .filter(|number| !puts.contains_key(number))
        .collect();
    let if_version = match random.below(4) {
        0 => versions.get(&dataset).copied(),
        _unconditional => None,
    };
    Deed::Commit {
        dataset,
        puts,
        deletes,
        if_version,
    }
}
