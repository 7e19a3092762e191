//! Filters (docs/data.md, "Filters"): what they match, and as values of a call.

use cu_host::Value;
use cu_random::Random;

use crate::values::{Rank, at, rank_at};

#[derive(Clone, Debug)]
pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    None(Vec<Filter>),
    Field(&'static str, Vec<Test>),
}

/// An operator and what it takes.
#[derive(Clone, Debug)]
pub struct Test(pub &'static str, pub Value);

/// Patterns of Lua.
pub const PATTERNS: [&str; 4] = ["^a", "b$", "%d", "a.b"];

fn finds(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        b"^a" => text.starts_with(b"a"),
        b"b$" => text.ends_with(b"b"),
        b"%d" => text.iter().any(u8::is_ascii_digit),
        _ => text.windows(3).any(|part| (part[0], part[2]) == (b'a', b'b')),
    }
}

impl Filter {
    pub fn matches(&self, row: &Value) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.matches(row)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.matches(row)),
            Filter::None(filters) => !filters.iter().any(|filter| filter.matches(row)),
            Filter::Field(path, tests) => tests.iter().all(|test| test.holds(at(row, path))),
        }
    }

    /// The value of a call, in one of the forms that say it.
    pub fn value(&self, random: &mut Random) -> Value {
        let mut list =
            |filters: &[Filter]| Value::from(filters.iter().map(|each| each.value(random)).collect::<Vec<_>>());
        match self {
            Filter::All(filters) => {
                let list = list(filters);
                if random.one_in(2) { list } else { Value::from([("all", list)]) }
            }
            Filter::Any(filters) => Value::from([("any", list(filters))]),
            Filter::None(filters) => Value::from([("none", list(filters))]),
            Filter::Field(path, tests) => match &tests[..] {
                [Test("=", value)] if random.one_in(2) => Value::from([(*path, value.clone())]),
                [Test(operator, value)] if random.one_in(2) => {
                    Value::from([("field", (*path).into()), ("op", (*operator).into()), ("value", value.clone())])
                }
                tests => {
                    let words = tests.iter().flat_map(|Test(operator, value)| [(*operator).into(), value.clone()]);
                    Value::from([(*path, Value::from(words.collect::<Vec<_>>()))])
                }
            },
        }
    }
}

impl Test {
    fn holds(&self, value: Option<&Value>) -> bool {
        let Test(operator, operand) = self;
        let (rank, wanted) = (Rank::of(value), Rank::of(Some(operand)));
        let operands = || operand.as_table().unwrap_or_default().iter().map(|(_, operand)| operand);
        let holds = |operator, operand: &Value| Test(operator, operand.clone()).holds(value);
        let has = |wanted: fn(&[u8], &[u8]) -> bool| match (value.and_then(Value::as_bytes), operand.as_bytes()) {
            (Some(text), Some(part)) => wanted(text, part),
            _ => false,
        };
        let is_comparable = rank.is_like(&wanted) && !rank.is_nan() && !wanted.is_nan();
        match *operator {
            "=" => is_comparable && rank == wanted,
            "!=" => rank.is_like(&wanted) && !holds("=", operand),
            "<" => is_comparable && rank < wanted,
            "<=" => is_comparable && rank <= wanted,
            ">" => is_comparable && rank > wanted,
            ">=" => is_comparable && rank >= wanted,
            "between" => operands().zip([">=", "<="]).all(|(operand, operator)| holds(operator, operand)),
            "in" => operands().any(|operand| holds("=", operand)),
            "startsWith" => has(|text, part| text.starts_with(part)),
            "endsWith" => has(|text, part| text.ends_with(part)),
            "matches" => has(|text, pattern| finds(pattern, text)),
            "exists" => Some(value.is_some()) == operand.as_bool(),
            "contains" => match value {
                Some(list @ Value::Table(_)) => (1..)
                    .map_while(|number| list.at(number))
                    .any(|element| Test("=", operand.clone()).holds(Some(element))),
                _ => has(|text, part| part.is_empty() || text.windows(part.len()).any(|found| found == part)),
            },
            other => panic!("operator {other}"),
        }
    }
}

/// An order of rows: paths, and whether each is descending.
pub type Order = Vec<(&'static str, bool)>;

/// The rows that match, in the order of their keys or in another one.
pub fn select<'a>(rows: &'a [(Value, Value)], filter: Option<&Filter>, order: &Order) -> Vec<&'a (Value, Value)> {
    let matches = |row: &Value| filter.is_none_or(|filter| filter.matches(row));
    let mut found: Vec<_> = rows.iter().filter(|(_, row)| matches(row)).collect();
    // The sort is stable, and the rows are in the order of their keys.
    for (path, is_descending) in order.iter().rev() {
        found.sort_by(|(_, one), (_, other)| {
            let result = rank_at(one, path).cmp(&rank_at(other, path));
            if *is_descending { result.reverse() } else { result }
        });
    }
    found
}

pub fn order_value(order: &Order) -> Value {
    let by = |(path, desc): &(&str, bool)| Value::from([("field", (*path).into()), ("desc", Value::from(*desc))]);
    order.iter().map(by).collect::<Vec<_>>().into()
}
