//! Random values, rows, writes, indexes and filters. There are few values, so that many are equal.

use cu_host::Value;
use cu_random::Random;
use num_bigint::BigInt;

use crate::filter::{Filter, Order, PATTERNS, Test};
use crate::table::{Index, Way, Write};
use crate::values::Rank;

pub const PATHS: [&str; 10] = ["a", "b", "c", "in.x", "list.1", "list", "", "in", "gone", "a.x"];
const FIELDS: [&str; 5] = ["a", "b", "c", "in", "list"];
const STRINGS: [&[u8]; 9] = [b"", b"a", b"ab", b"a\0b", b"b", b"ab\0", b"\xff", b"a1", b"\xc3\x28"];
const INTEGERS: [i64; 7] = [1 << 53, (1 << 53) + 1, -(1 << 53) - 1, i64::MAX, i64::MIN, 0, -1];
const FLOATS: [f64; 13] = [
    0.0,
    -0.0,
    0.5,
    1.0,
    2.0,
    9_007_199_254_740_992.0,
    9_223_372_036_854_775_808.0,
    1e300,
    -1.5,
    5e-324,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

pub fn scalar(random: &mut Random) -> Value {
    match random.below(12) {
        // Ordered indexes do not take it.
        0 if random.one_in(30) => Value::from("long ".repeat(300)),
        0..5 => Value::Integer(random.below(5) as i64),
        5..7 => Value::from(random.one_of(&STRINGS)),
        7 => random.one_of(&INTEGERS).into(),
        8..10 => random.one_of(&FLOATS).into(),
        10 => {
            let number: BigInt = (BigInt::from(1) << random.one_of(&[0_usize, 53, 63, 64, 1030])) + random.below(2);
            Value::from(if random.one_in(2) { -number } else { number })
        }
        _ => random.one_in(2).into(),
    }
}

fn list(random: &mut Random) -> Value {
    Value::from((0..random.below(4)).map(|_| scalar(random)).collect::<Vec<_>>())
}

fn field(name: &str, random: &mut Random) -> Value {
    match name {
        "in" if !random.one_in(6) => Value::from([("x", scalar(random))]),
        "list" if !random.one_in(6) => list(random),
        _ => scalar(random),
    }
}

fn row(random: &mut Random) -> Value {
    if random.one_in(12) {
        return scalar(random);
    }
    let names = FIELDS.into_iter().filter(|_| !random.one_in(3)).collect::<Vec<_>>();
    Value::Table(names.into_iter().map(|name| (name.into(), field(name, random))).collect())
}

fn key(random: &mut Random) -> Value {
    match random.below(9) {
        // Few of these are in a page of keys.
        8 => Value::from(format!("{}{}", "long".repeat(200), random.below(9))),
        0 => Value::from(random.one_of(&[&b"k"[..], b"key", b"", b"a\0", b"\xff"])),
        1 => random.one_of(&[0.5, -1.5, 1e300]).into(),
        2 => random.one_in(2).into(),
        _ => Value::Integer(random.below(24) as i64 - 3),
    }
}

fn way(keys: &[Value]) -> Way {
    [&["t".into()], keys].concat()
}

fn aside(keys: &[Value]) -> Way {
    [&["aside".into()], keys].concat()
}

/// What is put at a place: often nothing.
fn or_nil(value: Value, random: &mut Random) -> Value {
    if random.one_in(4) { Value::Nil } else { value }
}

/// Some writes that belong together.
fn write(random: &mut Random, depth: usize) -> Vec<Write> {
    let (one, other) = (key(random), key(random));
    let name = random.one_of(&FIELDS);
    let value = field(name, random);
    vec![match random.below(20) {
        0..6 => Write::Put(way(&[one]), row(random)),
        6 => Write::Put(way(&[one]), Value::Nil),
        7..10 => Write::Put(way(&[one, name.into()]), or_nil(value, random)),
        10 => Write::Put(way(&[one, "in".into(), "x".into()]), or_nil(scalar(random), random)),
        11 => Write::Put(
            way(&[one, "list".into(), Value::Integer(1 + random.below(4) as i64)]),
            or_nil(scalar(random), random),
        ),
        12 => Write::Share(way(&[one]), way(&[other])),
        // A row is moved.
        13 => {
            let from = way(&[other]);
            return vec![Write::Share(way(&[one]), from.clone()), Write::Put(from, Value::Nil)];
        }
        14 => {
            let from = random.one_of(&["in", "list"]);
            Write::Share(way(&[one, random.one_of(&["in", "list"]).into()]), way(&[other, from.into()]))
        }
        15 => Write::Share(aside(&[]), way(&[one])),
        16 => Write::Share(way(&[one]), aside(&[])),
        17 => Write::Put(aside(&[name.into()]), or_nil(value, random)),
        _ if depth > 2 => Write::Put(way(&[one]), Value::Nil),
        _ => Write::Inside { writes: writes(random, depth + 1), fails: random.one_in(2) },
    }]
}

pub fn writes(random: &mut Random, depth: usize) -> Vec<Write> {
    (0..1 + random.below(6)).flat_map(|_| write(random, depth)).collect()
}

/// What a batch can do: rows that are set or removed.
pub fn rows(random: &mut Random) -> Vec<Write> {
    let one = |random: &mut Random| Write::Put(way(&[key(random)]), or_nil(row(random), random));
    (0..1 + random.below(8)).map(|_| one(random)).collect()
}

fn test(random: &mut Random) -> Test {
    const OPERATORS: [&str; 14] = [
        "=",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "between",
        "in",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "exists",
    ];
    let operator = random.one_of(&OPERATORS);
    let operand = match operator {
        "exists" => random.one_in(2).into(),
        "matches" => random.one_of(&PATTERNS).into(),
        "startsWith" | "endsWith" => Value::from(random.one_of(&[&b""[..], b"a", b"b", b"\0", b"\xff"])),
        "in" => list(random),
        "between" => {
            let low = scalar(random);
            let mut high = scalar(random);
            while !Rank::of(Some(&high)).is_like(&Rank::of(Some(&low))) {
                high = scalar(random);
            }
            vec![low, high].into()
        }
        _ => scalar(random),
    };
    Test(operator, operand)
}

fn test_of(paths: &[&'static str], random: &mut Random) -> Filter {
    Filter::Field(random.one_of(paths), (0..1 + random.below(5) / 4).map(|_| test(random)).collect())
}

fn nested(random: &mut Random, depth: usize) -> Filter {
    let inner = |random: &mut Random| (0..random.below(3)).map(|_| nested(random, depth + 1)).collect();
    match random.below(8) {
        _ if depth > 2 => test_of(&PATHS, random),
        0 => Filter::All(inner(random)),
        1 => Filter::Any(inner(random)),
        2 => Filter::None(inner(random)),
        _ => test_of(&PATHS, random),
    }
}

/// A filter, which may ask for what a partial index asks.
pub fn filter(indexes: &[Index], random: &mut Random) -> Option<Filter> {
    let partial: Vec<_> = indexes.iter().filter_map(|index| Some((index.filter.clone()?, index.paths[0]))).collect();
    match random.below(6) {
        0 => None,
        1..3 if !partial.is_empty() => {
            let (filter, path) = partial[random.below(partial.len())].clone();
            Some(Filter::All(vec![filter, test_of(&[path], random)]))
        }
        _ => Some(nested(random, 0)),
    }
}

pub fn order(random: &mut Random) -> Order {
    (0..random.below(3)).map(|_| (random.one_of(&PATHS), random.one_in(2))).collect()
}

/// `number` tells its name from those of others.
pub fn index(number: usize, random: &mut Random) -> Index {
    let is_multi = random.one_in(4);
    let paths = match is_multi {
        true => vec![random.one_of(&["list", "in", "a"])],
        false => {
            let count = random.one_of(&[1, 1, 1, 2, 2, 3, 4]);
            let first = random.below(PATHS.len());
            (0..count).map(|at| PATHS[(first + at * 3) % PATHS.len()]).collect()
        }
    };
    let fields: &[_] = if is_multi { &["b", "c"] } else { &["b", "c", "in.x", "list"] };
    Index {
        name: format!("index {number}"),
        paths,
        is_hash: random.one_in(3),
        is_unique: random.one_in(4),
        is_multi,
        filter: random.one_in(3).then(|| test_of(fields, random)),
    }
}
