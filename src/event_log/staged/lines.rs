//! The lines of a chunk, read where they lie: keys and values are borrowed from the body.
//!
//! Every line is checked, and so is that there are as many as the head says; a bad one is a fault,
//! never a panic.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{BodyFault, END, HEAD_BYTES, Head};

/// A line of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<'a> {
    /// An item.
    Put {
        /// Its key.
        key: Cow<'a, str>,
        /// Its kind's word.
        kind_word: &'a str,
        /// Its value's canonical text.
        value: &'a [u8],
        /// Where the value begins in the event's data, in bytes.
        offset: u32,
    },
    /// The deletion of an item.
    Delete {
        /// Its key.
        key: Cow<'a, str>,
    },
}

/// The lines of a chunk, in order. After a fault there are no more.
pub fn lines(data: &[u8]) -> Result<Lines<'_>, BodyFault> {
    let head = Head::read(data)?;
    Ok(Lines {
        data,
        at: HEAD_BYTES,
        items_left: head.items,
        deletes_left: head.deletes,
        ended: false,
    })
}

/// See [`lines`].
pub struct Lines<'a> {
    data: &'a [u8],
    /// Where the next line begins, or the end.
    at: usize,
    items_left: u64,
    deletes_left: u64,
    ended: bool,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<Line<'a>, BodyFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        if self.items_left + self.deletes_left == 0 {
            self.ended = true;
            let at_end = &self.data[self.at..] == END.as_bytes();
            return (!at_end).then(|| Err(BodyFault::new(self.at, "the end after the last line")));
        }
        let line = self.line();
        self.ended = line.is_err();
        Some(line)
    }
}

impl<'a> Lines<'a> {
    fn line(&mut self) -> Result<Line<'a>, BodyFault> {
        let at = self.at;
        let rest = &self.data[at..];
        if !rest.starts_with(b"[") {
            return Err(BodyFault::new(at, "a line, as the counts say"));
        }
        let mut parsed = serde_json::Deserializer::from_slice(rest).into_iter::<LineForm<'a>>();
        let form = match parsed.next() {
            Some(Ok(form)) => form,
            Some(Err(error)) => return Err(BodyFault::new(at, error.to_string())),
            None => return Err(BodyFault::new(at, "a line")),
        };
        self.at += parsed.byte_offset();
        let left = match form.item {
            Some(_) => &mut self.items_left,
            None => &mut self.deletes_left,
        };
        *left = left
            .checked_sub(1)
            .ok_or_else(|| BodyFault::new(at, "a line of the other sort, as the counts say"))?;
        if self.items_left + self.deletes_left > 0 {
            if self.data.get(self.at) != Some(&b',') {
                return Err(BodyFault::new(self.at, "a comma and another line"));
            }
            self.at += 1;
        }
        self.place(form)
    }

    fn place(&self, form: LineForm<'a>) -> Result<Line<'a>, BodyFault> {
        let key = form.key.0;
        let Some((kind_word, value)) = form.item else {
            return Ok(Line::Delete { key });
        };
        let value = value.get().as_bytes();
        // The value is a part of `data`: the distance of their first bytes is its offset.
        let offset = value.as_ptr() as usize - self.data.as_ptr() as usize;
        let offset = u32::try_from(offset)
            .map_err(|_| BodyFault::new(offset, "a value in the first 4 GiB"))?;
        Ok(Line::Put {
            key,
            kind_word,
            value,
            offset,
        })
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// `[key]` or `[key, kind, value]`.
struct LineForm<'a> {
    key: Key<'a>,
    item: Option<(&'a str, &'a RawValue)>,
}

impl<'de: 'a, 'a> Deserialize<'de> for LineForm<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(LineVisitor)
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = LineForm<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[key] or [key, kind, value]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut line: A) -> Result<Self::Value, A::Error> {
        let missing = || A::Error::custom("a line is [key] or [key, kind, value]");
        let key = line.next_element()?.ok_or_else(missing)?;
        let Some(kind_word) = line.next_element::<&str>()? else {
            return Ok(LineForm { key, item: None });
        };
        let value: &RawValue = line.next_element()?.ok_or_else(missing)?;
        if !value.get().starts_with('{') {
            return Err(A::Error::custom("a value is an object"));
        }
        let item = Some((kind_word, value));
        Ok(LineForm { key, item })
    }
}
