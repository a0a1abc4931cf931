//! The files that the program holds: those of the build, and the plain page's.
//!
//! The build keeps texts as gzip only. A file knows its type, its mark (the hash of its bytes) and
//! whether its name can ever mean other bytes.

use std::borrow::Cow;

use rust_embed::RustEmbed;

use crate::digest::Digest;

/// What `npm run build` made, if it ran before the program was built.
#[derive(RustEmbed)]
#[folder = "console/dist"]
#[allow_missing = true]
struct Built;

/// The page that stands in for a missing build, and what it is made of.
const PLAIN: [(&str, &str); 4] = [
    ("plain.html", include_str!("plain/plain.html")),
    ("plain.js", include_str!("plain/plain.js")),
    ("plain.css", include_str!("plain/plain.css")),
    ("icon.svg", include_str!("../../console/public/icon.svg")),
];

/// How a packed file's name ends.
const PACKED: &str = ".gz";
/// How much of a hash tells two files apart.
const MARK_CHARS: usize = 32;

/// A file to be served.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// What it is, as `text/css`.
    pub media_type: &'static str,
    /// Its bytes, packed when `is_packed`.
    pub bytes: Cow<'static, [u8]>,
    /// Whether the bytes are gzip.
    pub is_packed: bool,
    /// Whether its name means these bytes for ever.
    pub is_immutable: bool,
    /// The hash of its bytes.
    pub mark: String,
}

impl File {
    /// A file of the build by its path there, as `assets/console-Ab12.js`.
    pub fn built(path: &str) -> Option<Self> {
        let media_type = media_type(path)?;
        let packed = Built::get(&format!("{path}{PACKED}"));
        let is_packed = packed.is_some();
        let found = packed.or_else(|| Built::get(path))?;
        Some(Self::of(media_type, found.data, is_packed))
    }

    /// A file of the plain page.
    pub fn plain(name: &str) -> Option<Self> {
        let (_, text) = PLAIN.iter().find(|(known, _)| *known == name)?;
        let media_type = media_type(name)?;
        Some(Self::of(media_type, Cow::Borrowed(text.as_bytes()), false))
    }

    /// The plain page.
    pub fn plain_page() -> Self {
        let [(_, page), ..] = PLAIN;
        Self::of(HTML, Cow::Borrowed(page.as_bytes()), false)
    }

    /// The same, under a name that will never mean anything else.
    pub fn immutable(self) -> Self {
        Self {
            is_immutable: true,
            ..self
        }
    }

    fn of(media_type: &'static str, bytes: Cow<'static, [u8]>, is_packed: bool) -> Self {
        let mut mark = Digest::of(&bytes).to_string();
        mark.truncate(MARK_CHARS);
        Self {
            media_type,
            bytes,
            is_packed,
            is_immutable: false,
            mark,
        }
    }
}

const HTML: &str = "text/html; charset=utf-8";

/// What a file of this name is; nothing for names that the build does not make.
fn media_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    let media_type = match ending {
        "html" => HTML,
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        _ => return None,
    };
    Some(media_type)
}
