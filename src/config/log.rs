//! Where the log is: in the data folder, or in a database that several nodes share.
//!
//! An address may hold a password: only its scheme and its hosts are ever shown, and not even
//! those where it cannot be told for certain which part of it they are.

use std::fmt;

use super::ConfigFault;
use crate::auth::Secret;

/// What is shown of the hosts where they cannot be told from a password.
const UNTOLD: &str = "…";

/// Where the log is.
#[derive(Debug, Clone)]
pub enum LogChoice {
    /// A SQLite file in the data folder, of this node alone.
    Sqlite,
    /// A PostgreSQL database.
    Postgres(LogAddress),
    /// A KurrentDB server or cluster.
    Kurrent(LogAddress),
}

/// The address of a shared log, as its client reads it. Shown without what may be secret.
#[derive(Clone)]
pub struct LogAddress(Secret);

impl LogAddress {
    /// The whole address, for the client that connects.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl fmt::Display for LogAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.reveal().split_once("://").unwrap_or_default();
        write!(formatter, "{scheme}://{}", hosts(rest))
    }
}

impl fmt::Debug for LogAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LogAddress({self})")
    }
}

/// The hosts of an address, from what stands after its scheme.
fn hosts(rest: &str) -> &str {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at(end);
    // A password that was not written as it must be may hold any of these characters.
    if after.contains('@') {
        return UNTOLD;
    }
    let hosts = authority
        .rsplit_once('@')
        .map_or(authority, |(_, hosts)| hosts);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:,[]-_%".contains(&byte);
    if hosts.bytes().all(is_plain) {
        hosts
    } else {
        UNTOLD
    }
}

/// Reads where the log is.
pub(super) fn log_choice(text: &str) -> Result<LogChoice, ConfigFault> {
    if text == "sqlite" {
        return Ok(LogChoice::Sqlite);
    }
    let address = || LogAddress(Secret::given(text));
    match text.split_once("://") {
        Some(("postgres" | "postgresql", _)) => Ok(LogChoice::Postgres(address())),
        Some(("kurrentdb" | "kurrentdb+discover" | "esdb" | "esdb+discover", _)) => {
            Ok(LogChoice::Kurrent(address()))
        }
        scheme => Err(ConfigFault::Malformed {
            name: "log",
            // What stands after the scheme, and what has none, may hold a password.
            value: shown_scheme(scheme.map_or(text, |(scheme, _)| scheme)),
            form: "sqlite, postgres://… or kurrentdb://…",
        }),
    }
}

fn shown_scheme(scheme: &str) -> String {
    let is_word = scheme
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || byte == b'+');
    if is_word { scheme } else { UNTOLD }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_what_may_be_secret() {
        for (text, shown) in [
            (
                "postgres://db.example:5432/ledger",
                "postgres://db.example:5432",
            ),
            ("postgresql://ada:hush@db/ledger", "postgresql://db"),
            (
                "postgres://ada:hu@sh@[::1]:5432/x?sslmode=require",
                "postgres://[::1]:5432",
            ),
            ("postgres://ada:hu/sh@db/ledger", "postgres://…"),
            ("postgres://ada:hu?sh@db/ledger", "postgres://…"),
            ("postgres://db/ledger?password=hush", "postgres://db"),
            ("postgres://db/ledger?password=hush@", "postgres://…"),
            ("postgres:///ledger?host=/run/postgresql", "postgres://"),
            (
                "kurrentdb://admin:hush@n1:2113,n2:2113?tls=true",
                "kurrentdb://n1:2113,n2:2113",
            ),
            (
                "kurrentdb+discover://cluster.example:2113",
                "kurrentdb+discover://cluster.example:2113",
            ),
            ("esdb://admin:changeit@n1", "esdb://n1"),
        ] {
            let choice = log_choice(text).expect("an address");
            let (LogChoice::Postgres(address) | LogChoice::Kurrent(address)) = &choice else {
                panic!("{text} is a shared log");
            };
            assert_eq!(address.to_string(), shown);
            assert_eq!(address.reveal(), text);
            let printed = format!("{choice:?}");
            assert!(printed.contains(shown), "{printed}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_telling_it() {
        for text in [
            "mysql://ada:hush@db",
            "host=db password=hush",
            "hush://",
            "postgres:hush",
            "",
        ] {
            let told = log_choice(text).expect_err("no address").to_string();
            assert!(told.contains("postgres://…"), "{told}");
            assert!(
                !told.contains("password") && !told.contains("ada"),
                "{told}"
            );
        }
    }
}
