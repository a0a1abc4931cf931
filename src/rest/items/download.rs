//! `GET /v1/datasets/{id}/items`: one version, all of it, as NDJSON in byte order of keys.
//!
//! The version is fixed before the first byte, whatever is committed meanwhile; the header
//! `X-Xact-Id` names it. What comes out, posted with `mode=replace`, gives the same digest.

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::ids::{DatasetId, SnapshotId};
use crate::ledger::{LedgerError, Outcome, Reads, VersionSpec, kind_word};
use crate::rest::{Rest, Trouble};
use crate::views::VersionRow;

/// The version that was read.
const XACT_ID: HeaderName = HeaderName::from_static("x-xact-id");
/// Items read at a time: as many of the largest are 32 MiB.
const PAGE_ITEMS: usize = 64;

/// What a download may ask for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    at: Option<String>,
}

/// Streams a version out.
pub(super) async fn download(
    State(rest): State<Rest>,
    Path(id): Path<String>,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let (caller, correlation) = rest.caller(&headers).await?;
    let hint = "only `at` is understood";
    let Query(parameters) = parameters.map_err(|fault| super::bad_query(&fault, hint))?;
    let dataset = super::dataset_id(&id)?;
    let spec = version_spec(dataset, parameters.at.as_deref())?;
    let reads = rest.ledger.reads(&caller.principal);
    let version = reads
        .version(spec)
        .await
        .map_err(|error| Trouble::of(error, correlation))?;
    if version.dataset != dataset {
        return Err(Trouble::not_found("snapshot of this dataset"));
    }
    let xact = version.at.position.xact().to_string();
    let mut pages = Pages {
        reads,
        version,
        after: None,
        ended: false,
    };
    // Read before the answer begins: what fails here can still be told in good form.
    let first = pages
        .next()
        .map_err(|error| Trouble::of(error, correlation))?;
    let lines =
        futures_util::stream::try_unfold((first, pages), move |(page, mut pages)| async move {
            let Some(page) = page else { return Ok(None) };
            let next = pages
                .next()
                .map_err(|fault| broken_off(&fault, correlation))?;
            Ok::<_, std::io::Error>(Some((page, (next, pages))))
        });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (XACT_ID, xact),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// The version that `at` means: an xact id, a snapshot's UUID, a time, or the current one.
pub(in crate::rest) fn version_spec(
    dataset: DatasetId,
    at: Option<&str>,
) -> Result<VersionSpec, Trouble> {
    let Some(at) = at else {
        return Ok(VersionSpec::Head(dataset));
    };
    if let Ok(xact) = at.parse() {
        return Ok(VersionSpec::Xact(dataset, xact));
    }
    if let Ok(snapshot) = at.parse::<SnapshotId>() {
        return Ok(VersionSpec::Snapshot(snapshot));
    }
    // A plus sign in a query is read as a blank.
    match DateTime::parse_from_rfc3339(&at.replace(' ', "+")) {
        Ok(time) => Ok(VersionSpec::At(dataset, time.with_timezone(&Utc))),
        Err(_) => Err(Trouble::bad_input(
            format!("at: {at:?} names no version"),
            "give an xact id (19 digits), a snapshot's id, or a time as 2026-01-31T12:00:00Z",
        )),
    }
}

/// The pages of a version.
struct Pages {
    reads: Reads,
    version: VersionRow,
    after: Option<String>,
    ended: bool,
}

impl Pages {
    /// The lines of the next page; none after the last.
    fn next(&mut self) -> Outcome<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        // A download may take longer than a credential holds.
        self.reads.ledger().must_be_heard()?;
        let items = self
            .reads
            .values_after(&self.version, self.after.as_deref(), PAGE_ITEMS)?;
        self.ended = items.len() < PAGE_ITEMS;
        let mut lines = Vec::with_capacity(items.iter().map(|(_, _, value)| value.len()).sum());
        for (key, kind, value) in &items {
            write_line(&mut lines, key, kind_word(*kind), value)?;
        }
        self.after = items.into_iter().next_back().map(|(key, ..)| key);
        Ok(self.after.is_some().then(|| lines.into()))
    }
}

/// Writes an item; `value` is canonical: an object of `data` and perhaps `media`.
fn write_line(lines: &mut Vec<u8>, key: &str, kind: &str, value: &[u8]) -> Outcome<()> {
    let Some(members) = value.strip_prefix(b"{") else {
        return Err(LedgerError::Fault(format!(
            "the value of {key:?} is no object"
        )));
    };
    lines.extend_from_slice(b"{\"key\":");
    serde_json::to_writer(&mut *lines, key)
        .map_err(|fault| LedgerError::Fault(fault.to_string()))?;
    lines.extend_from_slice(b",\"kind\":\"");
    lines.extend_from_slice(kind.as_bytes());
    lines.extend_from_slice(b"\",");
    lines.extend_from_slice(members);
    lines.push(b'\n');
    Ok(())
}

/// Ends a download in the middle, so that its reader sees that it is not whole.
fn broken_off(fault: &LedgerError, correlation: Uuid) -> std::io::Error {
    tracing::error!(request.id = %correlation, %fault, "a download met a fault");
    std::io::Error::other("the download broke off")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Position;

    #[test]
    fn a_line_is_the_key_the_kind_and_the_members_of_the_value() {
        let mut lines = Vec::new();
        let value = br#"{"data":{"n":1},"media":{"uri":"u"}}"#;
        write_line(&mut lines, "a\"b", "IMAGE", value).expect("an item");
        let expected = concat!(
            r#"{"key":"a\"b","kind":"IMAGE","data":{"n":1},"media":{"uri":"u"}}"#,
            "\n"
        );
        assert_eq!(String::from_utf8(lines).as_deref(), Ok(expected));
    }

    #[test]
    fn a_version_is_named_by_xact_id_snapshot_or_time() {
        let dataset = DatasetId(Uuid::from_u128(1));
        let spec = |at: Option<&str>| version_spec(dataset, at);
        assert_eq!(spec(None), Ok(VersionSpec::Head(dataset)));
        let xact = Position(4).xact();
        assert_eq!(
            spec(Some(&xact.to_string())),
            Ok(VersionSpec::Xact(dataset, xact))
        );
        let snapshot = SnapshotId(Uuid::from_u128(2));
        assert_eq!(
            spec(Some(&snapshot.to_string())),
            Ok(VersionSpec::Snapshot(snapshot))
        );
        for text in [
            "2026-01-31T12:00:00Z",
            "2026-01-31T13:00:00+01:00",
            "2026-01-31T13:00:00 01:00",
        ] {
            let time = "2026-01-31T12:00:00Z".parse().expect("a time");
            assert_eq!(
                spec(Some(text)),
                Ok(VersionSpec::At(dataset, time)),
                "{text}"
            );
        }
        for text in ["", "latest", "123", "2026-01-31"] {
            let trouble = spec(Some(text)).expect_err(text);
            assert_eq!(trouble.code, "BAD_INPUT", "{text}");
        }
    }
}
