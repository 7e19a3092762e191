//! Library functions and the libraries' tables by name: the only functions of C or Rust that can be stored or returned.
//!
//! Invariant: a name stands for what the library had when the instance was made, whatever a script put into
//! the library's table since; no other name exists.

use core::cell::UnsafeCell;
use core::ffi::{c_int, c_void};

use crate::budget::{self, cost};
use crate::lua::ffi::{self, State};
use crate::lua::stack;

/// Every name, by category: base, string, table, math, utf8, coroutine, os, debug, io, ext; the tables; bigint. Of two names
/// of one function the first is the one that is written.
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
            debug.getinfo debug.traceback io.write ext.drop ext.size ext.table ext.table_size _G coroutine debug ext io \
            math os package string table utf8"
    };
}

#[cfg(feature = "bigint")]
const NAMES: &str = concat!(
    names!(),
    " bigint bigint.abs bigint.add bigint.band bigint.bits bigint.bnot bigint.bor bigint.bxor bigint.cmp \
        bigint.div bigint.divmod bigint.eq bigint.frombase bigint.frombytes bigint.gcd bigint.isbigint bigint.mod \
        bigint.mul bigint.neg bigint.new bigint.pow bigint.powmod bigint.shl bigint.shr bigint.sign bigint.sqrt \
        bigint.sub bigint.tobase bigint.tobytes bigint.tointeger bigint.tonumber bigint.tostring"
);
#[cfg(not(feature = "bigint"))]
const NAMES: &str = names!();

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

/// Where each name starts, and behind the last one where another would.
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
}

/// Library functions that hand out functions without a name, and the arguments that make each kind of these.
const MAKERS: [(&str, &[Argument]); 5] = [
    ("ipairs", &[Argument::Text]),
    ("string.gmatch", &[Argument::Text, Argument::Text]),
    ("utf8.codes", &[Argument::Text]),
    // The second argument counts as true: lax.
    ("utf8.codes", &[Argument::Text, Argument::Text]),
    ("coroutine.wrap", &[Argument::Itself]),
];

/// How many library functions there are at most.
pub const FUNCTION_COUNT: usize = NAME_COUNT + MAKERS.len();

/// A library function with its name, or one without by the name of its maker. What is a library's table has none.
pub type Function = (&'static str, Option<ffi::CFunction>);

/// Its address is the registry key of the list of functions and tables, in the order of the names; what the makers hand
/// out follows.
static FUNCTIONS: u8 = 0;

fn key() -> *const c_void {
    (&raw const FUNCTIONS).cast()
}

/// The addresses of what has a name, in order, and the index of each name: what has one is found without a walk through all.
struct Places {
    addresses: [usize; NAME_COUNT],
    indices: [u8; NAME_COUNT],
}

const _: () = assert!(NAME_COUNT <= u8::MAX as usize + 1);

struct Shared(UnsafeCell<Places>);

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Shared {}

static PLACES: Shared = Shared(UnsafeCell::new(Places { addresses: [0; NAME_COUNT], indices: [0; NAME_COUNT] }));

impl Places {
    /// Puts the address of name number `index` where it belongs among those before it, which are in order.
    fn insert(&mut self, address: usize, index: usize) {
        let mut hole = index;
        while hole > 0 && self.addresses[hole - 1] > address {
            self.addresses[hole] = self.addresses[hole - 1];
            self.indices[hole] = self.indices[hole - 1];
            hole -= 1;
        }
        self.addresses[hole] = address;
        self.indices[hole] = index as u8;
    }

    /// The first name of that address.
    fn find(&self, address: usize) -> Option<usize> {
        let place = self.addresses.partition_point(|known| *known < address);
        if *self.addresses.get(place)? == address { Some(usize::from(self.indices[place])) } else { None }
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
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        let top = ffi::lua_gettop(state);
        ffi::lua_createtable(state, FUNCTION_COUNT as c_int, 0);
        for (index, name) in names().enumerate() {
            let (library, field) = name.split_once('.').unwrap_or(("_G", name));
            ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
            for part in [library, field] {
                ffi::lua_pushlstring(state, part.as_ptr().cast(), part.len());
                ffi::lua_rawget(state, -2);
            }
            if ffi::lua_type(state, -1) == ffi::TYPE_NIL {
                // A library that is no global.
                ffi::lua_settop(state, top + 2);
                ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
                ffi::lua_rawget(state, -2);
            }
            (*PLACES.0.get()).insert(ffi::lua_topointer(state, -1) as usize, index);
            ffi::lua_rawseti(state, top + 1, index as i64 + 1);
            ffi::lua_settop(state, top + 1);
        }
        for (index, (maker, arguments)) in MAKERS.into_iter().enumerate() {
            make(state, top + 1, maker, arguments);
            ffi::lua_rawseti(state, top + 1, (NAME_COUNT + index) as i64 + 1);
            ffi::lua_settop(state, top + 1);
        }
        ffi::lua_rawsetp(state, ffi::REGISTRY, key());
    }
}

/// Pushes the function that `maker`, of the list at `list`, hands out for these arguments, without what it holds.
///
/// # Safety
/// As for `open`.
unsafe fn make(state: *mut State, list: c_int, maker: &str, arguments: &[Argument]) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_rawgeti(state, list, number_of(maker.as_bytes()));
        let function = ffi::lua_gettop(state);
        for argument in arguments {
            match argument {
                Argument::Text => {
                    ffi::lua_pushlstring(state, c"".as_ptr(), 0);
                }
                Argument::Itself => ffi::lua_pushvalue(state, function),
            }
        }
        ffi::lua_callk(state, arguments.len() as c_int, 1, 0, None);
        if let Some(made) = ffi::lua_tocfunction(state, -1) {
            ffi::lua_pushcclosure(state, made, 0);
        }
    }
}

