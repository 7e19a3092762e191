//! Threads for many homes: each home's tasks run one after another, in the order in which they came, and what is kept
//! open for it moves from thread to thread with them.
//!
//! Invariants: whoever set `is_busy` of a place has its content, and nobody else opens, uses or closes it. So a home is
//! open once, also while it is being closed. A tenant of whom nothing runs does not wait for those of others: a free thread
//! goes to who has the fewest, and if none is free one more is started.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::fmt::{self, Display, Formatter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Works with what is open under a name, opens it if nothing is, or closes it.
pub type Task<W> = Box<dyn FnOnce(&mut Option<W>) + Send>;

/// Who wants a task done.
pub type TenantId = u64;

/// Tasks of one home and one tenant that run before another home has its turn.
const IN_A_ROW: usize = 16;

/// How often to look for what has been idle for too long.
const SWEEP: Duration = Duration::from_millis(500);

/// When too many are open, this part of them is closed at once, so that not every opening looks through all.
const PART_CLOSED: usize = 16;

/// How much is open, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Threads that run tasks; one more for each tenant who would have none.
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
    /// Whose tasks this thread runs, 0 for nobody's.
    static THREAD_OF: Cell<usize> = const { Cell::new(0) };
}

/// Whether this thread runs tasks.
pub(crate) fn is_one() -> bool {
    THREAD_OF.get() != 0
}

/// Threads, and what is open. [`Pool`](crate::Pool) has instances there.
pub struct Threads<W: Send + 'static> {
    shared: Arc<Shared<W>>,
}

struct Shared<W> {
    state: Mutex<State<W>>,
    /// There is something to do.
    work: Condvar,
    /// A thread has ended.
    ended: Condvar,
    bounds: Bounds,
}

struct State<W> {
    places: HashMap<Arc<str>, Place<W>>,
    /// Places with tasks that nobody has yet, by the tenant of the first one.
    ready: HashMap<TenantId, VecDeque<Arc<str>>>,
    /// Threads that run tasks of a tenant.
    running: HashMap<TenantId, usize>,
    threads: usize,
    /// Threads that have nothing to do, or are about to begin.
    free: usize,
    figures: Figures,
    swept: Instant,
    is_closing: bool,
}

struct Place<W> {
    waiting: VecDeque<(TenantId, Task<W>)>,
    content: Option<W>,
    /// A thread has it, or it is in the queue.
    is_busy: bool,
    used: Instant,
}

/// What a thread works on.
struct Taken<W> {
    name: Arc<str>,
    content: Option<W>,
    tenant: TenantId,
    tasks: Vec<Task<W>>,
}

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
            ready: HashMap::new(),
            running: HashMap::new(),
            threads: 0,
            free: 0,
            figures: Figures::default(),
            swept: Instant::now(),
            is_closing: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), work: Condvar::new(), ended: Condvar::new(), bounds });
        for _ in 0..bounds.threads.max(1) {
            shared.start(&mut shared.state())?;
        }
        Ok(Threads { shared })
    }

    /// Runs a task when its turn comes.
    pub fn submit(&self, name: &str, tenant: TenantId, task: Task<W>) -> Result<(), Refused> {
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
        place.waiting.push_back((tenant, task));
        let was_busy = std::mem::replace(&mut place.is_busy, true);
        state.figures.waiting += 1;
        if !was_busy {
            state.ready.entry(tenant).or_default().push_back(name);
            self.shared.help(&mut state);
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
        let mut state = self.shared.state();
        state.is_closing = true;
        self.shared.work.notify_all();
        // The last who had it may be a task, whose thread ends after it.
        let own = usize::from(THREAD_OF.get() == self.shared.address());
        while state.threads > own {
            state = self.shared.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<W: Send + 'static> Drop for Threads<W> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<W: Send + 'static> Shared<W> {
    /// No task runs under the lock, so nothing is half done after a panic.
    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a thread.
    fn start(self: &Arc<Self>, state: &mut State<W>) -> std::io::Result<()> {
        let shared = Arc::clone(self);
        thread::Builder::new().name("cu-home".to_owned()).spawn(move || shared.work())?;
        state.threads += 1;
        state.free += 1;
        Ok(())
    }

    /// Starts threads for tenants who have none, if not enough are free.
    fn help(self: &Arc<Self>, state: &mut State<W>) {
        let have_none = state.ready.keys().filter(|tenant| !state.running.contains_key(tenant)).count();
        for _ in state.free..have_none {
            // Where there is no room for one more they wait for those that there are.
            if self.start(state).is_err() {
                return;
            }
        }
    }

    /// Tells these threads from those of others.
    fn address(self: &Arc<Self>) -> usize {
        Arc::as_ptr(self).addr()
    }

    fn work(self: &Arc<Self>) {
        THREAD_OF.set(self.address());
        let mut state = self.state();
        loop {
            for (name, content) in state.too_many(&self.bounds) {
                drop(state);
                let _ = catch_unwind(AssertUnwindSafe(|| drop(content)));
                state = self.state();
                self.give_back(&mut state, name, None);
            }
            if let Some(Taken { name, content, tenant, tasks }) = state.next() {
                state.free -= 1;
                self.help(&mut state);
                drop(state);
                let content = run(content, tasks);
                state = self.state();
                state.free += 1;
                state.has_run(tenant);
                self.give_back(&mut state, name, content);
            } else if state.is_closing {
                let Some((name, content)) = state.left_open() else { break };
                drop(state);
                let _ = catch_unwind(AssertUnwindSafe(|| drop(content)));
                state = self.state();
                self.give_back(&mut state, name, None);
            } else if state.threads > self.bounds.threads.max(1) {
                break;
            } else {
                state = self.work.wait_timeout(state, SWEEP).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        state.threads -= 1;
        state.free -= 1;
        self.ended.notify_all();
    }

    /// Ends what made a place busy.
    fn give_back(&self, state: &mut State<W>, name: Arc<str>, content: Option<W>) {
        let Some(place) = state.places.get_mut(&name) else { return };
        place.used = Instant::now();
        state.figures.open += usize::from(content.is_some());
        place.content = content;
        if let Some((tenant, _)) = place.waiting.front() {
            state.ready.entry(*tenant).or_default().push_back(name);
            self.work.notify_one();
        } else if place.content.is_some() {
            place.is_busy = false;
        } else {
            state.places.remove(&name);
        }
    }
}

impl<W> State<W> {
    /// Takes tasks of the tenant who has the fewest threads.
    fn next(&mut self) -> Option<Taken<W>> {
        let threads = |tenant: &TenantId| self.running.get(tenant).copied().unwrap_or(0);
        let tenant = self.ready.keys().copied().min_by_key(threads)?;
        let queue = self.ready.get_mut(&tenant)?;
        let name = queue.pop_front();
        if queue.is_empty() {
            self.ready.remove(&tenant);
        }
        let name = name?;
        let place = self.places.get_mut(&name)?;
        let own = place.waiting.iter().take(IN_A_ROW).take_while(|(of, _)| *of == tenant).count();
        let tasks: Vec<_> = place.waiting.drain(..own).map(|(_, task)| task).collect();
        let content = place.content.take();
        self.figures.waiting -= tasks.len();
        self.figures.open -= usize::from(content.is_some());
        *self.running.entry(tenant).or_default() += 1;
        Some(Taken { name, content, tenant, tasks })
    }

    fn has_run(&mut self, tenant: TenantId) {
        if let Some(count) = self.running.get_mut(&tenant) {
            *count -= 1;
            if *count == 0 {
                self.running.remove(&tenant);
            }
        }
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
