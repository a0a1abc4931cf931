//! The tables: made and brought up to date when the log is opened, by whichever node comes first.
//!
//! Never touches tables of a newer program. A role that may not make tables opens a log whose
//! tables are there.

use std::time::Duration;

use super::address::Address;
use super::fault::{PostgresFault, Trouble, within};
use super::session::Session;

/// One file a step, applied in order; a file's number is the format it leads to.
const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/postgres/0001_events.sql")];
/// The advisory lock of whoever changes the log, rows or tables: "SLOG".
pub(super) const LOCK: i64 = 0x534C_4F47;
/// How long bringing the tables up to date may take.
const MIGRATION_LIMIT: Duration = Duration::from_secs(60);

/// Brings the tables up to date, and finds out that the role may do what it must.
pub(super) async fn prepare(session: &Session, address: &Address) -> Result<(), PostgresFault> {
    let unreachable = |trouble: Trouble| PostgresFault::Unreachable {
        address: address.shown.clone(),
        message: trouble.message,
    };
    let known = MIGRATIONS.len() as i32;
    let work = async {
        let mut found = format(session).await?;
        if found < known {
            found = migrate(session).await?;
        }
        let missing = if found > known {
            None
        } else {
            missing_right(session).await?
        };
        Ok::<_, tokio_postgres::Error>((found, missing))
    };
    let (found, missing) = within(MIGRATION_LIMIT, work).await.map_err(unreachable)?;
    let address = address.shown.clone();
    if found > known {
        return Err(PostgresFault::Newer {
            address,
            found,
            known,
        });
    }
    match missing {
        Some(missing) => Err(PostgresFault::Forbidden { address, missing }),
        None => Ok(()),
    }
}

/// The format of the tables that are there; 0 where there are none.
async fn format(session: &Session) -> Result<i32, tokio_postgres::Error> {
    let is_there = "SELECT to_regclass('snapledger_schema') IS NOT NULL";
    if !session
        .client
        .query_one(is_there, &[])
        .await?
        .try_get::<_, bool>(0)?
    {
        return Ok(0);
    }
    newest(session).await
}

async fn newest(session: &Session) -> Result<i32, tokio_postgres::Error> {
    let newest = "SELECT coalesce(max(format), 0) FROM snapledger_schema";
    session.client.query_one(newest, &[]).await?.try_get(0)
}

/// Applies what is missing, in one transaction under the lock; the format that is there then.
async fn migrate(session: &Session) -> Result<i32, tokio_postgres::Error> {
    let client = &session.client;
    // A table that is large by then may take its time, and is not given up for it half way.
    client
        .batch_execute(&format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
             SET LOCAL statement_timeout = 0;
             SELECT pg_advisory_xact_lock({LOCK});"
        ))
        .await?;
    // Not asked first whether it is there: what another node has just made, an answer from the
    // server's caches of its catalog might not show.
    let versions = "CREATE TABLE IF NOT EXISTS snapledger_schema (
        format     INTEGER     PRIMARY KEY,
        applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )";
    client.batch_execute(versions).await?;
    let mut found = newest(session).await?;
    for (number, migration) in (1..).zip(MIGRATIONS) {
        if number <= found {
            continue;
        }
        client.batch_execute(migration).await?;
        let applied = "INSERT INTO snapledger_schema (format) VALUES ($1)";
        client.execute(applied, &[&number]).await?;
        found = number;
    }
    client.batch_execute("COMMIT").await?;
    Ok(found)
}

/// A right that every node needs and this role does not have.
async fn missing_right(session: &Session) -> Result<Option<&'static str>, tokio_postgres::Error> {
    for right in ["SELECT", "INSERT"] {
        let may = "SELECT has_table_privilege('snapledger_events', $1)";
        let may = session.client.query_one(may, &[&right]).await?;
        if !may.try_get::<_, bool>(0)? {
            return Ok(Some(right));
        }
    }
    Ok(None)
}
