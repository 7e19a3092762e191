//! What the host wants of one compute: `get(0, "config")`, an inline table.
//!
//! Invariant: a value of the wrong kind or range is an error that names it, never a default.

use core::cell::{Cell, UnsafeCell};

use cu_abi::value::{Item, Reader};
use cu_abi::{config, limits, tables};

use crate::codec::feature;
use crate::control::event::Kinds;
use crate::error::Error;
use crate::heap::ARENA_BYTES;
use crate::host::{self, Found};
use crate::large::LARGE;
use crate::library::host::offer;
use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::permissions::wanted as permissions;
use crate::run::home;

/// Bytes of configuration that the host is asked for at first: most have fewer.
const FIRST_BYTES: usize = 1024;

/// Where the configuration is read to: on the stack it would have to be cleared first.
fn place() -> *mut [u8; limits::CONFIG_BYTES] {
    LARGE.config.place()
}

/// Configurations up to this length are remembered.
const REMEMBERED_BYTES: usize = 512;

/// The configuration of a compute, and what said it: most hosts say the same in the next one. What has permissions is not found again,
/// since they are kept elsewhere, and a compute clears them.
struct Last {
    /// Of the bytes; 0 where they are not remembered.
    length: Cell<usize>,
    bytes: UnsafeCell<[u8; REMEMBERED_BYTES]>,
    config: UnsafeCell<Config>,
}

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Last {}

/// It is no part of the instance, which knows nothing of configurations.
static LAST: Last = Last {
    length: Cell::new(0),
    bytes: UnsafeCell::new([0; REMEMBERED_BYTES]),
    config: UnsafeCell::new(Config::DEFAULT),
};

impl Last {
    /// What these bytes said the last time, if they are those of the last time.
    fn find(&'static self, bytes: &[u8]) -> Option<&'static Config> {
        // SAFETY: one thread, and the reference ends before anything is kept.
        let last = unsafe { &*self.bytes.get() };
        // SAFETY: see `keep`.
        (!bytes.is_empty() && last[..self.length.get()] == *bytes).then(|| unsafe { &*self.config.get() })
    }

    /// Keeps what the bytes say, and the bytes where they may be found again.
    fn keep(&'static self, bytes: &[u8], config: Config) -> &'static Config {
        if bytes.len() <= REMEMBERED_BYTES && permissions::is_empty() {
            // SAFETY: one thread, and nobody has a reference.
            let kept = unsafe { &mut *self.bytes.get() };
            kept[..bytes.len()].copy_from_slice(bytes);
            self.length.set(bytes.len());
        }
        let place = self.config.get();
        // SAFETY: one thread. Computes do not nest, and the reference of the one before ended with it.
        unsafe {
            place.write(config);
            &*place
        }
    }

    fn forget(&self) {
        self.length.set(0);
    }
}

/// The configuration of a compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Work that scripts may do, 0 for any.
    pub instructions: i64,
    /// Work after which the host is asked whether the script may go on, 0 for never.
    pub tick: i64,
    /// Bytes of the arena that scripts may use.
    pub memory: usize,
    /// Bytes of print kept for the response.
    pub output: usize,
    /// Seed of `math.random` and of the string hash.
    pub seed: i64,
    /// Whether functions are stored without their debug information.
    pub strip: bool,
    /// Whether all changes of the compute stay, or none.
    pub atomic: Atomic,
    /// Whether it belongs to a transaction of the host.
    pub transaction: Transaction,
    /// Which epoch of the store it is.
    pub epoch: i64,
    /// Whether the host names the home.
    pub is_named: bool,
    /// Whether scripts may load binary chunks, which are verified.
    pub bytecode: bool,
    /// From how many encoded bytes on strings are stored compressed, 0 for never.
    pub compression: usize,
    /// The functions that the host offers.
    pub functions: Functions,
    /// Most computes that may wait for the host.
    pub pending: usize,
    /// Bytes of the arena that may be in use when one begins to wait.
    pub pending_memory: usize,
    /// Kinds of event that the host wants.
    pub events: Kinds,
    /// First allocation to fail, 0 for none.
    #[cfg(feature = "faults")]
    pub fail_allocation: i64,
    /// How many allocations fail in a row, 0 for all the rest.
    #[cfg(feature = "faults")]
    pub fail_count: i64,
}

/// The functions that the host offers: where in the configuration their table is, and what tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Functions {
    start: usize,
    end: usize,
    mark: offer::Mark,
}

