//! What callers are told, by table.

use super::*;
use crate::domain::ids::{Position, Revision};

#[test]
fn refusals_have_their_status_and_code_and_faults_tell_nothing() {
    let id = Uuid::from_u128(7);
    let stale = Refusal::VersionConflict { found: Revision(3) };
    for (error, status, code) in [
        (
            Refusal::NotFound { what: "dataset" }.into(),
            404,
            "NOT_FOUND",
        ),
        (
            Refusal::TooLarge {
                what: "x",
                limit_bytes: 1,
            }
            .into(),
            413,
            "TOO_LARGE",
        ),
        (
            Refusal::DatasetLocked {
                holder: "a restore",
            }
            .into(),
            409,
            "DATASET_LOCKED",
        ),
        (
            Refusal::BeyondHead { head: Position(1) }.into(),
            400,
            "BAD_INPUT",
        ),
        (stale.clone().into(), 409, "VERSION_CONFLICT"),
        (LedgerError::Forbidden, 403, "FORBIDDEN"),
        (
            LedgerError::Unavailable("busy".to_owned()),
            503,
            "UNAVAILABLE",
        ),
        (
            LedgerError::Fault("the secret place".to_owned()),
            500,
            "INTERNAL",
        ),
    ] {
        let trouble = Trouble::of(error, id);
        assert_eq!((trouble.status.as_u16(), trouble.code), (status, code));
        assert!(!trouble.hint.is_empty() && !trouble.message.contains("secret"));
    }
    let current = Some(Position(5));
    let trouble = Trouble::of(
        LedgerError::Refused {
            refusal: stale,
            current,
        },
        id,
    );
    assert_eq!(trouble.current, Some(Position(5).xact().to_string()));
}

#[test]
fn a_line_is_told_to_people_and_to_machines() {
    let trouble = Trouble::bad_input("no JSON", "mend it").at_line(3);
    assert_eq!(
        (trouble.line, trouble.message.as_str()),
        (Some(3), "line 3: no JSON")
    );
}
