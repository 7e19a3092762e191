//! Whatever a program hands to this crate, there is an answer or an error: no panic, no trap, no answer of the module that is
//! not understood, and the instance lives on.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use cu_host::replay::{ReplayOptions, replay};
use cu_host::{
    Argument, BatchOptions, Call, ComputeOptions, Engine, EngineOptions, Error, EventKind, Instance, MemoryStore,
    Module, ModuleInfo, Operation, Options, Permissions, Rate, ReadOptions, Step, Store, Table, Value, Values, json,
    verify,
};
use cu_random::for_all;
use cu_random::proptest::collection::vec;
use cu_random::proptest::prelude::*;

mod any_value;
use any_value::value;

/// Enough for what is asked here; a query over random rows ends early.
const INSTRUCTIONS: u64 = 2_000_000;

fn instance(options: Options) -> Instance {
    let options = Options { instructions: Some(INSTRUCTIONS), ..options }.later_function("wait");
    let mut instance = Instance::new(&Module::embedded().unwrap(), MemoryStore::default(), options).unwrap();
    instance
        .compute(
            "_home.t, _home.u = {}, {}
             for i = 1, 30 do _home.t[i] = { a = i % 7, b = tostring(i), c = { a = i } } end
             for name in ('abcd'):gmatch '.' do _home.u[name] = { a = name, d = { 1, 2, name } } end
             ext.index(_home.t, 'a')
             function _home.f(...) return ... end
             function _home.step(table) table.a = 1 end",
        )
        .unwrap();
    instance
}

/// What was wrong may be an error, but not one that says that the module or this crate is.
fn answered<T: Debug>(what: &str, answer: Result<T, Error>) {
    match answer {
        Err(
            error @ (Error::Trap(_) | Error::Dead(_) | Error::Protocol(_) | Error::Malformed { .. } | Error::Commit(_)),
        ) => {
            panic!("{what}: {error:?}")
        }
        Err(error) => assert!(!error.to_string().is_empty(), "{what}: {error:?}"),
        Ok(_) => {}
    }
}

/// Numbers where limits are, and others.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        1..20u64,
        any::<u32>().prop_map(u64::from),
        any::<u64>(),
        Just(u64::MAX),
        Just(i64::MAX as u64)
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("_home.t".to_owned()),
        2 => Just("_home.u".to_owned()),
        1 => Just("_home.f".to_owned()),
        2 => "_home[.][a-d.]{0,3}",
        1 => "[a-z_.]{0,9}",
        1 => ".{0,5}",
        1 => Just("x".repeat(5000)),
    ]
}

fn table() -> impl Strategy<Value = Table> {
    prop_oneof![4 => name().prop_map(Table::from), 1 => (0..20u32).prop_map(Table::from), 1 => any::<u32>().prop_map(Table::from)]
}

/// A table in which some of these names have some value: as a query, a schema or options are.
fn named(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let inner = prop_oneof![
        2 => value(),
        1 => ("[a-d]", prop_oneof!["=|<|>=|!=|in|exists|between|prefix|[a-z]{3}", Just(String::new())], value())
            .prop_map(|(path, operator, value)| Value::from([(path, Value::from(vec![operator.into(), value]))])),
        1 => "[a-d]".prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => (0..20i64).prop_map(Value::from),
    ];
    let field = (0..names.len(), inner).prop_map(|(name, value)| (Value::from(names[name]), value));
    prop_oneof![4 => vec(field, 0..5).prop_map(Value::Table), 1 => value()]
}

const SPEC: &[&str] = &[
    "where", "order", "limit", "offset", "after", "keys", "fields", "distinct", "group", "count", "sum", "min", "max",
    "average", "index", "expand",
];
const SCHEMA: &[&str] =
    &["fields", "type", "items", "enum", "ref", "min", "max", "required", "pattern", "extra", "key"];
const OPTIONS: &[&str] = &["name", "kind", "unique", "multi", "where", "values", "count", "age"];

/// Something that is done with an instance, shown as its input.
struct Act {
    shown: String,
    act: Box<dyn Fn(&mut Instance)>,
}

