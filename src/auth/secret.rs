//! A secret text: what opens, signs or seals. Never printed, never compared in the open.

use std::fmt;

use crate::digest::Digest;

/// A secret. Only [`Secret::reveal`] shows it.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes a text as a secret.
    pub fn given(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one who must see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The bytes, for what computes with them.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// What may be stored of it.
    pub fn hash(&self) -> Digest {
        Digest::of(self.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// Whether two hashes are equal, in a time that does not tell where they differ.
pub fn is_same(one: Digest, other: Digest) -> bool {
    let pairs = one.as_bytes().iter().zip(other.as_bytes());
    pairs.fold(0, |difference, (one, other)| difference | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let printed = format!("{:?}", Some(Secret::given("hush")));
        assert!(!printed.contains("hush"), "{printed}");
    }

    #[test]
    fn hashes_are_the_same_only_when_every_byte_is() {
        let hash = Digest::of(b"key");
        assert!(is_same(hash, Digest::of(b"key")));
        for place in [0, 15, 31] {
            let mut bytes = *hash.as_bytes();
            bytes[place] ^= 1;
            assert!(!is_same(hash, Digest::from_bytes(bytes)), "{place}");
        }
    }
}
