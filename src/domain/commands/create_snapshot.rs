//! Creates a snapshot: a numbered name for the current version, or for an older one.
//!
//! Costs one event, however large the dataset is.

use std::sync::Arc;

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::{SnapshotCreated, TrainedModel};
use crate::domain::ids::{Position, Revision, SnapshotId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{NAME_CHARS_MAX, Name, SnapshotReason, Version, check_description};

/// Asks for a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateSnapshot {
    /// Its id.
    pub snapshot: SnapshotId,
    /// Its name; none: one made from the dataset's and the id is shown, and need not be unique.
    pub name: Option<Name>,
    /// Its description; may be empty.
    pub description: Arc<str>,
    /// The version to name, with the position by which it was asked for; none: the head.
    pub version: Option<(Version, Position)>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
    /// The model trained on it; its name has 1 to 255 characters.
    pub trained_model: Option<TrainedModel>,
    /// MANUAL when a caller asks. The others are made by a change, in its own append: those ask
    /// for no status, no lock, and not whether snapshots are enabled.
    pub reason: SnapshotReason,
}

/// Refuses with `NOT_FOUND`, `BAD_INPUT` (description, trained model), `SNAPSHOTS_DISABLED`,
/// `OPERATION_RUNNING`, `DATASET_NOT_READY`, `NAME_TAKEN` or `VERSION_CONFLICT`.
pub fn decide(dataset: &Dataset, command: &CreateSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    check_description("description", &command.description)?;
    if let Some(model) = &command.trained_model {
        check_model(model)?;
    }
    match command.reason {
        SnapshotReason::Manual => dataset.must_take_snapshots()?,
        SnapshotReason::Creation
        | SnapshotReason::Clone
        | SnapshotReason::Restore
        | SnapshotReason::Auto => {}
    }
    if let Some(name) = &command.name {
        dataset.must_be_free(name, command.snapshot)?;
    }
    dataset.must_be_at(command.if_version)?;
    let version = command.version.map_or(dataset.head, |(version, _)| version);
    let created = SnapshotCreated {
        name: command.name.clone(),
        description: command.description.clone(),
        version,
        asked: command.version.map(|(_, asked)| asked),
        becomes_current: version.revision == dataset.head.revision,
        trained_model: command.trained_model.clone(),
        ..dataset.snapshot_of_head(command.snapshot, command.reason)
    };
    Ok(Decision {
        dataset: vec![created.into()],
        ..Decision::default()
    })
}

