//! Names of snapshots: in the ledger no two of a dataset have the same, here they may. So the next
//! one of a name gets a number after it, as in `nightly (2)`; its answer tells.
//!
//! Whether a name is free, the ledger alone decides; here it is only asked again.

use crate::domain::Refusal;
use crate::domain::values::Name;
use crate::ledger::LedgerError;

/// The most snapshots of one name; of more, the name is taken.
const NUMBER_MAX: u32 = 1_000;

/// A name that was asked for, and which of its numbers is tried.
pub(super) struct FreeName {
    asked: Option<Name>,
    number: u32,
}

impl FreeName {
    /// The name as it was asked for; none: there is none to be tried.
    pub fn of(asked: Option<String>) -> Result<Self, Refusal> {
        let asked = asked.map(|text| Name::new("name", &text)).transpose()?;
        Ok(Self { asked, number: 1 })
    }

    /// The name to try now.
    pub fn text(&self) -> Option<String> {
        let name = self.asked.as_ref()?;
        Some(match self.number {
            1 => name.to_string(),
            number => name.with_suffix(&format!(" ({number})")).to_string(),
        })
    }

    /// Goes on to the next number if it was for the name that the ledger refused; tells whether.
    pub fn goes_on(&mut self, error: &LedgerError) -> bool {
        let is_taken = matches!(
            error,
            LedgerError::Refused {
                refusal: Refusal::NameTaken { .. },
                ..
            }
        );
        let goes_on = is_taken && self.number < NUMBER_MAX;
        self.number += u32::from(goes_on);
        goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken() -> LedgerError {
        let name = String::new();
        Refusal::NameTaken { name }.into()
    }

    #[test]
    fn the_next_of_a_name_is_numbered_up_to_a_bound() {
        let mut name = FreeName::of(Some(" nightly ".to_owned())).expect("a name");
        assert_eq!(name.text().as_deref(), Some("nightly"));
        assert!(name.goes_on(&taken()));
        assert_eq!(name.text().as_deref(), Some("nightly (2)"));
        assert!(!name.goes_on(&LedgerError::Forbidden));
        let tries = (0..NUMBER_MAX).filter(|_| name.goes_on(&taken())).count();
        assert_eq!(tries, NUMBER_MAX as usize - 2);
        assert_eq!(name.text().as_deref(), Some("nightly (1000)"));
    }

    #[test]
    fn a_long_name_makes_room_for_its_number() {
        let mut name = FreeName::of(Some("x".repeat(255))).expect("a name");
        assert!(name.goes_on(&taken()));
        let text = name.text().expect("a name");
        assert_eq!((text.len(), text.ends_with("x (2)")), (255, true));
    }

    #[test]
    fn no_name_stays_none_and_a_bad_one_is_refused() {
        assert_eq!(FreeName::of(None).expect("none").text(), None);
        assert!(FreeName::of(Some("\n".to_owned())).is_err());
    }
}
