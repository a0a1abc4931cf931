//! Negotiation: which media types a client sends, and which it takes in answer.
//!
//! Pure: from headers to a decision. `application/json` answers as clients of old expect it;
//! `application/graphql-response+json` lets the status tell what happened.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};

/// The media type of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status is about the request.
    GraphqlResponse,
    /// `application/json`: 200 for whatever the graph itself has to say.
    Json,
}

impl MediaType {
    /// The value of `Content-Type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    const fn essence(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }
}

/// What a client takes in answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// One answer as JSON, in the type it likes best of ours; none when it takes neither.
    pub answer: Option<MediaType>,
    /// A stream of events. Only when named: no wildcard means to get one.
    pub events: bool,
}

impl Accepted {
    /// The type of an answer that must be given: also to who takes none of ours.
    pub fn answer_or_json(self) -> MediaType {
        self.answer.unwrap_or(MediaType::Json)
    }
}

/// What a client takes, by its `Accept` headers. Whoever sends none takes `application/json`.
pub fn accepted(headers: &HeaderMap) -> Accepted {
    if !headers.contains_key(ACCEPT) {
        return Accepted {
            answer: Some(MediaType::Json),
            events: false,
        };
    }
    let texts = headers.get_all(ACCEPT).iter();
    let texts = texts.filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range> = texts
        .flat_map(|text| text.split(','))
        .filter_map(range)
        .collect();
    // Of two that are liked alike, the one that is named counts before one that a wildcard
    // allows, then the one that is named first, then `application/json`.
    let json = liking(&ranges, MediaType::Json).map(|liking| (liking, MediaType::Json));
    let other = liking(&ranges, MediaType::GraphqlResponse);
    let other = other.map(|liking| (liking, MediaType::GraphqlResponse));
    let answer = match (json, other) {
        (Some((json, _)), Some((other, media))) if other > json => Some(media),
        (Some((_, media)), _) | (None, Some((_, media))) => Some(media),
        (None, None) => None,
    };
    let mut ranges = ranges.iter();
    Accepted {
        answer,
        events: ranges.any(|range| range.essence == "text/event-stream" && range.weight > 0),
    }
}

/// Whether the body is JSON in UTF-8, as its headers say. Nothing else is taken: the types that a
/// page may send to another site without asking are not JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case(MediaType::Json.essence()) && parts.all(is_utf_8)
}

/// Whether the body comes as it is, and not packed.
pub fn is_plain(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    values.all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// One range of an `Accept` header.
struct Range {
    essence: String,
    /// From 0, which is not taken, to 1,000.
    weight: u16,
}

/// How much a media type is liked: by weight, then whether it was named itself, then how early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Liking {
    weight: u16,
    is_named: bool,
    is_before: usize,
}

/// A range, if it is one that our answers may be in: they are always UTF-8.
fn range(text: &str) -> Option<Range> {
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next()?.to_ascii_lowercase();
    let mut weight = 1_000;
    for part in parts {
        match part.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("q") => {
                weight = thousandths(value.trim())?;
            }
            _ if !is_utf_8(part) => return None,
            _ => {}
        }
    }
    essence.contains('/').then_some(Range { essence, weight })
}

/// A weight between 0 and 1, in thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let weight: f32 = text.parse().ok()?;
    if !(0.0..=1.0).contains(&weight) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 1,000"
    )]
    let thousandths = (weight * 1_000.0).round() as u16;
    Some(thousandths)
}

/// Whether a parameter of a media type, if it is the charset, says UTF-8.
fn is_utf_8(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    }
}

/// How much a media type is liked; none when it is not taken. The most exact range decides.
fn liking(ranges: &[Range], media: MediaType) -> Option<Liking> {
    let exactness = [media.essence(), "application/*", "*/*"];
    let (place, index) = exactness.iter().enumerate().find_map(|(place, essence)| {
        let index = ranges.iter().position(|range| range.essence == *essence);
        index.map(|index| (place, index))
    })?;
    let weight = ranges[index].weight;
    (weight > 0).then_some(Liking {
        weight,
        is_named: place == 0,
        is_before: ranges.len() - index,
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const GRAPHQL: Option<MediaType> = Some(MediaType::GraphqlResponse);
    const JSON: Option<MediaType> = Some(MediaType::Json);

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let value = HeaderValue::from_str(value).expect("a value");
        HeaderMap::from_iter([(name.parse().expect("a name"), value)])
    }

    #[test]
    fn the_type_that_is_liked_best_is_the_answers() {
        let both = "application/graphql-response+json, application/json";
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let recommended = "application/graphql-response+json; charset=utf-8, \
            application/json; charset=utf-8";
        for (accept, expected) in [
            ("application/json", JSON),
            ("application/graphql-response+json", GRAPHQL),
            ("*/*", JSON),
            ("application/*", JSON),
            (both, GRAPHQL),
            (recommended, GRAPHQL),
            ("application/json, application/graphql-response+json", JSON),
            (
                "application/json;q=0.9, application/graphql-response+json",
                GRAPHQL,
            ),
            (
                "application/graphql-response+json;q=0.5, application/json;q=0.6",
                JSON,
            ),
            ("application/graphql-response+json, */*", GRAPHQL),
            ("application/graphql-response+json;q=0.5, */*;q=0.9", JSON),
            ("application/json;q=0, */*", GRAPHQL),
            (
                "application/json;q=0, application/graphql-response+json;q=0",
                None,
            ),
            ("APPLICATION/JSON ; Q=1.0", JSON),
            ("application/json;charset=\"UTF-8\"", JSON),
            ("application/json;charset=latin1", None),
            ("application/json;q=2", None),
            ("application/json;q=x, */*;q=0.1", JSON),
            (browser, JSON),
            ("text/html", None),
            ("text/plain;format=flowed", None),
            ("json", None),
            ("", None),
        ] {
            assert_eq!(
                accepted(&headers("accept", accept)).answer,
                expected,
                "{accept}"
            );
        }
        assert_eq!(accepted(&HeaderMap::new()).answer, JSON);
    }

    #[test]
    fn events_are_taken_only_where_they_are_named() {
        for (accept, expected, answer) in [
            ("text/event-stream", true, None),
            ("text/event-stream;q=0", false, None),
            ("*/*", false, JSON),
            ("text/*", false, None),
            ("application/json, Text/Event-Stream;q=0.1", true, JSON),
        ] {
            let found = accepted(&headers("accept", accept));
            let expected = Accepted {
                answer,
                events: expected,
            };
            assert_eq!(found, expected, "{accept}");
        }
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/json; charset=latin1", false),
            ("application/graphql", false),
            ("application/graphql-response+json", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("multipart/form-data; boundary=x", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            let found = is_json(&headers("content-type", content_type));
            assert_eq!(found, expected, "{content_type}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn only_what_is_not_packed_is_read() {
        assert!(is_plain(&HeaderMap::new()));
        assert!(is_plain(&headers("content-encoding", "Identity")));
        assert!(!is_plain(&headers("content-encoding", "gzip")));
    }
}
