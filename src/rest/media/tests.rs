//! Which files are handed out, and which are not.

use std::os::unix::fs::symlink;
use std::path::Path;

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::DateTime;
use tempfile::TempDir;

use super::Trouble;
use super::folder::MediaFolder;
use super::kinds::Shown;
use crate::digest::Digest;
use crate::ledger::Media;

const TEXT: &[u8] = b"not quite an image";
const SHA256: &str = "fc8ac13c7f0f1a8c4d4ba3c9f1c3b8f0a7e2e7e8f2b2ac5a0d8f1a3d9c7b5e41";

/// A folder with a file in it, and one beside it that is nobody's business.
fn house() -> (TempDir, MediaFolder) {
    let place = tempfile::tempdir().expect("a folder");
    let root = place.path().join("media");
    std::fs::create_dir_all(root.join("deep/er")).expect("folders");
    for path in ["media/a.png", "media/deep/er/b c.png", "secret.png"] {
        std::fs::write(place.path().join(path), TEXT).expect("a file");
    }
    symlink(place.path().join("secret.png"), root.join("out.png")).expect("a link");
    symlink(root.join("a.png"), root.join("in.png")).expect("a link");
    symlink(place.path(), root.join("up")).expect("a link");
    let folder = MediaFolder::at(&root).expect("a folder to hand out");
    (place, folder)
}

fn media(uri: &str) -> Media {
    Media {
        uri: uri.to_owned(),
        mime_type: Some("image/png".to_owned()),
        byte_size: None,
        digest: None,
    }
}

/// What is answered long after the files of the house were written.
async fn answer(
    folder: &MediaFolder,
    media: &Media,
    asked: &HeaderMap,
) -> Result<Response, Trouble> {
    let late = DateTime::from_timestamp(32_503_680_000, 0).expect("the year 3000");
    let proven = folder.proven(media, late).await?;
    super::answer(proven, media, asked).await
}

#[tokio::test]
async fn only_files_of_the_folder_are_handed_out() {
    let (place, folder) = house();
    let check = async |uri: &str, code: Option<&str>| {
        let found = answer(&folder, &media(uri), &HeaderMap::new()).await;
        let found = found.err().map(|trouble| trouble.code);
        assert_eq!(found, code, "{uri}");
    };
    let root = place.path().canonicalize().expect("a place");
    let inside = |name: &str| format!("file://{}/media/{name}", root.display());
    check("a.png", None).await;
    check("./a.png", None).await;
    check("deep/er/b c.png", None).await;
    check("in.png", None).await;
    check(&inside("a.png"), None).await;
    check(&inside("deep/er/b%20c.png"), None).await;
    for uri in [
        "../secret.png",
        "deep/../../secret.png",
        "/etc/passwd",
        "out.png",
        "up/secret.png",
        "https://example.org/a.png",
        "s3://bucket/a.png",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "a\\..\\b",
        "a\0.png",
        "",
        &inside("%2e%2e/secret.png"),
        &inside("%zz"),
        &inside(""),
    ] {
        check(uri, Some("MEDIA_ELSEWHERE")).await;
    }
    for uri in ["b.png", "deep", ".", "deep/er/"] {
        check(uri, Some("MEDIA_MISSING")).await;
    }
}

#[tokio::test]
async fn a_file_must_be_what_its_item_says() {
    let (_place, folder) = house();
    let sha256 = ring::digest::digest(&ring::digest::SHA256, TEXT);
    let sha256: String = sha256
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let blake3 = Digest::of(TEXT).to_string();
    let check = async |digest: Option<String>, byte_size: Option<i64>, is_handed_out: bool| {
        let media = Media {
            digest: digest.clone(),
            byte_size,
            ..media("a.png")
        };
        let found = answer(&folder, &media, &HeaderMap::new()).await;
        match found {
            Ok(response) => {
                assert!(is_handed_out, "{digest:?} {byte_size:?}");
                let body = to_bytes(response.into_body(), 1 << 20).await;
                assert_eq!(body.expect("a body"), TEXT);
            }
            Err(trouble) => {
                assert!(!is_handed_out, "{digest:?} {byte_size:?}");
                assert_eq!(trouble.code, "MEDIA_CHANGED");
            }
        }
    };
    check(None, None, true).await;
    check(Some(blake3.clone()), Some(18), true).await;
    check(Some(sha256.clone()), None, true).await;
    check(Some(format!("sha256:{sha256}")), None, true).await;
    check(Some(format!("BLAKE3:{blake3}")), None, true).await;
    check(Some(format!("blake3:{sha256}")), None, false).await;
    check(Some(SHA256.to_owned()), None, false).await;
    check(Some("md5:00".to_owned()), None, false).await;
    check(None, Some(17), false).await;
    check(None, Some(-1), false).await;
}

