//! The whole of the module but its C library and its exports, natively, over the stand-in host.
//!
//! The instance is one for all tests, as it is for all computes; each begins with a `_home` of its own.

use std::sync::MutexGuard;

use cu_abi::value::{Item, Reader};

use crate::host::stand_in;
use crate::run::{collect, compute, create, home, io_buffer};
use crate::vm::state::exclusive;

/// The turn of a test, with an empty store and nothing left alive of the test before.
pub fn begin() -> MutexGuard<'static, ()> {
    let turn = exclusive();
    stand_in::fail_at(0);
    stand_in::clear();
    assert!(create::create());
    forget_living();
    turn
}

/// As after a restart: what lives in Lua is let go, and the store is looked at anew.
pub fn forget_living() {
    home::attach(cu_abi::tables::HOME);
    run("collectgarbage() collectgarbage()").expect("a collection");
}

/// What a compute answers, behind the printed text, or its error's text.
pub fn run_any(code: &str) -> Result<Vec<u8>, String> {
    // SAFETY: the test has its turn; code and buffer are memory of this process.
    let (status, bytes) = unsafe {
        let status = compute::compute(code.as_ptr() as usize, code.len(), usize::MAX);
        (status, &io_buffer::bytes()[..])
    };
    let Ok(length) = usize::try_from(status) else {
        return Err(String::from_utf8_lossy(&bytes[..(-status - 1) as usize]).into_owned());
    };
    let output = u32::from_le_bytes(bytes[..4].try_into().expect("four bytes")) as usize;
    Ok(bytes[4 + output..length].to_vec())
}

/// The integers that a compute returns, or its error's text.
pub fn run(code: &str) -> Result<Vec<i64>, String> {
    let bytes = run_any(code)?;
    let mut reader = Reader::new(&bytes);
    let mut values = Vec::new();
    while !reader.is_at_end() {
        match reader.item().expect("a value") {
            Item::Integer(value) => values.push(value),
            Item::Nil => {}
            other => panic!("an integer is wanted: {other:?}"),
        }
    }
    Ok(values)
}

const STORED: &str = "
    local count, held, n = 0, { 7 }, 1
    _home.count = function() count = count + 1 return count end
    _home.hold = function(v) if v ~= nil then held, n = v, n + 1 end return #held, n end
    _home.list, _home.text = { 1, 2, { 3 } }, ('text'):rep(1000)
    local function twice(x) return 2 * x end
    _home.twice = { twice, twice }";

#[test]
fn tables_functions_and_captured_variables_are_there_again() {
    let _turn = begin();
    run(STORED).expect("stored");
    for round in 1..=3 {
        forget_living();
        let code =
            "return _home.count(), #_home.list, _home.list[3][1], #_home.text, _home.twice[1](21), (_home.hold())";
        assert_eq!(run(code), Ok(vec![round, 3, 3, 4000, 42, 1]));
    }
    assert_eq!(run("return rawequal(_home.twice[1], _home.twice[2]) and 1 or 0"), Ok(vec![1]));
}

/// What each script does under a failing host, and whether it leaves the store as it was when it fails: a compute is
/// no transaction, one assignment is.
const UNDER_FAILURE: [(&str, &str, bool); 5] = [
    ("promotion", "_home.new = { a = { 1, 2, { 3 } }, b = ('v'):rep(6000), c = { d = { { { 4 } } } } }", true),
    ("a function", "local n, t = 1, { 1 } _home.f = function() n = n + #t return n, t, _home.f end", true),
    ("restoration", "return _home.count() * 0 + _home.twice[2](4) + #_home.list", false),
    ("write-back", "_home.hold({ 1, { deep = ('x'):rep(3000) }, function() return _home.text end })", false),
    ("iteration", "local n = 0 for k, v in pairs(_home) do n = n + 1 end table.insert(_home.list, n)", false),
];

#[test]
fn a_host_that_fails_at_any_call_loses_nothing() {
    let _turn = begin();
    for (name, code, is_atomic) in UNDER_FAILURE {
        let mut failures = 0;
        for call in 1.. {
            stand_in::clear();
            forget_living();
            run(STORED).expect("stored");
            forget_living();
            let before = stand_in::content();
            stand_in::fail_at(call);
            let answer = run(code);
            let is_over = stand_in::will_fail();
            stand_in::fail_at(0);
            if is_over {
                assert!(answer.is_ok(), "{name}: {answer:?}");
                break;
            }
            failures += 1;
            if let Err(text) = &answer {
                assert!(text.contains("answered -77"), "{name}, call {call}: {text}");
                if is_atomic {
                    assert_eq!(stand_in::content(), before, "{name}, call {call}");
                }
            }
            // The instance lives on, the script succeeds now, and what was stored before is whole.
            let counted = run("return _home.count()").unwrap_or_else(|text| panic!("{name}, call {call}: {text}"));
            run(code).unwrap_or_else(|text| panic!("{name}, call {call}, again: {text}"));
            forget_living();
            let found = run("return _home.count(), #_home.text, _home.twice[1](5), _home.list[3][1]");
            assert_eq!(found.map(|found| found[1..].to_vec()), Ok(vec![4000, 10, 3]), "{name}, call {call}");
            assert!((1..=2).contains(&counted[0]), "{name}, call {call}: {counted:?}");
        }
        assert!(failures > 4, "{name}: {failures} calls");
    }
}

#[test]
fn a_collection_that_fails_at_any_call_frees_nothing_that_is_reached() {
    let _turn = begin();
    let mut calls = 0;
    for call in 1.. {
        stand_in::clear();
        forget_living();
        run(STORED).expect("stored");
        run("_home.gone = { { 1 }, function() end } _home.gone = nil").expect("stored");
        forget_living();
        stand_in::fail_at(call);
        collect::collect_everything();
        let is_over = stand_in::will_fail();
        stand_in::fail_at(0);
        let code =
            "return _home.count(), #_home.list, _home.list[3][1], #_home.text, _home.twice[1](21), (_home.hold())";
        assert_eq!(run(code), Ok(vec![1, 3, 3, 4000, 42, 1]), "call {call}");
        collect::collect_everything();
        // Home, list, its row, twice, held; four functions with their counters.
        let tables = stand_in::content().keys().filter(|id| **id < cu_abi::tables::SYSTEM_FIRST).count();
        assert_eq!(tables, 5, "call {call}");
        if is_over {
            break;
        }
        calls = call;
    }
    assert!(calls > 100, "{calls} calls of a collection");
}
