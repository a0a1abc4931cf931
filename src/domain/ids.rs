//! Ids, positions and stream names, each its own type, so that none can stand for another.
//!
//! Pure values: making a fresh id is the clock's work, not theirs.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// A text that does not have the form of the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is malformed: {form}")]
pub struct Malformed {
    /// What the text should have been.
    pub what: &'static str,
    /// The form it should have had.
    pub form: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident = $what:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                parse_uuid(text, $what).map(Self)
            }
        }
    )+};
}

ids! {
    /// The ledger itself: tells a log, and the caches folded from it, from any other.
    LedgerId = "a ledger id";
    /// A project.
    ProjectId = "a project id";
    /// A dataset.
    DatasetId = "a dataset id";
    /// A snapshot.
    SnapshotId = "a snapshot id";
    /// An operation of an outside worker.
    OperationId = "an operation id";
    /// A task of the ledger's own.
    TaskId = "a task id";
    /// An API key (not its secret).
    ApiKeyId = "an API key id";
    /// An event; unique in the log, and what makes an append idempotent.
    EventId = "an event id";
}

fn parse_uuid(text: &str, what: &'static str) -> Result<Uuid, Malformed> {
    Uuid::try_parse(text).map_err(|_| Malformed {
        what,
        form: "it should be a UUID",
    })
}

/// An event's place in its stream; the first is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision of a stream's first event.
    pub const FIRST: Self = Self(0);

    /// The revision after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// An event's place in the whole log: dense, from 1. Zero stands for "before the first".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl Position {
    /// Before the first event.
    pub const START: Self = Self(0);
    /// The largest position an xact id can name: 48 bits.
    pub const MAX: Self = Self((1 << 48) - 1);

    /// The position after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The public name of this position: an xact id.
    pub const fn xact(self) -> XactId {
        XactId((XACT_HIGH << 48) | self.0)
    }
}

/// The top 16 bits of every xact id. Clients of one foreign API rely on them, and they give every
/// id the same 19 digits.
const XACT_HIGH: u64 = 0x0DE1;

/// A position in its public form: 19 decimal digits, ordered alike as text and as number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct XactId(u64);

impl XactId {
    /// The position that this id names.
    pub const fn position(self) -> Position {
        Position(self.0 & Position::MAX.0)
    }
}

impl fmt::Display for XactId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for XactId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = Malformed {
            what: "an xact id",
            form: "it should be 19 decimal digits",
        };
        if text.len() != 19 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed);
        }
        match text.parse() {
            Ok(number) if number >> 48 == XACT_HIGH => Ok(Self(number)),
            Ok(_) | Err(_) => Err(malformed),
        }
    }
}

/// The events of one thing, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// The founding of the ledger.
    Ledger,
    /// One project and the names of its datasets.
    Project(ProjectId),
    /// One dataset, its content and its snapshots.
    Dataset(DatasetId),
    /// One task.
    Task(TaskId),
    /// Who may: keys issued, used and revoked.
    Access,
}

impl fmt::Display for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ledger => formatter.write_str("ledger"),
            Self::Project(id) => write!(formatter, "project-{id}"),
            Self::Dataset(id) => write!(formatter, "dataset-{id}"),
            Self::Task(id) => write!(formatter, "task-{id}"),
            Self::Access => formatter.write_str("access"),
        }
    }
}

impl FromStr for Stream {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.split_once('-') {
            None if text == "ledger" => Ok(Self::Ledger),
            None if text == "access" => Ok(Self::Access),
            Some(("project", id)) => id.parse().map(Self::Project),
            Some(("dataset", id)) => id.parse().map(Self::Dataset),
            Some(("task", id)) => id.parse().map(Self::Task),
            None | Some(_) => Err(Malformed {
                what: "a stream",
                form: "kind, hyphen, id",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_xact_id_has_19_digits_and_keeps_order() {
        let positions = [0, 1, 9, 10, 4_096, Position::MAX.0].map(Position);
        for pair in positions.windows(2) {
            let (left, right) = (pair[0].xact(), pair[1].xact());
            assert_eq!(left.to_string().len(), 19);
            assert!(left < right && left.to_string() < right.to_string());
            assert_eq!(left.to_string().parse(), Ok(left));
            assert_eq!(left.position(), pair[0]);
        }
    }

    #[test]
    fn other_texts_are_no_xact_ids() {
        for text in [
            "",
            "1",
            "0000000000000000001",
            "9999999999999999999",
            "10001926568808810x9",
        ] {
            assert!(text.parse::<XactId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_stream_is_its_text() {
        let id = Uuid::from_u128(7);
        for stream in [
            Stream::Ledger,
            Stream::Access,
            Stream::Project(ProjectId(id)),
            Stream::Dataset(DatasetId(id)),
            Stream::Task(TaskId(id)),
        ] {
            assert_eq!(stream.to_string().parse(), Ok(stream));
        }
        assert!("dataset-7".parse::<Stream>().is_err());
        assert!("other".parse::<Stream>().is_err());
    }
}
