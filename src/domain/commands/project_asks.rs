//! One random command of each verb about projects, for the walks. The project in which all datasets
//! are is never deleted, else nothing more would be allowed there.

use std::sync::Arc;

use super::walk::Walker;
use super::*;
use crate::domain::Refusal;
use crate::domain::ids::ProjectId;

pub fn create_project(walker: &mut Walker) -> Result<Decision, Refusal> {
    let command = CreateProject {
        project: ProjectId(walker.fresh()),
        name: walker.name(),
        external_id: walker.maybe(|walker| Arc::from(walker.one_of(&["89cd", "89ce"]))),
        description: Arc::from(""),
    };
    create_project::decide(walker.states.directory(), &command)
}

pub fn update_project(walker: &mut Walker) -> Result<Decision, Refusal> {
    let project = walker.other_project();
    let command = UpdateProject {
        name: walker.maybe(Walker::name),
        description: walker.maybe(|_| Arc::from("All that swims")),
    };
    let states = &walker.states;
    update_project::decide(states.directory(), states.project_of(project), &command)
}

pub fn delete_project(walker: &mut Walker) -> Result<Decision, Refusal> {
    let project = walker.other_project();
    if project == super::facts::PROJECT {
        return Err(Refusal::NotFound { what: "project" });
    }
    let states = &walker.states;
    delete_project::decide(
        states.directory(),
        states.project_of(project),
        &DeleteProject,
    )
}
