//! What a changed item costs on the disk: all files of the house, after rounds of 1 %.

use super::figures::{Figures, Row};
use super::stage::{CONTENT, LOG, VIEWS, stored_bytes};
use super::world::World;

/// Rounds of changes.
const ROUNDS: u64 = 10;

/// Changes 1 % of the items again and again, and looks at the files before and after.
pub async fn measure(figures: &mut Figures, world: &mut World) {
    let bytes =
        |world: &World| [LOG, CONTENT, VIEWS].map(|file| stored_bytes(world.folder.path(), file));
    let before = bytes(world);
    let mut changed = 0;
    for _ in 0..ROUNDS {
        changed += world.commit_one_percent().await.summary.modified;
    }
    let after = bytes(world);
    let [log, content, views] = [0, 1, 2].map(|file| (after[file] - before[file]) / changed as f64);
    figures.add(Row::DiskBytes, world.column, log + content + views);
    figures.add(Row::LogBytes, world.column, log);
    figures.add(Row::ContentBytes, world.column, content);
}
