//! Calls about projects.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;

use super::asked::{Pairs, Parameters, id_of};
use super::once::found_or_made;
use super::translate;
use super::wire::{NewProject, Objects, Project, ProjectPatch};
use super::{Braintrust, Trouble};
use crate::domain::Refusal;
use crate::domain::ids::ProjectId;
use crate::domain::values::Name;
use crate::ledger;
use crate::rest::tongue::{Asked, Body, MaybeBody, Places};
use crate::rest::visit::Visit;
use crate::views::{ProjectFilter, ProjectRow};

/// Where a call on a project stands.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ProjectPath {
    /// The project.
    #[param(format = "uuid")]
    pub project_id: String,
}

/// Creates a project, or finds the one of this name, which stays as it is.
#[utoipa::path(
    post,
    path = "/v1/project",
    request_body = NewProject,
    responses((status = 200, description = "The project.", body = Project))
)]
pub(super) async fn create(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, NewProject>,
) -> Result<Json<Project>, Trouble> {
    let row = made_or_found(&visit, asked).await?;
    Ok(Json(translate::project(&row, visit.ledger().id())))
}

/// Lists projects, newest first.
#[utoipa::path(
    get,
    path = "/v1/project",
    params(
        ("limit" = Option<u64>, Query, description = "Projects at most."),
        ("starting_after" = Option<uuid::Uuid>, Query, description = "Only older ones."),
        ("ending_before" = Option<uuid::Uuid>, Query, description = "Only newer ones."),
        ("ids" = Option<Vec<uuid::Uuid>>, Query, description = "Only these."),
        ("project_name" = Option<String>, Query, description = "Only the one of this name."),
        ("org_name" = Option<String>, Query, description = "There is one organisation only."),
    ),
    responses((status = 200, description = "Projects.", body = Objects<Project>))
)]
pub(super) async fn list(
    visit: Visit<Braintrust>,
    Asked(pairs, _): Asked<Braintrust, Pairs>,
) -> Result<Json<Objects<Project>>, Trouble> {
    let asked = Parameters(pairs);
    let views = visit.reads.views();
    let page = asked.page(|id| match visit.reads.project(ProjectId(id))? {
        Some(row) => Ok(views.project_creation_key(row.id)?),
        None => Ok(None),
    })?;
    let ids = asked.ids("ids")?;
    let filter = ProjectFilter {
        ids: ids.map(|ids| ids.into_iter().map(ProjectId).collect()),
        name: name_key(asked.text("project_name")),
    };
    let listed = views.newest_projects(&visit.reads.scope(), &filter, &page);
    let listed = listed.map_err(ledger::LedgerError::from)?.rows;
    let id = visit.ledger().id();
    let objects = listed.iter();
    let objects = objects.map(|keyed| translate::project(&keyed.row, id));
    Ok(Json(Objects {
        objects: objects.collect(),
    }))
}

/// A project.
#[utoipa::path(
    get,
    path = "/v1/project/{project_id}",
    params(ProjectPath),
    responses((status = 200, description = "The project.", body = Project))
)]
pub(super) async fn read(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, ProjectPath>,
) -> Result<Json<Project>, Trouble> {
    let id = ProjectId(id_of("project_id", &path.project_id)?);
    let row = project_of(&visit, id)?;
    Ok(Json(translate::project(&row, visit.ledger().id())))
}

/// Changes a project's name or description; what is absent or null stays.
#[utoipa::path(
    patch,
    path = "/v1/project/{project_id}",
    params(ProjectPath),
    request_body = Option<ProjectPatch>,
    responses((status = 200, description = "The project.", body = Project))
)]
pub(super) async fn change(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, ProjectPath>,
    MaybeBody(asked, _): MaybeBody<Braintrust, ProjectPatch>,
) -> Result<Json<Project>, Trouble> {
    let id = ProjectId(id_of("project_id", &path.project_id)?);
    let ProjectPatch { name, description } = asked.unwrap_or_default();
    let mut row = project_of(&visit, id)?;
    if name.is_some() || description.is_some() {
        let changes = ledger::ProjectChanges { name, description };
        let ledger = visit.ledger();
        ledger.update_project(&visit.caller, id, changes).await?;
        row = project_of(&visit, id)?;
    }
    Ok(Json(translate::project(&row, visit.ledger().id())))
}

/// Deletes a project with all that is in it.
#[utoipa::path(
    delete,
    path = "/v1/project/{project_id}",
    params(ProjectPath),
    responses((status = 200, description = "The project as it was.", body = Project))
)]
pub(super) async fn delete(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, ProjectPath>,
) -> Result<Json<Project>, Trouble> {
    let id = ProjectId(id_of("project_id", &path.project_id)?);
    let row = project_of(&visit, id)?;
    let gone = visit.ledger().delete_project(&visit.caller, id).await?;
    let event = visit.reads.event(gone.xact)?;
    Ok(Json(Project {
        deleted_at: event.map(|event| translate::time(event.recorded_at)),
        ..translate::project(&row, visit.ledger().id())
    }))
}

/// The project of an id, if it exists for the caller.
pub(super) fn project_of(visit: &Visit<Braintrust>, id: ProjectId) -> Result<ProjectRow, Trouble> {
    let row = visit.reads.project(id)?;
    Ok(row.ok_or(Refusal::NotFound { what: "project" })?)
}

/// The project of a name, made if there is none.
pub(super) async fn made_or_found(
    visit: &Visit<Braintrust>,
    asked: NewProject,
) -> Result<ProjectRow, Trouble> {
    let key = Name::new("name", &asked.name)?.key();
    let making = async {
        let new = ledger::NewProject {
            name: asked.name,
            external_id: None,
            description: asked.description.unwrap_or_default(),
        };
        let made = visit.ledger().create_project(&visit.caller, new).await?;
        let row = visit.reads.project(made.id)?;
        Ok(row.ok_or(Refusal::NotFound { what: "project" })?)
    };
    let (row, _) = found_or_made(|| visit.reads.project_by_name(&key), making).await?;
    Ok(row)
}

/// The key of a name that is looked for; one that no name can have finds nothing.
pub(super) fn name_key(text: Option<&str>) -> Option<crate::domain::values::NameKey> {
    text.map(|text| Name::recorded(text.trim()).key())
}
