//! Items revised: read at the head, changed by the caller's own rule, and committed over that very
//! head. When it has moved meanwhile, the rule is asked again; so no writer's row is lost.

use crate::auth::Action;
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, Revision, XactId};
use crate::domain::values::{CommitMode, Version};
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::reads::Item;
use crate::ledger::staging::{NewItem, Staging, checked_key};
use crate::ledger::tasks::NewImport;
use crate::ledger::verbs::Committed;
use crate::ledger::verbs::commits::{ATTEMPTS_MAX, COMMIT_BYTES_MAX, Intent, Staged, outrun};
use crate::ledger::{Caller, Ledger};

/// Which items are to be revised, and how that is to be known.
#[derive(Debug, Clone, Default)]
pub struct NewRevision {
    /// The keys of the items that the rule is to see; none: it sees nothing.
    pub keys: Vec<String>,
    /// Why, in the caller's words.
    pub message: Option<String>,
    /// The version the caller saw; another one is a conflict.
    pub if_version: Option<XactId>,
    /// Whether a snapshot of reason AUTO shall name the version made, in the same append.
    pub auto_snapshot: bool,
}

/// What a rule makes of the items it saw.
#[derive(Debug, Clone, Default)]
pub struct RevisedItems {
    /// Items put; of a repeated key the last counts.
    pub upserts: Vec<NewItem>,
    /// Keys deleted, after the upserts; one that is not there changes nothing.
    pub deletes: Vec<String>,
}

/// What a rule sees of the dataset: the items at its head, in the order of the keys; none where a
/// key is not there.
pub type SeenItems = Vec<Option<Item>>;

impl Ledger {
    /// Revises items: one new version, also when nothing differs. `rule` may be asked several
    /// times and must answer from what it sees alone; what it refuses is the answer. Of any size:
    /// more than [`COMMIT_BYTES_MAX`] goes in as an import, with a task of its own, and then an
    /// idempotency key is `TOO_LARGE`.
    pub async fn revise_items(
        &self,
        caller: &Caller,
        dataset: DatasetId,
        new: NewRevision,
        rule: impl Fn(SeenItems) -> Result<RevisedItems, Refusal> + Sync,
    ) -> Outcome<Committed> {
        let row = self.enter_dataset(caller, Action::Write, dataset).await?;
        let call = self.call(caller, Some(row.project));
        let auto_snapshot = new.auto_snapshot.then(|| call.new_snapshot());
        if let Some(done) = self.inner.hall.answered(&call).await? {
            return self.committed_at(dataset, done.last, auto_snapshot);
        }
        for key in &new.keys {
            checked_key("key", key)?;
        }
        let intent = Intent {
            dataset,
            message: new.message.as_deref().map(Into::into),
            if_version: self.seen_version(dataset, new.if_version).await?,
            operation: None,
            auto_snapshot,
        };
        for _ in 0..ATTEMPTS_MAX {
            let turn = self.inner.commits.take(dataset.to_string().into()).await;
            let base = match self.base_of(&intent).await {
                Ok(base) => base,
                // What stands against it may be what the first call with its key did.
                Err(refused) => match self.inner.hall.answered_in_turn(&call).await? {
                    Some(done) => return self.committed_at(dataset, done.last, auto_snapshot),
                    None => return Err(refused),
                },
            };
            let revised = rule(self.seen_items(dataset, base, &new.keys).await?)?;
            let mut staging = Staging::new(dataset);
            for item in &revised.upserts {
                staging.put(item.clone(), || call.new_id())?;
            }
            for key in &revised.deletes {
                staging.delete(checked_key("key", key)?);
            }
            let is_large = staging.bytes() > COMMIT_BYTES_MAX && caller.key.is_none();
            let done = if is_large {
                // An import takes the turn itself, when it commits.
                drop((turn, staging));
                self.import_over(caller, &new, (dataset, base.revision), revised)
                    .await?
            } else {
                let staged = Staged::within_bounds(staging)?;
                self.try_commit(&call, &intent, base.root, &staged).await?
            };
            if let Some(done) = done {
                return Ok(done);
            }
        }
        Err(outrun())
    }

    /// The items of these keys at a version, read on a thread where that may take its time.
    async fn seen_items(
        &self,
        dataset: DatasetId,
        version: Version,
        keys: &[String],
    ) -> Outcome<SeenItems> {
        let (ledger, keys) = (self.clone(), keys.to_vec());
        let read = move || ledger.items_by_keys(dataset, version.root, &keys);
        let broke_off =
            |fault| LedgerError::Fault(format!("the items to revise were not read: {fault}"));
        tokio::task::spawn_blocking(read).await.map_err(broke_off)?
    }

    /// Imports what was computed over a version; none when the dataset has another one by then.
    async fn import_over(
        &self,
        caller: &Caller,
        new: &NewRevision,
        (dataset, base): (DatasetId, Revision),
        revised: RevisedItems,
    ) -> Outcome<Option<Committed>> {
        let import = NewImport {
            dataset,
            mode: CommitMode::Upsert,
            message: new.message.clone(),
            if_version: None,
            auto_snapshot: new.auto_snapshot,
        };
        let mut importer = self.begin_import(caller, import).await?;
        importer.only_over(base);
        for item in revised.upserts {
            importer.put(item).await?;
        }
        for key in &revised.deletes {
            importer.delete(key).await?;
        }
        match importer.finish().await {
            Ok(done) => Ok(Some(done)),
            Err(LedgerError::Refused {
                refusal: Refusal::VersionConflict { .. },
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
