//! A follower was told every event that it asked for, once, in order, up to its last checkpoint.

use crate::faults::history::Followed;
use crate::faults::log::Fact;

/// What came is what the log has.
pub fn check(log: &[Fact], followed: &Followed) -> Result<(), String> {
    let is_wanted = |fact: &&Fact| match &followed.wanted {
        Some(names) => names.contains(&fact.name),
        None => true,
    };
    let told = log
        .iter()
        .take_while(|fact| fact.position <= followed.checkpoint);
    let mut expected = told.filter(is_wanted);
    let mut came = followed.events.iter();
    loop {
        match (expected.next(), came.next()) {
            (None, None) => return Ok(()),
            (Some(fact), Some((place, name))) if fact.position == *place && fact.name == *name => {}
            (expected, came) => {
                let expected = expected.map(|fact| (fact.position, &fact.name));
                return Err(format!("{expected:?} should have come, and {came:?} did"));
            }
        }
    }
}
