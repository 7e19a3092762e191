//! Permissions, rates and audit events through the real module, on every engine. tests/node/permissions.test.mjs tries
//! each way around a permission; this file tests that each permission reaches the module.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cu_abi::status::ErrorClass;
use cu_host::rate::MonotonicClock;
use cu_host::{
    AuditLog, ComputeOptions, Engine, Error, EventKind, Instance, MODULE, MemoryStore, Module, Options, Permissions,
    Rate, SharedStore, Value,
};

/// The content of `_home` before a test.
const FURNITURE: &str = "_home.prices = { apple = 3, list = { 10, 20 } }
     _home.secrets = { token = 't0p' }
     local count = 0
     function _home.count() count = count + 1 return count end";

/// Runs a test with an instance on each engine; the content is written before the options apply.
fn on_every_engine(options: impl Fn() -> Options, test: impl Fn(&mut Instance)) {
    for engine in Engine::ALL {
        println!("{}", engine.name());
        let module = Module::with_engine(*engine, MODULE).unwrap();
        let store = SharedStore::new(MemoryStore::default());
        let mut furnisher = Instance::new(&module, store.clone(), Options::default()).unwrap();
        furnisher.compute(FURNITURE).unwrap();
        test(&mut Instance::new(&module, store, options()).unwrap());
    }
}

fn forbidding(permissions: Permissions) -> impl Fn() -> Options {
    move || Options { permissions: permissions.clone(), ..Options::default() }
}

/// The message of a script's error.
#[track_caller]
fn message(answer: Result<cu_host::Response, Error>) -> String {
    match answer {
        Err(Error::Lua(error)) => error.message,
        other => panic!("an error of the script was expected: {other:?}"),
    }
}

#[track_caller]
fn refused(instance: &mut Instance, code: &str, wanted: &str) {
    let message = message(instance.compute(code));
    assert!(message.contains(wanted), "{code}: {message}");
}

#[track_caller]
fn value(instance: &mut Instance, code: &str) -> Value {
    instance.compute(code).unwrap().value().clone()
}

#[test]
fn a_protected_table_can_be_read_and_not_changed() {
    on_every_engine(forbidding(Permissions::new().protect("_home.prices")), |instance| {
        refused(
            instance,
            "_home.prices.apple = 4",
            "key 'apple' of external table 3 may not be changed: it is read-only",
        );
        refused(instance, "_home.prices.list[1] = 0", "it is read-only");
        refused(instance, "_home.prices = nil", "key 'prices' of _home may not be changed: it is read-only");
        assert_eq!(value(instance, "_home.x = 1 return _home.prices.apple + _home.prices.list[2]"), Value::Integer(23));
    });
}

#[test]
fn a_hidden_table_is_not_there() {
    on_every_engine(forbidding(Permissions::new().hide("_home.secrets")), |instance| {
        assert_eq!(value(instance, "return _home.secrets"), Value::Nil);
        refused(instance, "_home.secrets = {}", "key 'secrets' of _home may not be changed: it is hidden");
        assert_eq!(value(instance, "return _home.prices.apple"), Value::Integer(3));
    });
}

#[test]
fn a_table_is_guarded_by_its_id_as_well() {
    let mut plain = Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), Options::default()).unwrap();
    let Value::External(id) = value(&mut plain, &format!("{FURNITURE} return _home.secrets")) else { panic!() };
    on_every_engine(forbidding(Permissions::new().hide(id)), |instance| {
        assert_eq!(value(instance, "return _home.secrets"), Value::Nil);
    });
}

#[test]
fn a_library_function_that_is_forbidden_cannot_be_called() {
    on_every_engine(forbidding(Permissions::new().forbid("os").allow("os.time").forbid("load")), |instance| {
        assert_eq!(value(instance, "return os.time()"), Value::Integer(0));
        refused(instance, "return os.clock()", "os.clock may not be called: it is switched off");
        refused(instance, "return load('return 1')", "load may not be called: it is switched off");
    });
}

#[test]
fn a_read_only_compute_changes_nothing() {
    on_every_engine(Options::default, |instance| {
        let read_only =
            ComputeOptions { permissions: Some(Permissions::new().read_only()), ..ComputeOptions::default() };
        for code in ["_home.x = 1", "_home.prices.apple = 4", "return ext.table()"] {
            let message = message(instance.compute_with(code, &read_only));
            assert!(message.contains("this compute is read-only"), "{code}: {message}");
        }
        // The captured variables that the compute changed get their old values back.
        let counted = instance.compute_with("return _home.count() + _home.count()", &read_only);
        assert_eq!(counted.unwrap().values, [Value::Integer(3)]);
        let answer = instance.compute_with("_io.output = 7 return _home.prices.apple, _home.x", &read_only);
        assert_eq!(answer.unwrap().values, [Value::Integer(3), Value::Nil]);
        assert_eq!(value(instance, "_home.x = 1 return _home.count()"), Value::Integer(1));
    });
}

