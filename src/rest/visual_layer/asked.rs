//! What is asked of a listing of tasks. Parameters that are not known are passed over; of one that
//! comes twice the last counts.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::translate::status_of;
use crate::rest::fault::Fault;
use crate::views::{ActivityFilter, ActivityOrder, ActivityOrderField, Direction, Work};

const PAGE_DEFAULT: u32 = 1;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 1_000_000;
const PAGE_SIZE_MIN: u32 = 5;
const PAGE_SIZE_DEFAULT: u32 = 20;
const PAGE_SIZE_MAX: u32 = 50;

/// What may be sorted by.
const SORTS: &[(&str, ActivityOrderField)] = &[
    ("start_time", ActivityOrderField::CreatedAt),
    ("status", ActivityOrderField::Status),
    ("task_type", ActivityOrderField::Work),
    ("dataset_name", ActivityOrderField::DatasetName),
    ("dataset_id", ActivityOrderField::Dataset),
    ("created_by", ActivityOrderField::CreatedBy),
];

/// Which tasks, in which order, and which page of them.
#[derive(Debug, PartialEq)]
pub(super) struct TasksAsked {
    pub filter: ActivityFilter,
    pub order: ActivityOrder,
    pub page: u32,
    pub page_size: u32,
}

impl TasksAsked {
    /// How many tasks are skipped, and how many are told.
    pub fn window(&self) -> (u64, usize) {
        let skipped = u64::from(self.page - 1) * u64::from(self.page_size);
        (skipped, self.page_size as usize)
    }
}

/// Reads the parameters of a query.
pub(super) fn tasks_asked(pairs: &[(String, String)]) -> Result<TasksAsked, Fault> {
    let mut asked = TasksAsked {
        filter: ActivityFilter::default(),
        order: ActivityOrder::default(),
        page: PAGE_DEFAULT,
        page_size: PAGE_SIZE_DEFAULT,
    };
    for (name, text) in pairs {
        take(&mut asked, name, text)
            .map_err(|message| Fault::BadQuery(format!("{name}: {message}")))?;
    }
    Ok(asked)
}

fn take(asked: &mut TasksAsked, name: &str, text: &str) -> Result<(), String> {
    let filter = &mut asked.filter;
    match name {
        "dataset_id" => filter.dataset = Some(text.parse().map_err(|_| "not a UUID")?),
        "dataset_name" => filter.dataset_name = Some(text.trim().to_owned()),
        "task_type" => {
            let work = Work::from_word(&text.to_ascii_uppercase());
            filter.works = Some(vec![work.ok_or("no type of task")?]);
        }
        "task_status" => {
            let status = status_of(text);
            filter.statuses = Some(vec![status.ok_or("no status of a task")?]);
        }
        "created_by" => filter.created_by = Some(text.to_owned()),
        "start_time_from" => filter.created_from = Some(time(text)?),
        "start_time_to" => filter.created_before = Some(just_after(time(text)?)),
        "sort_by" => {
            let found = SORTS.iter().find(|(word, _)| *word == text);
            let words: Vec<_> = SORTS.iter().map(|(word, _)| *word).collect();
            let (_, field) = found.ok_or_else(|| format!("one of {}", words.join(", ")))?;
            asked.order.field = *field;
        }
        "sort_order" => {
            asked.order.direction = match text {
                "asc" => Direction::Ascending,
                "desc" => Direction::Descending,
                _ => return Err("asc or desc".to_owned()),
            };
        }
        "page" => asked.page = number(text, 1, PAGE_MAX)?,
        "page_size" => asked.page_size = number(text, PAGE_SIZE_MIN, PAGE_SIZE_MAX)?,
        _ => {}
    }
    Ok(())
}

fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let read: Option<u32> = text.parse().ok();
    let fit = read.filter(|number| (least..=most).contains(number));
    fit.ok_or_else(|| format!("a whole number from {least} to {most}"))
}

