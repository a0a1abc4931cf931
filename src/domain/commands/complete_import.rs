//! Completes an import: one commit names all that it staged, and its task has ended well.

use super::{CommitItems, Decision, commit_items};
use crate::domain::event::TaskCompleted;
use crate::domain::refusal::Refusal;
use crate::domain::{Dataset, Task};

/// Asks that what an import staged become the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteImport {
    /// The commit of its chunks.
    pub commit: CommitItems,
    /// The steps it took: items and deletions staged.
    pub steps: u64,
}

/// Refuses with `NOT_FOUND` (the task is no import of this dataset), `TASK_ENDED`, or as
/// [`commit_items::decide`] does.
pub fn decide(
    dataset: &Dataset,
    task: &Task,
    command: &CompleteImport,
) -> Result<Decision, Refusal> {
    task.must_be_import()?;
    if task.dataset != dataset.id {
        return Err(Refusal::NotFound { what: "import" });
    }
    task.must_go_on()?;
    let committed = commit_items::decide(dataset, &command.commit)?;
    let completed = TaskCompleted {
        task: task.id,
        summary: Some(command.commit.summary),
        steps: command.steps,
        result: Some(dataset.revision.next()),
    };
    Ok(Decision {
        task: vec![completed.into()],
        ..committed
    })
}
