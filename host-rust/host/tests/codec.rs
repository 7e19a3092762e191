//! The codec against the golden vectors, and properties of all values, keys and damaged bytes.

use std::cell::Cell;

use cu_abi::limits::{KEY_BYTES, VALUE_DEPTH};
use cu_host::{Error, Value};
use cu_random::for_all;
use cu_random::proptest::collection::vec;
use cu_random::proptest::prelude::*;
use serde_json::Value as Json;

fn vectors(text: &str) -> Vec<Json> {
    serde_json::from_str(text).unwrap()
}

fn hex(text: &Json) -> Vec<u8> {
    let digits = text.as_str().unwrap();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// A value from its tagged form (abi/vectors/README.md).
fn value(tagged: &Json) -> Value {
    let content = &tagged[1];
    match tagged[0].as_str().unwrap() {
        "nil" => Value::Nil,
        "boolean" => Value::Boolean(content.as_bool().unwrap()),
        "integer" => Value::Integer(content.as_str().unwrap().parse().unwrap()),
        "float" => Value::Float(f64::from_bits(u64::from_str_radix(content.as_str().unwrap(), 16).unwrap())),
        "string" => Value::String(hex(content)),
        "function" => Value::Function(content.as_u64().unwrap().try_into().unwrap()),
        "library" => Value::Library(content.as_str().unwrap().to_owned()),
        "external" => Value::External(content.as_u64().unwrap().try_into().unwrap()),
        "table" => {
            let pairs = content.as_array().unwrap();
            Value::Table(pairs.iter().map(|pair| (value(&pair[0]), value(&pair[1]))).collect())
        }
        "biginteger" => big_integer(content.as_str().unwrap()),
        "nested" => nested(content.as_u64().unwrap().try_into().unwrap()),
        other => panic!("{other}"),
    }
}

fn big_integer(decimal: &str) -> Value {
    let (negative, digits) = decimal.strip_prefix('-').map_or((false, decimal), |digits| (true, digits));
    let mut magnitude = Vec::new();
    for digit in digits.bytes() {
        let mut carry = u32::from(digit - b'0');
        for byte in &mut magnitude {
            carry += u32::from(*byte) * 10;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            magnitude.push(carry as u8);
        }
    }
    Value::BigInteger { negative, magnitude }
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(Value::Table(Vec::new()), |inner, _| vec![inner].into())
}

/// Equality that distinguishes -0.0 from 0.0 and finds NaN equal to itself.
fn same(left: &Value, right: &Value) -> bool {
    format!("{left:?}") == format!("{right:?}")
}

fn offset(bytes: &[u8]) -> Option<usize> {
    match Value::decode(bytes) {
        Ok(_) => None,
        Err(Error::Malformed { offset, .. }) => Some(offset),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn golden_values_encode_and_decode() {
    for vector in vectors(include_str!("../../../abi/vectors/values.json")) {
        let name = &vector["name"];
        let (bytes, value) = (hex(&vector["bytes"]), value(&vector["value"]));
        assert_eq!(value.encode().unwrap(), bytes, "{name}");
        assert!(same(&Value::decode(&bytes).unwrap(), &value), "{name}");
        if vector["value"][0] == "biginteger" {
            assert_eq!(value.to_string(), vector["value"][1].as_str().unwrap());
        }
        for other in vector["accepts"].as_array().into_iter().flatten() {
            let decoded = Value::decode(&hex(other)).unwrap();
            assert!(same(&decoded, &value), "{name}: {other}");
            assert_eq!(decoded.encode().unwrap(), bytes, "{name}: {other}");
        }
    }
}

#[test]
fn malformed_values_are_reported_at_their_byte() {
    for vector in vectors(include_str!("../../../abi/vectors/malformed.json")) {
        let at = vector["at"].as_u64().unwrap() as usize;
        assert_eq!(offset(&hex(&vector["bytes"])), Some(at), "{}", vector["name"]);
    }
}

#[test]
fn tables_nest_as_deep_as_the_contract_says_and_no_deeper() {
    assert_eq!(Value::decode(&nested(VALUE_DEPTH).encode().unwrap()), Ok(nested(VALUE_DEPTH)));
    assert!(matches!(nested(VALUE_DEPTH + 1).encode(), Err(Error::Unencodable(_))));
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..20)
}

/// Integers of every length in bytes.
fn integers() -> impl Strategy<Value = i64> {
    (any::<i64>(), 0..64).prop_map(|(bits, shift)| bits >> shift)
}

/// Whether the value can be a key of a table.
fn is_key(value: &Value) -> bool {
    !matches!(value, Value::Nil) && !matches!(value, Value::Float(number) if number.is_nan())
}

/// Every value that can be encoded.
fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Boolean),
        integers().prop_map(Value::Integer),
        any::<u64>().prop_map(|bits| Value::Float(f64::from_bits(bits))),
        bytes().prop_map(Value::String),
        any::<u32>().prop_map(Value::Function),
        Just(Value::Library("string.format".to_owned())),
        any::<u32>().prop_map(Value::External),
        (any::<bool>(), bytes(), 1..=255_u8).prop_map(|(negative, mut magnitude, top)| {
            magnitude.push(top);
            Value::BigInteger { negative, magnitude }
        }),
    ];
    scalar.prop_recursive(4, 40, 5, |inner| {
        let key = inner.clone().prop_filter("no key", is_key);
        vec((key, inner), 0..5).prop_map(Value::Table)
    })
}

