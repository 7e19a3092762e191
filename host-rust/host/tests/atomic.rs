//! Atomic computes through the real module, on every engine: all changes stay or none, even if the store fails at any
//! call. tests/node/atomic.test.mjs has the other failures.

mod faulty;

use cu_abi::status::ErrorClass;
use cu_host::{
    ComputeOptions, Engine, Error, Instance, MODULE, MemoryStore, Module, Options, ReadOptions, SharedStore, StoreError,
};
use faulty::Faulty;

type Shared = SharedStore<MemoryStore>;

const FURNITURE: &str = "_home.account = { balance = 100, log = { 'opened' } } _home.text = ('old'):rep(2000)
     local count = 0
     function _home.count() count = count + 1 return count end
     return _home.count()";

const CHANGES: &str = "_home.account.balance = 70 table.insert(_home.account.log, 'paid') _home.text = nil
     _home.fresh = { { 1 } } function _home.added() return 7 end _home.count()";

const STATE: &str = "return _home.account.balance, #_home.account.log, _home.text and #_home.text or 0,
     _home.fresh and _home.added() or 0, _home.count()";

fn state(module: &Module, store: &Shared) -> Vec<i64> {
    let mut instance = Instance::new(module, store.clone(), Options::default()).unwrap();
    let answer = instance.compute_with([STATE, " error('nothing stays')"].concat(), &atomic());
    assert!(answer.is_err());
    instance.compute(STATE).unwrap().values.iter().map(|value| value.as_i64().unwrap()).collect()
}

fn atomic() -> ComputeOptions {
    ComputeOptions { atomic: Some(true), ..ComputeOptions::default() }
}

fn furnished(module: &Module) -> Shared {
    let store = Shared::default();
    Instance::new(module, store.clone(), Options::default()).unwrap().compute(FURNITURE).unwrap();
    store
}

#[test]
fn a_store_that_dies_at_any_call_has_all_changes_or_none() {
    for engine in Engine::ALL {
        let module = Module::with_engine(*engine, MODULE).unwrap();
        let (mut kept, mut undone) = (0, 0);
        for calls in 2.. {
            let store = furnished(&module);
            let dead = StoreError::new(-77, "dead");
            let mortal = Faulty::from_call(calls, store.clone(), dead);
            let options = Options { atomic: true, ..Options::default() };
            let answer = Instance::new(&module, mortal, options).unwrap().compute(CHANGES);
            match &state(&module, &store)[..] {
                [70, 2, 0, 7, 3] => kept += 1,
                [100, 1, 6000, 0, 2] if answer.is_err() => undone += 1,
                other => panic!("{}, {calls} calls: {other:?}, {answer:?}", engine.name()),
            }
            if answer.is_ok() && kept > 3 {
                break;
            }
        }
        assert!(undone > 20, "{}: {undone}", engine.name());
    }
}

#[test]
fn a_compute_that_fails_changes_nothing_and_one_that_does_not_everything() {
    for engine in Engine::ALL {
        let module = Module::with_engine(*engine, MODULE).unwrap();
        let store = furnished(&module);
        let mut instance = Instance::new(&module, store.clone(), Options::default()).unwrap();
        let before = instance.read_home(ReadOptions::default()).unwrap().to_string();
        let failing = ComputeOptions { instructions: Some(100_000), ..atomic() };
        match instance.compute_with([CHANGES, " while true do end"].concat(), &failing) {
            Err(Error::Lua(error)) => assert_eq!(error.class, Some(ErrorClass::Budget)),
            other => panic!("{other:?}"),
        }
        assert_eq!(instance.read_home(ReadOptions::default()).unwrap().to_string(), before);
        instance.compute_with(CHANGES, &atomic()).unwrap();
        assert_eq!(state(&module, &store), [70, 2, 0, 7, 3]);
    }
}
