use super::*;
use std::cmp::Ordering;

const MACHINE: [i64; 13] = [
    0,
    1,
    -1,
    7,
    -12,
    1 << 31,
    1 << 32,
    -(1 << 32),
    i64::MAX,
    i64::MIN,
    i64::MIN + 1,
    (1 << 53) + 1,
    0x7FFF_FFFF_FFFF_FC00,
];

#[test]
fn machine_integers_come_back() {
    for value in MACHINE {
        let integer = Integer::from_i64(value).unwrap();
        assert_eq!(theirs(&integer), BigInt::from(value));
        assert_eq!(integer.to_i64(), Some(value));
        for other in MACHINE {
            assert_eq!(integer.compare_i64(other), value.cmp(&other), "{value} {other}");
        }
    }
    let beyond = ours(&(BigInt::from(i64::MAX) + 1));
    assert_eq!((beyond.to_i64(), beyond.compare_i64(i64::MAX)), (None, Ordering::Greater));
    let below = ours(&(BigInt::from(i64::MIN) - 1));
    assert_eq!((below.to_i64(), below.compare_i64(i64::MIN)), (None, Ordering::Less));
}

/// A float's digits are parsed by the standard library, which rounds correctly.
fn nearest(integer: &Integer) -> f64 {
    theirs(integer).to_string().parse().unwrap()
}

#[test]
fn floats_are_the_nearest() {
    let mut random = Random::from_environment(0);
    for _ in 0..4000 {
        let longest = [2, 3, 4, 34][random.below(4)];
        let integer = shaped(&mut random, longest);
        assert_eq!(integer.to_f64().to_bits(), nearest(&integer).to_bits(), "{integer:?}");
    }
    // Halfway between two floats, and a bit beyond.
    for (low, shift) in [(0_u64, 0), (1, 0), (0, 900), (1, 900)] {
        for mantissa in [(1_u64 << 53) + 1, (1 << 53) + 3, (1 << 54) - 1] {
            let integer = ours(&((((BigInt::from(mantissa) << 60) + low) << 3) << shift));
            assert_eq!(integer.to_f64().to_bits(), nearest(&integer).to_bits(), "{mantissa} {low} {shift}");
        }
    }
    let largest = ours(&((BigInt::from(1) << 1024) - (BigInt::from(1) << 970)));
    assert_eq!(largest.to_f64(), f64::INFINITY);
    assert_eq!(largest.subtract(&Integer::from_i64(1).unwrap(), &mut Unlimited).unwrap().to_f64(), f64::MAX);
}

#[test]
fn integral_floats_come_back_and_others_are_refused() {
    let mut random = Random::from_environment(1);
    for _ in 0..20_000 {
        let float = f64::from_bits(random.next());
        let integral = float.is_finite() && float.fract() == 0.0;
        match Integer::from_f64(float) {
            Ok(integer) => assert!(integral && integer.to_f64() == float, "{float}"),
            Err(error) => assert!(!integral && error == Error::NotIntegral(float.to_bits()), "{float}"),
        }
    }
    assert_eq!(Integer::from_f64(-0.0), Ok(Integer::ZERO));
    assert_eq!(Integer::from_f64(1e300).unwrap().to_f64(), 1e300);
    for refused in [0.5, -1e-300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 4_503_599_627_370_495.5] {
        assert_eq!(Integer::from_f64(refused), Err(Error::NotIntegral(refused.to_bits())));
    }
}

