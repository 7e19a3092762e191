//! Library functions and the libraries' tables by name, and functions of the host (`hosted.rs`): the only functions of C or Rust
//! that can be stored or returned.
//!
//! Invariant: a name means what the library had when the instance was made, even after a script has put something else into
//! the library's table. There are no other names.
#![forbid(unsafe_code)]

use core::ffi::c_int;
use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use cu_abi::functions;

use crate::budget::{self, cost};
use crate::codec::feature::Feature;
#[cfg(feature = "data")]
use crate::codec::handle;
use crate::codec::hosted;
use crate::lua::ffi;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::lua::table::{REGISTRY, RegistryKey};

/// Every name, by category: base, string, table, math, utf8, coroutine, os, debug, io, ext; the tables; bigint. A
/// function with two names is written by the first.
macro_rules! names {
    () => {
        "assert collectgarbage error getmetatable ipairs load next pairs pcall print rawequal rawget rawlen rawset \
            require select setmetatable tonumber tostring type warn xpcall string.byte string.char string.dump \
            string.find string.format string.gmatch string.gsub string.len string.lower string.match string.pack \
            string.packsize string.rep string.reverse string.sub string.unpack string.upper table.concat table.insert \
            table.move table.pack table.remove table.sort table.unpack unpack math.abs math.acos math.asin math.atan \
            math.atan2 math.ceil math.cos math.cosh math.deg math.exp math.floor math.fmod math.frexp math.ldexp \
            math.log math.log10 math.max math.min math.modf math.pow math.rad math.random math.randomseed math.sin \
            math.sinh math.sqrt math.tan math.tanh math.tointeger math.type math.ult utf8.char utf8.codepoint utf8.codes \
            utf8.len utf8.offset coroutine.close coroutine.create coroutine.isyieldable coroutine.resume \
            coroutine.running coroutine.status coroutine.wrap coroutine.yield os.clock os.date os.difftime os.time \
            debug.getinfo debug.traceback io.write ext.drop ext.size ext.table ext.table_size ext.transaction _G coroutine debug ext io \
            math os package string table utf8"
    };
}

/// Those of the feature `data`.
#[cfg(feature = "data")]
macro_rules! data_names {
    () => {
        " ext.batch ext.changes ext.check ext.count ext.drop_index ext.each ext.exists ext.explain ext.feed ext.first \
            ext.index ext.indexes ext.migrate ext.query ext.schema"
    };
}
#[cfg(not(feature = "data"))]
macro_rules! data_names {
    () => {
        ""
    };
}

#[cfg(feature = "bigint")]
macro_rules! bigint_names {
    () => {
        " bigint bigint.abs bigint.add bigint.band bigint.bits bigint.bnot bigint.bor bigint.bxor bigint.cmp \
            bigint.div bigint.divmod bigint.eq bigint.frombase bigint.frombytes bigint.gcd bigint.isbigint bigint.mod \
            bigint.mul bigint.neg bigint.new bigint.pow bigint.powmod bigint.shl bigint.shr bigint.sign bigint.sqrt \
            bigint.sub bigint.tobase bigint.tobytes bigint.tointeger bigint.tonumber bigint.tostring"
    };
}
#[cfg(not(feature = "bigint"))]
macro_rules! bigint_names {
    () => {
        ""
    };
}

const NAMES: &str = concat!(names!(), data_names!(), bigint_names!());

/// How many names there are.
const NAME_COUNT: usize = {
    let (mut count, mut at) = (1, 0);
    while at < NAMES.len() {
        if NAMES.as_bytes()[at] == b' ' {
            count += 1;
        }
        at += 1;
    }
    count
};

/// Where each name starts, and at the end where the next one would start.
const STARTS: [u16; NAME_COUNT + 1] = {
    let mut starts = [0; NAME_COUNT + 1];
    let (mut count, mut at) = (1, 0);
    while at <= NAMES.len() {
        if at == NAMES.len() || NAMES.as_bytes()[at] == b' ' {
            starts[count] = at as u16 + 1;
            count += 1;
        }
        at += 1;
    }
    starts
};

