//! The canonical form of a value: the one sequence of bytes that is hashed and stored for it.
//!
//! JSON text of `{"data":…}` or `{"data":…,"media":{…}}` as RFC 8785 orders and escapes it, with
//! one departure: integers that fit 64 bits stay as they are, where the RFC would round them to a
//! double. It must never change a value that is canonical already.

use serde_json::{Map, Number, Value};

/// The longest value, in canonical bytes: one must fit an append to any log with room to spare.
pub const VALUE_BYTES_MAX: usize = 512 * 1024;

/// What most values fit into, in bytes.
const VALUE_BYTES_USUAL: usize = 256;

/// The deepest nesting of objects and arrays; `data` itself is the first.
pub const DEPTH_MAX: usize = 64;

/// What an item shows: a file that lies elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Where the file lies.
    pub uri: String,
    /// Its type, as `image/png`.
    pub mime_type: Option<String>,
    /// Its size in bytes.
    pub byte_size: Option<i64>,
    /// Its digest, as its owner writes it.
    pub digest: Option<String>,
}

/// Why something is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    /// `data` is something else than a JSON object.
    #[error("data must be a JSON object")]
    NotAnObject,
    /// The canonical form has more than [`VALUE_BYTES_MAX`] bytes.
    #[error("a value has at most {VALUE_BYTES_MAX} bytes of canonical JSON")]
    TooLarge,
    /// Objects and arrays are nested deeper than [`DEPTH_MAX`].
    #[error("data is nested at most {DEPTH_MAX} deep")]
    TooDeep,
    /// A number that neither 64 bits nor a double hold.
    #[error("a number must fit 64 bits or a double")]
    NotANumber,
    /// Stored bytes that are not of the form that [`canonical`] writes.
    #[error("these bytes are not a stored value")]
    NotAValue,
}

/// The canonical bytes of a value. `data` must be an object.
pub fn canonical(data: &Value, media: Option<&Media>) -> Result<Vec<u8>, ValueFault> {
    if !data.is_object() {
        return Err(ValueFault::NotAnObject);
    }
    let mut text = Vec::with_capacity(VALUE_BYTES_USUAL);
    text.extend_from_slice(b"{\"data\":");
    write_value(&mut text, data, 1)?;
    if let Some(media) = media {
        text.extend_from_slice(b",\"media\":{");
        write_media(&mut text, media)?;
        text.push(b'}');
    }
    text.push(b'}');
    if text.len() > VALUE_BYTES_MAX {
        Err(ValueFault::TooLarge)
    } else {
        Ok(text)
    }
}

/// The canonical text of any JSON value, by the same rules but for its size.
pub fn canonical_json(value: &Value) -> Result<String, ValueFault> {
    let mut text = Vec::new();
    write_value(&mut text, value, 1)?;
    String::from_utf8(text).map_err(|_| ValueFault::NotAValue)
}

/// The `data` and `media` of stored bytes.
pub fn parse(bytes: &[u8]) -> Result<(Value, Option<Media>), ValueFault> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| ValueFault::NotAValue)?;
    let Value::Object(mut members) = value else {
        return Err(ValueFault::NotAValue);
    };
    let data = members
        .remove("data")
        .filter(Value::is_object)
        .ok_or(ValueFault::NotAValue)?;
    let media = match members.remove("media") {
        None => None,
        Some(Value::Object(media)) => Some(read_media(media)?),
        Some(_) => return Err(ValueFault::NotAValue),
    };
    if members.is_empty() {
        Ok((data, media))
    } else {
        Err(ValueFault::NotAValue)
    }
}

/// Writes the members of a media object in canonical order.
fn write_media(text: &mut Vec<u8>, media: &Media) -> Result<(), ValueFault> {
    let Media {
        uri,
        mime_type,
        byte_size,
        digest,
    } = media;
    if let Some(byte_size) = byte_size {
        text.extend_from_slice(format!("\"byteSize\":{byte_size},").as_bytes());
    }
    for (name, member) in [("digest", digest), ("mimeType", mime_type)] {
        if let Some(member) = member {
            text.extend_from_slice(format!("\"{name}\":").as_bytes());
            write_text(text, member)?;
            text.push(b',');
        }
    }
    text.extend_from_slice(b"\"uri\":");
    write_text(text, uri)
}

