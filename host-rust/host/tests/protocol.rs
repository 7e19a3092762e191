//! The host against a stand-in module without Lua, on every engine: framing, imports, code placement, traps.

mod faulty;

use std::error::Error as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cu_abi::limits::IO_BUFFER_BYTES;
use cu_host::{Engine, Error, Instance, MemoryStore, Module, Options, SharedStore, Store, StoreError, TrapKind, Value};
use faulty::{Call, Faulty};

/// The I/O buffer of the stand-in.
const BUFFER: u32 = 65536;
/// Size of the stand-in's memory.
const MEMORY: u32 = 4 * 65536;

fn stand_in(engine: Engine) -> Module {
    Module::with_engine(engine, &wat::parse_str(include_str!("stand_in.wat")).unwrap()).unwrap()
}

fn on_every_engine(test: impl Fn(&Module)) {
    for engine in Engine::ALL {
        println!("{}", engine.name());
        test(&stand_in(*engine));
    }
}

fn instance(module: &Module, store: impl Store + 'static) -> Instance {
    Instance::new(module, store, Options::default()).unwrap()
}

const SET: u8 = 0;
const GET: u8 = 1;
const DELETE: u8 = 2;
const SIZE: u8 = 3;
const KEYS: u8 = 4;

/// The answer of an import to these arguments. Data after the arguments lies at [`data`].
fn import(instance: &mut Instance, import: u8, arguments: [u32; 5], data: &[u8]) -> i64 {
    let mut code = vec![b'I', import];
    arguments.iter().for_each(|argument| code.extend(argument.to_le_bytes()));
    code.extend(data);
    instance.compute(code).unwrap().value().as_i64().unwrap()
}

/// Address of the byte `offset` of an import's data.
fn data(offset: u32) -> u32 {
    BUFFER + 2 + 5 * 4 + offset
}