/// An argument of a call that makes a function.
#[derive(Clone, Copy)]
enum Argument {
    /// An empty string.
    Text,
    /// The function that is called.
    Itself,
    /// An external table.
    #[cfg(feature = "data")]
    External,
}

/// Library functions that hand out functions without a name, and the arguments that make each kind of these.
const MAKERS: [(&str, &[Argument]); 5 + cfg!(feature = "data") as usize] = [
    ("ipairs", &[Argument::Text]),
    ("string.gmatch", &[Argument::Text, Argument::Text]),
    ("utf8.codes", &[Argument::Text]),
    // The second argument counts as true: lax.
    ("utf8.codes", &[Argument::Text, Argument::Text]),
    ("coroutine.wrap", &[Argument::Itself]),
    #[cfg(feature = "data")]
    ("ext.each", &[Argument::External]),
];

/// The most library functions that there can be.
pub const FUNCTION_COUNT: usize = NAME_COUNT + MAKERS.len();

/// A name with its function, none where the name is that of a table. A function without a name has that of its maker.
pub type NamedFunction = (&'static str, Option<ffi::CFunction>);

/// The list of functions and tables, in the order of the names; then what the makers hand out.
static FUNCTIONS: RegistryKey = RegistryKey::new();

/// The addresses of what has a name, in order, and the index of each one's name, so that a name is found by bisection.
/// `open` writes them.
struct Places {
    addresses: [AtomicUsize; NAME_COUNT],
    indices: [AtomicU8; NAME_COUNT],
}

const _: () = assert!(NAME_COUNT <= u8::MAX as usize + 1);

static PLACES: Places = Places {
    addresses: [const { AtomicUsize::new(0) }; NAME_COUNT],
    indices: [const { AtomicU8::new(0) }; NAME_COUNT],
};

impl Places {
    /// Puts the address of name number `index` where it belongs among those before it, which are in order.
    fn insert(&self, address: usize, index: usize) {
        let mut hole = index;
        while hole > 0 && self.address(hole - 1) > address {
            self.put(hole, self.address(hole - 1), self.index(hole - 1));
            hole -= 1;
        }
        self.put(hole, address, index as u8);
    }

    /// The index of the first name of that address.
    fn find(&self, address: usize) -> Option<usize> {
        let place = self.addresses.partition_point(|known| known.load(Ordering::Relaxed) < address);
        let found = self.addresses.get(place)?.load(Ordering::Relaxed);
        (found == address).then(|| usize::from(self.index(place)))
    }

    fn address(&self, place: usize) -> usize {
        self.addresses[place].load(Ordering::Relaxed)
    }

    fn index(&self, place: usize) -> u8 {
        self.indices[place].load(Ordering::Relaxed)
    }

    fn put(&self, place: usize, address: usize, index: u8) {
        self.addresses[place].store(address, Ordering::Relaxed);
        self.indices[place].store(index, Ordering::Relaxed);
    }
}

fn name_at(index: usize) -> &'static str {
    let Some(&[start, next]) = STARTS.get(index..index + 2) else { return "" };
    NAMES.get(usize::from(start)..usize::from(next) - 1).unwrap_or_default()
}

fn names() -> impl Iterator<Item = &'static str> {
    (0..NAME_COUNT).map(name_at)
}

/// The number of a name, from 1; 0 when it is none of these.
fn number_of(name: &[u8]) -> i64 {
    budget::spend(cost::NAMED);
    names().position(|known| known.as_bytes() == name).map_or(0, |index| index as i64 + 1)
}

/// Takes them from the libraries' tables; raises when memory runs out.
pub fn open(lua: Stack<'_>) {
    let list = lua.top() + 1;
    lua.push_table(FUNCTION_COUNT as c_int, 0);
    for (index, name) in names().enumerate() {
        let (library, field) = name.split_once('.').unwrap_or(("_G", name));
        lua.push_subtable(REGISTRY, c"_LOADED");
        for part in [library, field] {
            lua.push_string(part.as_bytes());
            lua.raw_get(-2);
        }
        if lua.kind(-1) == Kind::Nil {
            // A library that is no global.
            lua.set_top(list + 1);
            lua.push_string(name.as_bytes());
            lua.raw_get(-2);
        }
        PLACES.insert(lua.identity(-1) as usize, index);
        lua.raw_set_at(list, index as i64 + 1);
        lua.set_top(list);
    }
    for (index, (maker, arguments)) in MAKERS.into_iter().enumerate() {
        push_made(lua, list, maker, arguments);
        lua.raw_set_at(list, (NAME_COUNT + index) as i64 + 1);
        lua.set_top(list);
    }
    lua.register(&FUNCTIONS);
}

