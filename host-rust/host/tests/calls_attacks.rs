//! Computes that cannot go on, or be ended, when they should, and functions that use their own instance.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use cu_host::{
    Args, ComputeOptions, Error, Instance, MODULE, MemoryStore, Module, Options, SharedInstance, SharedStore, Step,
    Value, Values,
};

/// A script that was begun.
type Running = Pin<Box<dyn Future<Output = Result<cu_host::Response, Error>> + Send>>;

fn text(values: &[Value]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What `act` answers; panics if that takes too long.
fn in_time<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(act()));
    receiver.recv_timeout(Duration::from_secs(10)).expect("it hangs")
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn later() -> Instance {
    let options = Options { pending: Some(1), ..Options::default() }.later_function("ask");
    Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), options).unwrap()
}

fn waits(step: Result<Step, Error>) -> cu_host::Pending {
    match step.unwrap() {
        Step::Waits(pending) => pending,
        Step::Done(response) => panic!("{response:?}"),
    }
}

// What was wrong once: the future of the function, in which a script of the same instance waited, was dropped under its lock.
#[test]
fn a_function_that_runs_a_script_in_its_own_instance_is_cancelled_with_its_caller() {
    in_time(|| {
        let own: Arc<OnceLock<SharedInstance>> = Arc::default();
        let inside = own.clone();
        let options = Options::default()
            .async_function("inner", move |_| {
                let shared = inside.get().unwrap().clone();
                async move { shared.run("inner = true local x <close> = setmetatable({}, { __close = function() closed = true end }) host.never()").await.map(|_| ()) }
            })
            .async_function("never", |_| std::future::pending::<Result<(), String>>());
        let instance = Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), options).unwrap();
        let shared = SharedInstance::new(instance);
        own.set(shared.clone()).ok().unwrap();
        {
            let mut outer = pin!(shared.run("host.inner()"));
            assert!(poll_once(outer.as_mut()).is_pending());
            assert_eq!(text(&shared.lock().compute("return inner, closed").unwrap().values), "true nil");
        }
        assert_eq!(text(&shared.lock().compute("return closed").unwrap().values), "true");
    });
}

// What was wrong once: such an answer was an error of the host, and the compute waited for ever.
#[test]
fn an_answer_for_which_there_is_no_room_is_an_error_in_the_script() {
    let mut instance = later();
    let pending = waits(instance.start("return pcall(host.ask)"));
    let answer = Ok(Values::from("x".repeat(3_000_000)));
    let Step::Done(response) = instance.resume(pending, answer).unwrap() else { panic!() };
    assert_eq!(text(&response.values), "false host.ask: no memory for its answer of 3000006 bytes");
    waits(instance.start("host.ask()"));
}

// What was wrong once: the time of the compute that did not go on was that of the next one.
#[test]
fn the_time_of_a_compute_that_cannot_go_on_is_not_that_of_the_next() {
    in_time(|| {
        let mut instance = later();
        let pending = waits(instance.start("return pcall(host.ask)"));
        let _ = instance.resume(pending, Ok(Values::from("x".repeat(3_000_000))));
        let own = ComputeOptions { time_limit: Some(Duration::from_millis(50)), ..ComputeOptions::default() };
        assert!(instance.compute_with("while true do end", &own).is_err());
    });
}

#[test]
fn what_cannot_go_on_because_the_store_is_busy_is_cancelled() {
    let store = SharedStore::new(MemoryStore::default());
    let module = Module::new(MODULE).unwrap();
    let options = || Options { pending: Some(1), ..Options::default() }.later_function("ask");
    let mut instance = Instance::new(&module, store.clone(), options()).unwrap();
    let mut other = Instance::new(&module, store.clone(), Options::default()).unwrap();
    let pending = waits(
        instance.start("local x <close> = setmetatable({}, { __close = function() closed = true end }) host.ask()"),
    );
    other.begin().unwrap();
    let error = instance.resume(pending, Ok(().into())).unwrap_err();
    assert!(matches!(error, Error::Store(_)), "{error}");
    other.commit().unwrap();
    assert_eq!(text(&instance.compute("return closed").unwrap().values), "true");
    waits(instance.start("host.ask()"));
}

