//! Which pages of the web may ask: those of the allow-list, and in open mode the server's own.
//!
//! A credential is sent on purpose and never by the browser itself, so a foreign page cannot borrow
//! one. Where no credential is asked for, a page that a person merely visits could use the server
//! on their machine: there a request must come from a page of this server or of the list, and be
//! addressed to this machine by a name that no foreign page can have (DNS rebinding).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::request_id::REQUEST_ID;
use crate::rest::Trouble;

/// How long a browser may remember what a page may do.
const PREFLIGHT_AGE_MAX: Duration = Duration::from_secs(3_600);

/// A page's origin, as a browser writes it: scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// Which pages of the web may ask.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    allowed: Vec<Origin>,
    is_open: bool,
}

impl FromStr for Origin {
    type Err = ();

    /// `https://host` or `http://host:port`, in lower case, without a path: what a browser sends.
    fn from_str(text: &str) -> Result<Self, ()> {
        let host = ["https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or(())?;
        let is_written = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte)
        };
        if host.is_empty() || !host.bytes().all(is_written) {
            return Err(());
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| ())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.to_str().unwrap_or_default())
    }
}

impl Origins {
    /// The pages of this list may ask, each request with its credential.
    pub const fn allowed(allowed: Vec<Origin>) -> Self {
        Self {
            allowed,
            is_open: false,
        }
    }

    /// Nobody is asked for a credential.
    #[must_use]
    pub fn without_credentials(self) -> Self {
        Self {
            is_open: true,
            ..self
        }
    }

    /// What lets the pages of the list read answers; none where there is no list.
    pub(super) fn layer(&self) -> Option<CorsLayer> {
        if self.allowed.is_empty() {
            return None;
        }
        let origins = self.allowed.iter().map(|origin| origin.0.clone());
        let methods = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ];
        let asked = [
            "last-event-id",
            "x-api-key",
            "x-min-xact-id",
            "idempotency-key",
        ];
        let asked = asked.map(HeaderName::from_static).into_iter().chain([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_ENCODING,
            header::CONTENT_TYPE,
            REQUEST_ID,
        ]);
        let layer = CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods(methods)
            .allow_headers(asked.collect::<Vec<_>>())
            .expose_headers([
                header::RETRY_AFTER,
                header::ETAG,
                header::ACCEPT_RANGES,
                header::CONTENT_RANGE,
                HeaderName::from_static("x-xact-id"),
                REQUEST_ID,
            ])
            .max_age(PREFLIGHT_AGE_MAX);
        Some(layer)
    }

    /// Why a request is not answered; nothing where a credential is asked for, since that is
    /// looked at instead.
    pub(super) fn refusal(&self, headers: &HeaderMap) -> Option<Trouble> {
        if !self.is_open {
            return None;
        }
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let Some(host) = host.filter(|host| is_this_machine(host)) else {
            return Some(Trouble::new(
                StatusCode::FORBIDDEN,
                "FORBIDDEN",
                "this server asks nobody for a key, so it answers only to 127.0.0.1 or localhost",
                "address it as http://127.0.0.1 with its port, or start it with keys",
            ));
        };
        let origin = headers.get(header::ORIGIN)?;
        let is_own = origin.as_bytes().strip_prefix(b"http://") == Some(host.as_bytes());
        if is_own || self.allowed.iter().any(|allowed| allowed.0 == origin) {
            return None;
        }
        Some(Trouble::new(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            "this server asks nobody for a key, so it answers no page of another site",
            "name the page's origin in cors_origins, or start the server with keys",
        ))
    }
}

/// Whether a `Host` header names this machine, by a name that a foreign page cannot take.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    let is_loopback = |address: IpAddr| address.is_loopback();
    name.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !host.is_empty() {
            headers.insert(header::HOST, HeaderValue::from_str(host).expect("a host"));
        }
        if let Some(origin) = origin {
            let origin = HeaderValue::from_str(origin).expect("an origin");
            headers.insert(header::ORIGIN, origin);
        }
        headers
    }

    #[test]
    fn without_keys_only_this_machines_own_pages_are_answered() {
        let listed = Origins::allowed(vec!["https://app.example".parse().expect("an origin")]);
        let open = listed.clone().without_credentials();
        for (host, origin, is_answered) in [
            ("127.0.0.1:7878", None, true),
            ("localhost:7878", None, true),
            ("LOCALHOST", None, true),
            ("[::1]:7878", None, true),
            ("127.0.0.1:7878", Some("http://127.0.0.1:7878"), true),
            ("localhost:7878", Some("https://app.example"), true),
            ("127.0.0.1:7878", Some("https://evil.example"), false),
            ("127.0.0.1:7878", Some("http://127.0.0.1:7879"), false),
            ("127.0.0.1:7878", Some("null"), false),
            ("evil.example", None, false),
            ("evil.example:7878", Some("http://evil.example:7878"), false),
            ("127.0.0.1.evil.example", None, false),
            ("localhost.evil.example", None, false),
            ("192.168.0.7:7878", None, false),
            ("", None, false),
        ] {
            let headers = headers(host, origin);
            let is_refused = open.refusal(&headers).is_some();
            assert_eq!(is_refused, !is_answered, "{host} {origin:?}");
            assert!(listed.refusal(&headers).is_none(), "a key is asked for");
        }
    }

    #[test]
    fn an_origin_is_written_as_a_browser_writes_it() {
        for (text, is_one) in [
            ("https://app.example", true),
            ("http://localhost:3000", true),
            ("http://[::1]:3000", true),
            ("https://app.example/", false),
            ("https://App.example", false),
            ("https://", false),
            ("app.example", false),
            ("*", false),
            ("null", false),
            ("https://a b", false),
        ] {
            assert_eq!(text.parse::<Origin>().is_ok(), is_one, "{text}");
        }
    }
}
