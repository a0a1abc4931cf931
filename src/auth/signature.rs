//! Signed requests: `SDK-HMAC-SHA256`, by which a client proves that it has a secret key without
//! sending it.
//!
//! ```text
//! canonical = METHOD \n path, each segment percent-encoded, ending in "/" \n
//!             query sorted by name and value, percent-encoded \n
//!             "name:value\n" for each signed header \n names joined by ";" \n hex(sha256(body))
//! signature = hex(hmac(secret, "SDK-HMAC-SHA256" \n X-Sdk-Date \n hex(sha256(canonical))))
//! ```
//!
//! Pure: who has the secret key, and what time it is, are told. Never accepts a body that is not
//! part of what was signed.

use std::fmt::Write as _;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use ring::{digest, hmac};

use super::access_key::AccessKey;
use super::secret::Secret;

/// The scheme, and the first line of what is signed.
const SCHEME: &str = "SDK-HMAC-SHA256";
/// The header that tells when a request was signed.
const DATE_HEADER: &str = "x-sdk-date";
/// The header in which a client may tell the hash of the body.
const CONTENT_HASH_HEADER: &str = "x-sdk-content-sha256";
/// The form of that time, in UTC.
const DATE_FORM: &str = "%Y%m%dT%H%M%SZ";
/// How far that time may be from ours: a request that was overheard is of no use for longer.
const WINDOW_MAX: TimeDelta = TimeDelta::minutes(15);
/// Headers that may be signed at most.
const SIGNED_HEADERS_MAX: usize = 64;

/// A request as it came, with all that may be signed.
#[derive(Clone, Copy)]
pub struct SignedRequest<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The path as it stood in the request line.
    pub path: &'a str,
    /// The query as it stood there, without the question mark.
    pub query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// All bytes of the body.
    pub body: &'a [u8],
}

/// What an `Authorization` header of this scheme says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    access_key: AccessKey,
    signed_headers: Vec<String>,
    mac: Vec<u8>,
}

impl Signature {
    /// Reads the signature of a request; none when it has none, or one that is malformed.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let value = single(headers, AUTHORIZATION.as_str())?;
        let value = std::str::from_utf8(value).ok()?;
        let parts = value.strip_prefix(SCHEME)?.strip_prefix(' ')?;
        let (mut access_key, mut signed_headers, mut mac) = (None, None, None);
        for part in parts.split(',') {
            match part.trim().split_once('=')? {
                ("Access", text) if access_key.is_none() => access_key = AccessKey::parse(text),
                ("SignedHeaders", text) if signed_headers.is_none() => {
                    signed_headers = Some(text.split(';').map(str::to_owned).collect());
                }
                ("Signature", text) if mac.is_none() => mac = bytes_of_hex(text),
                _ => return None,
            }
        }
        Some(Self {
            access_key: access_key?,
            signed_headers: signed_headers?,
            mac: mac?,
        })
    }

    /// Whose signature it claims to be.
    pub const fn access_key(&self) -> &AccessKey {
        &self.access_key
    }

    /// Whether this request, as it came, was signed with this secret key about now.
    pub fn proves(&self, request: &SignedRequest<'_>, secret: &Secret, now: DateTime<Utc>) -> bool {
        let Some(date) = single(request.headers, DATE_HEADER) else {
            return false;
        };
        if !is_about(date, now) || !self.covers_enough() {
            return false;
        }
        let Some(to_sign) = self.to_sign(request, date) else {
            return false;
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        // Compares in constant time.
        hmac::verify(&key, &to_sign, &self.mac).is_ok()
    }

    fn to_sign(&self, request: &SignedRequest<'_>, date: &[u8]) -> Option<Vec<u8>> {
        let mut to_sign = format!("{SCHEME}\n").into_bytes();
        to_sign.extend_from_slice(date);
        to_sign.push(b'\n');
        to_sign.extend_from_slice(sha256_hex(&self.canonical(request)?).as_bytes());
        Some(to_sign)
    }

    /// A signature that leaves out the host or the time could be used elsewhere or for ever.
    fn covers_enough(&self) -> bool {
        let has = |name: &str| self.signed_headers.iter().any(|signed| signed == name);
        self.signed_headers.len() <= SIGNED_HEADERS_MAX && has("host") && has(DATE_HEADER)
    }

    fn canonical(&self, request: &SignedRequest<'_>) -> Option<Vec<u8>> {
        let body_hash = sha256_hex(request.body);
        if let Some(told) = request.headers.get(CONTENT_HASH_HEADER)
            && told.as_bytes() != body_hash.as_bytes()
        {
            return None;
        }
        let (path, query) = (
            canonical_path(request.path)?,
            canonical_query(request.query)?,
        );
        let mut text = format!("{}\n{path}\n{query}\n", request.method).into_bytes();
        for name in &self.signed_headers {
            text.extend_from_slice(name.as_bytes());
            text.push(b':');
            text.extend_from_slice(single(request.headers, name)?.trim_ascii());
            text.push(b'\n');
        }
        text.push(b'\n');
        text.extend_from_slice(self.signed_headers.join(";").as_bytes());
        text.push(b'\n');
        text.extend_from_slice(body_hash.as_bytes());
        Some(text)
    }
}

/// The value of a header that comes once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes())
}

fn is_about(date: &[u8], now: DateTime<Utc>) -> bool {
    let date = std::str::from_utf8(date).ok();
    let signed = date.and_then(|date| NaiveDateTime::parse_from_str(date, DATE_FORM).ok());
    signed.is_some_and(|signed| (now - signed.and_utc()).abs() <= WINDOW_MAX)
}

fn canonical_path(path: &str) -> Option<String> {
    let decoded = decoded(path)?;
    let mut canonical = String::with_capacity(path.len() + 1);
    for (index, segment) in decoded.split(|byte| *byte == b'/').enumerate() {
        if index > 0 {
            canonical.push('/');
        }
        encode(segment, &mut canonical);
    }
    if !canonical.ends_with('/') {
        canonical.push('/');
    }
    Some(canonical)
}

fn canonical_query(query: &str) -> Option<String> {
    let mut pairs = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        pairs.push((decoded(name)?, decoded(value)?));
    }
    pairs.sort_unstable();
    let mut canonical = String::with_capacity(query.len());
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            canonical.push('&');
        }
        encode(name, &mut canonical);
        canonical.push('=');
        encode(value, &mut canonical);
    }
    Some(canonical)
}

/// The bytes of a percent-encoded text; none when a `%` stands without two digits. A plus is one.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let (mut decoded, mut place) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(place) {
        if *byte == b'%' {
            let pair = bytes.get(place + 1..place + 3)?;
            decoded.push((digit(pair[0])? << 4) | digit(pair[1])?);
            place += 3;
        } else {
            decoded.push(*byte);
            place += 1;
        }
    }
    Some(decoded)
}

fn encode(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

fn sha256_hex(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    let mut text = String::with_capacity(64);
    for byte in hash.as_ref() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| Some((digit(pair[0])? << 4) | digit(pair[1])?))
        .collect()
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests;
