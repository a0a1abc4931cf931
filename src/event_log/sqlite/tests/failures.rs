//! Disks that fail, files that are damaged or not ours: loud, and nothing acknowledged is lost.

use std::time::Duration;

use futures_util::FutureExt;
use rusqlite::Connection;

use super::*;

fn failing_after(commits: usize) -> Commit {
    let mut commit = writer::commit();
    let mut left = commits;
    Box::new(move |connection| {
        if left == 0 {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC);
            return Err(rusqlite::Error::SqliteFailure(code, None));
        }
        left -= 1;
        commit(connection)
    })
}

fn is_poisoned(result: &Result<Appended, AppendFault>) -> bool {
    matches!(result, Err(AppendFault::Poisoned(_)))
}

#[tokio::test]
async fn after_a_failed_sync_nothing_is_accepted_until_a_restart() {
    let folder = folder();
    let log = open_with(&folder, failing_after(2));
    fill(&log, 2).await;
    let mut follower = log.follow(Position(3));
    let failed = log.append(to(stream(1), 2, vec![event(2)])).await;
    assert!(is_poisoned(&failed), "{failed:?}");
    // Also what would succeed, repeat, or conflict.
    for (expected, number) in [(2, 3), (1, 1), (0, 9)] {
        let refused = log
            .append(to(stream(1), expected, vec![event(number)]))
            .await;
        assert!(is_poisoned(&refused), "{refused:?}");
    }
    let figures = log.figures().expect("it measures");
    assert!(figures.fault.get().is_some(), "it says why");
    assert_eq!(
        figures.append_seconds.read().count,
        2,
        "of what was answered"
    );
    assert_eq!(figures.batch_appends.read().sum, 2.0);
    assert_eq!(log.head(), Position(2));
    assert_eq!(log.read_all(Position(1), 9).expect("readable").len(), 2);
    assert!(
        follower.next(9).now_or_never().is_none(),
        "nobody saw the failed append"
    );

    drop(log);
    let log = open(&folder);
    let again = to(stream(1), 2, vec![event(2)]);
    assert_eq!(done(&log, again).await, (3, 3));
}

#[tokio::test]
async fn a_full_disk_fails_the_append_and_keeps_what_was_acknowledged() {
    let folder = folder();
    let mut commit = writer::commit();
    let full: Commit = Box::new(move |connection| {
        commit(connection)?;
        let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let set = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        connection.query_row(&format!("PRAGMA max_page_count = {}", pages + 2), [], set)?;
        Ok(())
    });
    let log = open_with(&folder, full);
    fill(&log, 3).await;
    let mut large = event(3);
    large.data = vec![b'x'; 1_000 << 10].into();
    let failed = log.append(to(stream(1), 3, vec![large])).await;
    assert!(is_poisoned(&failed), "{failed:?}");
    drop(log);
    let log = open(&folder);
    assert_eq!(log.head(), Position(3));
    assert_eq!(done(&log, to(stream(1), 3, vec![event(3)])).await, (4, 4));
}

#[test]
fn files_that_are_no_logs_of_ours_are_refused() {
    let refused = |folder: &TempDir| {
        let opened = SqliteLog::open(&path(folder), SetClock::at(1_000));
        opened.err().expect("refused")
    };
    let newer = folder();
    drop(open(&newer));
    let connection = Connection::open(path(&newer)).expect("a file");
    connection
        .pragma_update(None, "user_version", 99)
        .expect("set");
    drop(connection);
    let fault = refused(&newer);
    assert!(
        matches!(fault, OpenFault::Newer { found: 99, .. }),
        "{fault}"
    );

    let foreign = folder();
    let connection = Connection::open(path(&foreign)).expect("a file");
    connection
        .execute_batch("CREATE TABLE penguins (name TEXT)")
        .expect("a table");
    drop(connection);
    let fault = refused(&foreign);
    assert!(matches!(fault, OpenFault::NotALog { .. }), "{fault}");

    let text = folder();
    std::fs::write(path(&text), "penguins are birds\n".repeat(99)).expect("written");
    assert!(matches!(refused(&text), OpenFault::Storage { .. }));

    let nowhere = folder();
    std::fs::remove_dir(nowhere.path()).expect("removed");
    assert!(matches!(refused(&nowhere), OpenFault::Storage { .. }));
}

#[tokio::test]
async fn a_damaged_row_is_a_fault_and_not_a_guess() {
    let folder = folder();
    let log = open(&folder);
    fill(&log, 3).await;
    drop(log);
    let connection = Connection::open(path(&folder)).expect("a file");
    let damage = "UPDATE events SET stream = x'09' WHERE position = 2";
    connection.execute(damage, []).expect("damaged");
    drop(connection);
    let log = open(&folder);
    assert!(matches!(
        log.read_all(Position(1), 9),
        Err(ReadFault::Storage(_))
    ));
    let mut follower = log.follow(Position(2));
    let next = tokio::time::timeout(Duration::from_secs(30), follower.next(9)).await;
    assert!(matches!(next, Ok(Err(ReadFault::Storage(_)))));
}
