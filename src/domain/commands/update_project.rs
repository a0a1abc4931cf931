//! Gives a project another name or description.
//!
//! Its name is one of all projects', so the directory of them is asked and told.

use std::sync::Arc;

use super::Decision;
use crate::domain::event::{ProjectListed, ProjectUpdated};
use crate::domain::refusal::Refusal;
use crate::domain::values::{Name, check_description};
use crate::domain::{Directory, Project};

/// Asks for other words; absent ones stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateProject {
    /// The new name.
    pub name: Option<Name>,
    /// The new description; may be empty.
    pub description: Option<Arc<str>>,
}

/// Refuses with `NOT_FOUND`, `NOTHING_TO_UPDATE`, `BAD_INPUT` (the description), or `NAME_TAKEN`
/// when another project has the name, in any case.
pub fn decide(
    directory: &Directory,
    project: &Project,
    command: &UpdateProject,
) -> Result<Decision, Refusal> {
    project.must_live()?;
    if command.name.is_none() && command.description.is_none() {
        return Err(Refusal::NothingToUpdate);
    }
    if let Some(description) = &command.description {
        check_description("description", description)?;
    }
    let mut ledger = Vec::new();
    if let Some(name) = &command.name {
        directory.name_must_be_free(name, project.id)?;
        let listed = ProjectListed {
            project: project.id,
            name: name.clone(),
            external_id: directory.external_id_of(project.id),
        };
        ledger.push(listed.into());
    }
    let updated = ProjectUpdated {
        project: project.id,
        name: command.name.clone(),
        external_id: None,
        description: command.description.clone(),
    };
    Ok(Decision {
        project: vec![updated.into()],
        ledger,
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DEFAULT, PROJECT, listed_project, name, name_taken, not_found,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::ProjectDeleted;

    fn renaming(text: &str) -> UpdateProject {
        UpdateProject {
            name: Some(name(text)),
            description: None,
        }
    }

    fn describing(text: &str) -> UpdateProject {
        UpdateProject {
            name: None,
            description: Some(Arc::from(text)),
        }
    }

    #[test]
    fn a_project_is_renamed_and_listed_by_its_new_name() {
        let before = ProjectListed {
            project: PROJECT,
            name: name("Arctic"),
            external_id: Some(Arc::from("89cd")),
        };
        let after = given([before.into()])
            .when(|it| decide(it.directory(), it.project(), &renaming("Antarctica")))
            .then([
                ProjectUpdated {
                    project: PROJECT,
                    name: Some(name("Antarctica")),
                    external_id: None,
                    description: None,
                }
                .into(),
                ProjectListed {
                    project: PROJECT,
                    name: name("Antarctica"),
                    external_id: Some(Arc::from("89cd")),
                }
                .into(),
            ]);
        let free = after
            .directory()
            .name_must_be_free(&name("Arctic"), DEFAULT);
        assert_eq!(free, Ok(()));
    }

    #[test]
    fn a_description_is_nothing_to_the_directory() {
        given([])
            .when(|it| decide(it.directory(), it.project(), &describing("")))
            .then([ProjectUpdated {
                project: PROJECT,
                name: None,
                external_id: None,
                description: Some(Arc::from("")),
            }
            .into()]);
    }

    #[test]
    fn a_name_of_another_project_is_taken_but_ones_own_can_change_its_case() {
        given([])
            .when(|it| decide(it.directory(), it.project(), &renaming("DEFAULT")))
            .refuses(name_taken("DEFAULT"));
        let own = given([listed_project("Antarctica")]);
        let decided = decide(own.directory(), own.project(), &renaming("ANTARCTICA"));
        assert!(decided.is_ok());
    }

    #[test]
    fn nothing_and_too_much_are_refused_as_is_what_is_gone() {
        let nothing = UpdateProject {
            name: None,
            ..renaming("x")
        };
        given([])
            .when(|it| decide(it.directory(), it.project(), &nothing))
            .refuses(Refusal::NothingToUpdate);
        given([])
            .when(|it| {
                decide(
                    it.directory(),
                    it.project(),
                    &describing(&"x".repeat(10_001)),
                )
            })
            .refuses_field("description");
        given([ProjectDeleted { project: PROJECT }.into()])
            .when(|it| decide(it.directory(), it.project(), &renaming("x")))
            .refuses(not_found("project"));
    }
}
