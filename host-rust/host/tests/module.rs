//! The embedded module on every engine: the same bytes, Lua's limits before the engine's, and the promises that a host
//! needs.

use std::sync::{Arc, Mutex};

use cu_abi::limits::IO_BUFFER_BYTES;
use cu_abi::status::ErrorClass;
use cu_host::{Engine, Error, EventKind, Instance, MODULE, MemoryStore, Module, Options, Value};

fn on_every_engine(test: impl Fn(&Module)) {
    for engine in Engine::ALL {
        println!("{}", engine.name());
        test(&Module::with_engine(*engine, MODULE).unwrap());
    }
}

fn instance(module: &Module) -> Instance {
    Instance::new(module, MemoryStore::default(), Options::default()).unwrap()
}

#[test]
fn the_golden_expressions_encode_to_their_bytes() {
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../abi/vectors/values.json")).unwrap();
    on_every_engine(|module| {
        let mut instance = instance(module);
        for vector in &vectors {
            let Some(expression) = vector["lua"].as_str() else { continue };
            let response = instance.compute_raw(format!("return {expression}").as_bytes()).unwrap();
            let hex: String = response.unwrap()[4..].iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(vector["bytes"], hex, "{}", vector["name"]);
        }
    });
}

/// Nests C calls until Lua stops them, in the ways that use most of an engine's stack.
const DEEP: [&str; 5] = [
    "local function f() local ok, e = pcall(f) if not ok then error(e, 0) end end f()",
    "local function f() return (('x'):gsub('x', f)) end f()",
    "local mt = {} local a = setmetatable({}, mt) mt.__lt = function(x, y) table.sort({a, a, a}) return x < y end
     table.sort({a, a, a})",
    "local function f() return coroutine.wrap(f)() end f()",
    "return load('return ' .. ('('):rep(5000) .. '1')",
];

#[test]
fn nested_c_calls_meet_the_limit_of_lua_before_that_of_the_engine() {
    // Tests run in threads of the default size.
    let answers: Vec<_> = Engine::ALL
        .iter()
        .map(|engine| {
            let module = Module::with_engine(*engine, MODULE).unwrap();
            let mut instance = instance(&module);
            DEEP.map(|code| instance.compute_raw(code.as_bytes()).unwrap())
        })
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert!(answers[0].iter().all(|answer| {
        let bytes = answer.as_ref().unwrap_or_else(|text| text);
        String::from_utf8_lossy(bytes).contains("C stack overflow")
    }));
}

#[test]
fn errors_carry_message_traceback_class_and_value() {
    on_every_engine(|module| {
        let mut instance = instance(module);
        for (code, class, value) in [
            ("x =", ErrorClass::Syntax, None),
            ("local t; t.x = 1", ErrorClass::Runtime, None),
            ("error({ code = 7 })", ErrorClass::Runtime, Some(Value::from([("code", 7)]))),
            ("return ('x'):rep(1 << 30)", ErrorClass::Memory, None),
        ] {
            let Err(Error::Lua(error)) = instance.compute(code) else { panic!("{code}") };
            assert_eq!(error.class, Some(class), "{code}");
            assert!(error.text.starts_with(error.message.as_bytes()));
            if value.is_some() {
                assert_eq!(error.value, value);
                assert!(error.traceback.unwrap().starts_with("stack traceback:\n"));
            }
        }
        assert_eq!(instance.compute("return 1").unwrap().value(), &Value::Integer(1));
    });
}

#[test]
fn long_code_runs_and_leaves_the_arena_as_it_was() {
    on_every_engine(|module| {
        let mut instance = instance(module);
        let comment = "-".repeat(2 * IO_BUFFER_BYTES);
        let mut used = || {
            assert_eq!(instance.compute(format!("return 1 {comment}")).unwrap().value(), &Value::Integer(1));
            assert!(matches!(instance.compute(format!("error() {comment}")), Err(Error::Lua(_))));
            instance.run_gc().unwrap();
            instance.memory_stats().unwrap().lua_bytes
        };
        let first = used();
        assert!((0..50).all(|_| used() <= first));
    });
}

#[test]
fn a_result_beyond_the_buffer_arrives_whole() {
    on_every_engine(|module| {
        let response = instance(module).compute("return ('x'):rep(100000), 1").unwrap();
        assert_eq!(response.values, [Value::String(vec![b'x'; 100_000]), 1.into()]);
    });
}

#[test]
fn options_reach_the_script() {
    on_every_engine(|module| {
        let text = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&text);
        let options = Options {
            instructions: Some(1_000_000),
            memory: Some(400_000),
            output: Some(4),
            seed: Some(1),
            strip: true,
            bytecode: true,
            compression: Some(0),
            clock: Some(Box::new(|| 86_400_000.0)),
            events: vec![EventKind::Output],
            on_event: Some(Box::new(move |event| sink.lock().unwrap().push(event.clone()))),
            ..Options::default()
        };
        let mut limited = Instance::new(module, MemoryStore::default(), options).unwrap();
        let response = limited.compute("print('kept late') return os.time(), math.random(1 << 40)").unwrap();
        assert!(response.output.starts_with(b"kept"));
        assert_eq!(response.values[0], Value::Integer(86_400));
        let late = text.lock().unwrap().iter().map(|event| event.get("text").unwrap().to_string()).collect::<String>();
        assert_eq!(late, " late\n");
        assert!(limited.compute("return ('x'):rep(500000)").is_err());
        let loaded = limited.compute("return load(string.dump(function() return 7 end))()").unwrap();
        assert_eq!(loaded.value(), &Value::Integer(7));
        let stopped = limited.compute("while true do end").unwrap_err().to_string();
        assert!(stopped.contains("the budget of 1000000 instructions is used up"), "{stopped}");

        let mut plain = instance(module);
        let other = plain.compute("return os.time(), math.random(1 << 40)").unwrap();
        assert_eq!(other.values[0], Value::Integer(0));
        assert_ne!(other.values[1], response.values[1]);
    });
}
