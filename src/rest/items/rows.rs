//! Items as CSV: one record a row, every column a member of its data.
//!
//! The first row names the columns; each other row has as many cells. A row's line is where it
//! begins, so a quoted cell may hold line breaks. How cells are read is said in `cells.rs`.

use std::io::Read;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use serde_json::{Map, Value};

use super::cells::{self, KeyCell, ROW_NUMBER_DIGITS};
use super::source::{Broken, Change, LINE_BYTES_MAX, Numbered};
use crate::ledger::{ItemKind, NewItem};

/// Bytes read from the body at a time.
const READ_BYTES: usize = 64 << 10;

/// A reader that fails when one record takes more than its ration: a quote that is never closed
/// would else be read into memory to the end of the body.
struct Ration<R> {
    inner: R,
    left: usize,
    spent: bool,
}

impl<R: Read> Read for Ration<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            self.spent = true;
            return Err(std::io::Error::other("the record is too long"));
        }
        let length = buffer.len().min(self.left);
        let read = self.inner.read(&mut buffer[..length])?;
        self.left -= read;
        Ok(read)
    }
}

/// The rows of a body.
pub(super) struct Rows<R> {
    reader: csv::Reader<Ration<R>>,
    key: Option<String>,
    header: Option<Header>,
    record: ByteRecord,
    count: u64,
    ended: bool,
}

struct Header {
    columns: Vec<String>,
    key: KeyCell,
}

impl<R: Read> Rows<R> {
    /// The rows of this body, inflated; `key` names the column that is the key.
    pub fn of(inner: R, key: Option<String>) -> Self {
        let ration = Ration {
            inner,
            left: 0,
            spent: false,
        };
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .buffer_capacity(READ_BYTES)
            .from_reader(ration);
        let record = ByteRecord::new();
        Self {
            reader,
            key,
            header: None,
            record,
            count: 0,
            ended: false,
        }
    }

    /// The body, to be read on by someone else.
    pub fn into_reader(self) -> R {
        self.reader.into_inner().inner
    }

    /// Reads a row into the record, and tells the line where it begins; none at the end.
    fn read(&mut self) -> Result<Option<u64>, Broken> {
        let ration = self.reader.get_mut();
        ration.left = LINE_BYTES_MAX + READ_BYTES;
        let began = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Ok(true) if self.record.as_slice().len() > LINE_BYTES_MAX => Err(Broken::TooLong {
                line: self.line(began),
            }),
            Ok(true) => Ok(Some(self.line(began))),
            Err(_) if self.reader.get_ref().spent => Err(Broken::TooLong { line: began }),
            Err(fault) => Err(broken(&fault, began)),
        }
    }

    /// The line where the record begins.
    fn line(&self, began: u64) -> u64 {
        self.record.position().map_or(began, csv::Position::line)
    }

    fn read_header(&mut self) -> Result<Header, Broken> {
        let line = self.read()?.ok_or_else(|| Broken::Line {
            line: 1,
            message: "a CSV begins with a header that names its columns".to_owned(),
        })?;
        let broken = |message| Broken::Line { line, message };
        let columns: Result<Vec<_>, _> = self
            .record
            .iter()
            .map(|name| std::str::from_utf8(name).map(str::to_owned))
            .collect();
        let columns = columns.map_err(|_| broken("the header is not UTF-8".to_owned()))?;
        cells::check_columns(&columns).map_err(broken)?;
        let key = cells::key_cell(&columns, self.key.as_deref()).map_err(broken)?;
        Ok(Header { columns, key })
    }

    fn next_row(&mut self) -> Result<Option<Numbered>, Broken> {
        if self.header.is_none() {
            self.header = Some(self.read_header()?);
        }
        let Some(line) = self.read()? else {
            return Ok(None);
        };
        self.count += 1;
        let Some(header) = &self.header else {
            unreachable!("it was read above")
        };
        let item = header
            .item(&self.record, self.count)
            .map_err(|message| Broken::Line { line, message })?;
        Ok(Some(Numbered {
            line,
            bytes: self.record.as_slice().len(),
            change: Change::Put(item),
        }))
    }
}

