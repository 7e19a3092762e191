//! Queries of a table with indexes, through `Instance::data`, against a naive model that is written from docs/data.md: random
//! rows, indexes, writes and transactions, over memory and over a file, with restarts in between.
//!
//! `CU_SEED` chooses the first seed, `CU_ROUNDS` the number of seeds; a failure names its seed.
#![cfg(feature = "num-bigint")]

mod filter;
mod random;
#[path = "../seeds/mod.rs"]
mod seeds;
mod table;
mod values;

use std::fmt::Display;

use cu_host::{
    BatchOptions, Call, ComputeOptions, Error, Instance, MODULE, MemoryStore, Module, Operation, Options, Outcome,
    Rows, SharedStore, Store, Value,
};
use cu_random::Random;
use filter::{Order, order_value, select};
use seeds::seeds;
use table::{Home, Refused, Write, list};
use values::{Rank, at, rank_at, text};

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

    fn query(&mut self) {
        let rows = self.home.rows();
        let filter = random::filter(&self.home.indexes, &mut self.random);
        let order = random::order(&mut self.random);
        let found = select(&rows, filter.as_ref(), &order);
        let asked = filter.as_ref().map(|filter| filter.value(&mut self.random));
        let mut spec = Vec::new();
        spec.extend(asked.clone().map(|filter| ("where", filter)));
        if !order.is_empty() {
            spec.push(("order", order_value(&order)));
        }
        let asked = asked.unwrap_or_default();
        let whole = with(&spec, &[]);
        self.pages(&spec, &found);

        let answer = self.instance().data().count(TABLE, asked.clone());
        assert_eq!(self.sound(answer, &whole), found.len() as u64, "{}: {whole}", self.context);
        let answer = self.instance().data().exists(TABLE, asked);
        assert_eq!(self.sound(answer, &whole), !found.is_empty(), "{}: {whole}", self.context);
        let answer = self.instance().data().first(TABLE, whole.clone());
        let first = self.sound(answer, &whole).map(|(key, row)| (text(&key), text(&row)));
        assert_eq!(first, found.first().map(|(key, row)| (text(key), text(row))), "{}: {whole}", self.context);

        let how = self.instance().data().explain(TABLE, whole.clone());
        let how = self.sound(how, &whole);
        let number = |name| how.get(name).and_then(Value::as_i64).unwrap() as usize;
        assert_eq!(number("returned"), found.len(), "{}: {whole}: {how}", self.context);
        assert!(number("cost") > 0 && number("examined") >= found.len(), "{}: {whole}: {how}", self.context);
        let plan = how.get("plan").and_then(Value::as_str).unwrap();
        assert!(["scan", "index", "intersection"].contains(&plan), "{}: {how}", self.context);
        assert!(plan != "scan" || number("examined") == rows.len(), "{}: {whole}: {how}", self.context);
        self.used += usize::from(plan != "scan");
        self.groups(&spec, &select(&rows, filter.as_ref(), &Order::new()));
    }

    /// Page by page, by cursors, and all with `each`.
    fn pages(&mut self, spec: &[(&str, Value)], found: &[&(Value, Value)]) {
        let limit = 1 + self.random.below(9);
        let offset = if self.random.one_in(3) { self.random.below(5) } else { 0 };
        let mut left = found.get(offset..).unwrap_or_default();
        let mut cursor = None;
        loop {
            let mut more = vec![("limit", Value::Integer(limit as i64))];
            more.push(match cursor.take() {
                Some(cursor) => ("after", cursor),
                None => ("offset", Value::Integer(offset as i64)),
            });
            let spec = with(spec, &more);
            let answer = self.instance().data().query(TABLE, spec.clone());
            let page = self.sound(answer, &spec);
            let (wanted, rest) = left.split_at(limit.min(left.len()));
            self.same(&page, wanted, &spec);
            assert_eq!(page.cursor.is_some(), !rest.is_empty(), "{}: a cursor of {spec}", self.context);
            (left, cursor) = (rest, page.cursor);
            if cursor.is_none() {
                break;
            }
        }
        let spec = with(spec, &[("offset", Value::Integer(offset as i64)), ("limit", Value::Integer(limit as i64))]);
        let answer: Result<Vec<_>, _> = self.instance().data().each(TABLE, spec.clone()).collect();
        let (keys, rows) = self.sound(answer, &spec).into_iter().unzip();
        let wanted: Vec<_> = found.iter().skip(offset).take(limit).copied().collect();
        self.same(&Rows { rows, keys, cursor: None }, &wanted, &spec);
    }

    /// Distinct values and groups. Of values that are equal, such as 1 and 1.0, any may stand for all.
    fn groups(&mut self, spec: &[(&str, Value)], rows: &[&(Value, Value)]) {
        let spec: Vec<_> = spec.iter().filter(|(name, _)| *name == "where").cloned().collect();
        let path = self.random.one_of(&["a", "b", "in.x", "list.1"]);
        let of = self.random.one_of(&["a", "c", "gone"]);
        let mut groups: Vec<(Rank, Vec<&Value>)> = Vec::new();
        for (_, row) in rows {
            let rank = rank_at(row, path);
            match groups.iter_mut().find(|(known, _)| *known == rank) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((rank, vec![row])),
            }
        }
        groups.sort_by(|(one, _), (other, _)| one.cmp(other));
        let named = |name: &str, value: Option<&Value>| value.map(|value| (Value::from(name), value.clone()));
        let table = |pairs: Vec<Option<(Value, Value)>>| ranks(&Value::Table(pairs.into_iter().flatten().collect()));
        let value = |rows: &[&Value]| named(path, at(rows[0], path));

        let distinct = with(&spec, &[("distinct", path.into())]);
        let answer = self.instance().data().query(TABLE, distinct.clone());
        let wanted: Vec<_> = groups.iter().map(|(_, rows)| table(vec![value(rows)])).collect();
        let found: Vec<_> = self.sound(answer, &distinct).rows.iter().map(ranks).collect();
        assert_eq!(found, wanted, "{}: {distinct}", self.context);

        let counted =
            with(&spec, &[("group", path.into()), ("count", true.into()), ("min", of.into()), ("max", of.into())]);
        let answer = self.instance().data().query(TABLE, counted.clone());
        let row = |(_, rows): &(Rank, Vec<&Value>)| {
            let count = Value::Integer(rows.len() as i64);
            let numbers = || rows.iter().filter_map(|row| at(row, of)).filter(|value| is_number(value));
            let min = numbers().reduce(|best, next| if rank(next) < rank(best) { next } else { best });
            let max = numbers().reduce(|best, next| if rank(next) > rank(best) { next } else { best });
            table(vec![value(rows), named("count", Some(&count)), named("min", min), named("max", max)])
        };
        let wanted: Vec<_> = groups.iter().map(row).collect();
        let found: Vec<_> = self.sound(answer, &counted).rows.iter().map(ranks).collect();
        assert_eq!(found, wanted, "{}: {counted}", self.context);
    }
}

fn rank(value: &Value) -> Rank {
    Rank::of(Some(value))
}

fn is_number(value: &Value) -> bool {
    rank(value).is_like(&rank(&0.into())) && !rank(value).is_nan()
}

/// The fields of a row as far as they differ from others.
fn ranks(row: &Value) -> Vec<(String, Rank)> {
    let mut fields: Vec<_> =
        row.as_table().unwrap_or_default().iter().map(|(name, value)| (name.to_string(), rank(value))).collect();
    fields.sort();
    fields
}

/// A spec with more in it.
fn with(spec: &[(&str, Value)], more: &[(&str, Value)]) -> Value {
    Value::Table(spec.iter().chain(more).map(|(name, value)| ((*name).into(), value.clone())).collect())
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
#[path = "../folder/mod.rs"]
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
