//! The settings of a server: flags before environment before file before defaults.
//!
//! A layer holds what one source says; settling checks the whole. The environment is an argument,
//! so that a test can make one. Never prints a key.

mod layer;
pub mod limits;
mod log;
mod page;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::auth::{ApiKeyText, Secret};
use crate::key_store::SEALING_KEY_BYTES_MIN;
use crate::server::Origin;

pub use layer::Layer;
pub use limits::Limits;
pub use log::{LogAddress, LogChoice};
pub use page::settings_page;

/// The data folder when none is named.
pub const DATA_DEFAULT: &str = "data";
/// The address when none is named.
pub const LISTEN_DEFAULT: &str = "127.0.0.1:7878";
/// The log when none is named.
const LOG_DEFAULT: &str = "sqlite";
/// The shortest secret that tokens are signed with, in bytes: as long as what HS256 makes of it.
const JWT_SECRET_BYTES_MIN: usize = 32;
/// What is told of the server's work when nothing else is asked for.
const TRACE_DEFAULT: &str = "info";

/// What a server needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder that holds the log and the caches.
    pub data: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where the log is.
    pub log: LogChoice,
    /// Who is let in.
    pub access: Access,
    /// What proves and what seals.
    pub secrets: Secrets,
    /// What it tells of its work.
    pub telling: Telling,
    /// The origins whose pages may ask.
    pub origins: Vec<Origin>,
    /// The folder whose files are handed out; none: no file is.
    pub media_root: Option<PathBuf>,
    /// Its limits.
    pub limits: Limits,
}

/// Who is let in.
#[derive(Debug, Clone)]
pub enum Access {
    /// Who has a key; also this one, if any, which is the admin of every project.
    Keys(Option<ApiKeyText>),
    /// Everyone, as the admin of every project. Only where none but this machine can connect.
    Open,
}

/// The operator's secrets. `Debug` prints none.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// What JSON Web Tokens are signed with; none: no token is taken.
    pub jwt_secret: Option<Secret>,
    /// What the sealing key of the key store is taken from; none: a file of the data folder.
    pub seal_key: Option<Secret>,
}

/// What a server tells of its work, on stderr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// A filter as `info` or `snapledger=debug,info`.
    pub filter: String,
    /// The form of a line.
    pub form: TellingForm,
}

/// The form of a line of the log of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TellingForm {
    /// Text, for people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Why no settings came of what was given. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFault {
    /// The file cannot be read.
    #[error("the settings file {path} cannot be read: {why}; give another one with --config")]
    FileUnreadable {
        /// The file.
        path: String,
        /// What the system says.
        why: String,
    },
    /// The file is no TOML of our settings.
    #[error("the settings file {path} is not understood: {why}")]
    FileMalformed {
        /// The file.
        path: String,
        /// Where and why.
        why: String,
    },
    /// A value has the wrong form.
    #[error("{name} is {value:?}, but should be {form}")]
    Malformed {
        /// The setting.
        name: &'static str,
        /// What it was given.
        value: String,
        /// What it should have been.
        form: &'static str,
    },
    /// There is no limit of this name.
    #[error("there is no limit {0:?}; `snapledger settings` lists them")]
    UnknownLimit(String),
    /// A limit is set to what it cannot be.
    #[error("the limit {name} is {value:?}, but should be {form}")]
    LimitMalformed {
        /// The limit.
        name: &'static str,
        /// What it was given.
        value: String,
        /// What it should have been.
        form: String,
    },
    /// The bootstrap key could not be sent in a header.
    #[error("the bootstrap key must be visible ASCII characters without spaces; choose another")]
    KeyMalformed,
    /// A secret that could be guessed.
    #[error(
        "{name} must have at least {bytes_min} bytes, as random as can be; choose a longer one"
    )]
    SecretShort {
        /// The setting.
        name: &'static str,
        /// The fewest bytes.
        bytes_min: usize,
    },
    /// Two secrets are told where one is meant.
    #[error("{0} and {0}_FILE are both set; leave one of them out")]
    SecretTwice(String),
    /// Everyone would be let in from everywhere.
    #[error(
        "--insecure-no-auth lets everyone in, so it is refused on {0}, which other machines may \
         reach; listen on 127.0.0.1, or leave it out and use a key"
    )]
    OpenToAll(SocketAddr),
}

/// The settings that these layers come to; the first that says something counts.
pub fn settle(flags: Layer, environment: Layer, file: Layer) -> Result<Settings, ConfigFault> {
    let all = flags.over(environment).over(file);
    let listen = listen_address(all.listen.as_deref().unwrap_or(LISTEN_DEFAULT))?;
    let access = match (all.insecure_no_auth.unwrap_or(false), all.bootstrap_key) {
        (true, _) if !listen.ip().is_loopback() => return Err(ConfigFault::OpenToAll(listen)),
        (true, _) => Access::Open,
        (false, key) => Access::Keys(key.as_deref().map(bootstrap_key).transpose()?),
    };
    Ok(Settings {
        data: all.data.unwrap_or_else(|| DATA_DEFAULT.into()),
        listen,
        log: log::log_choice(all.log.as_deref().unwrap_or(LOG_DEFAULT))?,
        access,
        secrets: Secrets {
            jwt_secret: long_secret("jwt_secret", JWT_SECRET_BYTES_MIN, all.jwt_secret)?,
            seal_key: long_secret("seal_key", SEALING_KEY_BYTES_MIN, all.seal_key)?,
        },
        telling: Telling {
            filter: all.trace.unwrap_or_else(|| TRACE_DEFAULT.to_owned()),
            form: telling_form(all.trace_format.as_deref())?,
        },
        origins: origins(&all.cors_origins.unwrap_or_default())?,
        media_root: all.media_root,
        limits: Limits::settle(&all.limits)?,
    })
}

fn listen_address(text: &str) -> Result<SocketAddr, ConfigFault> {
    let malformed = || ConfigFault::Malformed {
        name: "listen",
        value: text.to_owned(),
        form: "an IP address with a port, as 127.0.0.1:7878 or [::1]:7878",
    };
    if let Some(port) = text.strip_prefix("localhost:") {
        let port = port.parse().map_err(|_| malformed())?;
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    text.parse().map_err(|_| malformed())
}

fn origins(texts: &[String]) -> Result<Vec<Origin>, ConfigFault> {
    let parsed = texts.iter().map(|text| {
        text.parse().map_err(|()| ConfigFault::Malformed {
            name: "cors_origins",
            value: text.clone(),
            form: "origins as a browser writes them: https://app.example, without a path",
        })
    });
    parsed.collect()
}

fn bootstrap_key(text: &str) -> Result<ApiKeyText, ConfigFault> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConfigFault::KeyMalformed);
    }
    Ok(ApiKeyText::given(text))
}

fn long_secret(
    name: &'static str,
    bytes_min: usize,
    text: Option<String>,
) -> Result<Option<Secret>, ConfigFault> {
    match text {
        Some(text) if text.len() < bytes_min => Err(ConfigFault::SecretShort { name, bytes_min }),
        text => Ok(text.map(Secret::given)),
    }
}

fn telling_form(text: Option<&str>) -> Result<TellingForm, ConfigFault> {
    match text {
        None | Some("text") => Ok(TellingForm::Text),
        Some("json") => Ok(TellingForm::Json),
        Some(other) => Err(ConfigFault::Malformed {
            name: "trace_format",
            value: other.to_owned(),
            form: "text or json",
        }),
    }
}
