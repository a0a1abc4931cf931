//! Retries of uploads: one key, one version, one answer.

use reqwest::StatusCode;
use serde_json::Value;

use crate::rest::tests::served::Served;

const KEY: [(&str, &str); 1] = [("idempotency-key", "k-1")];

fn lines(count: usize) -> String {
    (0..count)
        .map(|n| format!("{{\"key\":\"k{n}\",\"data\":{{\"n\":{n}}}}}\n"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_has_the_first_answer_and_changes_nothing() {
    let served = Served::start().await;
    let id = served.dataset("d").await;
    let body = lines(3_000);
    let (status, first) = served.post(&id, "", &KEY, &body).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    // What came between does not show in the answer.
    served
        .post(&id, "", &[], "{\"key\":\"z\",\"data\":{}}")
        .await;
    let root = served.root(&id);
    assert_eq!(
        served.post(&id, "", &KEY, &body).await,
        (StatusCode::OK, first.clone())
    );
    assert_eq!(served.root(&id), root);
    assert_eq!(served.unfinished_tasks(), 0);

    // Without its key it is another upload.
    let (_, again) = served.post(&id, "", &[], &body).await;
    assert_ne!(again["xactId"], first["xactId"]);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_upload_only() {
    let served = Served::start().await;
    let (id, other) = (served.dataset("d").await, served.dataset("other").await);
    let body = lines(10);
    served.post(&id, "", &KEY, &body).await;
    let root = served.root(&id);
    let refused = |(status, answer): (StatusCode, Value), what: &str| {
        assert_eq!(status, StatusCode::CONFLICT, "{what}: {answer}");
        assert_eq!(answer["code"], "IDEMPOTENCY_KEY_REUSED", "{what}");
    };
    refused(served.post(&id, "", &KEY, lines(9)).await, "another body");
    refused(
        served.post(&id, "?mode=replace", &KEY, &body).await,
        "another mode",
    );
    refused(
        served.post(&other, "", &KEY, &body).await,
        "another dataset",
    );
    assert_eq!(served.root(&id), root);
    let (status, answer) = served
        .post(&id, "", &[("idempotency-key", "")], &body)
        .await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::BAD_REQUEST, &"BAD_INPUT".into())
    );
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_upload_failed_is_free() {
    let served = Served::start().await;
    let id = served.dataset("d").await;
    let broken = format!("{}{{\"data\":7}}", lines(2_000));
    let (status, _) = served.post(&id, "", &KEY, &broken).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, answer) = served.post(&id, "", &KEY, lines(5)).await;
    assert_eq!(
        (status, &answer["added"]),
        (StatusCode::OK, &5.into()),
        "{answer}"
    );
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_at_once_are_one() {
    let served = std::sync::Arc::new(Served::start().await);
    let id = served.dataset("d").await;
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (served, id) = (served.clone(), id.clone());
        senders.spawn(async move { served.post(&id, "", &KEY, lines(2_000)).await });
    }
    let mut answers = Vec::new();
    while let Some(sent) = senders.join_next().await {
        answers.push(sent.expect("no panic"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(
        (answers[0].0, &answers[0].1["added"]),
        (StatusCode::OK, &2_000.into())
    );
    assert_eq!(served.unfinished_tasks(), 0);
}
