//! Calls about snapshots: each is a name for a transaction id of a dataset.
//!
//! Only those that a caller asked for are listed.

use axum::Json;
use axum::http::HeaderName;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::asked::{Pairs, Parameters, id_of};
use super::projects::name_key;
use super::translate::{self, xact};
use super::wire::{self, DatasetSnapshot, Objects, SnapshotPatch};
use super::{Braintrust, Trouble};
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, SnapshotId};
use crate::domain::values::SnapshotReason;
use crate::ledger::{LedgerError, NewSnapshot, Once, Reads, SnapshotChanges};
use crate::rest::patience::patiently;
use crate::rest::tongue::{Asked, Body, MaybeBody, Places};
use crate::rest::visit::Visit;
use crate::views::{Page, SnapshotFilter, SnapshotOrder, SnapshotRow};

/// Tells whether a snapshot was there.
const FOUND_EXISTING: HeaderName = HeaderName::from_static("x-bt-found-existing");

/// An answer that tells so.
type Found = ([(HeaderName, &'static str); 1], Json<DatasetSnapshot>);

/// Where a call on a snapshot stands.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SnapshotPath {
    /// The snapshot.
    #[param(format = "uuid")]
    pub dataset_snapshot_id: String,
}

/// Creates a snapshot, or finds the one of this name or this transaction id, which stays as it is.
#[utoipa::path(
    post,
    path = "/v1/dataset_snapshot",
    request_body = wire::NewSnapshot,
    responses((
        status = 200,
        description = "The snapshot.",
        body = DatasetSnapshot,
        headers(("x-bt-found-existing" = bool, description = "Whether it was there.")),
    ))
)]
pub(super) async fn create(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, wire::NewSnapshot>,
) -> Result<Found, Trouble> {
    let dataset = named_dataset(&visit, asked.dataset_id)?;
    let new = new_snapshot(asked)?;
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let once = patiently(&visit, dataset, || {
        ledger.create_snapshot_once(caller, dataset, new.clone())
    });
    told(&visit, once.await?)
}

/// Creates a snapshot, or replaces the one of this name, which keeps its id.
#[utoipa::path(
    put,
    path = "/v1/dataset_snapshot",
    request_body = wire::NewSnapshot,
    responses((
        status = 200,
        description = "The snapshot.",
        body = DatasetSnapshot,
        headers(("x-bt-found-existing" = bool, description = "Whether it was there.")),
    ))
)]
pub(super) async fn put(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, wire::NewSnapshot>,
) -> Result<Found, Trouble> {
    let dataset = named_dataset(&visit, asked.dataset_id)?;
    let new = new_snapshot(asked)?;
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let once = patiently(&visit, dataset, || {
        ledger.put_snapshot(caller, dataset, new.clone())
    });
    told(&visit, once.await?)
}

/// The dataset that a body names; one that is not there is the body's fault.
pub(super) fn named_dataset(visit: &Visit<Braintrust>, id: Uuid) -> Result<DatasetId, Trouble> {
    let row = visit.reads.dataset(DatasetId(id))?;
    let no_dataset = || Refusal::BadInput {
        field: "dataset_id",
        message: "there is no such dataset".to_owned(),
    };
    Ok(row.ok_or_else(no_dataset)?.id)
}

fn new_snapshot(asked: wire::NewSnapshot) -> Result<NewSnapshot, Refusal> {
    Ok(NewSnapshot {
        xact: Some(xact("xact_id", &asked.xact_id)?),
        name: Some(asked.name),
        description: asked.description.unwrap_or_default(),
        ..NewSnapshot::default()
    })
}

fn told(visit: &Visit<Braintrust>, once: Once<SnapshotId>) -> Result<Found, Trouble> {
    let found = match once {
        Once::Found(_) => "true",
        Once::Made(_) => "false",
    };
    let row = snapshot_even_deleted(&visit.reads, once.id())?;
    Ok(([(FOUND_EXISTING, found)], Json(translate::snapshot(&row))))
}

/// Lists snapshots, newest first.
#[utoipa::path(
    get,
    path = "/v1/dataset_snapshot",
    params(
        ("limit" = Option<u64>, Query, description = "Snapshots at most."),
        ("starting_after" = Option<Uuid>, Query, description = "Only older ones."),
        ("ending_before" = Option<Uuid>, Query, description = "Only newer ones."),
        ("ids" = Option<Vec<Uuid>>, Query, description = "Only these."),
        ("dataset_snapshot_name" = Option<String>, Query, description = "Only those of this name."),
        ("dataset_id" = Option<Uuid>, Query, description = "Only those of this dataset."),
        ("org_name" = Option<String>, Query, description = "There is one organisation only."),
    ),
    responses((status = 200, description = "Snapshots.", body = Objects<DatasetSnapshot>))
)]
pub(super) async fn list(
    visit: Visit<Braintrust>,
    Asked(pairs, _): Asked<Braintrust, Pairs>,
) -> Result<Json<Objects<DatasetSnapshot>>, Trouble> {
    let asked = Parameters(pairs);
    let page = asked.page(|id| {
        // One that was deleted since still has its place.
        let row = visit.reads.snapshot_even_deleted(SnapshotId(id))?;
        Ok(row.map(|row| row.creation_key()))
    })?;
    let ids = asked.ids("ids")?;
    let filter = SnapshotFilter {
        ids: ids.map(|ids| ids.into_iter().map(SnapshotId).collect()),
        dataset: asked.id("dataset_id")?.map(DatasetId),
        given_name: name_key(asked.text("dataset_snapshot_name")),
        ..asked_for()
    };
    let objects = listed(&visit, &filter, &page)?;
    Ok(Json(Objects { objects }))
}

