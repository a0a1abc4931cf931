//! Projects and datasets, and what an SDK asks of them beneath.

use serde_json::{Value, json};

use super::{Desk, members, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_made_once_found_and_renamed() {
    let desk = Desk::open().await;
    let made = desk
        .post(
            "/v1/project",
            json!({"name": "Antarctica", "org_name": "x"}),
        )
        .await;
    assert_eq!(
        members(&made),
        [
            "created",
            "deleted_at",
            "description",
            "id",
            "name",
            "org_id",
            "settings",
            "user_id"
        ]
    );
    assert_eq!(
        desk.post("/v1/project", json!({"name": "antarctica"}))
            .await,
        made
    );
    let registered = json!({"project_name": "Antarctica", "org_id": made["org_id"]});
    let registered = desk.post("/api/project/register", registered).await;
    assert_eq!(registered["project"], made);
    let at = format!("/v1/project/{}", text(&made["id"]));
    assert_eq!(desk.get(&at).await, made);
    let listed = desk
        .get("/v1/project?project_name=Antarctica&limit=1")
        .await;
    assert_eq!(listed, json!({"objects": [made]}));
    // Newest first: the default one is the older.
    let all = desk.get("/v1/project").await;
    assert_eq!(
        (&all["objects"][0], &all["objects"][1]["name"]),
        (&made, &json!("default"))
    );
    let after = desk
        .get(&format!("/v1/project?starting_after={}", text(&made["id"])))
        .await;
    assert_eq!(after["objects"], json!([all["objects"][1]]));
    let (status, renamed) = desk.ask("PATCH", &at, json!({"name": "The South"})).await;
    assert_eq!((status, &renamed["name"]), (200, &json!("The South")));
    let (status, _) = desk.ask("PATCH", &at, json!({"name": "DEFAULT"})).await;
    assert_eq!(status, 400);
    assert_eq!(desk.ask("PATCH", &at, Value::Null).await, (200, renamed));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_is_made_once_changed_and_deleted() {
    let desk = Desk::open().await;
    let project = desk
        .post("/v1/project", json!({"name": "Antarctica"}))
        .await;
    let new = json!({"project_id": project["id"], "name": "Penguins 2026", "description": "all",
        "tags": ["birds"], "metadata": {"by": {"who": "ada"}}, "org_name": "x"});
    let made = desk.post("/v1/dataset", new.clone()).await;
    assert_eq!(
        members(&made),
        [
            "created",
            "deleted_at",
            "description",
            "id",
            "metadata",
            "name",
            "project_id",
            "tags",
            "url_slug",
            "user_id"
        ]
    );
    assert_eq!(made["metadata"], json!({"by": {"who": "ada"}}));
    assert_eq!(
        (&made["tags"], &made["url_slug"]),
        (&json!(["birds"]), &json!("penguins-2026"))
    );
    let mut again = new;
    again["description"] = json!("other");
    assert_eq!(desk.post("/v1/dataset", again).await, made);
    let at = format!("/v1/dataset/{}", text(&made["id"]));
    assert_eq!(desk.get(&at).await, made);
    for query in [
        "dataset_name=penguins%202026",
        "project_name=Antarctica",
        &format!(
            "project_id={}&project_name=Antarctica",
            text(&project["id"])
        ),
        &format!("ids={}", text(&made["id"])),
    ] {
        assert_eq!(
            desk.get(&format!("/v1/dataset?{query}")).await["objects"],
            json!([made]),
            "{query}"
        );
    }
    for query in [
        "project_name=nothing",
        "dataset_name=nothing",
        "project_id=00000000-0000-0000-0000-000000000000",
    ] {
        assert_eq!(
            desk.get(&format!("/v1/dataset?{query}")).await["objects"],
            json!([]),
            "{query}"
        );
    }
    let patch = json!({"metadata": {"by": {"when": 2026}}, "tags": ["seen"], "name": null});
    let (_, changed) = desk.ask("PATCH", &at, patch).await;
    assert_eq!(
        changed["metadata"],
        json!({"by": {"who": "ada", "when": 2026}})
    );
    assert_eq!(
        (&changed["tags"], &changed["name"]),
        (&json!(["seen"]), &made["name"])
    );
    let object = json!({"object_type": "dataset", "object_ids": [made["id"], uuid::Uuid::nil()]});
    let told = desk.post("/api/self/get_object_info", object).await;
    let expected = json!([{"object_id": made["id"], "object_name": "Penguins 2026",
        "parent_cols": {"project": {"id": project["id"], "name": "Antarctica"}}}]);
    assert_eq!(told, expected);
    let (status, deleted) = desk.ask("DELETE", &at, Value::Null).await;
    assert!(
        status == 200 && deleted["deleted_at"].is_string(),
        "{deleted}"
    );
    assert_eq!(desk.ask("GET", &at, Value::Null).await.0, 404);
    let behind = format!("/v1/dataset?starting_after={}", text(&made["id"]));
    assert_eq!(desk.get(&behind).await["objects"], json!([]));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_logs_in_and_registers_a_dataset() {
    let desk = Desk::open().await;
    // Neither body nor type.
    let told = desk.post("/api/apikey/login", Value::Null).await;
    let organisation = &told["org_info"][0];
    assert_eq!(
        members(organisation),
        [
            "api_url",
            "git_metadata",
            "id",
            "is_universal_api",
            "name",
            "proxy_url",
            "realtime_url"
        ]
    );
    assert!(text(&organisation["api_url"]).starts_with("http://127.0.0.1:"));
    assert!(desk.get("/version").await.is_object());
    assert_eq!(desk.head().await.len(), 19);
    let asked = json!({"org_id": organisation["id"], "project_name": "Antarctica",
        "dataset_name": "penguins", "description": "all", "metadata": {"a": 1}});
    let made = desk.post("/api/dataset/register", asked.clone()).await;
    assert_eq!(made["found_existing"], json!(false));
    assert_eq!(
        (&made["project"]["name"], &made["dataset"]["name"]),
        (&json!("Antarctica"), &json!("penguins"))
    );
    let again = desk.post("/api/dataset/register", asked).await;
    assert_eq!(
        (&again["dataset"], &again["found_existing"]),
        (&made["dataset"], &json!(true))
    );
    let logs = json!({"project_id": made["project"]["id"]});
    let logs = desk.post("/api/dataset/register", logs).await;
    assert_eq!(logs["dataset"]["name"], json!("logs"));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_described_and_deleted_with_all_that_is_in_it() {
    let desk = Desk::open().await;
    let new = json!({"name": "Antarctica", "description": "All that swims"});
    let made = desk.post("/v1/project", new).await;
    assert_eq!(made["description"], "All that swims");
    let at = format!("/v1/project/{}", text(&made["id"]));
    let (status, changed) = desk.ask("PATCH", &at, json!({"description": "x"})).await;
    assert_eq!((status, &changed["description"]), (200, &json!("x")));
    let nothing = json!({"name": null, "description": null});
    assert_eq!(
        desk.ask("PATCH", &at, nothing).await,
        (200, changed.clone())
    );
    let (status, cleared) = desk.ask("PATCH", &at, json!({"description": ""})).await;
    assert_eq!((status, &cleared["description"]), (200, &Value::Null));

    let new = json!({"project_id": made["id"], "name": "penguins"});
    let dataset = desk.post("/v1/dataset", new.clone()).await;
    let (status, gone) = desk.ask("DELETE", &at, Value::Null).await;
    assert_eq!((status, &gone["id"]), (200, &made["id"]));
    assert!(text(&gone["deleted_at"]).ends_with('Z'), "{gone}");
    for path in [at.clone(), format!("/v1/dataset/{}", text(&dataset["id"]))] {
        assert_eq!(desk.ask("GET", &path, Value::Null).await.0, 404, "{path}");
    }
    assert_eq!(desk.ask("DELETE", &at, Value::Null).await.0, 404);
    assert_eq!(desk.ask("POST", "/v1/dataset", new).await.0, 404);
    let listed = desk.get("/v1/dataset").await;
    assert_eq!(listed, json!({"objects": []}));
    let again = desk
        .post("/v1/project", json!({"name": "Antarctica"}))
        .await;
    assert_ne!(again["id"], made["id"]);
    let projects = desk.get("/v1/project?project_name=default").await;
    let default = format!("/v1/project/{}", text(&projects["objects"][0]["id"]));
    let (status, why) = desk.ask("DELETE", &default, Value::Null).await;
    let told = "projectId: the default project cannot be deleted";
    assert_eq!((status, why), (400, json!(told)));
    desk.close().await;
}
