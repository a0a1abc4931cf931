//! Items as NDJSON: one JSON object a line, an item or `{"key":…,"delete":true}`.
//!
//! A line that only has blanks is passed over. A member that no item has is refused, so that a
//! misspelt one is never lost.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::source::{BYTE_ORDER_MARK, Broken, Change, Numbered, read_line, without_end};
use crate::ledger::{ItemKind, Media, NewItem};

/// A line as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemLine {
    key: Option<String>,
    kind: Option<KindWord>,
    data: Option<Map<String, Value>>,
    media: Option<MediaLine>,
    #[serde(default)]
    delete: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum KindWord {
    Record,
    Image,
    Video,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct MediaLine {
    uri: String,
    mime_type: Option<String>,
    byte_size: Option<i64>,
    digest: Option<String>,
}

/// The lines of a body.
pub(super) struct Lines<R> {
    reader: R,
    bytes_max: usize,
    line: u64,
    buffer: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of this body, inflated, each of so many bytes at most.
    pub fn of(reader: R, bytes_max: usize) -> Self {
        Self {
            reader,
            bytes_max,
            line: 0,
            buffer: Vec::new(),
            ended: false,
        }
    }

    /// The body, to be read on by someone else.
    pub fn into_reader(self) -> R {
        self.reader
    }

    fn next_line(&mut self) -> Result<Option<Numbered>, Broken> {
        loop {
            self.buffer.clear();
            self.line += 1;
            let line = self.line;
            if !read_line(&mut self.reader, &mut self.buffer, (line, self.bytes_max))? {
                return Ok(None);
            }
            let mut text = without_end(&self.buffer);
            if line == 1 {
                text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            }
            if text.trim_ascii().is_empty() {
                continue;
            }
            let change = understood(text).map_err(|message| Broken::Line { line, message })?;
            let bytes = text.len();
            return Ok(Some(Numbered {
                line,
                bytes,
                change,
            }));
        }
    }
}

impl<R: BufRead> Iterator for &mut Lines<R> {
    type Item = Result<Numbered, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_line().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// What a line asks for, or what is wrong with it.
fn understood(text: &[u8]) -> Result<Change, String> {
    let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
    // The parser would take an array for the members in their order.
    if !text.trim_start().starts_with('{') {
        return Err("it is not a JSON object".to_owned());
    }
    let line: ItemLine = serde_json::from_str(text).map_err(|fault| without_line(&fault))?;
    let ItemLine {
        key,
        kind,
        data,
        media,
        delete,
    } = line;
    if delete {
        let key = key.ok_or("a deletion needs a key")?;
        return match (kind, data, media) {
            (None, None, None) => Ok(Change::Delete(key)),
            _ => Err("a deletion has only a key and \"delete\": true".to_owned()),
        };
    }
    let data = data.ok_or("an item needs data: a JSON object")?;
    let kind = match kind {
        None | Some(KindWord::Record) => ItemKind::Record,
        Some(KindWord::Image) => ItemKind::Image,
        Some(KindWord::Video) => ItemKind::Video,
    };
    let media = media.map(
        |MediaLine {
             uri,
             mime_type,
             byte_size,
             digest,
         }| Media {
            uri,
            mime_type,
            byte_size,
            digest,
        },
    );
    Ok(Change::Put(NewItem {
        key,
        kind,
        data: Value::Object(data),
        media,
    }))
}

/// The parser's words without its line, which is always the first: ours is told beside it.
fn without_line(fault: &serde_json::Error) -> String {
    let message = fault.to_string();
    let place = format!(" at line {} column {}", fault.line(), fault.column());
    match message.strip_suffix(&place) {
        Some(words) => format!("{words} (at byte {})", fault.column()),
        None => message,
    }
}

#[cfg(test)]
mod tests;