#[test]
fn one_compute_has_options_of_its_own() {
    let usual = || Options { instructions: Some(100_000), ..forbidding(Permissions::new().forbid("os"))() };
    on_every_engine(usual, |instance| {
        let own = ComputeOptions {
            instructions: Some(5000),
            permissions: Some(Permissions::new().hide("_home.secrets")),
            ..ComputeOptions::default()
        };
        let code = "return (pcall(os.clock)), _home.secrets ~= nil, _home.prices.apple";
        let usual = [false.into(), true.into(), Value::Integer(3)];
        assert_eq!(instance.compute(code).unwrap().values, usual);
        assert_eq!(instance.compute_with(code, &own).unwrap().values, [true.into(), false.into(), Value::Integer(3)]);
        let stopped = message(instance.compute_with("while true do end", &own));
        assert!(stopped.contains("the budget of 5000 instructions is used up"), "{stopped}");
        assert_eq!(instance.compute_raw_with(b"x =", &own).unwrap().map_err(|text| text.is_empty()), Err(false));
        assert_eq!(instance.compute(code).unwrap().values, usual);
        refused(instance, "while true do end", "the budget of 100000 instructions is used up");
        let output = ComputeOptions { output: Some(2), memory: Some(300_000), ..ComputeOptions::default() };
        assert!(instance.compute_with("print('text')", &output).unwrap().output.starts_with(b"te"));
        assert!(
            message(instance.compute_with("return ('x'):rep(1000):rep(320)", &output)).contains("not enough memory")
        );
    });
}

#[test]
fn what_the_module_does_not_understand_is_an_error_of_each_compute() {
    let many = (0..65).fold(Permissions::new(), |permissions, id| permissions.hide(format!("_home.t{id}")));
    for (permissions, problem) in [
        (Permissions::new().protect("users"), "'users' names no table: wanted is _home.name or an id"),
        (Permissions::new().hide("_home."), "'_home.' names no table"),
        (Permissions::new().hide(0), "permissions.tables.* is 0; wanted is a number from 1"),
        (Permissions::new().forbid("string.repp"), "'string.repp' is no library function and no library"),
        (Permissions::new().hide(format!("_home.{}", "x".repeat(5000))), "config.permissions.length is "),
        (many, "guards more than 64 tables"),
    ] {
        on_every_engine(forbidding(permissions), |instance| {
            refused(instance, "return 1", problem);
            refused(instance, "return 1", problem);
            let everything = ComputeOptions { permissions: Some(Permissions::new()), ..ComputeOptions::default() };
            assert_eq!(instance.compute_with("return 1", &everything).unwrap().value(), &Value::Integer(1));
        });
    }
}

/// A clock that the test sets, in milliseconds.
fn turned(now: &Arc<AtomicU64>) -> Option<MonotonicClock> {
    let now = Arc::clone(now);
    Some(Box::new(move || Duration::from_millis(now.load(Ordering::Relaxed))))
}

#[test]
fn computes_beyond_the_rate_are_refused_and_none_is_lost() {
    let now = Arc::new(AtomicU64::new(0));
    let rate = || Rate { computes: Some(3.0), clock: turned(&now), ..Rate::default() };
    on_every_engine(
        || Options { rate: rate(), ..Options::default() },
        |instance| {
            let mut count = || instance.compute("n = (n or 0) + 1 return n").map(|response| response.value().clone());
            assert_eq!([1, 2, 3].map(|_| count().unwrap()), [1, 2, 3].map(Value::Integer));
            assert_eq!(count(), Err(Error::Rate { limit: 3.0, retry_after: Duration::from_millis(334) }));
            now.fetch_add(334, Ordering::Relaxed);
            assert_eq!(count(), Ok(Value::Integer(4)));
            assert!(matches!(instance.compute_raw(b""), Err(Error::Rate { .. })));
            instance.run_gc().unwrap();
        },
    );
}

#[test]
fn operations_beyond_the_rate_fail_for_the_script_alone() {
    let now = Arc::new(AtomicU64::new(0));
    let rate = || Rate { operations: Some(20.0), clock: turned(&now), ..Rate::default() };
    on_every_engine(
        || Options { rate: rate(), ..Options::default() },
        |instance| {
            refused(
                instance,
                "for i = 1, 90 do _home[i] = i end",
                "of _home: it answered -429, too many operations a second",
            );
            assert!(instance.read_home(Default::default()).unwrap().value().at(5).is_some());
            instance.run_gc().unwrap();
            assert_eq!(value(instance, "return (pcall(function() return _home[1] end))"), Value::Boolean(false));
            now.fetch_add(1000, Ordering::Relaxed);
            // Collections read every entry, but those reads do not count against the scripts' rate.
            (0..3).for_each(|_| instance.run_gc().unwrap());
            let sum = "local sum = 0 for i = 1, 15 do sum = sum + (_home[i] or 0) end return sum > 9";
            assert_eq!(value(instance, sum), Value::Boolean(true));
            refused(instance, sum, "it answered -429");
        },
    );
}

