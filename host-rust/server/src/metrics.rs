//! Figures of the server, in the text format of Prometheus.
//!
//! Invariant: what is counted is bounded: labels are routes and statuses, never names of homes or tokens.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::pool;

/// Upper ends of the times that are counted apart, in microseconds.
const ENDS: [u64; 12] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000];

/// Counts since the start.
pub struct Metrics {
    started: Instant,
    /// By route and status.
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    times: [AtomicU64; ENDS.len() + 1],
    time_sum: AtomicU64,
    /// Instructions that scripts used.
    pub instructions: AtomicU64,
    /// Homes that were opened.
    pub opened: AtomicU64,
    /// Requests that ended because a store failed.
    pub store_failures: AtomicU64,
    /// Streams of events that are open.
    pub streams: AtomicU64,
    /// Requests with a token that is none, or not for what was asked.
    pub denied: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics {
            started: Instant::now(),
            requests: Mutex::default(),
            times: Default::default(),
            time_sum: AtomicU64::default(),
            instructions: AtomicU64::default(),
            opened: AtomicU64::default(),
            store_failures: AtomicU64::default(),
            streams: AtomicU64::default(),
            denied: AtomicU64::default(),
        }
    }
}

impl Metrics {
    /// Counts a request that was answered.
    pub fn request(&self, route: &str, status: u16, time: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
        drop(requests);
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.times[ENDS.partition_point(|end| *end < time)].fetch_add(1, Ordering::Relaxed);
        self.time_sum.fetch_add(time, Ordering::Relaxed);
    }

    /// Requests by route and status.
    pub fn requests(&self) -> Vec<((String, u16), u64)> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().map(|(key, count)| (key.clone(), *count)).collect()
    }

    /// Time since the start.
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// How many requests took how long: the end in microseconds, none for the last, and the count up to it.
    pub fn times(&self) -> Vec<(Option<u64>, u64)> {
        let mut sum = 0;
        let ends = ENDS.iter().copied().map(Some).chain([None]);
        ends.zip(&self.times)
            .map(|(end, count)| {
                sum += count.load(Ordering::Relaxed);
                (end, sum)
            })
            .collect()
    }

    /// The text for Prometheus.
    pub fn text(&self, pool: pool::Figures) -> String {
        let mut out = String::new();
        let mut family = |name: &str, kind: &str, help: &str, lines: &[(String, String)]| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in lines {
                let _ = writeln!(out, "{name}{labels} {value}");
            }
        };
        let one = |value: &dyn ToString| vec![(String::new(), value.to_string())];
        let count = |counter: &AtomicU64| one(&counter.load(Ordering::Relaxed));
        let requests: Vec<_> = self
            .requests()
            .into_iter()
            .map(|((route, status), count)| (format!("{{route=\"{route}\",status=\"{status}\"}}"), count.to_string()))
            .collect();
        family("cu_requests_total", "counter", "Requests that were answered.", &requests);
        let times = self.times();
        let end = |end: Option<u64>| end.map_or("+Inf".to_owned(), |end| (end as f64 / 1e6).to_string());
        let total = times.last().map_or(0, |(_, total)| *total);
        let buckets = times.iter().map(|(at, count)| (format!("_bucket{{le=\"{}\"}}", end(*at)), count.to_string()));
        let sum = self.time_sum.load(Ordering::Relaxed) as f64 / 1e6;
        let buckets: Vec<_> =
            buckets.chain([("_sum".into(), sum.to_string()), ("_count".into(), total.to_string())]).collect();
        family("cu_request_seconds", "histogram", "Time from a request's head to its answer.", &buckets);
        family("cu_homes_open", "gauge", "Homes that are open.", &one(&pool.open));
        family("cu_homes_opened_total", "counter", "Homes that were opened.", &count(&self.opened));
        family(
            "cu_homes_evicted_total",
            "counter",
            "Homes that were closed because they were idle or too many.",
            &one(&pool.evicted),
        );
        family(
            "cu_tasks_waiting",
            "gauge",
            "Requests that wait for their home's turn or a thread.",
            &one(&pool.waiting),
        );
        family("cu_instructions_total", "counter", "Instructions that scripts used.", &count(&self.instructions));
        family(
            "cu_store_failures_total",
            "counter",
            "Requests that ended because a store failed.",
            &count(&self.store_failures),
        );
        family("cu_streams_open", "gauge", "Streams of events that are open.", &count(&self.streams));
        family(
            "cu_denied_total",
            "counter",
            "Requests with a wrong token, or one that is not for this.",
            &count(&self.denied),
        );
        family("cu_uptime_seconds", "gauge", "Time since the start.", &one(&self.age().as_secs()));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_up_to_each_end() {
        let metrics = Metrics::default();
        for micros in [100, 101, 3_000, 20_000_000] {
            metrics.request("/a", 200, Duration::from_micros(micros));
        }
        metrics.request("/a", 404, Duration::ZERO);
        let text = metrics.text(pool::Figures::default());
        for line in [
            "cu_requests_total{route=\"/a\",status=\"200\"} 4",
            "cu_requests_total{route=\"/a\",status=\"404\"} 1",
            "cu_request_seconds_bucket{le=\"0.0001\"} 2",
            "cu_request_seconds_bucket{le=\"0.00025\"} 3",
            "cu_request_seconds_bucket{le=\"10\"} 4",
            "cu_request_seconds_bucket{le=\"+Inf\"} 5",
            "cu_request_seconds_count 5",
            "cu_request_seconds_sum 20.003201",
        ] {
            assert!(text.lines().any(|own| own == line), "{line} in\n{text}");
        }
    }
}
