//! Many packages at a time, one after another in the output.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::mpsc;

use rayon::ThreadPool;

/// Finished results that may wait for an earlier one, for each thread.
const WINDOW: usize = 2;

/// Does `work` on every item in a pool and hands the results to `take` in the order of the items.
///
/// At most one item a thread is at work, and at most [`WINDOW`] results a thread are kept, so memory does not grow with
/// the number of items: when the result of an early item is late, no further item is begun. `take` runs on the calling
/// thread and may end everything; items at work are then finished and dropped.
pub(super) fn in_order<I, T, W, F>(pool: &ThreadPool, items: &[I], work: W, mut take: F)
where
    I: Sync,
    T: Send,
    W: Fn(&I) -> T + Sync,
    F: FnMut(T) -> ControlFlow<()>,
{
    let jobs = pool.current_num_threads();
    let (sender, receiver) = mpsc::channel();
    let work = &work;
    pool.in_place_scope(|scope| {
        let mut waiting = BTreeMap::new();
        let (mut begun, mut finished, mut taken) = (0, 0, 0);
        while taken < items.len() {
            while begun < items.len() && begun - finished < jobs && begun - taken < WINDOW * jobs {
                let (index, item, sender) = (begun, &items[begun], sender.clone());
                // A failure to send means that `take` has ended everything and nobody waits for the result.
                scope.spawn(move |_| drop(sender.send((index, work(item)))));
                begun += 1;
            }
            let (index, result) = receiver.recv().expect("the loop holds a sender itself");
            waiting.insert(index, result);
            finished += 1;
            while let Some(result) = waiting.remove(&taken) {
                if take(result).is_break() {
                    return;
                }
                taken += 1;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn pool(jobs: usize) -> ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(jobs).build().expect("threads")
    }

    #[test]
    fn results_keep_the_order_and_few_of_them_wait() {
        let items: Vec<usize> = (0..60).collect();
        for jobs in [1, 2, 3] {
            let (begun, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let mut seen = Vec::new();
            let work = |&item: &usize| {
                let ahead = begun.fetch_add(1, Ordering::SeqCst) - taken.load(Ordering::SeqCst);
                assert!(ahead <= WINDOW * jobs, "{ahead} results ahead of the output with {jobs} threads");
                // Every seventh item is late.
                std::thread::sleep(Duration::from_millis(if item % 7 == 0 { 5 } else { 0 }));
                item
            };
            in_order(&pool(jobs), &items, work, |item| {
                seen.push(item);
                taken.fetch_add(1, Ordering::SeqCst);
                ControlFlow::Continue(())
            });
            assert_eq!(seen, items);
        }
    }

    #[test]
    fn the_receiver_may_end_everything() {
        let items: Vec<usize> = (0..1000).collect();
        let worked = AtomicUsize::new(0);
        let mut seen = 0;
        in_order(
            &pool(2),
            &items,
            |_| worked.fetch_add(1, Ordering::SeqCst),
            |_| {
                seen += 1;
                if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(seen, 3);
        assert!(worked.into_inner() <= 3 + WINDOW * 2);
    }
}
