//! The parameters of this API's queries, and the pages of its listings.
//!
//! A parameter that it does not know is passed over; an empty one counts as left out.

use uuid::Uuid;

use super::Trouble;
use crate::ledger::Outcome;
use crate::rest::fault::Fault;
use crate::views::{PAGE_ROWS_MAX, Page, SortKey, Take};

/// The most ids of one listing.
const IDS_MAX: usize = 1_000;

/// The parameters of a query as they came.
pub(super) type Pairs = Vec<(String, String)>;

/// The parameters of a query.
pub(super) struct Parameters(pub Pairs);

impl Parameters {
    /// A text.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        let text = found.map(|(_, value)| value.as_str());
        text.filter(|text| !text.is_empty())
    }

    /// An id.
    pub fn id(&self, name: &str) -> Result<Option<Uuid>, Trouble> {
        self.text(name).map(|text| id_of(name, text)).transpose()
    }

    /// Ids, given one by one, with commas between them, or both.
    pub fn ids(&self, name: &str) -> Result<Option<Vec<Uuid>>, Trouble> {
        let in_array = format!("{name}[]");
        let given = self.0.iter();
        let given = given.filter(|(known, _)| known == name || *known == in_array);
        let texts = given.flat_map(|(_, value)| value.split(','));
        let texts = texts.map(str::trim).filter(|text| !text.is_empty());
        let ids = texts.map(|text| id_of(name, text));
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        if ids.len() > IDS_MAX {
            return Err(bad(name, &format!("at most {IDS_MAX} are allowed")));
        }
        Ok(Some(ids).filter(|ids| !ids.is_empty()))
    }

    /// A number of things; the largest stands for all larger ones.
    pub fn count(&self, name: &str) -> Result<Option<usize>, Trouble> {
        let Some(text) = self.text(name).filter(|text| *text != "null") else {
            return Ok(None);
        };
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Err(bad(name, "a whole number from 0 on is needed"));
        }
        Ok(Some(text.parse().unwrap_or(usize::MAX)))
    }

    /// A yes or no.
    pub fn flag(&self, name: &str) -> Result<bool, Trouble> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("null" | "false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(bad(name, "true or false is needed")),
        }
    }

    /// The page of a listing, newest first; `key` finds the place of the object of an id.
    pub fn page(&self, key: impl Fn(Uuid) -> Outcome<Option<SortKey>>) -> Result<Page, Trouble> {
        let limit = self.count("limit")?.unwrap_or(PAGE_ROWS_MAX);
        let place = |name: &str| -> Result<Option<SortKey>, Trouble> {
            let Some(id) = self.id(name)? else {
                return Ok(None);
            };
            let key = key(id)?;
            key.map(Some)
                .ok_or_else(|| bad(name, "nothing has this id"))
        };
        let (after, before) = (place("starting_after")?, place("ending_before")?);
        let take = match (&after, &before) {
            (Some(_), Some(_)) => {
                let message = "only one of starting_after and ending_before may be given";
                return Err(Fault::BadQuery(message.to_owned()).into());
            }
            (None, Some(_)) => Take::Last(limit),
            (Some(_) | None, None) => Take::First(limit),
        };
        Ok(Page {
            take,
            after,
            before,
        })
    }
}

/// An id in a text; `name` is what a fault points at.
pub(super) fn id_of(name: &str, text: &str) -> Result<Uuid, Trouble> {
    Uuid::try_parse(text).map_err(|_| bad(name, "a UUID is needed"))
}

fn bad(name: &str, message: &str) -> Trouble {
    Fault::BadQuery(format!("{name}: {message}")).into()
}
