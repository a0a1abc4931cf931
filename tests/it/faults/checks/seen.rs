//! Whoever looked saw a state that was: not older than he demanded, and not of the future.

use std::collections::BTreeSet;

use crate::faults::history::Read;
use crate::faults::model::Model;
use crate::faults::window::Windows;

/// What this read saw is what the dataset was at some place that it can have been told of.
pub fn check(read: &Read, model: &Model, windows: &Windows) -> Result<(), String> {
    let end = *windows.between(read.began, read.ended).end();
    // Without a demand a node may show any state that it ever had.
    let start = read.at_least.unwrap_or(0);
    let known = model.datasets.get(&read.dataset);
    let changes = known.map(|known| known.changes.as_slice());
    let changes = changes.unwrap_or_default().iter().copied();
    let mut places: BTreeSet<u64> = changes
        .filter(|place| (start..=end).contains(place))
        .collect();
    places.insert(start);
    let mut states = places.iter().map(|place| model.sight_at(read, *place));
    if states.any(|state| state == read.sight) {
        return Ok(());
    }
    let at_start = model.sight_at(read, start);
    let at_end = model.sight_at(read, end);
    Err(format!(
        "node {} showed what fits no place of {start} to {end}, {at_start:?} to {at_end:?}: {read:?}",
        read.node
    ))
}
