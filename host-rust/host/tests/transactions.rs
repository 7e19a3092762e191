//! Transactions over several computes, and computes that the store undoes, through the real module, on every engine, also
//! where the store fails at any call. tests/node/host_transactions.test.mjs has what the module does.

mod faulty;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use cu_host::store::BUSY;
use cu_host::{
    ComputeOptions, Engine, Error, Instance, MODULE, MemoryStore, Module, Options, SharedStore, StoreError, Wait,
};
use faulty::Faulty;

type Shared = SharedStore<MemoryStore>;

const FURNITURE: &str = "_home.x, _home.t = 1, { 1, { 2 } }
     local count = 0
     function _home.count() count = count + 1 return count end
     function _home.counted() return count end";

const CHANGES: [&str; 3] = ["_home.x = 2 _home.count()", "table.insert(_home.t, 3)", "u = { 5 } _home.u = u"];

const STATE: &str = "return _home.x, #_home.t, _home.counted(), _home.u and _home.u[1] or 0";
const BEFORE: [i64; 4] = [1, 2, 0, 0];
const AFTER: [i64; 4] = [2, 3, 1, 5];

fn modules() -> impl Iterator<Item = Module> {
    Engine::ALL.iter().map(|engine| Module::with_engine(*engine, MODULE).unwrap())
}

fn open(module: &Module, store: &Shared) -> Instance {
    Instance::new(module, store.clone(), Options::default()).unwrap()
}

fn furnished(module: &Module) -> Shared {
    let store = Shared::default().with_wait(Wait::AtMost(Duration::from_millis(10)));
    open(module, &store).compute(FURNITURE).unwrap();
    store
}

fn change(instance: &mut Instance) -> Result<(), Error> {
    CHANGES.iter().try_for_each(|code| instance.compute(code).map(drop))
}

fn state(instance: &mut Instance) -> Vec<i64> {
    instance.compute(STATE).unwrap().values.iter().map(|value| value.as_i64().unwrap()).collect()
}

#[test]
fn computes_of_a_transaction_are_kept_or_undone_together() {
    for module in modules() {
        let store = furnished(&module);
        let mut instance = open(&module, &store);
        instance.begin().unwrap();
        change(&mut instance).unwrap();
        assert!(matches!(instance.compute("_home.x = 7 error('alone')"), Err(Error::Lua(_))));
        assert_eq!(state(&mut instance), AFTER);
        instance.roll_back().unwrap();
        assert_eq!(state(&mut instance), BEFORE);
        let answer = instance.compute("return u[1], not pcall(ext.size, u)").unwrap();
        assert_eq!((answer.values[0].as_i64(), answer.values[1].as_bool()), (Some(5), Some(true)));
        instance.transaction(change).unwrap();
        assert_eq!(state(&mut instance), AFTER);
        assert_eq!(state(&mut open(&module, &store)), AFTER);
    }
}

#[test]
fn an_action_that_fails_or_panics_leaves_nothing() {
    for module in modules() {
        let store = furnished(&module);
        let mut instance = open(&module, &store);
        let failed = instance.transaction(|instance| {
            change(instance)?;
            instance.compute("error('no', 0)")
        });
        assert!(matches!(failed, Err(Error::Lua(error)) if error.message == "no"));
        assert_eq!(state(&mut instance), BEFORE);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            instance.transaction(|instance| -> Result<(), Error> {
                change(instance)?;
                panic!("on purpose")
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(state(&mut instance), BEFORE);
        instance
            .transaction(|instance| {
                change(instance)?;
                instance.roll_back()
            })
            .unwrap();
        assert_eq!(state(&mut instance), BEFORE);
    }
}

#[test]
fn others_wait_for_the_end() {
    let module = Module::new(MODULE).unwrap();
    let store = furnished(&module);
    let (mut one, mut other) = (open(&module, &store), open(&module, &store));
    assert_eq!(state(&mut other), BEFORE);
    one.begin().unwrap();
    change(&mut one).unwrap();
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| other.compute(STATE)).join().unwrap();
        assert!(matches!(waiting, Err(Error::Store(StoreError { code: BUSY, .. }))), "{waiting:?}");
    });
    one.commit().unwrap();
    assert_eq!(state(&mut other), AFTER);
    // A transaction in a turn, and a turn in a transaction.
    other.in_turn(|other| other.transaction(|other| other.in_turn(|other| other.compute("_home.count()")))).unwrap();
    assert_eq!(one.compute("return _home.counted()").unwrap().value().as_i64(), Some(2));
}

#[test]
fn a_host_that_dies_in_a_transaction_leaves_nothing_of_it() {
    for module in modules() {
        let store = furnished(&module);
        let mut other = open(&module, &store);
        assert_eq!(state(&mut other), BEFORE);
        let mut instance = open(&module, &store);
        instance.begin().unwrap();
        change(&mut instance).unwrap();
        drop(instance);
        assert_eq!(state(&mut other), BEFORE);
        assert_eq!(state(&mut open(&module, &store)), BEFORE);
    }
}

