//! Instances from a pool of memory: an instance finds no data of the one before.

use cu_host::{Engine, EngineOptions, Error, Instance, MODULE, MemoryStore, Module, Options, Value};

fn module(engine: Engine, pool: u32) -> Module {
    Module::with_options(EngineOptions { engine, pool }, MODULE).unwrap()
}

fn instance(module: &Module) -> Result<Instance, Error> {
    Instance::new(module, MemoryStore::default(), Options::default())
}

/// Uses globals, the stack, the I/O buffer, and all of the arena.
const TRACES: [&str; 4] = [
    "x, string.rep, _G.print = 1 return ('y'):upper()",
    "local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end return f(5000)",
    "return ('z'):byte(1, -1), #('w'):upper()",
    "t = {} for i = 1, 1 << 30 do t[i] = { i } end",
];

/// The figures and results that would differ if an instance found data of an earlier one.
fn look(instance: &mut Instance) -> (u32, Value, Vec<u8>) {
    let used = instance.memory_stats().unwrap().lua_bytes;
    let answer = instance.compute("return x == nil and t == nil and ('a'):rep(2) .. type(print)").unwrap();
    (
        used,
        answer.value().clone(),
        instance.compute_raw(b"return math.random(0), collectgarbage('count')").unwrap().unwrap(),
    )
}

#[test]
fn an_instance_in_a_used_place_is_as_new() {
    for engine in Engine::ALL {
        let module = module(*engine, 2);
        let first = look(&mut instance(&module).unwrap());
        assert_eq!(first.1, Value::from("aafunction"));
        for round in 0..10 {
            let mut used = instance(&module).unwrap();
            for code in TRACES {
                let _ = used.compute(code);
            }
            assert!(used.compute("return x").is_ok_and(|response| response.value().as_i64() == Some(1)));
            let mut beside = instance(&module).unwrap();
            assert_eq!(look(&mut beside), first, "round {round}, beside");
            drop(used);
            assert_eq!(look(&mut instance(&module).unwrap()), first, "round {round}, after");
        }
    }
}

#[cfg(feature = "wasmtime")]
#[test]
fn one_more_than_the_pool_has_room_for_is_an_error_until_one_ends() {
    let module = module(Engine::Wasmtime, 2);
    let mut all: Vec<Instance> = (0..2).map(|_| instance(&module).unwrap()).collect();
    let error = instance(&module).err().unwrap();
    assert_eq!(error, Error::Pool(2));
    assert_eq!(error.to_string(), "the pool has room for 2 instances at a time, and there are as many");
    assert_eq!(all[1].compute("return 1").unwrap().value(), &Value::Integer(1));
    all.pop();
    assert!(instance(&module).is_ok());
}

#[cfg(feature = "wasmtime")]
#[test]
fn a_pool_that_no_machine_has_addresses_for_is_refused() {
    let options = EngineOptions { engine: Engine::Wasmtime, pool: u32::MAX };
    let error = Module::with_options(options, MODULE).err().unwrap();
    assert!(matches!(&error, Error::Option(text) if text.to_string().starts_with("pool of 4294967295: ")), "{error}");
}
