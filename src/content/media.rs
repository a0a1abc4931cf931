//! The media of an item: what may be said of a file that lies elsewhere.
//!
//! Only the rule is here, for what comes in. What is stored is read as it is, and no file is ever
//! fetched or looked at.

use super::value::Media;

/// The longest media type or digest, in characters.
pub const WORD_CHARS_MAX: usize = 255;

/// What is wrong with media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MediaFault {
    /// The member, as `media.uri`.
    pub field: &'static str,
    /// The rule it breaks.
    pub message: &'static str,
}

/// Says whether these may be the media of an item: a URI that says something, a media type as
/// `type/subtype`, a size that is not negative, a digest of visible characters.
pub fn check(media: &Media) -> Result<(), MediaFault> {
    let fault = |field, message| Err(MediaFault { field, message });
    let uri = &media.uri;
    if uri.trim().is_empty() || uri.chars().any(char::is_control) {
        let message = "a URI is not blank, and has no control characters";
        return fault("media.uri", message);
    }
    if media
        .mime_type
        .as_deref()
        .is_some_and(|text| !is_type(text))
    {
        let message = "a media type is written type/subtype, as image/png, in 255 characters";
        return fault("media.mimeType", message);
    }
    if media.byte_size.is_some_and(|bytes| bytes < 0) {
        return fault("media.byteSize", "a size is not negative");
    }
    if media.digest.as_deref().is_some_and(|text| !is_word(text)) {
        let message = "a digest has 1 to 255 visible characters of ASCII";
        return fault("media.digest", message);
    }
    Ok(())
}

fn is_word(text: &str) -> bool {
    (1..=WORD_CHARS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A media type as RFC 9110, 8.3.1 writes it; what its parameters say is its owner's affair.
fn is_type(text: &str) -> bool {
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let Some((kind, subtype)) = essence.trim_end().split_once('/') else {
        return false;
    };
    let is_readable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    text.len() <= WORD_CHARS_MAX
        && is_token(kind)
        && is_token(subtype)
        && parameters.bytes().all(is_readable)
}

/// A token as RFC 9110, 5.6.2 says.
fn is_token(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media() -> Media {
        Media {
            uri: "s3://bucket/penguin.png".to_owned(),
            mime_type: Some("image/png".to_owned()),
            byte_size: Some(0),
            digest: Some("sha256:00ff".to_owned()),
        }
    }

    #[test]
    fn what_is_said_of_a_file_is_kept_as_it_is_written() {
        assert_eq!(check(&media()), Ok(()));
        let bare = Media {
            uri: "\u{1F427}.png".to_owned(),
            mime_type: None,
            byte_size: None,
            digest: None,
        };
        assert_eq!(check(&bare), Ok(()));
        for mime_type in [
            "video/mp4",
            "application/vnd.api+json",
            "text/csv; charset=utf-8",
            "video/mp4;codecs=\"avc1, mp4a\"",
        ] {
            let typed = Media {
                mime_type: Some(mime_type.to_owned()),
                ..media()
            };
            assert_eq!(check(&typed), Ok(()), "{mime_type}");
        }
    }

    #[test]
    fn what_says_nothing_is_refused_by_its_member() {
        let refuses = |field: &str, change: &dyn Fn(&mut Media)| {
            let mut media = media();
            change(&mut media);
            let found = check(&media).map_err(|fault| fault.field);
            assert_eq!(found, Err(field), "{media:?}");
        };
        for uri in ["", " ", "a\n", "a\0"] {
            refuses("media.uri", &|media| media.uri = uri.to_owned());
        }
        let long = format!("image/{}", "x".repeat(250));
        for text in [
            "",
            "image",
            "image/",
            "/png",
            "a/b/c",
            "image/p ng",
            "bild/ö",
            "a/b;\n",
            &long,
        ] {
            refuses("media.mimeType", &|media| {
                media.mime_type = Some(text.to_owned());
            });
        }
        refuses("media.byteSize", &|media| media.byte_size = Some(-1));
        for text in ["", "a b", "é", &"f".repeat(256)] {
            refuses("media.digest", &|media| {
                media.digest = Some(text.to_owned())
            });
        }
    }
}