fn read_media(mut members: Map<String, Value>) -> Result<Media, ValueFault> {
    let mut text = |name| match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ValueFault::NotAValue),
    };
    let uri = text("uri")?.ok_or(ValueFault::NotAValue)?;
    let (mime_type, digest) = (text("mimeType")?, text("digest")?);
    let byte_size = match members.remove("byteSize") {
        None => None,
        Some(size) => Some(size.as_i64().ok_or(ValueFault::NotAValue)?),
    };
    let media = Media {
        uri,
        mime_type,
        byte_size,
        digest,
    };
    if members.is_empty() {
        Ok(media)
    } else {
        Err(ValueFault::NotAValue)
    }
}

fn write_value(text: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), ValueFault> {
    if text.len() > VALUE_BYTES_MAX {
        return Err(ValueFault::TooLarge);
    }
    match value {
        Value::Null => text.extend_from_slice(b"null"),
        Value::Bool(true) => text.extend_from_slice(b"true"),
        Value::Bool(false) => text.extend_from_slice(b"false"),
        Value::Number(number) => write_number(text, number)?,
        Value::String(string) => write_text(text, string)?,
        Value::Array(_) | Value::Object(_) if depth > DEPTH_MAX => return Err(ValueFault::TooDeep),
        Value::Array(elements) => write_array(text, elements, depth)?,
        Value::Object(members) => write_object(text, members, depth)?,
    }
    Ok(())
}

fn write_array(text: &mut Vec<u8>, elements: &[Value], depth: usize) -> Result<(), ValueFault> {
    text.push(b'[');
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        write_value(text, element, depth + 1)?;
    }
    text.push(b']');
    Ok(())
}

/// Writes the members in the order of their names' UTF-16 code units, as RFC 8785, 3.2.3 says.
fn write_object(
    text: &mut Vec<u8>,
    members: &Map<String, Value>,
    depth: usize,
) -> Result<(), ValueFault> {
    let in_order = |one: &&String, other: &&String| match one.is_ascii() && other.is_ascii() {
        true => one <= other,
        false => one.encode_utf16().le(other.encode_utf16()),
    };
    if members.keys().is_sorted_by(in_order) {
        return write_members(text, members.iter(), depth);
    }
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    write_members(text, sorted.into_iter(), depth)
}

fn write_members<'v>(
    text: &mut Vec<u8>,
    members: impl Iterator<Item = (&'v String, &'v Value)>,
    depth: usize,
) -> Result<(), ValueFault> {
    text.push(b'{');
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            text.push(b',');
        }
        write_text(text, name)?;
        text.push(b':');
        write_value(text, value, depth + 1)?;
    }
    text.push(b'}');
    Ok(())
}

fn write_number(text: &mut Vec<u8>, number: &Number) -> Result<(), ValueFault> {
    if number.is_i64() || number.is_u64() {
        text.extend_from_slice(number.to_string().as_bytes());
        return Ok(());
    }
    let double = number.as_f64().filter(|double| double.is_finite());
    let double = double.ok_or(ValueFault::NotANumber)?;
    text.extend_from_slice(ryu_js::Buffer::new().format_finite(double).as_bytes());
    Ok(())
}

/// Writes a JSON string with the fewest escapes, as RFC 8785, 3.2.2.2 says.
fn write_text(text: &mut Vec<u8>, string: &str) -> Result<(), ValueFault> {
    if string.len() > VALUE_BYTES_MAX {
        return Err(ValueFault::TooLarge);
    }
    text.push(b'"');
    let mut rest = string.as_bytes();
    while let Some(at) = rest.iter().position(|byte| is_escaped(*byte)) {
        text.extend_from_slice(&rest[..at]);
        write_escaped(text, rest[at]);
        rest = &rest[at + 1..];
    }
    text.extend_from_slice(rest);
    text.push(b'"');
    Ok(())
}

const fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn write_escaped(text: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => text.extend_from_slice(b"\\\""),
        b'\\' => text.extend_from_slice(b"\\\\"),
        0x08 => text.extend_from_slice(b"\\b"),
        0x09 => text.extend_from_slice(b"\\t"),
        0x0a => text.extend_from_slice(b"\\n"),
        0x0c => text.extend_from_slice(b"\\f"),
        0x0d => text.extend_from_slice(b"\\r"),
        _ => text.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
    }
}

#[cfg(test)]
mod tests;
