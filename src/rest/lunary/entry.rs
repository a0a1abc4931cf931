//! What nearly every call asks first: which project, which dataset, which version is meant, and
//! whether a change makes a version.

use uuid::Uuid;

use super::Lunary;
use super::asked::Changing;
use crate::auth::Grants;
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, ProjectId, SnapshotId};
use crate::rest::tongue::Told;
use crate::rest::visit::Visit;
use crate::views::{DatasetRow, SnapshotRow};

/// The length of a UUID as it is written, with its hyphens.
const UUID_CHARS: usize = 36;

/// The UUID of a path's part.
pub(super) fn uuid(field: &'static str, text: &str) -> Result<Uuid, Refusal> {
    let id = Uuid::try_parse(text).ok();
    let id = id.filter(|_| text.len() == UUID_CHARS);
    id.ok_or_else(|| Refusal::BadInput {
        field,
        message: "Invalid uuid".to_owned(),
    })
}

/// The project of a call that names no dataset: the credential's only one, else the one asked for,
/// else the default one.
pub(super) fn project(
    visit: &Visit<Lunary>,
    asked: Option<&str>,
) -> Result<ProjectId, Told<Lunary>> {
    let found = match counts(visit, asked) {
        Some(asked) => visit.reads.project_by_external_id(asked)?,
        None => visit.reads.own_project()?,
    };
    let found = found.ok_or(Refusal::NotFound { what: "project" })?;
    Ok(found.id)
}

/// The dataset of a path, if it is in the project asked for.
pub(super) fn dataset(
    visit: &Visit<Lunary>,
    id: &str,
    asked: Option<&str>,
) -> Result<DatasetRow, Told<Lunary>> {
    let id = DatasetId(uuid("datasetId", id)?);
    let mut row = visit.reads.dataset(id)?;
    if let Some(asked) = counts(visit, asked) {
        let project = visit.reads.project_by_external_id(asked)?;
        row = row.filter(|row| Some(row.project) == project.map(|project| project.id));
    }
    Ok(row.ok_or(Refusal::NotFound { what: "dataset" })?)
}

/// The version of a path, if it is the dataset's.
pub(super) fn version(
    visit: &Visit<Lunary>,
    dataset: DatasetId,
    id: &str,
) -> Result<SnapshotRow, Told<Lunary>> {
    let id = SnapshotId(uuid("versionId", id)?);
    let row = visit.reads.snapshot(id)?;
    let row = row.filter(|row| row.dataset == dataset);
    Ok(row.ok_or(Refusal::NotFound { what: "version" })?)
}

/// The project asked for, unless the credential has only one: then it means that one.
fn counts<'a>(visit: &Visit<Lunary>, asked: Option<&'a str>) -> Option<&'a str> {
    match &visit.caller.principal.grants {
        Grants::In(roles) if roles.len() == 1 => None,
        Grants::In(_) | Grants::Everywhere(_) => asked,
    }
}

/// Whether a change makes a version: unless the query says that it is to be left out.
pub(super) fn makes_version(asked: &Changing) -> bool {
    let told = asked.skip_version.as_ref();
    let told = told.or(asked.skip_versioning.as_ref());
    let skips = |text: &String| {
        let words = ["true", "1", "yes"];
        words.iter().any(|word| text.eq_ignore_ascii_case(word))
    };
    !told.is_some_and(skips)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_written_with_hyphens() {
        let text = "0198a1b2-0000-7000-8000-00000000000a";
        assert!(uuid("datasetId", text).is_ok());
        assert!(uuid("datasetId", &text.to_uppercase()).is_ok());
        let urn = format!("urn:uuid:{text}");
        for wrong in [
            "",
            "no-id",
            &text.replace('-', ""),
            &urn,
            &format!("{text} "),
        ] {
            assert!(uuid("datasetId", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_change_makes_a_version_unless_told_not_to() {
        let check = |version: Option<&str>, versioning: Option<&str>, expected: bool| {
            let asked = Changing {
                project_id: None,
                skip_version: version.map(str::to_owned),
                skip_versioning: versioning.map(str::to_owned),
            };
            assert_eq!(makes_version(&asked), expected, "{asked:?}");
        };
        check(None, None, true);
        for word in ["true", "TRUE", "1", "yes", "Yes"] {
            check(Some(word), None, false);
            check(None, Some(word), false);
        }
        for word in ["", "false", "0", "no", "2"] {
            check(Some(word), None, true);
        }
        check(Some("no"), Some("yes"), true);
    }
}
