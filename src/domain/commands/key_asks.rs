//! One random command of each verb about API keys, for the walks.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};

use super::facts::{PROJECT, root};
use super::walk::Walker;
use super::*;
use crate::domain::Refusal;
use crate::domain::ids::ApiKeyId;
use crate::domain::values::Role;

pub fn issue_api_key(walker: &mut Walker) -> Result<Decision, Refusal> {
    let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(10);
    let command = IssueApiKey {
        key: ApiKeyId(walker.fresh()),
        name: walker.name(),
        secret_hash: root(9),
        access_key: walker.maybe(|_| Arc::from("SLAK0123456789ABCDEF")),
        role: walker.one_of(Role::ALL),
        project: walker.maybe(|_| PROJECT),
        expires_at: walker
            .maybe(|walker| DateTime::UNIX_EPOCH + TimeDelta::seconds(walker.one_of(&[5, 20]))),
        now,
    };
    issue_api_key::decide(&command)
}

pub fn revoke_api_key(walker: &mut Walker) -> Result<Decision, Refusal> {
    let command = RevokeApiKey { key: walker.key() };
    revoke_api_key::decide(walker.states.access(), &command)
}

pub fn note_api_key_use(walker: &mut Walker) -> Result<Decision, Refusal> {
    let day =
        |walker: &mut Walker| DateTime::UNIX_EPOCH + TimeDelta::days(walker.one_of(&[0, 1, 2]));
    let command = NoteApiKeyUse {
        key: walker.key(),
        now: day(walker),
    };
    let last_used = walker.maybe(day);
    note_api_key_use::decide(walker.states.access(), last_used, &command)
}
