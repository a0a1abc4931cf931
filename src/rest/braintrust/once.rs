//! Making what may be there: of all who ask for one name at the same moment, one makes it and the
//! others find it.
//!
//! Whether a name is free, the ledger alone decides; a refusal may come a moment before the rows
//! show by what it is taken.

use std::time::Duration;

use crate::domain::Refusal;
use crate::ledger::{LedgerError, Outcome};

/// How long the rows are waited for that show what a refusal saw.
const LAG: Duration = Duration::from_millis(10);
/// How often they are looked at.
const LOOKS_MAX: usize = 200;

/// What is there, or else is made; and whether it was there.
pub(super) async fn found_or_made<Row>(
    look: impl Fn() -> Outcome<Option<Row>>,
    making: impl Future<Output = Outcome<Row>>,
) -> Outcome<(Row, bool)> {
    if let Some(row) = look()? {
        return Ok((row, true));
    }
    let refused = match making.await {
        Ok(row) => return Ok((row, false)),
        Err(error) => error,
    };
    let is_taken = matches!(
        &refused,
        LedgerError::Refused {
            refusal: Refusal::NameTaken { .. },
            ..
        }
    );
    for _ in 0..LOOKS_MAX {
        if let Some(row) = look()? {
            return Ok((row, true));
        }
        if !is_taken {
            break;
        }
        tokio::time::sleep(LAG).await;
    }
    Err(refused)
}
