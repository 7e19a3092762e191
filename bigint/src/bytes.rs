//! Integers as bytes of their magnitude, the least first.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::integer::Integer;
use super::memory;
use super::work::{CALL_UNITS, Error, Work, check_bits};

impl Integer {
    /// Bytes of the magnitude: none for zero.
    pub fn byte_length(&self) -> usize {
        self.bit_length().div_ceil(8) as usize
    }

    /// Writes the magnitude, the least byte first, to the front of `into`; false when it is too short.
    pub fn write_bytes(&self, into: &mut [u8]) -> bool {
        let length = self.byte_length();
        let Some(into) = into.get_mut(..length) else {
            return false;
        };
        for (chunk, limb) in into.chunks_mut(4).zip(self.limbs()) {
            chunk.copy_from_slice(&limb.to_le_bytes()[..chunk.len()]);
        }
        true
    }

    /// The magnitude, the least byte first and no zero last.
    pub fn to_bytes(&self, work: &mut dyn Work) -> Result<Vec<u8>, Error> {
        work.charge(self.limbs().len() as u64 + CALL_UNITS)?;
        let mut bytes = memory::zeros(self.byte_length())?;
        self.write_bytes(&mut bytes);
        Ok(bytes)
    }

    /// The integer of a sign and a magnitude, the least byte first. The top bytes may be zeros.
    pub fn from_bytes(negative: bool, bytes: &[u8], work: &mut dyn Work) -> Result<Integer, Error> {
        work.charge(bytes.len() as u64 / 4 + CALL_UNITS)?;
        let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
        let bytes = &bytes[..bytes.len() - zeros];
        check_bits(bytes.len() as u64 * 8)?;
        let mut limbs = memory::zeros(bytes.len().div_ceil(4))?;
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks(4)) {
            let mut whole = [0; 4];
            whole[..chunk.len()].copy_from_slice(chunk);
            *limb = u32::from_le_bytes(whole);
        }
        Ok(Integer::from_limbs(negative, limbs))
    }
}
