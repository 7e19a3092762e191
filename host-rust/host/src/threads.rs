//! Threads for many homes: each home's tasks run one after another, in the order in which they came, and what is kept
//! open for it moves from thread to thread with them.
//!
//! Invariant: whoever set `is_busy` of a place has its content, and nobody else opens, uses or closes it. So a home is
//! open once, also while it is being closed.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::fmt::{self, Display, Formatter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Works with what is open under a name, opens it if nothing is, or closes it.
pub type Task<W> = Box<dyn FnOnce(&mut Option<W>) + Send>;

/// Tasks of one home that run before another home has its turn.
const IN_A_ROW: usize = 16;

/// How often to look for what has been idle for too long.
const SWEEP: Duration = Duration::from_millis(500);

/// When too many are open, this part of them is closed at once, so that not every opening looks through all.
const PART_CLOSED: usize = 16;

/// How much is open, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Threads that run tasks.
    pub threads: usize,
    /// How many stay open. While all are in use, there may be one more for each thread.
    pub open: usize,
    /// How long one stays open without being used.
    pub idle: Duration,
    /// Tasks that may wait for one home.
    pub waiting: usize,
}

impl Default for Bounds {
    /// As many threads as can run at the same time, 1,000 homes for five minutes, and 1,000 tasks for each.
    fn default() -> Bounds {
        let threads = thread::available_parallelism().map_or(1, |threads| threads.get());
        Bounds { threads, open: 1_000, idle: Duration::from_secs(300), waiting: 1_000 }
    }
}

/// Why a task does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// As many wait for this home as may.
    Full(usize),
    /// Everything is being closed.
    Closing,
}

impl Display for Refused {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Full(waiting) => write!(out, "{waiting} tasks wait for this home, and no more may"),
            Refused::Closing => out.write_str("the pool is being closed"),
        }
    }
}

/// Figures of a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Homes that are open.
    pub open: usize,
    /// Tasks that wait.
    pub waiting: usize,
    /// Homes that were closed because they were idle or too many.
    pub evicted: u64,
}

thread_local! {
    static IS_ONE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread runs tasks.
pub(crate) fn is_one() -> bool {
    IS_ONE.get()
}

/// Threads, and what is open. [`Pool`](crate::Pool) has instances there.
pub struct Threads<W: Send + 'static> {
    shared: Arc<Shared<W>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared<W> {
    state: Mutex<State<W>>,
    /// There is something to do.
    work: Condvar,
    bounds: Bounds,
}

struct State<W> {
    places: HashMap<Arc<str>, Place<W>>,
    /// Places with tasks that nobody has yet.
    ready: VecDeque<Arc<str>>,
    figures: Figures,
    swept: Instant,
    is_closing: bool,
}

struct Place<W> {
    waiting: VecDeque<Task<W>>,
    content: Option<W>,
    /// A thread has it, or it is in the queue.
    is_busy: bool,
    used: Instant,
}

/// A place's name, what is open there, and tasks.
type Taken<W> = (Arc<str>, Option<W>, Vec<Task<W>>);

impl<W> Place<W> {
    fn new() -> Place<W> {
        Place { waiting: VecDeque::new(), content: None, is_busy: false, used: Instant::now() }
    }
}

impl<W: Send + 'static> Threads<W> {
    /// Starts the threads.
    pub fn new(bounds: Bounds) -> std::io::Result<Threads<W>> {
        let state = State {
            places: HashMap::new(),
            ready: VecDeque::new(),
            figures: Figures::default(),
            swept: Instant::now(),
            is_closing: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), work: Condvar::new(), bounds });
        let start = |number| {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name(format!("cu-home-{number}")).spawn(move || shared.work())
        };
        let threads = (0..bounds.threads.max(1)).map(start).collect::<Result<_, _>>()?;
        Ok(Threads { shared, threads: Mutex::new(threads) })
    }

    /// Runs a task when its turn comes.
    pub fn submit(&self, name: &str, task: Task<W>) -> Result<(), Refused> {
        let mut state = self.shared.state();
        if state.is_closing {
            return Err(Refused::Closing);
        }
        let name = match state.places.get_key_value(name) {
            Some((name, _)) => Arc::clone(name),
            None => Arc::from(name),
        };
        let place = state.places.entry(Arc::clone(&name)).or_insert_with(Place::new);
        if place.waiting.len() >= self.shared.bounds.waiting {
            return Err(Refused::Full(self.shared.bounds.waiting));
        }
        place.waiting.push_back(task);
        let was_busy = std::mem::replace(&mut place.is_busy, true);
        state.figures.waiting += 1;
        if !was_busy {
            state.ready.push_back(name);
            drop(state);
            self.shared.work.notify_one();
        }
        Ok(())
    }

    /// Whether something is open under a name.
    pub fn is_open(&self, name: &str) -> bool {
        self.shared.state().places.get(name).is_some_and(|place| place.content.is_some() || place.is_busy)
    }

    /// Names of what is open, the last used first.
    pub fn open(&self, most: usize) -> Vec<(Arc<str>, Duration)> {
        let state = self.shared.state();
        let open = state.places.iter().filter(|(_, place)| place.content.is_some() || place.is_busy);
        let mut open: Vec<_> = open.map(|(name, place)| (Arc::clone(name), place.used.elapsed())).collect();
        drop(state);
        open.sort_by_key(|(_, idle)| *idle);
        open.truncate(most);
        open
    }

    /// Figures of this moment.
    pub fn figures(&self) -> Figures {
        self.shared.state().figures
    }

    /// Takes no more tasks, runs those that wait, closes everything and ends the threads.
    pub fn close(&self) {
        self.shared.state().is_closing = true;
        self.shared.work.notify_all();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // The last who had it may be a task, which ends with its thread.
            if thread.thread().id() == thread::current().id() {
                continue;
            }
            // Its panics were caught; there is nothing to tell.
            let _ = thread.join();
        }
    }
}

