//! The handshake of RFC 6455: from an HTTP request to a wire on which frames go.
//!
//! Written here, and not taken from the web framework, because its sockets hide the wire: a client
//! that is sending a frame which is too large must be read on for a while, or it never sees why it
//! was closed out. Says nothing about who may connect.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The subprotocol that is spoken.
const SUBPROTOCOL: &str = "graphql-transport-ws";
/// The version of the WebSocket protocol that is spoken.
pub const VERSION: &str = "13";

/// A request that becomes a socket.
#[derive(Debug)]
pub struct Handshake {
    accept: HeaderValue,
    /// Whether the client offers the subprotocol that is spoken.
    pub is_understood: bool,
    /// The wire, once the answer was sent.
    pub upgrade: OnUpgrade,
}

/// Why a request does not become a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoHandshake {
    /// It has not the form of a handshake.
    Malformed(&'static str),
    /// It speaks another version of WebSocket.
    OtherVersion,
}

/// Whether a request wants to become a socket.
pub fn is_wanted(headers: &HeaderMap) -> bool {
    has_word(headers, &UPGRADE, "websocket")
}

impl Handshake {
    /// Reads what the client says.
    pub fn of(request: &mut Request) -> Result<Self, NoHandshake> {
        let headers = request.headers();
        if request.method() != Method::GET || request.version() != Version::HTTP_11 {
            return Err(NoHandshake::Malformed(
                "a WebSocket is opened by GET with HTTP/1.1",
            ));
        }
        if !is_wanted(headers) || !has_word(headers, &CONNECTION, "upgrade") {
            let message = "a WebSocket needs `Connection: Upgrade` and `Upgrade: websocket`";
            return Err(NoHandshake::Malformed(message));
        }
        if !has_word(headers, &SEC_WEBSOCKET_VERSION, VERSION) {
            return Err(NoHandshake::OtherVersion);
        }
        let accept = headers
            .get(SEC_WEBSOCKET_KEY)
            .map(|key| derive_accept_key(key.as_bytes()));
        let accept = accept.and_then(|accept| HeaderValue::try_from(accept).ok());
        let Some(accept) = accept else {
            return Err(NoHandshake::Malformed(
                "a WebSocket needs a `Sec-WebSocket-Key`",
            ));
        };
        let is_understood = has_word(headers, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
        let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
            return Err(NoHandshake::Malformed(
                "this connection cannot become a WebSocket",
            ));
        };
        Ok(Self {
            accept,
            is_understood,
            upgrade,
        })
    }

    /// The answer after which frames go.
    pub fn answer(&self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_ACCEPT, self.accept.clone());
        if self.is_understood {
            headers.insert(
                SEC_WEBSOCKET_PROTOCOL,
                HeaderValue::from_static(SUBPROTOCOL),
            );
        }
        response
    }
}

/// Whether a header has this word in its list, whatever its case.
fn has_word(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut words = values.flat_map(|value| value.split(','));
    words.any(|found| found.trim().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut request = axum::http::Request::builder().uri("/graphql");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).expect("a request")
    }

    #[test]
    fn what_is_no_handshake_is_told_why() {
        let full = [
            ("upgrade", "WebSocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        for (left_out, expected) in [
            (0, "Upgrade: websocket"),
            (1, "Connection: Upgrade"),
            (3, "Sec-WebSocket-Key"),
            (4, "cannot become"),
        ] {
            let mut headers = full.to_vec();
            if left_out < headers.len() {
                headers.remove(left_out);
            }
            let refused = Handshake::of(&mut request(&headers)).expect_err(expected);
            let NoHandshake::Malformed(why) = refused else {
                panic!("{refused:?}");
            };
            assert!(why.contains(expected), "{why}");
        }
        let mut other = full;
        other[2].1 = "8";
        let refused = Handshake::of(&mut request(&other)).err();
        assert_eq!(refused, Some(NoHandshake::OtherVersion));
    }

    #[test]
    fn words_are_found_in_any_case_and_in_lists() {
        let offers = request(&[("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")]);
        let name = SEC_WEBSOCKET_PROTOCOL;
        assert!(has_word(offers.headers(), &name, SUBPROTOCOL));
        let other = request(&[("sec-websocket-protocol", "graphql-ws")]);
        assert!(!has_word(other.headers(), &name, SUBPROTOCOL));
    }
}
