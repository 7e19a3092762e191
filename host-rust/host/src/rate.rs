//! Bounds on how often something may happen: a number per second, and as many at once after a second of rest.
//!
//! Invariant: between any two moments, the number is at most the bound times the seconds between them, plus the bound
//! for one second. Operations of the host itself do not count.

use std::time::{Duration, Instant};

use cu_abi::tables;

use crate::error::Error;

/// The time since some fixed moment; it never goes back.
pub type MonotonicClock = Box<dyn Fn() -> Duration + Send>;

/// How often something may happen in a second. An absent field is no bound; bounds below one a second are possible.
#[derive(Default)]
pub struct Rate {
    /// Number of computes. Beyond it, a compute is [`Error::Rate`] and does not run.
    pub computes: Option<f64>,
    /// Number of store operations while scripts run. Operations beyond it fail for the script.
    pub operations: Option<f64>,
    /// Number of calls of functions by scripts. A call beyond it fails for the script.
    pub calls: Option<f64>,
    /// A clock for tests, in place of the system's.
    pub clock: Option<MonotonicClock>,
}

/// How much of its [`Rate`] one instance has used.
pub(crate) struct Meter {
    clock: MonotonicClock,
    computes: Option<Pace>,
    operations: Option<Pace>,
    calls: Option<Pace>,
    /// Whether a script runs, so that operations count.
    pub counts: bool,
}

impl Meter {
    pub fn new(rate: Rate) -> Result<Meter, Error> {
        let clock = rate.clock.unwrap_or_else(system_clock);
        let now = milliseconds(clock());
        let pace = |name, bound: Option<f64>| bound.map(|bound| Pace::new(name, bound, now)).transpose();
        let (computes, operations) = (pace("computes", rate.computes)?, pace("operations", rate.operations)?);
        let calls = pace("calls", rate.calls)?;
        Ok(Meter { clock, computes, operations, calls, counts: false })
    }

    /// Counts a compute if it may run now.
    pub fn take_compute(&mut self) -> Result<(), Error> {
        let refused = |(limit, retry_after)| Error::Rate { limit, retry_after };
        take(&mut self.computes, &self.clock).map_err(refused)
    }

    /// Counts a call of a function if it may happen now; or what the script is told.
    pub fn take_call(&mut self) -> Result<(), String> {
        take(&mut self.calls, &self.clock).map_err(|(limit, wait)| {
            format!("more than {limit} calls a second; the next one in {} ms", wait.as_millis())
        })
    }

    /// Counts an operation on a table of the store; answers whether it may happen now.
    pub fn take_operation(&mut self, table: u32) -> bool {
        match &mut self.operations {
            Some(pace) if self.counts && table != tables::CONTROL => pace.take(milliseconds((self.clock)())),
            _ => true,
        }
    }
}

/// Counts one if it may happen now; or the bound, and after which time it may.
fn take(pace: &mut Option<Pace>, clock: &MonotonicClock) -> Result<(), (f64, Duration)> {
    let Some(pace) = pace else { return Ok(()) };
    let now = milliseconds(clock());
    if pace.take(now) { Ok(()) } else { Err((pace.per_second, Duration::from_millis(pace.wait(now)))) }
}

fn system_clock() -> MonotonicClock {
    let start = Instant::now();
    Box::new(move || start.elapsed())
}

const NANOSECONDS_EACH: f64 = 1e6;

/// Whole milliseconds have no rounding error, so a caller that waits as long as [`Pace::wait`] answers is not refused.
fn milliseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / NANOSECONDS_EACH
}

const SECOND: f64 = 1000.0;

/// A virtual schedule, in milliseconds: one per interval.
struct Pace {
    per_second: f64,
    interval: f64,
    /// How far the use may be ahead of the schedule.
    ahead: f64,
    /// When the next one is due in the schedule.
    due: f64,
}

impl Pace {
    fn new(name: &str, per_second: f64, now: f64) -> Result<Pace, Error> {
        if !(per_second.is_finite() && per_second > 0.0) {
            return Err(Error::Option(format!("rate.{name} is {per_second}; wanted is a number above 0").into()));
        }
        let interval = SECOND / per_second;
        Ok(Pace { per_second, interval, ahead: (SECOND - interval).max(0.0), due: now })
    }

