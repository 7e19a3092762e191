//! The frame that a successful compute leaves in the I/O buffer.
//!
//! Invariant: output and values are exactly the content of the frame; no byte between them is skipped.
//!
//! ```text
//! offset 0      u32       length of the output, L
//! offset 4      L bytes   what the script printed
//! offset 4 + L  values    until the end; one spilled tag instead of them when they did not fit
//! ```

use cu_abi::tags;

use crate::codec;
use crate::error::Error;
use crate::value::Value;

/// Whether a frame has the tag of spilled values in place of values.
pub(crate) fn is_spilled(frame: &[u8]) -> bool {
    let Some((length, [values @ .., tags::SPILLED])) = frame.split_first_chunk() else { return false };
    u32::from_le_bytes(*length) as usize == values.len()
}

/// The output in a frame, and what is behind it.
pub(crate) fn split(frame: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let cut_off = || codec::malformed(frame.len(), "the response is cut off");
    let (length, rest) = frame.split_first_chunk().ok_or_else(cut_off)?;
    let length = u32::from_le_bytes(*length) as usize;
    rest.split_at_checked(length).ok_or_else(|| codec::malformed(0, "the output is longer than the response"))
}

/// The answer to one compute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The text that the script printed, as far as it is kept; the rest arrives as `output` events.
    pub output: Vec<u8>,
    /// Every value that the script returned; one nil when it returned none.
    pub values: Vec<Value>,
}

impl Response {
    /// Reads a frame, and the spilled values if the frame says that there are some.
    pub(crate) fn decode(frame: &[u8], spilled: Option<&[u8]>) -> Result<Response, Error> {
        let (output, values) = split(frame)?;
        let values = if is_spilled(frame) {
            let lost = || Error::Protocol("a spilled result is not in the store".to_owned());
            Value::decode_all(spilled.ok_or_else(lost)?, 0)?
        } else {
            Value::decode_all(frame, frame.len() - values.len())?
        };
        Ok(Response { output: output.into(), values })
    }

    /// The first value.
    pub fn value(&self) -> &Value {
        self.values.first().unwrap_or(&Value::Nil)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(frame: &[u8]) -> Result<Response, Error> {
        Response::decode(frame, Some(&[tags::BOOLEAN, 1, tags::NIL]))
    }

    #[test]
    fn output_and_values_are_told_apart() {
        let response = decode(&[2, 0, 0, 0, b'h', b'i', tags::NIL, tags::BOOLEAN, 0]).unwrap();
        assert_eq!(response, Response { output: b"hi".into(), values: vec![Value::Nil, false.into()] });
        assert_eq!(decode(&[0; 4]).unwrap().value(), &Value::Nil);
    }

    #[test]
    fn spilled_values_come_from_the_store() {
        let response = decode(&[1, 0, 0, 0, b'x', tags::SPILLED]).unwrap();
        assert_eq!(response, Response { output: b"x".into(), values: vec![true.into(), Value::Nil] });
    }

    #[test]
    fn a_wrong_frame_is_an_error_that_names_the_byte() {
        for (frame, at) in
            [(&[0, 0, 0][..], 3), (&[3, 0, 0, 0, 1, 2], 0), (&[0, 0, 0, 0, 0x0c], 4), (&[1, 0, 0, 0, 9, 1], 6)]
        {
            match decode(frame) {
                Err(Error::Malformed { offset, .. }) => assert_eq!(offset, at, "{frame:?}"),
                other => panic!("{frame:?}: {other:?}"),
            }
        }
    }
}