/// A time: with an offset, or in UTC; also a day, which is its beginning.
fn time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
            return Ok(time.and_utc());
        }
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    let day = day.map_err(|_| "not a time in ISO 8601, such as 2026-03-01T14:30:00Z")?;
    Ok(day.and_time(NaiveTime::MIN).and_utc())
}

/// The first moment that is after a bound. Tasks tell their times in whole seconds, so a bound in
/// whole seconds means all of its second.
fn just_after(bound: DateTime<Utc>) -> DateTime<Utc> {
    let step = if bound.nanosecond() == 0 {
        TimeDelta::seconds(1)
    } else {
        TimeDelta::microseconds(1)
    };
    bound.checked_add_signed(step).unwrap_or(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &[(&str, &str)]) -> Result<TasksAsked, String> {
        let pairs = query.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        tasks_asked(&pairs).map_err(|fault| match fault {
            Fault::BadQuery(message) => message,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn nothing_asked_is_the_first_page_of_everything() {
        let found = asked(&[("color", "red")]).expect("it is passed over");
        assert_eq!(found.filter, ActivityFilter::default());
        assert_eq!(found.order, ActivityOrder::default());
        assert_eq!(found.window(), (0, 20));
        let third = asked(&[("page", "2"), ("page", "3"), ("page_size", "50")]);
        assert_eq!(third.expect("the last counts").window(), (100, 50));
    }

    #[test]
    fn times_are_read_with_an_offset_or_in_utc() {
        let check = |text: &str, expected: &str| {
            let found = asked(&[("start_time_from", text)]).expect(text);
            let time = found.filter.created_from.expect("a time");
            assert_eq!(time.to_rfc3339(), expected, "{text}");
        };
        check("2026-03-01T14:30:00Z", "2026-03-01T14:30:00+00:00");
        check(
            "2026-03-01T16:30:00.5+02:00",
            "2026-03-01T14:30:00.500+00:00",
        );
        check(
            "2026-03-01T14:30:00.090247",
            "2026-03-01T14:30:00.090247+00:00",
        );
        check("2026-03-01 14:30:00", "2026-03-01T14:30:00+00:00");
        check("2026-03-01", "2026-03-01T00:00:00+00:00");
    }

    #[test]
    fn a_bound_in_whole_seconds_means_all_of_its_second() {
        let check = |text: &str, expected: &str| {
            let found = asked(&[("start_time_to", text)]).expect(text);
            let time = found.filter.created_before.expect("a time");
            assert_eq!(time.to_rfc3339(), expected, "{text}");
        };
        check("2026-03-01T14:30:00Z", "2026-03-01T14:30:01+00:00");
        check(
            "2026-03-01T14:30:00.25Z",
            "2026-03-01T14:30:00.250001+00:00",
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let check = |name: &str, text: &str| {
            let message = asked(&[(name, text)]).expect_err(text);
            assert!(message.starts_with(&format!("{name}: ")), "{message}");
        };
        for (name, text) in [
            ("dataset_id", "x"),
            ("task_type", "SLEEP"),
            ("task_status", "DONE"),
            ("start_time_from", "soon"),
            ("start_time_to", "2026-13-01"),
            ("sort_by", "color"),
            ("sort_order", "up"),
            ("page", "0"),
            ("page", "-1"),
            ("page", "1000001"),
            ("page_size", "4"),
            ("page_size", "51"),
            ("page_size", ""),
        ] {
            check(name, text);
        }
    }

    #[test]
    fn statuses_and_types_are_words_whatever_their_case() {
        use crate::domain::values::{TaskKind, TaskStatus};

        let found = asked(&[
            ("task_status", "pending"),
            ("task_type", "Snapshot_Restore"),
        ]);
        let filter = found.expect("words").filter;
        assert_eq!(filter.statuses, Some(vec![TaskStatus::Queued]));
        let restore = Work::Task(TaskKind::SnapshotRestore);
        assert_eq!(filter.works, Some(vec![restore]));
    }
}
