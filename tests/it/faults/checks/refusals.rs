//! Whoever was refused was told the truth: what stood against him did so at some moment between
//! his asking and his answer.

use std::ops::RangeInclusive;

use crate::faults::deeds::Deed;
use crate::faults::history::{Call, Outcome};
use crate::faults::model::Model;
use crate::faults::spans::Holding;
use crate::faults::window::Windows;

/// Every refusal of a call is explained by a state that it can have been told of.
pub fn check(call: &Call, model: &Model, windows: &Windows) -> Result<(), String> {
    for asked in &call.tries {
        let Outcome::Refused(code) = &asked.outcome else {
            continue;
        };
        let (start, end) = windows.between(asked.began, asked.ended).into_inner();
        // From where it is done itself it is known by its key, and must not be refused.
        let own = windows.done_at(call).unwrap_or(u64::MAX);
        let places = start..=end.min(own - 1);
        if places.is_empty() || !is_explained(&call.deed, code, &places, model) {
            return Err(format!(
                "{code} of node {} is explained by no place of {places:?}: {call:?}",
                asked.node
            ));
        }
    }
    Ok(())
}

/// Whether something that this code tells of stood against a deed at one of these places.
fn is_explained(deed: &Deed, code: &str, places: &RangeInclusive<u64>, model: &Model) -> bool {
    let held = |what: Holding, by_not: &str| model.spans.held_within(&what, by_not, places);
    let restored = |dataset: &String| held(Holding::Restore(dataset.clone()), "");
    let lacked = |snapshot: &String| {
        let there = Holding::Snapshot(snapshot.clone());
        model.spans.lacked_within(&there, places)
    };
    let named = |dataset: &String, name: &String, own: &str| {
        held(Holding::SnapshotName(dataset.clone(), name.clone()), own)
    };
    match (deed, code) {
        (Deed::CreateDataset { name } | Deed::Clone { name, .. }, "NAME_TAKEN") => {
            held(Holding::DatasetName(name.clone()), "")
        }
        (Deed::CreateSnapshot { dataset, name }, "NAME_TAKEN") => named(dataset, name, ""),
        (
            Deed::RenameSnapshot {
                dataset,
                snapshot,
                name,
            },
            "NAME_TAKEN",
        ) => named(dataset, name, snapshot),
        (Deed::Commit { dataset, .. } | Deed::Import { dataset, .. }, "DATASET_LOCKED")
        | (
            Deed::CreateSnapshot { dataset, .. } | Deed::Restore { dataset, .. },
            "OPERATION_RUNNING",
        )
        | (
            Deed::Clone {
                source: dataset, ..
            },
            "DATASET_NOT_READY",
        ) => restored(dataset),
        (
            Deed::RenameSnapshot { snapshot, .. }
            | Deed::DeleteSnapshot { snapshot, .. }
            | Deed::Restore { snapshot, .. }
            | Deed::Clone { snapshot, .. },
            "NOT_FOUND",
        ) => lacked(snapshot),
        (Deed::DeleteSnapshot { snapshot, .. }, "OPERATION_RUNNING") => {
            held(Holding::Target(snapshot.clone()), "")
        }
        (Deed::DeleteSnapshot { dataset, snapshot }, "SNAPSHOT_IS_CURRENT") => {
            is_current(dataset, snapshot, places, model)
        }
        (
            Deed::Commit {
                dataset,
                if_version: Some(seen),
                ..
            },
            "VERSION_CONFLICT",
        ) => is_elsewhere(dataset, *seen, places, model),
        _nothing_explains_it => false,
    }
}

/// Whether a dataset's current snapshot was this one.
fn is_current(dataset: &str, snapshot: &str, places: &RangeInclusive<u64>, model: &Model) -> bool {
    let current = Holding::Current(dataset.to_owned());
    at_any(dataset, places, model, |place| {
        model.spans.holder_at(&current, place) == Some(snapshot)
    })
}

/// Whether a dataset's head was another version than this.
fn is_elsewhere(dataset: &str, seen: u64, places: &RangeInclusive<u64>, model: &Model) -> bool {
    let known = model.datasets.get(dataset);
    at_any(dataset, places, model, |place| {
        let head = known.and_then(|known| known.version_at(place));
        head.is_some_and(|head| head.position != seen)
    })
}

/// Whether it was so at the first place, or where the dataset changed.
fn at_any(
    dataset: &str,
    places: &RangeInclusive<u64>,
    model: &Model,
    is_so: impl Fn(u64) -> bool,
) -> bool {
    let known = model.datasets.get(dataset);
    let changes = known
        .map(|known| known.changes.as_slice())
        .unwrap_or_default();
    let mut changes = changes.iter().filter(|place| places.contains(place));
    is_so(*places.start()) || changes.any(|place| is_so(*place))
}
