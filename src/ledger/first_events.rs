//! The first events of a log: the ledger, the default project, the first admin key.
//!
//! Of nodes that found a ledger on one log at the same time one is first; the others join it.

use std::time::Duration;

use super::Founding;
use super::error::{LedgerError, Outcome};
use crate::clock::Clock;
use crate::content::TreeParameters;
use crate::domain::Event;
use crate::domain::event::{ApiKeyIssued, LedgerFounded, ProjectCreated};
use crate::domain::ids::{ApiKeyId, EventId, LedgerId, Position, ProjectId, Stream};
use crate::domain::values::{Name, Role};
use crate::event_log::{
    Append, AppendFault, Context, EventLog, Expected, ReadFault, StreamAppend, record,
};

/// The format of the log that this program writes.
const FORMAT: u32 = 1;
/// The name of the project that exists from the first start.
const DEFAULT_PROJECT: &str = "default";
/// Who founds a ledger.
const FOUNDER: &str = "snapledger";
/// How often a founding is tried whose answer is lost.
const ATTEMPTS_MAX: usize = 5;
/// How long what another node founded may take to come here.
const JOINING_TIME_MAX: Duration = Duration::from_secs(30);

/// The facts of event 1.
pub(super) struct Founded {
    pub ledger: LedgerId,
    pub default_project: ProjectId,
}

/// Writes the first events; false when another node was first, once its events are here.
pub(super) async fn found(
    log: &dyn EventLog,
    clock: &dyn Clock,
    founding: Founding,
) -> Outcome<bool> {
    let append = first_events(clock, founding);
    for attempt in 1.. {
        match log.append(append.clone()).await {
            Ok(_) => return Ok(true),
            Err(AppendFault::Conflict { .. }) => break,
            // It stands or not: the same again, by its ids, is told which.
            Err(AppendFault::Unreachable(_)) if attempt < ATTEMPTS_MAX => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    let latest = log.latest().await?;
    let mut follower = log.follow(latest);
    match tokio::time::timeout(JOINING_TIME_MAX, follower.next(1)).await {
        Ok(Ok(Some(_))) => Ok(false),
        Ok(Err(fault)) => Err(fault.into()),
        Ok(Ok(None)) | Err(_) => {
            let why = "the ledger that another node founded does not come here".to_owned();
            Err(ReadFault::Unreachable(why).into())
        }
    }
}

fn first_events(clock: &dyn Clock, founding: Founding) -> Append {
    let default_project = ProjectId(clock.new_id());
    let ledger = LedgerFounded {
        ledger: LedgerId(clock.new_id()),
        format: FORMAT,
        tree: TreeParameters::parameters_text().into(),
        default_project,
    };
    let name = Name::recorded(DEFAULT_PROJECT);
    let project = ProjectCreated {
        project: default_project,
        name,
        external_id: None,
        description: "".into(),
    };
    let key = ApiKeyIssued {
        key: ApiKeyId(clock.new_id()),
        name: "admin".into(),
        secret_hash: founding.admin_key,
        access_key: None,
        role: Role::Admin,
        project: None,
        expires_at: None,
    };
    let part = |stream: Stream, event: Event| StreamAppend {
        stream,
        expected: Expected::NoStream,
        events: vec![record::encode(EventId(clock.new_id()), &event)],
    };
    let streams = vec![
        part(Stream::Ledger, ledger.into()),
        part(Stream::Project(default_project), project.into()),
        part(Stream::Access, key.into()),
    ];
    let context = Context {
        actor: FOUNDER.into(),
        correlation: None,
        causation: None,
        idempotency: None,
    };
    Append { streams, context }
}

/// What the first event says.
pub(super) fn founded(log: &dyn EventLog) -> Outcome<Founded> {
    let first = log.read_all(Position::START.next(), 1)?;
    let first = first.first().map(record::decode).transpose()?;
    let Some(Event::LedgerFounded(founded)) = first else {
        let message = "the log does not begin with LedgerFounded: it is not a ledger's";
        return Err(LedgerError::Fault(message.to_owned()));
    };
    if founded.format != FORMAT || *founded.tree != *TreeParameters::parameters_text() {
        return Err(LedgerError::Fault(format!(
            "the log has format {} with {}; this program reads format {FORMAT} with {}",
            founded.format,
            founded.tree,
            TreeParameters::parameters_text()
        )));
    }
    Ok(Founded {
        ledger: founded.ledger,
        default_project: founded.default_project,
    })
}
