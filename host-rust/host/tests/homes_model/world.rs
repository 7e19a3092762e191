//! Homes and living instances over one place, beside plain Lua tables that have to be equal.

use cu_host::verify::{Event, Report, verify};
use cu_host::{ComputeOptions, Error, Instance, MemoryStore, Module, Options, Store, Value};
use cu_random::Random;

use crate::place::Place;

pub const MODEL: &str =
    concat!(include_str!("../../../../tests/lua/model.lua"), "\n", include_str!("../../../../tests/lua/homes.lua"));

const OPERATIONS: usize = 12;

/// The step of the last checks.
const THE_END: usize = usize::MAX;

const FUNCTIONS: u32 = 0x8000_0003;
const CELLS: u32 = 0x8000_0004;
const SYSTEM_FIRST: u32 = 0x8000_0000;
/// The module's own tables that hold something for scripts: functions, captured variables, code and where it is.
const OF_SCRIPTS: [u32; 4] = [FUNCTIONS, CELLS, 0x8000_0008, 0x8000_0009];

/// What all do in a common home: it gives the same sums in any order. Returns how many did so.
pub fn add_to_sum(amount: usize, entry: &str) -> String {
    format!(
        "_home.sum = (_home.sum or 0) + {amount}
         if not _home.count then
             local n = 0
             function _home.count() n = n + 1 return n end
         end
         local n = _home.count()
         _home.log = _home.log or {{}}
         assert(not _home.log[n], 'a number was counted twice')
         _home.log[n] = {entry}
         return n"
    )
}

/// The code that differs between `_home` and a plain table.
pub enum Root<'a> {
    Home,
    Plain(&'a str),
}

impl std::fmt::Display for Root<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            Root::Home => "_home",
            Root::Plain(table) => table,
        })
    }
}

pub fn start(module: &Module, place: &Place) -> Instance {
    let mut instance = Instance::new(module, place.open(), Options::default()).unwrap();
    instance.compute(MODEL).unwrap();
    instance
}

pub fn plain(module: &Module) -> Instance {
    let mut plain = Instance::new(module, MemoryStore::default(), Options::default()).unwrap();
    plain.compute(MODEL).unwrap();
    plain
}

pub struct World<'a> {
    module: &'a Module,
    pub random: Random,
    /// What a failure says.
    name: String,
    step: usize,
    /// The names of the homes. In the plain tables a home has the number of its name, from 1.
    names: Vec<String>,
    renamed: usize,
    pub instances: Vec<Instance>,
    plain: Instance,
}

