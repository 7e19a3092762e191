//! Tasks of many homes on a few threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use cu_random::Random;

use super::*;

const BOUNDS: Bounds = Bounds { threads: 4, open: 8, idle: Duration::from_secs(60), waiting: 10_000 };

/// What is open: counts how many are, for each name.
struct Open {
    counts: Arc<Vec<AtomicUsize>>,
    name: usize,
}

impl Open {
    fn new(counts: &Arc<Vec<AtomicUsize>>, name: usize) -> Open {
        assert_eq!(counts[name].fetch_add(1, Ordering::SeqCst), 0, "{name} is open twice");
        Open { counts: Arc::clone(counts), name }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        thread::sleep(Duration::from_micros(50));
        self.counts[self.name].fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn tasks_of_a_name_run_in_order_and_nothing_is_open_twice() {
    const NAMES: usize = 40;
    let mut random = Random::from_environment(1);
    let counts: Arc<Vec<_>> = Arc::new((0..NAMES).map(|_| AtomicUsize::new(0)).collect());
    let done: Arc<Mutex<Vec<Vec<usize>>>> = Arc::new(Mutex::new(vec![Vec::new(); NAMES]));
    let pool = Threads::new(BOUNDS).unwrap();
    let mut sent = vec![0; NAMES];
    for _ in 0..5_000 {
        let name = random.below(NAMES);
        let number = sent[name];
        sent[name] += 1;
        let (counts, done, fate) = (Arc::clone(&counts), Arc::clone(&done), random.below(50));
        let task: Task<Open> = Box::new(move |content| {
            let open = content.get_or_insert_with(|| Open::new(&counts, name));
            assert_eq!(open.name, name);
            done.lock().unwrap()[name].push(number);
            match fate {
                0 => *content = None,
                1 => std::panic::resume_unwind(Box::new("a task that fails")),
                _ => {}
            }
        });
        pool.submit(&name.to_string(), name as u64 % 3, task).unwrap();
    }
    pool.close();
    for (name, numbers) in done.lock().unwrap().iter().enumerate() {
        assert_eq!(*numbers, (0..sent[name]).collect::<Vec<_>>(), "{name}");
    }
    assert!(counts.iter().all(|count| count.load(Ordering::SeqCst) == 0), "everything is closed");
    assert!(pool.figures().evicted > 0);
    assert_eq!(pool.submit("late", 0, Box::new(|_| {})), Err(Refused::Closing));
}

#[test]
fn what_is_idle_or_too_much_is_closed_and_the_last_used_stays() {
    let counts: Arc<Vec<_>> = Arc::new((0..20).map(|_| AtomicUsize::new(0)).collect());
    let pool = Threads::new(Bounds { threads: 1, open: 10, idle: Duration::from_millis(300), ..BOUNDS }).unwrap();
    let use_it = |name: usize| {
        let (counts, (sender, receiver)) = (Arc::clone(&counts), mpsc::channel());
        let task: Task<Open> = Box::new(move |content| {
            content.get_or_insert_with(|| Open::new(&counts, name));
            sender.send(()).unwrap();
        });
        pool.submit(&name.to_string(), name as u64 % 3, task).unwrap();
        receiver.recv().unwrap();
    };
    (0..20).for_each(use_it);
    // Until the thread has given the last one back.
    while pool.figures().open != 10 {
        thread::yield_now();
    }
    assert!(pool.is_open("19") && pool.is_open("11") && !pool.is_open("3"));
    let began = Instant::now();
    while pool.figures().open > 0 {
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", pool.figures());
        thread::sleep(Duration::from_millis(10));
    }
    assert!(began.elapsed() >= Duration::from_millis(200));
    use_it(3);
}

#[test]
fn a_name_that_is_slow_stops_no_other_and_its_queue_is_bounded() {
    let pool: Threads<()> = Threads::new(Bounds { threads: 2, waiting: 3, ..BOUNDS }).unwrap();
    let (release, blocked) = mpsc::channel::<()>();
    let (started, begun) = mpsc::channel();
    let slow: Task<()> = Box::new(move |_| {
        started.send(()).unwrap();
        blocked.recv().unwrap();
    });
    pool.submit("slow", 0, slow).unwrap();
    begun.recv().unwrap();
    for _ in 0..3 {
        pool.submit("slow", 0, Box::new(|_| {})).unwrap();
    }
    assert_eq!(pool.submit("slow", 0, Box::new(|_| {})), Err(Refused::Full(3)));
    let (sender, receiver) = mpsc::channel();
    pool.submit("quick", 0, Box::new(move |_| sender.send(()).unwrap())).unwrap();
    receiver.recv_timeout(Duration::from_secs(10)).unwrap();
    release.send(()).unwrap();
}

#[test]
fn a_tenant_whose_tasks_take_long_keeps_no_other_tenant_waiting() {
    let pool: Threads<()> = Threads::new(Bounds { threads: 2, ..BOUNDS }).unwrap();
    let (sender, receiver) = mpsc::channel();
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let wait = |gate: &(Mutex<bool>, Condvar)| drop(gate.1.wait_while(gate.0.lock().unwrap(), |open| !*open).unwrap());
    for number in 0..10 {
        let gate = Arc::clone(&gate);
        pool.submit(&format!("slow{number}"), 1, Box::new(move |_| wait(&gate))).unwrap();
    }
    // Two others, each in several homes, and one of them is slow, too.
    for number in 0..4 {
        let (sender, gate) = (sender.clone(), Arc::clone(&gate));
        pool.submit(&format!("quick{number}"), 2, Box::new(move |_| sender.send(2).unwrap())).unwrap();
        pool.submit(&format!("third{number}"), 3, Box::new(move |_| wait(&gate))).unwrap();
    }
    (0..4).for_each(|_| assert_eq!(receiver.recv_timeout(Duration::from_secs(10)), Ok(2)));
    let late = sender.clone();
    pool.submit("fourth", 4, Box::new(move |_| late.send(4).unwrap())).unwrap();
    assert_eq!(receiver.recv_timeout(Duration::from_secs(10)), Ok(4));
    assert!(pool.shared.state().threads <= 2 + 4, "{}", pool.shared.state().threads);
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    let began = Instant::now();
    loop {
        let state = pool.shared.state();
        if state.threads == 2 && state.running.is_empty() && state.ready.is_empty() {
            break;
        }
        drop(state);
        assert!(began.elapsed() < Duration::from_secs(10), "threads that nobody needs do not end");
        thread::sleep(Duration::from_millis(10));
    }
    pool.close();
}
