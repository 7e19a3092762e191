//! Several instances over one store: threads over a shared store and over one file, processes over one file.
#![cfg(feature = "redb")]

#[path = "../../testkit/src/folder.rs"]
mod folder;
#[path = "../../testkit/src/worker.rs"]
mod worker;

use std::thread;
use std::time::{Duration, Instant};

use cu_host::store::BUSY;
use cu_host::{
    Error, FileMode, Instance, MODULE, MemoryStore, Module, Options, RedbOptions, RedbStore, SharedStore, Store, Value,
    Wait,
};
use cu_random::Random;
use folder::Folder;
use worker::Worker;

/// A file that is open in each turn only.
fn open(file: &str, wait: Wait) -> RedbStore {
    RedbStore::open_with(file, RedbOptions { mode: FileMode::EachTurn, wait }).unwrap()
}

fn instance(module: &Module, store: impl Store + 'static) -> Instance {
    Instance::new(module, store, Options::default()).unwrap()
}

/// Moves an amount from one account to another, counts in a number and in a captured variable, and adds a table to a log:
/// an instance that remembers an old value or an id that another one used finds them unequal.
fn move_amount(random: &mut Random) -> String {
    let [from, to] = [0; 2].map(|_| 1 + random.below(5));
    let amount = random.below(100);
    format!(
        "_home[{from}] = (_home[{from}] or 0) - {amount}
         _home[{to}] = (_home[{to}] or 0) + {amount}
         _home.count = (_home.count or 0) + 1
         if not _home.counter then
             local n = 0
             function _home.counter() n = n + 1 return n end
         end
         local counted = _home.counter()
         if counted ~= _home.count then error('counted ' .. counted .. ', not ' .. _home.count) end
         _home.log = _home.log or {{}}
         _home.log[_home.count] = {{ amount = {amount} }}
         return _home.count"
    )
}

fn work(mut instance: Instance, mut random: Random, rounds: u64) {
    for _ in 0..rounds {
        let code = move_amount(&mut random);
        instance.compute(&code).unwrap();
        if random.one_in(20) {
            instance.run_gc().unwrap();
        }
    }
}

const SUM: &str = "local sum = 0
    for account = 1, 5 do sum = sum + (_home[account] or 0) end
    for number = 1, _home.count or 0 do assert(_home.log[number].amount < 100) end
    return sum, _home.count or 0";

/// The sum over all accounts, which no movement changes, and the number of movements.
fn sum_and_count(instance: &mut Instance) -> (i64, u64) {
    let values = instance.compute(SUM).unwrap().values;
    (values[0].as_i64().unwrap(), values[1].as_i64().unwrap() as u64)
}

const THREADS: u64 = 3;

fn threads_agree<S: Store + 'static>(module: &Module, rounds: u64, random: &mut Random, store: impl Fn() -> S) {
    thread::scope(|threads| {
        for _ in 0..THREADS {
            let (instance, random) = (instance(module, store()), Random::new(random.next()));
            threads.spawn(move || work(instance, random, rounds));
        }
    });
    assert_eq!(sum_and_count(&mut instance(module, store())), (0, THREADS * rounds));
}

#[test]
fn instances_of_several_threads_take_turns() {
    let module = Module::new(MODULE).unwrap();
    let folder = Folder::new("threads");
    for round in 0..8 {
        let mut random = Random::from_environment(round);
        let memory = SharedStore::new(MemoryStore::default());
        threads_agree(&module, 100, &mut random, || memory.clone());
        let file = folder.file(&format!("kept-{round}.redb"));
        let kept = SharedStore::new(RedbStore::open(file).unwrap());
        threads_agree(&module, 10, &mut random, || kept.clone());
        let file = folder.file(&format!("each-{round}.redb"));
        threads_agree(&module, 5, &mut random, || open(&file, Wait::Forever));
    }
}

/// Instances that live at the same time over one store each.
fn see_one_another(mut a: Instance, mut b: Instance) {
    a.compute("local n = 0 function _home.count() n = n + 1 return n end _home.t = { 1 }").unwrap();
    let mut counted = Vec::new();
    for _ in 0..3 {
        for instance in [&mut a, &mut b] {
            counted.push(instance.compute("return _home.count()").unwrap().value().as_i64().unwrap());
        }
    }
    assert_eq!(counted, [1, 2, 3, 4, 5, 6]);
    // Tables that each of them makes, and walks after the other changed them.
    for (round, one) in [(0, 0), (1, 1), (2, 0)] {
        let instances = [&mut a, &mut b];
        instances[one].compute(format!("_home.t[#_home.t + 1] = {{ {round} }}")).unwrap();
        let walk = "local n = 0 for _ in pairs(_home.t) do n = n + 1 end return n";
        assert_eq!(instances[1 - one].compute(walk).unwrap().value().as_i64(), Some(round + 2));
    }
    // A collection in one: what the other still holds is there, or its use is an error.
    b.compute("held = _home.t[2] _home.t = nil").unwrap();
    a.run_gc().unwrap();
    a.compute("_home.other = { 'new' }").unwrap();
    match b.compute("return held[1]") {
        Ok(response) => assert_eq!(response.value().as_i64(), Some(0)),
        Err(error) => assert!(error.to_string().contains("this table is gone"), "{error}"),
    }
    // What the host changes itself is seen, too.
    assert_eq!(a.compute("return ext.size(_home)").unwrap().value().as_i64(), Some(2));
    b.store().set(1, b"\x01other\0", &[1, 1]).unwrap();
    for instance in [&mut a, &mut b] {
        assert_eq!(instance.compute("return _home.other").unwrap().value().as_bool(), Some(true));
    }
}

