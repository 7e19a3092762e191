//! Which error a compute answers if it fails and the store has failed, too: the same cases as in host-js.

mod faulty;

use cu_host::{Engine, Error, Instance, MODULE, MemoryStore, Module, Options, SharedStore, StoreError};
use faulty::{Call, Faulty};

const SET_UP: &str = "_home.a = 1 local n = 0 function _home.count() n = n + 1 return n end";

/// The code of the store's failure.
const CODE: i32 = -77;

fn problem() -> StoreError {
    StoreError::new(CODE, "disk on fire")
}

fn on_every_engine(test: impl Fn(&Module)) {
    for engine in Engine::ALL {
        println!("{}", engine.name());
        test(&Module::with_engine(*engine, MODULE).unwrap());
    }
}

/// An instance over a store that from now on fails in these calls.
fn failing(module: &Module, fails: Vec<String>) -> Instance {
    let store = SharedStore::new(Faulty::new(MemoryStore::default(), |_, _| None));
    let mut instance = Instance::new(module, store.clone(), Options::default()).unwrap();
    instance.compute(SET_UP).unwrap();
    let plan = move |call: Call, _| fails.iter().any(|name| name == call.name()).then(problem);
    store.turn().unwrap().plan = Box::new(plan);
    instance
}

#[test]
fn the_error_is_the_hosts_where_its_failure_ended_the_compute() {
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../abi/vectors/host_failures.json")).unwrap();
    assert!(vectors.len() > 10);
    on_every_engine(|module| {
        for vector in &vectors {
            let fails = serde_json::from_value(vector["fails"].clone()).unwrap();
            let answer = failing(module, fails).compute(vector["lua"].as_str().unwrap());
            match (vector["error"].as_str(), answer) {
                (None, Ok(_)) | (Some("lua"), Err(Error::Lua(_))) => {}
                (Some("host"), Err(Error::Host { error, cause })) => {
                    assert_eq!(cause, problem());
                    assert!(error.message.ends_with(": it answered -77"), "{error}");
                }
                (wanted, answer) => panic!("{}: {wanted:?} wanted, not {answer:?}", vector["name"]),
            }
        }
    });
}

#[test]
fn a_failure_in_one_compute_is_none_of_the_next_one() {
    on_every_engine(|module| {
        let mut instance = failing(module, vec!["set".to_owned()]);
        let message = instance.compute("_home.x = 1").unwrap_err().to_string();
        let later = instance.compute(format!("error({message:?}, 0)")).unwrap_err();
        assert_eq!(later.to_string(), message);
        assert!(matches!(later, Error::Lua(_)));
        assert_eq!(instance.take_store_error(), None);
    });
}

#[test]
fn a_long_key_is_no_failure_of_the_store() {
    on_every_engine(|module| {
        let mut instance = failing(module, Vec::new());
        instance.compute("_home.t = {} _home.t[('k'):rep(4000)] = 1").unwrap();
        instance.run_gc().unwrap();
        assert_eq!(instance.take_store_error(), None);
        assert_eq!(instance.compute("return #next(_home.t)").unwrap().value().as_i64(), Some(4000));
        assert_eq!(instance.take_store_error(), None);
    });
}

#[test]
fn the_cause_of_the_error_is_what_the_store_said() {
    on_every_engine(|module| {
        let error = failing(module, vec!["get".to_owned()]).compute("return _home.a").unwrap_err();
        assert_eq!(error.to_string(), "compute:1: the host failed to read key 'a' of _home: it answered -77");
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("the store failed with code -77: disk on fire"));
    });
}