impl<'a> World<'a> {
    /// `prefix` keeps the names of its homes from those of other worlds over the place; `seed` is the one to repeat.
    pub fn new(module: &'a Module, place: &Place, mut random: Random, prefix: &str, seed: u64) -> World<'a> {
        let names: Vec<_> = (0..2 + random.below(4)).map(|home| format!("{prefix}home {home}")).collect();
        let mut plain = plain(module);
        let homes = names.len();
        plain.compute(format!("homes, globals = {{}}, {{}} for h = 1, {homes} do homes[h] = {{}} end")).unwrap();
        let name = format!("{prefix}CU_SEED={seed} CU_ROUNDS=1");
        let mut world = World { module, random, name, step: 0, names, renamed: 0, instances: vec![], plain };
        for at in 0..2 + world.random.below(3) {
            world.start(place, at);
        }
        world
    }

    fn context(&self) -> String {
        match self.step {
            THE_END => format!("{}, at the end", self.name),
            step => format!("{}, step {step}", self.name),
        }
    }

    /// A new instance in the place of another one, which is dropped without a word.
    fn start(&mut self, place: &Place, at: usize) {
        let instance = start(self.module, place);
        if at == self.instances.len() {
            self.instances.push(instance);
        } else {
            self.instances[at] = instance;
        }
        self.plain.compute(format!("globals[{at}] = {{}}")).unwrap();
    }

    /// As after a restart of the process.
    pub fn restart(&mut self, place: &mut Place) {
        let count = self.instances.len();
        self.instances.clear();
        place.reopen();
        for at in 0..count {
            self.start(place, at);
        }
    }

    /// Runs the same code over a home and over its plain table, where what an instance holds is a table's field.
    fn both(&mut self, at: usize, home: usize, code: impl Fn(Root) -> String) -> Result<(), Error> {
        let atomic = self.random.one_in(4).then_some(true);
        let options =
            ComputeOptions { home: Some(self.names[home].clone().into()), atomic, ..ComputeOptions::default() };
        let found = self.instances[at].compute_with(code(Root::Home), &options)?.values;
        let table = format!("homes[{}]", home + 1);
        let wanted = self.plain.compute(format!(
            "held = globals[{at}].held
             local function run() {} end
             local values = table.pack(run())
             globals[{at}].held = held
             return table.unpack(values, 1, values.n)",
            code(Root::Plain(&table))
        ));
        let wanted = wanted.unwrap_or_else(|error| panic!("{}: plain tables: {error}", self.context()));
        assert!(found == wanted.values, "{}, home {home}: {found:#?} is not {:#?}", self.context(), wanted.values);
        Ok(())
    }

    #[track_caller]
    fn sound<T>(&self, answer: Result<T, Error>) -> T {
        answer.unwrap_or_else(|error| panic!("{}: {error}", self.context()))
    }

    pub fn take(&mut self, place: &Place, step: usize) {
        self.step = step;
        let at = self.random.below(self.instances.len());
        let home = self.random.below(self.names.len());
        let number = self.random.below(1 << 31);
        match self.random.below(42) {
            0..20 => {
                let answer = self.both(at, home, |root| {
                    let refuses = matches!(root, Root::Home);
                    format!("model.run({root}, {number}, {OPERATIONS}, {refuses})")
                });
                self.sound(answer);
            }
            20..24 => {
                let answer = self.both(at, home, |root| format!("hold({root}, {number})"));
                self.sound(answer);
            }
            24..30 => self.touch_held(at, home, number),
            30..32 => self.fail(at, home, number),
            32..36 => {
                let answer = self.instances[at].run_gc();
                self.sound(answer);
            }
            36..38 => self.start(place, at),
            38 => self.rename(at, home),
            39 => self.drop_home(at, home),
            40 => drop(self.verify(&mut *place.open())),
            _ => self.check(at, home),
        }
    }

    /// What is held may be gone only if no home reached it.
    fn touch_held(&mut self, at: usize, home: usize, number: usize) {
        let answer = self.both(at, home, |root| match number % 2 {
            0 => format!("change_held({number})"),
            _ => format!("put_held({root}, 'k{}')", number % 3),
        });
        if let Err(error) = answer {
            let context = self.context();
            assert!(error.to_string().contains("is gone"), "{context}: {error}");
            let reached = self.plain.compute(format!("return is_reached(homes, globals[{at}].held)")).unwrap();
            assert_eq!(reached.value().as_bool(), Some(false), "{context}: what a home reaches is gone: {error}");
            self.instances[at].compute("held = nil").unwrap();
            self.plain.compute(format!("globals[{at}].held = nil")).unwrap();
        }
    }

    /// An atomic compute that fails changes nothing.
    fn fail(&mut self, at: usize, home: usize, number: usize) {
        let code = format!(
            "local keep = held model.run(_home, {number}, {OPERATIONS}, true) held = keep error('on purpose', 0)"
        );
        let home = Some(self.names[home].clone().into());
        let options = ComputeOptions { home, atomic: Some(true), ..ComputeOptions::default() };
        let error = self.instances[at].compute_with(code, &options).unwrap_err();
        assert!(error.to_string().starts_with("on purpose"), "{}: {error}", self.context());
    }

    fn rename(&mut self, at: usize, home: usize) {
        self.renamed += 1;
        let new = format!("{} and {}", self.names[home].split(" and ").next().unwrap_or_default(), self.renamed);
        let old = std::mem::replace(&mut self.names[home], new.clone());
        match self.instances[at].rename_home(&old, &new) {
            // It was never opened.
            Err(error) if error.to_string().starts_with("there is no home of the name") => {}
            answer => self.sound(answer),
        }
    }

    fn drop_home(&mut self, at: usize, home: usize) {
        match self.instances[at].drop_home(self.names[home].clone()) {
            Err(error) if error.to_string().ends_with("is open in this instance") => return,
            Err(error) if error.to_string().starts_with("there is no home of the name") => {}
            answer => self.sound(answer),
        }
        self.plain.compute(format!("homes[{}] = {{}}", home + 1)).unwrap();
    }

    pub fn verify(&self, store: &mut dyn Store) -> Report {
        let (report, found) = self.sound(verified(store));
        assert!(found.is_empty(), "{}: verify finds {found:#?}", self.context());
        report
    }

    fn check(&mut self, at: usize, home: usize) {
        let answer = self.both(at, home, |root| format!("return model.dump({root})"));
        self.sound(answer);
    }

    /// Without instances that hold anything, each home is as its plain table is.
    pub fn check_all(&mut self, place: &Place) {
        self.step = THE_END;
        self.instances.clear();
        self.start(place, 0);
        (0..self.names.len()).for_each(|home| self.check(0, home));
        self.instances.clear();
    }

    /// Tables with content and functions that the plain homes reach. What an instance held may have been put into another
    /// home, so homes may share tables.
    pub fn reached(&mut self) -> [i64; 2] {
        let values = self.plain.compute("return model.count(homes)").unwrap().values;
        [0, 1].map(|at| values[at].as_i64().unwrap())
    }

    pub fn drop_homes(&mut self, place: &Place) {
        self.start(place, 0);
        for home in &self.names {
            self.instances[0].drop_home(home.clone()).unwrap();
        }
        self.instances.clear();
    }
}

/// What there is in a store, and what is wrong.
pub fn verified(store: &mut dyn Store) -> Result<(Report, Vec<String>), Error> {
    let mut found = Vec::new();
    let report = verify(store, false, &mut |event| {
        if let Event::Found(finding) = event {
            found.push(finding.to_string());
        }
    })?;
    Ok((report, found))
}

/// The store after a collection by an instance that holds nothing.
pub fn collected(module: &Module, place: &Place) -> Box<dyn Store> {
    let mut instance = Instance::new(module, place.open(), Options::default()).unwrap();
    instance.run_gc().unwrap();
    drop(instance);
    place.open()
}

/// The number of tables with rows, but `_home` of nobody and `_io`.
pub fn tables(store: &mut dyn Store) -> i64 {
    let mut count = 0;
    let mut last = store.next_table(Some(2)).unwrap();
    while let Some(id) = last.filter(|id| *id < SYSTEM_FIRST) {
        count += 1;
        last = store.next_table(Some(id)).unwrap();
    }
    count
}

/// After a collection there is what the homes of the worlds reach, and nothing else; after the homes are dropped, nothing.
pub fn nothing_else_is_left(module: &Module, place: &Place, worlds: &mut [World], more: [i64; 2]) {
    let context = worlds[0].context();
    let mut store = collected(module, place);
    let report = worlds[0].verify(&mut *store);
    let functions = i64::from(store.size(FUNCTIONS).unwrap());
    let reached = worlds.iter_mut().map(World::reached);
    let [wanted_tables, wanted_functions] = reached.fold(more, |sum, more| [sum[0] + more[0], sum[1] + more[1]]);
    let found = (report.unreachable, tables(&mut *store), functions);
    assert_eq!(found, (0, wanted_tables, wanted_functions), "{context}: orphans, tables, functions");
    assert!(i64::from(store.size(CELLS).unwrap()) <= 4 * functions, "{context}: captured variables");
    drop(store);
    worlds.iter_mut().for_each(|world| world.check_all(place));
}

pub fn nothing_is_left(module: &Module, place: &Place) {
    let mut store = collected(module, place);
    assert_eq!(tables(&mut *store), 0);
    assert_eq!(OF_SCRIPTS.map(|table| store.size(table).unwrap()), [0; 4]);
}

/// What an instance answers.
pub fn integers(values: &[Value]) -> Vec<i64> {
    values.iter().map(|value| value.as_i64().unwrap()).collect()
}
