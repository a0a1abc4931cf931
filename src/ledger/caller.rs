//! A caller: a principal, what their call belongs to, and their idempotency key.
//!
//! Ids of a call that has a key are made from the key, so that a retry makes the same ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::auth::Principal;
use crate::clock::Clock;
use crate::digest::Digest;
use crate::domain::ids::{EventId, ProjectId, SnapshotId};
use crate::event_log::{Context, IdempotencyMark};

/// The namespace of all ids that are made from idempotency keys.
const KEY_SPACE: Uuid = Uuid::from_u128(0x736e_6170_6c65_6467_6572_206b_6579_7331);

/// Who calls, and how the call is known.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// What the call belongs to as a whole.
    pub correlation: Option<Uuid>,
    /// The event or request that caused it.
    pub causation: Option<Uuid>,
    /// The key under which a retry is recognised.
    pub key: Option<CallKey>,
}

/// An idempotency key as the caller gave it, with what it was given for.
#[derive(Debug, Clone)]
pub struct CallKey {
    /// The caller's text.
    pub text: Arc<str>,
    /// The mutation's name.
    pub mutation: &'static str,
    /// BLAKE3 of the input.
    pub input: Digest,
}

/// One call in one project: its key in full, and the ids it makes.
#[derive(Debug)]
pub(super) struct Call {
    pub context: Context,
    made: AtomicU64,
    clock: Arc<dyn Clock>,
}

impl Call {
    pub fn new(caller: &Caller, project: Option<ProjectId>, clock: &Arc<dyn Clock>) -> Self {
        let principal = &caller.principal;
        // Names of keys are not unique: two keys of one name do not answer each other's retries.
        // Each kind has a word before it, so that no subject can be chosen that is some key's.
        let subject = principal.api_key.map_or_else(
            || format!("subject {}", principal.subject),
            |key| format!("key {key}"),
        );
        let idempotency = caller.key.as_ref().map(|key| {
            let project = project.map_or_else(String::new, |project| project.to_string());
            let scoped = [&*project, &subject, key.mutation, &key.text]
                .map(|part| format!("{}:{part}", part.len()))
                .concat();
            IdempotencyMark {
                key: scoped.into(),
                input: key.input,
            }
        });
        let context = Context {
            actor: principal.actor().clone(),
            correlation: caller.correlation,
            causation: caller.causation,
            idempotency,
        };
        Self {
            context,
            made: AtomicU64::new(0),
            clock: clock.clone(),
        }
    }

    /// The same call without its key, for what it does beside its one answer.
    pub fn again(&self) -> Self {
        let context = Context {
            idempotency: None,
            ..self.context.clone()
        };
        Self {
            context,
            made: AtomicU64::new(0),
            clock: self.clock.clone(),
        }
    }

    /// The id of the next snapshot this call makes. Its first eight digits are part of the name
    /// that is shown for one without a name, so they must tell two apart.
    pub fn new_snapshot(&self) -> SnapshotId {
        SnapshotId(self.made_id(|clock| clock.random_id()))
    }

    /// The id of the next thing this call makes.
    pub fn new_id(&self) -> Uuid {
        self.made_id(|clock| clock.new_id())
    }

    fn made_id(&self, fresh: impl FnOnce(&dyn Clock) -> Uuid) -> Uuid {
        match &self.context.idempotency {
            None => fresh(&*self.clock),
            Some(mark) => {
                let count = self.made.fetch_add(1, Ordering::Relaxed);
                Uuid::new_v5(&KEY_SPACE, format!("thing {count} {}", mark.key).as_bytes())
            }
        }
    }

    /// The id of this call's event of this index.
    pub fn event_id(&self, index: usize) -> EventId {
        EventId(match &self.context.idempotency {
            None => self.clock.new_id(),
            Some(mark) => {
                Uuid::new_v5(&KEY_SPACE, format!("event {index} {}", mark.key).as_bytes())
            }
        })
    }
}

impl std::fmt::Debug for dyn Clock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Clock")
    }
}
