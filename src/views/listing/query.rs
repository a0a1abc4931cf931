//! Listings as SQL: conditions, an order, and the page between two places of it.
//!
//! Only texts of this program become SQL; what a caller gives is bound to placeholders.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::source::Source;
use super::{Direction, Keyed, Page, Scope, Slice, SortKey, SortValue, Take};
use crate::domain::values::Name;
use crate::views::columns::Columns;
use crate::views::fault::ViewFault;

/// What a listing is sorted by: an SQL expression that is never null, by its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::views) enum Sort {
    /// Numbers of which no two rows have the same, such as the place in the log.
    Unique(&'static str),
    /// Numbers.
    Int(&'static str),
    /// Texts.
    Text(&'static str),
}

impl Sort {
    const fn expression(self) -> &'static str {
        match self {
            Self::Unique(expression) | Self::Int(expression) | Self::Text(expression) => expression,
        }
    }

    const fn orders(self, value: &SortValue) -> bool {
        match self {
            Self::Unique(_) | Self::Int(_) => matches!(value, SortValue::Int(_)),
            Self::Text(_) => matches!(value, SortValue::Text(_)),
        }
    }
}

/// Conditions that all must hold beside a source's own, with the values of their placeholders.
#[derive(Debug, Clone, Default)]
pub(in crate::views) struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    /// Adds a condition; `values` are for its `?`, in their order.
    pub(in crate::views) fn and(
        &mut self,
        condition: &str,
        values: impl IntoIterator<Item = Value>,
    ) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.values.extend(values);
    }

    /// The column must have one of these values; of none, nothing is left.
    pub(in crate::views) fn one_of(&mut self, column: &str, values: Vec<Value>) {
        let condition = match values.len() {
            1 => format!("{column} = ?"),
            many => format!("{column} IN ({})", vec!["?"; many].join(",")),
        };
        self.and(&condition, values);
    }

    /// The column must be a project of the scope.
    pub(in crate::views) fn within(&mut self, column: &str, scope: &Scope) {
        let Scope::Only(projects) = scope else {
            return;
        };
        let values = projects.iter().map(|project| blob(project.0)).collect();
        self.one_of(column, values);
    }

    /// The column must name the row of a project of the scope.
    pub(in crate::views) fn within_rows(&mut self, column: &str, scope: &Scope) {
        let Scope::Only(projects) = scope else {
            return;
        };
        let row = "(SELECT position FROM projects WHERE id = ?)";
        let condition = match projects.len() {
            1 => format!("{column} = {row}"),
            many => format!("{column} IN ({})", vec![row; many].join(",")),
        };
        self.and(&condition, projects.iter().map(|project| blob(project.0)));
    }
}

/// An id as the value of a placeholder.
pub(in crate::views) fn blob(id: Uuid) -> Value {
    Value::Blob(id.as_bytes().to_vec())
}

/// A text without its case, as name keys are.
pub(in crate::views) fn folded(text: &str) -> String {
    Name::recorded(text).key().as_str().to_owned()
}

/// A word as the value of a placeholder.
pub(in crate::views) fn word(word: &str) -> Value {
    Value::Text(word.to_owned())
}

/// Some rows in an order, of which pages can be read.
pub(in crate::views) struct Listing<'source, Row> {
    pub(in crate::views) source: &'source Source<Row>,
    pub(in crate::views) conditions: Conditions,
    pub(in crate::views) sort: Sort,
    pub(in crate::views) direction: Direction,
}