#[test]
fn living_instances_see_what_the_others_wrote() {
    let module = Module::new(MODULE).unwrap();
    let folder = Folder::new("living");
    let shared = SharedStore::new(MemoryStore::default());
    see_one_another(instance(&module, shared.clone()), instance(&module, shared));
    let file = folder.file("home.redb");
    see_one_another(instance(&module, open(&file, Wait::Never)), instance(&module, open(&file, Wait::Never)));
}

/// Each request stores its input, computes, and reads the output.
fn requests(mut instance: Instance, mut random: Random, rounds: u64) {
    const IO: u32 = 2;
    let key = |name: &str| Value::from(name).encode_key().unwrap();
    for _ in 0..rounds {
        let input = random.below(1_000_000) as i64;
        let output = instance.in_turn(|instance| {
            instance.clear_io()?;
            instance.store().set(IO, &key("input"), &Value::from(input).encode()?)?;
            thread::yield_now();
            instance.compute("_io.output = _io.input + 1")?;
            thread::yield_now();
            let output = instance.store().get(IO, &key("output"))?.map(|bytes| Value::decode(&bytes));
            output.transpose()
        });
        assert_eq!(output.unwrap(), Some(Value::from(input + 1)));
    }
}

#[test]
fn requests_of_several_threads_keep_their_input_and_output() {
    let module = Module::new(MODULE).unwrap();
    let folder = Folder::new("requests");
    let mut random = Random::from_environment(0);
    let memory = SharedStore::new(MemoryStore::default());
    let file = folder.file("home.redb");
    thread::scope(|threads| {
        for _ in 0..THREADS {
            let (instance, random) = (instance(&module, memory.clone()), Random::new(random.next()));
            threads.spawn(move || requests(instance, random, 200));
        }
    });
    // Handles of one store and stores of their own, as in several processes.
    let shared = SharedStore::new(open(&file, Wait::Forever));
    thread::scope(|threads| {
        for _ in 0..THREADS {
            for store in [Box::new(shared.clone()) as Box<dyn Store>, Box::new(open(&file, Wait::Forever))] {
                let (instance, random) = (instance(&module, store), Random::new(random.next()));
                threads.spawn(move || requests(instance, random, 20));
            }
        }
    });
}

#[test]
fn an_instance_that_comes_second_is_told_who_has_the_turn() {
    let module = Module::new(MODULE).unwrap();
    let folder = Folder::new("busy");
    let file = folder.file("home.redb");
    let mut second = instance(&module, open(&file, Wait::AtMost(Duration::from_millis(20))));
    let mut first = open(&file, Wait::Never);
    first.begin().unwrap();
    for _ in 0..2 {
        match second.compute("return 1") {
            Err(Error::Store(error)) => {
                assert_eq!(error.code, BUSY);
                let text = format!("cannot open {file}: another process has it open; waited ");
                assert!(error.message.starts_with(&text), "{error}");
            }
            other => panic!("{other:?}"),
        }
        // What never reaches the store waits for nobody.
        assert!(second.memory_stats().unwrap().lua_bytes > 0);
    }
    first.set(1, b"\x01k\0", &[1, 1]).unwrap();
    first.commit().unwrap();
    assert_eq!(second.compute("return _home.k").unwrap().value().as_bool(), Some(true));
}

#[test]
fn the_version_of_a_file_counts_the_transactions_of_all() {
    let folder = Folder::new("version");
    let file = folder.file("home.redb");
    let (mut one, mut other) = (open(&file, Wait::Never), open(&file, Wait::Never));
    assert_eq!(one.version(), Ok(0));
    one.set(1, b"k", b"v").unwrap();
    assert_eq!((one.version(), other.version()), (Ok(1), Ok(1)));
    other.begin().unwrap();
    other.set(1, b"l", b"v").unwrap();
    other.set(1, b"m", b"v").unwrap();
    assert_eq!(other.version(), Ok(2), "in a unit it is the new one");
    assert!(other.roll_back());
    other.begin().unwrap();
    other.delete(1, b"absent").unwrap();
    other.commit().unwrap();
    assert_eq!((one.version(), other.version()), (Ok(1), Ok(1)));
    drop((one, other));
    // A file that is kept open counts, too.
    let mut kept = RedbStore::open(&file).unwrap();
    kept.clear(1).unwrap();
    assert_eq!(kept.version(), Ok(2));
    drop(kept);
    assert_eq!(open(&file, Wait::Never).version(), Ok(2));
}

