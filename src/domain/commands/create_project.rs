//! Creates a project: the boundary inside which datasets have their names.
//!
//! A project's own name is one of all projects', so the directory of them is asked and told.

use std::sync::Arc;

use super::Decision;
use crate::domain::Directory;
use crate::domain::event::{ProjectCreated, ProjectListed};
use crate::domain::ids::ProjectId;
use crate::domain::refusal::Refusal;
use crate::domain::values::{Name, check_description};

/// The longest external id of a project, in characters.
pub const EXTERNAL_ID_CHARS_MAX: usize = 255;

/// Asks for a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateProject {
    /// Its id.
    pub project: ProjectId,
    /// Its name.
    pub name: Name,
    /// The id by which foreign paths shall find it: 1 to 255 characters, no space among them.
    pub external_id: Option<Arc<str>>,
    /// What it is for; may be empty.
    pub description: Arc<str>,
}

/// Refuses with `BAD_INPUT` (the external id, the description) or `NAME_TAKEN`.
pub fn decide(directory: &Directory, command: &CreateProject) -> Result<Decision, Refusal> {
    check_description("description", &command.description)?;
    if let Some(external_id) = &command.external_id {
        check_external_id(external_id)?;
    }
    directory.name_must_be_free(&command.name, command.project)?;
    if let Some(external_id) = &command.external_id {
        directory.external_id_must_be_free(external_id)?;
    }
    let created = ProjectCreated {
        project: command.project,
        name: command.name.clone(),
        external_id: command.external_id.clone(),
        description: command.description.clone(),
    };
    let listed = ProjectListed {
        project: command.project,
        name: command.name.clone(),
        external_id: command.external_id.clone(),
    };
    Ok(Decision {
        project: vec![created.into()],
        ledger: vec![listed.into()],
        ..Decision::default()
    })
}

fn check_external_id(text: &str) -> Result<(), Refusal> {
    let chars = text.chars().count();
    let is_id = (1..=EXTERNAL_ID_CHARS_MAX).contains(&chars)
        && !text.contains(|char: char| char.is_control() || char.is_whitespace());
    if is_id {
        return Ok(());
    }
    let message =
        format!("an external id has 1 to {EXTERNAL_ID_CHARS_MAX} characters and no spaces");
    Err(Refusal::BadInput {
        field: "externalId",
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{name, name_taken};
    use crate::domain::commands::given::given;

    const NEW: ProjectId = ProjectId(uuid::Uuid::from_u128(0xB));

    fn command(text: &str, external_id: Option<&str>) -> CreateProject {
        CreateProject {
            project: NEW,
            name: name(text),
            external_id: external_id.map(Arc::from),
            description: Arc::from("All that swims"),
        }
    }

    fn facts(command: &CreateProject) -> [crate::domain::Event; 2] {
        let (name, external_id) = (command.name.clone(), command.external_id.clone());
        let created = ProjectCreated {
            project: NEW,
            name: name.clone(),
            external_id: external_id.clone(),
            description: command.description.clone(),
        };
        let listed = ProjectListed {
            project: NEW,
            name,
            external_id,
        };
        [created.into(), listed.into()]
    }

    #[test]
    fn a_project_is_created_and_listed_with_its_external_id() {
        let command = command("Antarctica", Some("89cd04f168b84af6be287f71730fdb4b"));
        given([])
            .when(|it| decide(it.directory(), &command))
            .then(facts(&command));
    }

    #[test]
    fn a_name_or_external_id_of_another_project_is_taken() {
        let check = |second: &CreateProject, taken: &str| {
            let second = CreateProject {
                project: ProjectId(uuid::Uuid::from_u128(0xC)),
                ..second.clone()
            };
            given(facts(&command("Antarctica", Some("89cd"))))
                .when(|it| decide(it.directory(), &second))
                .refuses(name_taken(taken));
        };
        check(&command("ANTARCTICA", Some("89ce")), "ANTARCTICA");
        check(&command("Arctic", Some("89cd")), "89cd");
        check(&command("Arctic", Some(&NEW.to_string())), &NEW.to_string());
    }

    #[test]
    fn an_external_id_that_no_path_can_hold_is_refused() {
        for text in ["", "a b", "a\u{0}", "\n", &"x".repeat(256)] {
            given([])
                .when(|it| decide(it.directory(), &command("Antarctica", Some(text))))
                .refuses_field("externalId");
        }
    }

    #[test]
    fn a_description_that_is_too_long_is_refused() {
        let command = CreateProject {
            description: "x".repeat(10_001).into(),
            ..command("Antarctica", None)
        };
        given([])
            .when(|it| decide(it.directory(), &command))
            .refuses_field("description");
    }
}
