//! Stored shapes of the ledger's, the projects' and the access stream's events.
//!
//! Never change one: add the next version and an upcast.

use uuid::Uuid;

use super::shape::{Hex, Stored, Text, Time, shapes};
use super::values::RoleV1;
use crate::domain::event::{
    ApiKeyIssued, ApiKeyRevoked, ApiKeyUsed, DatasetListed, DatasetUnlisted, LedgerFounded,
    ProjectCreated, ProjectDeleted, ProjectListed, ProjectUnlisted, ProjectUpdated,
};

shapes! {
    LedgerFoundedV1 of LedgerFounded {
        ledger: Uuid = "ledgerId",
        format: u32 = "format",
        tree: Text = "tree",
        default_project: Uuid = "defaultProjectId",
    }
    ProjectCreatedV2 of ProjectCreated {
        project: Uuid = "projectId",
        name: Text = "name",
        external_id: Option<Text> = "externalId",
        description: Text = "description",
    }
    ProjectUpdatedV2 of ProjectUpdated {
        project: Uuid = "projectId",
        name: Option<Text> = "name",
        external_id: Option<Text> = "externalId",
        description: Option<Text> = "description",
    }
    ProjectDeletedV1 of ProjectDeleted {
        project: Uuid = "projectId",
    }
    ProjectListedV1 of ProjectListed {
        project: Uuid = "projectId",
        name: Text = "name",
        external_id: Option<Text> = "externalId",
    }
    ProjectUnlistedV1 of ProjectUnlisted {
        project: Uuid = "projectId",
    }
    DatasetListedV1 of DatasetListed {
        project: Uuid = "projectId",
        dataset: Uuid = "datasetId",
        name: Text = "name",
    }
    DatasetUnlistedV1 of DatasetUnlisted {
        project: Uuid = "projectId",
        dataset: Uuid = "datasetId",
    }
    ApiKeyIssuedV2 of ApiKeyIssued {
        key: Uuid = "apiKeyId",
        name: Text = "name",
        secret_hash: Hex = "secretHash",
        role: RoleV1 = "role",
        project: Option<Uuid> = "projectId",
        access_key: Option<Text> = "accessKey",
        expires_at: Option<Time> = "expiresAt",
    }
    ApiKeyRevokedV1 of ApiKeyRevoked {
        key: Uuid = "apiKeyId",
    }
    ApiKeyUsedV1 of ApiKeyUsed {
        key: Uuid = "apiKeyId",
    }
}
