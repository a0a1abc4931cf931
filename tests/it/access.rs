//! Who may do what, on the real program: over HTTP, in bulk, over a socket, by the command line.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::harness::{Home, NOBODY, Server, Socket, line, reply, seconds_now, text};

const JWT_SECRET: &str = "the secret that the operator shares with its identity provider";
const ISSUE: &str = "mutation ($input: IssueApiKeyInput!) {
    issueApiKey(input: $input) { apiKey { id } token accessKey secretKey xactId } }";

/// Issues a key as the admin of everything; answers the payload.
async fn issue(server: &Server, input: Value) -> Value {
    server.ask(ISSUE, json!({ "input": input })).await["issueApiKey"].take()
}

async fn token(server: &Server, role: &str, project: &str) -> String {
    let input = json!({ "name": role, "role": role, "projectId": project });
    text(&issue(server, input).await["token"])
}

async fn project(server: &Server, name: &str) -> String {
    let document = "mutation ($name: String!) {
        createProject(input: { name: $name }) { project { id } } }";
    let made = server.ask(document, json!({ "name": name })).await;
    text(&made["createProject"]["project"]["id"])
}

async fn dataset_in(server: &Server, project: &str) -> String {
    let document = "mutation ($project: ID!) {
        createDataset(input: { name: \"d\", projectId: $project }) { dataset { id } } }";
    let made = server.ask(document, json!({ "project": project })).await;
    text(&made["createDataset"]["dataset"]["id"])
}

fn signed(header: &Header, claims: &Value, secret: &str) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
}

const VIEWER: &str = "{ viewer { subject email apiKeyId roles { role project { name } } } }";

#[tokio::test]
async fn each_role_does_in_bulk_and_over_a_socket_what_it_may_and_no_more() {
    let home = Home::new();
    let server = home.start().await;
    let (own, other) = (
        project(&server, "own").await,
        project(&server, "other").await,
    );
    let dataset = dataset_in(&server, &own).await;
    let wrong = "sl_wrong".to_owned();
    // Who, then what an upload and a download are answered with, and whether a socket tells.
    let table = [
        (token(&server, "VIEWER", &own).await, (403, 200), true),
        (token(&server, "EDITOR", &own).await, (200, 200), true),
        (token(&server, "ADMIN", &own).await, (200, 200), true),
        (token(&server, "ADMIN", &other).await, (404, 404), false),
        (wrong.clone(), (401, 401), false),
    ];
    let watch = "subscription ($id: ID!) { datasetChanged(id: $id) { id } }";
    for (place, (key, (upload, download), is_told)) in table.iter().enumerate() {
        let address = format!("{}/v1/datasets/{dataset}/items", server.address);
        let upload_of = |address: &str| server.http.post(address).bearer_auth(key).body(line(1, 1));
        let done = reply(upload_of(&address)).await;
        assert_eq!(done.status, *upload, "{place}: {}", done.body);
        if *upload == 404 {
            let nowhere = format!("{}/v1/datasets/{NOBODY}/items", server.address);
            let to_nothing = reply(upload_of(&nowhere)).await;
            assert_eq!(
                (to_nothing.status, &to_nothing.body),
                (404, &done.body),
                "{place}"
            );
        }
        let got = server.http.get(&address).bearer_auth(key).send().await;
        assert_eq!(
            got.expect("an answer").status().as_u16(),
            *download,
            "{place}"
        );
        let socket = Socket::open_as(&server, key, watch, json!({ "id": dataset })).await;
        let told = match socket {
            None => false,
            Some(mut socket) => {
                let message = socket.message().await.unwrap_or_default();
                message["payload"]["data"]["datasetChanged"]["id"] == dataset.as_str()
            }
        };
        assert_eq!(told, *is_told, "{place}");
    }
    let none = server
        .http
        .post(format!("{}/v1/datasets/{dataset}/items", server.address));
    assert_eq!(reply(none.body(line(1, 1))).await.status, 401);
    let none = server.answer_to(None, VIEWER, Value::Null).await;
    assert_eq!((none.status, &*none.error().code), (401, "UNAUTHENTICATED"));
    server.stop().await;
}

#[tokio::test]
async fn tokens_of_the_operator_and_of_clients_open_until_they_end() {
    let home = Home::new();
    let server = home
        .start_in(&[("SNAPLEDGER_JWT_SECRET", JWT_SECRET)])
        .await;
    project(&server, "own").await;
    let claims = json!({
        "sub": "auth0|7", "email": "ada@example.org", "role": "editor", "projects": ["own"],
        "exp": seconds_now() + 600,
    });
    let ada = signed(&Header::default(), &claims, JWT_SECRET);
    let seen = server
        .answer_to(Some(&ada), VIEWER, Value::Null)
        .await
        .data();
    let roles = json!([{ "role": "EDITOR", "project": { "name": "own" } }]);
    assert_eq!(
        seen["viewer"],
        json!({ "subject": "auth0|7", "email": "ada@example.org", "apiKeyId": null, "roles": roles })
    );
    let create = "mutation ($project: ID) {
        createDataset(input: { name: \"hers\", projectId: $project }) { dataset { owner } } }";
    let own = server
        .ask("{ project(name: \"own\") { id } }", Value::Null)
        .await;
    let variables = json!({ "project": own["project"]["id"] });
    let made = server.answer_to(Some(&ada), create, variables).await.data();
    assert_eq!(made["createDataset"]["dataset"]["owner"], "ada@example.org");
    let elsewhere = server.answer_to(Some(&ada), create, json!({})).await;
    assert_eq!(
        elsewhere.error().code,
        "NOT_FOUND",
        "the default project is not hers"
    );
    let unsigned = format!("{}.", ada.rsplit_once('.').expect("a signature").0);
    assert_eq!(
        server
            .answer_to(Some(&unsigned), VIEWER, Value::Null)
            .await
            .status,
        401
    );

    let pair = issue(
        &server,
        json!({ "name": "robot", "role": "VIEWER", "kind": "AK_SK" }),
    )
    .await;
    let (access_key, secret_key) = (text(&pair["accessKey"]), text(&pair["secretKey"]));
    assert_eq!(pair["token"], Value::Null);
    let header = Header {
        kid: Some(access_key.clone()),
        ..Header::default()
    };
    let claims = json!({ "sub": access_key, "iat": seconds_now(), "exp": seconds_now() + 600, "iss": "sdk" });
    let robot = signed(&header, &claims, &secret_key);
    let seen = server
        .answer_to(Some(&robot), VIEWER, Value::Null)
        .await
        .data();
    assert_eq!(seen["viewer"]["subject"], "robot");
    assert_eq!(seen["viewer"]["apiKeyId"], pair["apiKey"]["id"]);
    for sent in [&access_key, &secret_key] {
        assert_eq!(
            server
                .answer_to(Some(sent), VIEWER, Value::Null)
                .await
                .status,
            401
        );
    }

    // Without its key store the pair is refused, and that is said; keys and tokens go on.
    let kept = token(&server, "VIEWER", &text(&own["project"]["id"])).await;
    server.stop().await;
    home.forget("keys.db");
    let server = home
        .start_in(&[("SNAPLEDGER_JWT_SECRET", JWT_SECRET)])
        .await;
    assert_eq!(
        server
            .answer_to(Some(&robot), VIEWER, Value::Null)
            .await
            .status,
        401
    );
    for opens in [&kept, &ada] {
        assert_eq!(
            server
                .answer_to(Some(opens), VIEWER, Value::Null)
                .await
                .status,
            200
        );
    }
    assert!(server.words().contains("keys.db"), "{}", server.words());
    assert!(server.words().contains(&access_key), "{}", server.words());
    server.stop().await;
}

#[tokio::test]
async fn a_key_is_issued_again_by_a_retry_across_a_restart_and_opens_until_revoked() {
    let home = Home::new();
    let server = home.start().await;
    let input = json!({ "name": "nightly", "role": "EDITOR", "idempotencyKey": "once" });
    let first = issue(&server, input.clone()).await;
    server.kill();
    let server = home.start().await;
    let (one, other) = tokio::join!(issue(&server, input.clone()), issue(&server, input.clone()));
    assert_eq!((&one, &other), (&first, &first));
    let mut changed = input;
    changed["role"] = json!("ADMIN");
    let reused = server.refused(ISSUE, json!({ "input": changed })).await;
    assert_eq!(reused.code, "IDEMPOTENCY_KEY_REUSED");

    let key = text(&first["token"]);
    let seen = server
        .answer_to(Some(&key), VIEWER, Value::Null)
        .await
        .data();
    assert_eq!(seen["viewer"]["subject"], "nightly");
    let mut socket = Socket::open_as(
        &server,
        &key,
        "subscription { events { caughtUp } }",
        json!({}),
    )
    .await
    .expect("it opens");
    assert!(socket.message().await.is_some());
    let revoke = "mutation ($id: ID!) {
        revokeApiKey(input: { apiKeyId: $id }) { apiKey { isActive revokedAt } } }";
    let revoked = server
        .ask(revoke, json!({ "id": first["apiKey"]["id"] }))
        .await;
    assert_eq!(revoked["revokeApiKey"]["apiKey"]["isActive"], false);
    assert_eq!(
        server
            .answer_to(Some(&key), VIEWER, Value::Null)
            .await
            .status,
        401
    );
    let late = issue_expired(&server).await;
    assert_eq!(late, "BAD_INPUT");
    server.stop().await;
}

async fn issue_expired(server: &Server) -> String {
    let input = json!({ "name": "n", "role": "VIEWER", "expiresAt": "2020-01-01T00:00:00Z" });
    server.refused(ISSUE, json!({ "input": input })).await.code
}

#[tokio::test]
async fn keys_are_issued_listed_and_revoked_by_the_command_line() {
    let home = Home::new();
    let server = home.start().await;
    let issue = [
        "key",
        "issue",
        "--name",
        "nightly",
        "--role",
        "editor",
        "--project",
        "default",
    ];
    let told = server.runs(&issue);
    let word = |what: &str| {
        let found = told.lines().find_map(|line| line.trim().strip_prefix(what));
        found
            .unwrap_or_else(|| panic!("no {what} in {told}"))
            .trim()
            .to_owned()
    };
    let (id, key) = (word("id"), word("token"));
    assert!(told.contains("EDITOR of project \"default\""), "{told}");
    assert_eq!(
        server
            .answer_to(Some(&key), VIEWER, Value::Null)
            .await
            .status,
        200
    );
    let pair = server.runs(&[
        "key",
        "issue",
        "--name",
        "r",
        "--role",
        "viewer",
        "--all-projects",
        "--pair",
    ]);
    assert!(
        pair.contains("access key SLAK") && pair.contains("secret key "),
        "{pair}"
    );
    let listed = server.runs(&["key", "list"]);
    assert!(listed.contains(&id) && !listed.contains(&key), "{listed}");
    let revoked = server.runs(&["key", "revoke", &id]);
    assert!(revoked.contains("revoked \"nightly\""), "{revoked}");
    assert!(!server.runs(&["key", "list"]).contains(&id));
    assert!(server.runs(&["key", "list", "--all"]).contains(&id));
    assert_eq!(
        server
            .answer_to(Some(&key), VIEWER, Value::Null)
            .await
            .status,
        401
    );
    server.stop().await;
}
