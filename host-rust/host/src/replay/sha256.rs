//! SHA-256 (FIPS 180-4): one use, at the start of a recording or a replay, is not worth a dependency.

const BLOCK_BYTES: usize = 64;
const LENGTH_BYTES: usize = size_of::<u64>();
const ROUNDS: usize = 64;

const START: [u32; 8] = roots(2);
const CONSTANTS: [u32; ROUNDS] = roots(3);

/// The first 32 bits of the fractional parts of the square or cube roots of the first primes.
const fn roots<const COUNT: usize>(degree: u32) -> [u32; COUNT] {
    let mut found = [0; COUNT];
    let (mut count, mut number) = (0, 2_u128);
    while count < COUNT {
        if is_prime(number) {
            found[count] = root(number << (32 * degree), degree) as u32;
            count += 1;
        }
        number += 1;
    }
    found
}

const fn is_prime(number: u128) -> bool {
    let mut divisor = 2;
    while divisor * divisor <= number {
        if number.is_multiple_of(divisor) {
            return false;
        }
        divisor += 1;
    }
    true
}

/// The largest whole number whose power is at most `power`.
const fn root(power: u128, degree: u32) -> u128 {
    let (mut root, mut bit) = (0, 1_u128 << 37);
    while bit > 0 {
        if (root | bit).pow(degree) <= power {
            root |= bit;
        }
        bit >>= 1;
    }
    root
}

/// The hash of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut state = START;
    let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
    blocks.iter().for_each(|block| mix(&mut state, block));
    let mut last = rest.to_vec();
    last.push(0x80);
    let length = (last.len() + LENGTH_BYTES).next_multiple_of(BLOCK_BYTES);
    last.resize(length - LENGTH_BYTES, 0);
    last.extend((bytes.len() as u64 * 8).to_be_bytes());
    last.as_chunks::<BLOCK_BYTES>().0.iter().for_each(|block| mix(&mut state, block));
    let mut hash = [0; 32];
    hash.as_chunks_mut::<4>().0.iter_mut().zip(state).for_each(|(bytes, word)| *bytes = word.to_be_bytes());
    hash
}

fn mix(state: &mut [u32; 8], block: &[u8; BLOCK_BYTES]) {
    let mut words = [0_u32; ROUNDS];
    words.iter_mut().zip(block.as_chunks::<4>().0).for_each(|(word, bytes)| *word = u32::from_be_bytes(*bytes));
    for at in 16..ROUNDS {
        let (early, late) = (words[at - 15], words[at - 2]);
        words[at] = words[at - 16]
            .wrapping_add(early.rotate_right(7) ^ early.rotate_right(18) ^ early >> 3)
            .wrapping_add(words[at - 7])
            .wrapping_add(late.rotate_right(17) ^ late.rotate_right(19) ^ late >> 10);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, constant) in words.iter().zip(CONSTANTS) {
        let first = h
            .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
            .wrapping_add(e & f ^ !e & g)
            .wrapping_add(constant)
            .wrapping_add(*word);
        let second = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add(a & b ^ a & c ^ b & c);
        (h, g, f, e) = (g, f, e, d.wrapping_add(first));
        (d, c, b, a) = (c, b, a, first.wrapping_add(second));
    }
    state.iter_mut().zip([a, b, c, d, e, f, g, h]).for_each(|(word, more)| *word = word.wrapping_add(more));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        let hex = |bytes: &[u8]| sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let long = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(hex(long), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        assert_eq!(hex(&vec![b'a'; 1_000_000]), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}
