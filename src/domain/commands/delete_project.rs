//! Deletes a project: closes it for ever, with all that is in it, and frees its name.
//!
//! Says nothing on the streams of its datasets, of which there may be any number: what is in a
//! closed project exists for nobody. The log keeps all of it.

use super::Decision;
use crate::domain::event::{ProjectDeleted, ProjectUnlisted};
use crate::domain::refusal::Refusal;
use crate::domain::{Directory, Project};

/// Asks that a project be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteProject;

/// Refuses with `NOT_FOUND`, or `BAD_INPUT` for the default project: calls that name none mean it.
/// What runs on its datasets need not end first: its result is seen by nobody.
pub fn decide(
    directory: &Directory,
    project: &Project,
    _command: &DeleteProject,
) -> Result<Decision, Refusal> {
    project.must_live()?;
    if project.id == directory.default_project {
        return Err(Refusal::BadInput {
            field: "projectId",
            message: "the default project cannot be deleted".to_owned(),
        });
    }
    let project = project.id;
    Ok(Decision {
        project: vec![ProjectDeleted { project }.into()],
        ledger: vec![ProjectUnlisted { project }.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DEFAULT, PROJECT, enriching, listed, listed_project, name, not_found, ready,
    };
    use crate::domain::commands::given::given;
    use crate::domain::ids::Revision;

    #[test]
    fn a_deleted_project_is_closed_and_its_name_is_free() {
        let after = given([
            listed_project("Antarctica"),
            listed(0xD, "Penguins"),
            ready(),
            enriching(),
        ])
        .when(|it| decide(it.directory(), it.project(), &DeleteProject))
        .then([
            ProjectDeleted { project: PROJECT }.into(),
            ProjectUnlisted { project: PROJECT }.into(),
        ]);
        assert_eq!(after.project().must_live(), Err(not_found("project")));
        let free = after
            .directory()
            .name_must_be_free(&name("antarctica"), DEFAULT);
        assert_eq!(free, Ok(()));
    }

    #[test]
    fn it_is_deleted_once() {
        given([ProjectDeleted { project: PROJECT }.into()])
            .when(|it| decide(it.directory(), it.project(), &DeleteProject))
            .refuses(not_found("project"));
    }

    #[test]
    fn the_default_project_stays() {
        let default = Project::at(DEFAULT, Revision::FIRST, []);
        given([])
            .when(|it| decide(it.directory(), &default, &DeleteProject))
            .refuses_field("projectId");
    }
}
