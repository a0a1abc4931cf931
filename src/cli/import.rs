//! `snapledger import`: streams a file into a dataset, as one new version.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use indicatif::ProgressBar;
use reqwest::Body;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde::Deserialize;
use tokio::fs::File;
use tokio_util::io::{InspectReader, ReaderStream};

use super::bar;
use super::connection::{Client, Connection};
use super::dataset::{self, Dataset};
use super::failure::{Done, Failure};

/// Bytes sent at a time.
const SEND_BYTES: usize = 128 << 10;

/// Stream a file of items into a dataset, as one new version
#[derive(clap::Args)]
pub(super) struct Import {
    /// NDJSON or CSV (.csv), plain or compressed (.gz, .zst); - for stdin
    file: PathBuf,
    /// The dataset, by name or id
    #[arg(long)]
    dataset: String,
    /// Make the dataset if there is none of this name
    #[arg(long)]
    create: bool,
    /// Whether items that the file does not name stay or go
    #[arg(long, value_enum, default_value_t = Mode::Upsert)]
    mode: Mode,
    /// What the file is, where its name does not tell
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The column of a CSV that is the key; else `key`, else `id`, else the row number
    #[arg(long)]
    key_column: Option<String>,
    /// Why, for those who read the history
    #[arg(long)]
    message: Option<String>,
    /// Only if the dataset is still at this version (xact id)
    #[arg(long)]
    if_version: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// They stay
    Upsert,
    /// They go
    Replace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Ndjson,
    Csv,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Imported {
    xact_id: String,
    added: u64,
    removed: u64,
    modified: u64,
    unchanged: u64,
}

impl Import {
    pub async fn run(&self) -> Done {
        let client = self.connection.client()?;
        let (reader, length) = open(&self.file).await?;
        let dataset = self.dataset(&client).await?;
        let bar = bar::of_bytes(length)?.with_message("importing");
        let imported = self.send(&client, &dataset, reader, bar.clone()).await;
        bar.finish_and_clear();
        let Imported {
            xact_id,
            added,
            removed,
            modified,
            unchanged,
        } = imported?;
        println!(
            "imported into {}: {added} added, {removed} removed, {modified} modified, \
             {unchanged} unchanged",
            dataset.name
        );
        println!("  version {xact_id}");
        Ok(())
    }

    async fn dataset(&self, client: &Client) -> Done<Dataset> {
        if !self.create {
            return dataset::need(client, &self.dataset)
                .await
                .map_err(|failure| Failure {
                    hint: failure
                        .hint
                        .map(|hint| format!("{hint}; or add --create to make it")),
                    ..failure
                });
        }
        match dataset::find(client, &self.dataset).await? {
            Some(found) => Ok(found),
            None => dataset::create(client, &self.dataset).await,
        }
    }

    async fn send(
        &self,
        client: &Client,
        dataset: &Dataset,
        reader: File,
        bar: ProgressBar,
    ) -> Done<Imported> {
        let (format, packing) = kind_of(&self.file);
        let content_type = match self.format.unwrap_or(format) {
            Format::Ndjson => "application/x-ndjson",
            Format::Csv => "text/csv",
        };
        let mode = match self.mode {
            Mode::Upsert => "upsert",
            Mode::Replace => "replace",
        };
        let mut parameters = vec![("mode", mode)];
        for (name, value) in [
            ("key", &self.key_column),
            ("message", &self.message),
            ("ifVersion", &self.if_version),
        ] {
            parameters.extend(value.as_deref().map(|value| (name, value)));
        }
        let counted = InspectReader::new(reader, move |bytes: &[u8]| bar.inc(bytes.len() as u64));
        let body = Body::wrap_stream(ReaderStream::with_capacity(counted, SEND_BYTES));
        let mut request = client
            .post(&format!("/v1/datasets/{}/items", dataset.id))
            .query(&parameters)
            .header(CONTENT_TYPE, content_type)
            .body(body);
        if let Some(packing) = packing {
            request = request.header(CONTENT_ENCODING, packing);
        }
        let response = client.send(request).await?;
        let response = client.accepted(response).await?;
        response.json().await.map_err(Failure::new)
    }
}

/// The file, and its length where it has one.
async fn open(path: &Path) -> Done<(File, Option<u64>)> {
    if path.as_os_str() == "-" {
        let stdin = std::io::stdin()
            .as_fd()
            .try_clone_to_owned()
            .map_err(Failure::new)?;
        return Ok((File::from_std(stdin.into()), None));
    }
    let fault = |fault: std::io::Error| {
        let message = format!("{} cannot be read: {fault}", path.display());
        Failure::with_hint(message, "check the path, or give - to read from stdin")
    };
    let file = File::open(path).await.map_err(fault)?;
    let about = file.metadata().await.map_err(fault)?;
    let length = about.is_file().then_some(about.len());
    Ok((file, length))
}

/// What a file of this name holds, and how it is compressed.
fn kind_of(path: &Path) -> (Format, Option<&'static str>) {
    let name = path.to_string_lossy().to_lowercase();
    let (name, packing) = if let Some(name) = name.strip_suffix(".gz") {
        (name, Some("gzip"))
    } else if let Some(name) = name.strip_suffix(".zst") {
        (name, Some("zstd"))
    } else {
        (name.as_str(), None)
    };
    (
        if name.ends_with(".csv") {
            Format::Csv
        } else {
            Format::Ndjson
        },
        packing,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_what_it_is() {
        for (name, expected) in [
            ("-", (Format::Ndjson, None)),
            ("items.ndjson", (Format::Ndjson, None)),
            ("a/items.jsonl.gz", (Format::Ndjson, Some("gzip"))),
            ("Table.CSV", (Format::Csv, None)),
            ("table.csv.zst", (Format::Csv, Some("zstd"))),
        ] {
            assert_eq!(kind_of(Path::new(name)), expected, "{name}");
        }
    }
}
