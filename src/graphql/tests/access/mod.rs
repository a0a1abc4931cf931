//! The walk: every operation of the schema, asked by everyone, about a project.
//!
//! One table, one `check`: what may be done is done, what is seen but not allowed is FORBIDDEN, and
//! what is another project's is answered to the letter as if it never was.

mod changes;
mod lineage;
mod table;
mod world;

use std::collections::BTreeSet;
use std::time::Duration;

use async_graphql::{Request, Variables};
use serde_json::{Value, json};

use self::changes::MUTATIONS;
use self::table::{QUERIES, Row, SUBSCRIPTIONS};
use self::world::{Verdict, Who, World};
use super::desk::{Desk, text};
use crate::domain::ids::ProjectId;

/// No project at all.
const NONE: ProjectId = ProjectId(uuid::Uuid::nil());
/// How long a change is waited for before it is made again.
const STIR_INTERVAL: Duration = Duration::from_millis(50);
/// How often it is made at most.
const STIRS_MAX: usize = 200;

fn check(row: &Row, who: &Who, answers: (&Value, &Value)) {
    let (answer, to_nothing) = answers;
    let verdict = row
        .needs
        .map_or(Verdict::Done, |action| who.verdict(action));
    let told = format!("{} asked by {}: {answer}", row.field, who.name);
    let code = answer["errors"][0]["extensions"]["code"].as_str();
    let found = answer["data"].pointer(row.found);
    let is_found = found.is_some_and(|found| !found.is_null());
    match verdict {
        Verdict::Done => match row.late {
            None => assert!(is_found && code.is_none(), "{told}"),
            Some(late) => assert_eq!(code, Some(late), "{told}"),
        },
        Verdict::Forbidden => assert!(code == Some("FORBIDDEN") && !is_found, "{told}"),
        Verdict::Absent => {
            assert!(!is_found, "{told}");
            assert_eq!(
                answer, to_nothing,
                "{told}, but of what never was: {to_nothing}"
            );
        }
    }
}

#[tokio::test]
async fn the_table_has_every_operation_of_the_schema() {
    let desk = Desk::set().await;
    let query = "{ __schema { queryType { fields { name } } mutationType { fields { name } }
        subscriptionType { fields { name } } } }";
    let data = desk.ask(query, json!({})).await;
    for (root, rows) in [
        ("queryType", QUERIES),
        ("mutationType", MUTATIONS),
        ("subscriptionType", SUBSCRIPTIONS),
    ] {
        let fields = data["__schema"][root]["fields"].as_array().expect("fields");
        let fields: BTreeSet<String> = fields.iter().map(|field| text(&field["name"])).collect();
        let rows: BTreeSet<String> = rows.iter().map(|row| row.field.to_owned()).collect();
        assert_eq!(rows, fields, "{root}: give the new field a row");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_reads_what_the_table_says() {
    let world = World::made().await;
    let things = world.things(world.own).await;
    for who in Who::all(world.own, world.other) {
        for row in QUERIES {
            let answer = world.asked(&who.principal, row.text, &things).await;
            let to_nothing = world
                .asked(&who.principal, row.text, &world.nothing())
                .await;
            check(row, &who, (&answer, &to_nothing));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_changes_what_the_table_says() {
    let kinds = Who::all(NONE, NONE).len();
    for kind in 0..kinds {
        // A world for each: what is done last deletes the project.
        let world = World::made().await;
        let who = Who::all(world.own, world.other).swap_remove(kind);
        for row in MUTATIONS {
            let things = world.things(world.own).await;
            let to_nothing = match who.verdict(row.needs.expect("every change needs something")) {
                Verdict::Absent => {
                    world
                        .asked(&who.principal, row.text, &world.nothing())
                        .await
                }
                Verdict::Done | Verdict::Forbidden => Value::Null,
            };
            let answer = world.asked(&who.principal, row.text, &things).await;
            check(row, &who, (&answer, &to_nothing));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_watches_what_the_table_says() {
    let world = World::made().await;
    let things = world.things(world.own).await;
    for who in Who::all(world.own, world.other) {
        for row in SUBSCRIPTIONS {
            let answer = first_told(&world, &who, row, &things).await;
            let to_nothing = match row.needs.map(|action| who.verdict(action)) {
                Some(Verdict::Absent) => first_told(&world, &who, row, &world.nothing()).await,
                _ => Value::Null,
            };
            check(row, &who, (&answer, &to_nothing));
        }
    }
}

/// The first answer of a subscription, with changes made beside it until one comes.
async fn first_told(world: &World, who: &Who, row: &Row, variables: &Value) -> Value {
    let request = Request::new(row.text).variables(Variables::from_json(variables.clone()));
    let mut told = world.desk.watched_by(&who.principal, request);
    let things = &variables["dataset"];
    for _ in 0..STIRS_MAX {
        tokio::select! {
            response = told.response() => return response.expect("an answer"),
            () = tokio::time::sleep(STIR_INTERVAL) => {
                let target = json!({ "current": true });
                let input = json!({ "datasetId": things, "target": target, "safetySnapshot": true });
                world.desk.change("restoreSnapshot", input, "xactId").await;
            }
        }
    }
    panic!("{} told {} nothing", row.field, who.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_told_to_those_who_may_know() {
    let world = World::made().await;
    let things = world.things(world.own).await;
    world.things(world.other).await;
    let text_ = "subscription { events(maxBatch: 1000) {
        caughtUp events { type stream project { id } } } }";
    for who in Who::all(world.own, world.other) {
        let request = Request::new(text_);
        let mut told = world.desk.watched_by(&who.principal, request);
        let mut events = Vec::new();
        loop {
            let batch = told.response().await.expect("a batch");
            let batch = &batch["data"]["events"];
            events.extend(batch["events"].as_array().expect("events").iter().cloned());
            if batch["caughtUp"] == true {
                break;
            }
        }
        let count = |is_one: &dyn Fn(&Value) -> bool| events.iter().filter(|e| is_one(e)).count();
        let is_own = |event: &Value| event["project"]["id"] == things["project"];
        let is_access = |event: &Value| event["stream"].as_str().is_some_and(|s| s == "access");
        let sees = who.role.is_some();
        let manages = who.role == Some(crate::domain::values::Role::Admin);
        assert_eq!(
            count(&|e| is_own(e) && !is_access(e)) > 0,
            sees,
            "{}",
            who.name
        );
        assert_eq!(
            count(&|e| is_own(e) && is_access(e)) > 0,
            manages,
            "{}",
            who.name
        );
        let founding = count(&|e| e["type"] == "LedgerFounded");
        assert_eq!(founding == 1, who.everywhere, "{}", who.name);
        let foreign = count(&|e| !is_own(e));
        let sees_others = who.everywhere || who.name == "stranger";
        assert_eq!(foreign > 0, sees_others, "{}", who.name);
    }
}
