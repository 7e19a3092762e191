//! A hostile store: its rows are the input, it fails at one call, and lies at others. The script gets an error or an answer,
//! and the instance works on.
//!
//! ```text
//! script u8 | call that fails u8, 0 for none | lies u8 | as many lies: answer i16 in 2 bytes, u8 length, bytes | rows
//! ```
//!
//! A lie is the answer to the next question after the rows are in place: its bytes lie in front of what may be written.

use std::cell::RefCell;
use std::collections::VecDeque;

use cu::host::stand_in::{self, Call};
use cu::store::system::{CODES, FUNCTIONS};
use cu_abi::tables;

use crate::rows::Input;
use crate::vm;

/// What looks at a store: each reads, walks, changes, or restores in another way.
pub const SCRIPTS: [&str; 7] = [
    "local v, w = _home.f, _io.input
     if type(v) == 'table' then for k, x in pairs(v) do if type(x) == 'table' then next(x) end end return #v, next(v) end
     if type(v) == 'function' then return pcall(v, 1, 'a') end return v, w",
    "local t, n = _home.t or _home, 0
     for k, v in pairs(t) do n = n + 1 t[k] = n if n > 20 then break end end
     return n, #t, next(t), ext.size(t), pcall(table.unpack, t, 1, 3)",
    "local n = 0
     for k, v in pairs(_home) do
       n = n + 1
       if type(v) == 'function' then pcall(v) pcall(v, n, {}) local co = coroutine.create(v) coroutine.resume(co, 'x') end
       if type(v) == 'table' then pcall(table.insert, v, n) pcall(table.sort, v) pcall(table.remove, v, 1) pcall(ext.drop, v) end
       if n > 20 then break end
     end
     _home.new = { a = { n }, f = function() n = n + 1 return n end }
     return _home.new.f(), n",
    "local t = ext.table() t.x = { 1, { 2 } } _home.f, _home.t = t, _home.f return t, _home.t, #_home, next(_home)",
    "local a, b = _home.f, _home.g _home.f, _home.g = nil, { a, b, a } return a == b, rawequal(a, b), tostring(a), _home.g[1] == a",
    "return _home, _io.input, _home.f, _home.g, _home.t",
    "local t, n = { { 1 } }, 0
     local function act(v)
       _home.new, _home.t = t, v
       n = n + 1
       function _home.f() n = n + 1 return t end
       t[2] = ext.table()
       for k, v in pairs(_home) do if n < 5 then pcall(ext.transaction, act, v) end end
       if n % 2 == 1 then error(t) end
       return n
     end
     return pcall(ext.transaction, act, 5), n, #t, pcall(_home.f or print)",
];

thread_local! {
    static LIES: RefCell<VecDeque<(i16, Vec<u8>)>> = const { RefCell::new(VecDeque::new()) };
}

/// The next lie, when there is one.
fn lie(call: Call, table: u32, into: &mut [u8]) -> Option<i32> {
    if table == tables::CONTROL {
        return None;
    }
    let (answer, bytes) = LIES.with_borrow_mut(VecDeque::pop_front)?;
    let length = bytes.len().min(into.len());
    into[..length].copy_from_slice(&bytes[..length]);
    // A negative zero of answers: what was written.
    Some(if answer == i16::MIN && call != Call::Size { length as i32 } else { answer.into() })
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let script = SCRIPTS[input.byte() as usize % SCRIPTS.len()];
    let failing = input.byte();
    let lies = (0..input.byte() % 8).map(|_| {
        let answer = i16::from_le_bytes([input.byte(), input.byte()]);
        let length = input.byte();
        (answer, input.take(length.into()).to_vec())
    });
    let lies: VecDeque<_> = lies.collect();
    vm::begin(&[]);
    while let Some((table, key, value)) = input.row() {
        if table == FUNCTIONS && value.len() > 10 {
            // No search finds a hash: what follows it is what is tried.
            let mut record = value.to_vec();
            cu::closure::record::end(&mut record);
            stand_in::put(table, key, &record);
        } else if table == CODES && value.len() > 9 {
            let mut row = value.to_vec();
            cu::closure::code::end(&mut row);
            stand_in::put(table, key, &row);
        } else {
            stand_in::put(table, key, value);
        }
    }
    LIES.set(lies);
    stand_in::fail_at(failing.into());
    stand_in::lie(Some(lie));
    let _ = vm::run(script.as_bytes());
    cu::run::collect::collect_everything();
    stand_in::lie(None);
    vm::end();
}