// What was wrong once: the thread waited for itself.
#[test]
fn a_function_cannot_run_a_script_in_its_own_instance_on_the_same_thread() {
    in_time(|| {
        let own: Arc<OnceLock<SharedInstance>> = Arc::default();
        let inside = own.clone();
        let waiting: Arc<Mutex<Option<Running>>> = Arc::default();
        let dropped = waiting.clone();
        let options = Options::default()
            .function("own", move |_: Args| {
                let shared = inside.get().unwrap().clone();
                match poll_once(pin!(shared.run("return 1"))) {
                    Poll::Ready(Ok(_)) => Ok("it ran".to_owned()),
                    Poll::Ready(Err(error)) => Err(error.to_string()),
                    Poll::Pending => Err("it waits".to_owned()),
                }
            })
            .function("drop", move |_: Args| {
                dropped.lock().unwrap().take();
                Ok::<(), String>(())
            })
            .async_function("never", |_| std::future::pending::<Result<(), String>>());
        let instance = Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), options).unwrap();
        let shared = SharedInstance::new(instance);
        own.set(shared.clone()).ok().unwrap();
        let values = shared.lock().compute("return pcall(host.own)").unwrap().values;
        let message = "a call of this instance is running on this thread, or it holds the instance";
        assert_eq!(text(&values), format!("false host.own: {message}"));
        let guard = shared.lock();
        assert!(matches!(poll_once(pin!(shared.run("return 1"))), Poll::Ready(Err(Error::InUse))));
        drop(guard);
        // A future that is dropped within a call of the instance is cancelled after it.
        let future = {
            let shared = shared.clone();
            async move {
                shared
                    .run("local x <close> = setmetatable({}, { __close = function() closed = true end }) host.never()")
                    .await
            }
        };
        let mut future: Running = Box::pin(future);
        assert!(poll_once(future.as_mut()).is_pending());
        *waiting.lock().unwrap() = Some(future);
        assert_eq!(text(&shared.lock().compute("host.drop() return closed").unwrap().values), "nil");
        assert_eq!(text(&shared.lock().compute("return closed").unwrap().values), "true");
    });
}

// What was wrong once: the compute waited for ever where a function panicked before it had a future.
#[test]
fn a_function_that_panics_before_it_has_a_future_ends_its_caller() {
    let options = Options { pending: Some(1), ..Options::default() }.async_function("boom", |args: Args| {
        assert!(args.at(0).is_nil(), "boom");
        std::future::ready(Ok::<(), String>(()))
    });
    let mut instance = Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), options).unwrap();
    let code = "local x <close> = setmetatable({}, { __close = function() closed = true end }) host.boom(1)";
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| instance.compute(code))).is_err());
    assert_eq!(text(&instance.compute("host.boom() return closed").unwrap().values), "true");
}

// What was wrong once: the compute waited for ever where the module could not come to the place at which it goes on.
#[test]
fn what_cannot_go_on_because_of_the_store_is_cancelled_when_that_is_mended() {
    const NOTES: u32 = 0x8000_0000;
    let mut instance = later();
    let code = "_home.a = 1 local x <close> = setmetatable({}, { __close = function() closed = true end }) host.ask()";
    let pending = waits(instance.start(code));
    let key = Value::from("collections").encode_key().unwrap();
    let before = instance.store().get(NOTES, &key).unwrap().map(|value| value.to_vec());
    instance.store().set(NOTES, &key, b"\xff").unwrap();
    let error = instance.resume(pending, Ok(().into())).unwrap_err();
    assert!(error.to_string().contains("is damaged"), "{error}");
    match before {
        Some(value) => instance.store().set(NOTES, &key, &value).unwrap(),
        None => instance.store().delete(NOTES, &key).unwrap(),
    }
    assert_eq!(text(&instance.compute("return closed").unwrap().values), "true");
    waits(instance.start("host.ask()"));
}
