//! What ids and collections cost: a collection over many used ids and few tables, one over many live entries, and how many
//! ids instances spend that come and go over one store. `cargo run --release -p cu-host --example ids [MODULE...]` from the
//! root of the repository (two minutes) compares other modules with the built one, in turns; `make native` first, for the
//! figure that says how fast the machine is.
//!
//! Prints milliseconds, the least and the median of the rounds.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use cu_host::{Error, Instance, MODULE, MemoryStore, Module, Options, RedbStore, SharedStore, Store, Value};

const NATIVE: &str = "target/release/native-lua";
const ROUNDS: usize = 11;
const USED_IDS: u32 = 25_000_000;
const ENTRIES: u32 = 1_000_000;
/// Instances that come and go, of each kind.
const INSTANCES: u32 = 10_000;
/// Instances after which there is a collection, where there are any.
const BETWEEN_COLLECTIONS: u32 = 100;
/// The module's notes, and the first id that was never given.
const NOTES: u32 = 0x8000_0000;
const NEXT_TABLE: &str = "next_table";

type Answer<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Answer<()> {
    calibrate();
    let module = Module::new(MODULE)?;
    many_used_ids(&module)?;
    let mut modules = vec![("this module".to_owned(), module.clone())];
    for path in std::env::args().skip(1) {
        modules.push((path.clone(), Module::new(&std::fs::read(path)?)?));
    }
    many_entries(&modules)?;
    ids_spent(&module)
}

fn print(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{name:<64} {:>9.2} {:>9.2}", milliseconds(times[0]), milliseconds(times[times.len() / 2]));
}

/// How long fib(32) takes in native Lua: 120 ms is the machine for which limits are said.
fn calibrate() {
    let script = std::env::temp_dir().join(format!("cu-ids-{}.lua", std::process::id()));
    let code = "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
        local start = os.clock() fib(32) io.write((os.clock() - start) * 1e6 // 1 | 0)";
    let run = || {
        std::fs::write(&script, code).ok()?;
        let output = std::process::Command::new(NATIVE).arg(&script).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok().map(Duration::from_micros)
    };
    match (0..ROUNDS).map(|_| run()).collect() {
        Some(times) => print("fib(32) in native Lua", times),
        None => println!("{NATIVE} does not run: make native"),
    }
    let _ = std::fs::remove_file(script);
}

/// The time of collections by instances that hold nothing, over a store that `make` makes anew for each.
fn collections<S: Store + 'static>(module: &Module, mut make: impl FnMut() -> Answer<S>) -> Answer<Vec<Duration>> {
    (0..ROUNDS).map(|_| collection(module, make()?)).collect()
}

fn collection(module: &Module, store: impl Store + 'static) -> Answer<Duration> {
    let mut instance = Instance::new(module, store, Options::default())?;
    let start = Instant::now();
    instance.run_gc()?;
    Ok(start.elapsed())
}

const FEW_TABLES: &str = "_home.a = { x = { 1 } } _home.b = { 2 }";

fn used_by_scripts(module: &Module, store: impl Store + 'static) -> Answer<()> {
    const PART: u32 = 100_000;
    let mut instance = Instance::new(module, store, Options::default())?;
    instance.compute(FEW_TABLES)?;
    for _ in 0..USED_IDS / PART {
        instance.compute(format!("for _ = 1, {PART} do ext.table() end"))?;
    }
    instance.compute("_home.last = { 3 }")?;
    Ok(())
}

/// As an earlier module left it: the counter says so, and nothing else is noted.
fn used_before(module: &Module, mut store: impl Store + Clone + 'static) -> Answer<()> {
    Instance::new(module, store.clone(), Options::default())?.compute(FEW_TABLES)?;
    store.clear(NOTES)?;
    Ok(store.set(NOTES, &Value::from(NEXT_TABLE).encode_key()?, &Value::from(USED_IDS).encode()?)?)
}