impl Functions {
    const NONE: Functions = Functions { start: 0, end: 0, mark: offer::NOTHING };

    /// Whether scripts see others now.
    pub fn are_new(&self) -> bool {
        !offer::is_current(self.mark)
    }

    /// Makes scripts see them; raises when memory runs out.
    pub fn show(&self, lua: Stack<'_>) -> Result<u8, Raise> {
        // SAFETY: one thread, and the next configuration is read into the place after this compute.
        let bytes = unsafe { &*place() };
        offer::show(lua, bytes.get(self.start..self.end).unwrap_or_default())
    }
}

/// Who undoes what a failed compute changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Atomic {
    /// Nobody.
    No,
    /// The module, by its journal.
    Journal,
    /// The host, after the answer.
    Host,
}

/// What becomes of a transaction of the host, which may be over several computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// There is none.
    None,
    /// The compute belongs to it.
    Open,
    /// And then all of it is kept.
    Commit,
    /// It is undone before the compute.
    RollBack,
}

/// Any constant serves; this one has been tested most.
const DEFAULT_SEED: i64 = 0x6375;

impl Config {
    /// What a host gets that says nothing.
    pub const DEFAULT: Config = Config {
        instructions: 0,
        tick: 0,
        memory: ARENA_BYTES,
        output: limits::OUTPUT_KEPT_BYTES,
        seed: DEFAULT_SEED,
        strip: false,
        atomic: Atomic::No,
        transaction: Transaction::None,
        epoch: 0,
        is_named: false,
        bytecode: false,
        compression: limits::COMPRESSION_BYTES,
        functions: Functions::NONE,
        pending: limits::PENDING,
        pending_memory: ARENA_BYTES / 2,
        events: Kinds::NONE,
        #[cfg(feature = "faults")]
        fail_allocation: 0,
        #[cfg(feature = "faults")]
        fail_count: 0,
    };

    /// Asks the host. With an error comes what of the events could be read: whoever wants to hear of errors hears of this one.
    pub fn fetch() -> Result<&'static Config, (Error, Kinds)> {
        permissions::clear();
        // SAFETY: one thread, and no import that is called from here fetches another configuration (`compute.rs`).
        let bytes = unsafe { &mut *place() };
        let mut found = host::get(tables::CONTROL, tables::KEY_CONFIG.as_bytes(), &mut bytes[..FIRST_BYTES]);
        if matches!(found, Found::Longer(length) if length <= limits::CONFIG_BYTES) {
            found = host::get(tables::CONTROL, tables::KEY_CONFIG.as_bytes(), bytes);
        }
        if let Found::Value(length) = found
            && let Some(config) = LAST.find(&bytes[..length])
        {
            return Ok(config);
        }
        LAST.forget();
        match found {
            Found::Absent => {
                home::want(b"");
                Ok(&Config::DEFAULT)
            }
            Found::Value(length) => {
                let bytes = &bytes[..length];
                Ok(LAST.keep(bytes, Config::parse(bytes)?))
            }
            Found::Longer(length) => refused(i32::try_from(length).unwrap_or(i32::MAX)),
            Found::Failed(reply) => refused(reply),
        }
    }

    /// Reads an encoded inline table; keys unknown here are for other versions.
    fn parse(bytes: &[u8]) -> Result<Config, (Error, Kinds)> {
        let mut config = Config::DEFAULT;
        let mut first = None;
        let read = for_each_field(bytes, |key, value| {
            let set = match value {
                Item::Table(_, content) if key == config::FUNCTIONS.as_bytes() => config.offer(bytes, content),
                value => config.set(key, value),
            };
            if let Err(error) = set {
                first.get_or_insert(error);
            }
            Ok(())
        });
        if !config.is_named {
            home::want(b"");
        }
        match first.or(read.err()) {
            None => Ok(config),
            Some(error) => Err((error, config.events)),
        }
    }

    /// The functions in `content`, which is a part of `bytes`. Those of the compute before were checked then.
    fn offer(&mut self, bytes: &[u8], content: &[u8]) -> Result<(), Error> {
        let start = content.as_ptr().addr() - bytes.as_ptr().addr();
        self.functions = Functions { start, end: start + content.len(), mark: offer::mark(content) };
        if self.functions.are_new() { offer::check(content) } else { Ok(()) }
    }

    fn set(&mut self, key: &[u8], value: Item<'_>) -> Result<(), Error> {
        if let Some(number) = NUMBERS.iter().find(|number| number.key.as_bytes() == key) {
            (number.put)(self, integer(number, value)?);
        } else if let Some((key, put)) = SWITCHES.iter().find(|(name, _)| name.as_bytes() == key) {
            put(self, boolean(key, value)?);
        } else if key == config::EVENTS.as_bytes() {
            self.events = events(value)?;
        } else if key == config::HOME.as_bytes() {
            home::want(name(value)?);
            self.is_named = true;
        } else if key == config::ATOMIC.as_bytes() {
            self.atomic = atomic(value)?;
        } else if key == config::TRANSACTION.as_bytes() {
            self.transaction = transaction(value)?;
        } else if key == config::FUNCTIONS.as_bytes() {
            return Err(Error::ConfigKind {
                key: config::FUNCTIONS,
                wanted: "a table of functions",
                found: value.kind(),
            });
        } else if key == config::PERMISSIONS.as_bytes() {
            permissions::keep(value)?;
        }
        Ok(())
    }
}

