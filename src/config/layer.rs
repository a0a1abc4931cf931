//! One source of settings: what it says, each setting or nothing.
//!
//! The same names everywhere: `data` in a file is `--data` as a flag and `SNAPLEDGER_DATA` in the
//! environment. Here nothing is checked but the form of a truth value.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};

use super::ConfigFault;

/// How the variables of limits begin.
const LIMIT_VARIABLE: &str = "SNAPLEDGER_LIMIT_";

/// What one source says.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// The data folder.
    pub data: Option<PathBuf>,
    /// The address to listen on.
    pub listen: Option<String>,
    /// Where the log is; it may hold a password.
    pub log: Option<String>,
    /// A key that is the admin of every project.
    pub bootstrap_key: Option<String>,
    /// The secret that JSON Web Tokens are signed with.
    pub jwt_secret: Option<String>,
    /// What the sealing key of the key store is taken from.
    pub seal_key: Option<String>,
    /// Whether everyone is let in.
    pub insecure_no_auth: Option<bool>,
    /// What is told of the work: a filter.
    pub trace: Option<String>,
    /// How it is told: `text` or `json`.
    pub trace_format: Option<String>,
    /// Origins whose pages may ask.
    pub cors_origins: Option<Vec<String>>,
    /// The folder whose files are handed out.
    pub media_root: Option<PathBuf>,
    /// Limits by name, each as it is written.
    #[serde(default, deserialize_with = "texts")]
    pub limits: BTreeMap<String, String>,
}

impl Layer {
    /// What the environment says; a variable that is empty says nothing.
    pub fn of_environment(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigFault> {
        let variables = variables.into_iter().filter(|(_, text)| !text.is_empty());
        let variables: BTreeMap<String, String> = variables.collect();
        let read = |name: &str| variables.get(name).cloned();
        let secret = |name: &str| secret_of(name, &read);
        let limits = variables.iter().filter_map(|(name, text)| {
            let name = name.strip_prefix(LIMIT_VARIABLE)?;
            Some((name.to_ascii_lowercase(), text.clone()))
        });
        let insecure = read("SNAPLEDGER_INSECURE_NO_AUTH");
        Ok(Self {
            data: read("SNAPLEDGER_DATA").map(PathBuf::from),
            listen: read("SNAPLEDGER_LISTEN"),
            log: secret("SNAPLEDGER_LOG")?,
            bootstrap_key: secret("SNAPLEDGER_BOOTSTRAP_KEY")?,
            jwt_secret: secret("SNAPLEDGER_JWT_SECRET")?,
            seal_key: secret("SNAPLEDGER_SEAL_KEY")?,
            insecure_no_auth: insecure.as_deref().map(truth).transpose()?,
            trace: read("SNAPLEDGER_TRACE"),
            trace_format: read("SNAPLEDGER_TRACE_FORMAT"),
            cors_origins: read("SNAPLEDGER_CORS_ORIGINS").map(|text| listed(&text)),
            media_root: read("SNAPLEDGER_MEDIA_ROOT").map(PathBuf::from),
            limits: limits.collect(),
        })
    }

    /// What a TOML file says.
    pub fn of_file(path: &Path) -> Result<Self, ConfigFault> {
        let shown = || path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|fault| ConfigFault::FileUnreadable {
            path: shown(),
            why: fault.to_string(),
        })?;
        Self::of_toml(&text).map_err(|why| ConfigFault::FileMalformed { path: shown(), why })
    }

    /// What a TOML text says, or why it is none of ours.
    pub(super) fn of_toml(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|fault| fault.message().to_owned())
    }

    /// The limits of flags, each as `name=value`.
    pub fn limits_of_flags(flags: &[String]) -> Result<BTreeMap<String, String>, ConfigFault> {
        let parted = flags.iter().map(|flag| match flag.split_once('=') {
            Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
            None => Err(ConfigFault::Malformed {
                name: "limit",
                value: flag.clone(),
                form: "a name and a value, as depth_max=10",
            }),
        });
        parted.collect()
    }

    /// This layer, and below it another one.
    #[must_use]
    pub fn over(self, lower: Self) -> Self {
        let mut limits = lower.limits;
        limits.extend(self.limits);
        Self {
            data: self.data.or(lower.data),
            listen: self.listen.or(lower.listen),
            log: self.log.or(lower.log),
            bootstrap_key: self.bootstrap_key.or(lower.bootstrap_key),
            jwt_secret: self.jwt_secret.or(lower.jwt_secret),
            seal_key: self.seal_key.or(lower.seal_key),
            insecure_no_auth: self.insecure_no_auth.or(lower.insecure_no_auth),
            trace: self.trace.or(lower.trace),
            trace_format: self.trace_format.or(lower.trace_format),
            cors_origins: self.cors_origins.or(lower.cors_origins),
            media_root: self.media_root.or(lower.media_root),
            limits,
        }
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Layer")
            .field("data", &self.data)
            .field("listen", &self.listen)
            .field("insecure_no_auth", &self.insecure_no_auth)
            .finish_non_exhaustive()
    }
}

/// The entries of a list that is separated by commas.
fn listed(text: &str) -> Vec<String> {
    let entries = text.split(',').map(str::trim);
    entries
        .filter(|entry| !entry.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Numbers and truth values as they are written, so that each source is checked alike.
fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let values: BTreeMap<String, toml::Value> = Deserialize::deserialize(from)?;
    let texts = values.into_iter().map(|(name, value)| match value {
        toml::Value::String(text) => (name, text),
        other => (name, other.to_string()),
    });
    Ok(texts.collect())
}

/// A secret: in the variable itself, or in the file that `<name>_FILE` names, as orchestrators
/// mount them. White space around it in a file is not part of it.
fn secret_of(
    name: &str,
    read: &impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, ConfigFault> {
    let Some(path) = read(&format!("{name}_FILE")) else {
        return Ok(read(name));
    };
    if read(name).is_some() {
        return Err(ConfigFault::SecretTwice(name.to_owned()));
    }
    let text = std::fs::read_to_string(&path).map_err(|fault| ConfigFault::FileUnreadable {
        path,
        why: fault.to_string(),
    })?;
    Ok(Some(text.trim().to_owned()))
}

fn truth(text: &str) -> Result<bool, ConfigFault> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(ConfigFault::Malformed {
            name: "SNAPLEDGER_INSECURE_NO_AUTH",
            value: text.to_owned(),
            form: "true or false",
        }),
    }
}