fn many_used_ids(module: &Module) -> Answer<()> {
    println!("\na collection over {USED_IDS} used ids and a few tables");
    let scripts = MemoryStore::default();
    let used = SharedStore::new(scripts);
    used_by_scripts(module, used.clone())?;
    println!("{:<64} {:>9}", "ids given", next_id(&mut used.clone())?);
    let copy = || Ok(SharedStore::new(used.turn()?.clone()));
    print("in memory, used by scripts", collections(module, copy)?);
    print("in memory, used by scripts, once more", collections(module, || Ok(used.clone()))?);
    let before = || {
        let store = SharedStore::new(MemoryStore::default());
        used_before(module, store.clone())?;
        Ok(store)
    };
    print("in memory, used before there was a ledger", collections(module, before)?);
    let file = File(std::env::temp_dir().join(format!("cu-ids-{}.redb", std::process::id())));
    let open = || {
        file.remove();
        Ok::<_, Error>(SharedStore::new(RedbStore::open(&file.0)?))
    };
    let in_file = || {
        let store = open()?;
        used_before(module, store.clone())?;
        Ok(store)
    };
    print("in a file, used before there was a ledger", collections(module, in_file)?);
    let in_file = || {
        let store = open()?;
        used_by_scripts(module, store.clone())?;
        Answer::Ok(store)
    };
    print("in a file, used by scripts", vec![collection(module, in_file()?)?]);
    Ok(())
}

fn next_id(store: &mut dyn Store) -> Answer<i64> {
    let value = store.get(NOTES, &Value::from(NEXT_TABLE).encode_key()?)?;
    Ok(value.map(|value| Value::decode(&value)).transpose()?.and_then(|value| value.as_i64()).unwrap_or(3))
}

/// Collections that free nothing, of each module over a store of its own.
fn many_entries(modules: &[(String, Module)]) -> Answer<()> {
    let shapes = [
        ("1 table", format!("local t = ext.table() _home.t = t for i = 1, {ENTRIES} do t[i] = i end")),
        (
            "100,000 tables",
            format!(
                "local all = ext.table() _home.t = all
                 for i = 1, {} do local t = ext.table() all[i] = t for k = 1, 9 do t[k] = k end end",
                ENTRIES / 10
            ),
        ),
    ];
    for (shape, code) in shapes {
        println!("\na collection over {ENTRIES} live entries in {shape}");
        let store = |module: &Module| {
            let store = SharedStore::new(MemoryStore::default());
            Instance::new(module, store.clone(), Options::default())?.compute(&code)?;
            Ok::<_, Error>(store)
        };
        let stores: Vec<_> = modules.iter().map(|(_, module)| store(module)).collect::<Result<_, _>>()?;
        let mut times = vec![Vec::new(); modules.len()];
        for _ in 0..ROUNDS {
            for (at, (_, module)) in modules.iter().enumerate() {
                times[at].push(collection(module, stores[at].clone())?);
            }
        }
        for ((name, _), times) in modules.iter().zip(times) {
            print(name, times);
        }
    }
    Ok(())
}

fn ids_spent(module: &Module) -> Answer<()> {
    println!("\nids that were never given before, for each of {INSTANCES} instances, one after another");
    println!("{:<50} {:>14} {:>16}", "", "no collection", "now and then one");
    for (name, code) in [
        ("computes nothing that needs ids", "return 1"),
        ("changes a number", "_home.n = (_home.n or 0) + 1"),
        ("makes a table and keeps nothing", "local t = ext.table() t.x = 1"),
        ("stores a table over the old one", "_home.t = { 1 }"),
        ("stores a function over the old one", "local n = 0 function _home.f() n = n + 1 return n end"),
        ("calls a stored function", "if not _home.g then local n = 0 function _home.g() n = n + 1 end end _home.g()"),
    ] {
        let [without, with] = [None, Some(BETWEEN_COLLECTIONS)].map(|between| spent(module, code, between));
        println!("{name:<50} {:>14.4} {:>16.4}", without?, with?);
    }
    Ok(())
}

fn spent(module: &Module, code: &str, between: Option<u32>) -> Answer<f64> {
    let mut store = SharedStore::new(MemoryStore::default());
    // What the first ones need is not counted.
    let mut first = 0;
    let warm = between.unwrap_or(1) * 3;
    for number in 0..warm + INSTANCES {
        if number == warm {
            first = next_id(&mut store)?;
        }
        let mut instance = Instance::new(module, store.clone(), Options::default())?;
        instance.compute(code)?;
        if between.is_some_and(|between| number % between == 0) {
            instance.run_gc()?;
        }
    }
    Ok((next_id(&mut store)? - first) as f64 / f64::from(INSTANCES))
}

/// A file that goes when the program ends.
struct File(PathBuf);

impl File {
    fn remove(&self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.remove();
    }
}
