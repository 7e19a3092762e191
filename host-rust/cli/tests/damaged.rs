//! Homes with damage at any place: the command line answers the stored data, or says in one line that the file is
//! damaged and does not change it.
//!
//! The damage is random, and the test prints its seed; `CU_SEED` repeats one, `CU_ROUNDS` asks for more.
#![cfg(feature = "redb")]

#[path = "../../testkit/src/folder.rs"]
mod folder;

use std::process::{Command, Output};

use cu_random::Random;
use folder::Folder;

fn cu(words: &[&str], home: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cu")).args(words).arg("--home").arg(home).output().unwrap()
}

const PAGE: usize = 4096;

/// Damages bytes, and answers a description of the damage.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) -> String {
    let length = bytes.len();
    let at = random.below(length);
    let pages = length / PAGE;
    match random.below(8) {
        0 => {
            let bit = random.below(8);
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at} flipped")
        }
        1 => {
            // The header, where each byte counts.
            let at = random.below(320);
            bytes[at] = bytes[at].wrapping_add(1 + random.below(255) as u8);
            format!("byte {at} changed")
        }
        2 => {
            let count = 1 + random.below(64);
            let end = (at + count).min(length);
            bytes[at..end].iter_mut().for_each(|byte| *byte = random.below(256) as u8);
            format!("bytes {at} to {end} changed")
        }
        3 => {
            bytes.truncate(at + 1);
            format!("cut at {}", at + 1)
        }
        4 => {
            // An empty file is a new home.
            let page = 1 + random.below(pages - 1);
            bytes.truncate(page * PAGE);
            format!("cut at page {page}")
        }
        5 => {
            let page = random.below(pages);
            bytes[page * PAGE..(page + 1) * PAGE].fill(0);
            format!("page {page} is zeros")
        }
        6 => {
            let (one, other) = (random.below(pages), random.below(pages));
            let copy = bytes[one * PAGE..(one + 1) * PAGE].to_vec();
            bytes.copy_within(other * PAGE..(other + 1) * PAGE, one * PAGE);
            bytes[other * PAGE..(other + 1) * PAGE].copy_from_slice(&copy);
            format!("pages {one} and {other} exchanged")
        }
        _ => {
            let count = 1 + random.below(3 * PAGE);
            bytes.resize(length + count, random.below(2) as u8 * 0xff);
            format!("{count} bytes longer")
        }
    }
}

/// Of 240 damaged homes, 45 ended with a panic, some of them after a wrong answer.
#[test]
fn a_damaged_home_is_answered_rightly_or_refused_in_one_line() {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = number("CU_SEED").unwrap_or(clock.as_nanos() as u64) | 1;
    println!("CU_SEED={seed}");
    let folder = Folder::new("damaged-anywhere");
    let (whole, home) = (folder.file("whole.redb"), folder.file("home.redb"));
    let fill = "for i = 1, 300 do _home[i] = { n = i, text = tostring(i):rep(40) } end _home.long = ('x'):rep(20000)";
    for code in [fill, "_home[7] = nil", "_home.last = 'state'"] {
        assert!(cu(&["eval", code], &whole).status.success());
    }
    let read = "local sum = 0
                for key, value in pairs(_home) do sum = sum + (type(value) == 'table' and value.n + #value.text or #value) end
                return sum, _home.long == ('x'):rep(20000), _home.last";
    let write = read.replace("return", "_home.new = { 1, 2 } _home[8] = nil return");
    let answers = [read, &write].map(|code| {
        std::fs::copy(&whole, &home).unwrap();
        let output = cu(&["eval", code], &home);
        assert!(output.status.success(), "{output:?}");
        output.stdout
    });
    let sound = std::fs::read(&whole).unwrap();
    let mut random = Random::new(seed);
    let mut refused = 0;
    for round in 0..number("CU_ROUNDS").unwrap_or(120) {
        let mut bytes = sound.clone();
        let what = damage(&mut bytes, &mut random);
        let case = || format!("CU_SEED={seed}, round {round}: {what}");
        for (words, answer) in [(["eval", read], Some(&answers[0])), (["eval", &write], Some(&answers[1]))] {
            std::fs::write(&home, &bytes).unwrap();
            let output = cu(&words, &home);
            if output.status.success() && output.stderr.is_empty() {
                assert_eq!(Some(&output.stdout), answer, "{}", case());
                continue;
            }
            refused += 1;
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(complaint.starts_with(&format!("cu: cannot open {home}: ")), "{}: {complaint}", case());
            assert_eq!((output.status.code(), complaint.lines().count()), (Some(3), 1), "{}: {complaint}", case());
            assert!(output.stdout.is_empty(), "{}: {output:?}", case());
            assert!(std::fs::read(&home).unwrap() == bytes, "{}: the file was changed", case());
        }
    }
    assert!(refused > 0, "CU_SEED={seed}: nothing was damaged");
}
