//! Instances of many homes on threads: answers by futures, ends of those that nobody waits for, and errors.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use cu_host::threads::{Bounds, Refused};
use cu_host::{Error, ErrorClass, Instance, MemoryStore, Module, Options, Pool, SharedStore, Value};
use cu_random::Random;

mod faulty;
use faulty::{Call, Faulty};

const BOUNDS: Bounds = Bounds { threads: 4, open: 100, idle: Duration::from_secs(60), waiting: 1000 };

fn instance(options: Options) -> Result<Instance, Error> {
    Instance::new(&Module::embedded()?, MemoryStore::default(), options)
}

fn pool(bounds: Bounds) -> Pool {
    Pool::new(bounds, |_| instance(Options { clock: Some(Options::system_clock()), ..Options::default() })).unwrap()
}

fn count(instance: &mut Instance) -> Result<i64, Error> {
    let response = instance.compute("n = (n or 0) + 1 return n")?;
    response.value().as_i64().ok_or_else(|| Error::Argument(response.value().to_string()))
}

/// Waits until something is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_of_many_callers_count_each_home_once() {
    let pool = pool(BOUNDS);
    let callers = (0..20).map(|_| {
        let pool = pool.clone();
        tokio::spawn(is_send(async move {
            for home in 0..10 {
                pool.run(&format!("home {home}"), count).await.unwrap();
            }
        }))
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    for home in 0..10 {
        assert_eq!(pool.run(&format!("home {home}"), count).await, Ok(21));
    }
    // A thread gives a home back after the answer.
    until("all are given back", || pool.figures().open == 10);
    assert_eq!(pool.figures().waiting, 0);
}

#[tokio::test]
async fn who_waits_no_longer_ends_its_own_script_and_no_other() {
    let pool = pool(BOUNDS);
    pool.run("a", |instance| instance.compute("_home.kept = 1")).await.unwrap();
    for round in 1..=20 {
        let endless = pool.run("a", |instance| instance.compute("_home.kept = _home.kept + 1 while true do end"));
        let after = pool.run("a", count);
        let time = Duration::from_millis(round % 5 * 3);
        assert!(tokio::time::timeout(time, endless).await.is_err());
        assert_eq!(after.await, Ok(round as i64), "the one behind it runs to its end");
    }
    // The one that was dropped before its turn never began.
    let (release, blocked) = mpsc::channel::<()>();
    let slow = pool.run("a", move |_| blocked.recv().map_err(|error| Error::Home(error.to_string())));
    drop(pool.run("a", |instance| instance.compute("n = 1000")));
    release.send(()).unwrap();
    assert_eq!(slow.await, Ok(()));
    assert_eq!(pool.run("a", count).await, Ok(21));
}

#[test]
fn a_script_that_waits_for_the_host_is_ended_too() {
    let open = |_: &str| {
        instance(Options::default().async_function("never", |_| std::future::pending::<Result<(), String>>()))
    };
    let pool = Pool::new(Bounds { threads: 1, ..BOUNDS }, open).unwrap();
    let (sender, begun) = mpsc::channel();
    let waits = pool.run("a", move |instance| {
        sender.send(()).unwrap();
        instance.compute("local _ <close> = setmetatable({}, { __close = function() closed = true end }) host.never()")
    });
    begun.recv().unwrap();
    std::thread::sleep(Duration::from_millis(20));
    drop(waits);
    let closed = pool.run("a", |instance| instance.compute("return closed")).wait().unwrap();
    assert_eq!(closed.value(), &Value::Boolean(true));
}

#[test]
fn the_flag_of_the_options_ends_scripts_as_before() {
    let stop = Arc::new(AtomicBool::new(false));
    let options = {
        let stop = Arc::clone(&stop);
        move || Options { stop: Some(Arc::clone(&stop)), ..Options::default() }
    };
    let pool = Pool::new(BOUNDS, move |_| instance(options())).unwrap();
    drop(pool.run("a", |instance| instance.compute("while true do end")));
    assert_eq!(pool.run("a", count).wait(), Ok(1));
    stop.store(true, Ordering::Relaxed);
    match pool.run("b", |instance| instance.compute("while true do end")).wait() {
        Err(Error::Lua(error)) => assert_eq!(error.class, Some(ErrorClass::Interrupted)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_panic_comes_to_who_waits_and_the_home_is_opened_anew() {
    let opened = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&opened);
    let pool = Pool::new(BOUNDS, move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        instance(Options::default())
    })
    .unwrap();
    assert_eq!(pool.run("a", count).wait(), Ok(1));
    let panics = pool.run("a", |_| -> Result<(), Error> { resume_unwind(Box::new("as wanted")) });
    let after = pool.run("a", count);
    let panic = catch_unwind(AssertUnwindSafe(|| panics.wait())).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"as wanted"));
    assert_eq!(after.wait(), Ok(1));
    assert_eq!(opened.load(Ordering::SeqCst), 2);
}