#[test]
fn what_a_transaction_does_not_permit_is_refused() {
    let module = Module::new(MODULE).unwrap();
    let mut instance = open(&module, &furnished(&module));
    assert!(matches!(instance.commit(), Err(Error::Transaction(_))));
    assert!(matches!(instance.roll_back(), Err(Error::Transaction(_))));
    instance.begin().unwrap();
    let refusals = [
        instance.begin(),
        instance.run_gc(),
        instance.attach_home_table(1),
        instance.rename_home("a", "b"),
        instance.drop_home("a"),
        instance.transaction(|_| Ok(())),
    ];
    for refusal in refusals {
        let Err(Error::Transaction(text)) = refusal else { panic!("{refusal:?}") };
        assert!(text.starts_with("a transaction of this instance is open"), "{text}");
    }
    instance.commit().unwrap();
    instance.run_gc().unwrap();
}

/// What a failing store has still to do: it fails when that many calls are left, once or from then on; `NONE` for never.
type Left = Arc<AtomicI64>;

const NONE: i64 = i64::MAX;

fn failing(left: &Left, dies: bool, store: Shared) -> Faulty<Shared> {
    let left = left.clone();
    Faulty::new(store, move |_, _| {
        if left.load(Ordering::Relaxed) == NONE {
            return None;
        }
        let left = left.fetch_sub(1, Ordering::Relaxed);
        (left == 0 || (dies && left < 0)).then(|| StoreError::new(-77, "failed"))
    })
}

#[test]
fn a_store_that_fails_or_dies_at_any_call_has_all_of_a_transaction_or_nothing() {
    for module in modules() {
        for dies in [false, true] {
            let (mut kept, mut undone) = (0, 0);
            for call in 0.. {
                let store = furnished(&module);
                let left = Left::new(NONE.into());
                let mut instance =
                    Instance::new(&module, failing(&left, dies, store.clone()), Options::default()).unwrap();
                left.store(call, Ordering::Relaxed);
                let answer = instance.transaction(change);
                let is_over = left.swap(if dies { -1 } else { NONE }, Ordering::Relaxed) >= 0;
                if !dies {
                    let expected = if answer.is_ok() { AFTER } else { BEFORE };
                    assert_eq!(state(&mut instance), expected, "call {call}: {answer:?}");
                }
                drop(instance);
                match &state(&mut open(&module, &store))[..] {
                    state if state == AFTER => kept += 1,
                    state if state == BEFORE && answer.is_err() => undone += 1,
                    other => panic!("call {call}, dies {dies}: {other:?}, {answer:?}"),
                }
                if is_over {
                    break;
                }
            }
            assert!(undone > 40 && kept > 0, "undone {undone}, kept {kept}");
        }
    }
}

#[test]
fn the_store_undoes_a_compute_that_fails() {
    for module in modules() {
        let store = furnished(&module);
        let options = Options { atomic_by_store: true, ..Options::default() };
        let mut instance = Instance::new(&module, store.clone(), options).unwrap();
        let failing = format!("{} error('no')", CHANGES.join(" "));
        assert!(instance.compute(&failing).is_err());
        assert_eq!(state(&mut instance), BEFORE);
        let answer = instance.compute("return u[1], not pcall(ext.size, u)").unwrap();
        assert_eq!((answer.values[0].as_i64(), answer.values[1].as_bool()), (Some(5), Some(true)));
        for own in [
            ComputeOptions { atomic: Some(true), ..ComputeOptions::default() },
            ComputeOptions { atomic_by_store: Some(true), ..ComputeOptions::default() },
        ] {
            assert!(instance.compute_with(&failing, &own).is_err());
            assert_eq!(state(&mut instance), BEFORE);
        }
        instance
            .compute("ext.transaction(function() _home.x = 2 end) _home.count() _home.u = u table.insert(_home.t, 3)")
            .unwrap();
        assert_eq!(state(&mut instance), AFTER);
        assert_eq!(state(&mut open(&module, &store)), AFTER);
    }
}

#[test]
fn a_store_that_cannot_roll_back_cannot_undo_a_compute() {
    let module = Module::new(MODULE).unwrap();
    let store = Faulty::new(MemoryStore::default(), |_, _| None);
    let options = Options { atomic_by_store: true, ..Options::default() };
    let mut instance = Instance::new(&module, store, options).unwrap();
    assert!(matches!(instance.compute("return 1"), Err(Error::Option(_))));
    let own = ComputeOptions { atomic_by_store: Some(false), ..ComputeOptions::default() };
    assert!(instance.compute_with("return 1", &own).is_ok());
}
