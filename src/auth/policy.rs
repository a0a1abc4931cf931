//! The policy table: what each role may do. The ledger's door asks it; nothing else decides.

use crate::domain::values::Role;

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read datasets, snapshots, items, events.
    Read,
    /// Change datasets, commit items, make, restore, clone and delete snapshots.
    Write,
    /// Issue, revoke and see keys, and the events about them.
    ManageKeys,
    /// Give a project another name or description.
    ChangeProject,
    /// Create projects; asked of principals with a role everywhere.
    CreateProjects,
    /// Delete projects; asked of principals with a role everywhere.
    DeleteProjects,
}

impl Action {
    /// Everything there is to do.
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::Write,
        Self::ManageKeys,
        Self::ChangeProject,
        Self::CreateProjects,
        Self::DeleteProjects,
    ];
}

/// Whether a role allows an action.
pub const fn allows(role: Role, action: Action) -> bool {
    match action {
        Action::Read => true,
        Action::Write => match role {
            Role::Viewer => false,
            Role::Editor | Role::Admin => true,
        },
        Action::ManageKeys
        | Action::ChangeProject
        | Action::CreateProjects
        | Action::DeleteProjects => match role {
            Role::Viewer | Role::Editor => false,
            Role::Admin => true,
        },
    }
}

/// Whether who has one role may give another: one that allows nothing which their own does not.
pub fn may_give(own: Role, given: Role) -> bool {
    Action::ALL
        .iter()
        .all(|action| allows(own, *action) || !allows(given, *action))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_before_may() {
        let table = [
            (Action::Read, [true, true, true]),
            (Action::Write, [false, true, true]),
            (Action::ManageKeys, [false, false, true]),
            (Action::ChangeProject, [false, false, true]),
            (Action::CreateProjects, [false, false, true]),
            (Action::DeleteProjects, [false, false, true]),
        ];
        assert_eq!(table.map(|(action, _)| action), Action::ALL);
        for (action, expected) in table {
            let found = [Role::Viewer, Role::Editor, Role::Admin].map(|role| allows(role, action));
            assert_eq!(found, expected, "{action:?}");
        }
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        for (place, own) in Role::ALL.iter().enumerate() {
            for (other, given) in Role::ALL.iter().enumerate() {
                assert_eq!(
                    may_give(*own, *given),
                    other <= place,
                    "{own:?} gives {given:?}"
                );
            }
        }
    }
}
