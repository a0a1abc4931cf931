//! Items as NDJSON: one JSON object a line, an item or `{"key":…,"delete":true}`.
//!
//! A line that only has blanks is passed over. A member that no item has is refused, so that a
//! misspelt one is never lost.

use std::io::{BufRead, Read};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::source::{Broken, Change, LINE_BYTES_MAX, Numbered};
use crate::ledger::{ItemKind, Media, NewItem};

/// What may stand before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

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
    line: u64,
    buffer: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of this body, inflated.
    pub fn of(reader: R) -> Self {
        Self {
            reader,
            line: 0,
            buffer: Vec::new(),
            ended: false,
        }
    }

    /// The body, to be read on by someone else.
    pub fn into_reader(self) -> R {
        self.reader
    }

    /// Reads one line into the buffer; none at the end.
    fn read(&mut self) -> Result<Option<()>, Broken> {
        self.buffer.clear();
        // One more than the longest line with its end, to tell when it is longer.
        let limit = LINE_BYTES_MAX as u64 + 3;
        let mut bounded = (&mut self.reader).take(limit);
        let read = bounded.read_until(b'\n', &mut self.buffer);
        self.line += 1;
        match read {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(())),
            Err(error) => Err(Broken::body(&error)),
        }
    }

    fn line_text(&self) -> &[u8] {
        let text = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match self.line {
            1 => text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
            _ => text,
        }
    }

    fn next_line(&mut self) -> Result<Option<Numbered>, Broken> {
        while self.read()?.is_some() {
            let line = self.line;
            let text = self.line_text();
            if text.len() > LINE_BYTES_MAX {
                return Err(Broken::TooLong { line });
            }
            if text.trim_ascii().is_empty() {
                continue;
            }
            let change = understood(text).map_err(|message| Broken::Line { line, message })?;
            return Ok(Some(Numbered {
                line,
                bytes: text.len(),
                change,
            }));
        }
        Ok(None)
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
mod tests {
    use serde_json::json;

    use super::*;

    fn all(text: &[u8]) -> Vec<Result<Numbered, Broken>> {
        (&mut Lines::of(text)).collect()
    }

    fn put(key: Option<&str>, data: Value) -> Change {
        let key = key.map(str::to_owned);
        Change::Put(NewItem {
            key,
            kind: ItemKind::Record,
            data,
            media: None,
        })
    }

    #[test]
    fn lines_become_items_and_deletions_with_their_numbers() {
        let text = "\u{feff}{\"key\":\"a\",\"data\":{\"n\":1}}\r\n\n  \n{\"data\":{}}\n\
                    {\"key\":\"b\",\"delete\":true}";
        let found: Vec<_> = all(text.as_bytes())
            .into_iter()
            .map(|numbered| numbered.map(|numbered| (numbered.line, numbered.change)))
            .collect();
        let expected = [
            Ok((1, put(Some("a"), json!({"n": 1})))),
            Ok((4, put(None, json!({})))),
            Ok((5, Change::Delete("b".to_owned()))),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn kind_and_media_are_read() {
        let text =
            r#"{"key":"a","kind":"VIDEO","data":{},"media":{"uri":"s3://b/v","byteSize":9}}"#;
        let Ok(Change::Put(item)) = understood(text.as_bytes()) else {
            panic!("an item")
        };
        let media = item.media.expect("media");
        assert_eq!((item.kind, media.byte_size), (ItemKind::Video, Some(9)));
    }

    #[test]
    fn a_broken_line_says_what_is_wrong_and_ends_the_upload() {
        for (line, expected) in [
            (r#"{"key":"a","data":{}"#, "EOF while parsing"),
            (r#"{"key":"a","data":[]}"#, "invalid type: sequence"),
            (r#"{"key":"a"}"#, "an item needs data"),
            (
                r#"{"key":"a","data":{},"extra":1}"#,
                "unknown field `extra`",
            ),
            (
                r#"{"key":"a","data":{},"media":{"uri":"u","size":1}}"#,
                "unknown field `size`",
            ),
            (r#"{"key":"a","data":{},"media":{}}"#, "missing field `uri`"),
            (
                r#"{"key":"a","kind":"record","data":{}}"#,
                "unknown variant `record`",
            ),
            (r#"{"key":1,"data":{}}"#, "invalid type: integer"),
            (r#"{"delete":true}"#, "a deletion needs a key"),
            (
                r#"{"key":"a","delete":true,"data":{}}"#,
                "a deletion has only a key",
            ),
            (r#"{"data":{"n":1e999}}"#, "number out of range"),
            (r#"{"data":{}} {"data":{}}"#, "trailing characters"),
            ("[\"a\",null,{},null,false]", "not a JSON object"),
            ("key,data", "not a JSON object"),
        ] {
            let text = format!("{{\"data\":{{}}}}\n{line}\n{{\"data\":{{}}}}\n");
            let found = all(text.as_bytes());
            assert_eq!(found.len(), 2, "{line}");
            let Err(Broken::Line {
                line: number,
                message,
            }) = &found[1]
            else {
                panic!("{line}: {found:?}")
            };
            assert_eq!(*number, 2);
            assert!(message.contains(expected), "{line}: {message}");
            assert!(!message.contains("line 1"), "{message}");
        }
        let found = all(b"{\"data\":{\"a\":\"\xff\"}}");
        assert!(
            matches!(&found[..], [Err(Broken::Line { line: 1, .. })]),
            "{found:?}"
        );
    }

    #[test]
    fn the_longest_line_has_2_mib() {
        let line = |length: usize| {
            let frame = r#"{"data":{"a":""}}"#.len();
            format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(length - frame))
        };
        for end in ["", "\n", "\r\n"] {
            let fits = format!("{}{end}", line(LINE_BYTES_MAX));
            assert!(matches!(&all(fits.as_bytes())[..], [Ok(_)]), "{end:?}");
            let over = format!("\n{}{end}", line(LINE_BYTES_MAX + 1));
            assert_eq!(
                all(over.as_bytes()),
                [Err(Broken::TooLong { line: 2 })],
                "{end:?}"
            );
        }
    }
}