    /// Whether one more may happen now; if so, counts it.
    fn take(&mut self, now: f64) -> bool {
        if self.due - self.ahead > now {
            return false;
        }
        self.due = self.due.max(now) + self.interval;
        true
    }

    /// Milliseconds until one more may happen.
    fn wait(&self, now: f64) -> u64 {
        (self.due - self.ahead - now).ceil().max(0.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use cu_random::Random;

    use super::*;

    #[test]
    fn no_more_is_taken_than_a_naive_count_of_a_sliding_second_allows() {
        let mut random = Random::from_clock();
        for _ in 0..200 {
            let per_second = (1 + random.below(50)) as f64;
            let mut now = 0;
            let mut pace = Pace::new("computes", per_second, 0.0).unwrap();
            let mut taken = Vec::new();
            let mut refused = 0;
            for _ in 0..500 {
                now += if random.below(3) == 0 { random.below(200) } else { random.below(3) } as u64;
                if !pace.take(now as f64) {
                    refused += 1;
                    let wait = pace.wait(now as f64);
                    assert!(wait > 0);
                    now += wait;
                    assert!(pace.take(now as f64), "refused after the {wait} ms that it asked for");
                }
                taken.push(now);
            }
            assert!(refused > 0 || per_second > 10.0);
            for (from, first) in taken.iter().enumerate() {
                for (count, last) in (1_u32..).zip(&taken[from..]) {
                    let most = per_second * (last - first) as f64 / SECOND + per_second;
                    assert!(f64::from(count) <= most + 1e-6, "{count} in {} ms of {per_second} a second", last - first);
                }
            }
        }
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let mut pace = Pace::new("computes", 1.0, 1000.0).unwrap();
        assert!(pace.take(1000.0));
        assert!(!pace.take(0.0));
        assert!(!pace.take(999.0));
    }

    #[test]
    fn less_than_one_a_second_is_possible() {
        let mut pace = Pace::new("computes", 0.5, 0.0).unwrap();
        assert!(pace.take(0.0));
        assert!(!pace.take(0.0));
        assert_eq!(pace.wait(0.0), 2000);
        assert!(pace.take(2000.0));
    }

    #[test]
    fn a_bound_that_is_no_positive_number_is_refused() {
        for (bound, shown) in [(0.0, "0"), (-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
            let rate = Rate { operations: Some(bound), ..Rate::default() };
            let problem = Error::Option(format!("rate.operations is {shown}; wanted is a number above 0").into());
            assert_eq!(Meter::new(rate).err(), Some(problem));
            assert!(Meter::new(Rate { computes: Some(bound), ..Rate::default() }).is_err());
        }
    }

    #[test]
    fn a_meter_counts_computes_and_while_scripts_run_operations() {
        let now = Arc::new(AtomicU64::new(0));
        let shared = Arc::clone(&now);
        let clock: MonotonicClock = Box::new(move || Duration::from_millis(shared.load(Ordering::Relaxed)));
        let rate = Rate { computes: Some(3.0), operations: Some(2.0), clock: Some(clock), ..Rate::default() };
        let mut meter = Meter::new(rate).unwrap();
        assert!((0..3).all(|_| meter.take_compute().is_ok()));
        let refused = Error::Rate { limit: 3.0, retry_after: Duration::from_millis(334) };
        assert_eq!(refused.to_string(), "more than 3 computes a second; the next one in 334 ms");
        assert_eq!(meter.take_compute(), Err(refused));
        now.store(334, Ordering::Relaxed);
        assert_eq!(meter.take_compute(), Ok(()));

        assert!((0..9).all(|_| meter.take_operation(1)));
        meter.counts = true;
        assert!((0..9).all(|_| meter.take_operation(tables::CONTROL)));
        assert_eq!([1, 2, 1].map(|table| meter.take_operation(table)), [true, true, false]);
        assert!(Meter::new(Rate::default()).is_ok_and(|mut meter| (0..999).all(|_| meter.take_operation(1))));
    }
}
