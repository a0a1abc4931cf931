//! Pages stay whole: whatever is added or removed between two of them, no row comes twice and none
//! that stayed is missed.

use super::House;
use super::history::{History, name, root};
use super::walk::Random;
use crate::domain::ids::{DatasetId, Stream};
use crate::views::{
    DatasetFilter, DatasetOrder, DatasetOrderField, DatasetRow, Direction, Keyed, PAGE_ROWS_MAX,
    Page, Scope, Slice, SortKey, SortValue, Take, ViewFault, Views,
};

const FIELDS: [DatasetOrderField; 4] = [
    DatasetOrderField::Name,
    DatasetOrderField::CreatedAt,
    DatasetOrderField::UpdatedAt,
    DatasetOrderField::ItemCount,
];

fn orders() -> impl Iterator<Item = DatasetOrder> {
    let fields = FIELDS.into_iter();
    fields.flat_map(|field| {
        [Direction::Ascending, Direction::Descending]
            .map(|direction| DatasetOrder { field, direction })
    })
}

/// Datasets of which many have equal names (in another case), counts, or both.
fn many() -> History {
    let mut history = History::founded();
    let projects = ["a", "b", "c"].map(|called| history.create_project(called));
    for number in 0..24 {
        let called = format!("set {}", number % 5);
        let dataset = history.create_dataset_in(projects[number % 3], &called);
        history.commit(dataset, number as u64 % 4);
    }
    history
}

fn list(views: &Views, order: DatasetOrder, page: &Page) -> Slice<DatasetRow> {
    let filter = DatasetFilter::default();
    views.datasets(&Scope::All, &filter, order, page).unwrap()
}

fn ids(rows: &[Keyed<DatasetRow>]) -> Vec<DatasetId> {
    rows.iter().map(|keyed| keyed.row.id).collect()
}

#[test]
fn pages_of_any_size_make_up_the_whole_from_either_end() {
    let house = House::of(&many());
    let views = &house.views;
    for order in orders() {
        let whole = ids(&list(views, order, &Page::first(PAGE_ROWS_MAX)).rows);
        assert_eq!(whole.len(), 24);
        for size in [1, 5, 23, 24, 25] {
            let (mut page, mut seen) = (Page::first(size), Vec::new());
            loop {
                let slice = list(views, order, &page);
                assert_eq!(slice.has_previous, !seen.is_empty());
                seen.extend(ids(&slice.rows));
                assert_eq!(slice.has_next, seen.len() < whole.len());
                page.after = slice.rows.last().map(|keyed| keyed.key.clone());
                if !slice.has_next {
                    break;
                }
            }
            assert_eq!(seen, whole, "{order:?} forward by {size}");
            page = Page::first(0);
            page.take = Take::Last(size);
            let mut seen = Vec::new();
            loop {
                let slice = list(views, order, &page);
                assert_eq!(slice.has_next, !seen.is_empty());
                seen.splice(0..0, ids(&slice.rows));
                assert_eq!(slice.has_previous, seen.len() < whole.len());
                page.before = slice.rows.first().map(|keyed| keyed.key.clone());
                if !slice.has_previous {
                    break;
                }
            }
            assert_eq!(seen, whole, "{order:?} backward by {size}");
        }
    }
}

#[test]
fn a_page_between_two_places_holds_what_lies_between() {
    let house = House::of(&many());
    let views = &house.views;
    for order in orders() {
        let whole = list(views, order, &Page::first(99)).rows;
        for (take, expected) in [
            (Take::First(3), 5..8),
            (Take::Last(3), 17..20),
            (Take::First(99), 5..20),
        ] {
            let page = Page {
                take,
                after: Some(whole[4].key.clone()),
                before: Some(whole[20].key.clone()),
            };
            let slice = list(views, order, &page);
            assert_eq!(slice.rows, whole[expected], "{order:?} {take:?}");
        }
    }
}

