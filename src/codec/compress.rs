//! When a long string is stored compressed, and how it is read back.
//!
//! Invariant: a compressed value is shorter than the plain one, and holds a string. Compressing is optional: without the
//! memory for it the string is stored as it is.
//!
//! ```text
//! value   tag 0x08 | original length u32 | length u32 | raw deflate of: tag 0x04 | length u32 | bytes
//! ```
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::tags;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};

use crate::budget::{self, cost};
use crate::codec::inflate::inflate;
use crate::heap;

/// Bytes in front of the deflated ones.
const HEADER_BYTES: usize = 9;

/// What the compressor takes while it works, with room to spare.
const COMPRESSOR_BYTES: usize = 352 * 1024;

/// Greedy and with few probes: most of the gain for a fraction of the time.
const LEVEL: i32 = 1;

/// The largest window, and no header or checksum around it.
const WINDOW: i32 = -15;

/// The compressed form of an encoded string of `threshold` bytes or more, if it is shorter; 0 for never.
#[inline]
pub fn shorten(encoded: &[u8], threshold: usize) -> Option<Vec<u8>> {
    if threshold == 0 || encoded.len() < threshold || encoded.first() != Some(&tags::STRING) {
        return None;
    }
    shorten_string(encoded)
}

/// Counts by the length alone: how often the compiler has something cleared or copied says little of the work.
fn shorten_string(encoded: &[u8]) -> Option<Vec<u8>> {
    budget::spend(encoded.len() * cost::DEFLATED);
    let mut shorter = Vec::new();
    shorter.try_reserve_exact(encoded.len() - 1).ok()?;
    budget::spend(cost::DEFLATION);
    let left = budget::suspend();
    shorter.resize(encoded.len() - 1, 0);
    let written = heap::with_room(COMPRESSOR_BYTES, || deflate(encoded, shorter.get_mut(HEADER_BYTES..)?));
    budget::resume(left);
    let written = written??;
    shorter.truncate(HEADER_BYTES + written);
    shorter[0] = tags::COMPRESSED;
    shorter[1..5].copy_from_slice(&(encoded.len() as u32).to_le_bytes());
    shorter[5..HEADER_BYTES].copy_from_slice(&(written as u32).to_le_bytes());
    Some(shorter)
}

/// The length of the deflated bytes, if they fit.
fn deflate(bytes: &[u8], deflated: &mut [u8]) -> Option<usize> {
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(LEVEL, WINDOW, 0));
    let (status, _, written) = compress(&mut compressor, bytes, deflated, TDEFLFlush::Finish);
    (status == TDEFLStatus::Done).then_some(written)
}

/// Fills `original` with what was compressed; false when `deflated` is anything else. Counts as `shorten` does.
pub fn restore(deflated: &[u8], original: &mut [u8]) -> bool {
    budget::spend(cost::INFLATION + original.len() * cost::INFLATED);
    let left = budget::suspend();
    let inflated = inflate(deflated, original);
    budget::resume(left);
    inflated
}

#[cfg(test)]
mod tests {
    use super::*;
    use cu_random::Random;

    fn encoded(bytes: &[u8]) -> Vec<u8> {
        let mut encoded = vec![tags::STRING];
        encoded.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        encoded.extend_from_slice(bytes);
        encoded
    }

    #[test]
    fn what_is_shortened_reads_back_and_nothing_grows() {
        let mut random = Random::from_environment(0);
        let (mut shortened, mut kept) = (0, 0);
        for _ in 0..300 {
            let alphabet = 1 + random.below(256);
            let bytes: Vec<u8> = (0..random.below(20_000)).map(|_| random.below(alphabet) as u8).collect();
            let plain = encoded(&bytes);
            let Some(short) = shorten(&plain, 64) else {
                kept += 1;
                continue;
            };
            shortened += 1;
            assert!(short.len() < plain.len());
            let mut back = vec![0; u32::from_le_bytes(short[1..5].try_into().expect("four bytes")) as usize];
            assert!(restore(&short[HEADER_BYTES..], &mut back));
            assert_eq!(back, plain);
            for _ in 0..20 {
                let mut damaged = short[HEADER_BYTES..].to_vec();
                let at = random.below(damaged.len());
                damaged[at] ^= 1 << random.below(8);
                // Whatever comes out is checked like any value.
                restore(&damaged, &mut back);
            }
        }
        assert!(shortened > 50 && kept > 5, "{shortened} shortened, {kept} kept");
    }

    #[test]
    fn short_strings_other_values_and_a_threshold_of_zero_are_left_alone() {
        assert_eq!(shorten(&encoded(&[b'x'; 1000]), 1024), None);
        assert!(shorten(&encoded(&[b'x'; 2000]), 1024).is_some());
        assert_eq!(shorten(&[tags::TABLE; 2000], 1024), None);
        assert_eq!(shorten(&encoded(&[b'x'; 2000]), 0), None);
    }
}
