//! What a browser is answered, with a build and without.

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::encoding::{takes_gzip, unpacked};
use super::files::File;
use super::front_page;
use super::policy::Policy;
use super::serving::answer;

fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).expect("a header's value");
        (name.clone(), value)
    });
    pairs.collect()
}

fn said(response: &Response, name: HeaderName) -> &str {
    let value = response.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

async fn body(response: Response) -> Vec<u8> {
    let bytes = to_bytes(response.into_body(), 1 << 20).await;
    bytes.expect("a body").to_vec()
}

#[test]
fn gzip_is_sent_to_those_who_take_it() {
    #[track_caller]
    fn check(accepted: &str, taken: bool) {
        let asked = headers(&[(header::ACCEPT_ENCODING, accepted)]);
        assert_eq!(takes_gzip(&asked), taken, "{accepted}");
    }
    check("gzip, deflate, br", true);
    check("br;q=1.0, gzip;q=0.8", true);
    check("GZIP", true);
    check("*", true);
    check("gzip;q=0", false);
    check("gzip; q=0.0, *", false);
    check("br", false);
    check("", false);
    assert!(!takes_gzip(&HeaderMap::new()));
}

#[tokio::test]
async fn only_who_asks_for_a_page_gets_one() {
    let browser = headers(&[(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")]);
    let page = front_page(&browser).await.expect("a page");
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(
        said(&page, header::CONTENT_TYPE),
        "text/html; charset=utf-8"
    );
    assert!(
        front_page(&headers(&[(header::ACCEPT, "*/*")]))
            .await
            .is_none()
    );
    assert!(front_page(&HeaderMap::new()).await.is_none());
}

#[tokio::test]
async fn a_page_reaches_nothing_but_its_server() {
    let console = answer(&File::plain_page(), Policy::Console, &HeaderMap::new()).await;
    let policy = said(&console, header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    for hole in ["unsafe", "http", "data:", "*"] {
        assert!(!policy.contains(hole), "{policy}");
    }
    let playground = answer(&File::plain_page(), Policy::Playground, &HeaderMap::new()).await;
    let policy = said(&playground, header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.contains("style-src 'self' 'unsafe-inline'"),
        "{policy}"
    );
    assert!(policy.contains("worker-src 'self' blob:"), "{policy}");
    assert!(policy.contains("script-src 'self';"), "{policy}");
}

#[tokio::test]
async fn what_was_kept_is_not_sent_again() {
    let file = File::plain("plain.js").expect("a file");
    let first = answer(&file, Policy::Console, &HeaderMap::new()).await;
    assert_eq!(said(&first, header::CACHE_CONTROL), "no-cache");
    let mark = said(&first, header::ETAG).to_owned();
    let again = headers(&[(header::IF_NONE_MATCH, &mark)]);
    let again = answer(&file, Policy::Console, &again).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(body(again).await, b"");
    let other = headers(&[(header::IF_NONE_MATCH, "\"another\"")]);
    let other = answer(&file, Policy::Console, &other).await;
    assert_eq!(other.status(), StatusCode::OK);
    assert_eq!(body(other).await, file.bytes.to_vec());
}

#[tokio::test]
async fn a_hashed_name_is_kept_for_ever() {
    let file = File::plain("plain.css").expect("a file").immutable();
    let response = answer(&file, Policy::Console, &HeaderMap::new()).await;
    let keeping = said(&response, header::CACHE_CONTROL);
    assert_eq!(keeping, "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn packed_files_are_unpacked_for_those_who_cannot() {
    // `page` as gzip writes it.
    let packed: Vec<u8> = vec![
        31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 43, 72, 76, 79, 5, 0, 32, 182, 10, 20, 4, 0, 0, 0,
    ];
    let Ok(text) = unpacked(&packed).await else {
        panic!("gzip is unpacked");
    };
    assert_eq!(text, b"page");
    let file = File {
        media_type: "text/plain",
        bytes: packed.clone().into(),
        is_packed: true,
        is_immutable: false,
        mark: "mark".to_owned(),
    };
    let whole = answer(&file, Policy::Console, &HeaderMap::new()).await;
    assert_eq!(said(&whole, header::CONTENT_ENCODING), "");
    assert_eq!(body(whole).await, b"page");
    let asked = headers(&[(header::ACCEPT_ENCODING, "gzip")]);
    let small = answer(&file, Policy::Console, &asked).await;
    assert_eq!(said(&small, header::CONTENT_ENCODING), "gzip");
    assert_eq!(said(&small, header::ETAG), "\"mark-gzip\"");
    assert_eq!(body(small).await, packed);
}

#[test]
fn nothing_else_is_served() {
    for name in [
        "../Cargo.toml",
        "assets/../index",
        "manifest.json",
        "",
        ".gitkeep",
    ] {
        assert!(File::built(name).is_none(), "{name}");
    }
    assert!(File::plain("plain.rs").is_none());
}
