//! The listings that are asked for most are read from an index, in its order: they cost what the
//! page costs, not what the table does. Each model checks its own with [`check`].

use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::House;
use super::history::History;
use crate::views::listing::{Listing, Page, SortKey, SortValue, Take};

/// Checks that a page from the middle of this listing, from either end, is read from this index.
pub(in crate::views) fn check<Row>(listing: &Listing<'_, Row>, index: &str) {
    let house = House::of(&History::founded());
    let connection = Connection::open(house.path().join("views.db")).unwrap();
    let somewhere = SortKey {
        value: SortValue::Int(7),
        tie: Uuid::nil(),
    };
    for take in [Take::First(50), Take::Last(50)] {
        let page = Page {
            take,
            after: Some(somewhere.clone()),
            before: Some(somewhere.clone()),
        };
        let (sql, values) = listing.statement(&page).unwrap();
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let steps = statement
            .query_map(params_from_iter(values), |row| row.get::<_, String>(3))
            .unwrap();
        let plan: Vec<_> = steps.map(Result::unwrap).collect();
        let plan = plan.join("; ");
        assert!(plan.contains(index), "{sql}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}
