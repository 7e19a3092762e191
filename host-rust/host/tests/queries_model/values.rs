//! Values as queries see them (docs/data.md, "Paths" and "Order"), said as simply as it can be: every finite number is an
//! integer of 2^-1074, the least float.

use cu_host::Value;
use num_bigint::BigInt;

/// A value's place in the order of all values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Missing,
    String(Vec<u8>),
    Number(Exact),
    Boolean(bool),
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exact {
    MinusInfinity,
    Finite(BigInt),
    Infinity,
    NaN,
}

const LEAST_EXPONENT: usize = 1074;

fn exact(number: f64) -> Exact {
    if number.is_nan() {
        return Exact::NaN;
    }
    if number.is_infinite() {
        return if number > 0.0 { Exact::Infinity } else { Exact::MinusInfinity };
    }
    let (exponent, fraction) = (number.to_bits() >> 52 & 0x7ff, number.to_bits() & ((1 << 52) - 1));
    let magnitude = match exponent {
        0 => BigInt::from(fraction),
        exponent => BigInt::from(fraction | 1 << 52) << (exponent - 1) as usize,
    };
    Exact::Finite(if number < 0.0 { -magnitude } else { magnitude })
}

impl Rank {
    pub fn of(value: Option<&Value>) -> Rank {
        match value {
            None => Rank::Missing,
            Some(Value::String(bytes)) => Rank::String(bytes.clone()),
            Some(Value::Boolean(flag)) => Rank::Boolean(*flag),
            Some(Value::Float(number)) => Rank::Number(exact(*number)),
            Some(value) => {
                value.to_big_int().map_or(Rank::Other, |number| Rank::Number(Exact::Finite(number << LEAST_EXPONENT)))
            }
        }
    }

    /// Whether they are of one type that can be compared.
    pub fn is_like(&self, other: &Rank) -> bool {
        matches!(
            (self, other),
            (Rank::String(_), Rank::String(_))
                | (Rank::Number(_), Rank::Number(_))
                | (Rank::Boolean(_), Rank::Boolean(_))
        )
    }

    pub fn is_nan(&self) -> bool {
        *self == Rank::Number(Exact::NaN)
    }

    /// Whether an index can find a row by it.
    pub fn can_be_found(&self) -> bool {
        !matches!(self, Rank::Missing | Rank::Other)
    }
}

/// What lies at a path of a row.
pub fn at<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.').filter(|part| !part.is_empty());
    parts.try_fold(row, |value, part| match part.parse() {
        Ok(number) => value.at(number),
        Err(_) => value.get(part),
    })
}

pub fn rank_at(row: &Value, path: &str) -> Rank {
    Rank::of(at(row, path))
}

/// A value as text that tells all values apart, whatever the order of a table's entries.
pub fn text(value: &Value) -> String {
    match value {
        Value::Table(pairs) => {
            let mut parts: Vec<_> = pairs.iter().map(|(key, value)| format!("{key:?} = {}", text(value))).collect();
            parts.sort();
            format!("{{{}}}", parts.join(", "))
        }
        Value::Float(number) => format!("Float({number:?})"),
        other => format!("{other:?}"),
    }
}

#[test]
fn numbers_have_the_order_of_their_exact_values() {
    let big = |number: &str| Value::from(number.parse::<BigInt>().unwrap());
    let ascending = [
        f64::NEG_INFINITY.into(),
        big("-9223372036854775809"),
        Value::Integer(i64::MIN),
        (-0.5).into(),
        0.into(),
        5e-324.into(),
        1.5.into(),
        9_007_199_254_740_992.0.into(),
        Value::Integer((1 << 53) + 1),
        Value::Integer(i64::MAX),
        9_223_372_036_854_775_808.0.into(),
        big("9223372036854775809"),
        1e300.into(),
        f64::INFINITY.into(),
        f64::NAN.into(),
    ];
    let ranks: Vec<_> = ascending.iter().map(|value| Rank::of(Some(value))).collect();
    assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "{ranks:?}");
    for (one, other) in [(0.into(), (-0.0).into()), (7.into(), 7.0.into()), (big("5"), 5.0.into())] {
        assert_eq!(Rank::of(Some(&one)), Rank::of(Some(&other)));
    }
}
