//! What a file is told to be: images that a page may show, and everything else as a download.
//!
//! The type comes from a table, never from the item's words alone: they are anybody's.

use axum::http::HeaderValue;

/// Types that are told, and how names of such files end. The images come first.
const KNOWN: [(&str, &[&str]); 10] = [
    ("image/png", &["png"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/gif", &["gif"]),
    ("image/webp", &["webp"]),
    ("image/avif", &["avif"]),
    ("image/svg+xml", &["svg"]),
    ("video/mp4", &["mp4", "m4v"]),
    ("video/webm", &["webm"]),
    ("video/ogg", &["ogv"]),
    ("video/quicktime", &["mov"]),
];
const UNKNOWN: &str = "application/octet-stream";

/// How a file is told to a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    media_type: &'static str,
}

impl Shown {
    /// By the type that the item gives it, else by how its name ends.
    pub fn of(mime_type: Option<&str>, uri: &str) -> Self {
        let ending = uri.rsplit_once('.').map_or("", |(_, ending)| ending);
        let ending = ending.to_ascii_lowercase();
        let known = KNOWN.iter().find(|(known, endings)| match mime_type {
            Some(given) => given.eq_ignore_ascii_case(known),
            None => endings.contains(&ending.as_str()),
        });
        Self {
            media_type: known.map_or(UNKNOWN, |(known, _)| known),
        }
    }

    /// The value of `Content-Type`.
    pub const fn media_type(self) -> HeaderValue {
        HeaderValue::from_static(self.media_type)
    }

    /// The value of `Content-Disposition`: only images are shown where they are.
    pub fn disposition(self) -> HeaderValue {
        HeaderValue::from_static(if self.media_type.starts_with("image/") {
            "inline"
        } else {
            "attachment"
        })
    }
}
