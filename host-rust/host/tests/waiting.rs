//! Scripts that wait for functions of the host: step by step, blocking, and as futures.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cu_host::{
    Args, Call, ComputeOptions, Engine, Error, ErrorClass, EventKind, Instance, LuaError, MODULE, MemoryStore, Module,
    Options, Raised, Rate, Response, SharedInstance, SharedStore, Step, Value, Values,
};
use cu_random::Random;

/// A future that is pending once for each number.
struct Turns(u32);

impl Future for Turns {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn options() -> Options {
    Options::default()
        .function("now", |args: Args| Ok::<Values, Raised>(args.into_values().into()))
        .async_function("echo", |args: Args| async move {
            Turns(3).await;
            Ok::<Values, Raised>(args.into_values().into())
        })
        .async_function("fail", |args: Args| async move {
            Turns(1).await;
            let value = args.at(0).clone();
            Err::<(), Raised>(if value.is_nil() { Raised::from("no value") } else { Raised::from(value) })
        })
        .async_function("never", |_| std::future::pending::<Result<(), Raised>>())
        .later_function("ask")
}

fn instance_on(engine: Engine, options: Options) -> Instance {
    Instance::new(&Module::with_engine(engine, MODULE).unwrap(), MemoryStore::default(), options).unwrap()
}

fn instance() -> Instance {
    Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), options()).unwrap()
}

fn lua_error(error: Error) -> LuaError {
    match error {
        Error::Lua(error) => *error,
        other => panic!("{other}"),
    }
}

