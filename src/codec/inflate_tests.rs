//! The inflater beside miniz_oxide's: the same is accepted, with the same result.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::*;
use cu_random::Random;

/// What miniz_oxide makes of it, none when it is not all of `length` bytes from all of `deflated`.
fn reference(deflated: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut original = vec![0; length];
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), deflated, &mut original, 0, flags);
    (status == TINFLStatus::Done && read == deflated.len() && written == length).then_some(original)
}

fn ours(deflated: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut original = vec![0; length];
    inflate(deflated, &mut original).then_some(original)
}

/// Runs, repetitions near and far, and noise, of few or many different bytes.
fn content(random: &mut Random) -> Vec<u8> {
    let alphabet = 1 + random.below(256);
    let mut bytes = Vec::new();
    let length = [0, 1, 10, 300, 5_000, 100_000][random.below(6)];
    while bytes.len() < length {
        let count = 1 + random.below(400);
        match random.below(3) {
            0 if !bytes.is_empty() => {
                let from = random.below(bytes.len());
                for at in from..from + count {
                    bytes.push(bytes[at]);
                }
            }
            1 => bytes.extend(core::iter::repeat_n(random.below(alphabet) as u8, count)),
            _ => bytes.extend((0..count).map(|_| random.below(alphabet) as u8)),
        }
    }
    bytes
}

#[test]
fn what_is_compressed_comes_back_at_every_level() {
    let mut random = Random::from_environment(0);
    for round in 0..400 {
        let bytes = content(&mut random);
        let deflated = compress_to_vec(&bytes, (round % 11) as u8);
        assert_eq!(ours(&deflated, bytes.len()), Some(bytes.clone()), "round {round}, {} bytes", bytes.len());
        assert_eq!(ours(&deflated, bytes.len() + 1), None);
        assert_eq!(ours(&deflated, bytes.len().wrapping_sub(1).min(bytes.len() + 2)), None);
        let mut followed = deflated.clone();
        followed.push(0);
        assert_eq!(ours(&followed, bytes.len()), None);
        let cut = random.below(deflated.len());
        assert_eq!(ours(&deflated[..cut], bytes.len()), None, "cut at {cut}");
    }
}

#[test]
fn what_was_damaged_is_accepted_by_both_or_by_none() {
    let mut random = Random::from_environment(1);
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..20_000 {
        let mut bytes = content(&mut random);
        bytes.truncate(400);
        let mut deflated = compress_to_vec(&bytes, (round % 11) as u8);
        for _ in 0..1 + random.below(3) {
            let at = random.below(deflated.len().min(60));
            deflated[at] ^= 1 << random.below(8);
        }
        let wanted = reference(&deflated, bytes.len());
        if wanted.is_some() {
            accepted += 1;
        } else {
            refused += 1;
        }
        assert_eq!(ours(&deflated, bytes.len()), wanted, "round {round}: {deflated:02x?}, {} bytes", bytes.len());
    }
    assert!(accepted > 1000 && refused > 1000, "{accepted} accepted, {refused} refused");
}

#[test]
fn any_bytes_end() {
    let mut random = Random::from_environment(2);
    for _ in 0..50_000 {
        let deflated: Vec<u8> = (0..random.below(80)).map(|_| random.next() as u8).collect();
        let length = random.below(3000);
        assert_eq!(ours(&deflated, length), reference(&deflated, length), "{deflated:02x?}, {length} bytes");
    }
}
