//! What the server tells of its work: one line an event, on stderr.
//!
//! Answers go to stdout or to callers, never here. No secret is ever a field.

use std::io::IsTerminal;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::TryInitError;

use crate::config::{Telling, TellingForm};

/// Libraries that tell, below `info`, the bytes they carry. They do not, whatever is asked for: the
/// first message of a socket holds a credential.
const QUIET: [&str; 2] = ["tungstenite", "tokio_tungstenite"];

/// Why nothing could be told.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryFault {
    /// The filter is not understood.
    #[error("the trace filter {filter:?} is not understood: {why}; try \"info\"")]
    Filter {
        /// The filter.
        filter: String,
        /// Why.
        why: String,
    },
    /// Something else tells already.
    #[error("what the server tells is set up already: {0}")]
    Taken(#[from] TryInitError),
}

/// What takes up events and spans.
type Teller = Box<dyn Subscriber + Send + Sync>;

/// Begins to tell. Once in a process.
pub fn begin(telling: &Telling) -> Result<(), TelemetryFault> {
    use tracing_subscriber::util::SubscriberInitExt;

    let is_coloured = std::io::stderr().is_terminal();
    let teller = teller(telling, std::io::stderr, is_coloured)?;
    Ok(teller.try_init()?)
}

/// What tells, to this writer. In JSON an event's fields are members of the line, and those of the
/// request that it belongs to are in `span`.
fn teller<W>(telling: &Telling, writer: W, is_coloured: bool) -> Result<Teller, TelemetryFault>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let mut filter =
        EnvFilter::try_new(&telling.filter).map_err(|fault| TelemetryFault::Filter {
            filter: telling.filter.clone(),
            why: fault.to_string(),
        })?;
    for quiet in QUIET {
        filter = filter.add_directive(format!("{quiet}=info").parse().map_err(
            |fault: tracing_subscriber::filter::ParseError| TelemetryFault::Filter {
                filter: quiet.to_owned(),
                why: fault.to_string(),
            },
        )?);
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(is_coloured)
        .with_target(false);
    Ok(match telling.form {
        TellingForm::Text => Box::new(lines.finish()),
        TellingForm::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            Box::new(lines.finish())
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Told(Arc<Mutex<Vec<u8>>>);

    impl Write for Told {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("free").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is told of a request that met a fault.
    fn told(filter: &str, form: TellingForm) -> String {
        let told = Told::default();
        let writer = told.clone();
        let telling = Telling {
            filter: filter.to_owned(),
            form,
        };
        let teller = teller(&telling, move || writer.clone(), false).expect("a teller");
        tracing::subscriber::with_default(teller, || {
            let request = tracing::info_span!("request", request.id = "r-1", http.route = "/x");
            request.in_scope(|| {
                tracing::debug!(http.status = 200, "answered");
                tracing::error!(fault = "a \"disk\"\nbroke", "a request met a fault");
            });
        });
        let bytes = told.0.lock().expect("free").clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn in_json_every_line_is_an_object_with_the_requests_fields() {
        let text = told("info", TellingForm::Json);
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let [line] = &lines[..] else {
            panic!("one event is of this level: {text}")
        };
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["message"], "a request met a fault");
        assert_eq!(line["fault"], "a \"disk\"\nbroke");
        assert_eq!(line["span"]["request.id"], "r-1");
        assert_eq!(line["span"]["http.route"], "/x");
        assert!(line["timestamp"].is_string());
    }

    #[test]
    fn as_text_every_event_is_one_line_of_the_level_asked_for() {
        assert_eq!(told("debug", TellingForm::Text).lines().count(), 2);
        assert_eq!(told("off", TellingForm::Text), "");
        let line = told("info", TellingForm::Text);
        assert!(
            line.contains("a request met a fault") && line.contains("r-1"),
            "{line}"
        );
        let wrong = Telling {
            filter: "snapledger=loud".to_owned(),
            form: TellingForm::Text,
        };
        let fault = teller(&wrong, std::io::sink, false).err().expect("refused");
        assert!(fault.to_string().contains("loud"), "{fault}");
    }
}
