//! Rows that an SDK logs behind its caller's back: of any datasets, many at a time.
//!
//! The rows of one dataset become one version. An SDK sends what was refused again, whole.

use axum::Json;

use super::datasets::dataset_of;
use super::insert::written;
use super::wire::{InsertEvent, Logged, Logs};
use super::{Braintrust, Trouble};
use crate::domain::ids::DatasetId;
use crate::rest::tongue::Body;
use crate::rest::visit::Visit;

/// The events of a dataset, each with its place in the request.
type Share = (DatasetId, Vec<(usize, InsertEvent)>);

/// Writes rows of datasets.
#[utoipa::path(
    post,
    path = "/logs3",
    request_body = Logs,
    responses((status = 200, description = "The ids of the rows.", body = Logged))
)]
pub(super) async fn log(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, Logs>,
) -> Result<Json<Logged>, Trouble> {
    let mut shares: Vec<Share> = Vec::new();
    let mut ids = vec![String::new(); asked.rows.len()];
    for (index, row) in asked.rows.into_iter().enumerate() {
        let dataset = DatasetId(row.dataset_id);
        match shares.iter_mut().find(|(known, _)| *known == dataset) {
            Some((_, events)) => events.push((index, row.event)),
            None => shares.push((dataset, vec![(index, row.event)])),
        }
    }
    // Nothing is written when one of the datasets is not there.
    for (dataset, _) in &shares {
        dataset_of(&visit, *dataset)?;
    }
    for (dataset, events) in shares {
        let (places, events): (Vec<usize>, Vec<InsertEvent>) = events.into_iter().unzip();
        let written = written(&visit, dataset, events).await?;
        for (place, id) in places.into_iter().zip(written) {
            ids[place] = id;
        }
    }
    Ok(Json(Logged { ids }))
}