impl Debug for Act {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&self.shown)
    }
}

fn act<T: Debug + 'static>(
    strategy: impl Strategy<Value = T> + 'static,
    act: impl Fn(&mut Instance, &T) + Clone + 'static,
) -> BoxedStrategy<Act> {
    strategy
        .prop_map(move |input| {
            let (shown, act) = (format!("{input:?}"), act.clone());
            Act { shown, act: Box::new(move |instance| act(instance, &input)) }
        })
        .boxed()
}

fn rows() -> BoxedStrategy<Act> {
    prop_oneof![
        act((table(), value(), value()), |instance, (table, key, value)| {
            answered("get", instance.data().get(table, key.clone()));
            answered("set", instance.data().set(table, key.clone(), value.clone()));
            answered("update", instance.data().update(table, key.clone(), value.clone()));
            answered("get", instance.data().get(table, key.clone()));
        }),
        act((table(), value()), |instance, (table, key)| answered(
            "delete",
            instance.data().delete(table, key.clone())
        )),
        act((table(), named(SPEC)), |instance, (table, spec)| {
            answered("query", instance.data().query(table, spec.clone()));
            answered("first", instance.data().first(table, spec.clone()));
            answered("explain", instance.data().explain(table, spec.clone()));
            instance.data().each(table, spec.clone()).take(20).for_each(|row| answered("each", row));
        }),
        act((table(), named(&["a", "b", "c", "d", "any", "all", "not"])), |instance, (table, filter)| {
            answered("count", instance.data().count(table, filter.clone()));
            answered("exists", instance.data().exists(table, filter.clone()));
        }),
        act((table(), value(), named(OPTIONS), name()), |instance, (table, path, options, name)| {
            answered("create_index", instance.data().create_index(table, path.clone(), options.clone()));
            answered("indexes", instance.data().indexes(table));
            answered("check", instance.data().check(table));
            answered("drop_index", instance.data().drop_index(table, name));
        }),
        act((table(), named(SCHEMA)), |instance, (table, schema)| {
            answered("set_schema", instance.data().set_schema(table, schema.clone()));
            answered("schema", instance.data().schema(table));
        }),
        act((table(), any::<u32>(), name(), any::<bool>()), |instance, (table, version, way, is_dry)| {
            answered("migrate", instance.data().migrate(table, version % 5, way, *is_dry));
            answered("migrate", instance.data().migrate(table, *version, "_home.step", true));
            answered("version", instance.data().version(table));
        }),
        act(
            (table(), named(OPTIONS), any::<Option<i64>>(), any::<u32>()),
            |instance, (table, options, since, limit)| {
                answered("feed", instance.data().feed(table, options.clone()));
                answered("changes", instance.data().changes(table, *since, *limit));
            }
        ),
        act(
            (vec((table(), value(), value(), 0..3), 0..20), any::<Option<f64>>(), any::<Option<u32>>()),
            |instance, (operations, timeout, progress)| {
                let operation = |(table, key, value, kind): &(Table, Value, Value, i32)| match kind {
                    0 => Operation::get(table, key.clone()),
                    1 => Operation::set(table, key.clone(), value.clone()),
                    _ => Operation::delete(table, key.clone()),
                };
                let operations: Vec<_> = operations.iter().map(operation).collect();
                let options = BatchOptions { timeout: *timeout, progress: *progress };
                answered("batch", instance.data().batch(&operations));
                answered("batch_with", instance.data().batch_with(&operations, options));
                answered("batch_of_each", instance.data().batch_of_each(&operations, options));
                answered("batch_of_each", instance.data().batch_of_each(&operations, BatchOptions::default()));
            }
        ),
        act(name(), |instance, way| answered("create_table", instance.data().create_table(way))),
    ]
    .boxed()
}

