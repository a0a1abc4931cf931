//! The figures that the rooms keep themselves, gathered when someone asks.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::traffic::Traffic;
use crate::figures::Distribution;
use crate::graphql;
use crate::ledger::Ledger;

/// Whose figures are gathered.
pub(super) struct Gathered {
    pub ledger: Ledger,
    pub graph: Arc<graphql::Figures>,
    pub traffic: Arc<Traffic>,
}

impl fmt::Debug for Gathered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gathered").finish_non_exhaustive()
    }
}

impl Collector for Gathered {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut rows = Rows { encoder };
        self.graph(&mut rows)?;
        self.ledger(&mut rows)?;
        self.traffic(&mut rows)
    }
}

impl Gathered {
    fn graph(&self, rows: &mut Rows<'_>) -> fmt::Result {
        let help = "GraphQL operations ended, by kind and by the code of their first error";
        let mut row = rows.encoder.encode_descriptor(
            "graphql_operations",
            help,
            None,
            MetricType::Counter,
        )?;
        for ([kind, code], count) in self.graph.operations() {
            let labels = [("kind", &*kind), ("code", &*code)];
            let labelled = row.encode_family(&labels)?;
            ConstCounter::new(count).encode(labelled)?;
        }
        let help = "From an operation's admission to its answer, in seconds";
        let mut row = rows.encoder.encode_descriptor(
            "graphql_operation_seconds",
            help,
            None,
            MetricType::Histogram,
        )?;
        for (kind, seconds) in self.graph.seconds() {
            let labels = [("kind", kind)];
            let mut labelled = row.encode_family(&labels)?;
            let Distribution {
                sum,
                count,
                buckets,
            } = seconds;
            labelled.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }

    fn ledger(&self, rows: &mut Rows<'_>) -> fmt::Result {
        let condition = self.ledger.condition();
        let figures = self.ledger.figures();
        let lag = condition.head.0.saturating_sub(condition.views.0);
        let is_well = condition.log_fault.is_none() && condition.is_following;
        rows.gauge(
            "log_head_position",
            "The last durable event",
            condition.head.0,
        )?;
        rows.gauge(
            "views_position",
            "The last event that queries show",
            condition.views.0,
        )?;
        rows.gauge(
            "views_lag_positions",
            "Events that queries do not show yet",
            lag,
        )?;
        rows.gauge(
            "well",
            "1; 0 when only a restart helps, as health says",
            is_well.into(),
        )?;
        if let Some((silence_seconds, lag)) = figures.shared_log {
            let help = "Since this node last caught up with the log that it shares, in seconds";
            rows.seconds("log_silence_seconds", help, silence_seconds)?;
            let help = "Events of the log that this node was told of and does not show yet";
            rows.gauge("log_copy_lag_positions", help, lag)?;
        }
        if let Some(seconds) = figures.append_seconds {
            let help = "From an append's place in the queue to its answer, in seconds";
            rows.histogram("log_append_seconds", help, seconds)?;
        }
        if let Some(appends) = figures.batch_appends {
            let help = "Appends made durable by one sync";
            rows.histogram("log_batch_appends", help, appends)?;
        }
        let help = "Damaged parts of the content cache that were rebuilt from the log";
        rows.counter("content_repairs", help, figures.content_repairs)?;
        let help = "Those who follow the log or listen to changes, on all transports";
        rows.gauge("subscribers", help, figures.subscribers as u64)?;
        let help = "Events that the slowest subscriber has not taken";
        rows.gauge("subscriber_lag_positions", help, figures.subscriber_lag_max)?;
        let help = "Restores and imports that this node works on";
        rows.gauge("tasks_running", help, figures.tasks_running as u64)
    }

    fn traffic(&self, rows: &mut Rows<'_>) -> fmt::Result {
        let traffic = &self.traffic;
        rows.gauge(
            "connections",
            "Connections, sockets included",
            traffic.open(),
        )?;
        rows.gauge("sockets", "WebSockets", traffic.sockets())?;
        let help = "Connections that found no place";
        rows.counter("connections_turned_away", help, traffic.turned_away())?;
        let help = "Connections that were closed for being too slow";
        rows.counter("connections_broken_off", help, traffic.broken_off())
    }
}

/// Rows without labels.
struct Rows<'a> {
    encoder: DescriptorEncoder<'a>,
}

impl Rows<'_> {
    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        // What a gauge takes ends at 2^63 events.
        let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
        self.row(name, help, &gauge)
    }

    fn seconds(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.row(name, help, &ConstGauge::new(value))
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.row(name, help, &ConstCounter::new(value))
    }

    fn row(&mut self, name: &str, help: &str, metric: &impl EncodeMetric) -> fmt::Result {
        let kind = metric.metric_type();
        metric.encode(self.encoder.encode_descriptor(name, help, None, kind)?)
    }

    fn histogram(&mut self, name: &str, help: &str, values: Distribution) -> fmt::Result {
        let kind = MetricType::Histogram;
        let mut row = self.encoder.encode_descriptor(name, help, None, kind)?;
        let Distribution {
            sum,
            count,
            buckets,
        } = values;
        row.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }
}
