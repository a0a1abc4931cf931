//! The key of an item: what a caller may name one.
//!
//! Only the rule is here. Order is the byte order of UTF-8, which is what `str` compares by, so a
//! key must never be normalised or folded on its way into a tree.

/// The longest key, in bytes of UTF-8: an interior node must hold several.
pub const KEY_BYTES_MAX: usize = 1024;

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The text has no bytes.
    #[error("a key has at least one byte")]
    Empty,
    /// The text has more than [`KEY_BYTES_MAX`] bytes.
    #[error("a key has at most {KEY_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// The text has a control character (Unicode category Cc), at this byte.
    #[error("a key has no control characters, this one has one at byte {0}")]
    ControlCharacter(usize),
}

/// Says whether this text may be a key: 1 to 1024 bytes of UTF-8 without control characters.
pub fn check(key: &str) -> Result<(), KeyFault> {
    if key.is_empty() {
        return Err(KeyFault::Empty);
    }
    if key.len() > KEY_BYTES_MAX {
        return Err(KeyFault::TooLong(key.len()));
    }
    match key
        .char_indices()
        .find(|(_, character)| character.is_control())
    {
        Some((at, _)) => Err(KeyFault::ControlCharacter(at)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_1_to_1024_bytes_without_control_characters() {
        let longest = "k".repeat(1024);
        let too_long = "k".repeat(1025);
        let too_many_bytes = "é".repeat(513);
        for (key, expected) in [
            ("a", Ok(())),
            ("folder/penguin 1.jpg", Ok(())),
            ("ключ\u{1F427}", Ok(())),
            (&longest, Ok(())),
            ("", Err(KeyFault::Empty)),
            (&too_long, Err(KeyFault::TooLong(1025))),
            (&too_many_bytes, Err(KeyFault::TooLong(1026))),
            ("a\0", Err(KeyFault::ControlCharacter(1))),
            ("a\tb", Err(KeyFault::ControlCharacter(1))),
            ("\u{7f}", Err(KeyFault::ControlCharacter(0))),
            ("é\u{85}", Err(KeyFault::ControlCharacter(2))),
        ] {
            assert_eq!(check(key), expected, "{key:?}");
        }
    }
}