fn computes() -> BoxedStrategy<Act> {
    let own = (any::<[Option<u16>; 3]>(), any::<Option<bool>>(), any::<Option<Vec<u8>>>(), any::<bool>()).prop_map(
        |([instructions, memory, time], atomic, home, is_read_only)| ComputeOptions {
            instructions: Some(instructions.unwrap_or(u16::MAX).into()),
            memory: memory.map(u64::from),
            output: memory.map(u64::from),
            time_limit: time.map(|time| Duration::from_millis(time.into())),
            atomic,
            home,
            permissions: is_read_only.then(|| Permissions::new().read_only().hide("_home.u").forbid("os")),
            ..ComputeOptions::default()
        },
    );
    prop_oneof![
        act((name(), vec(value(), 0..5), name(), any::<bool>()), |instance, (way, arguments, other, by_content)| {
            let call = arguments.iter().fold(Call::new(way.as_str()), |call, argument| call.value(argument.clone()));
            let call = if *by_content { call.by_content() } else { call };
            answered("call", instance.call(&call));
            answered("call", instance.call(&call.way(other.as_str())));
            answered(
                "prepared",
                Call::new("_home.f").prepare().and_then(|mut prepared| {
                    let arguments: Vec<_> = arguments.iter().cloned().map(Argument::Value).collect();
                    prepared.call(instance, arguments)
                }),
            );
        }),
        act((vec(any::<u8>(), 0..60), any::<bool>()), |instance, (code, is_record)| {
            let code = if *is_record { [b"\x1bCu", &code[..]].concat() } else { code.clone() };
            answered("compute", instance.compute(&code));
            answered("compute_raw", instance.compute_raw(&code));
        }),
        act((own, "return _home.[tuf]|return 1|_home.[a-d] = [{][}]|print[(]1[)]"), |instance, (own, code)| {
            answered("compute_with", instance.compute_with(code, own));
        }),
        act((value(), any::<bool>()), |instance, (value, raises)| match instance.start("return host.wait(1)") {
            Ok(Step::Waits(pending)) => {
                let answer = if *raises { Err(value.clone().into()) } else { Ok(Values(vec![value.clone()])) };
                answered("resume", instance.resume(pending, answer));
            }
            other => answered("start", other),
        }),
        act((value(), 0..3usize, 0..50usize), |instance, (value, depth, limit)| {
            answered("read", instance.read(value, ReadOptions { depth: *depth, limit: *limit }));
        }),
        act((vec(any::<u8>(), 0..300), vec(any::<u8>(), 0..4)), |instance, (name, other)| {
            answered("open_home", instance.open_home(name.clone()));
            answered("rename_home", instance.rename_home(name, other.clone()));
            answered("drop_home", instance.drop_home(other));
            answered("homes", instance.homes());
            answered("open_home", instance.open_home("usual"));
        }),
        act(any::<bool>(), |instance, keeps| {
            answered("begin", instance.begin());
            answered("begin", instance.begin());
            answered("gc", instance.run_gc());
            answered("compute", instance.compute("_home.z = 1"));
            answered("end", if *keeps { instance.commit() } else { instance.roll_back() });
            answered("end", instance.commit());
            answered("gc", instance.run_gc());
            answered("clear", instance.clear_io());
        }),
    ]
    .boxed()
}

#[test]
fn any_calls_of_an_instance_in_any_order_are_answered() {
    for_all(120, vec(prop_oneof![rows(), computes()], 1..12), |acts| {
        let mut instance = instance(Options::default());
        for act in &acts {
            (act.act)(&mut instance);
            assert!(!instance.is_dead());
        }
        assert_eq!(instance.compute("return 1").unwrap().value(), &Value::Integer(1));
        answered("stats", instance.memory_stats());
        let mut store = instance.into_store();
        assert!(verify::verify(&mut *store, false, &mut |_| {}).is_ok());
    });
}

