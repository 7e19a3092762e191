//! Elements of lists, for readers.

use serde::de::{DeserializeSeed, SeqAccess};

use super::mismatch::Mismatch;
use crate::value::Value;

/// The elements under 1, 2, 3 ..., if there are no other keys; at least so many, with nil for those that are not there.
/// Nil is in a list of Lua where nothing is, so there may be as many of these as of others, which bounds the size.
pub fn elements(pairs: &[(Value, Value)], least: usize) -> Option<Vec<&Value>> {
    let most = pairs.len().saturating_mul(2).max(least);
    let mut elements = vec![&Value::Nil; pairs.len().max(least)];
    for (key, value) in pairs {
        let Value::Integer(number) = key else { return None };
        let place = usize::try_from(number.checked_sub(1)?).ok().filter(|place| *place < most)?;
        if place >= elements.len() {
            elements.resize(place + 1, &Value::Nil);
        }
        elements[place] = value;
    }
    Some(elements)
}

/// A string as a list of its bytes: that is what a `Vec<u8>` reads.
pub struct Bytes<'a>(pub std::slice::Iter<'a, u8>);

impl<'a> SeqAccess<'a> for Bytes<'a> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        use serde::de::IntoDeserializer;
        let Some(byte) = self.0.next() else { return Ok(None) };
        let element = seed.deserialize(IntoDeserializer::<Mismatch>::into_deserializer(*byte));
        element
            .map(Some)
            .map_err(|_| Mismatch::new("invalid type: string, expected a list of something else than bytes"))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}
