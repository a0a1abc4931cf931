//! Who is asking, and what they may do.
//!
//! Pure: a principal is a value, the policy a table, a proof a computation on what it is given.
//! Where a credential is looked up is the ledger's affair. Never logs a secret, and never tells why
//! a credential proves nothing.

mod access_key;
mod bearer;
mod jwt;
mod policy;
mod principal;
mod secret;
mod signature;

pub use access_key::AccessKey;
pub use bearer::{ApiKeyText, bearer_token};
pub use jwt::{Claims, TokenMaker, client_until, operator_claims, token_maker};
pub use policy::{Action, allows, may_give};
pub use principal::{Grants, Principal};
pub use secret::{Secret, is_same};
#[cfg(test)]
pub use signature::tests::authorization;
pub use signature::{Signature, SignedRequest};
