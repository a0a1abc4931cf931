//! Watching tasks: every phase in order, and between them the latest steps.

use std::collections::VecDeque;
use std::time::Duration;

use async_graphql::{Context, ID, Subscription};
use futures_util::StreamExt;
use futures_util::stream::unfold;

use super::Told;
use crate::domain::ids::{DatasetId, TaskId};
use crate::graphql::error::Problem;
use crate::graphql::scalars::read_id;
use crate::graphql::types::Task;
use crate::graphql::visit::visit;
use crate::ledger::{Listener, News, Progress, Reads, Watcher};

/// How soon a task is looked for again that this node does not know to be at work yet.
const LOOK_AGAIN_INTERVAL: Duration = Duration::from_millis(50);

/// Watching tasks.
#[derive(Default)]
pub struct TaskSubscriptions;

/// Watching tasks.
#[Subscription]
impl TaskSubscriptions {
    /// The restore that runs on a dataset, at once, then every change of it and of later ones:
    /// each phase in order. Nothing until one runs.
    async fn restore_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dataset.")] dataset_id: ID,
    ) -> Result<Told<Task>, Problem> {
        let reads = visit(ctx)?.reads.clone();
        let dataset = read_id("datasetId", &dataset_id)?;
        let listener = reads.ledger().listen();
        let row = reads.dataset(dataset)?;
        let row = row.ok_or_else(|| Problem::not_found("dataset"))?;
        let watch = RestoreWatch {
            coming: row.active_restore.into_iter().collect(),
            last: row.active_restore,
            course: None,
            has_ended: false,
            reads,
            dataset,
            listener,
        };
        Ok(unfold(watch, RestoreWatch::next).boxed())
    }

    /// A task as it is, at once, then every change of it; ends with the task. Of a task that ended
    /// a moment ago each phase is told once more.
    async fn task_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task.")] task_id: ID,
    ) -> Result<Told<Task>, Problem> {
        let reads = visit(ctx)?.reads.clone();
        let id = read_id("taskId", &task_id)?;
        reads.task(id)?.ok_or_else(|| Problem::not_found("task"))?;
        Ok(unfold(Course::begin(reads, id), |course| async {
            let mut course = course;
            let told = course.next().await?;
            Some((told, course))
        })
        .boxed())
    }
}

/// The course of one task, from its first phase to its end.
struct Course {
    reads: Reads,
    id: TaskId,
    watcher: Option<Watcher>,
    has_ended: bool,
}

impl Course {
    const fn begin(reads: Reads, id: TaskId) -> Self {
        Self {
            reads,
            id,
            watcher: None,
            has_ended: false,
        }
    }

    /// The next state to tell; none after the end. Dropped before it is ready, it loses nothing.
    async fn next(&mut self) -> Option<Result<Task, Problem>> {
        if self.has_ended {
            return None;
        }
        let told = match self.progress().await {
            Ok(Some(progress)) => self.shown(progress),
            Ok(None) => return None,
            Err(problem) => Err(problem),
        };
        self.has_ended |= told.is_err();
        Some(told)
    }

    async fn progress(&mut self) -> Result<Option<Progress>, Problem> {
        loop {
            if let Some(watcher) = &mut self.watcher {
                return Ok(watcher.next().await);
            }
            self.watcher = self.reads.watch(self.id)?;
            if self.watcher.is_some() {
                continue;
            }
            let row = self.reads.task(self.id)?;
            let row = row.ok_or_else(|| Problem::not_found("task"))?;
            if row.phase.is_end() {
                return Ok(Some(self.reads.progress(&row)));
            }
            tokio::time::sleep(LOOK_AGAIN_INTERVAL).await;
        }
    }

    fn shown(&mut self, progress: Progress) -> Result<Task, Problem> {
        self.has_ended = progress.phase.is_end();
        let row = self.reads.task(self.id)?;
        let row = row.ok_or_else(|| Problem::not_found("task"))?;
        Ok(Task::at(row, progress))
    }
}

/// The restores of one dataset, one after the other.
struct RestoreWatch {
    reads: Reads,
    dataset: DatasetId,
    listener: Listener,
    /// Restores that are still to be told; one runs at a time, so few.
    coming: VecDeque<TaskId>,
    /// The last restore heard of.
    last: Option<TaskId>,
    course: Option<Course>,
    has_ended: bool,
}

impl RestoreWatch {
    async fn next(mut self) -> Option<(Result<Task, Problem>, Self)> {
        if self.has_ended {
            return None;
        }
        loop {
            if self.course.is_none() {
                let next = self.coming.pop_front();
                self.course = next.map(|task| Course::begin(self.reads.clone(), task));
            }
            let news = match &mut self.course {
                None => self.listener.next().await?,
                Some(course) => tokio::select! {
                    biased;
                    told = course.next() => match told {
                        Some(told) => {
                            self.has_ended = told.is_err();
                            return Some((told, self));
                        }
                        None => {
                            self.course = None;
                            continue;
                        }
                    },
                    news = self.listener.next() => news?,
                },
            };
            if let Err(problem) = self.hear(&news) {
                self.has_ended = true;
                return Some((Err(problem), self));
            }
        }
    }

    fn hear(&mut self, news: &News) -> Result<(), Problem> {
        let begun = match news {
            News::Facts(_) => news.restores_begun(self.dataset),
            News::Missed => {
                let row = self.reads.dataset(self.dataset)?;
                row.and_then(|row| row.active_restore).into_iter().collect()
            }
        };
        for task in begun {
            if self.last != Some(task) {
                self.last = Some(task);
                self.coming.push_back(task);
            }
        }
        Ok(())
    }
}