impl<Row> Listing<'_, Row> {
    /// Reads a page. A place given with the page must be of this order.
    pub(in crate::views) fn page(
        &self,
        connection: &Connection,
        page: &Page,
    ) -> Result<Slice<Row>, ViewFault> {
        let (sql, values) = self.statement(page)?;
        let mut rows = self.rows(connection, &sql, values)?;
        let wanted = page.take.rows();
        let more_ahead = rows.len() > wanted;
        rows.truncate(wanted);
        let (direction, behind) = match page.take {
            Take::First(_) => (self.direction, &page.after),
            Take::Last(_) => (self.direction.reversed(), &page.before),
        };
        let more_behind = match behind {
            Some(key) => self.any_from(connection, direction, key)?,
            None => false,
        };
        Ok(match page.take {
            Take::First(_) => Slice {
                rows,
                has_next: more_ahead,
                has_previous: more_behind,
            },
            Take::Last(_) => {
                rows.reverse();
                Slice {
                    rows,
                    has_next: more_behind,
                    has_previous: more_ahead,
                }
            }
        })
    }

    /// How many rows there are in all pages.
    pub(in crate::views) fn count(&self, connection: &Connection) -> Result<u64, ViewFault> {
        let rows = self.rows_of(&self.conditions);
        let sql = format!("SELECT COUNT(*) {rows}");
        let mut statement = connection.prepare_cached(&sql)?;
        let count: i64 =
            statement.query_row(params_from_iter(&self.conditions.values), |row| row.get(0))?;
        Ok(count.cast_unsigned())
    }

    /// The sum of a column of whole numbers over the rows of all pages.
    pub(in crate::views) fn sum(
        &self,
        connection: &Connection,
        column: &str,
    ) -> Result<u64, ViewFault> {
        let rows = self.rows_of(&self.conditions);
        let sql = format!("SELECT COALESCE(SUM({column}), 0) {rows}");
        let mut statement = connection.prepare_cached(&sql)?;
        let sum: i64 =
            statement.query_row(params_from_iter(&self.conditions.values), |row| row.get(0))?;
        Ok(sum.cast_unsigned())
    }

    /// The statement that reads a page and one row more, in the order in which they are taken.
    pub(in crate::views) fn statement(
        &self,
        page: &Page,
    ) -> Result<(String, Vec<Value>), ViewFault> {
        for key in page.after.iter().chain(&page.before) {
            if !self.sort.orders(&key.value) {
                return Err(ViewFault::ForeignSortKey);
            }
        }
        let mut conditions = self.conditions.clone();
        if let Some(after) = &page.after {
            self.bound(&mut conditions, self.direction.later(), after);
        }
        if let Some(before) = &page.before {
            self.bound(&mut conditions, self.direction.reversed().later(), before);
        }
        let way = match page.take {
            Take::First(_) => self.direction.word(),
            Take::Last(_) => self.direction.reversed().word(),
        };
        let (sort, tie) = (self.sort.expression(), self.source.tie);
        let order = match self.sort {
            Sort::Unique(_) => format!("{sort} {way}"),
            Sort::Int(_) | Sort::Text(_) => format!("{sort} {way}, {tie} {way}"),
        };
        let sql = format!(
            "SELECT {sort}, {tie}, {} {} ORDER BY {order} LIMIT ?",
            self.source.columns,
            self.rows_of(&conditions),
        );
        let limit = i64::try_from(page.take.rows() + 1).unwrap_or(i64::MAX);
        let mut values = conditions.values;
        values.push(Value::Integer(limit));
        Ok((sql, values))
    }

    pub(super) fn rows(
        &self,
        connection: &Connection,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Keyed<Row>>, ViewFault> {
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params_from_iter(values), |row| {
            let mut columns = Columns::of(row);
            let value = match self.sort {
                Sort::Unique(_) | Sort::Int(_) => SortValue::Int(columns.value()?),
                Sort::Text(_) => SortValue::Text(columns.text()?),
            };
            let tie = columns.id(std::convert::identity::<Uuid>)?;
            let row = (self.source.read)(&mut columns)?;
            Ok(Keyed {
                key: SortKey { value, tie },
                row,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether a row stands at this place, or before it in this direction.
    fn any_from(
        &self,
        connection: &Connection,
        direction: Direction,
        key: &SortKey,
    ) -> Result<bool, ViewFault> {
        let mut conditions = self.conditions.clone();
        let comparison = match direction {
            Direction::Ascending => "<=",
            Direction::Descending => ">=",
        };
        self.bound(&mut conditions, comparison, key);
        let sql = format!("SELECT EXISTS (SELECT 1 {})", self.rows_of(&conditions));
        let mut statement = connection.prepare_cached(&sql)?;
        Ok(statement.query_row(params_from_iter(conditions.values), |row| row.get(0))?)
    }

    /// From where, and under which conditions.
    fn rows_of(&self, conditions: &Conditions) -> String {
        let (from, exists) = (self.source.from, self.source.exists);
        format!("FROM {from} WHERE {exists}{}", conditions.text)
    }

    fn bound(&self, conditions: &mut Conditions, comparison: &str, key: &SortKey) {
        let value = match &key.value {
            SortValue::Int(value) => Value::Integer(*value),
            SortValue::Text(value) => Value::Text(value.to_string()),
        };
        let sort = self.sort.expression();
        match self.sort {
            Sort::Unique(_) => conditions.and(&format!("{sort} {comparison} ?"), [value]),
            Sort::Int(_) | Sort::Text(_) => {
                let condition = format!("({sort}, {}) {comparison} (?, ?)", self.source.tie);
                conditions.and(&condition, [value, blob(key.tie)]);
            }
        }
    }
}
