//! The words of the content room in those of the house: kinds, counts, summaries.

use crate::content::{Summary, Totals};
use crate::domain::values::{ChangeSummary, Counts};

pub use crate::content::Kind as ItemKind;

/// The word for a kind of item.
pub const fn kind_word(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Record => "RECORD",
        ItemKind::Image => "IMAGE",
        ItemKind::Video => "VIDEO",
    }
}

/// The kind of a word; none when it is not one of ours.
pub fn kind_from_word(word: &str) -> Option<ItemKind> {
    [ItemKind::Record, ItemKind::Image, ItemKind::Video]
        .into_iter()
        .find(|kind| kind_word(*kind) == word)
}

/// A tree's totals as a version's counts.
pub(super) const fn counts(totals: Totals) -> Counts {
    Counts {
        items: totals.records + totals.images + totals.videos,
        images: totals.images,
        videos: totals.videos,
        bytes: totals.bytes,
    }
}

/// A tree's summary as an event's.
pub(super) const fn summary(summary: Summary) -> ChangeSummary {
    ChangeSummary {
        added: summary.added,
        removed: summary.removed,
        modified: summary.modified,
        unchanged: summary.unchanged,
    }
}