#[test]
fn comparisons_with_floats_do_not_round() {
    let mut random = Random::from_environment(2);
    for _ in 0..3000 {
        let integer = shaped(&mut random, 4);
        let near = integer.to_f64();
        let step = |float: f64, by: i64| f64::from_bits((float.to_bits() as i64 + by) as u64);
        for float in [near, step(near, 1), step(near, -1), near + 0.5, near - 0.5, -near] {
            if float.is_nan() {
                continue;
            }
            let expected = match Integer::from_f64(float.trunc()) {
                Ok(cut) => integer.compare(&cut).then(0.0.partial_cmp(&float.fract()).unwrap()),
                Err(_) => {
                    if float > 0.0 {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
            };
            assert_eq!(integer.compare_f64(float), Ok(Some(expected)), "{integer:?} {float}");
        }
    }
    let huge = ours(&(BigInt::from(1) << 2000));
    assert_eq!(huge.compare_f64(f64::INFINITY), Ok(Some(Ordering::Less)));
    assert_eq!(huge.compare_f64(f64::NEG_INFINITY), Ok(Some(Ordering::Greater)));
    assert_eq!(huge.compare_f64(f64::NAN), Ok(None));
}

#[test]
fn bytes_come_back() {
    for_all(1000, integers(10), |integer| {
        let bytes = integer.to_bytes(&mut Unlimited).unwrap();
        assert_ne!(bytes.last(), Some(&0));
        assert_eq!(BigInt::from_bytes_le(Sign::Plus, &bytes), theirs(&integer).magnitude().clone().into());
        let mut padded = bytes.clone();
        padded.extend([0; 7]);
        assert_eq!(Integer::from_bytes(integer.is_negative(), &padded, &mut Unlimited), Ok(copy(&integer)));
        assert!(bytes.is_empty() || !integer.write_bytes(&mut vec![0; bytes.len() - 1]));
    });
}

#[test]
fn text_in_every_base_agrees_with_the_reference() {
    for longest in [1, 2, 30, 300] {
        for_all(300, (integers(longest), 2..=36_u32), |(integer, base)| {
            let text = integer.to_text(i64::from(base), &mut Unlimited).unwrap();
            assert_eq!(String::from_utf8_lossy(&text), theirs(&integer).to_str_radix(base));
            assert_eq!(Integer::parse(&text, i64::from(base), &mut Unlimited), Ok(integer));
        });
    }
}

#[test]
fn a_hundred_thousand_digits_come_back() {
    let mut random = Random::from_environment(5);
    for base in [10, 3, 36] {
        let integer = dense(&mut random, 10_381);
        let text = integer.to_text(base, &mut Unlimited).unwrap();
        assert_eq!(Integer::parse(&text, base, &mut Unlimited), Ok(integer));
    }
    // 10^100000 and its neighbours, whose pieces are all nines or all zeros.
    let power = Integer::from_i64(10).unwrap().power(100_000, &mut Unlimited).unwrap();
    let text = power.to_text(10, &mut Unlimited).unwrap();
    assert!(text.len() == 100_001 && text[0] == b'1' && text[1..].iter().all(|digit| *digit == b'0'));
    let nines = power.subtract(&Integer::from_i64(1).unwrap(), &mut Unlimited).unwrap();
    let text = nines.negated().to_text(10, &mut Unlimited).unwrap();
    assert!(text.len() == 100_001 && text[0] == b'-' && text[1..].iter().all(|digit| *digit == b'9'));
}

#[test]
fn signs_prefixes_and_zeros_are_read() {
    let read = |text: &str, base| Integer::parse(text.as_bytes(), base, &mut Unlimited).unwrap().to_i64().unwrap();
    assert_eq!([read("-12", 10), read("+0012", 10), read("-0", 10), read("zZ", 36)], [-12, 12, 0, 35 * 37]);
    assert_eq!([read("0xFf", 16), read("-0X10", 16), read("ff", 16), read("00000000000", 16)], [255, -16, 255, 0]);
    let literal = |text: &str| Integer::parse_literal(text.as_bytes(), &mut Unlimited).unwrap().to_i64().unwrap();
    assert_eq!([literal("-0x10"), literal("10"), literal("+7")], [-16, 10, 7]);
}

#[test]
fn bad_digits_and_bases_are_named() {
    let bad = |text: &str, base| Integer::parse(text.as_bytes(), base, &mut Unlimited).unwrap_err();
    assert_eq!(bad("-12x4", 10), Error::BadDigit { at: 3, byte: Some(b'x'), base: 10 });
    assert_eq!(bad("102", 2), Error::BadDigit { at: 2, byte: Some(b'2'), base: 2 });
    assert_eq!(bad("", 10), Error::BadDigit { at: 0, byte: None, base: 10 });
    assert_eq!(bad("-", 10), Error::BadDigit { at: 1, byte: None, base: 10 });
    assert_eq!(bad("0x", 16), Error::BadDigit { at: 2, byte: None, base: 16 });
    assert_eq!(bad("0x1", 10), Error::BadDigit { at: 1, byte: Some(b'x'), base: 10 });
    assert_eq!(bad("--1", 10), Error::BadDigit { at: 1, byte: Some(b'-'), base: 10 });
    for base in [1, 37, 0, -10, i64::MIN] {
        assert_eq!(bad("1", base), Error::BadBase(base));
        assert_eq!(Integer::ZERO.to_text(base, &mut Unlimited), Err(Error::BadBase(base)));
    }
}