#[test]
fn values_survive_the_round_trip() {
    for_all(5000, values(), |value| {
        let bytes = value.encode().unwrap();
        let decoded = Value::decode(&bytes).unwrap();
        assert_eq!(decoded.encode().unwrap(), bytes);
        if !format!("{value:?}").contains("NaN") {
            assert!(same(&decoded, &value));
        }
    });
}

#[test]
fn damaged_bytes_are_values_or_errors_within_the_bytes() {
    let changes = vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), 0..13_u8]), 1..4);
    for_all(5000, (values(), any::<prop::sample::Index>(), changes), |(value, cut, changes)| {
        let mut bytes = value.encode().unwrap();
        let cut = cut.index(bytes.len());
        assert!(offset(&bytes[..cut]).is_some_and(|at| at <= cut), "a part of a value is no value");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        match Value::decode(&bytes) {
            // Bytes that are accepted encode a value like any other.
            Ok(value) => assert!(same(&Value::decode(&value.encode().unwrap()).unwrap(), &value)),
            Err(Error::Malformed { offset, .. }) => assert!(offset <= bytes.len()),
            Err(other) => panic!("{other:?}"),
        }
    });
}

#[test]
fn golden_keys_encode_and_decode() {
    let vectors: Json = serde_json::from_str(include_str!("../../../abi/vectors/keys.json")).unwrap();
    for vector in vectors["accepted"].as_array().unwrap() {
        let (name, bytes) = (&vector["name"], hex(&vector["bytes"]));
        let key = value(&vector["key"]);
        assert_eq!(key.encode_key().as_ref(), Ok(&bytes), "{name}");
        assert_eq!(Value::decode_key(&bytes), Ok(key), "{name}");
        for equal in vector["equal"].as_array().into_iter().flatten() {
            assert_eq!(value(equal).encode_key().as_ref(), Ok(&bytes), "{name}: {equal}");
        }
    }
    for vector in vectors["refused"].as_array().unwrap() {
        assert!(
            matches!(Value::decode_key(&hex(&vector["bytes"])), Err(Error::Malformed { .. })),
            "{}",
            vector["name"]
        );
    }
    for vector in vectors["none"].as_array().unwrap() {
        assert!(matches!(value(&vector["value"]).encode_key(), Err(Error::Unencodable(_))), "{}", vector["name"]);
    }
}

#[test]
fn a_key_has_4096_bytes_at_most() {
    let of = |length| Value::from("x".repeat(length)).encode_key();
    assert_eq!(of(KEY_BYTES - 2).unwrap().len(), KEY_BYTES);
    assert_eq!(of(KEY_BYTES - 1), Err(Error::Unencodable("a key of 4097 bytes; 4096 are the most".to_owned())));
    let long = [&[1][..], &[b'x'; KEY_BYTES - 1], &[0]].concat();
    assert!(matches!(Value::decode_key(&long), Err(Error::Malformed { offset: 0, .. })));
}

#[test]
fn keys_sort_as_their_values() {
    for_all(5000, (integers(), integers()), |(left, right)| {
        let [left_bytes, right_bytes] = [left, right].map(|number| Value::from(number).encode_key().unwrap());
        assert_eq!(left_bytes.cmp(&right_bytes), left.cmp(&right));
    });
    // The bytes that replace zeros must not change the order.
    let text = || vec(prop::sample::select(&[0, 1, 0xfe, 0xff]), 0..8);
    for_all(5000, (prop_oneof![bytes(), text()], prop_oneof![bytes(), text()]), |(left, right)| {
        let [left_bytes, right_bytes] = [&left, &right].map(|bytes| Value::from(&bytes[..]).encode_key().unwrap());
        assert_eq!(left_bytes.cmp(&right_bytes), left.cmp(&right));
        assert_eq!(Value::decode_key(&left_bytes), Ok(Value::String(left)));
    });
}

#[test]
fn no_other_bytes_are_accepted_as_a_key() {
    let accepted = Cell::new(0);
    for_all(20_000, (0..0x2a_u8, bytes()), |(tag, rest)| {
        let bytes = [&[tag], &rest[..]].concat();
        match Value::decode_key(&bytes) {
            Ok(key) => {
                assert_eq!(key.encode_key().unwrap(), bytes);
                accepted.set(accepted.get() + 1);
            }
            Err(Error::Malformed { offset, .. }) => assert!(offset <= bytes.len()),
            Err(other) => panic!("{other:?}"),
        }
    });
    assert!(accepted.get() > 20, "{}", accepted.get());
}