/// Sets a field.
type Put<T> = fn(&mut Config, T);

/// A field that is an integer, and its range.
struct NumberField {
    key: &'static str,
    least: i64,
    most: i64,
    put: Put<i64>,
}

const fn number(key: &'static str, least: i64, most: i64, put: Put<i64>) -> NumberField {
    NumberField { key, least, most, put }
}

static NUMBERS: &[NumberField] = &[
    number(config::INSTRUCTIONS, 0, limits::INSTRUCTIONS, |config, value| config.instructions = value),
    number(config::TICK, 0, limits::INSTRUCTIONS, |config, value| config.tick = value),
    number(config::MEMORY, 0, ARENA_BYTES as i64, |config, value| config.memory = value as usize),
    number(config::OUTPUT, 0, limits::OUTPUT_KEPT_BYTES as i64, |config, value| config.output = value as usize),
    number(config::PENDING, 0, limits::PENDING_MOST as i64, |config, value| config.pending = value as usize),
    number(config::PENDING_MEMORY, 0, ARENA_BYTES as i64, |config, value| config.pending_memory = value as usize),
    number(config::SEED, i64::MIN, i64::MAX, |config, value| config.seed = value),
    number(config::EPOCH, 0, i64::MAX, |config, value| config.epoch = value),
    number(config::COMPRESSION, 0, i32::MAX as i64, |config, value| config.compression = value as usize),
    #[cfg(feature = "faults")]
    number("fail_allocation", 0, i64::MAX, |config, value| config.fail_allocation = value),
    #[cfg(feature = "faults")]
    number("fail_count", 0, i64::MAX, |config, value| config.fail_count = value),
];

/// Fields that are on or off.
static SWITCHES: &[(&str, Put<bool>)] =
    &[(config::STRIP, |config, on| config.strip = on), (config::BYTECODE, |config, on| config.bytecode = on)];

fn refused(reply: i32) -> Result<&'static Config, (Error, Kinds)> {
    Err((Error::ConfigReply { reply, limit: limits::CONFIG_BYTES }, Kinds::NONE))
}

/// Calls `field` with every string key of an encoded inline table that fills `bytes`.
fn for_each_field<'a>(
    bytes: &'a [u8],
    mut field: impl FnMut(&'a [u8], Item<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    let malformed = |offset| Error::ConfigMalformed { offset };
    let mut whole = Reader::new(bytes);
    let Ok(Item::Table(pairs, content)) = whole.item() else { return Err(malformed(0)) };
    if !whole.is_at_end() {
        return Err(malformed(bytes.len()));
    }
    let start = bytes.len() - content.len();
    let mut reader = Reader::new(content);
    for _ in 0..pairs {
        let key = reader.item().map_err(|error| malformed(start + error.offset))?;
        let value = reader.item().map_err(|error| malformed(start + error.offset))?;
        if let Item::String(name) = key {
            field(name, value)?;
        }
    }
    if reader.is_at_end() { Ok(()) } else { Err(malformed(start)) }
}

fn integer(field: &NumberField, value: Item<'_>) -> Result<i64, Error> {
    let NumberField { key, least, most, .. } = *field;
    match value {
        Item::Integer(number) if (least..=most).contains(&number) => Ok(number),
        Item::Integer(value) => Err(Error::ConfigRange { key, value, least, most }),
        other => Err(Error::ConfigKind { key, wanted: "an integer", found: other.kind() }),
    }
}

fn boolean(key: &'static str, value: Item<'_>) -> Result<bool, Error> {
    match value {
        Item::Boolean(value) => Ok(value),
        other => Err(Error::ConfigKind { key, wanted: "a boolean", found: other.kind() }),
    }
}

