//! Files that items point to: sent whole or in parts, to those who may read the item, while they
//! are what the item says.

use reqwest::header::{ACCEPT_RANGES, CONTENT_RANGE, ETAG, IF_RANGE, RANGE};
use serde_json::json;

use crate::harness::{Home, KEY, NOBODY, Server, within};

/// Long enough to be sent in several pieces.
const FILM_BYTES: usize = 300_000;

fn film(seed: usize) -> Vec<u8> {
    (0..FILM_BYTES)
        .map(|index| u8::try_from((index * 31 + index / 251 + seed) % 256).expect("a byte"))
        .collect()
}

async fn sent(request: reqwest::RequestBuilder) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
    let answered = within("a file", request.send()).await.expect("an answer");
    let (status, headers) = (answered.status().as_u16(), answered.headers().clone());
    let body = within("a file's body", answered.bytes()).await;
    (status, headers, body.expect("a whole body").to_vec())
}

fn asked(server: &Server, dataset: &str) -> reqwest::RequestBuilder {
    let address = format!("{}/v1/datasets/{dataset}/media", server.address);
    let request = server.http.get(address).query(&[("key", "film")]);
    request.bearer_auth(KEY)
}

#[tokio::test]
async fn a_film_can_be_sought_in_while_it_is_the_one_that_is_meant() {
    let home = Home::new();
    let folder = home.beside("media");
    std::fs::create_dir(&folder).expect("a folder for files");
    let (first, second) = (film(0), film(1));
    std::fs::write(folder.join("film.webm"), &first).expect("a film");
    let folder_name = folder.to_str().expect("a name");
    let server = home.start_with(&["--media-root", folder_name]).await;
    let dataset = server.dataset("films").await;
    let digest = |film: &[u8]| format!("blake3:{}", blake3::hash(film).to_hex());
    let item = |film: &[u8]| {
        let media = json!({ "uri": "film.webm", "mimeType": "video/webm", "digest": digest(film) });
        json!({ "key": "film", "kind": "VIDEO", "data": {}, "media": media })
    };
    server.commit(&dataset, vec![item(&first)], &[]).await;

    let (status, headers, body) = sent(asked(&server, &dataset)).await;
    assert_eq!((status, body == first), (200, true));
    assert_eq!(headers[ACCEPT_RANGES], "bytes");
    let mark = headers[ETAG].clone();
    assert_eq!(mark, format!("\"{}\"", digest(&first)));

    let end = "bytes=299000-";
    let (status, headers, body) = sent(asked(&server, &dataset).header(RANGE, end)).await;
    assert_eq!(status, 206);
    assert_eq!(headers[CONTENT_RANGE], "bytes 299000-299999/300000");
    assert_eq!(body, first[299_000..]);
    let beyond = asked(&server, &dataset).header(RANGE, "bytes=300000-");
    let (status, headers, _) = sent(beyond).await;
    assert_eq!(status, 416);
    assert_eq!(headers[CONTENT_RANGE], "bytes */300000");

    // Another cut of the film takes its place: whoever had begun with the first gets all of it.
    std::fs::write(folder.join("film.webm"), &second).expect("another film");
    let (status, ..) = sent(asked(&server, &dataset).header(RANGE, end)).await;
    assert_eq!(status, 409, "the file is no longer what the item says");
    server.commit(&dataset, vec![item(&second)], &[]).await;
    let begun = asked(&server, &dataset).header(RANGE, end);
    let (status, headers, body) = sent(begun.header(IF_RANGE, &mark)).await;
    assert_eq!((status, body == second), (200, true));
    let begun = asked(&server, &dataset).header(RANGE, end);
    let (status, _, body) = sent(begun.header(IF_RANGE, &headers[ETAG])).await;
    assert_eq!((status, body == second[299_000..]), (206, true));

    let (status, ..) = sent(asked(&server, NOBODY).header(RANGE, end)).await;
    assert_eq!(status, 404);
    server.stop().await;
}
