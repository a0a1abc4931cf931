//! Calls about tasks.

use axum::Json;

use super::VisualLayer;
use super::asked::tasks_asked;
use super::translate;
use super::wire::TaskPage;
use crate::rest::tongue::{Asked, Told};
use crate::rest::visit::Visit;

/// The tasks on all datasets that the credential may see, page by page.
#[utoipa::path(
    get,
    path = "/api/v1/tasks",
    operation_id = "list_tasks",
    params(
        ("dataset_id" = Option<uuid::Uuid>, Query, description = "On this dataset."),
        (
            "dataset_name" = Option<String>, Query,
            description = "On datasets of this name, whatever the case."
        ),
        (
            "task_type" = Option<String>, Query, description = "Such as `SNAPSHOT_RESTORE`.",
            pattern = "^(SNAPSHOT_RESTORE|SNAPSHOT_CLONE|IMPORT|CREATION|ENRICHMENT|\
                MEDIA_ADDITION|REINDEX|LABEL_PROPAGATION|METADATA_IMPORT|TRAINING)$"
        ),
        (
            "task_status" = Option<String>, Query, description = "Such as `COMPLETED`.",
            pattern = "^(PENDING|RUNNING|COMPLETED|FAILED|ABORTED)$"
        ),
        ("created_by" = Option<String>, Query, description = "Asked for by this one."),
        (
            "start_time_from" = Option<String>, Query,
            description = "Asked for at this time or later: ISO 8601; without an offset, in UTC.",
            format = DateTime
        ),
        (
            "start_time_to" = Option<String>, Query,
            description = "Asked for at this time or before; whole seconds are meant as a whole.",
            format = DateTime
        ),
        (
            "sort_by" = Option<String>, Query,
            description = "`start_time` (the default), `status`, `task_type`, `dataset_name`, \
                `dataset_id` or `created_by`.",
            pattern = "^(start_time|status|task_type|dataset_name|dataset_id|created_by)$"
        ),
        (
            "sort_order" = Option<String>, Query, description = "`asc` or `desc` (the default).",
            pattern = "^(asc|desc)$"
        ),
        (
            "page" = Option<u32>, Query, description = "From 1 (the default).",
            minimum = 1, maximum = 1000000
        ),
        (
            "page_size" = Option<u32>, Query, description = "5 to 50; the default is 20.",
            minimum = 5, maximum = 50
        ),
    ),
    responses((status = 200, description = "A page of tasks.", body = TaskPage))
)]
pub(super) async fn list(
    visit: Visit<VisualLayer>,
    Asked(pairs, _): Asked<VisualLayer, Vec<(String, String)>>,
) -> Result<Json<TaskPage>, Told<VisualLayer>> {
    let asked = tasks_asked(&pairs)?;
    let found = visit
        .reads
        .activities(&asked.filter, asked.order, asked.window())?;
    Ok(Json(TaskPage {
        tasks: found.rows.iter().map(translate::task).collect(),
        total: found.total,
        page: asked.page,
        page_size: asked.page_size,
    }))
}
