//! Functions that scripts call, on every engine.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use cu_host::{
    Args, Engine, Error, EventKind, Instance, MODULE, MemoryStore, Module, Options, Permissions, Raised, SharedStore,
    Value, Values,
};

fn options() -> Options {
    Options::default()
        .function("add", |args: Args| match (args.at(0).as_i64(), args.at(1).as_i64()) {
            (Some(left), Some(right)) => left.checked_add(right).ok_or_else(|| Raised::from("too large")),
            _ => Err(Raised::from(Value::Table(vec![("code".into(), 7.into())]))),
        })
        .function("text.repeat", |args: Args| {
            let count = args.at(1).as_i64().unwrap_or(0);
            args.at(0).as_str().map(|text| text.repeat(count as usize)).ok_or("no text")
        })
        .function("all", |args: Args| Ok::<Values, Raised>(args.into_values().into()))
        .function("nothing", |_: Args| Ok::<(), Raised>(()))
        .function("file", |_: Args| std::fs::read_to_string("no such file"))
}

fn values(instance: &mut Instance, code: &str) -> String {
    let values = instance.compute(code).unwrap_or_else(|error| panic!("{code}: {error}")).values;
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn arguments_results_and_errors_on_every_engine() {
    for engine in Engine::ALL {
        let module = Module::with_engine(*engine, MODULE).unwrap();
        let mut instance = Instance::new(&module, MemoryStore::default(), options()).unwrap();
        for (code, wanted) in [
            ("return host.add(2, 3)", "5"),
            ("return host.all(1, nil, 'x', {2}, true)", "1 nil x {2} true"),
            ("return select('#', host.all()), select('#', host.nothing())", "0 0"),
            ("return #host.text.repeat('ab', 3), #host.text.repeat('ab', 50000)", "6 100000"),
            ("return pcall(host.add, 1)", "false {code = 7}"),
            ("return pcall(host.text.repeat)", "false host.text.repeat: no text"),
            (
                "local n = {} for k in pairs(host) do n[#n + 1] = k end table.sort(n) return table.concat(n, ' ')",
                "add all file nothing text",
            ),
        ] {
            // `repeat` is a word of Lua.
            let code = code.replace("host.text.repeat", "host.text['repeat']");
            assert_eq!(values(&mut instance, &code), wanted, "{}: {code}", engine.name());
        }
        let error = instance.compute("host.add(9223372036854775807, 1)").unwrap_err().to_string();
        assert_eq!(error, "compute:1: host.add: too large");
        let error = instance.compute("host.file()").unwrap_err().to_string();
        assert!(error.starts_with("compute:1: host.file: No such file"), "{error}");
        let error = instance.compute("host.add(print, function() end)").unwrap_err().to_string();
        assert_eq!(error, "compute:1: argument 2 of host.add is a function, which cannot be an argument");
    }
}

#[test]
fn stored_functions_keep_them() {
    let module = Module::new(MODULE).unwrap();
    let store = SharedStore::<MemoryStore>::default();
    let with = |by: i64| {
        Options::default().function("tax.of", move |args: Args| args.at(0).as_i64().map(|n| n * by).ok_or("no number"))
    };
    let mut first = Instance::new(&module, store.clone(), with(2)).unwrap();
    first.compute("local of = host.tax.of function _home.total(n) return n + of(n) end").unwrap();
    assert_eq!(values(&mut first, "return _home.total(10)"), "30");
    let mut second = Instance::new(&module, store.clone(), with(3)).unwrap();
    assert_eq!(values(&mut second, "return _home.total(10)"), "40");
    let mut none = Instance::new(&module, store, Options::default()).unwrap();
    let error = none.compute("return _home.total(10)").unwrap_err().to_string();
    assert_eq!(error, "compute:1: host.tax.of is not offered by the host");
}

#[test]
fn permissions_events_and_state() {
    let module = Module::new(MODULE).unwrap();
    let (events, seen) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(VecDeque::new())));
    let mut options = Options::default().function("queue.take", {
        let seen = seen.clone();
        move |_: Args| seen.lock().unwrap().pop_front().ok_or("empty")
    });
    options.permissions = Permissions::new().forbid("host").allow("host.queue.take");
    options.events = vec![EventKind::Usage, EventKind::Audit];
    options.on_event = Some(Box::new({
        let events = events.clone();
        move |event| events.lock().unwrap().push(event.to_string())
    }));
    options.functions.add("other", |_: Args| Ok::<(), Raised>(()));
    let mut instance = Instance::new(&module, MemoryStore::default(), options).unwrap();
    seen.lock().unwrap().extend([Value::from(1), Value::from("two")]);
    assert_eq!(values(&mut instance, "return host.queue.take(), host.queue.take()"), "1 two");
    let events = std::mem::take(&mut *events.lock().unwrap());
    assert_eq!(
        events.iter().filter(|event| event.contains("action = \"host_called\", sequence")).count(),
        2,
        "{events:?}"
    );
    assert!(events.iter().any(|event| event.contains("calls = 2")), "{events:?}");
    let error = instance.compute("host.queue.take()").unwrap_err().to_string();
    assert_eq!(error, "compute:1: host.queue.take: empty");
    let error = instance.compute("host.other()").unwrap_err().to_string();
    assert_eq!(error, "compute:1: host.other may not be called: it is switched off");
}

#[test]
fn a_panic_in_one_comes_to_the_caller_and_too_many_results_to_the_script() {
    let module = Module::new(MODULE).unwrap();
    let options = Options::default()
        .function("fail", |_: Args| -> Result<(), Raised> { panic!("a fault of the host") })
        .function("many", |_: Args| Ok::<Values, Raised>(vec![Value::Nil; 201].into()));
    let mut instance = Instance::new(&module, MemoryStore::default(), options).unwrap();
    let error = instance.compute("host.many()").unwrap_err().to_string();
    assert_eq!(error, "compute:1: host.many: it answered 201 values; 200 are the most");
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| instance.compute("host.fail()"))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"a fault of the host"));
}

#[test]
fn names_that_no_script_can_write_are_refused() {
    let module = Module::new(MODULE).unwrap();
    for name in ["", "a-b", "a..b", "1a", "ä"] {
        let options = Options::default().function(name, |_: Args| Ok::<(), Raised>(()));
        let found =
            Instance::new(&module, MemoryStore::default(), options).and_then(|mut instance| instance.compute(""));
        let Err(Error::Lua(error)) = found else { panic!("{name} was accepted") };
        assert!(
            error.message.starts_with(&format!("config.functions: '{}' is no name", name.replace('ä', "??"))),
            "{error}"
        );
    }
}
