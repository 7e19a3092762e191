//! Random values.

use cu_host::Value;
use cu_random::proptest::collection::vec;
use cu_random::proptest::prelude::*;

/// Any value, also those that no script has.
pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Boolean),
        prop_oneof![any::<i64>(), -2..5i64].prop_map(Value::Integer),
        (-1e300..1e300f64).prop_map(Value::Float),
        vec(any::<u8>(), 0..9).prop_map(Value::String),
        "[a-d]".prop_map(Value::from),
        any::<u32>().prop_map(Value::Function),
        any::<u32>().prop_map(Value::External),
        "[a-z.]*".prop_map(Value::Library),
        (any::<bool>(), vec(any::<u8>(), 0..20))
            .prop_map(|(negative, magnitude)| Value::BigInteger { negative, magnitude }),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((inner.clone(), inner.clone()), 0..5).prop_map(Value::Table),
            vec((-1..6i64, inner), 0..5).prop_map(|pairs| pairs.into_iter().collect()),
        ]
    })
}
