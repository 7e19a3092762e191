//! Processes over one file, each with a home of its own and one that all have, which are killed at any moment. They say what
//! they have done, and what they said is there.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use cu_host::{ComputeOptions, Instance, MODULE, Module, Options};
use cu_random::Random;

use crate::folder::Folder;
use crate::place::Place;
use crate::seeds::given;
use crate::worker::Worker;
use crate::world::{self, add_to_sum, integers};

/// The name of the test below, which is its own worker process.
const PROCESSES: &str = "processes::processes_that_are_killed_keep_what_they_said";
const WORKERS: usize = 3;

/// A compute in a worker's own home, from a seed that the home notes: from the notes all can be done again.
fn own(worker: usize, seed: usize) -> String {
    format!(
        "local n = (_home.n or 0) + 1
         if n % 25 == 1 then _home.graph, _home.seeds, _home.first = {{}}, {{}}, n end
         if n == 1 then
             local counted = 0
             function _home.count() counted = counted + 1 return counted end
         end
         _home.n, _home.who = n, {worker}
         counter = counter or _home.count
         assert(counter() == n, 'a held function counts wrong')
         _home.seeds[#_home.seeds + 1] = {seed}
         model.run(_home.graph, {seed}, 6, true)
         return n"
    )
}

fn in_common(worker: usize, amount: usize) -> String {
    add_to_sum(amount, &format!("{{ {amount}, {worker} }}"))
}

fn in_home(name: &str, random: &mut Random) -> ComputeOptions {
    ComputeOptions { home: Some(name.into()), atomic: Some(random.one_in(2)), ..ComputeOptions::default() }
}

/// The work of a process, which ends when it is killed: it says which computes are done.
fn be_a_process(place: &Place, worker: usize, mut random: Random) {
    let module = Module::new(MODULE).unwrap();
    let mut instance = world::start(&module, place);
    println!();
    loop {
        let number = random.below(1 << 30);
        let (home, code) = match random.below(12) {
            0 => {
                instance.run_gc().unwrap();
                continue;
            }
            1..8 => (format!("home of {worker}"), own(worker, number)),
            _ => ("common".to_owned(), in_common(worker, number)),
        };
        let answer = instance.compute_with(&code, &in_home(&home, &mut random)).unwrap();
        println!("done {home}: {} {number}", answer.value());
    }
}

fn place(kind: &str, file: String) -> Place {
    if kind == "plain" { Place::EachTurn(file) } else { Place::EncryptedEachTurn(file) }
}

/// Home, number of the compute, seed or amount.
type Said = (String, i64, i64);

fn parse(line: &str) -> Option<Said> {
    let (home, numbers) = line.strip_prefix("done ")?.split_once(": ")?;
    let (number, seed) = numbers.split_once(' ')?;
    Some((home.to_owned(), number.parse().ok()?, seed.parse().ok()?))
}

fn start(kind: &str, file: &str, worker: usize, seed: u64) -> Worker<Said> {
    let (worker, seed) = (worker.to_string(), seed.to_string());
    let variables = [("CU_TEST_FILE", file), ("CU_TEST_KIND", kind), ("CU_TEST_WORKER", &worker), ("CU_SEED", &seed)];
    Worker::start(PROCESSES, &variables, parse)
}

#[derive(Default)]
struct Heard {
    /// Of each home: numbers of computes, and seed or amount of each.
    said: BTreeMap<String, BTreeMap<i64, i64>>,
    kills: i64,
}

impl Heard {
    fn add(&mut self, said: Vec<Said>) {
        self.kills += 1;
        for (home, number, seed) in said {
            let before = self.said.entry(home.clone()).or_default().insert(number, seed);
            assert_eq!(before, None, "{home}: {number} was done twice");
        }
    }

    /// A process may be killed between its commit and its line.
    fn all_is_there(&self, home: &str, count: i64) {
        let said = self.said.get(home).map_or(0, |said| said.len() as i64);
        assert!(said <= count && count <= said + self.kills, "{home}: {said} said, {count} done, {} kills", self.kills);
    }
}

fn check_own(module: &Module, instance: &mut Instance, worker: usize, heard: &Heard) -> i64 {
    let home = format!("home of {worker}");
    let options = ComputeOptions { home: Some(home.clone().into()), ..ComputeOptions::default() };
    let code = "return _home.n or 0, _home.first or 1, _home.who or -1, table.unpack(_home.seeds or {})";
    let values = integers(&instance.compute_with(code, &options).unwrap().values);
    let (count, first, who, seeds) = (values[0], values[1], values[2], &values[3..]);
    heard.all_is_there(&home, count);
    if count == 0 {
        return 0;
    }
    assert_eq!((who, first + seeds.len() as i64 - 1), (worker as i64, count), "{home}");
    for (number, seed) in (first..).zip(seeds) {
        let said = heard.said[&home].get(&number);
        assert!(said.is_none_or(|said| said == seed), "{home}: compute {number} had seed {said:?}, not {seed}");
    }
    let mut plain = world::plain(module);
    plain.compute("graph = {}").unwrap();
    for seed in seeds {
        plain.compute(format!("model.run(graph, {seed}, 6, false)")).unwrap();
    }
    let found = instance.compute_with("return model.dump(_home.graph)", &options).unwrap();
    assert!(found.values == plain.compute("return model.dump(graph)").unwrap().values, "{home}: another graph");
    count
}

fn check_common(instance: &mut Instance, heard: &Heard) -> i64 {
    let options = ComputeOptions { home: Some("common".into()), ..ComputeOptions::default() };
    let code = "local sum, amounts = 0, {}
        for n, entry in ipairs(_home.log or {}) do sum, amounts[n] = sum + entry[1], entry[1] end
        return { _home.sum or 0, sum, #amounts, amounts }";
    let answer = instance.compute_with(code, &options).unwrap();
    let field = |at: i64| answer.value().at(at).unwrap();
    let number = |at| field(at).as_i64().unwrap();
    assert_eq!(number(1), number(2), "the sum of the common home");
    heard.all_is_there("common", number(3));
    for (at, amount) in heard.said.get("common").into_iter().flatten() {
        assert_eq!(field(4).at(*at).and_then(cu_host::Value::as_i64), Some(*amount), "the amount of {at}");
    }
    number(3)
}

fn processes_agree(kind: &str, seconds: f64) {
    let folder = Folder::new(&format!("homes-processes-{kind}"));
    let file = folder.file("home.redb");
    let place = place(kind, file.clone());
    let module = Module::new(MODULE).unwrap();
    let mut random = Random::from_clock();
    let mut here = world::start(&module, &place);
    let start = |worker, random: &mut Random| start(kind, &file, worker, random.next() >> 1);
    let mut workers: Vec<_> = (0..WORKERS).map(|worker| start(worker, &mut random)).collect();
    let mut heard = Heard::default();
    let began = Instant::now();
    while began.elapsed().as_secs_f64() < seconds {
        thread::sleep(Duration::from_millis(30 + random.below(400) as u64));
        let at = random.below(WORKERS);
        let killed = std::mem::replace(&mut workers[at], start(at, &mut random));
        heard.add(killed.kill());
        if random.one_in(3) {
            here.run_gc().unwrap();
        }
        found_sound(&place);
    }
    workers.into_iter().for_each(|worker| heard.add(worker.kill()));
    found_sound(&place);
    let own: i64 = (0..WORKERS).map(|worker| check_own(&module, &mut here, worker, &heard)).sum();
    let common = check_common(&mut here, &heard);
    drop(here);
    drop(world::collected(&module, &place));
    assert_eq!(found_sound(&place), 0, "rows that nothing reaches");
    let mut fresh = Instance::new(&module, place.open(), Options::default()).unwrap();
    fresh.compute(world::MODEL).unwrap();
    (0..WORKERS).for_each(|worker| assert!(check_own(&module, &mut fresh, worker, &heard) <= own));
    assert_eq!(check_common(&mut fresh, &heard), common);
    println!("{kind}: {own} computes in own homes, {common} in the common one, {} kills", heard.kills);
    assert!(common > 3 && own > 3);
}

/// Nothing is wrong in the store; answers how much of it nothing reaches.
fn found_sound(place: &Place) -> u64 {
    let (report, found) = world::verified(&mut *place.open()).unwrap();
    assert!(found.is_empty(), "{found:#?}");
    report.unreachable
}

#[test]
fn processes_that_are_killed_keep_what_they_said() {
    let variable = |name: &str| std::env::var(name).unwrap();
    if let Ok(file) = std::env::var("CU_TEST_FILE") {
        let worker = variable("CU_TEST_WORKER").parse().unwrap();
        be_a_process(&place(&variable("CU_TEST_KIND"), file), worker, Random::from_clock());
    }
    let seconds = given("CU_SECONDS").unwrap_or(6) as f64 / 2.0;
    ["plain", "encrypted"].into_iter().for_each(|kind| processes_agree(kind, seconds));
}