fn text(response: &Response) -> String {
    response.values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_host_that_blocks_needs_nothing_else_on_every_engine() {
    for engine in Engine::ALL {
        let mut instance = instance_on(*engine, options());
        let code = "print('a') local x, y = host.echo(1, {2}) print('b') return x, y[1], host.now(3), pcall(host.fail)";
        let response = instance.compute(code).unwrap();
        assert_eq!(text(&response), "1 2 3 false host.fail: no value", "{}", engine.name());
        assert_eq!(response.output, b"a\nb\n");
        let error = lua_error(instance.compute("local function f() host.fail('x') end f()").unwrap_err());
        assert_eq!(error.message, "compute:1: x");
        assert!(error.traceback.unwrap().ends_with("in main chunk"));
        let raised = lua_error(instance.compute("host.fail({ code = 5 })").unwrap_err());
        assert_eq!(raised.value.unwrap().get("code"), Some(&Value::Integer(5)));
        assert_eq!(text(&instance.compute("return #host.echo(('x'):rep(100000))").unwrap()), "100000");
        let error = lua_error(instance.compute("host.ask()").unwrap_err());
        assert!(error.message.starts_with("compute:1: host.ask: nobody answers it here"), "{error}");
        let error = lua_error(instance.compute("table.sort({ 2, 1 }, host.echo)").unwrap_err());
        assert_eq!(error.message, "host.echo cannot be waited for: attempt to yield across a C-call boundary");
        instance.compute("_home.f = function(x) return host.echo(x) end").unwrap();
        assert_eq!(text(&instance.call(&Call::new("_home.f").value(7)).unwrap()), "7");
    }
}

#[test]
fn many_wait_step_by_step_and_are_answered_in_any_order() {
    let mut instance = instance();
    let code = |n: usize| format!("local s = {n} for i = 1, 3 do print(i) s = s + host.ask(s) end return s");
    let mut waiting: Vec<(usize, Step)> = (0..200).map(|n| (n, instance.start(code(n)).unwrap())).collect();
    let mut random = Random::from_environment(0);
    let mut done = 0;
    while !waiting.is_empty() {
        let at = random.below(waiting.len());
        let (n, step) = waiting.swap_remove(at);
        match step {
            Step::Done(response) => {
                assert_eq!((text(&response), &response.output[..]), ((n * 8).to_string(), &b"1\n2\n3\n"[..]),);
                done += 1;
            }
            Step::Waits(pending) => {
                assert_eq!(pending.name(), "ask");
                let value = pending.args().at(0).clone();
                waiting.push((n, instance.resume(pending, Ok(value.into())).unwrap()));
            }
        }
    }
    assert_eq!(done, 200);
}

#[test]
fn what_waits_is_cancelled_or_refused_by_another_instance() {
    let mut instance = instance();
    let code = "local x <close> = setmetatable({}, { __close = function() closed = true end }) host.ask()";
    let Step::Waits(pending) = instance.start(code).unwrap() else { panic!() };
    instance.cancel(pending).unwrap();
    assert_eq!(text(&instance.compute("return closed").unwrap()), "true");
    let Step::Waits(pending) = instance.start(code).unwrap() else { panic!() };
    let mut other = self::instance();
    let error = lua_error(other.resume(pending, Ok(().into())).unwrap_err());
    assert_eq!(error.class, Some(ErrorClass::Input));
    assert!(error.message.starts_with("no compute waits with the ticket"), "{error}");
    // Too many results, or none that can be encoded, are an error at the call.
    let Step::Waits(pending) = instance.start("return select(2, pcall(host.ask))").unwrap() else { panic!() };
    let Step::Done(response) = instance.resume(pending, Ok(vec![Value::Nil; 201].into())).unwrap() else { panic!() };
    assert_eq!(response.value().as_str(), Some("host.ask: it answered 201 values; 200 are the most"));
}

#[test]
fn time_limits_and_the_stop_flag_end_what_waits() {
    let own = ComputeOptions { time_limit: Some(Duration::from_millis(30)), ..ComputeOptions::default() };
    let mut instance = instance();
    let code = "local x <close> = setmetatable({}, { __close = function() closed = true end }) host.never()";
    let error = lua_error(instance.compute_with(code, &own).unwrap_err());
    assert_eq!(
        (error.class, &error.message[..]),
        (
            Some(ErrorClass::Interrupted),
            "interrupted by the host: 'the time limit of 30 ms is over', while it waited for host.never"
        )
    );
    assert_eq!(text(&instance.compute("return closed").unwrap()), "true");
    // The time of a compute goes on while it waits.
    let Step::Waits(pending) = instance.start_with("host.ask() while true do end", &own).unwrap() else { panic!() };
    let error = lua_error(instance.resume(pending, Ok(().into())).unwrap_err());
    assert!(error.message.contains("the time limit of 30 ms is over"), "{error}");

    let stop = Arc::new(AtomicBool::new(false));
    let mut instance = instance_on(Engine::ALL[0], Options { stop: Some(stop.clone()), ..options() });
    let Step::Waits(pending) = instance.start("host.ask() return 1").unwrap() else { panic!() };
    stop.store(true, Ordering::Relaxed);
    let error = lua_error(instance.resume(pending, Ok(().into())).unwrap_err());
    assert_eq!(error.message, "interrupted by the host: 'stopped', while it waited for host.ask");
    stop.store(false, Ordering::Relaxed);
    // Nothing but the flag ends this one, which blocks its thread.
    let button = std::thread::spawn({
        let stop = stop.clone();
        move || {
            std::thread::sleep(Duration::from_millis(30));
            stop.store(true, Ordering::Relaxed);
        }
    });
    let code = "local x <close> = setmetatable({}, { __close = function() closed = true end }) host.never()";
    let error = lua_error(instance.compute(code).unwrap_err());
    button.join().unwrap();
    assert_eq!(error.message, "interrupted by the host: 'stopped', while it waited for host.never");
    stop.store(false, Ordering::Relaxed);
    assert_eq!(text(&instance.compute("return closed").unwrap()), "true");
    assert_eq!(text(&instance.compute("return host.echo(1)").unwrap()), "1");
}

#[test]
fn futures_wait_without_a_runtime_and_are_cancelled_when_they_are_dropped() {
    let mut context = Context::from_waker(Waker::noop());
    let mut instance = instance();
    {
        let mut run = pin!(instance.run("return host.echo(5)"));
        let mut polls = 1;
        let response = loop {
            match run.as_mut().poll(&mut context) {
                Poll::Ready(response) => break response.unwrap(),
                Poll::Pending => polls += 1,
            }
        };
        assert_eq!((text(&response), polls), ("5".into(), 4));
    }
    let code =
        "local x <close> = setmetatable({}, { __close = function() closed = (closed or 0) + 1 end }) host.never()";
    {
        let mut run = pin!(instance.run(code));
        assert!(run.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(text(&instance.compute("return closed").unwrap()), "1");
    let shared = SharedInstance::new(instance);
    {
        let mut run = Box::pin(shared.run(code));
        assert!(run.as_mut().poll(&mut context).is_pending());
        assert_eq!(text(&shared.lock().compute("return closed").unwrap()), "1");
        drop(run);
    }
    assert_eq!(text(&shared.lock().compute("return closed").unwrap()), "2");
    // Nothing keeps memory.
    let before = shared.lock().memory_stats().unwrap().lua_bytes;
    for _ in 0..2000 {
        let mut run = Box::pin(shared.run("local s = ('x'):rep(1000) host.never()"));
        assert!(run.as_mut().poll(&mut context).is_pending());
    }
    shared.lock().run_gc().unwrap();
    let after = shared.lock().memory_stats().unwrap().lua_bytes;
    assert!(after < before + 5000, "{before}, {after}");
}

#[test]
fn tasks_of_a_runtime_share_an_instance() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_time().build().unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let log = order.clone();
    let options = Options::default().async_function("sleep", move |args: Args| {
        let log = log.clone();
        async move {
            let number = args.at(0).as_i64().unwrap_or(0);
            tokio::time::sleep(Duration::from_millis((number as u64 * 7) % 20)).await;
            log.lock().unwrap().push(number);
            Ok::<i64, Raised>(number * 2)
        }
    });
    let shared = SharedInstance::new(instance_on(Engine::ALL[0], options));
    shared.lock().compute("local n = 0 _home.total = function(by) n = n + by return n end").unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (1..=100)
            .map(|n| {
                let shared = shared.clone();
                tokio::spawn(async move {
                    shared.run(format!("local x = host.sleep({n}) return _home.total(x), x")).await.unwrap().values[1]
                        .as_i64()
                })
            })
            .collect();
        for (n, task) in (1..).zip(tasks) {
            assert_eq!(task.await.unwrap(), Some(n * 2));
        }
        // A time-out of the runtime cancels.
        let slow = tokio::time::timeout(Duration::from_millis(5), shared.run("while true do host.sleep(5) end")).await;
        assert!(slow.is_err());
    });
    assert_eq!(text(&shared.lock().compute("return _home.total(0)").unwrap()), "10100");
    let order = order.lock().unwrap();
    assert!(!order.is_sorted(), "{order:?}");
}

