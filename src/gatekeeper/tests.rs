//! Every credential leads to its principal, through the doors that are open to it and no other.

mod gate;

use axum::http::HeaderValue;
use chrono::TimeDelta;
use jsonwebtoken::Header;
use serde_json::{Value, json};

use super::*;
use crate::auth::{Grants, authorization};
use crate::config::Access;
use crate::domain::values::Role;
use gate::{Gate, JWT_SECRET, headers, token};

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_comes_through_the_doors_of_its_dialect() {
    let gate = Gate::with_keys().await;
    let key = gate.bearer().await;
    let bearer = format!("Bearer {key}");
    let claims = json!({ "sub": "grace", "exp": gate.seconds() + 60, "role": "viewer" });
    let jwt = token(&Header::default(), &claims, JWT_SECRET);
    use Doors::{Bearer, BearerOrApiKey, BearerOrAuthToken};
    for (pairs, opens) in [
        (
            vec![("authorization", &*bearer)],
            vec![Bearer, BearerOrApiKey, BearerOrAuthToken],
        ),
        (vec![("x-api-key", &*key)], vec![BearerOrApiKey]),
        (vec![("x-api-key", &*jwt)], vec![BearerOrApiKey]),
        (vec![("x-auth-token", &*key)], vec![BearerOrAuthToken]),
        (vec![("x-auth-token", &*jwt)], vec![BearerOrAuthToken]),
        (vec![("authorization", &*key)], vec![]),
        (
            vec![("authorization", "Bearer wrong"), ("x-api-key", &*key)],
            vec![],
        ),
        (
            vec![
                ("authorization", &*bearer),
                ("authorization", "Bearer other"),
            ],
            vec![],
        ),
        (vec![("x-api-key", "")], vec![]),
        (vec![], vec![]),
    ] {
        let headers = headers(&pairs);
        for doors in [Bearer, BearerOrApiKey, BearerOrAuthToken] {
            let found = gate.gatekeeper.principal_through(doors, &headers);
            let found = found.expect("looked up").is_some();
            assert_eq!(
                found,
                opens.contains(&doors),
                "{doors:?}: {:?}",
                headers.keys()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_operator_stands_for_whom_it_says() {
    let gate = Gate::with_keys().await;
    let default = gate.house.ledger.default_project();
    let who = |projects: Value, email: Value| {
        let mut claims = json!({ "sub": "auth0|7", "exp": gate.seconds() + 60, "role": "admin" });
        if !projects.is_null() {
            claims["projects"] = projects;
        }
        if !email.is_null() {
            claims["email"] = email;
        }
        gate.who(&token(&Header::default(), &claims, JWT_SECRET))
            .expect("opens")
    };
    let everywhere = who(Value::Null, json!("ada@example.org"));
    assert_eq!(everywhere.grants, Grants::Everywhere(Role::Admin));
    assert_eq!(&**everywhere.actor(), "ada@example.org");
    assert_eq!(&*everywhere.subject, "auth0|7");
    let within = Grants::In(vec![(default, Role::Admin)]);
    for projects in [
        json!(["Default"]),
        json!([default.to_string()]),
        json!(["default", default.to_string(), "no such project"]),
    ] {
        let found = who(projects.clone(), Value::Null);
        assert_eq!(found.grants, within, "{projects}");
        assert_eq!(&**found.actor(), "auth0|7");
    }
    assert_eq!(who(json!([]), Value::Null).grants, Grants::In(vec![]));

    let claims = json!({ "sub": "a", "exp": gate.seconds() + 60, "role": "admin" });
    let other = "another secret, also of thirty-two bytes";
    assert!(
        gate.who(&token(&Header::default(), &claims, other))
            .is_none()
    );
    let late = json!({ "sub": "a", "exp": gate.seconds() - 61, "role": "admin" });
    assert!(
        gate.who(&token(&Header::default(), &late, JWT_SECRET))
            .is_none()
    );
    let shut = Gatekeeper::new(gate.house.ledger.clone());
    let good = ApiKeyText::given(&token(&Header::default(), &claims, JWT_SECRET));
    assert!(
        shut.of_token(&good).expect("looked up").is_none(),
        "no secret, no token"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_makes_tokens_and_signs_but_is_never_sent() {
    let gate = Gate::with_keys().await;
    let (access_key, secret) = gate.pair(None).await;
    let header = |kid: &AccessKey| Header {
        kid: Some(kid.to_string()),
        ..Header::default()
    };
    let now = gate.seconds();
    let claims = json!({ "sub": access_key.as_str(), "iat": now, "exp": now + 600, "iss": "sdk" });
    let made = token(&header(&access_key), &claims, secret.reveal());
    let found = gate.who(&made).expect("opens");
    assert_eq!((&*found.subject, found.until.is_some()), ("a client", true));
    assert_eq!(
        found.role_in(gate.house.ledger.default_project()),
        Some(Role::Editor)
    );
    assert!(gate.gatekeeper.still_opens(&found).expect("looked up"));
    let over = Principal {
        until: Some(gate.house.ledger.now()),
        ..found
    };
    assert!(!gate.gatekeeper.still_opens(&over).expect("looked up"));

    let unknown = AccessKey::of_bytes(&[9; 32]);
    let (other_key, other_secret) = gate.pair(None).await;
    let long = json!({ "sub": access_key.as_str(), "iat": now, "exp": now + 86_401 });
    // The operator's secret does not sign for a pair, nor a pair's for the operator.
    let as_operator = json!({ "sub": "x", "role": "admin", "iat": now, "exp": now + 600 });
    for refused in [
        token(&header(&unknown), &claims, secret.reveal()),
        token(&header(&other_key), &claims, secret.reveal()),
        token(&header(&access_key), &claims, other_secret.reveal()),
        token(&header(&access_key), &claims, JWT_SECRET),
        token(&header(&access_key), &long, secret.reveal()),
        token(&Header::default(), &as_operator, secret.reveal()),
        secret.reveal().to_owned(),
        access_key.to_string(),
    ] {
        assert!(gate.who(&refused).is_none());
    }
}

const fn request<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> SignedRequest<'a> {
    SignedRequest {
        method: "POST",
        path: "/v1.0/project/snapshots",
        query: "",
        headers,
        body,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_request_is_its_pairs_and_only_as_it_was_signed() {
    let gate = Gate::with_keys().await;
    let end = gate.house.ledger.now() + TimeDelta::hours(1);
    let (access_key, secret) = gate.pair(Some(end)).await;
    let date = gate.house.ledger.now().format("%Y%m%dT%H%M%SZ").to_string();
    let mut headers = headers(&[("host", "ledger.example"), ("x-sdk-date", &date)]);
    let body = br#"{"snapshot":{}}"#;
    let text = authorization(&request(&headers, body), access_key.as_str(), &secret);
    let value = HeaderValue::from_str(&text).expect("a value");
    headers.insert(AUTHORIZATION, value);
    let ask = |body: &'static [u8]| {
        let doors = Doors::BearerOrAuthToken;
        let found = gate
            .gatekeeper
            .of_signed_request(doors, &request(&headers, body));
        found.expect("looked up")
    };
    let found = ask(body).expect("opens");
    assert_eq!((&*found.subject, found.until), ("a client", Some(end)));
    assert!(ask(b"{}").is_none(), "another body");
    assert!(
        gate.gatekeeper
            .principal(&headers)
            .expect("looked up")
            .is_none()
    );
    let bearer = gate::headers(&[("x-auth-token", &*gate.bearer().await)]);
    let found = gate
        .gatekeeper
        .of_signed_request(Doors::BearerOrAuthToken, &request(&bearer, b"any"));
    assert!(
        found.expect("looked up").is_some(),
        "a token instead of a signature"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_house_takes_who_comes_with_nothing_but_no_wrong_key() {
    let gate = Gate::stand(Access::Open).await;
    let ask = |pairs: &[(&'static str, &str)]| {
        let found = gate.gatekeeper.principal(&headers(pairs));
        found.expect("looked up").is_some()
    };
    assert!(ask(&[]));
    assert!(!ask(&[("authorization", "Bearer wrong")]));
}
