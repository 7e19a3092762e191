//! Fields of the type `num_bigint::BigInt`: `#[serde(with = "cu_host::typed::big_integer")]`.
//!
//! ```
//! use num_bigint::BigInt;
//!
//! #[derive(serde::Deserialize, serde::Serialize)]
//! struct Account {
//!     #[serde(with = "cu_host::typed::big_integer")]
//!     cents: BigInt,
//! }
//!
//! let account: Account = cu_host::in_memory()?.compute("return { cents = require('bigint').new(10) ^ 30 }")?.get()?;
//! assert_eq!(account.cents, BigInt::from(10).pow(30));
//! # Ok::<(), cu_host::Error>(())
//! ```

use num_bigint::BigInt;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::Value;

/// As an integer, or as a big one if it has more than 64 bits.
pub fn serialize<S: Serializer>(number: &BigInt, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(number) {
        Ok(small) => serializer.serialize_i64(small),
        Err(_) => Value::from(number).serialize(serializer),
    }
}

/// From any integer; a float that is a whole number is one.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BigInt, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.to_big_int().or_else(|| value.as_i64().map(Into::into));
    number.ok_or_else(|| D::Error::custom(format_args!("{value} is no integer")))
}
