use super::*;
use crate::limbs;

/// Lengths just below and above every change of method, up to 100,000 digits.
const LENGTHS: [usize; 8] = [1, 3, 20, 70, 300, 1200, 3000, 10_400];

fn rounds(longest: usize) -> u32 {
    (200_000 / (longest * longest / 50 + 40)).max(4) as u32
}

/// Two integers, the second as long, or a good deal shorter.
fn pairs(longest: usize) -> impl Strategy<Value = (Integer, Integer)> {
    let second = prop_oneof![integers(longest), integers(longest / 3 + 1), integers(longest.min(60))];
    (integers(longest), second)
}

#[test]
fn sums_and_differences_agree_with_the_reference() {
    for longest in LENGTHS {
        for_all(rounds(longest), pairs(longest), |(a, b)| {
            let (x, y) = (theirs(&a), theirs(&b));
            assert_eq!(theirs(&a.add(&b, &mut Unlimited).unwrap()), &x + &y);
            assert_eq!(theirs(&a.subtract(&b, &mut Unlimited).unwrap()), &x - &y);
            assert_eq!(a.compare(&b), x.cmp(&y));
            assert_eq!(a.subtract(&a, &mut Unlimited).unwrap(), Integer::ZERO);
            assert_eq!(theirs(&copy(&a).negated()), -&x);
            assert_eq!(theirs(&copy(&a).absolute()), BigInt::from(x.magnitude().clone()));
        });
    }
}

#[test]
fn products_agree_with_the_reference() {
    for longest in LENGTHS {
        for_all(rounds(longest), pairs(longest), |(a, b)| {
            let (x, y) = (theirs(&a), theirs(&b));
            assert_eq!(theirs(&a.multiply(&b, &mut Unlimited).unwrap()), &x * &y);
            assert_eq!(theirs(&a.square(&mut Unlimited).unwrap()), &x * &x);
        });
    }
}

#[test]
fn products_distribute_over_sums() {
    let mut random = Random::from_environment(2);
    for length in [5000, 9000, 17_000, 25_000] {
        let [a, b, c] = [0; 3].map(|_| shaped(&mut random, length));
        let mut work = Unlimited;
        let joined = a.add(&b, &mut work).unwrap().multiply(&c, &mut work).unwrap();
        let (left, right) = (a.multiply(&c, &mut work).unwrap(), b.multiply(&c, &mut work).unwrap());
        assert_eq!(joined, left.add(&right, &mut work).unwrap());
    }
}

/// Lua's: rounded down, and the remainder with the divisor's sign.
fn check_division(a: &Integer, b: &Integer) {
    if b.is_zero() {
        assert_eq!(a.divide(b, &mut Unlimited), Err(Error::DivisionByZero));
        return;
    }
    let (quotient, remainder) = a.divide(b, &mut Unlimited).unwrap();
    let (x, y, q, r) = (theirs(a), theirs(b), theirs(&quotient), theirs(&remainder));
    assert_eq!(q * &y + &r, x);
    assert!(remainder.is_zero() || remainder.is_negative() == b.is_negative());
    assert!(r.magnitude() < y.magnitude());
    assert_eq!((a.quotient(b, &mut Unlimited), a.modulus(b, &mut Unlimited)), (Ok(quotient), Ok(remainder)));
}

#[test]
fn quotients_and_remainders_belong_together() {
    for longest in LENGTHS {
        for_all(rounds(longest), pairs(longest), |(a, b)| {
            check_division(&a, &b);
            check_division(&b, &a);
        });
    }
}

#[test]
fn quotients_next_to_a_whole_multiple_are_right() {
    for longest in LENGTHS {
        for_all(rounds(longest), (integers(longest), integers(longest)), |(a, b)| {
            let product = a.multiply(&b, &mut Unlimited).unwrap();
            for away in [-1, 0, 1] {
                let near = product.add(&Integer::from_i64(away).unwrap(), &mut Unlimited).unwrap();
                check_division(&near, &b);
            }
        });
    }
}

#[test]
fn digits_of_quotients_that_were_estimated_too_large_are_corrected() {
    // Each needs Knuth's step D6 or the second test of D3 somewhere: tops equal, lower limbs extreme.
    let words = [0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFE, 0xFFFF_FFFF];
    let mut random = Random::from_environment(5);
    for _ in 0..30_000 {
        let mut pick = |count: usize| -> Vec<u32> { (0..count).map(|_| words[random.below(words.len())]).collect() };
        let (numerator, divisor) = (pick(5), pick(3));
        check_division(&Integer::from_limbs(false, numerator), &Integer::from_limbs(false, divisor));
    }
}

#[test]
fn a_short_quotient_of_long_numbers_is_right() {
    let mut random = Random::from_environment(6);
    for (numerator, divisor) in [(2000, 1500), (2400, 1900), (3000, 2100), (1300, 860), (5000, 900)] {
        for _ in 0..4 {
            check_division(&dense(&mut random, numerator), &dense(&mut random, divisor));
            let ones = Integer::from_limbs(false, vec![u32::MAX; numerator]);
            check_division(&ones, &shaped(&mut random, divisor));
        }
    }
}

#[test]
fn equal_integers_are_equal_values() {
    assert_eq!(Integer::from_limbs(true, vec![0, 0]), Integer::ZERO);
    assert_eq!(Integer::from_limbs(false, vec![7, 0]), Integer::from_i64(7).unwrap());
    assert_eq!(Integer::ZERO.negated(), Integer::ZERO);
    assert_eq!((Integer::ZERO.sign(), Integer::from_i64(-3).unwrap().sign()), (0, -1));
    assert_eq!(limbs::bit_length(&[]), 0);
}

#[test]
fn reciprocals_are_within_three_below() {
    let mut random = Random::from_environment(7);
    for length in [1, 2, 79, 80, 81, 82, 100, 163, 400, 900, 1100] {
        for _ in 0..6 {
            let mut divisor = dense(&mut random, length).limbs().to_vec();
            divisor[length - 1] |= 1 << 31;
            let mut found = crate::reciprocal::Reciprocal::new(&divisor, &mut Unlimited).unwrap().0;
            found.push(1);
            let exact = (BigInt::from(1) << (64 * length)) / theirs(&Integer::from_limbs(false, divisor));
            let below = exact - theirs(&Integer::from_limbs(false, found));
            assert!(below >= BigInt::from(0) && below < BigInt::from(3), "{length} {below}");
        }
    }
}
