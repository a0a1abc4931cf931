//! Counting the tokens of a text, before anything else looks at it.
//!
//! One pass over the bytes that stops at the first limit. It does not judge whether the text is a
//! document: that is the parser's, which must never see a text that was not counted.

use super::limits::GateLimits;
use super::refused::{Excess, Refused};

/// The sign that may stand before a text and means nothing.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// What begins and ends a block of text.
const BLOCK_QUOTES: &[u8] = b"\"\"\"";
/// A block's quotes that do not end it.
const ESCAPED_BLOCK_QUOTES: &[u8] = b"\\\"\"\"";

/// What a text consists of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Names, numbers, texts and signs.
    pub tokens: u64,
    /// The most brackets open at once.
    pub open_brackets: u64,
    /// Bytes that are part of no token.
    pub ignored_bytes: u64,
}

/// Counts the tokens of a text, up to the limits.
pub fn count(text: &str, limits: &GateLimits) -> Result<Counted, Refused> {
    let mut counted = Counted::default();
    let mut open_brackets: u64 = 0;
    let mut rest = text.as_bytes();
    while let Some(&first) = rest.first() {
        let ignored = ignored_bytes(rest);
        if ignored > 0 {
            // A text's length fits into 64 bits.
            counted.ignored_bytes += ignored as u64;
            check(
                Excess::IgnoredBytes,
                counted.ignored_bytes,
                limits.ignored_bytes_max,
            )?;
            rest = &rest[ignored..];
            continue;
        }
        counted.tokens += 1;
        check(Excess::Tokens, counted.tokens, limits.tokens_max)?;
        match first {
            b'{' | b'[' | b'(' => {
                open_brackets += 1;
                counted.open_brackets = counted.open_brackets.max(open_brackets);
                check(
                    Excess::OpenBrackets,
                    open_brackets,
                    limits.open_brackets_max,
                )?;
            }
            b'}' | b']' | b')' => open_brackets = open_brackets.saturating_sub(1),
            _ => {}
        }
        rest = &rest[token_bytes(rest).ok_or_else(Refused::unended)?..];
    }
    Ok(counted)
}

fn check(excess: Excess, found: u64, limit: u64) -> Result<(), Refused> {
    if found > limit {
        return Err(Refused::too_much(excess, limit));
    }
    Ok(())
}

/// How many bytes at the beginning of this text belong to no token.
fn ignored_bytes(text: &[u8]) -> usize {
    match text.first() {
        Some(b' ' | b'\t' | b'\n' | b'\r' | b',') => 1,
        Some(b'#') => while_true(text, |byte| !matches!(byte, b'\n' | b'\r')),
        Some(_) if text.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
        Some(_) | None => 0,
    }
}

/// How many bytes the token at the beginning of this text has, at least one; none when it is a
/// text in quotes that does not end.
fn token_bytes(text: &[u8]) -> Option<usize> {
    match text.first() {
        Some(b'"') if text.starts_with(BLOCK_QUOTES) => block_bytes(text),
        Some(b'"') => quoted_bytes(text),
        Some(b'.') if text.starts_with(b"...") => Some(3),
        Some(b'-' | b'0'..=b'9') => Some(1 + while_true(&text[1..], is_of_number)),
        Some(byte) if is_of_name(*byte) => Some(while_true(text, is_of_name)),
        Some(_) | None => Some(1),
    }
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const fn is_of_number(byte: u8) -> bool {
    is_of_name(byte) || matches!(byte, b'.' | b'+' | b'-')
}

/// A text in quotes, up to its end on the same line.
fn quoted_bytes(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A block of text, up to its end. One without an end is refused here: the parser would read its
/// quotes as those of short texts, and brackets within that were not counted.
fn block_bytes(text: &[u8]) -> Option<usize> {
    let mut at = BLOCK_QUOTES.len();
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(ESCAPED_BLOCK_QUOTES) {
            at += ESCAPED_BLOCK_QUOTES.len();
        } else if rest.starts_with(BLOCK_QUOTES) {
            return Some(at + BLOCK_QUOTES.len());
        } else {
            at += 1;
        }
    }
    None
}

fn while_true(text: &[u8], is_inside: impl Fn(u8) -> bool) -> usize {
    let end = text.iter().position(|byte| !is_inside(*byte));
    end.unwrap_or(text.len())
}