/// The name of the function or table at `index`, which is absolute. Raises nothing.
///
/// # Safety
/// `state` is live with two free slots.
pub unsafe fn name(state: *mut State, index: c_int) -> Option<&'static str> {
    // SAFETY: the caller's; the list is an array, so its elements are reached without a metamethod.
    unsafe {
        let number = (*PLACES.0.get()).find(ffi::lua_topointer(state, index) as usize)?;
        // An address says nothing of the kind of object.
        ffi::lua_rawgetp(state, ffi::REGISTRY, key());
        ffi::lua_rawgeti(state, -1, number as i64 + 1);
        let same = ffi::lua_rawequal(state, -1, index) != 0;
        stack::pop(state, 2);
        same.then(|| name_at(number))
    }
}

/// Every function of C or Rust with its name, also those that others hand out.
///
/// # Safety
/// `state` is live with two free slots.
pub unsafe fn functions(state: *mut State) -> [Function; FUNCTION_COUNT] {
    let mut all = names().chain(MAKERS.map(|(maker, _)| maker));
    // SAFETY: the caller's; as in `name`.
    unsafe {
        ffi::lua_rawgetp(state, ffi::REGISTRY, key());
        let functions = core::array::from_fn(|index| {
            ffi::lua_rawgeti(state, -1, index as i64 + 1);
            let function = ffi::lua_tocfunction(state, -1);
            stack::pop(state, 1);
            (all.next().unwrap_or_default(), function)
        });
        stack::pop(state, 1);
        functions
    }
}

/// The name of the function in that place of `functions`.
pub fn function_name(index: usize) -> &'static str {
    match index.checked_sub(NAME_COUNT) {
        None => name_at(index),
        Some(maker) => MAKERS.get(maker).map_or("", |(name, _)| name),
    }
}

/// Whether a name is one of these.
#[inline(never)]
pub fn is_known(name: &[u8]) -> bool {
    number_of(name) != 0
}

/// Whether a name is one of those that the build leaves out.
pub fn is_left_out(name: &[u8]) -> bool {
    !cfg!(feature = "bigint") && name.strip_prefix(b"bigint").is_some_and(|rest| matches!(rest, [] | [b'.', ..]))
}

/// Pushes what has that name, nil when there is none. Raises nothing.
///
/// # Safety
/// As for `name`.
pub unsafe fn push(state: *mut State, name: &[u8]) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_rawgetp(state, ffi::REGISTRY, key());
        ffi::lua_rawgeti(state, -1, number_of(name));
        ffi::lua_rotate(state, -2, 1);
        stack::pop(state, 1);
    }
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
