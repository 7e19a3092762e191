//! External tables in a file: the scripts of `tests/lua/external` with restarts that reopen the file, random operations
//! against a naive model, and a process that is killed while it computes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::ops::Bound;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cu_host::{Engine, Error, Instance, Module, Options, RedbStore, Store};
use cu_tests as common;

fn open(module: &Module, file: &Path) -> Instance {
    let store = RedbStore::open(file).expect("a store");
    Instance::new(module, store, Options::default()).expect("an instance")
}

// ---- the scripts (their headings are explained in tests/node/tables.test.mjs) ----

fn run_script(module: &Module, script: &Path, file: &Path) {
    let text = std::fs::read_to_string(script).expect("a script");
    let mut instance = open(module, file);
    for section in text.split("\n---- ").enumerate().map(|(index, section)| match index {
        0 => ("next", section),
        _ => section.split_once('\n').unwrap_or((section, "")),
    }) {
        let (head, code) = section;
        let (kind, pattern) = head.split_once(' ').unwrap_or((head, ""));
        if kind == "restart" {
            drop(instance);
            instance = open(module, file);
        }
        let place = format!("{}, section {head:?}", script.display());
        match (kind, instance.compute(code)) {
            ("next" | "restart", Ok(_)) => {}
            ("error", Err(error @ Error::Lua(_))) => {
                let find = format!("return string.find([==[{error}]==], [==[{pattern}]==]) ~= nil");
                let found = instance.compute(find).expect("a pattern");
                assert_eq!(found.value().as_bool(), Some(true), "{place}: {error}");
            }
            (_, answer) => panic!("{place}: {answer:?}"),
        }
    }
}

fn run_all(engine: Engine) {
    let module = common::module(engine);
    let folder = common::Folder::new(engine.name());
    for (number, script) in common::lua_files("external").iter().enumerate() {
        run_script(&module, script, &folder.file(&format!("{number}.redb")));
    }
}

#[test]
fn external_tables_in_a_file_on_wasmtime() {
    run_all(Engine::Wasmtime);
}

#[test]
fn external_tables_in_a_file_on_wasmi() {
    run_all(Engine::Wasmi);
}

#[test]
fn collected_tables_are_gone_from_the_file() {
    let folder = common::Folder::new("collected");
    let module = common::module(Engine::default());
    let file = folder.file("home.redb");
    let mut instance = open(&module, &file);
    instance.compute("for i = 1, 100 do _home.row = { i } end").expect("rows");
    drop(instance);
    let tables = |store: &mut dyn Store| (3..600).filter(|table| store.size(*table) != Ok(0)).count();
    let mut instance = open(&module, &file);
    assert_eq!(tables(instance.store()), 100);
    instance.compute("_home.other = { 1 }").expect("a table");
    instance.run_gc().expect("a collection");
    drop(instance);
    let mut store = RedbStore::open(&file).expect("a store");
    assert_eq!(tables(&mut store), 2);
    assert_eq!(store.size(0x8000_0001), Ok(0));
}

#[test]
fn a_file_has_one_owner_at_a_time() {
    let folder = common::Folder::new("owner");
    let file = folder.file("home.redb");
    let first = RedbStore::open(&file).expect("a store");
    let second = RedbStore::open(&file).map(drop).expect_err("a refusal");
    assert_eq!(second.to_string(), format!("cannot open {}: another process has it open", file.display()));
    drop(first);
    RedbStore::open(&file).expect("a store");
}

// ---- the model ----

/// The simplest possible tables.
type Model = BTreeMap<(u32, Vec<u8>), Vec<u8>>;

/// xorshift64*, so that a seed replays on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }

    fn table(&mut self) -> u32 {
        [1, 2, 3, 255, 256, 0x8000_0000, u32::MAX - 1, u32::MAX][self.below(8) as usize]
    }

    /// Short keys of few letters, so that keys repeat, and sometimes a long one.
    fn key(&mut self) -> Vec<u8> {
        let length = if self.below(50) == 0 { 4096 } else { self.below(4) };
        (0..length).map(|_| [0, 1, b'a', 0xff][self.below(4) as usize]).collect()
    }

    fn value(&mut self) -> Vec<u8> {
        let length = if self.below(100) == 0 { 100_000 } else { self.below(20) };
        vec![self.below(256) as u8; length as usize]
    }
}

