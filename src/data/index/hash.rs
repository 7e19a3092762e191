//! What stands for values in a hash index.
#![forbid(unsafe_code)]

/// Bytes of a hash.
pub const HASH_BYTES: usize = 16;

/// The hash of components: equal values have the same, and others have another one.
pub fn hash(components: &[u8]) -> [u8; HASH_BYTES] {
    // Two numbers from different starts, mixed by products whose high bits come back to the low ones.
    let mut lanes = [0x243F_6A88_85A3_08D3_u64, 0x1319_8A2E_0370_7344];
    for chunk in components.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        for (lane, factor) in lanes.iter_mut().zip([0x9E37_79B9_7F4A_7C15_u64, 0xC2B2_AE3D_27D4_EB4F]) {
            *lane = mixed(*lane ^ word.wrapping_mul(factor));
        }
    }
    let mut bytes = [0; HASH_BYTES];
    for (place, lane) in bytes.chunks_exact_mut(8).zip(lanes) {
        place.copy_from_slice(&mixed(lane ^ components.len() as u64).to_be_bytes());
    }
    bytes
}

fn mixed(mut word: u64) -> u64 {
    word = (word ^ word >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    word = (word ^ word >> 29).wrapping_mul(0xA076_1D64_78BD_642F);
    word ^ word >> 32
}
