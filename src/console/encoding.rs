//! Whether a caller takes gzip, and what is unpacked for one who does not.

use async_compression::tokio::bufread::GzipDecoder;
use axum::http::{HeaderMap, header};
use tokio::io::AsyncReadExt;

/// Whether `Accept-Encoding` allows gzip: named, or by `*`, and not with a weight of zero.
pub(super) fn takes_gzip(asked: &HeaderMap) -> bool {
    let values = asked.get_all(header::ACCEPT_ENCODING);
    let codings: Vec<(String, bool)> = values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let weight = weight.trim().trim_start_matches("q=");
            let is_refused = weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0);
            (name.trim().to_ascii_lowercase(), !is_refused)
        })
        .collect();
    let named = |wanted: &str| codings.iter().find(|(name, _)| name == wanted);
    named("gzip")
        .or_else(|| named("*"))
        .is_some_and(|(_, is_taken)| *is_taken)
}

/// The bytes as they were before they were packed. They are the program's own, so that their
/// length is bounded by what was built.
pub(super) async fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzipDecoder::new(packed).read_to_end(&mut bytes).await?;
    Ok(bytes)
}