#[test]
fn a_rate_that_is_no_number_above_0_is_an_error_at_creation() {
    let module = Module::new(MODULE).unwrap();
    let options = Options { rate: Rate { computes: Some(0.0), ..Rate::default() }, ..Options::default() };
    let error = Instance::new(&module, MemoryStore::default(), options).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("rate.computes is 0; wanted is a number above 0"));
}

#[test]
fn audit_events_are_numbered_and_come_only_when_wanted() {
    for events in [vec![EventKind::Audit], vec![EventKind::Usage]] {
        let wanted = events == [EventKind::Audit];
        let seen = Arc::new(Mutex::new(Vec::new()));
        let options = || {
            let sink = Arc::clone(&seen);
            let permissions = Permissions::new().protect("_home.prices").forbid("os.time");
            Options {
                permissions,
                events: events.clone(),
                on_event: Some(Box::new(move |event| sink.lock().unwrap().push(event.clone()))),
                ..Options::default()
            }
        };
        on_every_engine(options, |instance| {
            instance.compute("pcall(rawset, _home.prices, 1, 1) pcall(os.time) _home.f = function() end").unwrap();
            let events = std::mem::take(&mut *seen.lock().unwrap());
            let audit = events.iter().filter(|event| event.get("kind").unwrap().as_str() == Some("audit"));
            let reported: Vec<_> = audit
                .map(|event| (event.get("sequence").unwrap().as_i64().unwrap(), event.get("action").unwrap().as_str()))
                .collect();
            let all =
                [(1, Some("permission_refused")), (2, Some("permission_refused")), (3, Some("function_persisted"))];
            assert_eq!(reported, if wanted { &all[..] } else { &[] });
        });
    }
}

/// A file for one test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        Scratch(std::env::temp_dir().join(format!("cu-audit-{name}-{}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_log_has_a_line_for_each_event_and_is_added_to() {
    let scratch = Scratch::new("added");
    let log = |name: &str| {
        let log = AuditLog::open(&scratch.0).unwrap().with_name(name).with_clock(Box::new(|| 1_767_323_045_006.0));
        if name == "second" { log.synced() } else { log }
    };
    for name in ["first", "second"] {
        let options = Options { audit: Some(log(name)), output: Some(0), ..Options::default() };
        let module = Module::new(MODULE).unwrap();
        let mut instance = Instance::new(&module, MemoryStore::default(), options).unwrap();
        instance.compute("_home['a\\n\\xff'] = function() end print('text')").unwrap();
    }
    let expected = ["first", "second"].map(|name| {
        let head = format!("{{\"time\":\"2026-01-02T03:04:05.006Z\",\"instance\":\"{name}\",\"action\":");
        format!(
            "{head}\"function_persisted\",\"sequence\":1,\"function\":3,\"into\":\"_home[\\\"a\\n\u{fffd}\\\"]\"}}\n\
             {head}\"limit_hit\",\"sequence\":2,\"limit\":\"output\",\"value\":0}}\n"
        )
    });
    assert_eq!(std::fs::read_to_string(&scratch.0).unwrap(), expected.concat());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&scratch.0).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_log_that_cannot_be_opened_is_an_error() {
    let folder = std::env::temp_dir();
    let error = AuditLog::open(&folder).err().map(|error| error.to_string()).unwrap();
    assert!(error.starts_with(&format!("cannot open {}: ", folder.display())), "{error}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_log_that_cannot_be_written_makes_the_compute_fail_after_its_end() {
    let full = || Options { audit: Some(AuditLog::open("/dev/full").unwrap()), ..Options::default() };
    on_every_engine(full, |instance| {
        for code in ["_home.f = function() end", "_home.f = function() end error('no')"] {
            let Err(Error::Audit { file, cause }) = instance.compute(code) else { panic!("{code}") };
            assert_eq!(file, PathBuf::from("/dev/full"));
            assert!(cause.to_string().starts_with("No space left on device"), "{cause}");
        }
        assert_eq!(value(instance, "return type(_home.f)"), Value::from("function"));
        let Err(Error::Lua(error)) = instance.compute("error('no')") else { panic!() };
        assert_eq!(error.class, Some(ErrorClass::Runtime));
        let strict = ComputeOptions { instructions: Some(1000), ..ComputeOptions::default() };
        assert!(matches!(instance.compute_raw_with(b"while true do end", &strict), Err(Error::Audit { .. })));
    });
}
