//! Dumps cut short or changed at random are refused or accepted, and nothing makes the verifier panic.

use std::time::Instant;

use super::author::Author;
use super::{CORNERS, dump, instructions};
use crate::bytecode::verify;
use cu_random::Random;

#[test]
fn every_truncation_is_refused() {
    for source in CORNERS {
        let bytes = dump(source.as_bytes(), false).expect("compiles");
        for length in 0..bytes.len() {
            assert!(verify(&bytes[..length]).is_err(), "{length} bytes of {} of {source}", bytes.len());
        }
    }
}

#[test]
fn no_change_of_one_byte_makes_it_panic() {
    let mut accepted = 0;
    for source in &CORNERS[..20] {
        let mut bytes = dump(source.as_bytes(), source.len() % 2 == 0).expect("compiles");
        for at in 31..bytes.len() {
            let good = bytes[at];
            for value in 0..=255 {
                bytes[at] = value;
                accepted += usize::from(value != good && verify(&bytes).is_ok());
            }
            bytes[at] = good;
        }
    }
    println!("{accepted} mutants are accepted");
}

#[test]
fn no_random_change_makes_it_panic() {
    let mut random = Random::from_environment(0);
    let mut accepted = 0;
    for source in CORNERS {
        let good = dump(source.as_bytes(), random.below(2) == 0).expect("compiles");
        for _ in 0..2000 {
            let mut bytes = good.clone();
            for _ in 0..1 + random.below(4) {
                let at = 31 + random.below(bytes.len() - 31);
                bytes[at] = match random.below(3) {
                    0 => bytes[at] ^ 1 << random.below(8),
                    1 => bytes[random.below(good.len())],
                    _ => random.next() as u8,
                };
            }
            if random.below(8) == 0 {
                bytes.remove(31 + random.below(bytes.len() - 31));
            }
            accepted += usize::from(verify(&bytes).is_ok());
        }
    }
    println!("{accepted} mutants are accepted");
}

/// Changes one operand, opcode or place of an instruction.
fn mutate(bytes: &mut [u8], instructions: &[usize], random: &mut Random) {
    let at = instructions[random.below(instructions.len())];
    let other = instructions[random.below(instructions.len())];
    let mut word = u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let other_word = u32::from_le_bytes(bytes[other..other + 4].try_into().expect("four bytes"));
    let small = random.below(9) as u32;
    let shift = [7, 16, 24][random.below(3)];
    word = match random.below(8) {
        0 => word & !0x7F | random.below(83) as u32,
        1 | 2 => word & !(0xFF << shift) | small << shift,
        3 => word ^ 1 << 15,
        4 => word.wrapping_add(1 << shift),
        5 => word.wrapping_sub(1 << shift),
        6 => word & 0x7F | other_word & !0x7F,
        _ => other_word,
    };
    bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
}

#[test]
fn no_changed_instruction_makes_it_panic() {
    let mut accepted = 0;
    for round in 0..std::env::var("CU_ROUNDS").map_or(500, |text| text.parse().expect("a number")) {
        let mut author = Author::write(round, 3);
        let Ok(good) = dump(author.source.as_bytes(), round % 2 == 0) else { continue };
        let instructions = instructions(&good);
        for _ in 0..100 {
            let mut bytes = good.clone();
            for _ in 0..1 + author.random.below(4) {
                mutate(&mut bytes, &instructions, &mut author.random);
            }
            accepted += usize::from(verify(&bytes).is_ok());
        }
    }
    println!("{accepted} mutants are accepted");
}

/// Prints how fast it is.
#[test]
fn speed() {
    let lines = "t.x = a + b * 2 if a < b then a = f(a, t) .. 'x' end ".repeat(1400);
    let functions = "do local function f(a, b) for i = 1, a do b = b + i end return b end end ".repeat(1000);
    for (what, source) in [("one function", format!("local a, b, t = ... {lines}")), ("1000 functions", functions)] {
        let bytes = dump(source.as_bytes(), false).expect("compiles");
        let rounds = 20;
        let start = Instant::now();
        for _ in 0..rounds {
            verify(std::hint::black_box(&bytes)).expect("is accepted");
        }
        let seconds = start.elapsed().as_secs_f64() / f64::from(rounds);
        println!("{what}: {} bytes, {:.1} MB/s", bytes.len(), bytes.len() as f64 / seconds / 1e6);
    }
}
