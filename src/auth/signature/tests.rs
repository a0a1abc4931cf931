//! What the vendor's own SDK signed is proven, and nothing that differs from it.
//!
//! The requests are those of `vectors.rs`; here they are tampered with.

mod vectors;

use axum::http::{HeaderName, HeaderValue};

use super::*;
use vectors::{ACCESS_KEY, SECRET_KEY, VECTORS, Vector};

/// A request that can be tampered with before it is looked at.
struct Came {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).expect("a header's value")
}

impl Vector {
    fn came(&self) -> Came {
        let (method, target) = self.request.split_once(' ').expect("a method");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            headers.insert(HeaderName::from_static(name), header(value));
        }
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        let authorization = format!(
            "{SCHEME} Access={ACCESS_KEY}, SignedHeaders={}, Signature={}",
            names.join(";"),
            self.signature
        );
        headers.insert(AUTHORIZATION, header(&authorization));
        Came {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: self.body.as_bytes().to_vec(),
        }
    }

    fn signed_at(&self) -> DateTime<Utc> {
        let mut headers = self.headers.iter();
        let (_, date) = headers
            .find(|(name, _)| *name == DATE_HEADER)
            .expect("a time");
        let read = NaiveDateTime::parse_from_str(date, DATE_FORM);
        read.expect("a time").and_utc()
    }
}

impl Came {
    fn is_proven(&self, now: DateTime<Utc>) -> bool {
        let request = SignedRequest {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        };
        let secret = Secret::given(SECRET_KEY);
        Signature::of(&self.headers).is_some_and(|found| {
            assert_eq!(found.access_key().as_str(), ACCESS_KEY);
            found.proves(&request, &secret, now)
        })
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers
            .insert(HeaderName::from_static(name), header(value));
    }
}

#[test]
fn what_the_sdk_signed_is_proven() {
    for vector in VECTORS {
        assert!(
            vector.came().is_proven(vector.signed_at()),
            "{}",
            vector.request
        );
    }
}

#[test]
fn a_query_may_come_in_any_order() {
    let vector = &VECTORS[3];
    let mut came = vector.came();
    came.query = "sort_key=created%20at&offset=0&sort_dir=desc&limit=10".to_owned();
    assert!(came.is_proven(vector.signed_at()));
}

#[test]
fn whatever_was_changed_is_not_proven() {
    type Change = fn(&mut Came);
    let changes: &[(&str, Change)] = &[
        ("method", |came| came.method = "PUT".to_owned()),
        ("path", |came| came.path.push('x')),
        ("path with a broken escape", |came| came.path.push_str("%2")),
        ("query", |came| came.query = "limit=1".to_owned()),
        ("body", |came| came.body.push(b' ')),
        ("no body", |came| came.body.clear()),
        ("host", |came| came.set("host", "elsewhere")),
        ("project", |came| came.set("x-project-id", "another")),
        ("no project", |came| {
            drop(came.headers.remove("x-project-id"))
        }),
        ("host twice", |came| {
            came.headers.append("host", header("elsewhere"));
        }),
        ("body said to be unsigned", |came| {
            came.set(CONTENT_HASH_HEADER, "UNSIGNED-PAYLOAD");
        }),
        ("no time", |came| drop(came.headers.remove(DATE_HEADER))),
        ("malformed time", |came| came.set(DATE_HEADER, "now")),
    ];
    let vector = &VECTORS[0];
    for (what, change) in changes {
        let mut came = vector.came();
        change(&mut came);
        assert!(!came.is_proven(vector.signed_at()), "{what}");
    }
    let mut came = vector.came();
    let hash = sha256_hex(&came.body);
    came.set(CONTENT_HASH_HEADER, &hash);
    assert!(
        came.is_proven(vector.signed_at()),
        "the body's true hash changes nothing"
    );
}

#[test]
fn a_signature_is_good_for_a_quarter_of_an_hour_either_way() {
    let vector = &VECTORS[0];
    let second = TimeDelta::seconds(1);
    for (from, is_proven) in [
        (TimeDelta::zero(), true),
        (WINDOW_MAX, true),
        (-WINDOW_MAX, true),
        (WINDOW_MAX + second, false),
        (-WINDOW_MAX - second, false),
    ] {
        assert_eq!(
            vector.came().is_proven(vector.signed_at() + from),
            is_proven,
            "{from}"
        );
    }
}

#[test]
fn another_secret_or_signature_proves_nothing() {
    let vector = &VECTORS[1];
    let came = vector.came();
    let request = SignedRequest {
        method: &came.method,
        path: &came.path,
        query: &came.query,
        headers: &came.headers,
        body: &came.body,
    };
    let found = Signature::of(&came.headers).expect("a signature");
    let other = Secret::given("another");
    assert!(!found.proves(&request, &other, vector.signed_at()));
    for mac in [vec![], vec![0; 32], found.mac[..31].to_vec()] {
        let forged = Signature {
            mac,
            ..found.clone()
        };
        assert!(!forged.proves(&request, &Secret::given(SECRET_KEY), vector.signed_at()));
    }
}

#[test]
fn a_signature_that_leaves_out_the_host_or_the_time_is_not_looked_at() {
    let vector = &VECTORS[8];
    let came = vector.came();
    let found = Signature::of(&came.headers).expect("a signature");
    for left_out in ["host", DATE_HEADER] {
        let mut signed_headers = found.signed_headers.clone();
        signed_headers.retain(|name| name != left_out);
        let less = Signature {
            signed_headers,
            ..found.clone()
        };
        assert!(!less.covers_enough(), "{left_out}");
    }
}

#[test]
fn other_credentials_are_no_signature() {
    let good = "SDK-HMAC-SHA256 Access=SLAK0123456789ABCDEF, SignedHeaders=host, Signature=00";
    let of = |value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, header(value));
        Signature::of(&headers)
    };
    assert!(of(good).is_some());
    for value in [
        "",
        "Bearer sl_1",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Access=SLAK0123456789ABCDEF",
        "SDK-HMAC-SM3 Access=SLAK0123456789ABCDEF, SignedHeaders=host, Signature=00",
        "SDK-HMAC-SHA256 Access=another, SignedHeaders=host, Signature=00",
        "SDK-HMAC-SHA256 Access=SLAK0123456789ABCDEF, SignedHeaders=host, Signature=0",
        "SDK-HMAC-SHA256 Access=SLAK0123456789ABCDEF, SignedHeaders=host, Signature=zz",
        "SDK-HMAC-SHA256 Access=SLAK0123456789ABCDEF, SignedHeaders=host, Signature=00, More=1",
    ] {
        assert_eq!(of(value), None, "{value}");
    }
    assert_eq!(Signature::of(&HeaderMap::new()), None);
}

/// The `Authorization` that a client with this pair gives a request whose headers are all signed.
pub fn authorization(request: &SignedRequest<'_>, access_key: &str, secret: &Secret) -> String {
    let mut names: Vec<String> = request.headers.keys().map(ToString::to_string).collect();
    names.sort();
    let unsigned = Signature {
        access_key: AccessKey::parse(access_key).expect("an access key"),
        signed_headers: names.clone(),
        mac: Vec::new(),
    };
    let date = single(request.headers, DATE_HEADER).expect("a time");
    let to_sign = unsigned
        .to_sign(request, date)
        .expect("a request that can be signed");
    let mac = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
        &to_sign,
    );
    let mac: String = mac
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let names = names.join(";");
    format!("{SCHEME} Access={access_key}, SignedHeaders={names}, Signature={mac}")
}
