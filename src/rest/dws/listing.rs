//! Listings of this API: whole, or page by number, over listings that know places and not numbers.
//!
//! A bound on what one answer holds, none on how far a caller may page.

use super::wire::{ListedSnapshots, SortDirection, SortKey};
use crate::domain::Refusal;
use crate::ledger::{LedgerError, Outcome};
use crate::views::{
    Direction, PAGE_ROWS_MAX, Page, Slice, SnapshotOrder, SnapshotOrderField, ViewFault,
};

/// The most rows of one answer: those of a whole listing that come after are not in it.
const ANSWER_ROWS_MAX: usize = 10_000;

/// The part of a listing that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    skip: usize,
    take: usize,
}

impl Window {
    /// All of it, up to [`ANSWER_ROWS_MAX`].
    pub const WHOLE: Self = Self {
        skip: 0,
        take: ANSWER_ROWS_MAX,
    };

    /// The page that was asked for. One larger than an answer may be is as large as that, on
    /// every page, so that nothing is left out between two.
    pub fn asked(asked: &ListedSnapshots) -> Result<Self, Refusal> {
        let take = match asked.limit {
            Some(0) => {
                let message = "at least 1".to_owned();
                let field = "limit";
                return Err(Refusal::BadInput { field, message });
            }
            Some(limit) => (limit as usize).min(ANSWER_ROWS_MAX),
            None => ANSWER_ROWS_MAX,
        };
        let skip = take.saturating_mul(asked.offset.unwrap_or(0) as usize);
        Ok(Self { skip, take })
    }
}

/// The rows of a window, by the pages of a listing. Ends with the window or with the rows.
pub(super) fn rows<Row>(
    window: Window,
    page_of: impl Fn(&Page) -> Result<Slice<Row>, ViewFault>,
) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    let mut to_skip = window.skip;
    let mut page = Page::first(PAGE_ROWS_MAX.min(window.skip.saturating_add(window.take)));
    loop {
        let slice = page_of(&page).map_err(LedgerError::from)?;
        page.after = slice.rows.last().map(|keyed| keyed.key.clone());
        let skipped = to_skip.min(slice.rows.len());
        to_skip -= skipped;
        let wanted = slice.rows.into_iter().skip(skipped);
        let missing = window.take - rows.len();
        rows.extend(wanted.take(missing).map(|keyed| keyed.row));
        if rows.len() == window.take || !slice.has_next {
            return Ok(rows);
        }
    }
}

/// The order that was asked for.
pub(super) fn order(asked: &ListedSnapshots) -> SnapshotOrder {
    let field = match asked.sort_key {
        None | Some(SortKey::Started | SortKey::Finished | SortKey::Created) => {
            SnapshotOrderField::CreatedAt
        }
        Some(SortKey::Name) => SnapshotOrderField::Name,
        Some(SortKey::Updated) => SnapshotOrderField::UpdatedAt,
    };
    let direction = match asked.sort_dir {
        Some(SortDirection::Asc) => Direction::Ascending,
        Some(SortDirection::Desc) | None => Direction::Descending,
    };
    SnapshotOrder { field, direction }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::views::{Keyed, SortKey as Place, SortValue};

    /// A listing of the numbers below this one.
    fn numbers(end: usize, page: &Page) -> Slice<usize> {
        let key = |number: usize| Place {
            value: SortValue::Int(i64::try_from(number).expect("small")),
            tie: Uuid::nil(),
        };
        let first = match &page.after {
            None => 0,
            Some(after) => {
                (0..end)
                    .position(|number| key(number) == *after)
                    .expect("it is a place")
                    + 1
            }
        };
        let crate::views::Take::First(most) = page.take else {
            panic!("from the beginning")
        };
        let last = end.min(first + most);
        let rows = (first..last).map(|row| Keyed { key: key(row), row });
        Slice {
            rows: rows.collect(),
            has_next: last < end,
            has_previous: first > 0,
        }
    }

    fn asked(limit: Option<u32>, offset: Option<u32>) -> ListedSnapshots {
        ListedSnapshots {
            limit,
            offset,
            sort_key: None,
            sort_dir: None,
        }
    }

    #[test]
    fn a_window_is_what_lies_in_it() {
        let check = |limit, offset, end: usize, expected: std::ops::Range<usize>| {
            let window = Window::asked(&asked(limit, offset)).expect("a window");
            let found = rows(window, |page| Ok(numbers(end, page))).expect("rows");
            assert_eq!(found, Vec::from_iter(expected), "{limit:?} {offset:?}");
        };
        check(None, None, 3, 0..3);
        check(None, Some(1), 3, 0..0);
        check(Some(2), None, 3, 0..2);
        check(Some(2), Some(1), 3, 2..3);
        check(Some(2), Some(2), 3, 0..0);
        check(Some(u32::MAX), Some(0), 3, 0..3);
        check(Some(u32::MAX), Some(u32::MAX), 3, 0..0);
        // Over several pages of the listing.
        check(Some(700), Some(2), 2_050, 1_400..2_050);
        check(Some(1_500), Some(1), 5_000, 1_500..3_000);
        check(None, None, 2_050, 0..2_050);
        // At the bound of an answer, and beyond it.
        check(None, None, ANSWER_ROWS_MAX + 5, 0..ANSWER_ROWS_MAX);
        let beyond = ANSWER_ROWS_MAX..ANSWER_ROWS_MAX + 5;
        check(Some(u32::MAX), Some(1), ANSWER_ROWS_MAX + 5, beyond);
        assert!(Window::asked(&asked(Some(0), None)).is_err());
    }
}