#[tokio::test]
async fn a_browser_may_show_images_and_run_nothing() {
    #[track_caller]
    fn check(mime_type: Option<&str>, uri: &str, media_type: &str, disposition: &str) {
        let shown = Shown::of(mime_type, uri);
        assert_eq!(shown.media_type(), media_type, "{mime_type:?} {uri}");
        assert_eq!(shown.disposition(), disposition, "{mime_type:?} {uri}");
    }
    check(Some("image/png"), "a", "image/png", "inline");
    check(Some("IMAGE/JPEG"), "a.html", "image/jpeg", "inline");
    check(None, "a.WEBP", "image/webp", "inline");
    check(None, "a.mp4", "video/mp4", "attachment");
    let unknown = "application/octet-stream";
    check(Some("text/html"), "a.png", unknown, "attachment");
    check(Some("image/png\r\nX: y"), "a.png", unknown, "attachment");
    check(None, "a.html", unknown, "attachment");
    check(None, "png", unknown, "attachment");

    let (_place, folder) = house();
    let plain = HeaderMap::new();
    let response = answer(&folder, &media("a.png"), &plain).await;
    let response = response.expect("a file");
    let policy = &response.headers()[header::CONTENT_SECURITY_POLICY];
    assert!(
        policy
            .to_str()
            .is_ok_and(|policy| policy.ends_with("sandbox"))
    );
    assert_eq!(
        response.headers()[header::X_CONTENT_TYPE_OPTIONS],
        "nosniff"
    );
}

#[test]
fn a_folder_that_is_not_there_is_refused_at_the_start() {
    for path in ["/no/such/folder", "/etc/passwd"] {
        let fault = MediaFolder::at(Path::new(path)).expect_err("no folder");
        assert!(fault.to_string().contains("--media-root"), "{fault}");
    }
}

fn said<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

#[tokio::test]
async fn a_part_is_sent_to_whoever_asks_for_one() {
    let (_place, folder) = house();
    let check = async |range: &'static str, status: u16, told: &str, sent: &[u8]| {
        let asked = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(range))]);
        let response = answer(&folder, &media("a.png"), &asked).await;
        let response = response.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{range}");
        assert_eq!(said(&response, "content-range"), told, "{range}");
        assert_eq!(said(&response, "accept-ranges"), "bytes", "{range}");
        if response.status().is_success() {
            assert_eq!(said(&response, "content-length"), sent.len().to_string());
            let body = to_bytes(response.into_body(), 1 << 20).await;
            assert_eq!(body.expect("a body"), sent, "{range}");
        }
    };
    check("bytes=4-8", 206, "bytes 4-8/18", &TEXT[4..9]).await;
    check("bytes=13-", 206, "bytes 13-17/18", &TEXT[13..]).await;
    check("bytes=-5", 206, "bytes 13-17/18", &TEXT[13..]).await;
    check("bytes=0-", 206, "bytes 0-17/18", TEXT).await;
    check("bytes=18-", 416, "bytes */18", b"").await;
    check("bytes=0-1,3-4", 200, "", TEXT).await;
}

#[tokio::test]
async fn the_mark_of_a_file_is_its_digest_or_changes_with_it() {
    let (place, folder) = house();
    let nothing = HeaderMap::new();
    let blake3 = Digest::of(TEXT).to_string();
    let named = Media {
        digest: Some(format!("BLAKE3:{blake3}")),
        ..media("a.png")
    };
    let response = answer(&folder, &named, &nothing).await.expect("a file");
    let mark = format!("\"blake3:{blake3}\"");
    assert_eq!(said(&response, "etag"), mark);
    let again = HeaderValue::from_str(&mark).expect("a header's value");
    let again = HeaderMap::from_iter([(header::IF_NONE_MATCH, again)]);
    let kept = answer(&folder, &named, &again).await.expect("an answer");
    assert_eq!(kept.status(), StatusCode::NOT_MODIFIED);

    let response = answer(&folder, &media("a.png"), &nothing).await;
    let first = said(&response.expect("a file"), "etag").to_owned();
    let path = place.path().join("media/a.png");
    std::fs::write(path, b"not quite an image either").expect("another file");
    let response = answer(&folder, &media("a.png"), &nothing).await;
    assert_ne!(said(&response.expect("a file"), "etag"), first);
    let trouble = answer(&folder, &named, &again).await.expect_err("refused");
    assert_eq!(trouble.code, "MEDIA_CHANGED", "proven once is not for ever");
}

#[tokio::test]
async fn a_file_that_was_just_written_is_not_believed_twice() {
    let (place, folder) = house();
    let digest = Some(Digest::of(TEXT).to_string());
    let named = Media {
        digest,
        ..media("a.png")
    };
    // As if it had been written and asked for within one tick of the disk's clock.
    let early = DateTime::from_timestamp(0, 0).expect("a moment");
    assert!(folder.proven(&named, early).await.is_ok());
    std::fs::write(place.path().join("media/a.png"), b"not quite an omage").expect("another file");
    let trouble = folder.proven(&named, early).await.err();
    assert_eq!(trouble.map(|trouble| trouble.code), Some("MEDIA_CHANGED"));
}
