//! Refusals of the gate: why a document does not come in, and what to do about it.
//!
//! A refusal is for whoever wrote the document. It never repeats more of the text than a name.

use std::fmt;

use async_graphql::{ErrorExtensionValues, Name, Pos, ServerError, Value};

use super::cost::Cost;

/// How many characters of the parser's own words are told.
const DETAIL_CHARS_MAX: usize = 200;

/// What a document has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Words and signs.
    Tokens,
    /// Brackets open at once.
    OpenBrackets,
    /// Bytes of comments and spaces.
    IgnoredBytes,
    /// Fields within each other.
    Depth,
    /// Fields of the schema within each other.
    IntrospectionDepth,
    /// Selections within each other.
    Nesting,
    /// Aliases.
    Aliases,
    /// Fields at the root.
    RootFields,
    /// Directives.
    Directives,
    /// Fields, once fragments are expanded.
    ExpandedFields,
    /// Spreads, once fragments are expanded.
    ExpandedSpreads,
    /// Objects and leaves.
    Cost,
    /// Objects and leaves of the schema.
    IntrospectionCost,
    /// Lists and objects within each other, in the variables.
    VariablesDepth,
}

impl Excess {
    /// The word in `extensions.limit.name`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::OpenBrackets => "openBrackets",
            Self::IgnoredBytes => "ignoredBytes",
            Self::Depth => "depth",
            Self::IntrospectionDepth => "introspectionDepth",
            Self::Nesting => "nesting",
            Self::Aliases => "aliases",
            Self::RootFields => "rootFields",
            Self::Directives => "directives",
            Self::ExpandedFields => "expandedFields",
            Self::ExpandedSpreads => "expandedSpreads",
            Self::Cost => "cost",
            Self::IntrospectionCost => "introspectionCost",
            Self::VariablesDepth => "variablesDepth",
        }
    }

    /// What there is too much of, in words.
    const fn told(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::OpenBrackets => "brackets within each other",
            Self::IgnoredBytes => "bytes of comments and spaces",
            Self::Depth => "levels of fields",
            Self::IntrospectionDepth => "levels of fields of the schema",
            Self::Nesting => "selections within each other",
            Self::Aliases => "aliases",
            Self::RootFields => "fields at its root",
            Self::Directives => "directives",
            Self::ExpandedFields => "fields once its fragments are expanded",
            Self::ExpandedSpreads => "spreads once its fragments are expanded",
            Self::Cost => "in cost",
            Self::IntrospectionCost => "in cost of the schema's own fields",
            Self::VariablesDepth => "levels of lists and objects in its variables",
        }
    }

    /// What to do next.
    const fn hint(self) -> &'static str {
        match self {
            Self::Tokens | Self::Aliases | Self::RootFields => {
                "Send several requests, or the values as variables."
            }
            Self::OpenBrackets | Self::VariablesDepth => "Nest the values less deep.",
            Self::IgnoredBytes => "Leave comments and indentation out of what is sent.",
            Self::Depth | Self::Nesting => {
                "Ask for the deeper objects by their ids, in a request of their own."
            }
            Self::IntrospectionDepth | Self::IntrospectionCost => {
                "Ask for fewer levels of the schema, or read schema.graphql."
            }
            Self::Directives => "Leave out the selections that are not needed.",
            Self::ExpandedFields | Self::ExpandedSpreads => {
                "Spread fragments in fewer places, or ask for fewer fields."
            }
            Self::Cost => "Ask for fewer rows with first, for fewer fields, or page by page.",
        }
    }
}

/// Why a document does not come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is no document.
    Malformed {
        /// What is wrong with it.
        detail: String,
    },
    /// Its fragment spreads itself.
    Circular {
        /// The fragment.
        fragment: Name,
    },
    /// There is too much of it.
    TooMuch {
        /// Of what.
        excess: Excess,
        /// How much is allowed; a cost in whole objects.
        limit: u64,
        /// How much there is, where it was counted to the end.
        found: Option<u64>,
    },
}

/// A document, or a request with its variables, that does not come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// Where in the text, as far as there is one place.
    pub place: Option<Pos>,
}

impl Refused {
    /// There is too much of it.
    pub(super) const fn too_much(excess: Excess, limit: u64) -> Self {
        Self {
            reason: Reason::TooMuch {
                excess,
                limit,
                found: None,
            },
            place: None,
        }
    }

    /// It costs too much.
    pub(super) const fn too_dear(cost: Cost, cost_max: Cost) -> Self {
        Self {
            reason: Reason::TooMuch {
                excess: Excess::Cost,
                limit: cost_max.whole(),
                found: Some(cost.whole()),
            },
            place: None,
        }
    }

    /// A text in quotes does not end.
    pub(super) fn unended() -> Self {
        Self {
            reason: Reason::Malformed {
                detail: "a text in quotes does not end".to_owned(),
            },
            place: None,
        }
    }

    /// As the parser says.
    pub(super) fn malformed(error: &async_graphql::parser::Error) -> Self {
        // The parser draws the line of the text; its own words are the last line it writes.
        let told = error.to_string();
        let last = told.lines().last().unwrap_or_default();
        let detail = last.trim_start_matches(['=', ' ']);
        Self {
            reason: Reason::Malformed {
                detail: detail.chars().take(DETAIL_CHARS_MAX).collect(),
            },
            place: error.positions().next(),
        }
    }

    /// The same, at a place of the text.
    pub(super) fn at(self, place: Pos) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }

    /// The stable word for it, in `extensions.code`.
    pub const fn code(&self) -> &'static str {
        match self.reason {
            Reason::Malformed { .. } => "GRAPHQL_PARSE_FAILED",
            Reason::Circular { .. } => "GRAPHQL_VALIDATION_FAILED",
            Reason::TooMuch { .. } => "QUERY_TOO_COMPLEX",
        }
    }

    /// What to do next, in one sentence.
    pub const fn hint(&self) -> &'static str {
        match self.reason {
            Reason::Malformed { .. } => "Correct the document at the place that is told.",
            Reason::Circular { .. } => "Take the fragment out of what it spreads.",
            Reason::TooMuch { excess, .. } => excess.hint(),
        }
    }

    /// The refusal as an error of an answer: with code, hint, `retryable`, and where a limit was
    /// passed `limit` as `{"name", "max"}`, a cost also with what was `requested`.
    pub fn to_server_error(&self) -> ServerError {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.code());
        extensions.set("retryable", false);
        extensions.set("hint", self.hint());
        if let Reason::TooMuch {
            excess,
            limit,
            found,
        } = self.reason
        {
            let name = (Name::new("name"), Value::from(excess.word()));
            let max = (Name::new("max"), Value::from(limit));
            let found = found.map(|found| (Name::new("requested"), Value::from(found)));
            let told = [name, max].into_iter().chain(found);
            extensions.set("limit", Value::Object(told.collect()));
        }
        let mut error = ServerError::new(self.to_string(), self.place);
        error.extensions = Some(extensions);
        error
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Malformed { detail } => write!(to, "the document cannot be read: {detail}"),
            Reason::Circular { fragment } => {
                write!(to, "the fragment {fragment} spreads itself")
            }
            Reason::TooMuch { excess, limit, .. } => {
                let told = excess.told();
                write!(to, "the document has more than {limit} {told}")
            }
        }
    }
}