#[test]
fn a_file_is_waited_for_when_it_is_opened() {
    let folder = Folder::new("waiting");
    let file = folder.file("home.redb");
    let kept = RedbStore::open(&file).unwrap();
    let options = |wait| RedbOptions { wait, ..RedbOptions::default() };
    let refused = |wait| RedbStore::open_with(&file, options(wait)).err().map(|error| error.to_string());
    assert_eq!(refused(Wait::Never), Some(format!("cannot open {file}: another process has it open")));
    let waited = refused(Wait::AtMost(Duration::from_millis(10))).unwrap_or_default();
    assert!(waited.starts_with(&format!("cannot open {file}: another process has it open; waited ")), "{waited}");
    thread::scope(|threads| {
        let opening = threads.spawn(|| RedbStore::open_with(&file, options(Wait::Forever)).map(drop));
        thread::sleep(Duration::from_millis(30));
        assert!(!opening.is_finished());
        drop(kept);
        opening.join().unwrap().unwrap();
    });
}

/// The content was once checked before the file was locked: in the middle of another process's writing it seemed damaged.
#[test]
fn a_file_that_another_process_writes_is_busy_and_never_damaged() {
    let folder = Folder::new("writing");
    let file = folder.file("home.redb");
    let mut kept = RedbStore::open(&file).unwrap();
    // Several mebibytes: to read them takes longer than a transaction.
    kept.begin().unwrap();
    (0..4000_u32).for_each(|number| kept.set(1, &number.to_be_bytes(), &[7; 3000]).unwrap());
    kept.commit().unwrap();
    let is_done = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            let mut number = 0_u32;
            while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                number += 1;
                kept.set(1, &(number * 997 % 4000).to_be_bytes(), &[8; 3000]).unwrap();
            }
        });
        let open = |_| RedbStore::open(&file).err().map(|error| error.to_string());
        let refused: Vec<_> = (0..50).map(open).collect();
        is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        let busy = Some(format!("cannot open {file}: another process has it open"));
        assert!(refused.iter().all(|refused| *refused == busy), "{refused:?}");
    });
}

/// The name of the test below, which is its own worker process.
const PROCESSES: &str = "processes_that_are_killed_at_any_moment_take_turns_over_one_file";

/// The work of a process, which ends when it is killed: it says which movements are done.
fn be_a_process(file: &str) {
    let module = Module::new(MODULE).unwrap();
    let mut instance = instance(&module, open(file, Wait::Forever));
    let mut random = Random::from_clock();
    loop {
        let code = move_amount(&mut random);
        println!("done {}", instance.compute(&code).unwrap().value());
    }
}

fn start(file: &str) -> Worker<i64> {
    Worker::start(PROCESSES, &[("CU_TEST_FILE", file)], |line| line.strip_prefix("done ")?.parse().ok())
}

#[test]
fn processes_that_are_killed_at_any_moment_take_turns_over_one_file() {
    if let Ok(file) = std::env::var("CU_TEST_FILE") {
        be_a_process(&file);
    }
    let folder = Folder::new("processes");
    let file = folder.file("home.redb");
    let module = Module::new(MODULE).unwrap();
    let mut random = Random::from_clock();
    let mut here = instance(&module, open(&file, Wait::Forever));
    let mut workers: Vec<_> = (0..2).map(|_| start(&file)).collect();
    let mut said = Vec::new();
    let mut kills = 0;
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(6) {
        thread::sleep(Duration::from_millis(50 + random.below(300) as u64));
        let killed = random.below(workers.len());
        said.extend(std::mem::replace(&mut workers[killed], start(&file)).kill());
        kills += 1;
        assert_eq!(sum_and_count(&mut here).0, 0, "after {kills} kills");
    }
    for worker in workers {
        said.extend(worker.kill());
        kills += 1;
    }
    let (sum, count) = sum_and_count(&mut here);
    said.sort_unstable();
    println!("{count} movements, {} said, {kills} kills", said.len());
    assert!(said.windows(2).all(|pair| pair[0] < pair[1]), "no movement counts twice");
    assert_eq!(sum, 0);
    // What was said is kept; a process may be killed between its commit and its line.
    assert!(said.len() as u64 <= count && count <= said.len() as u64 + kills, "{count}, {}", said.len());
    assert!(said.len() > 20, "{}", said.len());
}
