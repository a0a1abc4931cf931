//! Connections: pages of a listing, with a cursor for each entry.
//!
//! Which entries there are, others say; here is how a page is asked for and how it is shown.

use std::borrow::Cow;

use async_graphql::{Object, OutputType, SimpleObject, TypeName};

use super::cursor::{self, Place};
use super::error::Problem;
use super::limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};
use super::scalars::BigInt;
use crate::views::{Page, Slice, Take};

/// Which part of a listing is asked for, as the four arguments say.
#[derive(Debug, Clone, Default)]
pub struct PageArguments {
    /// So many from the beginning.
    pub first: Option<i32>,
    /// Only what comes after this cursor.
    pub after: Option<String>,
    /// So many from the end.
    pub last: Option<i32>,
    /// Only what comes before this cursor.
    pub before: Option<String>,
}

impl PageArguments {
    /// The arguments of a listing that is only read forwards.
    pub const fn forward(first: Option<i32>, after: Option<String>) -> Self {
        Self {
            first,
            after,
            last: None,
            before: None,
        }
    }

    /// How many entries, from which end.
    pub fn take(&self) -> Result<Take, Problem> {
        match (self.first, self.last) {
            (Some(_), Some(_)) => {
                let message = "first and last cannot be given together";
                Err(Problem::bad_input("last", message))
            }
            (None, Some(last)) => Ok(Take::Last(rows("last", last)?)),
            (Some(first), None) => Ok(Take::First(rows("first", first)?)),
            (None, None) => Ok(Take::First(PAGE_ROWS_DEFAULT)),
        }
    }

    /// The page of a listing of rows; `listing` is the word in its cursors.
    pub fn page(&self, listing: &'static str) -> Result<Page, Problem> {
        let read = |field, text: &Option<String>| {
            let text = text.as_ref();
            text.map(|text| cursor::read_row(listing, field, text))
                .transpose()
        };
        Ok(Page {
            take: self.take()?,
            after: read("after", &self.after)?,
            before: read("before", &self.before)?,
        })
    }
}

fn rows(field: &'static str, asked: i32) -> Result<usize, Problem> {
    let rows = usize::try_from(asked)
        .ok()
        .filter(|rows| *rows <= PAGE_ROWS_MAX);
    rows.ok_or_else(|| {
        let message = format!("{field}: a number from 0 to {PAGE_ROWS_MAX} is needed");
        Problem::bad_input(field, message)
    })
}

/// Where a page begins and ends, and whether there is more.
#[derive(Debug, Clone, SimpleObject)]
pub struct PageInfo {
    /// Whether more entries come after this page.
    pub has_next_page: bool,
    /// Whether more entries come before this page.
    pub has_previous_page: bool,
    /// The cursor of the first entry; null when the page is empty.
    pub start_cursor: Option<String>,
    /// The cursor to go on from: give it as `after`. Null when the page is empty.
    pub end_cursor: Option<String>,
}

/// What can be listed.
pub trait Listed: OutputType + Send + Sync + 'static {
    /// The name of its connection type.
    const CONNECTION: &'static str;
    /// The name of its edge type.
    const EDGE: &'static str;
}

/// How many entries a listing has in all, counted only when asked for.
pub enum Count {
    /// Counting would walk.
    Unknown,
    /// Known without counting.
    Known(u64),
    /// By asking the views.
    By(Box<dyn Fn() -> Result<u64, Problem> + Send + Sync>),
}

impl Count {
    /// A count by a closure.
    pub fn by(count: impl Fn() -> Result<u64, Problem> + Send + Sync + 'static) -> Self {
        Self::By(Box::new(count))
    }
}

/// An entry of a listing.
pub struct Edge<N> {
    place: Place,
    node: N,
}

impl<N> Edge<N> {
    /// An entry at its place.
    pub const fn new(place: Place, node: N) -> Self {
        Self { place, node }
    }
}

impl<N: Listed> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        N::EDGE.into()
    }
}

/// An entry of a listing, with its place.
#[Object(name_type)]
impl<N: Listed> Edge<N> {
    /// The entry's place: give it as `after` or `before`.
    async fn cursor(&self) -> String {
        self.place.cursor()
    }

    /// The entry.
    async fn node(&self) -> &N {
        &self.node
    }
}

/// A page of a listing.
pub struct Connection<N> {
    edges: Vec<Edge<N>>,
    has_next: bool,
    has_previous: bool,
    end: Option<Place>,
    count: Count,
}

impl<N> Connection<N> {
    /// A page of these entries; `more` tells whether there are others after and before it.
    pub const fn new(edges: Vec<Edge<N>>, more: (bool, bool), count: Count) -> Self {
        let (has_next, has_previous) = more;
        Self {
            edges,
            has_next,
            has_previous,
            end: None,
            count,
        }
    }

    /// A page that was read on beyond its last entry, up to this place.
    #[must_use]
    pub fn read_up_to(self, end: Place) -> Self {
        Self {
            end: Some(end),
            ..self
        }
    }

    /// A page of rows.
    pub fn of_rows<Row>(
        listing: &'static str,
        slice: Slice<Row>,
        count: Count,
        node: impl Fn(Row) -> N,
    ) -> Self {
        let edges = slice.rows.into_iter();
        let edges = edges.map(|keyed| Edge::new(Place::Row(listing, keyed.key), node(keyed.row)));
        Self::new(edges.collect(), (slice.has_next, slice.has_previous), count)
    }
}

impl<N: Listed> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        N::CONNECTION.into()
    }
}

/// A page of a listing. Entries added or removed meanwhile neither repeat nor skip others.
#[Object(name_type)]
impl<N: Listed> Connection<N> {
    /// The entries with their cursors.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// The entries alone.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page begins and ends, and whether there is more.
    async fn page_info(&self) -> PageInfo {
        let end = self.end.as_ref();
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.edges.first().map(|edge| edge.place.cursor()),
            end_cursor: end
                .or(self.edges.last().map(|edge| &edge.place))
                .map(Place::cursor),
        }
    }

    /// How many entries there are on all pages together; null where counting would walk them.
    async fn total_count(&self) -> Result<Option<BigInt>, Problem> {
        match &self.count {
            Count::Unknown => Ok(None),
            Count::Known(count) => Ok(Some(BigInt::of(*count))),
            Count::By(count) => Ok(Some(BigInt::of(count()?))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: Option<i32>, last: Option<i32>, expected: Option<Take>) {
        let arguments = PageArguments {
            first,
            last,
            ..PageArguments::default()
        };
        assert_eq!(
            arguments.take().ok(),
            expected,
            "first {first:?}, last {last:?}"
        );
    }

    #[test]
    fn a_page_has_50_entries_unless_told_and_never_more_than_500() {
        check(None, None, Some(Take::First(50)));
        check(Some(0), None, Some(Take::First(0)));
        check(Some(500), None, Some(Take::First(500)));
        check(None, Some(3), Some(Take::Last(3)));
        check(Some(501), None, None);
        check(Some(-1), None, None);
        check(Some(100_000), None, None);
        check(None, Some(-1), None);
        check(Some(1), Some(1), None);
    }
}
