//! What a page may do: nothing that leaves this server.
//!
//! The console needs no exception. The playground's editor writes styles into the page and starts
//! its workers from blobs, so it has a policy of its own, and the console none of its holes.

use axum::http::HeaderValue;

/// Whose policy a file is served with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// Of the console and all that belongs to no page.
    Console,
    /// Of the playground's page.
    Playground,
}

impl Policy {
    /// The value of `Content-Security-Policy`.
    pub const fn header(self) -> HeaderValue {
        match self {
            Self::Console => HeaderValue::from_static(
                "default-src 'none'; script-src 'self'; style-src 'self'; \
                 img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; \
                 connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
            Self::Playground => HeaderValue::from_static(
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                 img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; \
                 connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
        }
    }
}
