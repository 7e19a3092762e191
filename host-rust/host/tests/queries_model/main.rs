//! Queries of a table with indexes, through `Instance::data`, against a naive model that is written from docs/data.md: random
//! rows, indexes, writes and transactions, over memory and over a file, with restarts in between.
//!
//! `CU_SEED` chooses the first seed, `CU_ROUNDS` the number of seeds; a failure names its seed.
#![cfg(feature = "num-bigint")]

mod filter;
mod queries;
mod random;
#[path = "../../../testkit/src/seeds.rs"]
mod seeds;
mod table;
mod values;

use std::fmt::Display;

use cu_host::{
    BatchOptions, Call, ComputeOptions, Error, Instance, MODULE, MemoryStore, Module, Operation, Options, Outcome,
    Rows, SharedStore, Store, Value,
};
use cu_random::Random;
use seeds::seeds;
use table::{Home, Refused, Write, list};
use values::text;

const TABLE: &str = "_home.t";
const STEPS: usize = 30;
const QUERIES: usize = 3;

/// Does the writes of table.rs.
const RUN: &str = "
    local function find(way, count)
      local found = _home
      for at = 1, count do
        if type(found) ~= 'table' then return nil end
        found = found[way[at]]
      end
      return found
    end
    function run(writes)
      for _, write in ipairs(writes) do
        if write.inside then
          local ok, message = pcall(ext.transaction, function()
            run(write.inside)
            if write.fails then error('on purpose', 0) end
          end)
          if not ok and message ~= 'on purpose' and not message:find('is unique', 1, true) and not message:find('the limit of index', 1, true) then
            error(message, 0)
          end
        else
          local value = write.value
          if write.from then value = find(write.from, #write.from) end
          local parent = find(write.way, #write.way - 1)
          if type(parent) == 'table' then parent[write.way[#write.way]] = value end
        end
      end
    end";

/// What errors say if an index does not permit a write.
const REFUSALS: [&str; 2] = ["is unique", "the limit of index"];

/// Opens the one store anew, when no instance has it.
type Open<'a> = &'a dyn Fn() -> Box<dyn Store>;

struct World<'a> {
    module: &'a Module,
    open: Open<'a>,
    /// `None` while another one is opened.
    instance: Option<Instance>,
    home: Home,
    random: Random,
    /// What a failure says.
    context: String,
    /// Indexes that were made.
    made: usize,
    /// Queries that used an index.
    used: usize,
}

impl<'a> World<'a> {
    fn new(module: &'a Module, open: Open<'a>, seed: u64) -> World<'a> {
        let random = Random::new(seed);
        let (home, context) = (Home::new(), String::new());
        let mut world = World { module, open, instance: None, home, random, context, made: 0, used: 0 };
        world.restart();
        world.instance().compute("_home.t = {}").unwrap();
        world
    }

    fn instance(&mut self) -> &mut Instance {
        self.instance.as_mut().expect("it is opened again at once")
    }

    fn restart(&mut self) {
        self.instance = None;
        let mut instance = Instance::new(self.module, (self.open)(), Options::default()).unwrap();
        instance.compute(RUN).unwrap();
        self.instance = Some(instance);
    }

    #[track_caller]
    fn sound<T>(&self, answer: Result<T, Error>, what: impl Display) -> T {
        answer.unwrap_or_else(|error| panic!("{}: {error}\n{what}", self.context))
    }

    /// Both refuse it, or none does.
    #[track_caller]
    fn agree<T>(&self, answer: &Result<T, Error>, wanted: &Result<(), Refused>, what: impl Display) {
        match answer {
            Ok(_) if wanted.is_ok() => {}
            Err(error) if wanted.is_err() && REFUSALS.iter().any(|words| error.to_string().contains(words)) => {}
            answer => panic!(
                "{}: {}, and it should be {wanted:?}\n{what}",
                self.context,
                answer.as_ref().err().map_or("done".to_owned(), ToString::to_string)
            ),
        }
    }

    fn step(&mut self) {
        match self.random.below(24) {
            0..3 => self.make_index(),
            3 => self.drop_index(),
            4 => self.restart(),
            5 => self.instance().run_gc().unwrap(),
            6..9 => self.batch(),
            9..11 => self.batch_of_each(),
            11..14 => self.transaction(),
            _ => self.compute(),
        }
        self.check();
        (0..QUERIES).for_each(|_| self.query());
    }

    fn make_index(&mut self) {
        self.made += 1;
        let index = random::index(self.made, &mut self.random);
        let paths: Vec<Value> = index.paths.iter().map(|path| (*path).into()).collect();
        let mut options: Vec<(Value, Value)> = vec![
            ("name".into(), index.name.as_str().into()),
            ("kind".into(), if index.is_hash { "hash" } else { "btree" }.into()),
            ("unique".into(), index.is_unique.into()),
            ("multi".into(), index.is_multi.into()),
        ];
        if let Some(filter) = &index.filter {
            options.push(("where".into(), filter.value(&mut self.random)));
        }
        let wanted = if index.permits(&self.home.rows()) { Ok(()) } else { Err(Refused) };
        let answer = self.instance().data().create_index(TABLE, paths, Value::Table(options));
        self.agree(&answer, &wanted, format_args!("{index:?}"));
        if answer.is_ok() {
            self.home.indexes.push(index);
        }
    }

    fn drop_index(&mut self) {
        if self.home.indexes.is_empty() {
            return;
        }
        let at = self.random.below(self.home.indexes.len());
        let name = self.home.indexes.remove(at).name;
        assert_eq!(self.instance().data().drop_index(TABLE, &name), Ok(true), "{}", self.context);
    }

    /// A compute with several writes: those before one that is refused stay, unless it is atomic.
    fn compute(&mut self) {
        let writes = random::writes(&mut self.random, 0);
        let is_atomic = self.random.one_in(3);
        let wanted = if is_atomic { self.home.apply_all(&writes) } else { self.home.apply(&writes) };
        let options = ComputeOptions { atomic: Some(is_atomic), ..ComputeOptions::default() };
        let answer = self.instance().call_with(&Call::new("run").value(list(&writes)), &options);
        self.agree(&answer, &wanted, list(&writes));
    }

    /// A transaction of several computes, of which one that is refused is undone alone.
    fn transaction(&mut self) {
        let before = self.home.clone();
        self.instance().begin().unwrap();
        for _ in 0..self.random.below(4) {
            let writes = random::writes(&mut self.random, 0);
            let wanted = self.home.apply_all(&writes);
            let answer = self.instance().call(&Call::new("run").value(list(&writes)));
            self.agree(&answer, &wanted, list(&writes));
            if self.random.one_in(3) {
                self.check();
                self.query();
            }
        }
        match self.random.below(4) {
            0 => {
                self.home = before;
                // As after a process that died.
                self.restart();
            }
            1 => {
                self.home = before;
                self.instance().roll_back().unwrap();
            }
            _ => self.instance().commit().unwrap(),
        }
    }

    fn operations(writes: &[Write]) -> Vec<Operation> {
        let operation = |write: &Write| match write {
            Write::Put(way, value) if value.is_nil() => Operation::delete(TABLE, way[1].clone()),
            Write::Put(way, value) => Operation::set(TABLE, way[1].clone(), value.clone()),
            other => panic!("a batch cannot do {other:?}"),
        };
        writes.iter().map(operation).collect()
    }

    fn batch(&mut self) {
        let writes = random::rows(&mut self.random);
        let wanted = self.home.apply_all(&writes);
        let answer = self.instance().data().batch(&Self::operations(&writes));
        self.agree(&answer, &wanted, list(&writes));
    }

    fn batch_of_each(&mut self) {
        let writes = random::rows(&mut self.random);
        let wanted: Vec<_> = writes.iter().map(|write| self.home.apply(std::slice::from_ref(write)).is_ok()).collect();
        let answer = self.instance().data().batch_of_each(&Self::operations(&writes), BatchOptions::default());
        let outcomes = self.sound(answer, list(&writes));
        let is_done: Vec<_> = outcomes.iter().map(|outcome| matches!(outcome, Outcome::Done(_))).collect();
        assert_eq!(is_done, wanted, "{}: {writes:?}: {outcomes:?}", self.context);
    }

    /// Rows, indexes and their entries are as they should be.
    fn check(&mut self) {
        let wrong = self.instance().data().check(TABLE);
        let wrong = self.sound(wrong, "check");
        assert!(wrong.is_empty(), "{}: {wrong:?}", self.context);
        let answer = self.instance().data().query(TABLE, Value::Nil);
        let found = self.sound(answer, "all rows");
        let rows = self.home.rows();
        self.same(&found, &rows.iter().collect::<Vec<_>>(), "all rows");
        let listed = self.instance().data().indexes(TABLE);
        let mut listed: Vec<_> = self
            .sound(listed, "indexes")
            .iter()
            .map(|index| (index.get("name").unwrap().to_string(), index.get("entries").and_then(Value::as_i64)))
            .collect();
        listed.sort();
        let entries =
            |index: &table::Index| (Value::from(&index.name[..]).to_string(), Some(index.count(&rows) as i64));
        let mut wanted: Vec<_> = self.home.indexes.iter().map(entries).collect();
        wanted.sort();
        assert_eq!(listed, wanted, "{}: {:#?}", self.context, self.home.indexes);
    }

    #[track_caller]
    fn same(&self, found: &Rows, wanted: &[&(Value, Value)], spec: impl Display) {
        let pairs = found.keys.iter().zip(&found.rows).map(|(key, row)| (text(key), text(row)));
        let wanted = wanted.iter().map(|(key, row)| (text(key), text(row)));
        let is_same = found.keys.len() == found.rows.len() && pairs.clone().eq(wanted.clone());
        assert!(
            is_same,
            "{}: {:#?}\nshould be {:#?}\n{spec}\n{:?}",
            self.context,
            pairs.collect::<Vec<_>>(),
            wanted.collect::<Vec<_>>(),
            self.home.indexes
        );
    }
}

/// Answers how many queries used an index.
fn queries_are_as_the_model_says(seed: u64, open: Open) -> usize {
    let module = Module::new(MODULE).unwrap();
    let mut world = World::new(&module, open, seed);
    for step in 0..STEPS {
        world.context = format!("CU_SEED={seed} CU_ROUNDS=1, step {step}");
        world.step();
    }
    world.restart();
    world.check();
    world.used
}

#[test]
fn in_memory() {
    let seeds = seeds(100);
    let rounds = seeds.clone().count();
    let used: usize = seeds
        .map(|seed| {
            let store = SharedStore::new(MemoryStore::default());
            queries_are_as_the_model_says(seed, &|| Box::new(store.clone()))
        })
        .sum();
    assert!(used >= rounds, "only {used} queries used an index");
}

#[cfg(feature = "redb")]
#[path = "../../../testkit/src/folder.rs"]
mod folder;

#[cfg(feature = "redb")]
#[test]
fn in_a_file() {
    let folder = folder::Folder::new("queries");
    for seed in seeds(20) {
        let file = folder.file(&format!("{seed}.redb"));
        queries_are_as_the_model_says(seed, &|| Box::new(cu_host::RedbStore::open(&file).unwrap()));
    }
}
