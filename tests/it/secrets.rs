//! No secret lies about: not in a database, not in a log, not in an error, whatever is told.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::harness::{Home, KEY, NOBODY, Server, Socket, line, reply, seconds_now, text};

const JWT_SECRET: &str = "hush: what the identity provider signs with";
/// A credential that is wrong may be almost right: it is no less a secret.
const WRONG_KEY: &str = "sl_almost_the_key_of_the_stories";
const VIEWER: &str = "{ viewer { subject } }";

/// Uses a credential wherever one can be given, in the ways that are right and those that are not.
async fn use_everywhere(server: &Server, credential: &str) {
    let answer = server
        .answer_to(Some(credential), VIEWER, Value::Null)
        .await;
    assert!(
        answer.status == 200 || answer.status == 401,
        "{}",
        answer.body
    );
    assert!(!answer.body.to_string().contains(credential));
    let items = format!("{}/v1/datasets/{NOBODY}/items", server.address);
    let bulk = server
        .http
        .post(items)
        .bearer_auth(credential)
        .body(line(1, 1));
    assert_ne!(reply(bulk).await.status, 200);
    for name in ["X-Api-Key", "X-Auth-Token", "Authorization"] {
        let request = server.http.post(format!("{}/graphql", server.address));
        let request = request
            .header(name, credential)
            .json(&json!({ "query": VIEWER }));
        let answered = request.send().await.expect("an answer");
        assert_eq!(answered.status().as_u16(), 401, "{name}");
        let body = answered.text().await.expect("a body");
        assert!(!body.contains(credential), "{body}");
    }
    let watch = "subscription { events { checkpoint } }";
    if let Some(mut socket) = Socket::open_as(server, credential, watch, json!({})).await {
        assert!(socket.message().await.is_some());
    }
}

fn signed(header: &Header, claims: &Value, secret: &str) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
}

/// The files that hold this text.
fn files_with(home: &Home, secret: &str) -> Vec<String> {
    let holds = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).expect("the file can be read");
        bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes())
    };
    let files = home.files().into_iter().filter(holds);
    let names = files.map(|path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    });
    names.collect()
}

#[tokio::test]
async fn no_secret_is_found_in_any_file_whatever_is_told() {
    let home = Home::new();
    let settings = [
        ("SNAPLEDGER_JWT_SECRET", JWT_SECRET),
        ("SNAPLEDGER_TRACE", "trace"),
    ];
    let server = home.start_in(&settings).await;
    let issue = async |input: Value| {
        let document = "mutation ($input: IssueApiKeyInput!) {
            issueApiKey(input: $input) { apiKey { id } token accessKey secretKey } }";
        server.ask(document, json!({ "input": input })).await["issueApiKey"].take()
    };
    let plain = issue(json!({ "name": "plain", "role": "VIEWER" })).await;
    let retried = json!({ "name": "retried", "role": "ADMIN", "idempotencyKey": "once" });
    let retried = [issue(retried.clone()).await, issue(retried).await];
    let pair = issue(json!({ "name": "pair", "role": "EDITOR", "kind": "AK_SK" })).await;
    let (access_key, secret_key) = (text(&pair["accessKey"]), text(&pair["secretKey"]));
    let now = seconds_now();
    let claims = json!({ "sub": "grace", "role": "admin", "exp": now + 600 });
    let operators = signed(&Header::default(), &claims, JWT_SECRET);
    let header = Header {
        kid: Some(access_key.clone()),
        ..Header::default()
    };
    let claims = json!({ "sub": access_key, "iat": now, "exp": now + 600 });
    let clients = signed(&header, &claims, &secret_key);
    let forged = signed(&header, &claims, "another secret key");
    let secrets = [
        KEY.to_owned(),
        JWT_SECRET.to_owned(),
        WRONG_KEY.to_owned(),
        text(&plain["token"]),
        text(&retried[0]["token"]),
        secret_key,
        operators,
        clients,
        forged,
    ];
    for secret in secrets.iter().filter(|secret| !secret.contains(' ')) {
        use_everywhere(&server, secret).await;
    }
    let revoke = "mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { xactId } }";
    server
        .ask(revoke, json!({ "id": plain["apiKey"]["id"] }))
        .await;
    use_everywhere(&server, &secrets[3]).await;
    let events = server.events("type data").await;
    let keys = server
        .ask("{ apiKeys { nodes { id name accessKey } } }", Value::Null)
        .await;
    for secret in &secrets {
        let told = format!("{events:?} {keys}");
        assert!(!told.contains(secret.as_str()));
    }
    // Once while it runs, with what SQLite has not merged yet, and once when all is written.
    let seal = std::fs::read_to_string(home.data().join("seal.key")).expect("the sealing key");
    for secret in &secrets {
        assert_eq!(files_with(&home, secret), Vec::<String>::new());
    }
    server.stop().await;
    for secret in &secrets {
        assert_eq!(files_with(&home, secret), Vec::<String>::new());
    }
    assert_eq!(files_with(&home, seal.trim()), ["seal.key"]);
    assert_ne!(
        files_with(&home, &access_key),
        Vec::<String>::new(),
        "the search finds things"
    );
}