#[test]
fn a_function_that_panics_leaves_an_instance_that_works() {
    let options = options().async_function("panics", |_| async {
        Turns(1).await;
        if true {
            panic!("on purpose");
        }
        Ok::<(), Raised>(())
    });
    let mut instance =
        Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), Options { pending: Some(1), ..options })
            .unwrap();
    for _ in 0..3 {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| instance.compute("host.panics()")));
        assert!(caught.is_err());
    }
    assert_eq!(text(&instance.compute("return host.echo(1)").unwrap()), "1");
}

#[test]
fn a_stored_function_waits_after_a_restart() {
    let store = SharedStore::new(MemoryStore::default());
    let module = Module::new(MODULE).unwrap();
    let mut first = Instance::new(&module, store.clone(), options()).unwrap();
    first.compute("local echo = host.echo _home.f = function(x) local y = echo(x) return y + 1 end").unwrap();
    drop(first);
    let mut second = Instance::new(&module, store, options()).unwrap();
    assert_eq!(text(&second.call(&Call::new("_home.f").value(1)).unwrap()), "2");
}

#[test]
fn every_engine_counts_the_same_in_every_part() {
    let counted = |engine: Engine| {
        let used = Arc::new(Mutex::new(Vec::new()));
        let log = used.clone();
        let options = Options {
            events: vec![EventKind::Usage],
            on_event: Some(Box::new(move |event| {
                log.lock().unwrap().push(event.get("instructions").and_then(Value::as_i64));
            })),
            ..options()
        };
        let mut instance = instance_on(engine, options);
        instance
            .compute(
                "local co = coroutine.wrap(function() for i = 1, 5 do coroutine.yield(host.echo(i)) end end)
                 local t = setmetatable({}, { __index = function(_, k) return host.echo(k) end })
                 for i = 1, 5 do _home[i] = { co(), t[i], pcall(host.fail, i), host.now(i) } end",
            )
            .unwrap();
        std::mem::take(&mut *used.lock().unwrap())
    };
    let first = counted(Engine::ALL[0]);
    assert_eq!(first.len(), 16);
    for engine in Engine::ALL {
        assert_eq!(counted(*engine), first, "{}", engine.name());
    }
}

