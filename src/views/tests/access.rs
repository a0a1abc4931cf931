//! What is found of projects and API keys.

use super::House;
use super::history::{History, name};
use crate::digest::Digest;
use crate::domain::event::{ApiKeyIssued, ApiKeyRevoked, ApiKeyUsed, ProjectUpdated};
use crate::domain::ids::{ApiKeyId, ProjectId, Revision, Stream};
use crate::domain::values::Role;
use crate::views::{Page, Scope};

#[test]
fn a_project_is_found_by_id_name_and_external_id() {
    let mut history = History::founded();
    let second = history.create_project("Second");
    let updated = ProjectUpdated {
        project: second,
        name: Some(name("Polar")),
        external_id: None,
        description: None,
    };
    history.add(Stream::Project(second), updated);
    let house = House::of(&history);
    let views = &house.views;
    let row = views.project(second).unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.revision), ("Polar", Revision(1)));
    assert_eq!(row.external_id.as_deref(), Some("external Second"));
    let by_name = |text: &str| {
        let row = views.project_by_name(&name(text).key()).unwrap();
        row.map(|row| row.id)
    };
    assert_eq!(by_name("POLAR"), Some(second));
    assert_eq!(by_name("second"), None);
    assert_eq!(by_name("Default"), Some(history.default_project));
    let by_external = |text: &str| {
        let row = views.project_by_external_id(text).unwrap();
        row.map(|row| row.id)
    };
    assert_eq!(by_external("external Second"), Some(second));
    assert_eq!(by_external("external second"), None);
    assert_eq!(by_external(&second.0.simple().to_string()), Some(second));
    assert_eq!(by_external(&second.to_string()), Some(second));
    assert_eq!(by_external(&uuid::Uuid::nil().to_string()), None);
}

#[test]
fn projects_are_listed_within_scope_oldest_first() {
    let mut history = History::founded();
    let (default, second) = (history.default_project, history.create_project("second"));
    let third = history.create_project("another");
    let house = House::of(&history);
    let views = &house.views;
    let check = |scope: Scope, expected: &[ProjectId]| {
        let slice = views.projects(&scope, &Page::first(9)).unwrap();
        let found: Vec<_> = slice.rows.iter().map(|keyed| keyed.row.id).collect();
        assert_eq!(found, expected, "{scope:?}");
        assert_eq!(views.project_count(&scope).unwrap(), expected.len() as u64);
    };
    check(Scope::All, &[default, second, third]);
    check(Scope::Only(vec![third, default]), &[default, third]);
    check(Scope::Only(vec![]), &[]);
    let rows = views
        .projects_by_ids(&[third, ProjectId(uuid::Uuid::nil()), second])
        .unwrap();
    let found: Vec<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(found, [third, second]);
}

#[test]
fn an_api_key_is_found_by_its_secret_and_tells_its_life() {
    let mut history = History::founded();
    let hash = Digest::of(b"sl_secret");
    let issue = |history: &mut History, secret_hash, project| {
        let key = history.id(ApiKeyId);
        let issued = ApiKeyIssued {
            key,
            name: "laptop".into(),
            secret_hash,
            access_key: None,
            role: Role::Editor,
            project,
            expires_at: chrono::DateTime::from_timestamp_micros(99),
        };
        history.add(Stream::Access, issued);
        key
    };
    let project = history.default_project;
    let key = issue(&mut history, hash, Some(project));
    let everywhere = issue(&mut history, Digest::of(b"sl_other"), None);
    let mut house = House::of(&history);
    let fresh = house.views.api_key_by_secret_hash(&hash).unwrap().unwrap();
    assert_eq!(
        (fresh.id, fresh.role, fresh.project),
        (key, Role::Editor, Some(project))
    );
    assert_eq!((fresh.last_used_at, fresh.revoked_at), (None, None));
    assert!(fresh.expires_at.is_some());
    history.add(Stream::Access, ApiKeyUsed { key });
    history.add(Stream::Access, ApiKeyRevoked { key });
    house.catch_up(&history);
    let revoked = house.views.api_key(key).unwrap().unwrap();
    assert!(revoked.last_used_at > Some(revoked.created_at));
    assert!(revoked.revoked_at > revoked.last_used_at);
    assert_eq!(
        house
            .views
            .api_key_by_secret_hash(&Digest::of(b""))
            .unwrap(),
        None
    );
    let listed = |scope: &Scope| {
        let slice = house.views.api_keys(scope, &Page::first(9)).unwrap();
        let count = house.views.api_key_count(scope).unwrap();
        assert_eq!(count, slice.rows.len() as u64);
        slice
            .rows
            .iter()
            .map(|keyed| keyed.row.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&Scope::All), [everywhere, key]);
    assert_eq!(listed(&Scope::Only(vec![project])), [key]);
}
