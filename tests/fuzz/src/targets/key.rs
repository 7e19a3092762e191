//! Encoded keys: each value has one encoding, two keys are in the order of their values, and the host, which reads them with
//! the same codec of the contract, accepts the same bytes.

use std::cmp::Ordering;

use cu_abi::key::{Key, KeyBuffer, decode};
use cu_abi::limits::KEY_BYTES;
use cu_host::Value;

pub fn run(bytes: &[u8]) {
    let Some((at, rest)) = bytes.split_first() else { return };
    let (left, right) = rest.split_at((*at as usize).min(rest.len()));
    let (mut left_room, mut right_room) = ([0; KEY_BYTES], [0; KEY_BYTES]);
    let keys = (checked(left, &mut left_room), checked(right, &mut right_room));
    let (Some(left_key), Some(right_key)) = keys else { return };
    if let Some(order) = order(left_key, right_key) {
        assert_eq!(left.cmp(right), order, "{left_key:?} and {right_key:?}");
    }
}

/// The key of these bytes, with what holds for one alone.
fn checked<'a>(bytes: &'a [u8], room: &'a mut [u8; KEY_BYTES]) -> Option<Key<'a>> {
    let by_host = Value::decode_key(bytes);
    let Ok(key) = decode(bytes, room) else {
        assert!(by_host.is_err(), "the codec refuses what the host reads as {by_host:?}");
        return None;
    };
    let by_host = by_host.unwrap_or_else(|error| panic!("the host refuses {key:?}: {error}"));
    let mut written = KeyBuffer::new();
    written.encode(key).expect("it has an encoding");
    assert_eq!(written.bytes(), bytes, "another encoding of {key:?}");
    assert_eq!(by_host.encode_key().expect("it has an encoding"), bytes, "another encoding of {by_host:?}");
    Some(key)
}

/// The order of two keys of one kind.
fn order(left: Key<'_>, right: Key<'_>) -> Option<Ordering> {
    match (left, right) {
        (Key::Boolean(left), Key::Boolean(right)) => Some(left.cmp(&right)),
        (Key::Integer(left), Key::Integer(right)) => Some(left.cmp(&right)),
        (Key::Float(left), Key::Float(right)) => left.partial_cmp(&right),
        (Key::String(left), Key::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
