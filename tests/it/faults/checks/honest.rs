//! Whatever failed around a node, it knew to say so: nothing broke inside.

use crate::faults::history::{Call, Outcome};

/// The code of what a server did not expect.
const BROKEN: &str = "INTERNAL";

/// No try met anything that a node had no word for.
pub fn check(calls: &[Call]) -> Result<(), String> {
    for call in calls {
        for asked in &call.tries {
            if let Outcome::Unknown(why) = &asked.outcome
                && why.starts_with(BROKEN)
            {
                return Err(format!("node {} broke: {why}: {call:?}", asked.node));
            }
        }
    }
    Ok(())
}
