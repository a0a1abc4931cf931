//! Bulk items: packed, tabular, replacing, broken, large; and what comes out goes in again.

use async_compression::tokio::bufread::{GzipEncoder, ZstdEncoder};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::harness::{Home, Server, item, line, lines, reply, text};

/// The most memory that a server may hold after an import of 100,000 items, in KiB.
const MEMORY_KIB_MAX: u64 = 300 << 10;

async fn packed(mut encoder: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut bytes = Vec::new();
    encoder
        .read_to_end(&mut bytes)
        .await
        .expect("it can be packed");
    bytes
}

#[tokio::test]
async fn packed_lines_are_the_same_items() {
    let home = Home::new();
    let server = home.start().await;
    let plain = lines(2_000, 1);
    let dataset = server.dataset("plain").await;
    server.import(&dataset, "", plain.clone()).await;
    let digest = server.digest(&dataset).await;
    let gzip = packed(GzipEncoder::new(plain.as_bytes())).await;
    let zstd = packed(ZstdEncoder::new(plain.as_bytes())).await;
    for (packing, body) in [("gzip", gzip), ("zstd", zstd)] {
        let dataset = server.dataset(packing).await;
        let upload = server
            .upload(&dataset, "")
            .header("Content-Encoding", packing)
            .body(body);
        assert_eq!(reply(upload).await.done()["added"], 2_000);
        assert_eq!(server.digest(&dataset).await, digest, "{packing}");
    }
    let upload = server
        .upload(&dataset, "")
        .header("Content-Encoding", "gzip")
        .body(plain);
    let refused = reply(upload).await;
    assert_eq!(
        (refused.status, refused.code()),
        (400, "BAD_INPUT"),
        "{refused:?}"
    );
    assert_eq!(server.digest(&dataset).await, digest);
}

#[tokio::test]
async fn a_table_becomes_items_with_its_quotes_and_line_breaks() {
    let home = Home::new();
    let server = home.start().await;
    let table = "id,species,mass,note\r\n\
        p2,Gentoo,5000,\"said \"\"hello\"\",\nthen left\"\r\n\
        p1,Adélie,3750.5,\r\n";
    let check = async |query: &str, expected: Value| {
        let dataset = server.dataset(&format!("table {query}")).await;
        let upload = server
            .upload(&dataset, query)
            .header("Content-Type", "text/csv");
        assert_eq!(reply(upload.body(table)).await.done()["added"], 2);
        let items = server.items(&dataset, None).await;
        let found: Value = items
            .iter()
            .map(|(key, item)| json!([key, item["data"]]))
            .collect();
        assert_eq!(found, expected, "{query}");
    };
    let gentoo = json!({ "id": "p2", "species": "Gentoo", "mass": 5000,
        "note": "said \"hello\",\nthen left" });
    let adelie = json!({ "id": "p1", "species": "Adélie", "mass": 3750.5, "note": null });
    check("", json!([["p1", adelie], ["p2", gentoo]])).await;
    check(
        "?key=species",
        json!([["Adélie", adelie], ["Gentoo", gentoo]]),
    )
    .await;
}

#[tokio::test]
async fn replace_removes_what_is_not_named_and_upsert_keeps_it() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("modes").await;
    server.import(&dataset, "", lines(10, 1)).await;
    let kept = server.import(&dataset, "?mode=upsert", line(20, 1)).await;
    assert_eq!((&kept["added"], &kept["removed"]), (&json!(1), &json!(0)));
    let body = line(3, 1) + &line(4, 2);
    let replaced = server.import(&dataset, "?mode=replace", body.clone()).await;
    let counts = ["added", "removed", "modified", "unchanged"].map(|count| &replaced[count]);
    assert_eq!(counts, [&json!(0), &json!(9), &json!(1), &json!(1)]);
    assert_eq!(server.export(&dataset, None).await, body);
}

#[tokio::test]
async fn a_stale_version_is_refused_with_the_current_one() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("stale").await;
    let seen = server.commit(&dataset, vec![item(1, 1)], &[]).await;
    let current = server.commit(&dataset, vec![item(2, 1)], &[]).await;
    let refused = reply(
        server
            .upload(&dataset, &format!("?ifVersion={seen}"))
            .body(line(3, 1)),
    );
    let refused = refused.await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, "VERSION_CONFLICT"),
        "{refused:?}"
    );
    assert_eq!(refused.body["currentXactId"], current);
    server
        .import(&dataset, &format!("?ifVersion={current}"), line(3, 1))
        .await;
}

