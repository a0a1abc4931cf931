//! Retries of uploads: the header `Idempotency-Key`, and what makes two uploads the same.
//!
//! The body is part of it, as it was before it was compressed, so the input is known only when all
//! of it has come. Nothing is decided here: the ledger compares.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;

use super::asked::Reading;
use crate::digest::{Digest, Digester};
use crate::ledger::NewImport;
use crate::rest::Trouble;

/// Where a request says under which key a retry of it is recognised.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The longest key, in characters.
const KEY_CHARS_MAX: usize = 255;
/// How long an upload waits for an earlier one with its key.
pub(super) const TURN_MAX: Duration = Duration::from_secs(600);

/// The key of a request, if it has one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<Arc<str>>, Trouble> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return match headers.contains_key(IDEMPOTENCY_KEY) {
            true => Err(bad_key("it is there twice")),
            false => Ok(None),
        };
    };
    let text = value
        .to_str()
        .map_err(|_| bad_key("it has characters other than visible ones of ASCII"))?;
    match text.len() {
        1..=KEY_CHARS_MAX => Ok(Some(text.into())),
        _ => Err(bad_key("it has 1 to 255 characters")),
    }
}

fn bad_key(what: &str) -> Trouble {
    let hint = "send one key of 1 to 255 characters, the same again with a retry";
    Trouble::bad_input(format!("Idempotency-Key: {what}"), hint)
}

/// The digest of all that an upload asks for: where to, how, and with which bytes.
pub(super) fn input(new: &NewImport, reading: &Reading, body: Digest) -> Digest {
    let mut input = Digester::default();
    let mode = new.mode.word();
    let if_version = new.if_version.map(|xact| xact.to_string());
    // Written with their lengths, so that no two askings have one text.
    for part in [
        Some(new.dataset.to_string().as_str()),
        Some(mode),
        if_version.as_deref(),
        new.message.as_deref(),
        Some(reading.form.word()),
        reading.key.as_deref(),
    ] {
        let length = part.map_or(-1, |part| part.len() as i64);
        input.take(&length.to_le_bytes());
        input.take(part.unwrap_or_default().as_bytes());
    }
    input.take(body.as_bytes());
    input.finish()
}

/// A reader that has the digest of what was read, when that is wanted.
pub(super) struct Digested<R> {
    reader: R,
    digester: Option<Digester>,
}

impl<R> Digested<R> {
    /// A reader whose bytes are digested.
    pub fn of(reader: R) -> Self {
        Self {
            reader,
            digester: Some(Digester::default()),
        }
    }

    /// A reader whose bytes nobody asks about.
    pub const fn passed(reader: R) -> Self {
        Self {
            reader,
            digester: None,
        }
    }

    /// The digest of all that was read so far.
    pub fn digest(&self) -> Option<Digest> {
        self.digester.as_ref().map(Digester::finish)
    }
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if let Some(digester) = &mut self.digester {
            digester.take(&buffer[..count]);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use uuid::Uuid;

    use super::super::body::{Form, Packing};
    use super::*;
    use crate::domain::ids::{DatasetId, Position};
    use crate::domain::values::CommitMode;

    #[test]
    fn a_key_is_1_to_255_visible_characters_once() {
        let check = |values: &[&[u8]], expected: Result<Option<&str>, ()>| {
            let mut headers = HeaderMap::new();
            for value in values {
                let value = HeaderValue::from_bytes(value).expect("a value");
                headers.append(IDEMPOTENCY_KEY, value);
            }
            let found = key(&headers).map_err(|_| ());
            assert_eq!(
                found.as_ref().map(Option::as_deref),
                expected.as_ref().map(|text| *text)
            );
        };
        let long = "k".repeat(256);
        check(&[], Ok(None));
        check(&[b"k-1"], Ok(Some("k-1")));
        check(&[&long.as_bytes()[..255]], Ok(Some(&long[..255])));
        check(&[b""], Err(()));
        check(&[long.as_bytes()], Err(()));
        check(&["schl\u{fc}ssel".as_bytes()], Err(()));
        check(&[b"a", b"a"], Err(()));
    }

    #[test]
    fn two_uploads_are_the_same_when_all_that_they_ask_for_is() {
        let new = || NewImport {
            dataset: DatasetId(Uuid::from_u128(1)),
            mode: CommitMode::Upsert,
            message: None,
            if_version: None,
            auto_snapshot: false,
        };
        let reading = || Reading {
            form: Form::Rows,
            packing: Packing::Plain,
            key: None,
        };
        let body = Digest::of(b"rows");
        let packed = Reading {
            packing: Packing::Gzip,
            ..reading()
        };
        let first = input(&new(), &reading(), body);
        assert_eq!(first, input(&new(), &packed, body), "packed or not");
        let text = |text: &str| Some(text.to_owned());
        let others = [
            input(&new(), &reading(), Digest::of(b"other rows")),
            input(
                &NewImport {
                    dataset: DatasetId(Uuid::from_u128(2)),
                    ..new()
                },
                &reading(),
                body,
            ),
            input(
                &NewImport {
                    mode: CommitMode::Replace,
                    ..new()
                },
                &reading(),
                body,
            ),
            input(
                &NewImport {
                    message: text(""),
                    ..new()
                },
                &reading(),
                body,
            ),
            input(
                &NewImport {
                    message: text("x"),
                    ..new()
                },
                &reading(),
                body,
            ),
            input(
                &NewImport {
                    if_version: Some(Position(1).xact()),
                    ..new()
                },
                &reading(),
                body,
            ),
            input(
                &new(),
                &Reading {
                    form: Form::Lines,
                    ..reading()
                },
                body,
            ),
            input(
                &new(),
                &Reading {
                    key: text("x"),
                    ..reading()
                },
                body,
            ),
        ];
        for (index, one) in others.iter().enumerate() {
            assert_ne!(*one, first, "{index}");
            assert!(!others[index + 1..].contains(one), "{index}");
        }
    }
}