fn check_model(model: &TrainedModel) -> Result<(), Refusal> {
    let message = match &model.name {
        None if model.id.is_some() => return Ok(()),
        None => "give the model's id, its name, or both".to_owned(),
        Some(name) if (1..=NAME_CHARS_MAX).contains(&name.chars().count()) => return Ok(()),
        Some(_) => format!("a model's name has 1 to {NAME_CHARS_MAX} characters"),
    };
    Err(Refusal::BadInput {
        field: "trainingModelName",
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, committed, conflict, created_in, deleted, enriching, in_status, name, name_taken,
        named_snapshot, not_found, not_ready, ready, restoring, snapshot, snapshot_deleted,
        snapshot_of, training, version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::{DatasetCreated, Event};
    use crate::domain::refusal::Running;
    use crate::domain::values::{DatasetStatus, OperationKind};

    fn command() -> CreateSnapshot {
        CreateSnapshot {
            snapshot: snapshot(1),
            name: None,
            description: Arc::from(""),
            version: None,
            if_version: None,
            trained_model: None,
            reason: SnapshotReason::Manual,
        }
    }

    fn named(number: u32, text: &str) -> CreateSnapshot {
        CreateSnapshot {
            snapshot: snapshot(number),
            name: Some(name(text)),
            ..command()
        }
    }

    #[test]
    fn a_snapshot_of_the_head_is_current() {
        let after = given([ready(), committed(0, 1).into()])
            .when(|it| decide(it.dataset(), &command()))
            .then([snapshot_of(1, version(1, 1)).into()]);
        assert_eq!(after.dataset().current, Some(snapshot(1)));
        assert_eq!(after.dataset().next_number, 2);
    }

    #[test]
    fn a_snapshot_of_an_older_version_leaves_the_current_one() {
        let older = CreateSnapshot {
            snapshot: snapshot(2),
            version: Some((version(0, 0), Position(41))),
            ..command()
        };
        let expected = SnapshotCreated {
            asked: Some(Position(41)),
            becomes_current: false,
            ..snapshot_of(2, version(0, 0))
        };
        let first = snapshot_of(1, version(1, 1));
        let after = given([ready(), committed(0, 1).into(), first.into()])
            .when(|it| decide(it.dataset(), &older))
            .then([expected.into()]);
        assert_eq!(after.dataset().current, Some(snapshot(1)));
    }

    #[test]
    fn the_head_asked_for_by_position_is_the_head() {
        let at_head = CreateSnapshot {
            version: Some((version(0, 0), Position(7))),
            ..command()
        };
        let expected = SnapshotCreated {
            asked: Some(Position(7)),
            ..snapshot_of(1, version(0, 0))
        };
        given([ready()])
            .when(|it| decide(it.dataset(), &at_head))
            .then([expected.into()]);
    }

    #[test]
    fn the_words_of_the_moment_are_recorded() {
        let model = TrainedModel {
            id: None,
            name: Some(Arc::from("resnet")),
        };
        let command = CreateSnapshot {
            description: Arc::from("before the clean-up"),
            trained_model: Some(model.clone()),
            ..named(1, "Baseline")
        };
        let expected = SnapshotCreated {
            description: Arc::from("before the clean-up"),
            trained_model: Some(model),
            ..named_snapshot(1, version(0, 0), "Baseline")
        };
        given([ready(), training()])
            .when(|it| decide(it.dataset(), &command))
            .then([expected.into()]);
    }

    #[test]
    fn a_given_name_is_unique_among_the_live_whatever_its_case() {
        let first = || named_snapshot(1, version(0, 0), "Baseline").into();
        given([ready(), first()])
            .when(|it| decide(it.dataset(), &named(2, "BASELINE")))
            .refuses(name_taken("BASELINE"));
        given([ready(), first(), snapshot_deleted(1)])
            .when(|it| decide(it.dataset(), &named(2, "baseline")))
            .then([named_snapshot(2, version(0, 0), "baseline").into()]);
    }

    #[test]
    fn the_name_shown_for_a_nameless_one_is_free() {
        let shown = format!("Penguins_snapshot_{}", &snapshot(1).to_string()[..8]);
        given([ready(), snapshot_of(1, version(0, 0)).into()])
            .when(|it| decide(it.dataset(), &named(2, &shown)))
            .then([named_snapshot(2, version(0, 0), &shown).into()]);
    }

    #[test]
    fn what_holds_the_dataset_must_end_first() {
        let check = |event: Event, running| {
            given([ready(), event])
                .when(|it| decide(it.dataset(), &command()))
                .refuses(Refusal::OperationRunning { running });
        };
        check(enriching(), Running::Operation(OperationKind::Enrichment));
        check(restoring().into(), Running::Restore);
    }

    #[test]
    fn only_a_ready_dataset_gives_what_a_caller_asks_for() {
        for status in DatasetStatus::ALL {
            if *status != DatasetStatus::Ready {
                given([in_status(*status)])
                    .when(|it| decide(it.dataset(), &command()))
                    .refuses(not_ready(*status));
            }
        }
    }

    #[test]
    fn disabled_stale_or_deleted_is_refused() {
        let disabled = DatasetCreated {
            snapshots_enabled: false,
            ..created_in(DatasetStatus::Ready)
        };
        given([disabled.into()])
            .when(|it| decide(it.dataset(), &command()))
            .refuses(Refusal::SnapshotsDisabled);
        let stale = CreateSnapshot {
            if_version: Some(Revision(0)),
            ..command()
        };
        given([ready(), committed(0, 1).into()])
            .when(|it| decide(it.dataset(), &stale))
            .refuses(conflict(1));
        given([ready(), deleted()])
            .when(|it| decide(it.dataset(), &command()))
            .refuses(not_found("dataset"));
    }

    #[test]
    fn a_change_makes_its_own_whatever_holds_the_dataset() {
        let auto = CreateSnapshot {
            reason: SnapshotReason::Auto,
            ..command()
        };
        let expected = SnapshotCreated {
            reason: SnapshotReason::Auto,
            dataset: DATASET,
            ..snapshot_of(1, version(0, 0))
        };
        given([ready(), enriching()])
            .when(|it| decide(it.dataset(), &auto))
            .then([expected.into()]);
    }

    #[test]
    fn words_over_their_limits_are_refused() {
        let long = CreateSnapshot {
            description: Arc::from("x".repeat(10_001)),
            ..command()
        };
        given([ready()])
            .when(|it| decide(it.dataset(), &long))
            .refuses_field("description");
        for text in [None, Some(String::new()), Some("x".repeat(256))] {
            let model = TrainedModel {
                id: None,
                name: text.map(Arc::from),
            };
            let command = CreateSnapshot {
                trained_model: Some(model),
                ..command()
            };
            given([ready()])
                .when(|it| decide(it.dataset(), &command))
                .refuses_field("trainingModelName");
        }
    }
}
