use super::*;

#[test]
fn bitwise_operations_agree_with_the_reference() {
    for longest in [1, 2, 5, 40, 2000] {
        for_all(500, (integers(longest), integers(longest)), |(a, b)| {
            let (x, y) = (theirs(&a), theirs(&b));
            assert_eq!(theirs(&a.and(&b, &mut Unlimited).unwrap()), &x & &y);
            assert_eq!(theirs(&a.or(&b, &mut Unlimited).unwrap()), &x | &y);
            assert_eq!(theirs(&a.exclusive_or(&b, &mut Unlimited).unwrap()), &x ^ &y);
            assert_eq!(theirs(&a.not(&mut Unlimited).unwrap()), -&x - 1);
            assert_eq!(a.bit_length(), x.bits());
        });
    }
}

#[test]
fn shifts_are_powers_of_two_rounded_down() {
    for longest in [1, 2, 5, 40, 300] {
        for_all(500, (integers(longest), 0..40 * longest as i64), |(a, count)| {
            let x = theirs(&a);
            assert_eq!(theirs(&a.shift_left(count, &mut Unlimited).unwrap()), &x << count);
            assert_eq!(theirs(&a.shift_right(count, &mut Unlimited).unwrap()), &x >> count);
            assert_eq!(a.shift_left(-count, &mut Unlimited), a.shift_right(count, &mut Unlimited));
            assert_eq!(a.shift_left(count, &mut Unlimited), a.shift_right(-count, &mut Unlimited));
        });
    }
}

#[test]
fn shifts_by_any_count_end() {
    let (one, minus) = (Integer::from_i64(1).unwrap(), Integer::from_i64(-1).unwrap());
    assert_eq!(one.shift_right(i64::MAX, &mut Unlimited), Ok(Integer::ZERO));
    assert_eq!(one.shift_left(i64::MIN, &mut Unlimited), Ok(Integer::ZERO));
    assert_eq!(minus.shift_right(i64::MAX, &mut Unlimited), Ok(copy(&minus)));
    assert_eq!(minus.shift_left(i64::MIN, &mut Unlimited), Ok(copy(&minus)));
    assert_eq!(one.shift_left(i64::MAX, &mut Unlimited), Err(Error::TooLarge(1 << 63)));
    assert_eq!(one.shift_right(i64::MIN, &mut Unlimited), Err(Error::TooLarge((1 << 63) + 1)));
    assert_eq!(Integer::ZERO.shift_left(i64::MAX, &mut Unlimited), Ok(Integer::ZERO));
}