#[test]
fn any_options_make_an_instance_or_an_error() {
    let numbers = vec(any::<bool>().prop_flat_map(|some| number().prop_map(move |number| some.then_some(number))), 8);
    let rates = vec(prop_oneof![Just(None), any::<f64>().prop_map(Some), (0.0..1e4f64).prop_map(Some)], 2);
    for_all(150, (numbers, rates, any::<[bool; 4]>(), any::<Option<Vec<u8>>>(), vec(name(), 3)), |input| {
        let (numbers, rates, flags, home, names) = input;
        let options = Options {
            instructions: numbers[0],
            time_limit: numbers[1].map(Duration::from_millis),
            tick: numbers[2],
            memory: numbers[3],
            output: numbers[4],
            compression: numbers[5],
            pending: numbers[6],
            pending_memory: numbers[7],
            bytecode: flags[0],
            strip: flags[1],
            atomic: flags[2],
            atomic_by_store: flags[3],
            home,
            events: EventKind::ALL.to_vec(),
            on_event: Some(Box::new(|_| {})),
            rate: Rate { computes: rates[0], operations: rates[1], ..Rate::default() },
            permissions: Permissions::new()
                .protect(names[0].as_str())
                .hide(names[1].as_str())
                .forbid(names[2].as_str()),
            ..Options::default()
        };
        match Instance::new(&Module::embedded().unwrap(), MemoryStore::default(), options) {
            Ok(mut instance) => {
                answered("compute", instance.compute("_home.a = 1 return _home.a"));
                answered("set", instance.data().set("_home", "b", 2));
                assert!(!instance.is_dead());
            }
            Err(error) => answered::<()>("new", Err(error)),
        }
    });
}

#[test]
fn any_bytes_are_read_or_refused() {
    let module = Module::embedded().unwrap();
    for_all(2_000, vec(any::<u8>(), 0..80), |bytes| {
        let _ = (Value::decode(&bytes), Value::decode_all(&bytes, usize::MAX - 80), Value::decode_key(&bytes));
        let _ = (json::read(&bytes), ModuleInfo::read(&bytes), Module::new(&bytes).is_err());
        let _ = replay(&module, &bytes[..], ReplayOptions::default());
        let wasm = [b"\0asm\x01\0\0\0", &bytes[..]].concat();
        assert!(ModuleInfo::read(&wasm).is_err() && Module::new(&wasm).is_err());
    });
    for engine in Engine::ALL {
        assert!(Module::with_options(EngineOptions::from(*engine), b"").is_err());
    }
}

#[test]
fn any_value_is_written_or_refused() {
    for_all(2_000, value(), |value| {
        if let Ok(bytes) = value.encode()
            && let Ok(read) = Value::decode(&bytes)
        {
            // An integer may have had zeros in front, or a sign before zero.
            assert_eq!(read.encode().unwrap(), bytes);
        }
        let _ = (value.encode_key(), json::written(&value, None), value.to_string(), format!("{value:?}"));
        let _ = json::meaning(value.clone());
        let _ = (value.get("a"), value.at(i64::MIN), value.as_i64(), value.as_f64());
    });
}

/// A store may have anything in it.
#[test]
fn any_store_is_looked_through_and_used_or_refused() {
    let entry =
        (0..9u32, prop_oneof![value().prop_map(|key| key.encode_key().unwrap_or_default()), vec(any::<u8>(), 0..9)]);
    let content = prop_oneof![value().prop_map(|value| value.encode().unwrap_or_default()), vec(any::<u8>(), 0..30)];
    for_all(300, vec((entry, content), 0..12), |entries| {
        let mut store = MemoryStore::default();
        for ((table, key), content) in entries {
            store.set(table, &key, &content).unwrap();
        }
        let _ = verify::verify(&mut store, false, &mut |_| {});
        match Instance::new(
            &Module::embedded().unwrap(),
            store,
            Options { instructions: Some(INSTRUCTIONS), ..Options::default() },
        ) {
            Ok(mut instance) => {
                let _ = (instance.read_home(ReadOptions::default()), instance.run_gc());
                let _ = instance.compute("for k, v in pairs(_home) do _home[k] = v end");
                let _ = instance.data().query("_home", Value::Table(Vec::new()));
                assert!(!instance.is_dead());
                assert_eq!(instance.compute("return 1").unwrap().value(), &Value::Integer(1));
            }
            Err(error) => answered::<()>("new", Err(error)),
        }
    });
}