fn atomic(value: Item<'_>) -> Result<Atomic, Error> {
    match value {
        Item::Boolean(false) => Ok(Atomic::No),
        Item::Boolean(true) => Ok(Atomic::Journal),
        Item::String(word) if word == config::HOST.as_bytes() => Ok(Atomic::Host),
        other => Err(Error::ConfigKind { key: config::ATOMIC, wanted: "a boolean or 'host'", found: other.kind() }),
    }
}

#[cold]
fn transaction(value: Item<'_>) -> Result<Transaction, Error> {
    feature::data().map_err(|feature| Error::LeftOut { what: "config.transaction", feature })?;
    match value {
        Item::String(word) if word == config::OPEN.as_bytes() => Ok(Transaction::Open),
        Item::String(word) if word == config::COMMIT.as_bytes() => Ok(Transaction::Commit),
        Item::String(word) if word == config::ROLLBACK.as_bytes() => Ok(Transaction::RollBack),
        other => {
            let wanted = "'open', 'commit' or 'rollback'";
            Err(Error::ConfigKind { key: config::TRANSACTION, wanted, found: other.kind() })
        }
    }
}

/// The name of a home.
#[cold]
fn name(value: Item<'_>) -> Result<&[u8], Error> {
    match value {
        Item::String(name) if (1..=limits::HOME_NAME_BYTES).contains(&name.len()) => Ok(name),
        Item::String(name) => Err(Error::HomeName { length: name.len() }),
        other => Err(Error::ConfigKind { key: config::HOME, wanted: "a string", found: other.kind() }),
    }
}

fn events(value: Item<'_>) -> Result<Kinds, Error> {
    let Item::Table(pairs, content) = value else {
        return Err(Error::ConfigKind { key: config::EVENTS, wanted: "a table of kinds", found: value.kind() });
    };
    let mut kinds = Kinds::NONE;
    let mut reader = Reader::new(content);
    for _ in 0..pairs {
        let malformed = |_| Error::ConfigKind { key: config::EVENTS, wanted: "a table of kinds", found: "malformed" };
        let (name, wanted) = (reader.item().map_err(malformed)?, reader.item().map_err(malformed)?);
        match (name, wanted) {
            (Item::String(name), Item::Boolean(wanted)) => kinds.set(name, wanted),
            (Item::String(_), other) => {
                return Err(Error::ConfigKind { key: "events.*", wanted: "a boolean", found: other.kind() });
            }
            (other, _) => {
                return Err(Error::ConfigKind { key: config::EVENTS, wanted: "kind = true", found: other.kind() });
            }
        }
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cu_abi::value::Writer;

    fn table(fill: impl FnOnce(&mut Writer<'_>) -> u32) -> Vec<u8> {
        let mut buffer = [0; 256];
        let mut writer = Writer::new(&mut buffer);
        let open = writer.begin_table();
        let pairs = fill(&mut writer);
        writer.end_table(open, pairs);
        writer.written().expect("it fits").to_vec()
    }

    #[test]
    fn values_are_read_and_unknown_keys_skipped() {
        let bytes = table(|writer| {
            writer.string(b"output");
            writer.integer(100);
            writer.string(b"from the future");
            writer.boolean(true);
            writer.string(b"memory");
            writer.integer(1_000_000);
            3
        });
        let config = Config::parse(&bytes).expect("well formed");
        assert_eq!((config.output, config.memory, config.seed), (100, 1_000_000, DEFAULT_SEED));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named() {
        let bytes = table(|writer| {
            writer.string(b"output");
            writer.string(b"much");
            1
        });
        let (error, _) = Config::parse(&bytes).expect_err("a string is no size");
        assert_eq!(error.to_string(), "config.output is a string; wanted is an integer");
    }

    #[test]
    fn a_value_out_of_range_is_named_with_its_limits() {
        let bytes = table(|writer| {
            writer.string(b"memory");
            writer.integer(-1);
            1
        });
        let (error, _) = Config::parse(&bytes).expect_err("no memory is below zero");
        assert_eq!(error.to_string(), "config.memory is -1; wanted is a number from 0 to 2097152");
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = table(|writer| {
            writer.string(b"seed");
            writer.integer(5);
            1
        });
        for length in 0..bytes.len() {
            assert!(Config::parse(&bytes[..length]).is_err(), "{length} bytes were accepted");
        }
    }
}
