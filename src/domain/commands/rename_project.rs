//! Gives a project another name.
//!
//! A project sees only its own stream, so whether another has the name is told by the caller.

use super::Decision;
use crate::domain::event::ProjectUpdated;
use crate::domain::ids::ProjectId;
use crate::domain::refusal::Refusal;
use crate::domain::values::Name;

/// Asks for another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameProject {
    /// Which.
    pub project: ProjectId,
    /// The new name.
    pub name: Name,
}

/// Refuses with `NAME_TAKEN` when another project has the name, in any case.
pub fn decide(is_taken: bool, command: &RenameProject) -> Result<Decision, Refusal> {
    if is_taken {
        return Err(Refusal::NameTaken {
            name: command.name.to_string(),
        });
    }
    let updated = ProjectUpdated {
        project: command.project,
        name: Some(command.name.clone()),
        external_id: None,
    };
    Ok(Decision {
        project: vec![updated.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{PROJECT, name, name_taken};
    use crate::domain::commands::given::given;

    fn command() -> RenameProject {
        RenameProject {
            project: PROJECT,
            name: name("Antarctica"),
        }
    }

    #[test]
    fn a_project_is_renamed() {
        given([])
            .when(|_| decide(false, &command()))
            .then([ProjectUpdated {
                project: PROJECT,
                name: Some(name("Antarctica")),
                external_id: None,
            }
            .into()]);
    }

    #[test]
    fn a_name_of_another_project_is_taken() {
        given([])
            .when(|_| decide(true, &command()))
            .refuses(name_taken("Antarctica"));
    }
}
