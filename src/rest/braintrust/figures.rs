//! How many rows a dataset has.

use axum::Json;
use axum::http::HeaderMap;

use super::asked::{Pairs, Parameters};
use super::datasets::{DatasetPath, dataset_at, dataset_of};
use super::login::address;
use super::projects::project_of;
use super::translate::ORGANISATION;
use super::wire::{DataSummary, Summary};
use super::{Braintrust, Trouble};
use crate::domain::ids::DatasetId;
use crate::rest::fault::Fault;
use crate::rest::tongue::{Asked, Places};
use crate::rest::visit::Visit;
use crate::views::DatasetRow;

/// Summarizes a dataset.
#[utoipa::path(
    get,
    path = "/v1/dataset/{dataset_id}/summarize",
    params(
        DatasetPath,
        ("summarize_data" = Option<bool>, Query, description = "Whether its rows are counted."),
    ),
    responses((status = 200, description = "What it comes to.", body = Summary))
)]
pub(super) async fn summarize(
    visit: Visit<Braintrust>,
    headers: HeaderMap,
    Places(path, _): Places<Braintrust, DatasetPath>,
    Asked(pairs, _): Asked<Braintrust, Pairs>,
) -> Result<Json<Summary>, Trouble> {
    let dataset = dataset_at(&visit, &path.dataset_id)?;
    let is_counted = Parameters(pairs).flag("summarize_data")?;
    let project_name = project_of(&visit, dataset.project)?.name.to_string();
    let dataset_name = dataset.name.to_string();
    let address = address(&headers)?;
    let shown = escaped(&project_name);
    let project_url = format!("{address}/app/{ORGANISATION}/p/{shown}");
    let dataset_url = format!("{project_url}/datasets/{}", escaped(&dataset_name));
    Ok(Json(Summary {
        project_name,
        dataset_name,
        project_url,
        dataset_url,
        data_summary: is_counted.then(|| counted(&dataset)),
    }))
}

/// Counts the rows of a dataset.
#[utoipa::path(
    get,
    path = "/dataset-summary",
    params(("dataset_id" = uuid::Uuid, Query, description = "The dataset.")),
    responses((status = 200, description = "How many there are.", body = DataSummary))
)]
pub(super) async fn count(
    visit: Visit<Braintrust>,
    Asked(pairs, _): Asked<Braintrust, Pairs>,
) -> Result<Json<DataSummary>, Trouble> {
    let id = Parameters(pairs).id("dataset_id")?;
    let missing = || Fault::BadQuery("dataset_id: it is needed".to_owned());
    let dataset = dataset_of(&visit, DatasetId(id.ok_or_else(missing)?))?;
    Ok(Json(counted(&dataset)))
}

fn counted(dataset: &DatasetRow) -> DataSummary {
    DataSummary {
        total_records: dataset.head.version.counts.items,
    }
}

/// A text as one part of an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}
