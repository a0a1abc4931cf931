//! A token proves what it says only when everything about it is right.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "a secret of at least thirty-two bytes";
const NOW: i64 = 1_800_000_000;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).expect("a time")
}

fn access_key() -> AccessKey {
    AccessKey::of_bytes(&[7; 32])
}

fn token(header: &Header, claims: &Value, secret: &str) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
}

fn hs256() -> Header {
    Header::new(Algorithm::HS256)
}

/// Good claims, but for these.
fn claims(changes: Value) -> Value {
    let mut claims = json!({ "sub": "auth0|7", "exp": NOW + 600, "role": "editor" });
    for (name, value) in changes.as_object().expect("changes") {
        claims[name] = value.clone();
    }
    claims
}

fn read(claims: &Value) -> Option<Claims> {
    operator_claims(
        &token(&hs256(), claims, SECRET),
        &Secret::given(SECRET),
        now(),
    )
}

#[test]
fn a_good_token_tells_who_and_what() {
    let told = read(&claims(json!({
        "email": "ada@example.org", "projects": ["default", "x"], "role": "ADMIN",
        "iat": NOW - 1, "nbf": NOW - 1, "iss": "anyone", "aud": ["anything"], "more": {},
    })));
    let expected = Claims {
        subject: "auth0|7".into(),
        email: Some("ada@example.org".into()),
        projects: Some(vec!["default".into(), "x".into()]),
        role: Role::Admin,
        until: now() + TimeDelta::seconds(660),
    };
    assert_eq!(told, Some(expected));
    let plain = read(&claims(json!({}))).expect("good");
    assert_eq!(
        (plain.email, plain.projects, plain.role),
        (None, None, Role::Editor)
    );
    let nowhere = read(&claims(json!({ "projects": [] }))).expect("good");
    assert_eq!(nowhere.projects, Some(vec![]), "not every project");
}

#[test]
fn times_have_a_minute_of_leeway() {
    for (changes, is_good) in [
        (json!({ "exp": NOW - 59 }), true),
        (json!({ "exp": NOW - 60 }), false),
        (json!({ "exp": NOW as f64 - 59.5 }), true),
        (json!({ "nbf": NOW + 60 }), true),
        (json!({ "nbf": NOW + 61 }), false),
        (json!({ "iat": NOW + 60 }), true),
        (json!({ "iat": NOW + 61 }), false),
    ] {
        assert_eq!(
            read(&claims(changes.clone())).is_some(),
            is_good,
            "{changes}"
        );
    }
}

#[test]
fn claims_that_are_not_what_they_should_be_prove_nothing() {
    for changes in [
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": "a\nb" }),
        json!({ "sub": "x".repeat(256) }),
        json!({ "exp": null }),
        json!({ "exp": "soon" }),
        json!({ "exp": -1 }),
        json!({ "exp": 1e300 }),
        json!({ "role": null }),
        json!({ "role": "owner" }),
        json!({ "role": ["admin"] }),
        json!({ "projects": null }),
        json!({ "projects": "default" }),
        json!({ "projects": [1] }),
        json!({ "projects": vec!["p"; 101] }),
        json!({ "email": 1 }),
    ] {
        assert_eq!(read(&claims(changes.clone())), None, "{changes}");
    }
    let mut missing = claims(json!({}));
    missing.as_object_mut().expect("claims").remove("exp");
    assert_eq!(read(&missing), None);
}

#[test]
fn another_secret_or_algorithm_proves_nothing() {
    let claims = claims(json!({}));
    let secret = Secret::given(SECRET);
    let check = |token: &str| {
        let is_ours = token_maker(token).is_some();
        assert_eq!(operator_claims(token, &secret, now()), None, "{token}");
        is_ours
    };
    let good = token(&hs256(), &claims, SECRET);
    assert!(check(&token(
        &hs256(),
        &claims,
        "another secret of thirty-two bytes!"
    )));
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        assert!(!check(&token(&Header::new(algorithm), &claims, SECRET)));
    }
    // `{"alg":"none"}`, with and without the signature of another token.
    let (head, rest) = good.split_once('.').expect("parts");
    let (body, mac) = rest.split_once('.').expect("parts");
    for none in ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJOb05lIn0"] {
        assert!(!check(&format!("{none}.{body}.")));
        assert!(!check(&format!("{none}.{body}.{mac}")));
    }
    // `{"alg":"RS256"}`: the secret is never taken for a public key.
    assert!(!check(&format!("eyJhbGciOiJSUzI1NiJ9.{body}.{mac}")));
    assert!(check(&format!("{head}.{body}.")), "no signature");
    let critical = Header {
        crit: Some(vec!["exp".into()]),
        ..hs256()
    };
    assert!(token_maker(&token(&critical, &claims, SECRET)).is_none());
}

#[test]
fn what_is_no_token_has_no_maker() {
    for text in [
        "",
        "sl_1",
        "a.b",
        "a.b.c",
        "..",
        "a.b.c.d",
        &format!("{}..", "e".repeat(9_000)),
    ] {
        assert_eq!(token_maker(text), None, "{text}");
    }
    let with_kid = |kid: &str| {
        let header = Header {
            kid: Some(kid.to_owned()),
            ..hs256()
        };
        token_maker(&token(&header, &json!({}), SECRET))
    };
    assert_eq!(with_kid("idp-2026"), Some(TokenMaker::Operator));
    let pair = access_key();
    assert_eq!(with_kid(pair.as_str()), Some(TokenMaker::Client(pair)));
}

#[test]
fn a_clients_token_is_its_own_and_lasts_a_day_at_most() {
    let key = access_key();
    let day = 86_400;
    for (claims, is_good) in [
        (
            json!({ "sub": key.as_str(), "iat": NOW, "exp": NOW + day, "iss": "sdk" }),
            true,
        ),
        (
            json!({ "sub": key.as_str(), "iat": NOW - day, "exp": NOW - 59 }),
            true,
        ),
        (
            json!({ "sub": key.as_str(), "iat": NOW, "exp": NOW + day + 1 }),
            false,
        ),
        (
            json!({ "sub": key.as_str(), "iat": NOW - day, "exp": NOW - 60 }),
            false,
        ),
        (
            json!({ "sub": key.as_str(), "iat": NOW + 61, "exp": NOW + 600 }),
            false,
        ),
        (json!({ "sub": key.as_str(), "exp": NOW + 600 }), false),
        (json!({ "sub": key.as_str(), "iat": NOW }), false),
        (
            json!({ "sub": "another", "iat": NOW, "exp": NOW + 600 }),
            false,
        ),
        (json!({ "iat": NOW, "exp": NOW + 600 }), false),
        (
            json!({ "sub": key.as_str(), "iat": NOW, "exp": NOW + 600, "nbf": NOW + 61 }),
            false,
        ),
    ] {
        let token = token(&hs256(), &claims, SECRET);
        let found = client_until(&token, &key, &Secret::given(SECRET), now());
        assert_eq!(found.is_some(), is_good, "{claims}");
        let other = client_until(&token, &key, &Secret::given("another"), now());
        assert_eq!(other, None, "{claims}");
    }
}
