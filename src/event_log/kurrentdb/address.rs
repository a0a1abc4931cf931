//! The connection string: what of it is ours, what is the client's, and whether it will do.
//!
//! It may hold a password, so no part of it is ever shown: not by `Debug`, not in a fault.

use std::fmt;

use eventstore::{ClientSettings, Credentials};

use super::KurrentFault;

/// The parameter of the connection string that is ours: what the stream's name begins with.
const PREFIX_PARAMETER: &str = "ledgerprefix";
/// The client's parameter that names the kind of node to talk to.
const PREFERENCE_PARAMETER: &str = "nodepreference";
/// What the stream's name begins with when the connection string does not say.
const PREFIX_DEFAULT: &str = "snapledger-";
/// The longest prefix.
const PREFIX_BYTES_MAX: usize = 64;

/// Where the log is, and as whom to ask for it.
#[derive(Clone)]
pub(super) struct Address {
    /// What the client is opened with.
    pub(super) settings: ClientSettings,
    /// The user of each call, where the client would not decode what the string says.
    pub(super) credentials: Option<Credentials>,
    /// The name of the stream that is the log.
    pub(super) stream: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Address");
        shown.field("stream", &self.stream).finish_non_exhaustive()
    }
}

impl Address {
    /// Reads a connection string of KurrentDB's form, with `ledgerPrefix=` among its parameters if
    /// the stream shall have another name than `snapledger-ledger`.
    pub(super) fn parse(connection_string: &str) -> Result<Self, KurrentFault> {
        let (place, query) = connection_string
            .split_once('?')
            .unwrap_or((connection_string, ""));
        let mut prefix = PREFIX_DEFAULT.to_owned();
        let mut kept = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name.to_ascii_lowercase().as_str() {
                PREFIX_PARAMETER => prefix = checked_prefix(value)?,
                PREFERENCE_PARAMETER if !value.eq_ignore_ascii_case("leader") => {
                    return Err(KurrentFault::Address(
                        "nodePreference may only be leader: a ledger is read and written there",
                    ));
                }
                _ => kept.push(parameter),
            }
        }
        let (place, credentials) = take_encoded_user(place)?;
        let rebuilt = if kept.is_empty() {
            place
        } else {
            format!("{place}?{}", kept.join("&"))
        };
        // The client's own words would repeat parts of the string.
        let settings = rebuilt.parse().map_err(|_| {
            KurrentFault::Address("expected kurrentdb://user:password@host:2113,host:2113?tls=true")
        })?;
        Ok(Self {
            settings,
            credentials,
            stream: format!("{prefix}ledger"),
        })
    }
}

fn checked_prefix(text: &str) -> Result<String, KurrentFault> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if text.len() > PREFIX_BYTES_MAX || !text.bytes().all(plain) {
        return Err(KurrentFault::Address(
            "ledgerPrefix has at most 64 letters, digits, hyphens, underscores and dots",
        ));
    }
    Ok(text.to_owned())
}

/// The client passes user and password on as they are written. Where they are percent-encoded they
/// are decoded here, given with each call, and taken out of what the client reads.
fn take_encoded_user(place: &str) -> Result<(String, Option<Credentials>), KurrentFault> {
    let parts = || {
        let (scheme, rest) = place.split_once("://")?;
        let (user, hosts) = rest.rsplit_once('@')?;
        user.contains('%').then_some((scheme, user, hosts))
    };
    let Some((scheme, user, hosts)) = parts() else {
        return Ok((place.to_owned(), None));
    };
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let decoded = |text| {
        let malformed = "the user or password is not percent-encoded as it should be";
        decode(text).ok_or(KurrentFault::Address(malformed))
    };
    let credentials = Credentials::new(decoded(name)?, decoded(password)?);
    Ok((format!("{scheme}://{hosts}"), Some(credentials)))
}

fn decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digits = [bytes.next()?, bytes.next()?];
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let digits = str::from_utf8(&digits).ok()?;
        decoded.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_is_taken_out_and_the_rest_is_the_clients() {
        let check = |text: &str, stream: &str, hosts: &[(&str, u32)]| {
            let address = Address::parse(text).expect("an address");
            assert_eq!(address.stream, stream, "{text}");
            let found = address.settings.hosts().iter();
            let found: Vec<_> = found.map(|at| (at.host.as_str(), at.port)).collect();
            assert_eq!(found, hosts, "{text}");
        };
        check("kurrentdb://one", "snapledger-ledger", &[("one", 2113)]);
        check(
            "kurrentdb://a:b@one:1,two:2,three:3?tls=false&ledgerPrefix=team-a.",
            "team-a.ledger",
            &[("one", 1), ("two", 2), ("three", 3)],
        );
        check(
            "esdb+discover://db.example.org:2113?LEDGERPREFIX=&nodePreference=Leader",
            "ledger",
            &[("db.example.org", 2113)],
        );
        let address = Address::parse("kurrentdb://one?tls=false&ledgerPrefix=x").expect("one");
        assert!(!address.settings.is_secure_mode_enabled());
    }

    #[test]
    fn an_encoded_password_is_decoded() {
        let address = Address::parse("kurrentdb://ops:p%40ss%2Fword%2c@one,two").expect("one");
        let credentials = format!("{:?}", address.credentials.expect("credentials"));
        let expected = Credentials::new("ops", "p@ss/word,");
        assert_eq!(credentials, format!("{expected:?}"));
        assert!(address.settings.default_authenticated_user().is_none());
        let plain = Address::parse("kurrentdb://ops:secret@one").expect("one");
        assert!(plain.credentials.is_none());
        assert!(plain.settings.default_authenticated_user().is_some());
    }

    #[test]
    fn what_will_not_do_is_refused_without_a_word_of_it() {
        for text in [
            "kurrentdb://ops:s3cret@",
            "mysql://ops:s3cret@one",
            "s3cret",
            "kurrentdb://ops:s3cret@one/database",
            "kurrentdb://ops:s3cret@one:x,two:y",
            "kurrentdb://ops:s3cret%4@one",
            "kurrentdb://ops:s3cret@one?nodePreference=follower",
            "kurrentdb://ops:s3cret@one?ledgerPrefix=$all",
            "kurrentdb://ops:s3cret@one?tls=perhaps",
        ] {
            let fault = Address::parse(text).expect_err(text);
            assert!(!format!("{fault} {fault:?}").contains("s3cret"), "{fault}");
        }
        let address = Address::parse("kurrentdb://ops:s3cret@one").expect("one");
        assert!(!format!("{address:?}").contains("s3cret"));
    }
}
