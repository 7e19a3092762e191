//! The module, compiled for this machine, over its stand-in for a host.
//!
//! There is one instance for all inputs, so an input must not find what another left behind: the store is emptied, and
//! globals and libraries are put back.

use std::sync::Once;

use cu::host::stand_in;
use cu::lua::stack::Stack;
use cu::lua::table::RegistryKey;
use cu::run::{collect, compute, create, home, io_buffer};
use cu::vm::instance::INSTANCE;
use cu_abi::call::Call;
use cu_abi::pending::Pending;
use cu_abi::{tables, tags};
use cu_host::Value;

/// Work that one input may do: a few milliseconds. What native code does quicker than WebAssembly, such as filling memory,
/// is limited by memory.
const INSTRUCTIONS: i64 = 100_000;
const MEMORY_BYTES: i64 = 1024 * 1024;

/// Returns a function that puts globals and libraries back as they are now.
const KEEP: &str = "
    local next, rawset, kept, own = next, rawset, {}, { _G = true, _home = true, _io = true, Memory = true }
    local function copy(table)
      local fields = {}
      for key, field in next, table do fields[key] = field end
      kept[table] = fields
    end
    for name, value in next, _G do if type(value) == 'table' and not own[name] then copy(value) end end
    copy(getmetatable(''))
    local globals, names = _G, {}
    for name, value in next, _G do if not own[name] then names[name] = value end end
    function _G.put_back()
      for key in next, globals do if names[key] == nil and not own[key] then rawset(globals, key, nil) end end
      for key, value in next, names do rawset(globals, key, value) end
      for table, fields in next, kept do
        for key in next, table do if fields[key] == nil then rawset(table, key, nil) end end
        for key, field in next, fields do rawset(table, key, field) end
      end
    end";

/// The place of that function in Lua's registry, where no script can reach it.
static PUT_BACK: RegistryKey = RegistryKey::new();

fn lua() -> Stack<'static> {
    INSTANCE.lua().expect("the instance has started")
}

fn keep() {
    run(KEEP.as_bytes()).expect("the instance starts");
    lua().get_global(c"put_back");
    lua().register(&PUT_BACK);
    lua().push_nil();
    lua().set_global(c"put_back");
}

fn put_back() {
    lua().push_globals();
    lua().push_nil();
    lua().set_metatable(-2);
    lua().set_top(0);
    lua().get_registered(&PUT_BACK);
    assert!(lua().call_protected(0, 0, 0).is_ok(), "libraries are put back");
}

static STARTED: Once = Once::new();

/// What a compute answers.
pub type Answer = Result<Vec<Value>, String>;

/// An empty store, nothing alive of the input before, and this configuration beside the budget.
pub fn begin(options: &[(&str, Value)]) {
    stand_in::fail_at(0);
    stand_in::clear();
    STARTED.call_once(|| {
        assert!(create::create());
        keep();
    });
    home::attach(tables::HOME);
    configure(options);
}

fn configure(options: &[(&str, Value)]) {
    let text = |text: &str| Value::String(text.into());
    let mut pairs =
        vec![(text("instructions"), Value::Integer(INSTRUCTIONS)), (text("memory"), Value::Integer(MEMORY_BYTES))];
    pairs.extend(options.iter().map(|(name, value)| (text(name), value.clone())));
    let bytes = Value::Table(pairs).encode().expect("a flat table");
    stand_in::put(tables::CONTROL, tables::KEY_CONFIG.as_bytes(), &bytes);
}

/// The end of an input: what it left behind is put back and collected, and the instance works.
pub fn end() {
    stand_in::fail_at(0);
    stand_in::clear();
    home::attach(tables::HOME);
    configure(&[]);
    put_back();
    collect::collect_everything();
    // No external table: their ids are not given again, and a collection looks at each.
    let answer = run(b"local t = {} for i = 1, 10 do t[i] = { i } end return #t + t[10][1]");
    assert_eq!(answer, Ok(vec![Value::Integer(20)]));
}

/// What a part of a compute comes to.
pub enum Part {
    /// It is over.
    Ended(Answer),
    /// It waits, with this ticket.
    Waits(i64),
}

/// Runs code of a compute that does not wait.
pub fn run(code: &[u8]) -> Answer {
    match part(code) {
        Part::Ended(answer) => answer,
        Part::Waits(ticket) => panic!("a compute waits with the ticket {ticket}, and no function is offered"),
    }
}

/// Runs code, or goes on; what comes back is an answer in the form that the contract says.
pub fn part(code: &[u8]) -> Part {
    // SAFETY: one thread; code and buffer are memory of this process.
    let (status, buffer) = unsafe {
        let status = compute::compute(code.as_ptr() as usize, code.len(), usize::MAX);
        (status, &io_buffer::bytes()[..])
    };
    let Ok(length) = usize::try_from(status) else {
        let text = buffer[..(-1 - status) as usize].to_vec();
        return Part::Ended(Err(String::from_utf8(text).expect("the text of an error is UTF-8")));
    };
    let frame = &buffer[..length];
    let (head, rest) = frame.split_first_chunk::<4>().expect("a frame begins with a length");
    let values = &rest[u32::from_le_bytes(*head) as usize..];
    let spilled = (values == [tags::SPILLED])
        .then(|| stand_in::look(tables::IO, tables::KEY_RESULT).expect("a spilled result is in the store"));
    let values = spilled.as_deref().unwrap_or(values);
    match Pending::read(values) {
        Some(Pending { ticket, call }) => {
            let mut call = Call::read(call).expect("what is asked is a call record");
            while call.argument().expect("its arguments are values").is_some() {}
            Part::Waits(ticket)
        }
        None => Part::Ended(Ok(Value::decode_all(values, 0).expect("an answer is values"))),
    }
}