fn model_keys(model: &Model, table: u32, after: Option<&[u8]>, descending: bool) -> Vec<Vec<u8>> {
    let mut keys: Vec<_> = model.keys().filter(|key| key.0 == table).map(|key| key.1.clone()).collect();
    if descending {
        keys.reverse();
    }
    keys.retain(|key| after.is_none_or(|after| if descending { &key[..] < after } else { &key[..] > after }));
    keys
}

fn store_keys(store: &mut RedbStore, table: u32, after: Option<&[u8]>, descending: bool, most: usize) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    let visit = &mut |key: &[u8]| {
        keys.push(key.to_vec());
        keys.len() < most
    };
    store.keys(table, after, descending, visit).expect("keys");
    keys
}

fn compare_one(random: &mut Random, store: &mut RedbStore, model: &Model) {
    let (table, key) = (random.table(), random.key());
    let bounds = (Bound::Included((table, Vec::new())), Bound::Included((table, vec![0xff; 5000])));
    assert_eq!(store.size(table), Ok(model.range(bounds).count() as u32));
    let expected = model.get(&(table, key.clone())).map(Vec::as_slice);
    assert_eq!(store.get(table, &key).expect("a value").as_deref(), expected);
    let (after, descending) = (Some(&key[..]).filter(|_| random.below(3) > 0), random.below(2) == 0);
    let most = 1 + random.below(20) as usize;
    let mut expected = model_keys(model, table, after, descending);
    expected.truncate(most);
    assert_eq!(store_keys(store, table, after, descending, most), expected);
}

fn compare_all(store: &mut RedbStore, model: &Model) {
    for table in [1, 2, 3, 4, 255, 256, 0x8000_0000, u32::MAX - 1, u32::MAX] {
        let keys = store_keys(store, table, None, false, usize::MAX);
        assert_eq!(keys, model_keys(model, table, None, false));
        assert_eq!(store.size(table), Ok(keys.len() as u32));
        for key in keys {
            assert_eq!(
                store.get(table, &key).expect("a value").as_deref(),
                model.get(&(table, key)).map(Vec::as_slice)
            );
        }
    }
}

/// Writes and reads, in units that are committed, undone or lost with the process, and outside of units.
fn run_model(seed: u64, steps: u32) {
    println!("seed {seed}");
    let folder = common::Folder::new(&format!("model-{seed}"));
    let file = folder.file("home.redb");
    let mut random = Random(seed);
    let mut store = RedbStore::open(&file).expect("a store");
    let mut model = Model::new();
    let mut before: Option<Model> = None;
    for _ in 0..steps {
        match random.below(200) {
            0 => {
                // Uncommitted changes are lost with the store.
                drop(store);
                store = RedbStore::open(&file).expect("a store");
                model = before.take().unwrap_or(model);
                compare_all(&mut store, &model);
            }
            1 => {
                let table = random.table();
                store.clear(table).expect("a clear");
                model.retain(|key, _| key.0 != table);
            }
            2..12 if before.is_none() => {
                store.begin().expect("a unit");
                before = Some(model.clone());
            }
            2..6 => {
                store.commit().expect("a commit");
                before = None;
            }
            6..8 => {
                store.roll_back();
                model = before.take().unwrap_or(model);
            }
            // A change outside of a unit is a commit, which is slow, so there are few.
            12..160 if before.is_some() || random.below(20) == 0 => {
                let (table, key) = (random.table(), random.key());
                if random.below(3) > 0 {
                    let value = random.value();
                    store.set(table, &key, &value).expect("a set");
                    model.insert((table, key), value);
                } else {
                    store.delete(table, &key).expect("a delete");
                    model.remove(&(table, key));
                }
            }
            _ => compare_one(&mut random, &mut store, &model),
        }
    }
    drop(store);
    compare_all(&mut RedbStore::open(&file).expect("a store"), &before.unwrap_or(model));
}

