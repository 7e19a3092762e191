//! How long a step takes.

use std::time::Instant;

/// The median time of `step` in microseconds, each run timed alone.
pub fn median<E>((warm_up, runs): (usize, usize), mut step: impl FnMut() -> Result<(), E>) -> Result<f64, E> {
    let mut times = Vec::with_capacity(runs);
    for run in 0..warm_up + runs {
        let start = Instant::now();
        step()?;
        let elapsed = start.elapsed();
        if run >= warm_up {
            times.push(elapsed);
        }
    }
    times.sort_unstable();
    Ok(times[runs / 2].as_nanos() as f64 / 1000.0)
}
