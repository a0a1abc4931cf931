//! The world of the walks: who asks, and what there is to ask about.

use serde_json::{Value, json};

use crate::auth::{Action, Grants, Principal};
use crate::domain::ids::ProjectId;
use crate::domain::values::Role;
use crate::graphql::tests::desk::{Desk, ada, text};

/// What becomes of a request about something of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Done,
    /// It is seen but may not be done.
    Forbidden,
    /// What it is about does not exist.
    Absent,
}

/// Someone who asks, by their roles.
#[derive(Debug, Clone)]
pub struct Who {
    pub name: &'static str,
    /// In the project that is asked about.
    pub role: Option<Role>,
    /// In every project.
    pub everywhere: bool,
    pub principal: Principal,
}

impl Who {
    /// Every kind of asker, about this project; the strangers are somebody in the other one.
    pub fn all(own: ProjectId, other: ProjectId) -> Vec<Self> {
        let within = |grants| Principal {
            grants,
            ..Principal::administrator("someone", None)
        };
        let mut all = Vec::new();
        for (role, names) in [
            (Role::Viewer, ["viewer", "viewer of everything"]),
            (Role::Editor, ["editor", "editor of everything"]),
            (Role::Admin, ["admin", "admin of everything"]),
        ] {
            let grants = [Grants::In(vec![(own, role)]), Grants::Everywhere(role)];
            for (place, grants) in grants.into_iter().enumerate() {
                all.push(Self {
                    name: names[place],
                    role: Some(role),
                    everywhere: place == 1,
                    principal: within(grants),
                });
            }
        }
        let strangers = [("stranger", vec![(other, Role::Admin)]), ("nobody", vec![])];
        for (name, grants) in strangers {
            all.push(Self {
                name,
                role: None,
                everywhere: false,
                principal: within(Grants::In(grants)),
            });
        }
        all
    }

    /// The table: what each may do. The same as docs/access.md says.
    pub fn verdict(&self, action: Action) -> Verdict {
        let is_done = match (self.role, action) {
            (Some(_), Action::Read) => true,
            (Some(Role::Editor | Role::Admin), Action::Write) => true,
            (Some(Role::Admin), Action::ManageKeys | Action::ChangeProject) => true,
            (Some(Role::Admin), Action::CreateProjects | Action::DeleteProjects) => self.everywhere,
            (None, Action::CreateProjects) => return Verdict::Forbidden,
            (None, _) => return Verdict::Absent,
            (Some(_), _) => false,
        };
        match is_done {
            true => Verdict::Done,
            false => Verdict::Forbidden,
        }
    }
}

/// Two projects, and what is in the first.
pub struct World {
    pub desk: Desk,
    pub own: ProjectId,
    pub other: ProjectId,
    made: std::cell::Cell<u32>,
}

impl World {
    pub async fn made() -> Self {
        let desk = Desk::set().await;
        let own = project(&desk, "own").await;
        let other = project(&desk, "other").await;
        let made = std::cell::Cell::new(0);
        Self {
            desk,
            own,
            other,
            made,
        }
    }

    /// A text that was not used before.
    pub fn fresh(&self, what: &str) -> String {
        self.made.set(self.made.get() + 1);
        format!("{what} {}", self.made.get())
    }

    /// Fresh things in a project, as the variables of every request.
    pub async fn things(&self, project: ProjectId) -> Value {
        let desk = &self.desk;
        let name = self.fresh("dataset");
        let dataset = self.dataset(project, &name).await;
        desk.put(&dataset, &["a"], json!(1)).await;
        let snapshot = desk.snapshot(&dataset, "first").await;
        let gone = desk.snapshot(&dataset, "gone").await;
        desk.put(&dataset, &["b"], json!(2)).await;
        let kept = desk.snapshot(&dataset, "kept").await;
        let deleted = json!({ "snapshotId": gone });
        let deleted = desk.change("deleteSnapshot", deleted, "xactId").await;
        let restored = desk.restore(&dataset, &kept).await;
        let busy = self.dataset(project, &self.fresh("busy")).await;
        let begun = json!({ "datasetId": busy, "kind": "TRAINING" });
        let begun = desk
            .change("beginOperation", begun, "operation { id }")
            .await;
        let key = json!({ "name": "k", "role": "VIEWER", "projectId": project.to_string() });
        let key = desk
            .change("issueApiKey", key, "apiKey { id } xactId")
            .await;
        json!({
            "project": project.to_string(), "dataset": dataset, "name": name,
            "snapshot": snapshot, "gone": gone, "task": restored["id"], "busy": busy,
            "operation": begun["operation"]["id"], "key": key["apiKey"]["id"],
            "event": deleted["xactId"], "keyEvent": key["xactId"],
            "fresh": self.fresh("fresh"),
        })
    }

    /// The same, but nothing of it exists.
    pub fn nothing(&self) -> Value {
        let id = "01890000-0000-7000-8000-000000000000";
        // The founding of the ledger: an event that no project's credential sees.
        let founding = crate::domain::ids::Position(1).xact().to_string();
        json!({
            "project": id, "dataset": id, "name": "none", "snapshot": id, "gone": id,
            "task": id, "busy": id, "operation": id, "key": id, "event": founding,
            "keyEvent": founding, "fresh": "none",
        })
    }

    pub async fn dataset(&self, project: ProjectId, name: &str) -> String {
        let input = json!({ "name": name, "projectId": project.to_string() });
        let made = self
            .desk
            .change("createDataset", input, "dataset { id }")
            .await;
        text(&made["dataset"]["id"])
    }

    pub async fn asked(&self, who: &Principal, text: &str, variables: &Value) -> Value {
        self.desk.response(who, text, variables.clone()).await
    }
}

async fn project(desk: &Desk, name: &str) -> ProjectId {
    let made = desk
        .response(
            &ada(),
            "mutation($name: String!) { createProject(input: { name: $name }) { project { id } } }",
            json!({ "name": name }),
        )
        .await;
    text(&made["data"]["createProject"]["project"]["id"])
        .parse()
        .expect("an id")
}