/// `CU_SEED` replays one run.
#[test]
fn random_operations_agree_with_the_model() {
    if let Some(seed) = std::env::var("CU_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return run_model(seed, 20_000);
    }
    let now = std::time::UNIX_EPOCH.elapsed().map_or(1, |time| time.as_nanos() as u64) | 1;
    for seed in [1, 2, 3, now] {
        run_model(seed, 10_000);
    }
}

// ---- the process that is killed ----

/// Names the file for the process that will be killed: this program, running only [`worker`].
const FILE_VARIABLE: &str = "CU_PERSISTENCE_FILE";

/// One compute: a counter, a row for each number, a list whose rows all carry it, and a table that comes and goes.
const STEP: &str = "
    local n = (_home.n or 0) + 1
    _home.n = n
    _home.rows = _home.rows or {}
    _home.rows[n] = { text = ('x'):rep(n % 300), n = n }
    _home.list = _home.list or {}
    for i = 1, 40 do _home.list[i] = n end
    _home.now = { n }
    return n";

/// Checks that the state is the one after a whole number of steps, and returns that number.
const CHECK: &str = "
    local n = _home.n or 0
    if n == 0 then assert(next(_home) == nil) return 0 end
    assert(ext.size(_home.rows) == n, 'rows')
    for i = 1, n do assert(_home.rows[i].n == i and #_home.rows[i].text == i % 300, 'row ' .. i) end
    assert(_home.rows[n + 1] == nil and #_home.list == 40)
    for i = 1, 40 do assert(_home.list[i] == n, 'list ' .. i) end
    assert(_home.now[1] == n and ext.size(_home.now) == 1)
    return n";

/// Computes until it is killed. It prints each number after the answer of its compute, and sometimes runs a collection.
#[test]
#[ignore = "started by a_killed_process_loses_no_answered_compute"]
fn worker() {
    let Some(file) = std::env::var_os(FILE_VARIABLE) else { return };
    let mut instance = open(&common::module(Engine::Wasmi), Path::new(&file));
    loop {
        let n = instance.compute(STEP).expect("a step").value().as_i64().expect("a number");
        println!("\nanswered {n}");
        std::io::stdout().flush().expect("a reader");
        if n % 64 == 0 {
            instance.run_gc().expect("a collection");
        }
    }
}

/// Starts the worker, kills it some time after its first answer, and returns the last number that it printed.
fn work_until_killed(file: &Path, pause: Duration) -> i64 {
    let mut worker = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "worker", "--ignored", "--nocapture"])
        .env(FILE_VARIABLE, file)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(worker.stdout.take().expect("its output")).lines();
    let mut last = 0;
    let mut note = |line: std::io::Result<String>| {
        let number = line.ok().and_then(|line| line.strip_prefix("answered ")?.parse().ok());
        last = number.unwrap_or(last);
        number.is_some()
    };
    lines.by_ref().find_map(|line| note(line).then_some(())).expect("a first answer");
    std::thread::sleep(pause);
    // SIGKILL: nothing runs in the process after this. Its earlier output is still in the pipe.
    worker.kill().expect("a kill");
    worker.wait().expect("its end");
    lines.for_each(|line| {
        note(line);
    });
    last
}

#[test]
fn a_killed_process_loses_no_answered_compute() {
    let folder = common::Folder::new("killed");
    let file = folder.file("home.redb");
    let module = common::module(Engine::default());
    let mut last = 0;
    for round in 0..12 {
        let answered = work_until_killed(&file, Duration::from_micros(round * 6_700));
        let mut instance = open(&module, &file);
        let found = instance.compute(CHECK).unwrap_or_else(|error| panic!("round {round}: {error}"));
        let found = found.value().as_i64().expect("a number");
        println!("round {round}: answered {answered}, found {found}");
        assert!(answered > last && (found == answered || found == answered + 1), "round {round}");
        last = found;
    }
}
