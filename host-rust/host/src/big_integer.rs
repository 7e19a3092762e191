//! Big integers as `num_bigint::BigInt`.

use num_bigint::{BigInt, Sign};

use crate::value::Value;

impl Value {
    /// The integer, whether it fits 64 bits or is big.
    pub fn to_big_int(&self) -> Option<BigInt> {
        match self {
            Value::Integer(number) => Some((*number).into()),
            Value::BigInteger { negative, magnitude } => {
                let sign = if *negative { Sign::Minus } else { Sign::Plus };
                Some(BigInt::from_bytes_le(sign, magnitude))
            }
            _ => None,
        }
    }
}

/// A big integer, even if 64 bits would do.
impl From<&BigInt> for Value {
    fn from(number: &BigInt) -> Value {
        let (sign, mut magnitude) = number.to_bytes_le();
        if sign == Sign::NoSign {
            magnitude.clear();
        }
        Value::BigInteger { negative: sign == Sign::Minus, magnitude }
    }
}

impl From<BigInt> for Value {
    fn from(number: BigInt) -> Value {
        Value::from(&number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_all_sizes_come_back() {
        let large: BigInt = "-123456789012345678901234567890".parse().expect("digits");
        for number in [0.into(), 1.into(), (-1).into(), 255.into(), 256.into(), i64::MIN.into(), large] {
            let value = Value::from(&number);
            let bytes = value.encode().expect("encodes");
            assert_eq!(Value::decode(&bytes).expect("decodes"), value);
            assert_eq!(value.to_big_int(), Some(number));
        }
    }

    #[test]
    fn an_integer_is_one_and_a_float_is_none() {
        assert_eq!(Value::Integer(-7).to_big_int(), Some((-7).into()));
        assert_eq!(Value::Float(7.0).to_big_int(), None);
    }
}