#[test]
fn a_home_that_cannot_be_opened_says_why_and_is_tried_again() {
    let tries = AtomicUsize::new(0);
    let pool = Pool::new(BOUNDS, move |home| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Err(Error::Home(format!("no disk for {home}"))),
        1 => panic!("{home}"),
        _ => instance(Options::default()),
    })
    .unwrap();
    assert_eq!(pool.run("a", count).wait(), Err(Error::Home("no disk for a".into())));
    assert!(catch_unwind(AssertUnwindSafe(|| pool.run("a", count).wait())).is_err());
    assert_eq!(pool.run("a", count).wait(), Ok(1));
}

#[test]
fn queues_are_bounded_and_the_end_runs_what_waits() {
    let pool = pool(Bounds { threads: 1, waiting: 2, ..BOUNDS });
    let (release, blocked) = mpsc::channel::<()>();
    let (sender, begun) = mpsc::channel();
    let slow = pool.run("a", move |_| {
        sender.send(()).unwrap();
        blocked.recv().map_err(|error| Error::Home(error.to_string()))
    });
    begun.recv().unwrap();
    let waits = [pool.run("a", count), pool.run("a", count)];
    let full = pool.run("a", count).wait().unwrap_err();
    assert_eq!(full, Error::Refused(Refused::Full(2)));
    assert_eq!(full.to_string(), "2 tasks wait for this home, and no more may");
    let other = pool.run("b", count);
    // The last handle goes while things wait.
    let dropped = std::thread::spawn(move || drop(pool));
    release.send(()).unwrap();
    dropped.join().unwrap();
    slow.wait().unwrap();
    assert_eq!(waits.map(|run| run.wait()), [Ok(1), Ok(2)]);
    assert_eq!(other.wait(), Ok(1));
}

#[test]
fn a_pool_that_is_closed_runs_nothing() {
    let pool = pool(BOUNDS);
    pool.close();
    assert_eq!(pool.run("a", count).wait(), Err(Error::Refused(Refused::Closing)));
}

#[test]
fn a_task_may_have_the_last_handle_and_waits_for_no_other() {
    let pool = pool(Bounds { threads: 2, ..BOUNDS });
    let own = pool.clone();
    let (release, blocked) = mpsc::channel::<()>();
    let task = pool.run("a", move |_| {
        blocked.recv().map_err(|error| Error::Home(error.to_string()))?;
        assert_eq!(own.run("b", count).wait(), Err(Error::InUse));
        drop(own);
        Ok(())
    });
    drop(pool);
    release.send(()).unwrap();
    assert_eq!(task.wait(), Ok(()));
}

#[test]
fn an_instance_that_died_is_replaced_over_the_same_store() {
    let store = SharedStore::new(MemoryStore::default());
    let fails = Arc::new(AtomicBool::new(false));
    let fail = Arc::clone(&fails);
    let pool = Pool::new(BOUNDS, move |_| {
        let fail = Arc::clone(&fail);
        // The second change: there is one to undo.
        let mut changes = 0;
        let mut store = Faulty::new(store.clone(), move |call, _| {
            changes += u32::from(call == Call::Set && fail.load(Ordering::Relaxed));
            assert!(changes < 2, "as wanted");
            None
        });
        store.has_units = true;
        Instance::new(&Module::embedded()?, store, Options::default())
    })
    .unwrap();
    pool.run("a", |instance| instance.compute("_home.n = 1 n = 5")).wait().unwrap();
    fails.store(true, Ordering::Relaxed);
    let died = pool.run("a", |instance| {
        let panic = catch_unwind(AssertUnwindSafe(|| instance.compute("_home.n, _home.m = 2, 2")));
        Ok(panic.is_err() && instance.is_dead())
    });
    assert_eq!(died.wait(), Ok(true));
    fails.store(false, Ordering::Relaxed);
    let answer = pool.run("a", |instance| instance.compute("return _home.n, n")).wait().unwrap();
    assert_eq!(answer.values, [1.into(), Value::Nil]);
}

/// Callers that come, go, and give up at random moments: every answer that came is counted, and none runs twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_up_at_random_loses_nothing_of_others() {
    let mut random = Random::from_clock();
    let pool = pool(Bounds { threads: 3, open: 3, ..BOUNDS });
    let done: Arc<Vec<AtomicUsize>> = Arc::new((0..5).map(|_| AtomicUsize::new(0)).collect());
    let mut callers = Vec::new();
    for _ in 0..400 {
        let (home, time, work) = (random.below(5), random.below(4), random.below(3));
        let (pool, done) = (pool.clone(), Arc::clone(&done));
        callers.push(tokio::spawn(async move {
            let counted = Arc::clone(&done);
            let run = pool.run(&home.to_string(), move |instance| {
                instance.compute(format!("for i = 1, {work} * 300000 do end"))?;
                counted[home].fetch_add(1, Ordering::SeqCst);
                Ok(())
            });
            match time {
                0 => run.await.is_ok(),
                time => matches!(tokio::time::timeout(Duration::from_millis(time as u64 * 5), run).await, Ok(Ok(()))),
            }
        }));
    }
    let mut answered = 0;
    for caller in callers {
        answered += usize::from(caller.await.unwrap());
    }
    until("all is over", || pool.figures().waiting == 0);
    pool.close();
    let ran: usize = done.iter().map(|count| count.load(Ordering::SeqCst)).sum();
    assert!(answered > 50 && answered <= ran && ran <= 400, "{answered} answered, {ran} ran");
}
