//! What an upload asks for: its query parameters and headers, checked before its body is read.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::body::{Form, Packing};
use crate::domain::ids::XactId;
use crate::domain::values::CommitMode;
use crate::ledger::NewImport;
use crate::rest::Trouble;

/// What an upload may ask for beside its body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    mode: Option<String>,
    key: Option<String>,
    message: Option<String>,
    #[serde(rename = "ifVersion")]
    if_version: Option<String>,
}

/// Parameters, or why there are none.
pub(super) type Parsed = Result<Query<Parameters>, QueryRejection>;

/// How the body is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// What its lines are.
    pub form: Form,
    /// How it is compressed.
    pub packing: Packing,
    /// The column that is the key of a CSV.
    pub key: Option<String>,
}

/// What the import is to do, and how its body is to be read.
pub(super) fn asked(
    id: &str,
    parameters: Parsed,
    headers: &HeaderMap,
) -> Result<(NewImport, Reading), Trouble> {
    let hint = "mode, key, message and ifVersion are understood";
    let Query(parameters) = parameters.map_err(|fault| super::bad_query(&fault, hint))?;
    let new = NewImport {
        dataset: super::dataset_id(id)?,
        mode: mode(parameters.mode.as_deref())?,
        message: parameters.message,
        if_version: parameters
            .if_version
            .as_deref()
            .map(if_version)
            .transpose()?,
        auto_snapshot: false,
    };
    let form = form(headers)?;
    if form == Form::Lines && parameters.key.is_some() {
        let hint = "leave it out, or send a CSV as text/csv";
        return Err(Trouble::bad_input("key: only a CSV has a key column", hint));
    }
    Ok((
        new,
        Reading {
            form,
            packing: packing(headers)?,
            key: parameters.key,
        },
    ))
}

fn mode(text: Option<&str>) -> Result<CommitMode, Trouble> {
    match text {
        None | Some("upsert") => Ok(CommitMode::Upsert),
        Some("replace") => Ok(CommitMode::Replace),
        Some(other) => {
            let hint = "upsert keeps the items that are not named, replace removes them";
            Err(Trouble::bad_input(
                format!("mode: {other:?} is not upsert or replace"),
                hint,
            ))
        }
    }
}

fn if_version(text: &str) -> Result<XactId, Trouble> {
    text.parse().map_err(|_| {
        Trouble::bad_input(
            format!("ifVersion: {text:?} is not an xact id"),
            "give the 19 digits that an earlier answer had as xactId",
        )
    })
}

fn form(headers: &HeaderMap) -> Result<Form, Trouble> {
    let hint = "send application/x-ndjson or text/csv";
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        // Where everyone is let in, a page that is merely visited could send a body without a
        // type, but none with one of ours.
        return match headers.contains_key(header::AUTHORIZATION) {
            true => Ok(Form::Lines),
            false => Err(unsupported("Content-Type: there is none".to_owned(), hint)),
        };
    };
    let value = value.to_str().unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default();
    match essence.trim().to_ascii_lowercase().as_str() {
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/json"
        | "application/octet-stream" => Ok(Form::Lines),
        "text/csv" => Ok(Form::Rows),
        other => {
            let message = format!("Content-Type: {other} is not understood");
            Err(unsupported(message, hint))
        }
    }
}

fn packing(headers: &HeaderMap) -> Result<Packing, Trouble> {
    let Some(value) = headers.get(header::CONTENT_ENCODING) else {
        return Ok(Packing::Plain);
    };
    match value
        .to_str()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
        .as_str()
    {
        "" | "identity" => Ok(Packing::Plain),
        "gzip" | "x-gzip" => Ok(Packing::Gzip),
        "zstd" => Ok(Packing::Zstd),
        other => Err(unsupported(
            format!("Content-Encoding: {other} is not understood"),
            "send gzip, zstd or the plain text",
        )),
    }
}

fn unsupported(message: String, hint: &'static str) -> Trouble {
    Trouble::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "BAD_INPUT",
        message,
        hint,
    )
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue, Uri};

    use super::*;

    const ID: &str = "00000000-0000-0000-0000-000000000007";

    fn ask(query: &str, headers: &[(HeaderName, &'static str)]) -> Result<NewAsked, String> {
        let uri: Uri = format!("/items?{query}").parse().expect("a URI");
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect();
        let parsed = asked(ID, Query::try_from_uri(&uri), &headers);
        parsed.map_err(|trouble| format!("{} {}", trouble.status.as_u16(), trouble.message))
    }

    const KEY: (HeaderName, &str) = (header::AUTHORIZATION, "Bearer k");

    type NewAsked = (NewImport, Reading);

    #[test]
    fn an_upload_says_how_it_is_written_and_what_it_is_to_do() {
        let (new, reading) = ask("", &[KEY]).expect("nothing asked");
        assert_eq!(
            (new.mode, new.message, new.if_version),
            (CommitMode::Upsert, None, None)
        );
        let plain = Reading {
            form: Form::Lines,
            packing: Packing::Plain,
            key: None,
        };
        assert_eq!(reading, plain);

        let xact = crate::domain::ids::Position(9).xact();
        let query = format!("mode=replace&key=id&message=a%20word&ifVersion={xact}");
        let headers = [
            (header::CONTENT_TYPE, "Text/CSV; charset=utf-8"),
            (header::CONTENT_ENCODING, "zstd"),
        ];
        let (new, reading) = ask(&query, &headers).expect("all asked");
        assert_eq!(
            (new.mode, new.if_version),
            (CommitMode::Replace, Some(xact))
        );
        assert_eq!(new.message.as_deref(), Some("a word"));
        let packed = Reading {
            form: Form::Rows,
            packing: Packing::Zstd,
            key: Some("id".to_owned()),
        };
        assert_eq!(reading, packed);
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        for (query, expected) in [
            ("mode=merge", "400 mode:"),
            ("ifVersion=1", "400 ifVersion:"),
            ("key=id", "400 key:"),
            ("moed=replace", "400 the query: moed: unknown field `moed`"),
        ] {
            let message = ask(query, &[KEY]).expect_err(query);
            assert!(message.starts_with(expected), "{query}: {message}");
        }
        for (name, value) in [
            (header::CONTENT_TYPE, "image/png"),
            // What a page may send that is merely visited.
            (header::CONTENT_TYPE, "text/plain"),
            (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
            (header::CONTENT_ENCODING, "br"),
        ] {
            let message = ask("", &[KEY, (name, value)]).expect_err(value);
            assert!(message.starts_with("415"), "{message}");
        }
        let message = ask("", &[]).expect_err("neither type nor key");
        assert!(message.starts_with("415"), "{message}");
        let trouble = asked("7", ask_nothing(), &HeaderMap::new()).expect_err("no id");
        assert_eq!(
            (trouble.status, trouble.code),
            (StatusCode::BAD_REQUEST, "BAD_INPUT")
        );
    }

    fn ask_nothing() -> Parsed {
        Query::try_from_uri(&Uri::from_static("/items"))
    }
}
