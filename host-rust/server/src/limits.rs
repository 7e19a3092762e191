//! What a tenant may use: all requests with one token.
//!
//! Invariant: what counts against a limit is given back when the request ends in any way.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// Limits of a tenant. An absent one is that of the server, or none.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Instructions of one request.
    pub instructions: Option<u64>,
    /// Bytes of an instance's memory that scripts may use.
    pub memory: Option<u64>,
    /// Milliseconds of one request, from the moment when it runs.
    pub time: Option<u64>,
    /// Milliseconds that a request waits for its turn.
    pub wait: Option<u64>,
    /// Bytes of printed text in one answer.
    pub output: Option<u64>,
    /// Entries of stored tables in one answer.
    pub entries: Option<usize>,
    /// Bytes of a request's body.
    pub body: Option<usize>,
    /// Requests in a second, and as many at once after a second of rest.
    pub rate: Option<f64>,
    /// Requests at a time.
    pub concurrency: Option<usize>,
}

impl Limits {
    /// What a server has if nothing is said: no script runs for ever, and no request fills the memory.
    pub fn of_server() -> Limits {
        Limits {
            instructions: Some(1_000_000_000),
            memory: None,
            time: Some(10_000),
            wait: Some(10_000),
            output: Some(1 << 20),
            entries: Some(10_000),
            body: Some(1 << 20),
            rate: None,
            concurrency: Some(1_000),
        }
    }

    /// These, and `others` where they say nothing.
    #[must_use]
    pub fn or(self, others: &Limits) -> Limits {
        Limits {
            instructions: self.instructions.or(others.instructions),
            memory: self.memory.or(others.memory),
            time: self.time.or(others.time),
            wait: self.wait.or(others.wait),
            output: self.output.or(others.output),
            entries: self.entries.or(others.entries),
            body: self.body.or(others.body),
            rate: self.rate.or(others.rate),
            concurrency: self.concurrency.or(others.concurrency),
        }
    }

    /// Refuses limits that would stop everything.
    pub fn check(&self) -> Result<(), String> {
        let numbers = [
            ("instructions", self.instructions.map(|number| number as f64)),
            ("memory", self.memory.map(|number| number as f64)),
            ("time", self.time.map(|number| number as f64)),
            ("rate", self.rate),
            ("concurrency", self.concurrency.map(|number| number as f64)),
        ];
        let is_wrong = |number: f64| !(number > 0.0 && number <= MOST);
        match numbers.into_iter().find_map(|(name, number)| Some((name, number.filter(|number| is_wrong(*number))?))) {
            Some((name, number)) => Err(format!("{name} is {number}; wanted is a number above 0, and {MOST} at most")),
            None => Ok(()),
        }
    }
}

/// The greatest number that the module takes, 2^53.
const MOST: f64 = 9_007_199_254_740_992.0;

/// The limits of a tenant, and what it uses now.
pub struct Tenant {
    pub limits: Limits,
    /// A number of its own.
    pub id: u64,
    running: Arc<AtomicUsize>,
    /// When the next request is due, if they come evenly.
    due: Mutex<Option<Instant>>,
}

/// One request, until this is dropped.
pub struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a tenant's request is refused now.
#[derive(Clone, Debug, PartialEq)]
pub enum TooMuch {
    /// The limit of requests at a time.
    Concurrency(usize),
    /// The limit of requests in a second, and when the next one is allowed.
    Rate(f64, Duration),
}

const SECOND: Duration = Duration::from_secs(1);

/// Seconds between two requests at the least rate, a day.
const LONGEST: f64 = 86_400.0;

impl Tenant {
    pub fn new(limits: Limits) -> Tenant {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let id = COUNT.fetch_add(1, Ordering::Relaxed);
        Tenant { limits, id, running: Arc::default(), due: Mutex::default() }
    }

    /// Begins a request.
    pub fn begin(&self, now: Instant) -> Result<Running, TooMuch> {
        let before = self.running.fetch_add(1, Ordering::Relaxed);
        // From here on it is given back.
        let running = Running(Arc::clone(&self.running));
        match self.limits.concurrency {
            Some(most) if before >= most => return Err(TooMuch::Concurrency(most)),
            _ => {}
        }
        if let Some(rate) = self.limits.rate {
            self.count(rate, now)?;
        }
        Ok(running)
    }

    /// Between any two moments there are at most `rate` requests a second, and those of one second more.
    fn count(&self, rate: f64, now: Instant) -> Result<(), TooMuch> {
        let interval = Duration::from_secs_f64((1.0 / rate).min(LONGEST));
        let ahead = SECOND.saturating_sub(interval);
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let next = due.unwrap_or(now).max(now);
        let early = next.saturating_duration_since(now);
        if early > ahead {
            return Err(TooMuch::Rate(rate, early - ahead));
        }
        *due = Some(next + interval);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_at_a_time_are_counted_until_they_end() {
        let tenant = Tenant::new(Limits { concurrency: Some(2), ..Limits::default() });
        let now = Instant::now();
        let one = tenant.begin(now).unwrap();
        let _two = tenant.begin(now).unwrap();
        assert_eq!(tenant.begin(now).err(), Some(TooMuch::Concurrency(2)));
        drop(one);
        assert!(tenant.begin(now).is_ok());
    }

    #[test]
    fn who_waits_as_long_as_it_is_told_is_not_refused() {
        let tenant = Tenant::new(Limits { rate: Some(4.0), ..Limits::default() });
        let mut now = Instant::now();
        for _ in 0..3 {
            assert_eq!((0..4).filter(|_| tenant.begin(now).is_ok()).count(), 4);
            for _ in 0..4 {
                let Err(TooMuch::Rate(4.0, wait)) = tenant.begin(now) else { panic!("a fifth at once") };
                assert!(wait <= Duration::from_millis(250));
                now += wait;
                assert!(tenant.begin(now).is_ok());
            }
            now += SECOND;
        }
    }
}
