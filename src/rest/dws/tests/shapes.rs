//! The examples of the vendor's documents: what they send is taken, and what is answered has the
//! members, types and forms of their answers.

use serde_json::{Value, json};

use super::client::{Client, text};

/// What a member must look like.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// `44b277eb-39be-4921-be31-3d61b43651d7`.
    Id,
    /// `2026-01-31T09:30:00Z`.
    Time,
    /// The same without its last letter.
    BareTime,
    Text,
    Number,
    Flag,
    Object,
    List,
    Nothing,
}

fn has_form(value: &Value, form: Form) -> bool {
    let is_like = |pattern: &str| {
        value.as_str().is_some_and(|text| {
            text.len() == pattern.len()
                && text
                    .bytes()
                    .zip(pattern.bytes())
                    .all(|(byte, like)| match like {
                        b'0' => byte.is_ascii_digit(),
                        b'x' => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
                        other => byte == other,
                    })
        })
    };
    match form {
        Form::Id => is_like("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
        Form::Time => is_like("0000-00-00T00:00:00Z"),
        Form::BareTime => is_like("0000-00-00T00:00:00"),
        Form::Text => value.is_string(),
        Form::Number => value.is_number(),
        Form::Flag => value.is_boolean(),
        Form::Object => value.is_object(),
        Form::List => value.is_array(),
        Form::Nothing => value.is_null(),
    }
}

#[track_caller]
fn check(value: &Value, members: &[(&str, Form)]) {
    let object = value.as_object().expect("an object");
    for (name, form) in members {
        let found = object
            .get(*name)
            .unwrap_or_else(|| panic!("{name} is missing"));
        assert!(has_form(found, *form), "{name} is no {form:?}: {found}");
    }
    let known = |name: &String| members.iter().any(|(member, _)| member == name);
    let more: Vec<_> = object.keys().filter(|name| !known(name)).collect();
    assert!(more.is_empty(), "not expected: {more:?}");
}

const SNAPSHOT: &[(&str, Form)] = &[
    ("id", Form::Id),
    ("name", Form::Text),
    ("description", Form::Text),
    ("started", Form::Time),
    ("finished", Form::Time),
    ("size", Form::Number),
    ("status", Form::Text),
    ("type", Form::Text),
    ("cluster_id", Form::Id),
    ("cluster_name", Form::Text),
    ("datastore", Form::Object),
    ("updated", Form::BareTime),
    ("backup_level", Form::Text),
    ("fine_grained_backup", Form::Flag),
    ("support_inplace_restore", Form::Flag),
];

const CLUSTER: &[(&str, Form)] = &[
    ("id", Form::Id),
    ("name", Form::Text),
    ("status", Form::Text),
    ("sub_status", Form::Text),
    ("task_status", Form::Nothing),
    ("action_progress", Form::Object),
    ("version", Form::Text),
    ("created", Form::Time),
    ("updated", Form::Time),
    ("user_name", Form::Text),
    ("enterprise_project_id", Form::Text),
    ("endpoints", Form::List),
    ("public_endpoints", Form::List),
    ("nodes", Form::List),
    ("tags", Form::List),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_the_document_on_creating_a_snapshot_is_answered_as_it_says() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    let body = format!(
        r#"{{
            "snapshot": {{
               "name": "snapshot-3",
               "cluster_id": "{cluster}",
               "description": "Snapshot-3 description"
             }}
        }}"#
    );
    let path = format!("/v1.0/{}/snapshots", client.project);
    let (status, made) = client.send(("POST", &path), Some(&body)).await;
    assert_eq!(status, 200);
    check(&made, &[("snapshot", Form::Object)]);
    check(&made["snapshot"], &[("id", Form::Id)]);
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_members_of_the_vendor_s() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    let id = client.snapshot(&cluster, "snapshot-1").await;
    let get = async |path: String| client.must(("GET", &path), None, 200).await;

    let list = get("/snapshots".to_owned()).await;
    check(&list, &[("snapshots", Form::List), ("count", Form::Number)]);
    check(&list["snapshots"][0], SNAPSHOT);
    check(&list["snapshots"][1], SNAPSHOT);
    let one = get(format!("/snapshots/{id}")).await;
    check(&one, &[("snapshot", Form::Object)]);
    assert_eq!(one["snapshot"], list["snapshots"][0]);
    check(
        &one["snapshot"]["datastore"],
        &[("type", Form::Text), ("version", Form::Text)],
    );
    let of_cluster = get(format!("/clusters/{cluster}/snapshots")).await;
    check(
        &of_cluster,
        &[
            ("project_id", Form::Text),
            ("cluster_id", Form::Id),
            ("snapshots", Form::List),
            ("count", Form::Number),
        ],
    );
    assert_eq!(of_cluster["snapshots"], list["snapshots"]);
    let clusters = get("/clusters".to_owned()).await;
    check(
        &clusters,
        &[("clusters", Form::List), ("count", Form::Number)],
    );
    check(&clusters["clusters"][0], CLUSTER);
    let one = get(format!("/clusters/{cluster}")).await;
    assert_eq!(one, json!({"cluster": clusters["clusters"][0]}));
    let statistics = get(format!("/clusters/{cluster}/snapshots/statistics")).await;
    for figure in statistics["statistics"].as_array().expect("a list") {
        let members = [
            ("name", Form::Text),
            ("value", Form::Number),
            ("unit", Form::Text),
        ];
        check(figure, &members);
    }
    assert_eq!(text(&clusters["clusters"][0]["status"]), "AVAILABLE");
    client.stop().await;
}