#[test]
fn calls_of_functions_have_a_rate_whether_they_are_waited_for_or_not() {
    let time = Arc::new(Mutex::new(Duration::ZERO));
    let clock = time.clone();
    let rate = Rate { calls: Some(3.0), clock: Some(Box::new(move || *clock.lock().unwrap())), ..Rate::default() };
    let mut instance = instance_on(Engine::ALL[0], Options { rate, ..options() });
    let code = "local r = {} for i = 1, 3 do r[#r + 1] = tostring(select(2, pcall(host.now, i)))
                r[#r + 1] = tostring(select(2, pcall(host.echo, i))) end return table.concat(r, ' ')";
    let refused = |name: &str| format!("host.{name}: more than 3 calls a second; the next one in 334 ms");
    let (now, echo) = (refused("now"), refused("echo"));
    assert_eq!(text(&instance.compute(code).unwrap()), format!("1 1 2 {echo} {now} {echo}"));
    *time.lock().unwrap() += Duration::from_millis(334);
    assert_eq!(text(&instance.compute("return host.echo(1)").unwrap()), "1");
    let error = instance.compute("for i = 1, 100000 do pcall(host.echo) end host.echo()").unwrap_err().to_string();
    assert!(error.starts_with("compute:1: host.echo: more than 3 calls a second; the next one in "), "{error}");
}

#[test]
fn a_function_that_is_either_answers_now_or_leaves_it_to_the_program() {
    let mut calls = 0;
    let options = Options::default().either_function("maybe", move |args: Args| {
        calls += 1;
        match args.at(0).as_i64() {
            Some(number) if number < 10 => Some(Ok(number * 2)),
            Some(_) => None,
            None => Some(Err(format!("call {calls} has no number"))),
        }
    });
    let mut instance = instance_on(Engine::default(), options);
    assert_eq!(instance.compute("return host.maybe(4)").unwrap().value().as_i64(), Some(8));
    let step = instance.start("return host.maybe(1), host.maybe(10), pcall(host.maybe)").unwrap();
    let Step::Waits(pending) = step else { panic!("it waits: {step:?}") };
    assert_eq!((pending.name(), pending.args().at(0).as_i64()), ("maybe", Some(10)));
    let step = instance.resume(pending, Ok(Values::from("later"))).unwrap();
    let Step::Done(response) = step else { panic!("it is over: {step:?}") };
    let shown: Vec<String> = response.values.iter().map(Value::to_string).collect();
    assert_eq!(shown, ["2", "later", "false", "host.maybe: call 4 has no number"]);
    let error = lua_error(instance.compute("return host.maybe(10)").unwrap_err());
    assert!(error.message.contains("nobody answers it here"), "{error}");
}
