//! `snapledger export`: streams one version of a dataset out as NDJSON.

use std::io::ErrorKind;
use std::os::fd::AsFd;
use std::path::PathBuf;

use futures_util::StreamExt;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use super::connection::Connection;
use super::failure::{Done, Failure};
use super::{bar, dataset};

/// Bytes written at a time.
const WRITE_BYTES: usize = 128 << 10;

/// Stream a version of a dataset out, one JSON object a line
#[derive(clap::Args)]
pub(super) struct Export {
    /// The dataset, by name or id
    #[arg(long)]
    dataset: String,
    /// The version: an xact id, a snapshot's id, or a time (RFC 3339); the current one if absent
    #[arg(long)]
    at: Option<String>,
    /// The file to write; stdout if absent or -
    #[arg(long, short)]
    output: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

impl Export {
    pub async fn run(&self) -> Done {
        let client = self.connection.client()?;
        let dataset = dataset::need(&client, &self.dataset).await?;
        let request = client.get(&format!("/v1/datasets/{}/items", dataset.id));
        let request = match &self.at {
            Some(at) => request.query(&[("at", at)]),
            None => request,
        };
        let response = client.send(request).await?;
        let response = client.accepted(response).await?;
        let version = response.headers().get("x-xact-id").cloned();
        let items = self.write(response).await?;
        let version = version
            .as_ref()
            .and_then(|value| value.to_str().ok())
            .unwrap_or("?");
        eprintln!(
            "exported {items} items of {} at version {version}",
            dataset.name
        );
        Ok(())
    }

    /// Writes the answer as it comes; tells how many lines it had.
    async fn write(&self, response: reqwest::Response) -> Done<u64> {
        let named = self
            .output
            .as_deref()
            .filter(|path| path.as_os_str() != "-");
        let target = match named {
            None => {
                let stdout = std::io::stdout().as_fd().try_clone_to_owned();
                File::from_std(stdout.map_err(Failure::new)?.into())
            }
            Some(path) => File::create(path).await.map_err(|fault| {
                let message = format!("{} cannot be written: {fault}", path.display());
                Failure::with_hint(message, "name another file with --output")
            })?,
        };
        let mut target = BufWriter::with_capacity(WRITE_BYTES, target);
        let bar = bar::of_bytes(None)?.with_message("exporting");
        if named.is_none() {
            // The lines may go to the same screen.
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        let mut chunks = response.bytes_stream();
        let mut lines = 0;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|fault| {
                let message = format!("the export broke off and is not whole: {fault}");
                Failure::with_hint(
                    message,
                    "see what the server tells on its stderr, then try again",
                )
            })?;
            lines += chunk
                .iter()
                .map(|byte| u64::from(*byte == b'\n'))
                .sum::<u64>();
            bar.inc(chunk.len() as u64);
            match target.write_all(&chunk).await {
                Ok(()) => {}
                // Whoever reads has seen enough.
                Err(fault) if fault.kind() == ErrorKind::BrokenPipe => return Ok(lines),
                Err(fault) => return Err(Failure::new(fault)),
            }
        }
        target.flush().await.map_err(Failure::new)?;
        bar.finish_and_clear();
        Ok(lines)
    }
}
