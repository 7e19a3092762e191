//! Chunks of bytecode: what the verifier refuses is not loaded; what it accepts is loaded and runs, whatever its arguments,
//! without leaving its frame (Lua's own assertions are on).

use cu::bytecode::verify;
use cu::host::stand_in;
use cu_abi::key::{Key, KeyBuffer};
use cu_abi::tables;
use cu_host::Value;

use crate::vm;

const CALLS: &str = "
    local f, why = load(_home.chunk, 'chunk', 'b')
    if not f then return nil, why end
    pcall(f) pcall(f, 1, 'a', {}) pcall(f, print, 2.5, nil, -1)
    local co = coroutine.create(f)
    coroutine.resume(co, { 1, x = 2 }, 'b') coroutine.resume(co, 3)
    local ok, inner = pcall(load(_home.chunk, 'chunk', 'b'), 7)
    if type(inner) == 'function' then pcall(inner) pcall(inner, 1, 2) end
    return true, debug.traceback(co)";

pub fn run(bytes: &[u8]) {
    let is_accepted = verify(bytes).is_ok();
    vm::begin(&[("bytecode", Value::Boolean(true))]);
    let mut key = KeyBuffer::new();
    key.encode(Key::String(b"chunk")).expect("short");
    let value = Value::String(bytes.into()).encode().expect("a string");
    stand_in::put(tables::HOME, key.bytes(), &value);
    match vm::run(CALLS.as_bytes()) {
        Ok(values) => assert_eq!(values[0] == Value::Boolean(true), is_accepted, "{values:?}"),
        Err(text) => assert!(is_accepted || !text.contains("internal error"), "{text}"),
    }
    vm::end();
}
