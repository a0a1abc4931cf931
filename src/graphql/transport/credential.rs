//! Who is at the other end of a connection that stays open, and whether they still may be.
//!
//! A credential in the first message of a socket counts before that of its upgrade. Asks the
//! gatekeeper, the same for every transport, and never keeps or logs a credential.

use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::{Map, Value};

use crate::auth::Principal;
use crate::gatekeeper::Gatekeeper;
use crate::graphql::error::Problem;
use crate::ledger::{LedgerError, Outcome};

/// The member of the payload of `connection_init`, in any case.
const MEMBER: &str = "authorization";
/// How often it is asked whether the credential of an open connection still opens.
pub const RECHECK_INTERVAL: Duration = Duration::from_secs(5);

/// The principal of the headers of an upgrade; none when they have no credential that opens.
pub async fn of_headers(
    gatekeeper: &Gatekeeper,
    headers: &HeaderMap,
) -> Result<Option<Principal>, Problem> {
    looked_up(gatekeeper.sought(|gate| gate.principal(headers)).await)
}

/// The principal of the payload of `connection_init`; where it has no credential, that of the
/// upgrade. The credential is what an `Authorization` header would say, or an API key alone.
pub async fn of_init(
    gatekeeper: &Gatekeeper,
    payload: &Map<String, Value>,
    upgrade: Option<Principal>,
) -> Result<Option<Principal>, Problem> {
    let mut members = payload.iter();
    let credential = members.find(|(name, _)| name.eq_ignore_ascii_case(MEMBER));
    match credential.map(|(_, value)| value) {
        None | Some(Value::Null) => Ok(upgrade),
        Some(Value::String(text)) => {
            let text = text.trim();
            let is_alone = !text.contains(char::is_whitespace);
            let bearer = if is_alone {
                format!("Bearer {text}")
            } else {
                text.to_owned()
            };
            looked_up(
                gatekeeper
                    .sought(|gate| gate.of_authorization(&bearer))
                    .await,
            )
        }
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Ok(None),
    }
}

/// Whether the credential that this principal came with still opens. While that cannot be found
/// out the connection goes on: nothing is answered then either.
pub fn still_opens(gatekeeper: &Gatekeeper, principal: &Principal) -> bool {
    let found = gatekeeper.still_opens(principal);
    found.unwrap_or_else(|fault| {
        tracing::error!(%fault, "a credential cannot be looked up again");
        true
    })
}

/// Whose a credential is; that it cannot be looked up is logged here, unless it is for a while and
/// the node has told of that.
fn looked_up(found: Outcome<Option<Principal>>) -> Result<Option<Principal>, Problem> {
    found.map_err(|fault| match fault {
        LedgerError::Unavailable(_) => fault.into(),
        LedgerError::Refused { .. } | LedgerError::Forbidden | LedgerError::Fault(_) => {
            tracing::error!(%fault, "a credential cannot be looked up");
            Problem::fault(fault.to_string())
        }
    })
}
