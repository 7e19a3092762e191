//! Tells queries apart, for their cursors.
//!
//! Invariant: the order in which a script's table lists the fields of a filter does not matter.
#![forbid(unsafe_code)]

use crate::data::program::Parts;
use crate::data::program::tag;

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Of bytes behind others (FNV-1a).
pub fn add(digest: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(digest, |digest, byte| (digest ^ u64::from(*byte)).wrapping_mul(PRIME))
}

/// Of bytes.
pub fn of_bytes(bytes: &[u8]) -> u64 {
    add(BASIS, bytes)
}

/// Of a table, a filter and an order.
pub fn of(table: u32, filter: &[u8], order: &[u8]) -> u64 {
    let digest = add(of_bytes(&table.to_le_bytes()), &of_nodes(filter).to_le_bytes());
    add(digest, order)
}

fn of_nodes(nodes: &[u8]) -> u64 {
    let (mut sum, mut parts) = (0_u64, Parts(nodes));
    while let Some((kind, content)) = parts.node() {
        let inner = if kind == tag::FIELD { of_bytes(content) } else { of_nodes(content) };
        sum = sum.wrapping_add(add(of_bytes(&[kind]), &inner.to_le_bytes()));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(content: &[u8]) -> Vec<u8> {
        [&[tag::FIELD][..], &(content.len() as u32).to_le_bytes(), content].concat()
    }

    #[test]
    fn only_what_matters_is_told_apart() {
        let (one, other) = (field(b"one"), field(b"other"));
        let both = [one.clone(), other.clone()].concat();
        let turned = [other.clone(), one.clone()].concat();
        assert_eq!(of(7, &both, b"x"), of(7, &turned, b"x"));
        assert_ne!(of(7, &both, b"x"), of(8, &both, b"x"));
        assert_ne!(of(7, &both, b"x"), of(7, &both, b"y"));
        assert_ne!(of(7, &both, b"x"), of(7, &one, b"x"));
        let any = [&[tag::ANY][..], &(both.len() as u32).to_le_bytes(), &both].concat();
        assert_ne!(of(7, &both, b""), of(7, &any, b""));
    }
}
