//! Clocks of the benches: the shortest of several rounds counts, so that the machine's mood does not.

use std::time::{Duration, Instant};

/// The shortest of several rounds: at least so many, and as many as so much time allows.
pub(crate) fn best(rounds: u32, time: Duration, mut work: impl FnMut()) -> Duration {
    let started = Instant::now();
    let mut shortest = Duration::MAX;
    let mut done = 0;
    while done < rounds || started.elapsed() < time {
        let round = Instant::now();
        work();
        shortest = shortest.min(round.elapsed());
        done += 1;
    }
    shortest
}

/// For tables.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
