//! Records of a CSV: cells between commas, quoted where they hold commas, quotes or line breaks.
//!
//! As RFC 4180 says, with `\n` or `\r\n` at the end of a record. Knows the line where a record
//! begins, and never holds more than one record. What its cells mean is not known here.

use std::io::BufRead;

use super::source::{BYTE_ORDER_MARK, Broken, read_line, without_end};

/// Where in a record the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the first byte of a cell.
    CellBegins,
    /// In a cell without quotes.
    Plain,
    /// Between the quotes of a cell.
    Quoted,
    /// After a quote in a quoted cell: the cell ends, unless it is doubled.
    QuoteSeen,
}

/// The records of a body, one at a time.
pub(in crate::rest) struct Records<R> {
    reader: R,
    /// How many bytes one may have.
    bytes_max: usize,
    /// Lines read.
    lines: u64,
    /// The record as written.
    written: Vec<u8>,
    /// The bytes of all its cells.
    cells: Vec<u8>,
    /// Where each cell ends in `cells`.
    ends: Vec<usize>,
}

impl<R: BufRead> Records<R> {
    /// The records of this body, each of so many bytes at most.
    pub fn of(reader: R, bytes_max: usize) -> Self {
        Self {
            reader,
            bytes_max,
            lines: 0,
            written: Vec::new(),
            cells: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The body, to be read on by someone else.
    pub fn into_reader(self) -> R {
        self.reader
    }

    /// Reads the next record, passing over empty lines, and tells the line where it begins.
    pub fn read(&mut self) -> Result<Option<u64>, Broken> {
        self.written.clear();
        let first = loop {
            if !self.read_line(self.lines + 1)? {
                return Ok(None);
            }
            if self.lines == 1 && self.written.starts_with(BYTE_ORDER_MARK) {
                self.written.drain(..BYTE_ORDER_MARK.len());
            }
            if !without_end(&self.written).is_empty() {
                break self.lines;
            }
            self.written.clear();
        };
        self.cells.clear();
        self.ends.clear();
        let (mut state, mut taken) = (State::CellBegins, 0);
        loop {
            state = self
                .take(state, taken)
                .map_err(|message| broken(first, message))?;
            if state != State::Quoted {
                self.ends.push(self.cells.len());
                return Ok(Some(first));
            }
            taken = self.written.len();
            if !self.read_line(first)? {
                return Err(broken(first, "a quoted cell is never closed"));
            }
        }
    }

    /// How many cells the record has.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes the record had as it was written.
    pub const fn written_bytes(&self) -> usize {
        self.written.len()
    }

    /// The cells of the record.
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins
            .zip(&self.ends)
            .map(|(begin, end)| &self.cells[begin..*end])
    }

    fn read_line(&mut self, record: u64) -> Result<bool, Broken> {
        let bound = (record, self.bytes_max);
        let has_come = read_line(&mut self.reader, &mut self.written, bound)?;
        self.lines += u64::from(has_come);
        Ok(has_come)
    }

    /// Takes the bytes of `written` from here on into cells, up to the end of the record or, in a
    /// quoted cell, of what has come.
    fn take(&mut self, mut state: State, from: usize) -> Result<State, &'static str> {
        // A line break ends the record, unless it stands between quotes.
        let end = without_end(&self.written).len();
        for (place, &byte) in self.written.iter().enumerate().skip(from) {
            state = match (state, byte) {
                (State::Quoted, b'"') => State::QuoteSeen,
                (State::QuoteSeen, b'"') => {
                    self.cells.push(b'"');
                    State::Quoted
                }
                (State::Quoted, _) => {
                    self.cells.push(byte);
                    State::Quoted
                }
                (state, _) if place >= end => return Ok(state),
                (State::CellBegins, b'"') => State::Quoted,
                (State::CellBegins | State::Plain | State::QuoteSeen, b',') => {
                    self.ends.push(self.cells.len());
                    State::CellBegins
                }
                (State::QuoteSeen, _) => {
                    return Err(
                        "after the closing quote of a cell comes neither a comma nor the \
                                end of the line",
                    );
                }
                (State::CellBegins | State::Plain, _) => {
                    self.cells.push(byte);
                    State::Plain
                }
            };
        }
        Ok(state)
    }
}

fn broken(line: u64, message: &str) -> Broken {
    Broken::Line {
        line,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Result<(u64, Vec<String>), Broken>> {
        let mut records = Records::of(text.as_bytes(), 1 << 10);
        let mut found = Vec::new();
        while let Some(read) = records.read().transpose() {
            let is_broken = read.is_err();
            let cells = records
                .cells()
                .map(|cell| String::from_utf8_lossy(cell).into_owned());
            found.push(read.map(|line| (line, cells.collect())));
            if is_broken {
                break;
            }
        }
        found
    }

    #[track_caller]
    fn check(text: &str, expected: &[(u64, &[&str])]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, cells)| Ok((*line, cells.iter().map(|cell| (*cell).to_owned()).collect())))
            .collect();
        assert_eq!(all(text), expected, "{text:?}");
    }

    #[test]
    fn cells_stand_between_commas_and_may_be_quoted() {
        check("a,b\n", &[(1, &["a", "b"])]);
        check("a,b", &[(1, &["a", "b"])]);
        check("a,\n,\n", &[(1, &["a", ""]), (2, &["", ""])]);
        check("\"a,b\",\"\"\n", &[(1, &["a,b", ""])]);
        check("\"say \"\"hi\"\"\"\n", &[(1, &["say \"hi\""])]);
        check("5\" disk, x\n", &[(1, &["5\" disk", " x"])]);
        check("a\r,b\r\n", &[(1, &["a\r", "b"])]);
        check("", &[]);
        check("\u{feff}a\n", &[(1, &["a"])]);
    }

    #[test]
    fn lines_are_counted_through_quotes_and_empty_lines() {
        check(
            "a\n\n\r\n\"b\n\nc\"\nd\n",
            &[(1, &["a"]), (4, &["b\n\nc"]), (7, &["d"])],
        );
        check(
            "a\r\n\"b\r\n\"\r\nc\r\n",
            &[(1, &["a"]), (2, &["b\r\n"]), (4, &["c"])],
        );
        check("\"b\r\n\"", &[(1, &["b\r\n"])]);
    }

    #[test]
    fn quotes_that_are_left_open_or_followed_by_text_are_refused() {
        for (text, line, expected) in [
            ("a\n\"b\nc\n", 2, "never closed"),
            ("a\n\"b\" c\n", 2, "closing quote"),
        ] {
            let found = all(text);
            let Some(Err(Broken::Line {
                line: number,
                message,
            })) = found.last()
            else {
                panic!("{text:?}: {found:?}")
            };
            assert_eq!(*number, line);
            assert!(message.contains(expected), "{message}");
        }
    }
}