impl<W: Send + 'static> Drop for Threads<W> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<W> Shared<W> {
    /// No task runs under the lock, so nothing is half done after a panic.
    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        IS_ONE.set(true);
        let mut state = self.state();
        loop {
            for (name, content) in state.too_many(&self.bounds) {
                drop(state);
                let _ = catch_unwind(AssertUnwindSafe(|| drop(content)));
                state = self.state();
                self.give_back(&mut state, name, None);
            }
            if let Some((name, content, tasks)) = state.next() {
                drop(state);
                let content = run(content, tasks);
                state = self.state();
                self.give_back(&mut state, name, content);
            } else if state.is_closing {
                let Some((name, content)) = state.left_open() else { return };
                drop(state);
                let _ = catch_unwind(AssertUnwindSafe(|| drop(content)));
                state = self.state();
                self.give_back(&mut state, name, None);
            } else {
                state = self.work.wait_timeout(state, SWEEP).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    /// Ends what made a place busy.
    fn give_back(&self, state: &mut State<W>, name: Arc<str>, content: Option<W>) {
        let Some(place) = state.places.get_mut(&name) else { return };
        place.used = Instant::now();
        state.figures.open += usize::from(content.is_some());
        place.content = content;
        if !place.waiting.is_empty() {
            state.ready.push_back(name);
            self.work.notify_one();
        } else if place.content.is_some() {
            place.is_busy = false;
        } else {
            state.places.remove(&name);
        }
    }
}

impl<W> State<W> {
    fn next(&mut self) -> Option<Taken<W>> {
        let name = self.ready.pop_front()?;
        let place = self.places.get_mut(&name)?;
        let tasks: Vec<_> = place.waiting.drain(..place.waiting.len().min(IN_A_ROW)).collect();
        let content = place.content.take();
        self.figures.waiting -= tasks.len();
        self.figures.open -= usize::from(content.is_some());
        Some((name, content, tasks))
    }

    /// Takes something that is open and that nobody has, at the end: all threads close, for closing a file takes time.
    fn left_open(&mut self) -> Option<(Arc<str>, W)> {
        let (name, place) = self.places.iter_mut().find(|(_, place)| !place.is_busy && place.content.is_some())?;
        place.is_busy = true;
        self.figures.open -= 1;
        Some((Arc::clone(name), place.content.take()?))
    }

    /// Takes what is to be closed out of places that nobody has. They are busy until it is closed.
    fn too_many(&mut self, bounds: &Bounds) -> Vec<(Arc<str>, W)> {
        let is_full = self.figures.open > bounds.open;
        if !is_full && self.swept.elapsed() < SWEEP {
            return Vec::new();
        }
        self.swept = Instant::now();
        let idle = self.places.iter().filter(|(_, place)| !place.is_busy);
        let mut idle: Vec<_> = idle.map(|(name, place)| (place.used.elapsed(), Arc::clone(name))).collect();
        idle.sort_unstable_by(|one, other| other.cmp(one));
        let surplus = if is_full { self.figures.open - bounds.open + bounds.open / PART_CLOSED } else { 0 };
        let mut closed = Vec::new();
        for (number, (age, name)) in idle.into_iter().enumerate() {
            if number >= surplus && age < bounds.idle {
                break;
            }
            let Some(place) = self.places.get_mut(&name) else { continue };
            let Some(content) = place.content.take() else { continue };
            place.is_busy = true;
            self.figures.open -= 1;
            self.figures.evicted += 1;
            closed.push((name, content));
        }
        closed
    }
}

/// A task that panics closes what was open: nobody knows its state. Who waits for the task sees its end.
fn run<W>(mut content: Option<W>, tasks: Vec<Task<W>>) -> Option<W> {
    for task in tasks {
        if catch_unwind(AssertUnwindSafe(|| task(&mut content))).is_err() {
            let _ = catch_unwind(AssertUnwindSafe(|| drop(content.take())));
        }
    }
    content
}

#[cfg(test)]
mod tests;
