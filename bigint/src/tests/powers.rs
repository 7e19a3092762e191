use super::*;

fn small(value: i64) -> Integer {
    Integer::from_i64(value).unwrap()
}

#[test]
fn powers_agree_with_the_reference() {
    let mut random = Random::from_environment(0);
    for _ in 0..300 {
        let (base, exponent) = (shaped(&mut random, 6), random.below(40) as u32);
        let power = base.power(u64::from(exponent), &mut Unlimited).unwrap();
        assert_eq!(theirs(&power), theirs(&base).pow(exponent));
        assert_eq!(base.power_integer(&small(i64::from(exponent)), &mut Unlimited), Ok(power));
    }
}

#[test]
fn powers_of_zero_and_one_have_any_exponent() {
    let huge = small(1).shift_left(100, &mut Unlimited).unwrap();
    let odd = huge.add(&small(1), &mut Unlimited).unwrap();
    for (base, even_power, odd_power) in [(0, 0, 0), (1, 1, 1), (-1, 1, -1)] {
        assert_eq!(small(base).power_integer(&huge, &mut Unlimited), Ok(small(even_power)));
        assert_eq!(small(base).power_integer(&odd, &mut Unlimited), Ok(small(odd_power)));
        assert_eq!(small(base).power(0, &mut Unlimited), Ok(small(1)));
    }
    assert!(matches!(small(2).power_integer(&huge, &mut Unlimited), Err(Error::TooLarge(_))));
    assert_eq!(small(2).power_integer(&small(-1), &mut Unlimited), Err(Error::NegativeExponent));
}

#[test]
fn modular_powers_agree_with_the_reference() {
    let mut random = Random::from_environment(1);
    for longest in [1, 2, 5, 20, 60] {
        for _ in 0..60 {
            let (base, modulus) = (shaped(&mut random, longest), shaped(&mut random, longest));
            let exponent = shaped(&mut random, longest.min(8)).absolute();
            let power = base.power_modulo(&exponent, &modulus, &mut Unlimited);
            if modulus.is_zero() {
                assert_eq!(power, Err(Error::DivisionByZero));
            } else {
                assert_eq!(theirs(&power.unwrap()), theirs(&base).modpow(&theirs(&exponent), &theirs(&modulus)));
            }
        }
    }
}

#[test]
fn long_modular_powers_agree_with_the_reference() {
    let mut random = Random::from_environment(2);
    for (length, odd) in [(200, true), (200, false), (300, true), (420, true), (420, false), (1040, true)] {
        let (base, exponent) = (dense(&mut random, length), dense(&mut random, 2));
        let mut modulus = dense(&mut random, length).limbs().to_vec();
        modulus[0] = modulus[0] & !1 | u32::from(odd);
        let modulus = Integer::from_limbs(random.below(2) == 0, modulus);
        let power = base.power_modulo(&exponent, &modulus, &mut Unlimited).unwrap();
        assert_eq!(theirs(&power), theirs(&base).modpow(&theirs(&exponent), &theirs(&modulus)), "{length} {odd}");
    }
}

#[test]
fn negative_exponents_take_the_inverse() {
    let mut random = Random::from_environment(3);
    for longest in [1, 2, 5, 20, 200] {
        for _ in 0..100 {
            let (base, modulus) = (shaped(&mut random, longest), shaped(&mut random, longest));
            if modulus.is_zero() {
                continue;
            }
            let common = base.gcd(&modulus, &mut Unlimited).unwrap();
            match base.power_modulo(&small(-1), &modulus, &mut Unlimited) {
                Ok(inverse) => {
                    let one = inverse.multiply(&base, &mut Unlimited).unwrap().modulus(&modulus, &mut Unlimited);
                    assert_eq!(one, small(1).modulus(&modulus, &mut Unlimited));
                    assert_eq!(common, small(1));
                }
                Err(error) => assert!(error == Error::NotInvertible && common != small(1)),
            }
        }
    }
}

/// Euclid's original algorithm.
fn gcd(x: BigInt, y: BigInt) -> BigInt {
    let zero = BigInt::from(0);
    let (mut a, mut b) = (x, y);
    while b != zero {
        (a, b) = (b.clone(), a % b);
    }
    a.magnitude().clone().into()
}

#[test]
fn greatest_common_divisors_agree_with_euclid() {
    let mut random = Random::from_environment(4);
    for longest in [1, 2, 3, 8, 40] {
        for _ in 0..200 {
            let [a, b, c] = [0; 3].map(|_| shaped(&mut random, longest));
            let (a, b) = (a.multiply(&c, &mut Unlimited).unwrap(), b.multiply(&c, &mut Unlimited).unwrap());
            assert_eq!(theirs(&a.gcd(&b, &mut Unlimited).unwrap()), gcd(theirs(&a), theirs(&b)));
        }
    }
    // Neighbours in Fibonacci's sequence take the most steps.
    let (mut a, mut b) = (BigInt::from(0), BigInt::from(1));
    for _ in 0..3000 {
        (a, b) = (b.clone(), a + b);
    }
    assert_eq!(ours(&a).gcd(&ours(&b), &mut Unlimited), Ok(small(1)));
}

#[test]
fn square_roots_are_rounded_down() {
    let mut random = Random::from_environment(5);
    for longest in [1, 2, 3, 5, 40, 1500] {
        for _ in 0..if longest > 100 { 20 } else { 300 } {
            let number = shaped(&mut random, longest).absolute();
            let square = number.square(&mut Unlimited).unwrap();
            for away in [-1, 0, 1] {
                let near = square.add(&small(away), &mut Unlimited).unwrap();
                if near.is_negative() {
                    assert_eq!(near.square_root(&mut Unlimited), Err(Error::NegativeRoot));
                    continue;
                }
                let root = theirs(&near.square_root(&mut Unlimited).unwrap());
                assert!(&root * &root <= theirs(&near) && (&root + 1) * (&root + 1) > theirs(&near), "{near:?}");
            }
            let root = theirs(&number.square_root(&mut Unlimited).unwrap());
            assert!(&root * &root <= theirs(&number) && (&root + 1) * (&root + 1) > theirs(&number), "{number:?}");
        }
    }
}

#[test]
fn windows_of_every_width_agree() {
    let mut random = Random::from_environment(6);
    let modulus = small(1_000_003);
    for limbs in [1, 2, 5, 15, 45] {
        let exponent = dense(&mut random, limbs);
        let power = small(12_345).power_modulo(&exponent, &modulus, &mut Unlimited).unwrap();
        assert_eq!(theirs(&power), BigInt::from(12_345).modpow(&theirs(&exponent), &theirs(&modulus)));
    }
}
