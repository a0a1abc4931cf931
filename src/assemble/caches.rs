//! How the caches were left, and whether they can be believed.
//!
//! Caches are never synced while they are used. When the process dies, the system still has all
//! that was written; when the machine does, their files may hold any half of it, and look whole.
//! So a file beside them says under which boot of the machine they were opened, and whether they
//! were closed and synced since. The copy of a shared log is such a cache too; of a log of the
//! folder's own it never says anything, since that is synced always.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use super::{AssemblyFault, CONTENT_FILE, COPY_FILE, DataFolder, VIEWS_FILE};
use crate::content::SqliteNodes;
use crate::event_log::LogCopy;
use crate::views::Views;

/// Says how the caches were left.
const MARK_FILE: &str = "caches";
/// The mark is written here first, so that it is there whole or not at all.
const NEXT_MARK_FILE: &str = "caches.next";
/// What the mark says when they were closed and synced.
const CLOSED: &str = "closed";
/// What it says, before the boot's id, while they are open.
const OPEN_UNDER: &str = "open under ";
/// Stands for a boot whose id the system does not tell.
const UNKNOWN_BOOT: &str = "an unknown boot";
/// Where Linux tells a number that is another one after every start of the machine.
const BOOT_ID_FILE: &str = "/proc/sys/kernel/random/boot_id";

/// The id of this boot of the machine; none where the system does not tell it. Then caches are
/// believed only when they were closed: a killed server folds them anew, which is slow, but right.
pub(super) fn this_boot() -> Option<String> {
    let text = fs::read_to_string(BOOT_ID_FILE).ok()?;
    Some(text.trim().to_owned()).filter(|id| !id.is_empty())
}

impl DataFolder {
    /// Drops what is folded; opening the house folds it anew from the log, or from its copy.
    pub fn drop_caches(&self) -> Result<(), AssemblyFault> {
        SqliteNodes::remove(&self.file(CONTENT_FILE))?;
        Views::discard(&self.file(VIEWS_FILE))?;
        Ok(())
    }

    /// Marks the caches as whole, once all are on the disk. To be called when the house is
    /// closed; where it is not, the next start judges by the boot.
    pub fn close_caches(&self) -> Result<(), AssemblyFault> {
        LogCopy::sync(&self.file(COPY_FILE))?;
        SqliteNodes::sync(&self.file(CONTENT_FILE))?;
        Views::sync(&self.file(VIEWS_FILE))?;
        self.write_mark(CLOSED)
    }

    /// Drops the caches when they cannot be believed, and marks them as open under this boot.
    /// Nobody may have them open yet.
    pub(super) fn open_caches(&self, boot: Option<&str>) -> Result<(), AssemblyFault> {
        let mark = self.mark()?;
        if let Some(doubt) = doubt(mark.as_deref(), boot)
            && self.has_caches()
        {
            tracing::warn!("{doubt}; they are dropped and made anew from the log");
            self.drop_caches()?;
            LogCopy::remove(&self.file(COPY_FILE))?;
        }
        let open = format!("{OPEN_UNDER}{}", boot.unwrap_or(UNKNOWN_BOOT));
        self.write_mark(&open)
    }

    fn has_caches(&self) -> bool {
        let files = [COPY_FILE, CONTENT_FILE, VIEWS_FILE];
        files.iter().any(|file| self.file(file).exists())
    }

    fn mark(&self) -> Result<Option<String>, AssemblyFault> {
        match fs::read_to_string(self.file(MARK_FILE)) {
            Ok(mark) => Ok(Some(mark.trim_end().to_owned())),
            // Not text: a machine's crash may leave anything here too.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.unusable(error)),
        }
    }

    /// Writes the mark so that it outlives a crash of the machine from here on.
    fn write_mark(&self, mark: &str) -> Result<(), AssemblyFault> {
        let (next, path): (PathBuf, PathBuf) = (self.file(NEXT_MARK_FILE), self.file(MARK_FILE));
        let write = || {
            let mut file = File::create(&next)?;
            writeln!(file, "{mark}")?;
            file.sync_all()?;
            fs::rename(&next, &path)?;
            File::open(self.path())?.sync_all()
        };
        write().map_err(|error| self.unusable(error))
    }
}

/// Why caches with this mark cannot be believed under this boot; none when they can.
fn doubt(mark: Option<&str>, boot: Option<&str>) -> Option<&'static str> {
    let Some(mark) = mark else {
        return Some("it is not known how the caches were left");
    };
    if mark == CLOSED {
        return None;
    }
    match (mark.strip_prefix(OPEN_UNDER), boot) {
        (Some(left), Some(boot)) if left == boot => None,
        (Some(left), Some(_)) if left != UNKNOWN_BOOT => {
            Some("the machine was started anew while the caches were open")
        }
        (Some(_), _) => Some(
            "the caches were not closed, and this system does not tell whether the machine was \
             started anew since",
        ),
        (None, _) => Some("it is not known how the caches were left"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: &str = "8c0b5f0e-7d1c-4d55-8a43-0a5a4ad6e3cf";
    const OTHER: &str = "11111111-2222-4333-8444-555555555555";

    fn folder() -> (tempfile::TempDir, DataFolder) {
        let place = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::take(place.path()).expect("free");
        (place, folder)
    }

    #[test]
    fn caches_are_believed_when_closed_or_under_the_boot_that_opened_them() {
        let open = format!("{OPEN_UNDER}{BOOT}");
        let open_somewhere = format!("{OPEN_UNDER}{UNKNOWN_BOOT}");
        for (mark, boot, is_believed) in [
            (Some(CLOSED), Some(BOOT), true),
            (Some(CLOSED), None, true),
            (Some(&*open), Some(BOOT), true),
            (Some(&open), Some(OTHER), false),
            (Some(&open), None, false),
            (Some(&open_somewhere), Some(BOOT), false),
            (Some(&open_somewhere), None, false),
            (Some("clo"), Some(BOOT), false),
            (Some(""), Some(BOOT), false),
            (None, Some(BOOT), false),
        ] {
            let found = doubt(mark, boot);
            assert_eq!(found.is_none(), is_believed, "{mark:?} {boot:?}: {found:?}");
        }
    }

    #[test]
    fn caches_left_open_under_another_boot_are_dropped() {
        let (place, folder) = folder();
        let files = || [COPY_FILE, CONTENT_FILE, VIEWS_FILE].map(|file| place.path().join(file));
        let left = |boot: Option<&str>| {
            folder.open_caches(boot).expect("opened");
            for file in files() {
                fs::write(file, "half of it").expect("written");
            }
        };
        let check = |boot, is_kept: bool| {
            folder.open_caches(boot).expect("opened");
            for file in files() {
                assert_eq!(file.exists(), is_kept, "{}", file.display());
            }
        };
        left(Some(BOOT));
        check(Some(BOOT), true);
        check(Some(OTHER), false);
        left(Some(OTHER));
        check(None, false);
        left(None);
        check(None, false);
    }

    #[test]
    fn a_mark_that_is_no_text_is_no_reason_to_believe() {
        let (place, folder) = folder();
        fs::write(place.path().join(MARK_FILE), [0xFF, 0xFE]).expect("written");
        fs::write(place.path().join(VIEWS_FILE), "half of it").expect("written");
        folder.open_caches(Some(BOOT)).expect("opened");
        assert!(!place.path().join(VIEWS_FILE).exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_boot_has_one_id() {
        let boot = this_boot().expect("Linux tells it");
        assert_eq!(boot.len(), BOOT.len());
        assert_eq!(this_boot(), Some(boot));
    }
}
