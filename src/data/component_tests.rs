use super::*;
use cu_bigint::Integer;
use cu_random::Random;

fn component(item: Option<&Item<'_>>) -> Vec<u8> {
    let mut room = [0; 4096];
    let mut buffer = Buffer::new(&mut room);
    write(item, &mut buffer).expect("it fits");
    assert_eq!(length_at(buffer.bytes()), Some(buffer.length()), "{item:?}");
    buffer.bytes().to_vec()
}

/// A number in both forms: as an item, and exactly, in units of 2^-1074, or as a rank for what is no number.
#[derive(Clone, Debug)]
enum Number {
    Integer(i64),
    Float(f64),
    Big(bool, Vec<u8>),
}

impl Number {
    fn item(&self) -> Item<'_> {
        match self {
            Number::Integer(value) => Item::Integer(*value),
            Number::Float(value) => Item::Float(*value),
            Number::Big(negative, magnitude) => Item::BigInteger(*negative, magnitude),
        }
    }

    /// Rank, then value times 2^1074.
    fn exact(&self) -> (i32, Integer) {
        let of = |negative, mut magnitude: Vec<u32>, shift: usize| {
            let mut limbs = vec![0; shift / 32];
            let mut carry = 0_u64;
            magnitude.push(0);
            for limb in magnitude {
                let wide = u64::from(limb) << (shift % 32) | carry;
                limbs.push(wide as u32);
                carry = wide >> 32;
            }
            limbs.push(carry as u32);
            while limbs.last() == Some(&0) {
                limbs.pop();
            }
            (0, Integer::from_trimmed(negative && !limbs.is_empty(), limbs))
        };
        match self {
            Number::Integer(value) => {
                let magnitude = value.unsigned_abs();
                of(*value < 0, vec![magnitude as u32, (magnitude >> 32) as u32], 1074)
            }
            Number::Float(value) if value.is_nan() => (2, Integer::from_trimmed(false, Vec::new())),
            Number::Float(value) if value.is_infinite() => {
                (if *value > 0.0 { 1 } else { -1 }, Integer::from_trimmed(false, Vec::new()))
            }
            Number::Float(value) => {
                let bits = value.to_bits();
                let (exponent, fraction) = ((bits >> 52 & 0x7FF) as usize, bits & ((1 << 52) - 1));
                let (fraction, shift) = if exponent == 0 { (fraction, 0) } else { (fraction | 1 << 52, exponent - 1) };
                of(*value < 0.0, vec![fraction as u32, (fraction >> 32) as u32], shift)
            }
            Number::Big(negative, magnitude) => {
                let limbs = magnitude.chunks(4).map(|chunk| {
                    let mut limb = [0; 4];
                    limb[..chunk.len()].copy_from_slice(chunk);
                    u32::from_le_bytes(limb)
                });
                of(*negative, limbs.collect(), 1074)
            }
        }
    }
}

fn exact_order(left: &Number, right: &Number) -> Ordering {
    let ((rank, left), (other, right)) = (left.exact(), right.exact());
    rank.cmp(&other).then_with(|| {
        let (sign, other) = (left.is_negative(), right.is_negative());
        other.cmp(&sign).then_with(|| {
            let (left, right) = (left.limbs(), right.limbs());
            let order = left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()));
            if sign { order.reverse() } else { order }
        })
    })
}

fn of_magnitude(negative: bool, mut magnitude: Vec<u8>) -> Number {
    while magnitude.last() == Some(&0) {
        magnitude.pop();
    }
    Number::Big(negative && !magnitude.is_empty(), magnitude)
}

/// Near each other, and near the places where something changes.
fn numbers(random: &mut Random) -> Vec<Number> {
    let mut numbers = vec![
        Number::Float(0.0),
        Number::Float(-0.0),
        Number::Integer(0),
        Number::Float(f64::NAN),
        Number::Float(f64::INFINITY),
        Number::Float(f64::NEG_INFINITY),
        Number::Float(f64::MAX),
        Number::Float(f64::MIN),
        Number::Float(f64::MIN_POSITIVE),
        Number::Float(5e-324),
        Number::Integer(i64::MIN),
        Number::Integer(i64::MAX),
    ];
    for power in [52, 53, 54, 60, 61, 62, 63, 64, 65, 100, 200, 1000, 1022, 1023, 1024, 1025, 1100] {
        for offset in [-3_i64, -2, -1, 0, 1, 2, 3] {
            // 2^power + offset
            let mut magnitude = vec![0; power / 8 + 1];
            if offset >= 0 {
                magnitude[power / 8] = 1 << (power % 8);
                magnitude[0] += offset as u8;
            } else {
                magnitude.fill(0xFF);
                magnitude[power / 8] = ((1_u16 << (power % 8)) - 1) as u8;
                magnitude[0] = offset as u8;
            }
            for negative in [false, true] {
                numbers.push(of_magnitude(negative, magnitude.clone()));
            }
            if power < 63 {
                numbers.push(Number::Integer((1 << power) + offset));
                numbers.push(Number::Integer(-(1 << power) - offset));
            }
        }
        if power < 1024 {
            let float = 2_f64.powi(power as i32);
            for float in [float, float.next_up(), float.next_down()] {
                numbers.extend([Number::Float(float), Number::Float(-float)]);
            }
        }
    }
    for _ in 0..150 {
        let bits = random.next();
        numbers.push(Number::Integer(bits as i64 >> (random.next() % 64)));
        numbers.push(Number::Float(f64::from_bits(random.next())));
        numbers.push(Number::Float((bits as i64 >> (random.next() % 64)) as f64));
        let magnitude = (0..random.below(150)).map(|_| [0, 0xFF, random.next() as u8][random.below(3)]).collect();
        numbers.push(of_magnitude(random.below(2) == 0, magnitude));
    }
    numbers
}