impl<R: Read> Iterator for &mut Rows<R> {
    type Item = Result<Numbered, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_row().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Header {
    /// The item of a row; the reader has seen to it that it has a cell a column.
    fn item(&self, record: &ByteRecord, row: u64) -> Result<NewItem, String> {
        let mut data = Map::new();
        let mut key = None;
        for (index, (column, cell)) in self.columns.iter().zip(record).enumerate() {
            let text = std::str::from_utf8(cell)
                .map_err(|_| format!("the cell of column {column:?} is not UTF-8"))?;
            match self.key {
                KeyCell::Own(place) if place == index => {
                    key = Some(text.to_owned());
                    continue;
                }
                KeyCell::Shared(place) if place == index => key = Some(text.to_owned()),
                KeyCell::Own(_) | KeyCell::Shared(_) | KeyCell::RowNumber => {}
            }
            data.insert(column.clone(), cells::value(text));
        }
        let key = key.unwrap_or_else(|| format!("{row:0ROW_NUMBER_DIGITS$}"));
        let data = Value::Object(data);
        Ok(NewItem {
            key: Some(key),
            kind: ItemKind::Record,
            data,
            media: None,
        })
    }
}

fn broken(fault: &csv::Error, began: u64) -> Broken {
    match fault.kind() {
        ErrorKind::Io(error) => Broken::body(error),
        ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => Broken::Line {
            line: pos.as_ref().map_or(began, csv::Position::line),
            message: format!("it has {len} cells, but the header names {expected_len} columns"),
        },
        _ => Broken::Line {
            line: began,
            message: fault.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Found = Vec<Result<(u64, String, Value), Broken>>;

    fn all(text: &[u8], key: Option<&str>) -> Found {
        let mut rows = Rows::of(text, key.map(str::to_owned));
        let items = (&mut rows).map(|numbered| {
            numbered.map(|numbered| match numbered.change {
                Change::Put(item) => (numbered.line, item.key.expect("a key"), item.data),
                Change::Delete(_) => panic!("a row puts"),
            })
        });
        items.collect()
    }

    fn row(line: u64, key: &str, data: Value) -> Result<(u64, String, Value), Broken> {
        Ok((line, key.to_owned(), data))
    }

    #[test]
    fn rows_become_items_keyed_by_column_or_by_number() {
        let text = b"\xEF\xBB\xBFid,mass,sex\nx1,3750,male\nx2,,\n";
        let expected = [
            row(2, "x1", json!({"id": "x1", "mass": 3750, "sex": "male"})),
            row(3, "x2", json!({"id": "x2", "mass": null, "sex": null})),
        ];
        assert_eq!(all(text, None), expected);
        assert_eq!(all(b"key,n\na,1\n", None), [row(2, "a", json!({"n": 1}))]);
        assert_eq!(
            all(b"n\n7\n", None),
            [row(2, "0000000001", json!({"n": 7}))]
        );
        assert_eq!(
            all(b"n,m\n7,b\n", Some("m")),
            [row(2, "b", json!({"n": 7, "m": "b"}))]
        );
    }

    #[test]
    fn a_quoted_cell_may_hold_line_breaks_and_lines_are_counted_through_it() {
        for end in ["\n", "\r\n"] {
            let lines = ["k,t", "a,\"x", "y\"\"z\"", "b,w", "c,v", "d"];
            let found = all(lines.join(end).as_bytes(), Some("k"));
            let quoted = format!("x{end}y\"z");
            let expected = [
                row(2, "a", json!({"k": "a", "t": quoted})),
                row(4, "b", json!({"k": "b", "t": "w"})),
                row(5, "c", json!({"k": "c", "t": "v"})),
            ];
            assert_eq!(found[..3], expected, "{end:?}");
            let Err(Broken::Line { line: 6, message }) = &found[3] else {
                panic!("{found:?}")
            };
            assert!(message.contains("1 cells"), "{message}");
        }
    }

    #[test]
    fn a_broken_table_says_where() {
        for (text, key, line, expected) in [
            (&b""[..], None, 1, "begins with a header"),
            (b"a,,b\n1,2,3\n", None, 1, "column 2 has no name"),
            (b"a,a\n1,2\n", None, 1, "twice"),
            (b"a,b\n1,2\n", Some("c"), 1, "no column \"c\""),
            (b"a,b\n1,2\n1,2,3\n", None, 3, "3 cells"),
            (b"a,b\n1,2\n3,\xff\n", None, 3, "not UTF-8"),
        ] {
            let found = all(text, key);
            let Some(Err(Broken::Line {
                line: number,
                message,
            })) = found.last()
            else {
                panic!("{expected}: {found:?}")
            };
            assert_eq!(*number, line, "{expected}");
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_not_read_to_the_end() {
        let mut text = b"a\n1\n\"".to_vec();
        text.resize(5 * LINE_BYTES_MAX, b'x');
        let found = all(&text, None);
        assert_eq!(found.last(), Some(&Err(Broken::TooLong { line: 3 })));
    }
}
