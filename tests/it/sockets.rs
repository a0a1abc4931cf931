//! The protocol of sockets in raw frames: each breach with its code, and what goes on beside it.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::harness::{Heard, Home, KEY, Line, within};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");
const WATCH: &str = "subscription { events(maxBatch: 1) { checkpoint events { xactId } } }";
const HEAD: &str = "{ ledger { head } }";
/// The longest message that is taken.
const FRAME_BYTES_MAX: usize = 1 << 20;

fn init(payload: Value) -> Message {
    Message::text(json!({ "type": "connection_init", "payload": payload }).to_string())
}

fn subscribe(id: &str, document: &str) -> Message {
    let payload = json!({ "query": document });
    let message = json!({ "type": "subscribe", "id": id, "payload": payload });
    Message::text(message.to_string())
}

fn known() -> Message {
    init(json!({ "Authorization": format!("Bearer {KEY}") }))
}

#[tokio::test]
async fn each_breach_of_the_protocol_is_closed_with_its_code() {
    let home = Home::new();
    let server = home.start().await;
    let fitting = format!(r#"{{"type":"pong"}}{}"#, " ".repeat(FRAME_BYTES_MAX - 15));
    let broken = Frame::message(&b"\"\xff\""[..], OpCode::Data(Data::Text), true);
    let long_id = "é".repeat(120);
    let table: Vec<(Vec<Message>, u16, &str)> = vec![
        (vec![Message::text("hello")], 4400, "no JSON"),
        (vec![Message::text("[]")], 4400, "JSON object"),
        (vec![Message::text(r#"{"type":"start"}"#)], 4400, "start"),
        (vec![Message::binary(b"{}".to_vec())], 4400, "binary"),
        (
            vec![known(), Message::text(r#"{"type":"subscribe","id":"1"}"#)],
            4400,
            "payload",
        ),
        (vec![subscribe("1", HEAD)], 4401, "Unauthorized"),
        (
            vec![init(json!({ "authorization": "sl_wrong" }))],
            4403,
            "Forbidden",
        ),
        (
            vec![init(json!({ "Authorization": "Basic eA==" }))],
            4403,
            "Forbidden",
        ),
        (vec![init(json!({}))], 4403, "Forbidden"),
        (vec![init(json!({ "authorization": 7 }))], 4403, "Forbidden"),
        (
            vec![known(), known()],
            4429,
            "Too many initialisation requests",
        ),
        (
            vec![known(), subscribe("a", WATCH), subscribe("a", HEAD)],
            4409,
            "Subscriber for a already exists",
        ),
        (
            vec![
                known(),
                subscribe(&long_id, WATCH),
                subscribe(&long_id, WATCH),
            ],
            4409,
            "Subscriber for é",
        ),
        (
            vec![known(), Message::text(fitting.clone()), Message::text("x")],
            4400,
            "no JSON",
        ),
        (
            vec![known(), Message::text(fitting + " ")],
            1009,
            "1048576 bytes",
        ),
        (
            vec![Message::binary(vec![0; 3 * FRAME_BYTES_MAX])],
            1009,
            "1048576 bytes",
        ),
        (vec![Message::Frame(broken)], 1007, "UTF-8"),
        (vec![], 4408, "Connection initialisation timeout"),
    ];
    for (frames, code, reason) in table {
        let told = format!("{:.80}", format!("{frames:?}"));
        let mut line = Line::speaking(&server).await;
        for frame in frames {
            line.send(frame).await;
        }
        let (found, why) = line.goodbye().await;
        assert_eq!(found, code, "{told}: {why}");
        assert!(why.contains(reason) && why.len() <= 123, "{told}: {why}");
    }
    assert_eq!(Line::open(&server, &[]).await.goodbye().await.0, 4406);
    server.ask(HEAD, json!({})).await;
}

#[tokio::test]
async fn a_client_of_another_protocol_is_told_so_in_frames() {
    let home = Home::new();
    let server = home.start().await;
    let address = server.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let request = format!(
        "GET /graphql HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-ws\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("asked");
    let mut answer = Vec::new();
    let read = within("the end", stream.read_to_end(&mut answer)).await;
    read.expect("answered");
    let place = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, frame) = answer.split_at(place.expect("a head") + 4);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="));
    assert!(!head.contains("sec-websocket-protocol"), "{head}");
    let code = u16::from_be_bytes([frame[2], frame[3]]);
    assert_eq!((frame[0], code), (0x88, 4406));
}

#[tokio::test]
async fn whoever_has_a_key_is_let_in_by_either_way() {
    let home = Home::new();
    let server = home.start().await;
    let bearer = format!("Bearer {KEY}");
    let by_header = [PROTOCOL, ("authorization", bearer.as_str())];
    let wrong_header = [PROTOCOL, ("authorization", "Bearer sl_wrong")];
    let table: Vec<(&[(&'static str, &str)], Value)> = vec![
        (&by_header, json!({})),
        (&by_header, json!(null)),
        (&by_header[..1], json!({ "AUTHORIZATION": bearer })),
        (&by_header[..1], json!({ "Authorization": KEY })),
        (&wrong_header, json!({ "authorization": KEY })),
    ];
    for (headers, payload) in table {
        let mut line = Line::open(&server, headers).await;
        line.send(init(payload.clone())).await;
        let ack = json!({ "type": "connection_ack" });
        assert_eq!(line.message().await, ack, "{payload}");
        line.send(subscribe("1", "{ viewer { subject } }")).await;
        let next = line.message().await;
        assert_eq!(next["payload"]["data"]["viewer"]["subject"], "admin");
        assert_eq!(
            line.message().await,
            json!({ "type": "complete", "id": "1" })
        );
    }
    // A credential in the first message counts before that of the upgrade.
    let mut line = Line::open(&server, &by_header).await;
    line.send(init(json!({ "authorization": "sl_wrong" })))
        .await;
    assert_eq!(line.goodbye().await.0, 4403);
}

#[tokio::test]
async fn operations_of_every_kind_are_answered_and_errors_listed() {
    let home = Home::new();
    let server = home.start().await;
    let mut line = Line::begun(&server).await;
    line.say(&json!({ "type": "ping" })).await;
    assert_eq!(line.message().await, json!({ "type": "pong" }));
    line.say(&json!({ "type": "ping", "payload": { "at": 1 } }))
        .await;
    let pong = json!({ "type": "pong", "payload": { "at": 1 } });
    assert_eq!(line.message().await, pong);

    let create = "mutation { createDataset(input: { name: \"by socket\" }) { dataset { name } } }";
    line.subscribe("m", create, json!({})).await;
    let next = line.message().await;
    let name = &next["payload"]["data"]["createDataset"]["dataset"]["name"];
    assert_eq!((&next["type"], name), (&json!("next"), &json!("by socket")));
    assert_eq!(line.message().await["type"], "complete");
    // It has ended, so that its id is free.
    line.subscribe("m", create, json!({})).await;
    let refused = line.message().await;
    assert_eq!(
        refused["payload"]["errors"][0]["extensions"]["code"],
        "NAME_TAKEN"
    );
    assert_eq!(line.message().await["type"], "complete");

    for (document, variables, code) in [
        ("{", json!({}), "GRAPHQL_PARSE_FAILED"),
        ("{ a b }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        (
            "query A { ledger { head } } query B { ledger { head } }",
            json!({}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($id: ID!) { dataset(id: $id) { id } }",
            json!({}),
            "BAD_INPUT",
        ),
        (
            "subscription { events { checkpoint } ledgerChanged { head } }",
            json!({}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        line.subscribe("bad", document, variables).await;
        let error = line.message().await;
        assert_eq!(
            (&error["type"], &error["id"]),
            (&json!("error"), &json!("bad"))
        );
        let errors = error["payload"].as_array().expect("a list");
        assert!(!errors.is_empty() && errors.len() <= 20);
        assert_eq!(errors[0]["extensions"]["code"], code, "{error}");
        assert!(errors[0]["message"].is_string());
    }
    // An error is the end: the id is free and nothing more is said.
    line.subscribe("bad", HEAD, json!({})).await;
    assert_eq!(line.message().await["type"], "next");
}

#[tokio::test]
async fn a_goodbye_is_answered() {
    let home = Home::new();
    let server = home.start().await;
    let closed = Heard::Closed(1000, "Normal Closure".to_owned());
    assert_eq!(Line::speaking(&server).await.close().await, closed);
    let line = Line::begun(&server).await;
    assert_eq!(line.close().await, closed);
}
