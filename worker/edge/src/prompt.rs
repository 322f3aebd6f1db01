//! Work that is begun at once, and goes on later only where it must wait.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::{Either, poll_fn};
use futures_util::task::AtomicWaker;

/// The outcome of `work`, if it need not wait; else what is left of it.
///
/// Whatever `work` has begun to wait for wakes the task that the rest is polled in, although that
/// task was not there yet: a timer remembers only the first waker that it is polled with.
pub(crate) fn begin<T>(
    mut work: Pin<Box<impl Future<Output = T>>>,
) -> Either<T, impl Future<Output = T>> {
    let relay = Arc::new(Relay(AtomicWaker::new()));
    let waker = Waker::from(relay.clone());
    if let Poll::Ready(outcome) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
        return Either::Left(outcome);
    }
    // Nothing is lost that happens until the first poll of this: it asks `work` anyway.
    Either::Right(poll_fn(move |task| {
        relay.0.register(task.waker());
        work.as_mut().poll(task)
    }))
}

/// Wakes the task that the work goes on in, once there is one.
struct Relay(AtomicWaker);

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::pin::pin;
    use std::rc::Rc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Counter(AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn what_need_not_wait_is_done() {
        let begun = begin(Box::pin(async { 7 }));
        assert!(matches!(begun, Either::Left(7)));
    }

    #[test]
    fn who_remembers_the_first_waker_only_wakes_the_task_of_the_rest() {
        let (timer, polls) = (
            Rc::new(RefCell::new(None::<Waker>)),
            Rc::new(RefCell::new(0)),
        );
        let (held, asked) = (timer.clone(), polls.clone());
        let work = poll_fn(move |cx| {
            *asked.borrow_mut() += 1;
            held.borrow_mut().get_or_insert_with(|| cx.waker().clone());
            if *asked.borrow() < 3 {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        });
        let Either::Right(rest) = begin(Box::pin(work)) else {
            panic!("it did not wait");
        };
        let mut rest = pin!(rest);
        let counter = Arc::new(Counter(AtomicUsize::new(0)));
        let waker = Waker::from(counter.clone());
        assert!(
            rest.as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        timer.borrow().as_ref().unwrap().wake_by_ref();
        assert_eq!(counter.0.load(Ordering::Relaxed), 1);
        assert!(rest.poll(&mut Context::from_waker(&waker)).is_ready());
        assert_eq!(*polls.borrow(), 3);
    }
}
