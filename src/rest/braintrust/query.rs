//! The part of the vendor's query language by which its SDKs and command line read datasets: all
//! rows of one, whole or some members of them, filtered by simple comparisons.
//!
//! What it does not know is refused, never passed over: a query must not answer other rows than
//! it asks for. Rows of one version have one transaction id, so sorting by that changes nothing.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::datasets::dataset_at;
use super::fetch::{cursor_behind, read, wanted};
use super::filter::{self, Filter};
use super::wire::{FetchEvents, Row};
use super::{Braintrust, Trouble};
use crate::domain::Refusal;
use crate::rest::tongue::Body;
use crate::rest::visit::Visit;

/// The most pages that one request reads in search of a row that passes its filter.
const PAGES_MAX: usize = 64;

/// A query.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Asked {
    /// What is asked.
    query: Query,
    /// As of which transaction id.
    version: Option<String>,
}

/// What is asked.
#[derive(Debug, Deserialize, ToSchema)]
struct Query {
    /// Which members: `[{"op":"star"}]`, or aliases of members.
    #[schema(value_type = Vec<Object>)]
    select: Vec<Value>,
    /// Of which dataset: a function named `dataset` of its id.
    from: From,
    /// Which rows.
    #[schema(value_type = Option<Object>)]
    filter: Option<Value>,
    /// In which order: only by `_xact_id`, which changes nothing.
    #[schema(value_type = Option<Vec<Object>>)]
    sort: Option<Vec<Value>>,
    /// Rows at most.
    #[schema(minimum = 0)]
    limit: Option<u64>,
    /// The cursor of the page before.
    cursor: Option<String>,
}

/// A function of a literal.
#[derive(Debug, Deserialize, ToSchema)]
struct From {
    /// The function's name.
    name: Ident,
    /// Its argument.
    args: Vec<Literal>,
}

/// A name of parts.
#[derive(Debug, Deserialize, ToSchema)]
struct Ident {
    /// The parts.
    name: Vec<String>,
}

/// A literal.
#[derive(Debug, Deserialize, ToSchema)]
struct Literal {
    /// Its value.
    #[schema(value_type = Value)]
    value: Value,
}

/// A page of rows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Answered {
    /// The rows.
    #[schema(value_type = Vec<Object>)]
    data: Vec<Map<String, Value>>,
    /// What to ask the next page with; null: there is none.
    cursor: Option<String>,
}

/// Queries the rows of a dataset.
#[utoipa::path(
    post,
    path = "/btql",
    request_body = Asked,
    responses((status = 200, description = "A page of rows.", body = Answered))
)]
pub(super) async fn query(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, Asked>,
) -> Result<Json<Answered>, Trouble> {
    let query = asked.query;
    let select = Select::of(&query.select)?;
    let filter = query.filter.filter(|filter| !filter.is_null());
    let filter = filter.map(|filter| Filter::of(&filter)).transpose()?;
    check_sort(query.sort.as_deref().unwrap_or_default())?;
    let dataset = dataset_at(&visit, &dataset_named(&query.from)?)?;
    // With a filter a page is searched, so it is read as large as it may be.
    let mut page = wanted(FetchEvents {
        limit: query.limit.filter(|_| filter.is_none()),
        cursor: query.cursor,
        version: asked.version,
        ..FetchEvents::default()
    })?;
    let limit = query.limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    let mut data = Vec::new();
    for _ in 0..PAGES_MAX {
        let (rows, cursor) = read(&visit, &dataset, page).await?;
        let is_last = cursor.is_none();
        let mut rows = rows.iter().peekable();
        while data.len() < limit
            && let Some(row) = rows.next()
        {
            let members = members(row);
            if filter.as_ref().is_none_or(|filter| filter.passes(&members)) {
                data.push(select.of_row(members));
            }
            if data.len() == limit && !(is_last && rows.peek().is_none()) {
                let cursor = Some(cursor_behind(row));
                return Ok(Json(Answered { data, cursor }));
            }
        }
        // A client takes an empty page for the last one.
        if is_last || limit == 0 || !data.is_empty() {
            return Ok(Json(Answered { data, cursor }));
        }
        page = wanted(FetchEvents {
            cursor,
            ..FetchEvents::default()
        })?;
    }
    let message = "too few rows pass it to be searched for in one request".to_owned();
    Err(refused("query.filter", message).into())
}

fn members(row: &Row) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    }
}

/// Which members are wanted.
enum Select {
    Whole,
    /// Aliases, each with the path of its member.
    Members(Vec<(String, Vec<String>)>),
}

impl Select {
    fn of(asked: &[Value]) -> Result<Self, Refusal> {
        if asked.iter().any(|one| one["op"] == "star") {
            return Ok(Self::Whole);
        }
        let members = asked.iter().map(|one| {
            let path = filter::path(&one["expr"])?;
            let alias = one["alias"].as_str().map(str::to_owned);
            Some((alias.or_else(|| path.last().cloned())?, path))
        });
        let members: Option<Vec<_>> = members.collect();
        let message = "only a star and names of members are understood";
        members
            .filter(|members| !members.is_empty())
            .map(Self::Members)
            .ok_or_else(|| refused("query.select", message.to_owned()))
    }

    fn of_row(&self, row: Map<String, Value>) -> Map<String, Value> {
        match self {
            Self::Whole => row,
            Self::Members(members) => {
                let found = members.iter().map(|(alias, path)| {
                    let value = filter::member(&row, path).cloned();
                    (alias.clone(), value.unwrap_or(Value::Null))
                });
                found.collect()
            }
        }
    }
}

fn check_sort(sort: &[Value]) -> Result<(), Refusal> {
    let is_by_xact =
        |one: &Value| filter::path(&one["expr"]).is_some_and(|path| path == ["_xact_id"]);
    if sort.iter().all(is_by_xact) {
        return Ok(());
    }
    let message = "rows are sorted by _xact_id only".to_owned();
    Err(refused("query.sort", message))
}

fn dataset_named(from: &From) -> Result<String, Refusal> {
    let is_dataset = from.name.name == ["dataset"];
    match (is_dataset, from.args.as_slice()) {
        (true, [argument]) => {
            let id = argument.value.as_str().map(str::to_owned);
            id.ok_or_else(|| refused("query.from", "the dataset's id is a text".to_owned()))
        }
        (..) => {
            let message = "only one dataset is read: `dataset` of its id".to_owned();
            Err(refused("query.from", message))
        }
    }
}

fn refused(field: &'static str, message: String) -> Refusal {
    Refusal::BadInput { field, message }
}
