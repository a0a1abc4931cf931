//! Names and the other texts that callers write: how long they may be, and when two are one.
//!
//! Pure: a name that exists has been checked.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use crate::domain::refusal::Refusal;

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 255;
/// The longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 10_000;
/// The longest message of a commit, in characters.
pub const MESSAGE_CHARS_MAX: usize = 10_000;

/// A name as its giver wrote it: Unicode NFC, trimmed, 1 to 255 characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<str>);

impl Name {
    /// Checks and normalises a name; `field` is what a refusal points at.
    pub fn new(field: &'static str, text: &str) -> Result<Self, Refusal> {
        let text: String = text.trim().nfc().collect();
        let chars = text.chars().count();
        if chars == 0 || chars > NAME_CHARS_MAX {
            let message = format!("a name has 1 to {NAME_CHARS_MAX} characters; this has {chars}");
            return Err(Refusal::BadInput { field, message });
        }
        if text.chars().any(char::is_control) {
            let message = "a name holds no control characters".to_owned();
            return Err(Refusal::BadInput { field, message });
        }
        Ok(Self(text.into()))
    }

    /// A name that is already part of the log.
    pub fn recorded(text: &str) -> Self {
        Self(text.into())
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This name with a suffix in plain ASCII, cut before it so far that it is a name still.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        let kept_chars = NAME_CHARS_MAX.saturating_sub(suffix.len());
        let kept: String = self.0.chars().take(kept_chars).collect();
        Self(format!("{}{suffix}", kept.trim_end()).into())
    }

    /// What two names have in common when they are the same but for case.
    pub fn key(&self) -> NameKey {
        if self.0.is_ascii() {
            return NameKey(self.0.to_ascii_lowercase().into());
        }
        NameKey(self.0.to_lowercase().nfc().collect::<String>().into())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A name without its case: names are unique by this.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameKey(Arc<str>);

impl NameKey {
    /// The text by which names are compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the length of a description.
pub fn check_description(field: &'static str, text: &str) -> Result<(), Refusal> {
    check_chars(field, text, DESCRIPTION_CHARS_MAX)
}

/// Checks the length of the message of a commit.
pub fn check_message(field: &'static str, text: &str) -> Result<(), Refusal> {
    check_chars(field, text, MESSAGE_CHARS_MAX)
}

fn check_chars(field: &'static str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    let chars = text.chars().count();
    if chars <= chars_max {
        return Ok(());
    }
    let message = format!("at most {chars_max} characters are allowed; this has {chars}");
    Err(Refusal::BadInput { field, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_composed_and_compared_without_case() {
        let name = Name::new("name", "  Cafe\u{301} Ünïts ").expect("a name");
        assert_eq!(name.as_str(), "Café Ünïts");
        assert_eq!(
            name.key(),
            Name::new("name", "CAFÉ ÜNÏTS").expect("a name").key()
        );
    }

    #[test]
    fn names_that_are_none_are_refused() {
        for text in ["", "   ", "a\u{0}b", "a\nb", &"x".repeat(256)] {
            assert!(Name::new("name", text).is_err(), "{text:?}");
        }
        assert!(Name::new("name", &"é".repeat(255)).is_ok());
    }

    #[test]
    fn a_long_name_is_cut_before_its_suffix() {
        let check = |name: &str, expected: &str| {
            let name = Name::new("name", name).expect("a name");
            let found = name.with_suffix(" (cloned)");
            assert_eq!(found.as_str(), expected);
            assert_eq!(Name::new("name", found.as_str()), Ok(found));
        };
        check("Penguins", "Penguins (cloned)");
        let long = format!("{} {}", "é".repeat(245), "x".repeat(9));
        check(&long, &format!("{} (cloned)", "é".repeat(245)));
        check(&"é".repeat(255), &format!("{} (cloned)", "é".repeat(246)));
    }

    #[test]
    fn the_length_of_a_text_is_counted_in_characters() {
        assert_eq!(
            check_description("description", &"é".repeat(10_000)),
            Ok(())
        );
        assert_eq!(check_message("message", &"é".repeat(10_000)), Ok(()));
        assert!(check_description("description", &"é".repeat(10_001)).is_err());
        assert!(check_message("message", &"é".repeat(10_001)).is_err());
    }
}
