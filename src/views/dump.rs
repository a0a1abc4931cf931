//! Every row of every table as text: the proof that two folds of one log came to the same views.
//!
//! Holds all of it in memory, so it is for tests and for checking a rebuild, never for requests.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::fault::ViewFault;
use super::store::Views;

/// The tables of the views, all of them.
pub(super) const TABLES: &[&str] = &[
    "checkpoint",
    "ledger_stream",
    "projects",
    "deleted_projects",
    "listed_names",
    "datasets",
    "dataset_texts",
    "snapshots",
    "versions",
    "operations",
    "tasks",
    "access_stream",
    "api_keys",
];

impl Views {
    /// Every row as (table, its values), sorted; all of one position.
    pub fn dump(&self) -> Result<Vec<(String, String)>, ViewFault> {
        self.read_together(|connection| {
            let mut rows = Vec::new();
            for table in TABLES {
                dump_table(connection, table, &mut rows)?;
            }
            rows.sort();
            Ok(rows)
        })
    }
}

fn dump_table(
    connection: &Connection,
    table: &str,
    rows: &mut Vec<(String, String)>,
) -> Result<(), ViewFault> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = statement.column_count();
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(written(row.get_ref(column)?));
        }
        rows.push((table.to_owned(), values.join(" | ")));
    }
    Ok(())
}

fn written(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
