//! Which part of a file is asked for: one range of bytes, as RFC 9110 has it (14.1.2, 13.1.5).
//!
//! Several ranges at once, other units and what cannot be read are answered with the whole file,
//! as the RFC allows; a part of another file than the caller began with is never sent.

use axum::http::{HeaderMap, HeaderName, header};

/// What of a file is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The bytes from `first` to `last`, both of them too.
    Range {
        /// The first byte, counted from 0.
        first: u64,
        /// The last byte.
        last: u64,
    },
    /// A range of which the file has no byte.
    Beyond,
    /// Nothing: the caller has it already.
    Kept,
}

impl Part {
    /// By the headers of a request, for a file of so many bytes under this mark.
    pub fn of(headers: &HeaderMap, bytes: u64, mark: &str) -> Self {
        if is_kept(headers, mark) {
            return Self::Kept;
        }
        let Some(asked) = single(headers, header::RANGE) else {
            return Self::Whole;
        };
        // A caller who has the beginning of another file must be sent all of this one. A date is
        // no mark of ours, and a weak mark promises no equal bytes.
        let is_same = !headers.contains_key(header::IF_RANGE)
            || single(headers, header::IF_RANGE).is_some_and(|known| known.trim() == mark);
        if is_same {
            range(asked, bytes)
        } else {
            Self::Whole
        }
    }

    /// The first byte to be sent and how many, of a file of so many.
    pub const fn span(self, bytes: u64) -> (u64, u64) {
        match self {
            Self::Whole => (0, bytes),
            Self::Range { first, last } => (first, last - first + 1),
            Self::Beyond | Self::Kept => (0, 0),
        }
    }
}

/// One range, as `bytes=0-99`, `bytes=100-` or `bytes=-100`.
fn range(asked: &str, bytes: u64) -> Part {
    let Some((unit, range)) = asked.split_once('=') else {
        return Part::Whole;
    };
    let Some((first, last)) = range.trim().split_once('-') else {
        return Part::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Part::Whole;
    }
    match (number(first), number(last)) {
        (Some(first), Some(last)) if last < first => Part::Whole,
        (Some(first), Some(last)) => clipped(first, last, bytes),
        (Some(first), None) if last.trim().is_empty() => clipped(first, u64::MAX, bytes),
        (None, Some(0)) if first.trim().is_empty() => Part::Beyond,
        (None, Some(length)) if first.trim().is_empty() => {
            clipped(bytes.saturating_sub(length), u64::MAX, bytes)
        }
        (Some(_) | None, Some(_) | None) => Part::Whole,
    }
}

/// The range as far as the file goes.
fn clipped(first: u64, last: u64, bytes: u64) -> Part {
    match bytes.checked_sub(1) {
        Some(end) if first <= end => Part::Range {
            first,
            last: last.min(end),
        },
        Some(_) | None => Part::Beyond,
    }
}

/// Digits alone; a number beyond any file is as large as one can be.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Whether the caller says that it has the file under this mark.
fn is_kept(headers: &HeaderMap, mark: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == mark)
}

/// A header's value, if it is there just once.
fn single(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        (Some(_) | None, Some(_) | None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const MARK: &str = "\"blake3:ab\"";

    fn part(pairs: &[(HeaderName, &str)], bytes: u64) -> Part {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let value = HeaderValue::from_str(value).expect("a header's value");
            headers.append(name.clone(), value);
        }
        Part::of(&headers, bytes, MARK)
    }

    const fn from_to(first: u64, last: u64) -> Part {
        Part::Range { first, last }
    }

    #[test]
    fn one_range_of_bytes_is_understood() {
        #[track_caller]
        fn check(asked: &str, bytes: u64, expected: Part) {
            assert_eq!(part(&[(header::RANGE, asked)], bytes), expected, "{asked}");
        }
        check("bytes=0-0", 10, from_to(0, 0));
        check("bytes=2-5", 10, from_to(2, 5));
        check("bytes=2-", 10, from_to(2, 9));
        check("bytes=-3", 10, from_to(7, 9));
        check("bytes=-30", 10, from_to(0, 9));
        check("bytes=9-99", 10, from_to(9, 9));
        check("Bytes = 0 - 3 ", 10, from_to(0, 3));
        check("bytes=0-99999999999999999999", 10, from_to(0, 9));
        check("bytes=10-", 10, Part::Beyond);
        check("bytes=10-12", 10, Part::Beyond);
        check("bytes=99999999999999999999-", 10, Part::Beyond);
        check("bytes=-0", 10, Part::Beyond);
        check("bytes=0-", 0, Part::Beyond);
        check("bytes=-5", 0, Part::Beyond);
        let unreadable = [
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=+1-2",
            "bytes=1.0-2",
            "bytes=0-1,4-5",
            "bytes=0-1, 4-",
            "items=0-1",
            "0-1",
            "bytes=--5",
            "bytes=1-2-3",
            "",
        ];
        for asked in unreadable {
            check(asked, 10, Part::Whole);
        }
        let twice = [(header::RANGE, "bytes=0-1"), (header::RANGE, "bytes=4-5")];
        assert_eq!(part(&twice, 10), Part::Whole);
    }

    #[test]
    fn a_part_of_another_file_is_never_sent() {
        #[track_caller]
        fn check(known: &str, expected: Part) {
            let pairs = [(header::RANGE, "bytes=4-"), (header::IF_RANGE, known)];
            assert_eq!(part(&pairs, 10), expected, "{known}");
        }
        check(MARK, from_to(4, 9));
        check("\"blake3:cd\"", Part::Whole);
        check("W/\"blake3:ab\"", Part::Whole);
        check("blake3:ab", Part::Whole);
        check("*", Part::Whole);
        check("Sun, 22 Nov 2026 07:00:00 GMT", Part::Whole);
    }

    #[test]
    fn what_the_caller_has_is_not_sent_again() {
        #[track_caller]
        fn check(known: &str, expected: Part) {
            assert_eq!(part(&[(header::IF_NONE_MATCH, known)], 10), expected);
        }
        check(MARK, Part::Kept);
        check("\"a\", W/\"blake3:ab\"", Part::Kept);
        check("*", Part::Kept);
        check("\"a\"", Part::Whole);
        let both = [(header::RANGE, "bytes=0-1"), (header::IF_NONE_MATCH, MARK)];
        assert_eq!(part(&both, 10), Part::Kept);
    }
}
