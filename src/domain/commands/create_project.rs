//! Creates a project: the boundary inside which datasets have their names.
//!
//! A project sees only its own stream, so what the others are called is told by the caller.

use std::sync::Arc;

use super::Decision;
use crate::domain::event::ProjectCreated;
use crate::domain::ids::ProjectId;
use crate::domain::refusal::Refusal;
use crate::domain::values::Name;

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
}

/// What other projects have already of what a new one asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Its name, in any case.
    pub name: bool,
    /// Its external id: two projects of one id could not be told apart by a path.
    pub external_id: bool,
}

/// Refuses with `BAD_INPUT` (the external id) or `NAME_TAKEN`.
pub fn decide(taken: Taken, command: &CreateProject) -> Result<Decision, Refusal> {
    if let Some(external_id) = &command.external_id {
        check_external_id(external_id)?;
    }
    if taken.name {
        return Err(Refusal::NameTaken {
            name: command.name.to_string(),
        });
    }
    if let (true, Some(external_id)) = (taken.external_id, &command.external_id) {
        return Err(Refusal::NameTaken {
            name: external_id.to_string(),
        });
    }
    let created = ProjectCreated {
        project: command.project,
        name: command.name.clone(),
        external_id: command.external_id.clone(),
    };
    Ok(Decision {
        project: vec![created.into()],
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
    use crate::domain::commands::facts::{PROJECT, name, name_taken};
    use crate::domain::commands::given::given;

    fn command(external_id: Option<&str>) -> CreateProject {
        CreateProject {
            project: PROJECT,
            name: name("Antarctica"),
            external_id: external_id.map(Arc::from),
        }
    }

    #[test]
    fn a_project_is_created_with_its_external_id() {
        let command = command(Some("89cd04f168b84af6be287f71730fdb4b"));
        given([])
            .when(|_| decide(Taken::default(), &command))
            .then([ProjectCreated {
                project: PROJECT,
                name: name("Antarctica"),
                external_id: command.external_id.clone(),
            }
            .into()]);
    }

    #[test]
    fn a_name_or_external_id_of_another_project_is_taken() {
        let (name, external_id) = (true, false);
        given([])
            .when(|_| decide(Taken { name, external_id }, &command(Some("89cd"))))
            .refuses(name_taken("Antarctica"));
        let (name, external_id) = (false, true);
        given([])
            .when(|_| decide(Taken { name, external_id }, &command(Some("89cd"))))
            .refuses(name_taken("89cd"));
    }

    #[test]
    fn an_external_id_that_no_path_can_hold_is_refused() {
        for text in ["", "a b", "a\u{0}", "\n", &"x".repeat(256)] {
            given([])
                .when(|_| decide(Taken::default(), &command(Some(text))))
                .refuses_field("externalId");
        }
    }
}