#[test]
fn responses_and_error_texts_arrive_byte_for_byte() {
    on_every_engine(|module| {
        let mut instance = instance(module, MemoryStore::default());
        let response = instance.compute(b"R\x02\0\0\0hi\x01\x01\x00").unwrap();
        assert_eq!((response.output, response.values), (b"hi".to_vec(), vec![true.into(), Value::Nil]));
        assert_eq!(instance.compute_raw(b"Rraw"), Ok(Ok(b"raw".to_vec())));
        assert_eq!(instance.compute_raw(b"E"), Ok(Err(Vec::new())));
        match instance.compute("Ex:1: no\nstack traceback:\n\t[C]: in ?") {
            Err(Error::Lua(error)) => {
                assert_eq!(error.message, "x:1: no");
                assert_eq!(error.traceback.as_deref(), Some("stack traceback:\n\t[C]: in ?"));
                assert_eq!((error.class, error.value), (None, None));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(instance.compute("S").unwrap().value(), &Value::Integer(5));
    });
}

#[test]
fn answers_longer_than_the_buffer_are_refused() {
    on_every_engine(|module| {
        let mut instance = instance(module, MemoryStore::default());
        for reply in [i32::MAX, i32::MIN, 65537, -65538] {
            let code = [b"N", &reply.to_le_bytes()[..]].concat();
            assert!(matches!(instance.compute_raw(&code), Err(Error::Protocol(_))), "{reply}");
        }
        for (reply, length) in [(65536, 65536), (-65537, 65536), (-1, 0), (0, 0)] {
            let code = [b"N", &i32::to_le_bytes(reply)[..]].concat();
            let text = instance.compute_raw(&code).unwrap().unwrap_or_else(|text| text);
            assert_eq!(text.len(), length, "{reply}");
        }
    });
}

#[test]
fn long_code_lies_in_a_block_that_is_freed_also_after_an_error() {
    on_every_engine(|module| {
        let mut instance = instance(module, MemoryStore::default());
        let mut code = vec![b'R'; IO_BUFFER_BYTES + 1];
        assert_eq!(instance.compute_raw(&code), Ok(Ok(code[1..].to_vec())));
        code[0] = b'E';
        assert_eq!(instance.compute_raw(&code), Ok(Err(code[1..].to_vec())));
        code[..5].copy_from_slice(b"N\xff\xff\xff\x7f");
        assert!(matches!(instance.compute_raw(&code), Err(Error::Protocol(_))));
        assert_eq!(instance.memory_stats().unwrap().lua_bytes, 0, "blocks in use");
        assert_eq!(instance.compute_raw(&[b'S'; 131_072]), Err(Error::CodeSize(131_072)));
        assert!(!instance.is_dead());
    });
}

#[test]
fn a_trap_ends_the_instance_and_no_other() {
    on_every_engine(|module| {
        // The engine must stop endless recursion, also in a thread of the default size.
        for code in ["T", "O"] {
            let mut dead = instance(module, MemoryStore::default());
            assert!(matches!(dead.compute(code), Err(Error::Trap(_))));
            assert!(dead.is_dead());
            assert!(matches!(dead.compute("S"), Err(Error::Dead(_))));
            assert!(matches!(dead.run_gc(), Err(Error::Dead(_))));
            assert_eq!(instance(module, dead.into_store()).compute("S").unwrap().value(), &Value::Integer(1));
        }
    });
}

#[test]
fn imports_reach_the_store() {
    on_every_engine(|module| {
        let store = SharedStore::new(MemoryStore::default());
        let mut instance = instance(module, store.clone());
        assert_eq!(import(&mut instance, SET, [7, data(0), 1, data(1), 3], b"kone"), 0);
        assert_eq!(import(&mut instance, SET, [7, data(0), 2, data(2), 0], b"k2"), 0);
        assert_eq!(store.turn().unwrap().get(7, b"k").unwrap().as_deref(), Some(&b"one"[..]));
        assert_eq!(import(&mut instance, SIZE, [7, 0, 0, 0, 0], b""), 2);
        assert_eq!(import(&mut instance, SIZE, [8, 0, 0, 0, 0], b""), 0);

        // The value is written to the fourth page if it fits; the answer is its length in both cases.
        let target = MEMORY - 3;
        assert_eq!(import(&mut instance, GET, [7, data(0), 1, target, 2], b"k"), 3);
        assert_eq!(memory(&mut instance, target, 3), [0; 3]);
        assert_eq!(import(&mut instance, GET, [7, data(0), 1, target, 3], b"k"), 3);
        assert_eq!(memory(&mut instance, target, 3), b"one");
        assert_eq!(import(&mut instance, GET, [7, data(0), 1, target, 3], b"x"), -1);

        assert_eq!(import(&mut instance, DELETE, [7, data(0), 1, 0, 0], b"k"), 0);
        assert_eq!(import(&mut instance, DELETE, [7, data(0), 1, 0, 0], b"k"), 0);
        assert_eq!(store.turn().unwrap().size(7), Ok(1));
    });
}

fn memory(instance: &mut Instance, address: u32, length: u32) -> Vec<u8> {
    let code = [&b"M"[..], &address.to_le_bytes(), &length.to_le_bytes()].concat();
    instance.compute_raw(&code).unwrap().unwrap()
}

/// The keys of one page of `size` bytes, and what the import answered.
fn page(instance: &mut Instance, last: &[u8], descending: bool, size: u32) -> (i64, Vec<Vec<u8>>) {
    let at = MEMORY - 64;
    let head = last.len() as u32 | u32::from(descending) << 31;
    // The head is stored as a value of another table, and so it gets into memory.
    let content = [&head.to_le_bytes()[..], last].concat();
    instance.store().set(9, b"page", &content).unwrap();
    import(instance, GET, [9, data(0), 4, at, 64], b"page");
    let written = import(instance, KEYS, [7, at, size, 0, 0], b"");
    let mut rest = &memory(instance, at, written.max(0) as u32)[..];
    let mut keys = Vec::new();
    while let Some((length, tail)) = rest.split_first_chunk() {
        let (key, tail) = tail.split_at(u32::from_le_bytes(*length) as usize);
        keys.push(key.to_vec());
        rest = tail;
    }
    (written, keys)
}

#[test]
fn keys_come_by_pages_in_both_directions() {
    on_every_engine(|module| {
        let mut store = MemoryStore::default();
        for key in [&b"a"[..], b"bb", b"ccc", b"\xff"] {
            store.set(7, key, b"").unwrap();
        }
        let mut instance = instance(module, store);
        let all: [&[u8]; 4] = [b"a", b"bb", b"ccc", b"\xff"];
        assert_eq!(page(&mut instance, b"", false, 64), (23, all.map(<[u8]>::to_vec).to_vec()));
        assert_eq!(page(&mut instance, b"", false, 17).1, all[..2], "only whole keys");
        assert_eq!(page(&mut instance, b"bb", false, 64).1, all[2..]);
        assert_eq!(page(&mut instance, b"b", true, 64).1, all[..1]);
        assert_eq!(page(&mut instance, b"", true, 13).1, [all[3], all[2]], "descending");
        assert_eq!(page(&mut instance, b"\xff", false, 64).0, 0, "no more");
        assert!(page(&mut instance, b"bb", false, 6).0 < -1, "no room for one key");
        assert!(page(&mut instance, b"long", false, 7).0 < -1, "a last key outside the page");
        assert!(page(&mut instance, b"", false, 3).0 < -1, "no room for the head");
    });
}

#[test]
fn pointers_outside_memory_are_answered_and_nothing_is_touched() {
    on_every_engine(|module| {
        let mut store = MemoryStore::default();
        store.set(7, b"k", b"value").unwrap();
        let mut instance = instance(module, store.clone());
        let edge = [(MEMORY, 1), (MEMORY - 1, 2), (0, u32::MAX), (u32::MAX, 1), (u32::MAX, u32::MAX), (MEMORY + 1, 0)];
        for (pointer, length) in edge {
            for (number, arguments) in [
                (SET, [7, pointer, length, data(0), 1]),
                (SET, [7, data(0), 1, pointer, length]),
                (GET, [7, pointer, length, data(0), 1]),
                (GET, [7, data(0), 1, pointer, length]),
                (DELETE, [7, pointer, length, 0, 0]),
                (KEYS, [7, pointer, length, 0, 0]),
                (SET, [0, pointer, length, pointer, length]),
                (GET, [0, pointer, length, pointer, length]),
            ] {
                let answer = import(&mut instance, number, arguments, b"k");
                assert!(answer < -1, "import {number} with {arguments:?} answered {answer}");
            }
        }
        for (key, value) in instance_tables(&mut instance, 7) {
            assert_eq!((key, value), (b"k".to_vec(), b"value".to_vec()));
        }
    });
}

fn instance_tables(instance: &mut Instance, table: u32) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut keys = Vec::new();
    let visit = &mut |key: &[u8]| {
        keys.push(key.to_vec());
        true
    };
    instance.store().keys(table, None, false, visit).unwrap();
    keys.into_iter()
        .map(|key| {
            let value = instance.store().get(table, &key).unwrap().unwrap().into_owned();
            (key, value)
        })
        .collect()
}

#[test]
fn table_0_is_the_control_channel_and_not_in_the_store() {
    on_every_engine(|module| {
        let options = Options { memory: Some(1000), clock: Some(Box::new(|| 1.5)), ..Options::default() };
        let mut instance = Instance::new(module, MemoryStore::default(), options).unwrap();
        let target = MEMORY - 64;
        let length = import(&mut instance, GET, [0, data(0), 6, target, 64], b"config") as u32;
        let config = Value::decode(&memory(&mut instance, target, length)).unwrap();
        assert_eq!(config.to_string(), "{memory = 1000, events = {error = true}}");
        assert_eq!(import(&mut instance, GET, [0, data(0), 3, target, 64], b"now"), 9);
        assert_eq!(Value::decode(&memory(&mut instance, target, 9)), Ok(Value::Float(1.5)));
        assert_eq!(import(&mut instance, GET, [0, data(0), 5, target, 64], b"other"), -1);
        assert_eq!(import(&mut instance, SET, [0, data(0), 5, data(5), 1], b"event\0"), 0);
        assert_eq!(import(&mut instance, DELETE, [0, data(0), 3, 0, 0], b"now"), 0);
        assert_eq!(import(&mut instance, SIZE, [0, 0, 0, 0, 0], b""), 0);
        assert_eq!(instance_tables(&mut instance, 0), []);
    });
}

#[test]
fn spilled_results_are_read_from_the_store_and_io_can_be_cleared() {
    on_every_engine(|module| {
        let mut instance = instance(module, MemoryStore::default());
        let spilled = b"R\0\0\0\0\x0a";
        assert!(matches!(instance.compute(spilled), Err(Error::Protocol(_))));
        instance.store().set(2, b"\x01result\0", b"\x01\x01\0").unwrap();
        assert_eq!(instance.compute(spilled).unwrap().values, [true.into(), Value::Nil]);
        assert_eq!(instance.store().size(2), Ok(0), "what was read is gone");
        instance.store().set(2, b"\x01result\0", b"\x01\x01\0").unwrap();
        assert_eq!(instance.compute_raw(spilled), Ok(Ok(b"\0\0\0\0\x0a".to_vec())));
        assert_eq!(instance.store().size(2), Ok(1), "who asks for bytes reads them from the store");
        instance.clear_io().unwrap();
        assert_eq!(instance.store().size(2), Ok(0));
    });
}

#[test]
fn a_spilled_result_that_nobody_read_is_gone_when_the_next_instance_starts() {
    on_every_engine(|module| {
        let mut store = MemoryStore::default();
        store.set(2, b"\x01result\0", b"\x01\x01").unwrap();
        store.set(2, b"\x01output\0", b"\x01\x01").unwrap();
        let mut instance = instance(module, store);
        assert_eq!(instance_tables(&mut instance, 2), [(b"\x01output\0".to_vec(), b"\x01\x01".to_vec())]);
    });
}

/// Where the host itself looks when an instance begins (`store/unfinished.rs`).
const OF_HOST: u32 = cu_abi::tables::HOST_FIRST;

/// Fails every call with the code that is the table's id, but for tables of the host.
fn failing() -> Faulty<MemoryStore> {
    Faulty::new(MemoryStore::default(), |call, table| {
        assert!(call != Call::Set || table != 13, "the store panics");
        (table < OF_HOST).then(|| StoreError::new(-(table as i32), "on purpose"))
    })
}

#[test]
fn a_failing_store_is_answered_with_its_code_and_never_as_an_absence() {
    on_every_engine(|module| {
        let mut instance = instance(module, failing());
        for number in [SET, GET, DELETE, SIZE, KEYS] {
            for (table, code) in [(99, -99), (1, -4)] {
                let arguments = if number == KEYS { [table, 0, 64, 0, 0] } else { [table, 0, 1, 0, 0] };
                assert_eq!(import(&mut instance, number, arguments, b""), code, "import {number}");
                assert_eq!(instance.take_store_error().map(|error| error.message).as_deref(), Some("on purpose"));
            }
        }
    });
}

#[test]
fn a_panic_in_the_store_reaches_the_caller_and_spares_the_instance() {
    on_every_engine(|module| {
        let mut instance = instance(module, failing());
        let call = AssertUnwindSafe(|| import(&mut instance, SET, [13, 0, 1, 0, 1], b""));
        assert!(catch_unwind(call).is_err());
        assert_eq!(instance.compute("S").unwrap().value(), &Value::Integer(2));
    });
}

/// Logs how units begin and end. Commits fail on request; a rollback undoes changes if there was a `set`.
#[derive(Default)]
struct Units {
    log: String,
    has_changed: bool,
    refuses: bool,
}

impl Store for Units {
    fn get(&mut self, table: u32, _: &[u8]) -> Result<Option<std::borrow::Cow<'_, [u8]>>, StoreError> {
        assert!(table >= OF_HOST, "the store panics");
        Ok(None)
    }
    fn set(&mut self, _: u32, _: &[u8], _: &[u8]) -> Result<(), StoreError> {
        self.log += "set ";
        self.has_changed = true;
        Ok(())
    }
    fn delete(&mut self, _: u32, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }
    fn size(&mut self, _: u32) -> Result<u32, StoreError> {
        Ok(0)
    }
    fn keys(&mut self, _: u32, _: Option<&[u8]>, _: bool, _: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), StoreError> {
        Ok(())
    }
    fn begin(&mut self) -> Result<(), StoreError> {
        self.log += "begin ";
        Ok(())
    }
    fn commit(&mut self) -> Result<(), StoreError> {
        self.log += "commit ";
        self.has_changed = false;
        if self.refuses { Err(StoreError::new(-9, "the disk is full")) } else { Ok(()) }
    }
    fn can_roll_back(&self) -> bool {
        true
    }
    fn roll_back(&mut self) -> bool {
        self.log += "roll_back ";
        std::mem::take(&mut self.has_changed)
    }
}

