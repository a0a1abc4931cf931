//! Bulk items over a real connection, on a ledger of their own.

mod retries;

use async_compression::tokio::bufread::{GzipEncoder, ZstdEncoder};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::rest::tests::served::Served;

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_in_comes_out_and_gives_the_same_digest_again() {
    let served = Served::start().await;
    let (one, other) = (served.dataset("one").await, served.dataset("other").await);
    let lines = "{\"key\":\"b\",\"data\":{\"z\":1,\"a\":[1.50,\"é\"]}}\n\
                 {\"key\":\"a\",\"kind\":\"IMAGE\",\"data\":{},\"media\":{\"uri\":\"u\",\"byteSize\":3}}\n";
    let (status, answer) = served.post(&one, "", &[], lines).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(
        (&answer["datasetId"], &answer["added"]),
        (&json!(one), &json!(2))
    );
    assert_eq!(answer["xactId"].as_str().map(str::len), Some(19));

    let (version, out) = served.get(&one, "").await;
    assert_eq!(json!(version), answer["xactId"]);
    let expected = "{\"key\":\"a\",\"kind\":\"IMAGE\",\"data\":{},\"media\":{\"byteSize\":3,\"uri\":\"u\"}}\n\
                    {\"key\":\"b\",\"kind\":\"RECORD\",\"data\":{\"a\":[1.5,\"é\"],\"z\":1}}\n";
    assert_eq!(out, expected);

    served
        .post(&other, "", &[], "{\"key\":\"c\",\"data\":{}}")
        .await;
    let (_, answer) = served.post(&other, "?mode=replace", &[], &out).await;
    assert_eq!(
        (&answer["added"], &answer["removed"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(served.root(&one), served.root(&other));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_line_is_named_and_nothing_of_the_upload_shows() {
    let served = Served::start().await;
    let id = served.dataset("d").await;
    served
        .post(&id, "", &[], "{\"key\":\"kept\",\"data\":{}}")
        .await;
    let before = served.root(&id);
    let many: String = (0..5_000)
        .map(|n| format!("{{\"key\":\"k{n}\",\"data\":{{}}}}\n"))
        .collect();
    let csv = [("content-type", "text/csv")];
    let long = format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(2 << 20));
    let big = format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(600 << 10));
    for (headers, body, line, code) in [
        (
            &[][..],
            format!("{many}{{\"data\":7}}\n{many}"),
            5_001,
            "BAD_INPUT",
        ),
        (
            &[],
            format!("{many}{{\"key\":\"\",\"data\":{{}}}}"),
            5_001,
            "BAD_INPUT",
        ),
        (
            &[],
            format!("{many}{{\"key\":\"a\\u0000\",\"data\":{{}}}}"),
            5_001,
            "BAD_INPUT",
        ),
        (
            &[],
            format!("\n{{\"key\":\"{}\",\"data\":{{}}}}", "k".repeat(1_025)),
            2,
            "BAD_INPUT",
        ),
        (&[], format!("\n{long}"), 2, "TOO_LARGE"),
        (&[], format!("\n{big}"), 2, "TOO_LARGE"),
        (&csv, "id,n\na,\"1\n2\"\nb\n".to_owned(), 4, "BAD_INPUT"),
    ] {
        let (status, answer) = served.post(&id, "?mode=replace", headers, &body).await;
        let expected = if code == "TOO_LARGE" { 413 } else { 400 };
        assert_eq!(status.as_u16(), expected, "{answer}");
        assert_eq!(
            (&answer["code"], &answer["line"]),
            (&json!(code), &json!(line)),
            "{answer}"
        );
        assert!(answer["hint"].is_string());
        assert_eq!(served.root(&id), before, "{answer}");
    }
    assert_eq!(served.unfinished_tasks(), 0, "every import has ended");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn packed_bodies_and_tables_are_read() {
    let served = Served::start().await;
    let plain = served.dataset("plain").await;
    let csv = "species,mass\r\n\"Adelie\",3750\r\nGentoo,\r\n";
    let kind = ("content-type", "text/csv; charset=utf-8");
    let (_, answer) = served.post(&plain, "", &[kind], csv).await;
    assert_eq!(answer["added"], json!(2), "{answer}");
    let (_, out) = served.get(&plain, "").await;
    let first = out.lines().next().expect("a line");
    let expected = json!({
        "key": "0000000001", "kind": "RECORD", "data": { "species": "Adelie", "mass": 3750 },
    });
    assert_eq!(
        serde_json::from_str::<Value>(first).expect("JSON"),
        expected
    );

    let (mut gzip, mut zstd) = (Vec::new(), Vec::new());
    GzipEncoder::new(csv.as_bytes())
        .read_to_end(&mut gzip)
        .await
        .expect("packed");
    ZstdEncoder::new(csv.as_bytes())
        .read_to_end(&mut zstd)
        .await
        .expect("packed");
    for (name, body) in [("gzip", gzip), ("zstd", zstd)] {
        let id = served.dataset(name).await;
        let headers = [kind, ("content-encoding", name)];
        let (_, answer) = served.post(&id, "", &headers, body.clone()).await;
        assert_eq!(answer["added"], json!(2), "{answer}");
        assert_eq!(served.root(&id), served.root(&plain));
        let (status, answer) = served
            .post(&id, "", &headers, &body[..body.len() - 9])
            .await;
        assert_eq!(
            (status.as_u16(), &answer["code"]),
            (400, &json!("BAD_INPUT")),
            "{answer}"
        );
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_stays_as_it_was_and_a_stale_one_is_a_conflict() {
    let served = Served::start().await;
    let (id, other) = (served.dataset("d").await, served.dataset("other").await);
    let (_, first) = served
        .post(&id, "", &[], "{\"key\":\"a\",\"data\":{}}")
        .await;
    let first = first["xactId"].as_str().expect("an xact id").to_owned();
    let removal = "{\"key\":\"a\",\"delete\":true}";
    let (_, second) = served
        .post(&id, &format!("?ifVersion={first}"), &[], removal)
        .await;
    assert_eq!(second["removed"], json!(1), "{second}");
    assert_eq!(served.get(&id, "").await.1, "");
    let (version, out) = served.get(&id, &format!("?at={first}")).await;
    assert_eq!((version.as_str(), out.lines().count()), (first.as_str(), 1));

    let (status, stale) = served
        .post(&id, &format!("?ifVersion={first}"), &[], removal)
        .await;
    assert_eq!(
        (status.as_u16(), &stale["code"]),
        (409, &json!("VERSION_CONFLICT"))
    );
    assert_eq!(stale["currentXactId"], second["xactId"]);

    let far = crate::domain::ids::Position(1 << 40).xact().to_string();
    for (wanted, expected) in [
        (second["xactId"].as_str().expect("text"), 200),
        (&far, 400),
        ("7", 400),
    ] {
        let headers = [("x-min-xact-id", wanted)];
        let (status, answer) = served.post(&id, "", &headers, "{\"data\":{}}").await;
        assert_eq!(status.as_u16(), expected, "{wanted} {answer}");
    }
    let snapshot = served.first_snapshot(&other);
    for (query, status, code) in [
        (format!("?at={snapshot}"), 404, "NOT_FOUND"),
        (format!("?at={far}"), 400, "BAD_INPUT"),
        ("?at=2001-01-01T00:00:00Z".to_owned(), 404, "NOT_FOUND"),
        ("?at=now".to_owned(), 400, "BAD_INPUT"),
        ("?limit=1".to_owned(), 400, "BAD_INPUT"),
    ] {
        let (found, answer) = served.refused(&id, &query).await;
        assert_eq!(
            (found.as_u16(), &answer["code"]),
            (status, &json!(code)),
            "{query} {answer}"
        );
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_unknown_or_names_the_unknown_is_refused() {
    let served = Served::start().await;
    let unknown = "00000000-0000-0000-0000-000000000001";
    for (id, status, code) in [(unknown, 404, "NOT_FOUND"), ("7", 400, "BAD_INPUT")] {
        let (found, answer) = served.post(id, "", &[], "{\"data\":{}}").await;
        assert_eq!(
            (found.as_u16(), &answer["code"]),
            (status, &json!(code)),
            "{answer}"
        );
        let (found, answer) = served.refused(id, "").await;
        assert_eq!(
            (found.as_u16(), &answer["code"]),
            (status, &json!(code)),
            "{answer}"
        );
    }
    for authorization in ["", "Bearer wrong", "Basic eA=="] {
        let (found, answer) = served.post_as(authorization, unknown).await;
        assert_eq!(
            (found.as_u16(), &answer["code"]),
            (401, &json!("UNAUTHENTICATED"))
        );
    }
    served.stop().await;
}
