//! What every dialect does alike, each in its own words.

use serde_json::{Value, json};

use super::served::{KEY, Served};

/// A dialect: a path that is read, one that takes a body, such a body, and the member of an error
/// that words it; of an error that is a text: none.
struct Case {
    read: String,
    written: String,
    body: Value,
    word: Option<&'static str>,
}

/// All four, about one dataset.
async fn cases(served: &Served) -> [Case; 4] {
    let dataset = served.dataset("penguins").await;
    let project = served.ledger().default_project();
    [
        Case {
            read: "/v1/project".to_owned(),
            written: format!("/v1/dataset/{dataset}/insert"),
            body: json!({"events": [["a", 1]]}),
            word: None,
        },
        Case {
            read: format!("/v1/datasets-v2/{dataset}"),
            written: "/v1/datasets-v2".to_owned(),
            body: json!(["auks", null]),
            word: Some("message"),
        },
        Case {
            read: "/api/v1/tasks".to_owned(),
            written: format!("/api/v1/dataset/{dataset}/snapshot"),
            body: json!(["before", ""]),
            word: Some("detail"),
        },
        Case {
            read: format!("/v1.0/{project}/clusters"),
            written: format!("/v1.0/{project}/snapshots"),
            body: json!({"snapshot": ["before", dataset, null]}),
            word: Some("error_msg"),
        },
    ]
}

/// The status, and the words of an error.
async fn told(served: &Served, case: &Case, more: &[(&str, &str)], body: &Value) -> (u16, String) {
    let bearer = format!("Bearer {KEY}");
    let mut headers = vec![("authorization", bearer.as_str())];
    headers.extend(more);
    let body = body.to_string();
    let asked = served.ask(("POST", &case.written), &headers, Some(&body));
    let (status, _, text) = asked.await;
    let words = match case.word {
        None => text,
        Some(member) => {
            let told: Value = serde_json::from_str(&text).expect(&text);
            told[member].as_str().expect(&text).to_owned()
        }
    };
    (status.as_u16(), words)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slash_at_the_end_of_a_path_makes_no_difference() {
    let served = Served::start().await;
    let bearer = format!("Bearer {KEY}");
    let headers = [("authorization", bearer.as_str())];
    for case in cases(&served).await {
        let path = &case.read;
        let (status, _, plain) = served.ask(("GET", path), &headers, None).await;
        let slashed = format!("{path}/");
        let (again, _, same) = served.ask(("GET", &slashed), &headers, None).await;
        assert_eq!((status.as_u16(), again.as_u16()), (200, 200), "{path}");
        assert_eq!(plain, same, "{path}");
        let (status, ..) = served.ask(("GET", &slashed), &[], None).await;
        assert!(matches!(status.as_u16(), 400 | 401), "{slashed}: {status}");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_body_is_refused_by_the_header_that_tells_it() {
    let served = Served::start().await;
    for case in cases(&served).await {
        for packing in ["gzip", "zstd"] {
            let header = [("content-encoding", packing)];
            let (status, words) = told(&served, &case, &header, &json!({})).await;
            assert_eq!(status, 400, "{}: {words}", case.written);
            assert!(words.contains("Content-Encoding"), "{words}");
        }
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_in_place_of_an_object_is_refused() {
    let served = Served::start().await;
    for case in cases(&served).await {
        let (status, words) = told(&served, &case, &[], &case.body).await;
        assert!(
            matches!(status, 400 | 422),
            "{}: {status} {words}",
            case.written
        );
        assert!(words.contains("expected an object"), "{words}");
    }
    served.stop().await;
}