/// An instance, and the log since its creation.
fn with_units(module: &Module) -> (Instance, SharedStore<Units>) {
    let store = SharedStore::new(Units::default());
    let instance = instance(module, store.clone());
    store.turn().unwrap().log.clear();
    (instance, store)
}

fn take_log(store: &SharedStore<Units>) -> String {
    std::mem::take(&mut store.turn().unwrap().log)
}

#[test]
fn a_call_of_the_module_is_one_unit_also_when_the_script_fails() {
    on_every_engine(|module| {
        let (mut instance, store) = with_units(module);
        import(&mut instance, SET, [7, data(0), 1, data(0), 1], b"k");
        assert_eq!(take_log(&store), "begin set commit ");
        assert!(matches!(instance.compute("Eno"), Err(Error::Lua(_))));
        assert_eq!(take_log(&store), "begin commit ");
        instance.run_gc().unwrap();
        assert_eq!(take_log(&store), "begin commit ");
    });
}

#[test]
fn a_trap_keeps_its_kind_and_the_engines_error() {
    let outside = [b"M", &[0xf0, 0xff, 0xff, 0xff, 1, 0, 0, 0][..]].concat();
    let kinds: [(&[u8], TrapKind); 3] =
        [(b"T", TrapKind::Unreachable), (b"O", TrapKind::StackExhausted), (&outside, TrapKind::MemoryOutOfBounds)];
    on_every_engine(|module| {
        for (code, kind) in kinds {
            let mut instance = instance(module, MemoryStore::default());
            let error = instance.compute(code).unwrap_err();
            let Error::Trap(trap) = &error else { panic!("{error:?}") };
            assert_eq!(trap.kind, kind);
            assert!(error.source().is_some());
            // Every later call gets the same cause.
            let later = instance.compute("S").unwrap_err();
            assert_eq!(later.to_string(), format!("the instance is dead: {error}"));
            assert_eq!(later.source().and_then(|source| source.downcast_ref()), Some(&error));
        }
    });
}

