//! What a project is after its events.

use super::*;
use crate::domain::commands::facts::{DATASET, PROJECT, listed, name};
use crate::domain::event::{DatasetUnlisted, ProjectCreated};

const OTHER: DatasetId = DatasetId(uuid::Uuid::from_u128(1));

fn after(events: impl IntoIterator<Item = Event>) -> Project {
    let created = ProjectCreated {
        project: PROJECT,
        name: name("Antarctica"),
        external_id: None,
        description: "".into(),
    };
    let mut project = Project::begin(&created.into()).expect("a project begins created");
    for event in events {
        project.evolve(&event);
    }
    project
}

fn unlisted(dataset: DatasetId) -> Event {
    DatasetUnlisted {
        project: PROJECT,
        dataset,
    }
    .into()
}

#[test]
fn a_project_begins_with_its_creation_only() {
    assert_eq!(Project::begin(&listed(0xD, "Penguins")), None);
    assert_eq!(after([]).revision, Revision::FIRST);
}

#[test]
fn a_listing_takes_a_name_and_frees_the_one_before() {
    let project = after([listed(0xD, "Penguins"), listed(0xD, "Gentoos")]);
    assert_eq!(project.dataset_named(&name("penguins")), None);
    assert_eq!(project.dataset_named(&name("GENTOOS")), Some(DATASET));
    assert_eq!(project.revision, Revision(2));
}

#[test]
fn a_name_that_went_over_to_another_stays_with_it() {
    let project = after([
        listed(0xD, "Penguins"),
        listed(0xD, "Gentoos"),
        listed(1, "Penguins"),
        unlisted(DATASET),
    ]);
    assert_eq!(project.dataset_named(&name("Penguins")), Some(OTHER));
    assert_eq!(project.dataset_named(&name("Gentoos")), None);
}

#[test]
fn a_project_read_from_its_names_is_the_project_of_its_events() {
    let events = [
        listed(0xD, "Penguins"),
        listed(1, "Gentoos"),
        unlisted(OTHER),
    ];
    let read = Project::at(PROJECT, Revision(3), [(DATASET, name("Penguins"))]);
    assert_eq!(after(events), read);
}

#[test]
fn a_clone_gets_the_first_name_that_is_free() {
    let check = |taken: &[&str], expected: &str| {
        let listings = taken.iter().zip(1..).map(|(text, id)| listed(id, text));
        let found = after(listings).name_of_clone(&name("Penguins"));
        assert_eq!(found.as_str(), expected);
    };
    check(&[], "Penguins (cloned)");
    check(&["PENGUINS (CLONED)"], "Penguins (cloned 2)");
    check(
        &["Penguins (cloned)", "Penguins (cloned 3)"],
        "Penguins (cloned 2)",
    );
    let three = [
        "Penguins (cloned)",
        "Penguins (cloned 2)",
        "Penguins (cloned 3)",
    ];
    check(&three, "Penguins (cloned 4)");
}