#[test]
fn rows_that_come_and_go_do_not_disturb_the_others() {
    for seed in 1..=20 {
        let mut random = Random::seeded(seed);
        let mut history = many();
        let mut house = House::of(&history);
        for field in [DatasetOrderField::Name, DatasetOrderField::CreatedAt] {
            let direction = [Direction::Ascending, Direction::Descending][random.below(2)];
            let order = DatasetOrder { field, direction };
            let mut stayed = ids(&list(&house.views, order, &Page::first(PAGE_ROWS_MAX)).rows);
            let (mut page, mut seen) = (Page::first(4), Vec::new());
            loop {
                let slice = list(&house.views, order, &page);
                seen.extend(ids(&slice.rows));
                page.after = slice.rows.last().map(|keyed| keyed.key.clone());
                if !slice.has_next {
                    break;
                }
                let gone = stayed.remove(random.below(stayed.len()));
                history.delete_dataset(gone);
                history.create_dataset(&format!("set {}", random.below(5)));
                house.catch_up(&history);
            }
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), seen.len(), "seed {seed}: a row came twice");
            let missed: Vec<_> = stayed.iter().filter(|id| !seen.contains(id)).collect();
            assert!(missed.is_empty(), "seed {seed}: {missed:?}");
        }
    }
}

#[test]
fn a_place_whose_row_is_gone_still_divides_the_listing() {
    let mut history = many();
    let mut house = House::of(&history);
    let order = DatasetOrder::default();
    let whole = list(&house.views, order, &Page::first(99)).rows;
    history.delete_dataset(whole[3].row.id);
    house.catch_up(&history);
    let page = Page {
        after: Some(whole[3].key.clone()),
        ..Page::first(2)
    };
    let slice = list(&house.views, order, &page);
    assert_eq!(slice.rows, whole[4..6]);
    assert!(slice.has_previous && slice.has_next);
}

#[test]
fn a_place_of_another_order_is_refused() {
    let house = House::of(&many());
    let views = &house.views;
    let tie = uuid::Uuid::nil();
    let int = SortValue::Int(3);
    let text = SortValue::Text("set 3".into());
    for (field, value) in [
        (DatasetOrderField::Name, int),
        (DatasetOrderField::ItemCount, text),
    ] {
        let order = DatasetOrder {
            field,
            direction: Direction::Ascending,
        };
        let page = Page {
            before: Some(SortKey { value, tie }),
            ..Page::first(3)
        };
        let filter = DatasetFilter::default();
        let fault = views
            .datasets(&Scope::All, &filter, order, &page)
            .unwrap_err();
        assert!(matches!(fault, ViewFault::ForeignSortKey), "{fault}");
    }
}

#[test]
fn no_page_is_larger_than_the_limit() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    for items in 0..PAGE_ROWS_MAX as u64 + 5 {
        history.commit(dataset, items);
    }
    let house = House::of(&history);
    let views = &house.views;
    for take in [Take::First(usize::MAX), Take::Last(usize::MAX)] {
        let page = Page {
            take,
            ..Page::first(0)
        };
        let slice = views.versions(dataset, &page).unwrap();
        assert_eq!(slice.rows.len(), PAGE_ROWS_MAX);
    }
    let none = views.versions(dataset, &Page::first(0)).unwrap();
    assert!(none.rows.is_empty() && none.has_next);
}

#[test]
fn a_row_is_of_its_own_moment() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let mut house = House::of(&history);
    let before = house.views.dataset(dataset).unwrap().unwrap();
    history.rename_dataset(dataset, "gulls");
    history.commit(dataset, 2);
    history.stage(Stream::Dataset(dataset), dataset);
    house.catch_up(&history);
    let after = house.views.dataset(dataset).unwrap().unwrap();
    assert_eq!((before.name, after.name), (name("penguins"), name("gulls")));
    assert_eq!(
        (before.head.version.root, after.head.version.root),
        (root(0), root(2))
    );
}
