//! Listing snapshots: of a dataset, of a project, of all that a caller may see.

use rusqlite::types::Value;

use super::queries::SOURCE;
use super::{DeletedSnapshots, SnapshotFilter, SnapshotOrder, SnapshotOrderField, SnapshotRow};
use crate::views::columns::{int, micros};
use crate::views::fault::ViewFault;
use crate::views::listing::{Conditions, Listing, Page, Scope, Slice, Sort, blob, folded, word};
use crate::views::store::Views;

impl Views {
    /// A page of the snapshots in scope that pass the filter.
    pub fn snapshots(
        &self,
        scope: &Scope,
        filter: &SnapshotFilter,
        order: SnapshotOrder,
        page: &Page,
    ) -> Result<Slice<SnapshotRow>, ViewFault> {
        let listing = filtered(scope, filter, order);
        self.read_together(|connection| listing.page(connection, page))
    }

    /// How many snapshots in scope pass the filter.
    pub fn snapshot_count(&self, scope: &Scope, filter: &SnapshotFilter) -> Result<u64, ViewFault> {
        let listing = filtered(scope, filter, SnapshotOrder::default());
        self.read(|connection| listing.count(connection))
    }

    /// The bytes of the versions that the snapshots in scope name which pass the filter, each
    /// snapshot counted, also where several name one version.
    pub fn snapshot_bytes(&self, scope: &Scope, filter: &SnapshotFilter) -> Result<u64, ViewFault> {
        let listing = filtered(scope, filter, SnapshotOrder::default());
        self.read(|connection| listing.sum(connection, "s.bytes"))
    }
}

fn filtered(
    scope: &Scope,
    filter: &SnapshotFilter,
    order: SnapshotOrder,
) -> Listing<'static, SnapshotRow> {
    let mut conditions = Conditions::default();
    match filter.dataset {
        Some(dataset) => {
            let condition = "s.dataset_row = (SELECT position FROM datasets WHERE id = ?)";
            conditions.and(condition, [blob(dataset.0)]);
            // The plus sign keeps SQLite from looking up the project first.
            conditions.within_rows("+s.project_row", scope);
        }
        None => conditions.within_rows("s.project_row", scope),
    }
    conditions.and("d.deleted_at IS NULL", []);
    match filter.deleted {
        DeletedSnapshots::Hidden => conditions.and("s.deleted_at IS NULL", []),
        DeletedSnapshots::Only => conditions.and("s.deleted_at IS NOT NULL", []),
        DeletedSnapshots::Included => {}
    }
    if let Some(ids) = &filter.ids {
        conditions.one_of("s.id", ids.iter().map(|id| blob(id.0)).collect());
    }
    if let Some(number) = filter.number {
        conditions.and("s.number = ?", [Value::Integer(number.into())]);
    }
    if let Some(name) = &filter.given_name {
        let values = [word(name.as_str())];
        conditions.and("s.given_name IS NOT NULL AND s.name_key = ?", values);
    }
    if let Some(place) = filter.place {
        let place = Value::Integer(int(place.0));
        conditions.and(
            "COALESCE(s.asked_position, s.version_position) = ?",
            [place],
        );
    }
    if let Some(part) = &filter.name_contains {
        conditions.and("instr(s.name_key, ?) > 0", [Value::Text(folded(part))]);
    }
    if let Some(reasons) = &filter.reasons {
        let words = reasons.iter().map(|reason| word(reason.word())).collect();
        conditions.one_of("s.reason", words);
    }
    if let Some(actor) = &filter.created_by {
        conditions.and("s.created_by = ?", [word(actor)]);
    }
    if let Some(time) = filter.created_after {
        conditions.and("s.created_at > ?", [Value::Integer(micros(time))]);
    }
    if let Some(time) = filter.created_before {
        conditions.and("s.created_at < ?", [Value::Integer(micros(time))]);
    }
    Listing {
        source: &SOURCE,
        conditions,
        sort: sort(filter, order.field),
        direction: order.direction,
    }
}

fn sort(filter: &SnapshotFilter, field: SnapshotOrderField) -> Sort {
    match field {
        // In one dataset numbers rise with the place in the log, which an index knows.
        SnapshotOrderField::Number if filter.dataset.is_some() => Sort::Unique("s.position"),
        SnapshotOrderField::Number => Sort::Int("s.number"),
        SnapshotOrderField::Name => Sort::Text("s.name_key"),
        SnapshotOrderField::CreatedAt => Sort::Unique("s.position"),
        SnapshotOrderField::UpdatedAt => Sort::Int("s.updated_at"),
        SnapshotOrderField::ItemCount => Sort::Int("s.items"),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::{DatasetId, ProjectId};
    use crate::views::tests::plans;

    #[test]
    fn newest_first_is_read_from_an_index() {
        let scope = Scope::Only(vec![ProjectId(Uuid::nil())]);
        let project = filtered(&scope, &SnapshotFilter::default(), SnapshotOrder::default());
        plans::check(
            &project,
            "snapshots_of_project (project_row=? AND rowid>? AND rowid<?)",
        );
        let filter = SnapshotFilter {
            dataset: Some(DatasetId(Uuid::nil())),
            ..SnapshotFilter::default()
        };
        let dataset = filtered(&scope, &filter, SnapshotOrder::default());
        plans::check(
            &dataset,
            "snapshots_of_dataset (dataset_row=? AND deleted_at=? AND rowid>? AND rowid<?)",
        );
    }
}
