//! The one place where a stored shape of an older version becomes one of the next.
//!
//! An upcast is a pure step from (name, version) to (name, version + 1) on the JSON of the event's
//! data; every read goes through here, whichever way the event came. It never sees the envelope,
//! and never touches ItemsStaged, in whose bytes offsets count.
//!
//! To change a shape: keep its golden file, add the `…V2` struct and its golden file, raise its
//! version in `current_version`, and put the step into `UPCASTS`.

use std::borrow::Cow;

use serde_json::Value;

/// A step from one version of one event's shape to the next.
pub(super) struct Upcast {
    /// The event's name.
    pub(super) name: &'static str,
    /// The version that it takes; it makes the next.
    pub(super) from: u32,
    /// The step; an error says what about the old data it does not understand.
    pub(super) step: fn(Value) -> Result<Value, String>,
}

/// Every step there is.
pub(super) const UPCASTS: &[Upcast] = &[
    Upcast {
        name: "ApiKeyIssued",
        from: 1,
        step: without_access_key,
    },
    Upcast {
        name: "RestoreBegun",
        from: 1,
        step: without_afterwards,
    },
    Upcast {
        name: "ProjectCreated",
        from: 1,
        step: without_description,
    },
    Upcast {
        name: "ProjectUpdated",
        from: 1,
        step: with_description_as_it_was,
    },
];

/// The version in which an event of this name is written.
pub(super) fn current_version(name: &str) -> u32 {
    let steps = UPCASTS.iter().filter(|upcast| upcast.name == name);
    steps.map(|upcast| upcast.from + 1).max().unwrap_or(1)
}

/// Before there were pairs, every key was sent as it is.
fn without_access_key(mut data: Value) -> Result<Value, String> {
    let fields = data.as_object_mut().ok_or("no object")?;
    fields.insert("accessKey".to_owned(), Value::Null);
    Ok(data)
}

/// The first restores made no snapshot of their result and gave no words back.
fn without_afterwards(mut data: Value) -> Result<Value, String> {
    let fields = data.as_object_mut().ok_or("no object")?;
    fields.insert("resultSnapshotId".to_owned(), Value::Null);
    fields.insert("words".to_owned(), Value::Null);
    Ok(data)
}

/// The first projects had no description.
fn without_description(mut data: Value) -> Result<Value, String> {
    let fields = data.as_object_mut().ok_or("no object")?;
    fields.insert("description".to_owned(), Value::String(String::new()));
    Ok(data)
}

/// The first changes of projects left the description as it was: there was none.
fn with_description_as_it_was(mut data: Value) -> Result<Value, String> {
    let fields = data.as_object_mut().ok_or("no object")?;
    fields.insert("description".to_owned(), Value::Null);
    Ok(data)
}

/// The data in the current version of its shape, or why there is no way to it.
pub(super) fn to_current<'a>(
    upcasts: &[Upcast],
    name: &str,
    version: u32,
    data: &'a [u8],
) -> Result<Cow<'a, [u8]>, String> {
    let current = current_version(name);
    if version == current {
        return Ok(Cow::Borrowed(data));
    }
    let no_way = || {
        format!("{name} has version {version}; this program knows {current}: use a newer program")
    };
    if version > current {
        return Err(no_way());
    }
    let mut value = serde_json::from_slice(data).map_err(|error| error.to_string())?;
    for version in version..current {
        let upcast = upcasts
            .iter()
            .find(|upcast| upcast.name == name && upcast.from == version)
            .ok_or_else(no_way)?;
        value = (upcast.step)(value)?;
    }
    Ok(Cow::Owned(value.to_string().into_bytes()))
}
