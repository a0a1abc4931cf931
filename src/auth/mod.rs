//! Who is asking, and what they may do.
//!
//! Pure: a principal is a value, the policy a table. Where a credential is looked up is the
//! ledger's affair; here is only how one is read and compared. Never logs a secret.

mod bearer;
mod policy;
mod principal;

pub use bearer::{ApiKeyText, bearer_token};
pub use policy::{Action, allows};
pub use principal::{Grants, Principal};