/// Pushes the function that `maker` hands out for these arguments, without what it captured. `maker` is in the list at `list`.
fn push_made(lua: Stack<'_>, list: c_int, maker: &str, arguments: &[Argument]) {
    lua.raw_get_at(list, number_of(maker.as_bytes()));
    let function = lua.top();
    for argument in arguments {
        match argument {
            Argument::Text => lua.push_string(b""),
            Argument::Itself => lua.push_copy(function),
            #[cfg(feature = "data")]
            // Where there is no memory for it, the maker raises.
            Argument::External => handle::push(lua, cu_abi::tables::IO).unwrap_or(()),
        }
    }
    lua.call(arguments.len() as c_int, 1);
    if let Some(made) = lua.c_function(-1) {
        lua.push_c_function(made);
    }
}

/// The name of the function or table at `index`, which is absolute; it is there as long as the value is. Raises nothing.
pub fn name<'s>(lua: Stack<'s>, index: c_int) -> Option<&'s str> {
    let Some(number) = PLACES.find(lua.identity(index) as usize) else { return hosted::name(lua, index) };
    // Objects of two kinds can have one address.
    lua.get_registered(&FUNCTIONS);
    lua.raw_get_at(-1, number as i64 + 1);
    let is_same = lua.are_same(-1, index);
    lua.pop(2);
    is_same.then(|| name_at(number))
}

/// Every function of C or Rust with its name, also those that others hand out.
pub fn functions(lua: Stack<'_>) -> [NamedFunction; FUNCTION_COUNT] {
    let mut all = names().chain(MAKERS.map(|(maker, _)| maker));
    lua.get_registered(&FUNCTIONS);
    let functions = core::array::from_fn(|index| {
        lua.raw_get_at(-1, index as i64 + 1);
        let function = lua.c_function(-1);
        lua.pop(1);
        (all.next().unwrap_or_default(), function)
    });
    lua.pop(1);
    functions
}

/// The name of the function in that place of `functions`.
pub fn function_name(index: usize) -> &'static str {
    match index.checked_sub(NAME_COUNT) {
        None => name_at(index),
        Some(maker) => MAKERS.get(maker).map_or("", |(name, _)| name),
    }
}

/// Whether a name is one of these, or can be that of a function of the host.
#[inline(never)]
pub fn is_known(name: &[u8]) -> bool {
    number_of(name) != 0 || functions::name_of(name).is_some()
}

/// What a name that is not known needs, where the build leaves that out.
pub fn left_out(_name: &[u8]) -> Option<Feature> {
    #[cfg(not(feature = "bigint"))]
    if _name.strip_prefix(b"bigint").is_some_and(|rest| matches!(rest, [] | [b'.', ..])) {
        return Some(Feature::BigIntegers);
    }
    // Whoever asks does not know the name.
    #[cfg(not(feature = "data"))]
    if _name.starts_with(b"ext.") {
        return Some(Feature::Data);
    }
    None
}

/// Pushes what has that name, nil when there is none; raises when memory runs out.
pub fn push(lua: Stack<'_>, name: &[u8]) {
    if functions::name_of(name).is_some() {
        hosted::push(lua, name);
        return;
    }
    lua.get_registered(&FUNCTIONS);
    lua.raw_get_at(-1, number_of(name));
    lua.remove_below();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_counted_and_every_maker_has_one() {
        assert_eq!(names().collect::<Vec<_>>(), NAMES.split(' ').collect::<Vec<_>>());
        assert!(names().all(|name| !name.is_empty() && number_of(name.as_bytes()) > 0));
        for (maker, _) in MAKERS {
            assert!(is_known(maker.as_bytes()), "{maker}");
        }
    }
}
