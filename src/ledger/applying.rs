//! From staged chunks to a tree: the one way in which items become content.
//!
//! Used when a command computes its commit and when a fold computes it again, so that both come to
//! the same root.

use std::collections::HashSet;

use super::content_words::kind_from_word;
use super::error::{LedgerError, Outcome};
use crate::content::{Edit, Entry, Fault, Grown, NodeStore, Place, edit, walk};
use crate::digest::Digest;
use crate::domain::ids::{DatasetId, Revision, Stream};
use crate::domain::values::{ChunkRange, CommitMode};
use crate::event_log::{EventLog, staged};

/// Chunks read at a time.
const CHUNKS_MAX: usize = 64;

/// The edits that these chunks hold, in their order.
pub(super) fn staged_edits(
    log: &dyn EventLog,
    dataset: DatasetId,
    chunks: &[ChunkRange],
) -> Outcome<Vec<Edit>> {
    let mut edits = Vec::new();
    for range in chunks {
        let stream = range.task.map_or(Stream::Dataset(dataset), Stream::Task);
        let (mut next, end) = (range.first, Revision(range.first.0 + range.count));
        while next < end {
            let wanted = usize::try_from(end.0 - next.0)
                .unwrap_or(CHUNKS_MAX)
                .min(CHUNKS_MAX);
            let events = log.read_stream(stream, next, wanted)?;
            if events.is_empty() {
                return Err(LedgerError::Fault(format!("{stream} lacks staged items")));
            }
            for recorded in events.iter().take(wanted) {
                collect(&recorded.data, recorded.position.0, &mut edits)?;
                next = recorded.revision.next();
            }
        }
    }
    Ok(edits)
}

/// Adds the edits of one chunk, whose values lie at `chunk`.
pub(super) fn collect(data: &[u8], chunk: u64, edits: &mut Vec<Edit>) -> Outcome<()> {
    let broken = |fault: &dyn std::fmt::Display| {
        LedgerError::Fault(format!(
            "the staged items of event {chunk} cannot be read: {fault}"
        ))
    };
    for line in staged::lines(data).map_err(|fault| broken(&fault))? {
        edits.push(match line.map_err(|fault| broken(&fault))? {
            staged::Line::Delete { key } => Edit::Delete(key.as_ref().into()),
            staged::Line::Put {
                key,
                kind_word,
                value,
                offset,
            } => Edit::Put(Entry {
                key: key.as_ref().into(),
                kind: kind_from_word(kind_word).ok_or_else(|| broken(&kind_word))?,
                length: u32::try_from(value.len()).map_err(|fault| broken(&fault))?,
                value: Digest::of(value),
                place: Place { chunk, offset },
            }),
        });
    }
    Ok(())
}

/// The tree after these edits on a base; of a repeated key the last counts.
pub(super) fn apply(
    nodes: &dyn NodeStore,
    base: Digest,
    mode: CommitMode,
    edits: &[Edit],
) -> Result<Grown, Fault> {
    match mode {
        CommitMode::Upsert => edit(nodes, base, edits),
        CommitMode::Replace => edit(nodes, base, &with_unnamed_removed(nodes, base, edits)?),
    }
}

/// These edits, and a deletion of every item of the base that none of them names.
fn with_unnamed_removed(
    nodes: &dyn NodeStore,
    base: Digest,
    edits: &[Edit],
) -> Result<Vec<Edit>, Fault> {
    let named: HashSet<&str> = edits.iter().map(Edit::key).collect();
    let mut all = edits.to_vec();
    for entry in walk(nodes, base, None) {
        let entry = entry?;
        if !named.contains(&*entry.key) {
            all.push(Edit::Delete(entry.key));
        }
    }
    Ok(all)
}
