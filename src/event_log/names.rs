//! The names of events, each kept once: a million events of one name share its text.
//!
//! Knows the domain's names; any other, from a newer program, is kept as it comes.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::domain::event::Event;

static NAMES: LazyLock<HashMap<&'static str, Arc<str>>> = LazyLock::new(|| {
    let names = Event::NAMES.iter();
    names.map(|name| (*name, Arc::from(*name))).collect()
});

/// The shared text of this name.
pub(super) fn shared_name(name: &str) -> Arc<str> {
    NAMES.get(name).cloned().unwrap_or_else(|| name.into())
}
