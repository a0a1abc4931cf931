//! API keys as they are checked and listed. Of a key's secret only the hash is known.
//!
//! Whether a key still opens anything at a given time is not said here: expired and revoked ones
//! are found too.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::columns::{Columns, int, micros};
use super::fault::ViewFault;
use super::fold::Batch;
use super::listing::{
    Conditions, Direction, Listing, Page, Scope, Slice, Sort, Source, live_projects,
};
use super::store::Views;
use crate::digest::Digest;
use crate::domain::Access;
use crate::domain::event::{ApiKeyIssued, ApiKeyRevoked, ApiKeyUsed};
use crate::domain::ids::{ApiKeyId, ProjectId};
use crate::domain::values::Role;
use crate::event_log::Recorded;

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Which.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: Arc<str>,
    /// BLAKE3 of its secret.
    pub secret_hash: Digest,
    /// For a pair, whose secret only signs: its access key.
    pub access_key: Option<Arc<str>>,
    /// What it may do.
    pub role: Role,
    /// The project it is for; none: every project.
    pub project: Option<ProjectId>,
    /// The actor who issued it.
    pub created_by: Arc<str>,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was used last, to the day.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

const SOURCE: Source<ApiKeyRow> = Source {
    columns:
        "a.id, a.name, a.secret_hash, a.access_key, a.role, a.project, a.created_by, a.created_at,
        a.expires_at, a.last_used_at, a.revoked_at",
    from: "api_keys a",
    exists: concat!("(a.project IS NULL OR ", live_projects!("a.project"), ")"),
    tie: "a.id",
    read,
};

static BY_ID: LazyLock<String> = LazyLock::new(|| SOURCE.select("a.id = ?1"));
static BY_SECRET: LazyLock<String> = LazyLock::new(|| {
    // The secret of a pair is not one that is sent.
    let found = SOURCE.select("a.secret_hash = ?1 AND a.access_key IS NULL");
    format!("{found} ORDER BY a.position DESC LIMIT 1")
});
static BY_ACCESS_KEY: LazyLock<String> = LazyLock::new(|| {
    let found = SOURCE.select("a.access_key = ?1");
    format!("{found} ORDER BY a.position DESC LIMIT 1")
});
/// Pairs that are not revoked, newest first.
static LIVE_PAIRS: LazyLock<String> = LazyLock::new(|| {
    let live = "a.access_key IS NOT NULL AND a.revoked_at IS NULL";
    let exists = SOURCE.exists;
    format!(
        "SELECT a.access_key FROM api_keys a WHERE {live} AND {exists}
         ORDER BY a.position DESC LIMIT ?1"
    )
});

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<ApiKeyRow> {
    Ok(ApiKeyRow {
        id: columns.id(ApiKeyId)?,
        name: columns.text()?,
        secret_hash: columns.digest()?,
        access_key: columns.optional_text()?,
        role: columns.word(Role::from_word)?,
        project: columns.optional_id(ProjectId)?,
        created_by: columns.text()?,
        created_at: columns.time()?,
        expires_at: columns.optional_time()?,
        last_used_at: columns.optional_time()?,
        revoked_at: columns.optional_time()?,
    })
}

impl Views {
    /// The key of this id.
    pub fn api_key(&self, id: ApiKeyId) -> Result<Option<ApiKeyRow>, ViewFault> {
        self.one_api_key(&BY_ID, id.0.as_bytes())
    }

    /// The key that is sent as it is and whose secret has this hash.
    pub fn api_key_by_secret_hash(&self, hash: &Digest) -> Result<Option<ApiKeyRow>, ViewFault> {
        self.one_api_key(&BY_SECRET, hash.as_bytes())
    }

    /// The pair with this access key.
    pub fn api_key_by_access_key(&self, access_key: &str) -> Result<Option<ApiKeyRow>, ViewFault> {
        self.one_api_key(&BY_ACCESS_KEY, access_key)
    }

    /// The access keys of the newest pairs that are not revoked, so many at most.
    pub fn live_access_keys(&self, limit: usize) -> Result<Vec<Arc<str>>, ViewFault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&LIVE_PAIRS)?;
            let found = statement.query_map([int(limit as u64)], |row| row.get(0))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// A page of the keys for the projects in scope, newest first. Keys for every project are
    /// listed in [`Scope::All`] only.
    pub fn api_keys(&self, scope: &Scope, page: &Page) -> Result<Slice<ApiKeyRow>, ViewFault> {
        let listing = within(scope);
        self.read_together(|connection| listing.page(connection, page))
    }

    /// How many keys there are for the projects in scope.
    pub fn api_key_count(&self, scope: &Scope) -> Result<u64, ViewFault> {
        let listing = within(scope);
        self.read(|connection| listing.count(connection))
    }

    fn one_api_key(&self, sql: &str, value: impl ToSql) -> Result<Option<ApiKeyRow>, ViewFault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let row = statement.query_row([value], |row| read(&mut Columns::of(row)));
            Ok(row.optional()?)
        })
    }
}

fn within(scope: &Scope) -> Listing<'static, ApiKeyRow> {
    let mut conditions = Conditions::default();
    conditions.within("a.project", scope);
    Listing {
        source: &SOURCE,
        conditions,
        sort: Sort::Unique("a.position"),
        direction: Direction::Descending,
    }
}

pub(super) fn issued(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &ApiKeyIssued,
) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT INTO api_keys (position, id, name, secret_hash, access_key, role, project,
             created_by, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            int(recorded.position.0),
            event.key.0.as_bytes(),
            event.name,
            event.secret_hash.as_bytes(),
            event.access_key,
            event.role.word(),
            event.project.map(|id| id.0.into_bytes()),
            recorded.context.actor,
            micros(recorded.recorded_at),
            event.expires_at.map(micros),
        ],
    )
}

pub(super) fn revoked(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &ApiKeyRevoked,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("API key", recorded),
        "UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1",
        params![event.key.0.as_bytes(), micros(recorded.recorded_at)],
    )
}

pub(super) fn used(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &ApiKeyUsed,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("API key", recorded),
        "UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1",
        params![event.key.0.as_bytes(), micros(recorded.recorded_at)],
    )
}

pub(super) fn advance(batch: &Batch<'_>, recorded: &Recorded) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT INTO access_stream (one_row, revision) VALUES (1, ?1)
         ON CONFLICT (one_row) DO UPDATE SET revision = excluded.revision",
        params![int(recorded.revision.0)],
    )
}

/// The state of the access stream; none before its first event.
pub(super) fn state(connection: &Connection) -> Result<Option<Access>, ViewFault> {
    let sql = "SELECT revision FROM access_stream";
    let mut statement = connection.prepare_cached(sql)?;
    let revision = statement.query_row([], |row| Columns::of(row).revision());
    let Some(revision) = revision.optional()? else {
        return Ok(None);
    };
    let sql = "SELECT id FROM api_keys WHERE revoked_at IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let live = statement.query_map([], |row| Columns::of(row).id(ApiKeyId))?;
    let live: Vec<ApiKeyId> = live.collect::<Result<_, _>>()?;
    Ok(Some(Access::at(revision, live)))
}
