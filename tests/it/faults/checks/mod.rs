//! What must be so when all is over, however much broke: a file for each promise.
//!
//! A check says what is wrong with the first thing that is; that each can is shown in `broken`.
//! Nothing here asks a server.

mod acknowledged;
mod broken;
mod followed;
mod honest;
mod order;
mod refusals;
pub mod same;
mod seen;
mod sound;
mod tasks;

use super::history::{Call, Followed, Read};
use super::log::Fact;
use super::model::Model;
use super::window::Windows;

/// All that was done, told and seen, and the log in the end.
pub struct Evidence {
    /// Every event of the log.
    pub log: Vec<Fact>,
    /// Every write that was tried.
    pub calls: Vec<Call>,
    /// Every read that was answered.
    pub reads: Vec<Read>,
    /// What each follower was told.
    pub followed: Vec<Followed>,
}

/// What the log comes to, if all promises were kept; else the first that was broken.
pub fn judge(evidence: &Evidence) -> Result<Model, String> {
    let Evidence {
        log,
        calls,
        reads,
        followed,
    } = evidence;
    acknowledged::check(log, calls)?;
    honest::check(calls)?;
    tasks::check(log)?;
    for one in followed {
        followed::check(log, one)?;
    }
    let model = Model::of(log, calls)?;
    let windows = Windows::of(log, calls);
    for call in calls {
        order::check(call, &windows)?;
        refusals::check(call, &model, &windows)?;
    }
    for read in reads {
        seen::check(read, &model, &windows)?;
    }
    Ok(model)
}