#[test]
fn an_answer_that_breaks_the_contract_rolls_back_what_the_compute_changed() {
    let too_long = [b"N", &i32::MAX.to_le_bytes()[..]].concat();
    on_every_engine(|module| {
        for has_changed in [false, true] {
            let (mut instance, store) = with_units(module);
            store.turn().unwrap().has_changed = has_changed;
            let error = instance.compute(&too_long).unwrap_err();
            assert!(matches!(error, Error::Protocol(_)));
            assert_eq!(take_log(&store), "begin roll_back ");
            assert_eq!(instance.is_dead(), has_changed);
            if has_changed {
                let dead = instance.compute("S").unwrap_err();
                let wanted = format!("the instance is dead: its changes were rolled back: {error}");
                assert_eq!(dead.to_string(), wanted);
                assert_eq!(dead.source().and_then(|source| source.downcast_ref()), Some(&error));
            }
        }
    });
}

#[test]
fn a_trap_rolls_back() {
    on_every_engine(|module| {
        let (mut instance, store) = with_units(module);
        assert!(matches!(instance.compute("T"), Err(Error::Trap(_))));
        assert!(matches!(instance.compute("S"), Err(Error::Dead(_))));
        assert_eq!(take_log(&store), "begin roll_back ");
    });
}

#[test]
fn a_failed_commit_is_the_answer_and_the_end() {
    on_every_engine(|module| {
        let (mut instance, store) = with_units(module);
        store.turn().unwrap().refuses = true;
        let error = instance.compute("S").unwrap_err();
        let text = "the changes were not committed: the store failed with code -9: the disk is full";
        assert_eq!((matches!(error, Error::Commit(_)), error.to_string().as_str()), (true, text));
        assert!(instance.is_dead());
        assert_eq!(instance.compute("S"), Err(Error::Dead(text.into())));
        assert_eq!(take_log(&store), "begin commit ");
    });
}

