//! Random programs with an observer: the changes that it gets give the same content as the store.
//!
//! Invariant: the old value of each change is the value after the earlier changes.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cu_abi::tables::{CONTROL, KEY_CONFIG};

use crate::host::stand_in;
use crate::run::collect;
use crate::run::tests::{begin, forget_living, run_any};
use crate::store::system;
use crate::table::write::Change;
use cu_random::Random;

/// By table, then by key.
type Rows = BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u8>>>;

thread_local! {
    /// The content according to the observer, while a test watches.
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Seen {
    rows: Rows,
    changes: usize,
    /// Changes with a wrong old value. They are only counted, because a panic must not pass through Lua's C.
    wrong: Vec<String>,
}

/// Whether a test watches.
pub fn is_looking() -> bool {
    SEEN.with_borrow(Option::is_some)
}

/// The observer: receives each change.
pub fn observe(change: &Change<'_>) {
    SEEN.with_borrow_mut(|seen| {
        let Some(seen) = seen else { return };
        seen.changes += 1;
        let rows = seen.rows.entry(change.table).or_default();
        let before = match change.new {
            Some(value) => rows.insert(change.key.to_vec(), value.to_vec()),
            None => rows.remove(change.key),
        };
        if before.as_deref() != change.old {
            seen.wrong.push(format!("{change:?}, before: {before:?}"));
        }
    });
}

/// Asserts that the changes that the observer got give the content of the store.
fn check(context: &str) {
    let mut stored = stand_in::content();
    for notes in [CONTROL, system::COUNTER, system::MARKS, system::WORK, system::JOURNAL] {
        stored.remove(&notes);
    }
    SEEN.with_borrow(|seen| {
        let seen = seen.as_ref().expect("a test looks");
        assert_eq!(seen.wrong, Vec::<String>::new(), "{context}");
        let seen: Rows =
            seen.rows.iter().filter(|(_, rows)| !rows.is_empty()).map(|(id, rows)| (*id, rows.clone())).collect();
        assert_eq!(seen, stored, "{context}");
    });
}

/// `{ atomic = true }` as the host's answer.
const ATOMIC: &[u8] = b"\x09\x11\0\0\0\x01\0\0\0\x04\x06\0\0\0atomic\x01\x01";

fn value(random: &mut Random, depth: usize) -> String {
    match random.below(if depth > 2 { 6 } else { 10 }) {
        0 => "nil".into(),
        1 => random.below(1000).to_string(),
        2 => format!("'{}'", random.below(100)),
        3 => format!("('text {} '):rep({})", random.below(10), random.below(900)),
        4 => format!("noise({}, {})", random.below(100), 4000 + random.below(3000)),
        5 => "t".into(),
        6 => format!("{{ {}, {} }}", value(random, depth + 1), value(random, depth + 1)),
        7 => format!("{{ a = {}, [{}] = {} }}", value(random, depth + 1), random.below(9), value(random, depth + 1)),
        8 => "function(v) if v then held = v end n = n + 1 return n, held end".into(),
        _ => "print".into(),
    }
}

fn statement(random: &mut Random) -> String {
    let key = format!("k{}", random.below(6));
    match random.below(12) {
        0..=3 => format!("_home.{key} = {}", value(random, 0)),
        4 => format!("t = _home.{key} if type(t) ~= 'table' then t = _home end"),
        5 => format!("t.{key} = {}", value(random, 0)),
        6 => format!("if t ~= _home then table.insert(t, {}) end", value(random, 1)),
        7 => "if t ~= _home and #t > 0 then table.remove(t, 1) end".into(),
        8 => "if t ~= _home then ext.drop(t) end".into(),
        9 => format!("f = _home.{key} if type(f) == 'function' then f({}) end", value(random, 1)),
        10 => format!("_io.output = {}", value(random, 1)),
        _ => format!("for k, v in pairs(t) do if random({}) then t[k] = nil end end", random.below(100)),
    }
}

fn program(random: &mut Random) -> String {
    let mut code = format!(
        "local t, n, held, f = _home, 0
        local seed = {}
        local function random(n) seed = (seed * 1103515245 + n) % 2147483648 return seed % 3 == 0 end
        local function noise(seed, length)
          local bytes = {{}}
          for i = 1, length do seed = (seed * 16807) % 2147483647 bytes[i] = string.char(seed % 256) end
          return table.concat(bytes)
        end\n",
        random.below(1 << 30)
    );
    for _ in 0..=random.below(8) {
        // Some are refused, or get no memory.
        code += &format!("pcall(function() {} end)\n", statement(random));
    }
    if random.below(4) == 0 {
        code += "error('at the end')\n";
    }
    if random.below(6) == 0 {
        code += "do return noise(7, 70000) end\n";
    }
    code
}

#[test]
fn an_observer_that_sees_every_change_has_the_store() {
    let _turn = begin();
    let mut changes = 0;
    for round in 0..100 {
        let mut random = Random::from_environment(round);
        stand_in::clear();
        forget_living();
        stand_in::clear();
        SEEN.set(Some(Seen::default()));
        for compute in 0..30 {
            let is_atomic = random.below(3) == 0;
            if is_atomic {
                stand_in::put(CONTROL, KEY_CONFIG.as_bytes(), ATOMIC);
            }
            let code = program(&mut random);
            if random.below(3) == 0 {
                stand_in::fail_at(1 + random.below(60) as u64);
            }
            let _ = run_any(&code);
            stand_in::fail_at(0);
            stand_in::remove(CONTROL, KEY_CONFIG.as_bytes());
            if random.below(5) == 0 {
                collect::collect_everything();
            }
            // If an atomic compute cannot undo its changes, the next compute does.
            let _ = run_any("");
            check(&format!("round {round}, compute {compute}, atomic {is_atomic}:\n{code}"));
        }
        changes += SEEN.take().expect("it looked").changes;
    }
    assert!(changes > 10_000, "{changes} changes");
}

#[test]
fn only_this_folder_changes_rows() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![source.clone()];
    let mut looked = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let place = path.strip_prefix(&source).expect("inside").to_string_lossy().replace('\\', "/");
        // The journal keeps notes, and events are for the host.
        let may = ["table/", "store/", "host/"].iter().any(|folder| place.starts_with(folder));
        if may || place == "control/event.rs" || !place.ends_with(".rs") {
            continue;
        }
        looked += 1;
        let text = std::fs::read_to_string(&path).expect("text");
        for word in ["store::put(", "store::note(", "store::forget(", "host::set(", "host::delete("] {
            assert!(!text.contains(word), "{place} has {word}");
        }
    }
    assert!(looked > 100, "{looked} files");
}
