//! The forms of what this API answers: which members, ids and times there are, and no others.

use serde_json::Value;

/// The members of a dataset.
pub(super) const DATASET: &[&str] = &[
    "id",
    "projectId",
    "ownerId",
    "ownerName",
    "ownerEmail",
    "name",
    "description",
    "createdAt",
    "updatedAt",
    "itemCount",
    "currentVersionId",
    "currentVersionNumber",
    "currentVersionCreatedAt",
    "currentVersionCreatedBy",
    "currentVersionRestoredFromVersionId",
    "evaluatorSlot1Id",
    "evaluatorSlot2Id",
    "evaluatorSlot3Id",
    "evaluatorSlot4Id",
    "evaluatorSlot5Id",
    "evaluatorConfigs",
];
/// The members of a version.
pub(super) const VERSION: &[&str] = &[
    "id",
    "datasetId",
    "versionNumber",
    "createdAt",
    "createdBy",
    "restoredFromVersionId",
    "name",
    "description",
    "itemCount",
];
/// The members of an item.
pub(super) const ITEM: &[&str] = &[
    "id",
    "datasetId",
    "input",
    "groundTruth",
    "output",
    "evaluatorResult1",
    "evaluatorResult2",
    "evaluatorResult3",
    "evaluatorResult4",
    "evaluatorResult5",
    "createdAt",
    "updatedAt",
];
/// The members of a version's item.
pub(super) const VERSION_ITEM: &[&str] = &[
    "id",
    "versionId",
    "datasetId",
    "itemIndex",
    "input",
    "groundTruth",
    "output",
    "sourceItemId",
    "sourceCreatedAt",
    "sourceUpdatedAt",
    "evaluatorResult1",
    "evaluatorResult2",
    "evaluatorResult3",
    "evaluatorResult4",
    "evaluatorResult5",
];

/// Checks that an object has these members and no other, each id and time in its form.
#[track_caller]
pub(super) fn check_shape(object: &Value, members: &[&str]) {
    let found = object.as_object().expect("an object");
    let mut names: Vec<&str> = found.keys().map(String::as_str).collect();
    let mut expected = members.to_vec();
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for (name, value) in found {
        let Some(text) = value.as_str() else { continue };
        if name.ends_with("At") {
            let form = "2026-01-31T09:30:00.000Z";
            assert!(
                text.len() == form.len() && text.ends_with('Z'),
                "{name}: {text}"
            );
        }
        if name == "id" || name.ends_with("Id") {
            assert!(uuid::Uuid::try_parse(text).is_ok(), "{name}: {text}");
        }
    }
}

/// One member of each item, as text.
pub(super) fn texts(items: &Value, member: &str) -> Vec<String> {
    let items = items.as_array().expect("items");
    let text = |item: &Value| item[member].as_str().unwrap_or("-").to_owned();
    items.iter().map(text).collect()
}

/// Checks that an object has these members with these values, whatever others it has.
#[track_caller]
pub(super) fn check(found: &Value, expected: &Value) {
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(&found[name], value, "{name} of {found}");
    }
}