/// Which snapshots this API knows: those that a caller asked for.
pub(super) fn asked_for() -> SnapshotFilter {
    SnapshotFilter {
        reasons: Some(vec![SnapshotReason::Manual]),
        ..SnapshotFilter::default()
    }
}

/// A page of snapshots, newest first.
pub(super) fn listed(
    visit: &Visit<Braintrust>,
    filter: &SnapshotFilter,
    page: &Page,
) -> Result<Vec<DatasetSnapshot>, Trouble> {
    let (reads, order) = (&visit.reads, SnapshotOrder::default());
    let listed = reads.views().snapshots(&reads.scope(), filter, order, page);
    let rows = listed.map_err(LedgerError::from)?.rows;
    let snapshots = rows.iter().map(|keyed| translate::snapshot(&keyed.row));
    Ok(snapshots.collect())
}

/// A snapshot.
#[utoipa::path(
    get,
    path = "/v1/dataset_snapshot/{dataset_snapshot_id}",
    params(SnapshotPath),
    responses((status = 200, description = "The snapshot.", body = DatasetSnapshot))
)]
pub(super) async fn read(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, SnapshotPath>,
) -> Result<Json<DatasetSnapshot>, Trouble> {
    let row = snapshot_of(&visit.reads, path.id()?)?;
    Ok(Json(translate::snapshot(&row)))
}

/// Renames or describes a snapshot.
#[utoipa::path(
    patch,
    path = "/v1/dataset_snapshot/{dataset_snapshot_id}",
    params(SnapshotPath),
    request_body = Option<SnapshotPatch>,
    responses((status = 200, description = "The snapshot.", body = DatasetSnapshot))
)]
pub(super) async fn change(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, SnapshotPath>,
    MaybeBody(asked, _): MaybeBody<Braintrust, SnapshotPatch>,
) -> Result<Json<DatasetSnapshot>, Trouble> {
    let id = path.id()?;
    changed(&visit, id, asked.unwrap_or_default())
        .await
        .map(Json)
}

/// Deletes a snapshot, also the current one. Its version stays readable.
#[utoipa::path(
    delete,
    path = "/v1/dataset_snapshot/{dataset_snapshot_id}",
    params(SnapshotPath),
    responses((status = 200, description = "The snapshot as it was.", body = DatasetSnapshot))
)]
pub(super) async fn delete(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, SnapshotPath>,
) -> Result<Json<DatasetSnapshot>, Trouble> {
    let id = path.id()?;
    deleted(&visit, id).await.map(Json)
}

impl SnapshotPath {
    fn id(&self) -> Result<SnapshotId, Trouble> {
        id_of("dataset_snapshot_id", &self.dataset_snapshot_id).map(SnapshotId)
    }
}

/// Changes a snapshot; a patch of nothing is none.
pub(super) async fn changed(
    visit: &Visit<Braintrust>,
    id: SnapshotId,
    patch: SnapshotPatch,
) -> Result<DatasetSnapshot, Trouble> {
    let row = snapshot_of(&visit.reads, id)?;
    if patch.name.is_none() && patch.description.is_none() {
        return Ok(translate::snapshot(&row));
    }
    let changes = SnapshotChanges {
        name: patch.name,
        description: patch.description,
    };
    let ledger = visit.ledger();
    ledger.rename_snapshot(&visit.caller, id, changes).await?;
    let row = snapshot_even_deleted(&visit.reads, id)?;
    Ok(translate::snapshot(&row))
}

/// Deletes a snapshot and tells what it was.
pub(super) async fn deleted(
    visit: &Visit<Braintrust>,
    id: SnapshotId,
) -> Result<DatasetSnapshot, Trouble> {
    snapshot_of(&visit.reads, id)?;
    let ledger = visit.ledger();
    ledger.delete_snapshot(&visit.caller, id, true).await?;
    let row = snapshot_even_deleted(&visit.reads, id)?;
    Ok(translate::snapshot(&row))
}

/// A live snapshot of the kind that this API knows.
fn snapshot_of(reads: &Reads, id: SnapshotId) -> Result<SnapshotRow, Trouble> {
    let row = reads.snapshot(id)?;
    let row = row.filter(|row| row.reason == SnapshotReason::Manual);
    Ok(row.ok_or(Refusal::NotFound { what: "snapshot" })?)
}

/// A snapshot that was there a moment ago.
fn snapshot_even_deleted(reads: &Reads, id: SnapshotId) -> Result<SnapshotRow, Trouble> {
    let row = reads.snapshot_even_deleted(id)?;
    Ok(row.ok_or(Refusal::NotFound { what: "snapshot" })?)
}
