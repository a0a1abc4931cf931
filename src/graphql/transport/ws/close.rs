//! Why a socket is closed: the codes of the protocol, and of WebSocket itself.
//!
//! A reason is for people, or for the client that comes back, and never longer than a close frame
//! can carry. Never names what broke inside.

use crate::domain::ids::Position;

/// The most bytes of a reason: a control frame carries 125, two of them the code.
const REASON_BYTES_MAX: usize = 123;

/// A close frame to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// 1000 to 1015 as in RFC 6455, 44xx as in `graphql-transport-ws`.
    pub code: u16,
    /// At most 123 bytes of UTF-8.
    pub reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        reason.truncate(reason.floor_char_boundary(REASON_BYTES_MAX));
        Self { code, reason }
    }

    /// The client is silent: it may have gone without a word, and can come back.
    pub fn silent() -> Self {
        Self::new(
            1001,
            "Nothing was heard from the client, not even an answer to pings",
        )
    }

    /// What came is no WebSocket.
    pub fn no_websocket() -> Self {
        Self::new(1002, "What came is no WebSocket frame")
    }

    /// A text message was not UTF-8.
    pub fn not_utf8() -> Self {
        Self::new(1007, "A text message must be UTF-8")
    }

    /// A message was larger than a message may be.
    pub fn too_large(bytes_max: usize) -> Self {
        Self::new(1009, format!("A message has at most {bytes_max} bytes"))
    }

    /// The server ends, or cannot know for now what it may tell; whoever comes back goes on after
    /// this position.
    pub fn leaving(resume_after: Position) -> Self {
        let reason = serde_json::json!({ "resumeAfter": resume_after.xact().to_string() });
        Self::new(1012, reason.to_string())
    }

    /// A message that the protocol does not know.
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::new(4400, why)
    }

    /// Something was asked before the connection was acknowledged.
    pub fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    /// The credential opens nothing, or none was given.
    pub fn forbidden() -> Self {
        Self::new(4403, "Forbidden: no valid credential was given")
    }

    /// The credential opens nothing any more.
    pub fn no_longer_allowed() -> Self {
        Self::new(4403, "Forbidden: the credential was revoked or has expired")
    }

    /// The client offered another subprotocol, or none.
    pub fn other_subprotocol() -> Self {
        Self::new(
            4406,
            "Subprotocol not acceptable: speak graphql-transport-ws",
        )
    }

    /// The client did not begin in time.
    pub fn init_timed_out() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    /// An operation with this id is running already.
    pub fn subscriber_exists(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    /// The client began twice.
    pub fn second_init() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    /// Something broke inside the server.
    pub fn fault() -> Self {
        Self::new(4500, "Something broke inside the server")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_a_close_frame_and_ends_between_characters() {
        let short = Close::subscriber_exists("1");
        assert_eq!(short.reason, "Subscriber for 1 already exists");
        // 15 bytes before the id, then two a character: the last one does not fit by a byte.
        for (id, expected) in [
            ("é".repeat(200), 123),
            ("aé".repeat(200), 123),
            ("a".into(), 31),
        ] {
            let close = Close::subscriber_exists(&id);
            assert!(close.reason.len() <= expected, "{}", close.reason.len());
            assert!(close.reason.len() + 1 >= expected);
        }
    }

    #[test]
    fn the_position_to_resume_from_is_told_as_json_that_fits() {
        let close = Close::leaving(Position(7));
        let told: serde_json::Value = serde_json::from_str(&close.reason).expect("JSON");
        assert_eq!(told["resumeAfter"], Position(7).xact().to_string());
        assert_eq!(Close::leaving(Position::MAX).reason.len(), 37);
    }
}