#[test]
fn numbers_are_in_the_order_of_their_exact_values() {
    let mut random = Random::from_environment(0);
    let numbers = numbers(&mut random);
    let components: Vec<_> = numbers.iter().map(|number| component(Some(&number.item()))).collect();
    for (left, bytes) in numbers.iter().zip(&components) {
        for (right, others) in numbers.iter().zip(&components) {
            let wanted = exact_order(left, right);
            assert_eq!(bytes.cmp(others), wanted, "{left:?} {right:?}");
            assert_eq!(compare(&left.item(), &right.item()), wanted, "{left:?} {right:?}");
        }
    }
}

#[test]
fn strings_are_in_the_order_of_their_bytes_and_end_where_they_end() {
    let mut random = Random::from_environment(1);
    let strings: Vec<Vec<u8>> =
        (0..200).map(|_| (0..random.below(6)).map(|_| [0, 1, 0xFF, b'a'][random.below(4)]).collect()).collect();
    for left in &strings {
        for right in &strings {
            let (one, other) = (component(Some(&Item::String(left))), component(Some(&Item::String(right))));
            assert_eq!(one.cmp(&other), left.cmp(right), "{left:?} {right:?}");
            assert_eq!(compare(&Item::String(left), &Item::String(right)), left.cmp(right));
            let both: Vec<u8> = one.iter().chain(&other).copied().collect();
            assert_eq!(length_at(&both), Some(one.len()), "{left:?} {right:?}");
        }
    }
}

#[test]
fn classes_are_in_order_and_the_first_of_all_is_what_is_missing() {
    let big = [0xFF; 200];
    let ascending: [Option<Item<'_>>; 14] = [
        None,
        Some(Item::String(b"")),
        Some(Item::String(b"z")),
        Some(Item::Float(f64::NEG_INFINITY)),
        Some(Item::BigInteger(true, &big)),
        Some(Item::Float(-1e300)),
        Some(Item::Integer(0)),
        Some(Item::Float(1e300)),
        Some(Item::BigInteger(false, &big)),
        Some(Item::Float(f64::INFINITY)),
        Some(Item::Float(f64::NAN)),
        Some(Item::Boolean(false)),
        Some(Item::Boolean(true)),
        Some(Item::External(7)),
    ];
    for (at, left) in ascending.iter().enumerate() {
        for (other, right) in ascending.iter().enumerate() {
            assert_eq!(component(left.as_ref()).cmp(&component(right.as_ref())), at.cmp(&other), "{left:?} {right:?}");
        }
    }
    assert_eq!(component(None), component(Some(&Item::Nil)));
    assert_eq!(class(Some(&Item::Function(3))), Class::Other);
    assert_eq!(class(Some(&Item::Float(f64::NAN))), Class::Number);
}

#[test]
fn what_does_not_fit_says_how_much_it_takes() {
    let mut room = [0xAA; 4];
    let mut buffer = Buffer::new(&mut room);
    assert_eq!(write(Some(&Item::String(b"abcdef")), &mut buffer), Err(TooLong(8)));
    assert_eq!(buffer.bytes(), b"\x01abc");
    buffer.cut(0);
    assert_eq!(write(Some(&Item::String(b"ab")), &mut buffer), Ok(Class::String));
    assert_eq!(buffer.bytes(), b"\x01ab\0");
}

#[test]
fn what_is_cut_off_or_unknown_is_no_component() {
    let mut random = Random::from_environment(2);
    for number in numbers(&mut random) {
        let bytes = component(Some(&number.item()));
        for length in 0..bytes.len() {
            assert_eq!(length_at(&bytes[..length]), None, "{number:?}");
        }
    }
    for bytes in [&b"\x01abc"[..], b"\x02", b"\x31", b"\x01\0\xFF", b"\x16\xFF\xFF\xFF\xFF\0", b"\x12\0\0\0\0\0"] {
        assert_eq!(length_at(bytes), None, "{bytes:?}");
    }
}
