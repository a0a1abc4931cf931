//! JSON Web Tokens: signed by the operator's identity provider, or by a client that has a pair.
//!
//! Only HS256 is known: the algorithm is the verifier's choice, never the token's. Pure: secrets
//! and the time of day are told. Why a token proves nothing is told to nobody.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::access_key::AccessKey;
use super::secret::Secret;
use crate::domain::values::Role;

/// How far two clocks may be apart.
pub const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// The longest that a token which a client makes by itself may last.
const CLIENT_LASTS_MAX: TimeDelta = TimeDelta::hours(24);
/// The longest token, in bytes.
const TOKEN_BYTES_MAX: usize = 8 << 10;
/// Projects that a token may name at most.
const PROJECTS_MAX: usize = 100;
/// The longest subject, e-mail or name of a project, in characters.
const TEXT_CHARS_MAX: usize = 255;

/// Who made a token, by its own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenMaker {
    /// The operator's identity provider.
    Operator,
    /// A client that has this pair.
    Client(AccessKey),
}

/// What an operator's token says, once it is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who.
    pub subject: String,
    /// Their e-mail.
    pub email: Option<String>,
    /// The projects that exist for them, by id or name; none: every project.
    pub projects: Option<Vec<String>>,
    /// What they may do there.
    pub role: Role,
    /// When the token is of no more use, leeway included.
    pub until: DateTime<Utc>,
}

/// The claims of an operator's token as they are written.
#[derive(Deserialize)]
struct OperatorClaims {
    sub: String,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    email: Option<String>,
    #[serde(default, deserialize_with = "projects_told")]
    projects: Option<Vec<String>>,
    role: String,
}

/// The claims of a client's token as they are written.
#[derive(Deserialize)]
struct ClientClaims {
    sub: String,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
}

/// Who made this token, if it is one of ours: three parts, HS256, nothing that must be understood
/// and is not. Nothing is proven by that.
pub fn token_maker(token: &str) -> Option<TokenMaker> {
    if token.len() > TOKEN_BYTES_MAX || token.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return None;
    }
    let header = decode_header(token).ok()?;
    if header.alg != Algorithm::HS256 || header.crit.is_some() {
        return None;
    }
    let pair = header.kid.as_deref().and_then(AccessKey::parse);
    Some(pair.map_or(TokenMaker::Operator, TokenMaker::Client))
}

/// What an operator's token says; none when it was not signed with this secret, is not good now,
/// or lacks a claim.
pub fn operator_claims(token: &str, secret: &Secret, now: DateTime<Utc>) -> Option<Claims> {
    let claims: OperatorClaims = signed(token, secret)?;
    let until = time(claims.exp)?;
    let is_now = is_good(until, claims.nbf, now) && claims.iat.is_none_or(|at| has_begun(at, now));
    let projects = claims.projects.iter().flatten();
    let is_short = claims.projects.as_ref().map_or(0, Vec::len) <= PROJECTS_MAX
        && projects.chain(&claims.email).all(|text| is_text(text));
    if !is_now || !is_short || !is_text(&claims.sub) {
        return None;
    }
    Some(Claims {
        subject: claims.sub,
        email: claims.email,
        projects: claims.projects,
        role: Role::from_word(&claims.role.to_ascii_uppercase())?,
        until: until + LEEWAY,
    })
}

/// Until when a client's token is good; none when it is not: it is the pair's own, signed with its
/// secret key, and lasts a day at most.
pub fn client_until(
    token: &str,
    access_key: &AccessKey,
    secret: &Secret,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let claims: ClientClaims = signed(token, secret)?;
    let (begun, until) = (time(claims.iat)?, time(claims.exp)?);
    let is_now = is_good(until, claims.nbf, now) && begun <= now + LEEWAY;
    let is_short = until - begun <= CLIENT_LASTS_MAX;
    let is_own = claims.sub == access_key.as_str();
    (is_now && is_short && is_own).then(|| until + LEEWAY)
}

/// The claims of a token that was signed with this secret.
fn signed<T: DeserializeOwned>(token: &str, secret: &Secret) -> Option<T> {
    let mut validation = Validation::new(Algorithm::HS256);
    // Times are compared by the caller, with the house's own clock; `aud` may be anything.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_secret(secret.as_bytes());
    decode(token, &key, &validation)
        .ok()
        .map(|data| data.claims)
}

fn is_good(until: DateTime<Utc>, from: Option<f64>, now: DateTime<Utc>) -> bool {
    now < until + LEEWAY && from.is_none_or(|from| has_begun(from, now))
}

fn has_begun(at: f64, now: DateTime<Utc>) -> bool {
    time(at).is_some_and(|at| at <= now + LEEWAY)
}

/// A time of a claim: seconds since 1970, also in parts; none beyond any calendar.
fn time(seconds: f64) -> Option<DateTime<Utc>> {
    // 9999-12-31: far from where adding a leeway could go over.
    const SECONDS_MAX: f64 = 253_402_300_799.0;
    let is_told = (0.0..=SECONDS_MAX).contains(&seconds);
    #[allow(
        clippy::cast_possible_truncation,
        reason = "checked to be a small whole number"
    )]
    let micros = is_told.then_some((seconds * 1e6) as i64);
    micros.and_then(DateTime::from_timestamp_micros)
}

fn is_text(text: &str) -> bool {
    let chars = text.chars().count();
    (1..=TEXT_CHARS_MAX).contains(&chars) && !text.chars().any(char::is_control)
}

/// Projects that are told as nothing are not every project: only what is left out is.
fn projects_told<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<String>>, D::Error> {
    Vec::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests;
