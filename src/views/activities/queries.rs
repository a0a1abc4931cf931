//! Finding activities: the rows of two tables, told in the words of tasks.

use rusqlite::types::Value;
use uuid::Uuid;

use super::{ActivityFilter, ActivityOrder, ActivityOrderField, ActivityRow, Work};
use crate::domain::ids::DatasetId;
use crate::domain::values::{DatasetStatus, TaskPhase};
use crate::views::columns::{Columns, micros};
use crate::views::fault::ViewFault;
use crate::views::listing::{
    Conditions, Listing, Numbered, Scope, Sort, Source, blob, folded, live_projects, word,
};
use crate::views::store::Views;
use crate::views::tasks::phases_of;

const SOURCE: Source<ActivityRow> = Source {
    columns: "a.id, a.kind, a.dataset, d.name, d.status, a.phase, a.done, a.total, a.error,
        a.created_by, a.created_at, a.finished_at",
    from: "(SELECT position, id, kind, project, dataset, phase, done, total, error, created_by,
            created_at, finished_at
        FROM tasks
        UNION ALL
        SELECT position, id, kind, project, dataset,
            CASE outcome WHEN 'SUCCEEDED' THEN 'COMPLETED' WHEN 'FAILED' THEN 'FAILED'
                ELSE 'APPLYING' END,
            0, NULL, NULL, started_by, started_at, finished_at
        FROM operations) a JOIN datasets d ON d.id = a.dataset",
    exists: live_projects!("a.project"),
    tie: "a.id",
    read,
};

/// The words of [`crate::domain::values::TaskStatus`], by the phase.
const STATUS: &str = "CASE WHEN a.phase IN ('QUEUED', 'COMPLETED', 'FAILED', 'CANCELLED')
    THEN a.phase ELSE 'RUNNING' END";

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<ActivityRow> {
    Ok(ActivityRow {
        id: columns.id(std::convert::identity::<Uuid>)?,
        work: columns.word(Work::from_word)?,
        dataset: columns.id(DatasetId)?,
        dataset_name: columns.name()?,
        dataset_status: columns.word(DatasetStatus::from_word)?,
        phase: columns.word(TaskPhase::from_word)?,
        done: columns.number()?,
        total: columns.optional_number()?,
        error: columns.optional_text()?,
        created_by: columns.text()?,
        created_at: columns.time()?,
        finished_at: columns.optional_time()?,
    })
}

impl Views {
    /// Some of the activities in scope that pass the filter, after the first `skip`, at most
    /// [`super::super::PAGE_ROWS_MAX`]; with how many there are in all, of the same position.
    pub fn activities(
        &self,
        scope: &Scope,
        filter: &ActivityFilter,
        order: ActivityOrder,
        (skip, rows): (u64, usize),
    ) -> Result<Numbered<ActivityRow>, ViewFault> {
        let listing = filtered(scope, filter, order);
        self.read_together(|connection| listing.numbered(connection, skip, rows))
    }
}

fn filtered(
    scope: &Scope,
    filter: &ActivityFilter,
    order: ActivityOrder,
) -> Listing<'static, ActivityRow> {
    let mut conditions = Conditions::default();
    match filter.dataset {
        Some(dataset) => {
            conditions.and("a.dataset = ?", [blob(dataset.0)]);
            // The plus sign keeps SQLite from looking up the project first.
            conditions.within("+a.project", scope);
        }
        None => conditions.within("a.project", scope),
    }
    if let Some(name) = &filter.dataset_name {
        conditions.and("d.name_key = ?", [Value::Text(folded(name))]);
    }
    if let Some(works) = &filter.works {
        let words = works.iter().map(|work| word(work.word())).collect();
        conditions.one_of("a.kind", words);
    }
    if let Some(statuses) = &filter.statuses {
        conditions.one_of("a.phase", phases_of(statuses));
    }
    if let Some(actor) = &filter.created_by {
        conditions.and("a.created_by = ?", [word(actor)]);
    }
    if let Some(time) = filter.created_from {
        conditions.and("a.created_at >= ?", [Value::Integer(micros(time))]);
    }
    if let Some(time) = filter.created_before {
        conditions.and("a.created_at < ?", [Value::Integer(micros(time))]);
    }
    Listing {
        source: &SOURCE,
        conditions,
        sort: match order.field {
            ActivityOrderField::CreatedAt => Sort::Unique("a.position"),
            ActivityOrderField::Status => Sort::Text(STATUS),
            ActivityOrderField::Work => Sort::Text("a.kind"),
            ActivityOrderField::DatasetName => Sort::Text("d.name_key"),
            ActivityOrderField::Dataset => Sort::Text("hex(a.dataset)"),
            ActivityOrderField::CreatedBy => Sort::Text("a.created_by"),
        },
        direction: order.direction,
    }
}