#[test]
fn a_panic_rolls_back_and_ends_the_instance_when_something_was_undone() {
    on_every_engine(|module| {
        for has_changed in [false, true] {
            let (mut instance, store) = with_units(module);
            store.turn().unwrap().has_changed = has_changed;
            let call = AssertUnwindSafe(|| import(&mut instance, GET, [7, 0, 1, 0, 1], b""));
            assert!(catch_unwind(call).is_err());
            assert_eq!(take_log(&store), "begin roll_back ");
            assert_eq!(instance.is_dead(), has_changed);
        }
    });
}

#[test]
fn what_is_no_such_module_is_refused_with_a_reason() {
    let wat = include_str!("stand_in.wat");
    for engine in Engine::ALL {
        for (from, to, reason) in [
            ("(export \"run_gc\")", "", "run_gc"),
            ("(export \"run_gc\")", "(export \"run_gc\") (param i32)", "run_gc"),
            ("(export \"memory\")", "", "memory"),
            ("js_ext_table_get", "other_import", "other_import"),
        ] {
            assert!(wat.contains(from));
            let bytes = wat::parse_str(wat.replace(from, to)).unwrap();
            let module = Module::with_engine(*engine, &bytes);
            let refused = module.and_then(|module| Instance::new(&module, MemoryStore::default(), Options::default()));
            match refused.err() {
                Some(Error::Module(text)) => assert!(text.to_string().contains(reason), "{text}"),
                other => panic!("{to}: {other:?}"),
            }
        }
        assert!(matches!(Module::with_engine(*engine, b"\0asm").err(), Some(Error::Module(_))));
        let lying = wat.replace(
            "get_buffer_ptr\") (result i32) (i32.const 65536)",
            "get_buffer_ptr\") (result i32) (i32.const -4)",
        );
        let module = Module::with_engine(*engine, &wat::parse_str(lying).unwrap()).unwrap();
        let refused = Instance::new(&module, MemoryStore::default(), Options::default()).err();
        assert!(matches!(refused, Some(Error::Protocol(_))), "{refused:?}");
    }
}

#[test]
fn home_and_figures_pass_through() {
    on_every_engine(|module| {
        let mut instance = instance(module, MemoryStore::default());
        assert_eq!(instance.home_table(), Ok(1));
        instance.attach_home_table(9).unwrap();
        instance.reserve_table_ids(10).unwrap();
        instance.enable_memory_alias(false).unwrap();
        instance.run_gc().unwrap();
        assert_eq!(instance.home_table(), Ok(9));
        let stats = instance.memory_stats().unwrap();
        assert_eq!((stats.io_buffer_bytes, stats.lua_bytes, stats.wasm_pages), (65536, 0, 4));
    });
}
