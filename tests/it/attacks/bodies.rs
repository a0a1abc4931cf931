//! Bodies that are no request, or more than one is allowed to be.

use serde_json::json;

/// A body, and the statuses with which it may be refused.
pub struct Body {
    /// What it is, in words.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Statuses of its answer.
    pub statuses: &'static [u16],
}

/// All of them.
pub fn bodies() -> Vec<Body> {
    let body = |name, bytes: &[u8], statuses| Body {
        name,
        bytes: bytes.to_vec(),
        statuses,
    };
    let deep = "[".repeat(500_000);
    let members = "{\"a\":".repeat(150_000);
    let one = json!({ "query": "{ ledger { head } }" });
    let hundredfold = json!(vec![one.clone(); 100]).to_string();
    let large = json!({ "query": "{ ledger { head } }", "operationName": "x".repeat(5 << 20) });
    vec![
        body("nothing", b"", &[400]),
        body("half a request", b"{\"query\":\"{ ledger", &[400]),
        body("text that is no JSON", b"query { ledger { head } }", &[400]),
        body("another JSON value", b"null", &[400]),
        body("a number of a megabyte", &vec![b'1'; 900_000], &[400]),
        body(
            "bytes that are no UTF-8",
            b"{\"query\":\"{ \xff\xfe }\"}",
            &[400],
        ),
        body(
            "half a surrogate pair",
            br#"{"query":"{ ledger { head } } # \ud800"}"#,
            &[400],
        ),
        body("UTF-16", &[0xff, 0xfe, b'{', 0, b'}', 0], &[400]),
        body(
            "a byte order mark and nothing",
            "\u{feff}".as_bytes(),
            &[400],
        ),
        body("500,000 open brackets", deep.as_bytes(), &[400]),
        body(
            "150,000 objects within each other",
            members.as_bytes(),
            &[400],
        ),
        body("a query of another type", br#"{"query":{"a":1}}"#, &[400]),
        body(
            "variables of another type",
            br#"{"query":"{ ledger { head } }","variables":"x"}"#,
            &[400],
        ),
        body("an empty batch", b"[]", &[400]),
        body("a hundredfold batch", hundredfold.as_bytes(), &[400]),
        body("5 MiB", large.to_string().as_bytes(), &[413]),
    ]
}
