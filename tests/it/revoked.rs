//! A key that is revoked closes what it had opened, and soon.

use serde_json::json;

use crate::harness::{EventSource, Heard, Home, Line, text};

const WATCH: &str = "subscription { events { checkpoint } }";

#[tokio::test]
async fn sockets_and_streams_of_a_revoked_key_end_and_others_go_on() {
    let home = Home::new();
    let server = home.start().await;
    let issue = "mutation {
        issueApiKey(input: { name: \"passing\", role: VIEWER }) { apiKey { id } token }
    }";
    let issued = server.ask(issue, json!({})).await["issueApiKey"].take();
    let token = text(&issued["token"]);

    let mut line = Line::speaking(&server).await;
    let payload = json!({ "Authorization": token });
    line.say(&json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(line.message().await["type"], "connection_ack");
    let mut of_another = Line::begun(&server).await;
    let request = server.http.post(format!("{}/graphql", server.address));
    let request = request
        .bearer_auth(&token)
        .header("accept", "text/event-stream");
    let mut stream = EventSource::open(request.json(&json!({ "query": WATCH }))).await;
    stream.answer().await;

    let revoke = "mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { xactId } }";
    server
        .ask(revoke, json!({ "id": issued["apiKey"]["id"] }))
        .await;
    let (code, reason) = line.goodbye().await;
    assert_eq!(code, 4403, "{reason}");
    let last = loop {
        let (_, data) = stream.answer().await;
        if data["errors"].is_array() {
            break data;
        }
    };
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    stream.next().await;
    assert_eq!(stream.next().await, None);
    of_another.say(&json!({ "type": "ping" })).await;
    assert_eq!(
        of_another.hear().await,
        Heard::Message(json!({ "type": "pong" }))
    );
}
