//! What an instance remembers of functions and captured variables, read anew because another instance wrote.

use crate::closure::write_back;
use crate::host::stand_in;
use crate::lua::status::Status;
use crate::proxy::access::ExternalRows;
use crate::run::tests::{begin, forget_living, run};
use crate::store::system::{CELLS, CODES, FUNCTIONS};
use crate::vm::instance::INSTANCE;

fn read_anew() -> Status {
    let lua = INSTANCE.lua().expect("an instance");
    let status = write_back::read_anew(lua, &ExternalRows);
    lua.set_top(0);
    status
}

fn integer(number: i64) -> Vec<u8> {
    [&[2], &number.to_le_bytes()[..]].concat()
}

/// The keys of a table, in the order of the ids.
fn keys(table: u32) -> Vec<Vec<u8>> {
    stand_in::content().get(&table).map(|rows| rows.keys().cloned().collect()).unwrap_or_default()
}

const STORED: &str = "
    do local a, b, c = 1, 2, 3
    held = function(x) if x then a, b, c = x, x, x end return a, b, c end end
    _home.f = held";

#[test]
fn every_living_variable_gets_the_value_of_the_store() {
    let _turn = begin();
    run(STORED).expect("stored");
    for (number, cell) in keys(CELLS).iter().enumerate() {
        stand_in::put(CELLS, cell, &integer(10 + number as i64));
    }
    assert_eq!(run("return held()"), Ok(vec![1, 2, 3]), "it does not know yet");
    assert!(read_anew().is_ok());
    assert_eq!(run("return held()"), Ok(vec![10, 11, 12]));
    // Nothing counts as changed: what another one writes now is not overwritten.
    stand_in::put(CELLS, &keys(CELLS)[0], &integer(50));
    run("return 1").expect("nothing");
    assert!(read_anew().is_ok());
    assert_eq!(run("return held()"), Ok(vec![50, 11, 12]));
}

#[test]
fn what_was_changed_and_not_written_loses() {
    let _turn = begin();
    run(STORED).expect("stored");
    for call in 1.. {
        stand_in::fail_at(call);
        assert!(run("held(7)").is_err(), "call {call}");
        stand_in::fail_at(0);
        if INSTANCE.cells.next_changed(0).is_some() {
            break;
        }
    }
    for cell in keys(CELLS) {
        stand_in::put(CELLS, &cell, &integer(20));
    }
    assert!(read_anew().is_ok());
    assert!(INSTANCE.cells.next_changed(0).is_none());
    assert_eq!(run("return held()"), Ok(vec![20, 20, 20]));
    forget_living();
    assert_eq!(run("return _home.f()"), Ok(vec![20, 20, 20]));
}

#[test]
fn what_the_store_does_not_have_any_more_is_an_ordinary_value() {
    let _turn = begin();
    run(STORED).expect("stored");
    let (functions, cells, codes) = (keys(FUNCTIONS), keys(CELLS), keys(CODES));
    stand_in::remove(FUNCTIONS, &functions[0]);
    stand_in::remove(CELLS, &cells[1]);
    stand_in::remove(CODES, &codes[0]);
    assert!(read_anew().is_ok());
    assert_eq!(INSTANCE.known.entries().count(), 0);
    assert_eq!(INSTANCE.codes.all_ids().count(), 0);
    assert_eq!(INSTANCE.cells.all_ids().count(), 2);
    assert_eq!(run("return held()"), Ok(vec![1, 2, 3]), "it lives on");
    // It is stored again as if it never was.
    run("_home.f = held held(9)").expect("stored");
    assert_eq!((keys(FUNCTIONS).len(), keys(CELLS).len(), keys(CODES).len()), (1, 3, 1));
    assert!(!keys(FUNCTIONS).contains(&functions[0]) && !keys(CODES).contains(&codes[0]));
    forget_living();
    assert_eq!(run("return _home.f()"), Ok(vec![9, 9, 9]));
}

#[test]
fn a_variable_that_became_a_function_is_that_function() {
    let _turn = begin();
    run("do local other = 0 held = function() return type(other) == 'function' and other() or other end end
        _home.f = held")
    .expect("stored");
    let cells = keys(CELLS);
    run("do local many, last = {}, function() return 5 end
          for i = 1, 50 do local before = last many[i] = function() return before() + 1 end last = many[i] end
          _home.last = last end")
    .expect("stored");
    let value = stand_in::look(cu_abi::tables::HOME, b"\x01last\0").expect("a function");
    // Nothing of the chain lives, and reading it moves what the registers have.
    run("held_too, held = held, nil collectgarbage() collectgarbage()").expect("a collection");
    stand_in::put(CELLS, &cells[0], &value);
    assert!(read_anew().is_ok());
    assert_eq!(run("return held_too()"), Ok(vec![55]));
}

#[test]
fn a_variable_that_is_damaged_is_bad_alone_and_one_that_cannot_be_read_keeps_its_value() {
    let _turn = begin();
    run(STORED).expect("stored");
    let cells = keys(CELLS);
    stand_in::put(CELLS, &cells[0], &[5, 4, 0, 0, 0, 99, 0, 0, 0]);
    stand_in::put(CELLS, &cells[1], &integer(30));
    assert!(read_anew().is_ok());
    assert_eq!(run("local bad = held() assert(not pcall(bad)) return select(2, held())"), Ok(vec![30, 3]));
    stand_in::put(CELLS, &cells[0], &integer(31));
    stand_in::fail_at(2);
    assert!(!read_anew().is_ok());
    stand_in::fail_at(0);
    assert_eq!(run("return select(2, held())"), Ok(vec![30, 3]));
    assert!(read_anew().is_ok());
    assert_eq!(run("return held()"), Ok(vec![31, 30, 3]));
}
