//! The address of a log in PostgreSQL: what libpq's URLs say, as far as it makes sense here.
//!
//! Where TLS is on, certificates and host names are always verified: `require`, `verify-ca` and
//! `verify-full` mean the same, and `allow` is refused. Never shows the password.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::{PostgresFault, causes};

/// How the server sees this program, unless the address says otherwise.
const APPLICATION_NAME: &str = "snapledger";
/// How long one host may take to let a connection in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Silence on a connection after which its other end is asked whether it is there.
const KEEPALIVES_IDLE: Duration = Duration::from_secs(5);
/// Between two such questions.
const KEEPALIVES_INTERVAL: Duration = Duration::from_secs(2);
/// So many of them without an answer end the connection.
const KEEPALIVES_RETRIES: u32 = 3;
/// The longest that what was sent may go unacknowledged by the other end's system.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the log is, and how to reach it.
#[derive(Clone)]
pub(super) struct Address {
    /// What the client needs to know.
    pub(super) config: Config,
    /// What it does when TLS is on.
    pub(super) tls: MakeRustlsConnect,
    /// Hosts and database, for people.
    pub(super) shown: String,
}

impl Address {
    /// The address that this URL says; reads the certificates that are trusted.
    pub(super) fn parse(url: &str) -> Result<Self, PostgresFault> {
        let refused = |why: &str| PostgresFault::Address(why.to_owned());
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(refused("it does not begin with postgres://"));
        }
        let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
        let mut mode = SslMode::Prefer;
        let mut root_file = None;
        let mut others = Vec::new();
        for parameter in parameters
            .split('&')
            .filter(|parameter| !parameter.is_empty())
        {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = ssl_mode(value)?,
                Some(("sslrootcert", value)) => root_file = Some(decoded(value)?),
                _ => others.push(parameter),
            }
        }
        let rest = format!("{place}?{}", others.join("&"));
        let mut config: Config = rest.parse().map_err(|error| refused(&causes(&error)))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refused("it names no host"));
        }
        if config.get_application_name().is_none() {
            config.application_name(APPLICATION_NAME);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        config
            .ssl_mode(mode)
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .keepalives_idle(KEEPALIVES_IDLE)
            .keepalives_interval(KEEPALIVES_INTERVAL)
            .keepalives_retries(KEEPALIVES_RETRIES)
            .tcp_user_timeout(TCP_USER_TIMEOUT);
        let tls = connector(roots(mode, root_file.as_deref())?)?;
        let shown = shown(&config);
        Ok(Self { config, tls, shown })
    }
}

fn ssl_mode(word: &str) -> Result<SslMode, PostgresFault> {
    match word {
        "disable" => Ok(SslMode::Disable),
        "prefer" => Ok(SslMode::Prefer),
        "require" | "verify-ca" | "verify-full" => Ok(SslMode::Require),
        _ => Err(PostgresFault::Address(
            "sslmode is none of disable, prefer, require, verify-ca, verify-full".to_owned(),
        )),
    }
}

/// The text of a part of a URL in which `%` and two digits stand for a byte.
fn decoded(text: &str) -> Result<String, PostgresFault> {
    let malformed = || PostgresFault::Address("a parameter has a malformed % in it".to_owned());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2).ok_or_else(malformed)?;
        let digits = std::str::from_utf8(digits).map_err(|_| malformed())?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| malformed())?);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}

/// The authorities that are trusted: those of the file, else the system's.
fn roots(mode: SslMode, file: Option<&str>) -> Result<RootCertStore, PostgresFault> {
    let mut roots = RootCertStore::empty();
    let Some(file) = file else {
        if mode != SslMode::Disable {
            let found = rustls_native_certs::load_native_certs();
            for error in found.errors {
                tracing::warn!(%error, "some of the system's certificates cannot be read");
            }
            roots.add_parsable_certificates(found.certs);
        }
        return Ok(roots);
    };
    let unusable = |why: String| PostgresFault::Address(format!("sslrootcert {file}: {why}"));
    let certificates =
        CertificateDer::pem_file_iter(Path::new(file)).map_err(|error| unusable(causes(&error)))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unusable(causes(&error)))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(causes(&error)))?;
    }
    if roots.is_empty() {
        return Err(unusable("there is no certificate in it".to_owned()));
    }
    Ok(roots)
}

fn connector(roots: RootCertStore) -> Result<MakeRustlsConnect, PostgresFault> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| PostgresFault::Address(causes(&error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn shown(config: &Config) -> String {
    let mut hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    if hosts.is_empty() {
        hosts = config
            .get_hostaddrs()
            .iter()
            .map(ToString::to_string)
            .collect();
    }
    let ports: Vec<String> = config.get_ports().iter().map(ToString::to_string).collect();
    let mut shown = hosts.join(",");
    if !ports.is_empty() {
        shown = format!("{shown} port {}", ports.join(","));
    }
    match config.get_dbname() {
        Some(name) => format!("{shown}, database {name}"),
        None => shown,
    }
}