#[tokio::test]
async fn a_broken_line_is_named_and_nothing_of_the_upload_shows() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("broken").await;
    let seen = server.commit(&dataset, vec![item(1, 1)], &[]).await;
    let long = format!(
        "{{\"key\":\"long\",\"data\":{{\"text\":\"{}\"}}}}\n",
        "x".repeat(3 << 20)
    );
    let large = format!(
        "{{\"key\":\"large\",\"data\":{{\"text\":\"{}\"}}}}\n",
        "x".repeat(1 << 20)
    );
    let nul = json!({ "key": "a\0b", "data": {} }).to_string() + "\n";
    let long_key = json!({ "key": "k".repeat(1_025), "data": {} }).to_string() + "\n";
    for (broken, status, code) in [
        ("{\"key\":\"a\"\n", 400, "BAD_INPUT"),
        ("[1,2]\n", 400, "BAD_INPUT"),
        ("{\"key\":\"a\",\"data\":[1]}\n", 400, "BAD_INPUT"),
        ("{\"key\":\"a\"}\n", 400, "BAD_INPUT"),
        ("{\"key\":\"\",\"data\":{}}\n", 400, "BAD_INPUT"),
        ("{\"key\":\"a\",\"data\":{},\"dta\":1}\n", 400, "BAD_INPUT"),
        (
            "{\"key\":\"a\",\"kind\":\"AUDIO\",\"data\":{}}\n",
            400,
            "BAD_INPUT",
        ),
        ("{\"key\":\"a\",\"data\":{\"n\":1e999}}\n", 400, "BAD_INPUT"),
        ("{\"delete\":true}\n", 400, "BAD_INPUT"),
        (nul.as_str(), 400, "BAD_INPUT"),
        (long_key.as_str(), 400, "BAD_INPUT"),
        (large.as_str(), 413, "TOO_LARGE"),
        (long.as_str(), 413, "TOO_LARGE"),
    ] {
        // Far enough in that something has been staged before.
        let body = lines(900, 2) + broken + &lines(10, 3);
        let refused = reply(server.upload(&dataset, "?mode=replace").body(body)).await;
        let shown = &broken[..broken.len().min(60)];
        assert_eq!(
            (refused.status, refused.code()),
            (status, code),
            "{shown}: {refused:?}"
        );
        assert_eq!(refused.body["line"], 901, "{shown}: {refused:?}");
        assert!(
            text(&refused.body["message"]).contains("901"),
            "{shown}: {refused:?}"
        );
        assert!(
            !text(&refused.body["hint"]).is_empty(),
            "{shown}: {refused:?}"
        );
    }
    assert_eq!(server.head(&dataset).await["xactId"], seen);
    assert_eq!(server.export(&dataset, None).await, line(1, 1));
}

#[tokio::test]
async fn a_broken_table_names_its_line() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("table").await;
    for (table, line) in [
        ("", 1),
        ("a,a\n1,2\n", 1),
        ("a,\n1,2\n", 1),
        ("key,a\nx,\"1\n2\"\ny,1,2\n", 4),
        ("key,a\nx,1\n,2\n", 3),
    ] {
        let upload = server
            .upload(&dataset, "")
            .header("Content-Type", "text/csv")
            .body(table);
        let refused = reply(upload).await;
        assert_eq!(
            (refused.status, refused.code()),
            (400, "BAD_INPUT"),
            "{table:?}: {refused:?}"
        );
        assert_eq!(refused.body["line"], line, "{table:?}: {refused:?}");
    }
    assert_eq!(server.head(&dataset).await["itemCount"], 0);
}

/// What came out of one dataset, put into another one, has the same digest.
async fn check_goes_in_again(server: &Server, dataset: &str) {
    let out = server.export(dataset, None).await;
    let copy = server.dataset("the copy").await;
    server.import(&copy, "", line(5_000_000, 1)).await;
    server.import(&copy, "?mode=replace", out.clone()).await;
    assert_eq!(server.digest(&copy).await, server.digest(dataset).await);
    assert_eq!(server.export(&copy, None).await, out);
}

#[tokio::test]
async fn what_comes_out_goes_in_again_with_the_same_digest() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("odd ones").await;
    let media = json!({ "uri": "s3://a/b.png", "mimeType": "image/png", "byteSize": 17 });
    let odd = [
        json!({ "key": "ключ \"1\"", "data": { "b": 1, "a": [1.5, 1e300, -0.25, true, null] } }),
        json!({ "key": "é/\u{1F980}", "kind": "IMAGE", "data": {}, "media": media }),
        json!({ "key": "big", "data": { "n": 9_007_199_254_740_993_i64, "m": u64::MAX } }),
        json!({ "key": "deep", "data": { "a": { "b": { "c": [[], {}] } }, "text": "\u{7f}\t\n" } }),
    ];
    let body: String = odd.iter().map(|item| item.to_string() + "\n").collect();
    server.import(&dataset, "", body).await;
    check_goes_in_again(&server, &dataset).await;
}

#[tokio::test]
async fn an_import_of_a_hundred_thousand_items_stays_within_its_memory() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("many").await;
    server.import(&dataset, "", lines(100_000, 1)).await;
    let peak = server.memory_peak_kib();
    println!("memory peak: {peak} KiB");
    assert!(peak < MEMORY_KIB_MAX, "{peak} KiB");
}
