//! Each dialect's document is true: a fuzzer finds no server error, no status that is not
//! documented, and no answer that is not as its schema says.

use std::time::Duration;

use crate::harness::{Home, KEY, run_python_in};

/// How long one dialect may take. It takes half a minute on an idle machine.
const FUZZING_MAX: Duration = Duration::from_secs(600);

async fn fuzz(dialect: &str) {
    let home = Home::new();
    let server = home.start().await;
    let arguments = [server.address.as_str(), KEY, dialect];
    let fuzzing = run_python_in(&home, ("fuzzing", "fuzzing"), &arguments);
    let ended = tokio::time::timeout(FUZZING_MAX, fuzzing).await;
    assert!(ended.is_ok(), "{dialect} took longer than {FUZZING_MAX:?}");
    server.stop().await;
}

#[tokio::test]
async fn braintrust_is_as_its_document_says() {
    fuzz("braintrust").await;
}

#[tokio::test]
async fn lunary_is_as_its_document_says() {
    fuzz("lunary").await;
}

#[tokio::test]
async fn visual_layer_is_as_its_document_says() {
    fuzz("visual_layer").await;
}

#[tokio::test]
async fn dws_is_as_its_document_says() {
    fuzz("dws").await;
}
