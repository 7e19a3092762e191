use super::*;
use memory::refusals;

/// An operation that may fail, with all its results.
type Operation = fn(&Integer, &Integer, &mut dyn Work) -> Result<Vec<Integer>, Error>;

const OPERATIONS: [(&str, Operation); 16] = [
    ("add", |a, b, work| Ok(vec![a.add(b, work)?])),
    ("subtract", |a, b, work| Ok(vec![a.subtract(b, work)?])),
    ("multiply", |a, b, work| Ok(vec![a.multiply(b, work)?])),
    ("square", |a, _, work| Ok(vec![a.square(work)?])),
    ("divide", |a, b, work| a.divide(b, work).map(|(quotient, remainder)| vec![quotient, remainder])),
    ("power", |_, b, work| Ok(vec![b.power(5, work)?])),
    ("modular power", |a, b, work| Ok(vec![a.power_modulo(&Integer::from_limbs(false, vec![77, 3]), b, work)?])),
    ("inverse", |_, b, work| {
        let next = b.add(&Integer::from_i64(-1)?, work)?;
        Ok(vec![next.power_modulo(&Integer::from_i64(-1)?, b, work)?])
    }),
    ("gcd", |a, b, work| Ok(vec![a.gcd(b, work)?])),
    ("square root", |a, _, work| Ok(vec![a.square_root(work)?])),
    ("and", |a, b, work| Ok(vec![a.and(b, work)?])),
    ("not", |a, _, work| Ok(vec![a.not(work)?])),
    ("shift left", |a, _, work| Ok(vec![a.shift_left(1000, work)?])),
    ("shift right", |a, _, work| Ok(vec![a.shift_right(100, work)?])),
    ("text", |a, _, work| Ok(vec![Integer::parse(&a.to_text(10, work)?, 10, work)?])),
    ("bytes", |a, _, work| Ok(vec![Integer::from_bytes(false, &a.to_bytes(work)?, work)?])),
];

/// Allows all allocations again when a test ends.
struct Refusing;

impl Refusing {
    fn after(count: u64, bytes: usize) -> Refusing {
        refusals::after(count, bytes);
        Refusing
    }

    fn once(count: u64) -> Refusing {
        refusals::once(count);
        Refusing
    }
}

impl Drop for Refusing {
    fn drop(&mut self) {
        refusals::after(u64::MAX, usize::MAX);
    }
}

/// Refuses each charge of an operation in turn: the result must be that error and nothing else.
fn exhaust(name: &str, operation: Operation, a: &Integer, b: &Integer, stride: usize) {
    let mut whole = Budget::new(u64::MAX);
    let expected = operation(a, b, &mut whole).unwrap();
    assert!(whole.charges > 0, "{name} charges nothing");
    for units in (0..whole.charged).step_by((whole.charged as usize / 60).max(1)) {
        let mut budget = Budget::new(units);
        assert_eq!(operation(a, b, &mut budget), Err(Error::Exhausted), "{name} with {units}");
        assert!(budget.charged <= units);
    }
    struct At(u64);
    impl Work for At {
        fn charge(&mut self, _units: u64) -> Result<(), Exhausted> {
            self.0 = self.0.checked_sub(1).ok_or(Exhausted)?;
            Ok(())
        }
    }
    for charge in (0..whole.charges).step_by(stride) {
        assert_eq!(operation(a, b, &mut At(charge)), Err(Error::Exhausted), "{name} at charge {charge}");
    }
    assert_eq!(operation(a, b, &mut Budget::new(whole.charged)).as_ref(), Ok(&expected), "{name}");
}

#[test]
fn exhaustion_at_every_charge_is_an_error_and_no_more() {
    let mut random = Random::from_environment(0);
    for (length, other) in [(12, 5), (130, 70), (2000, 900)] {
        let (a, b) = (dense(&mut random, length), dense(&mut random, other));
        for (name, operation) in OPERATIONS {
            exhaust(name, operation, &a, &b, if length > 1000 { 97 } else { 1 });
        }
    }
}

/// Refuses each allocation of an operation in turn, alone or with all later ones: the result must be that error or the
/// right result of another method.
fn starve(name: &str, operation: Operation, a: &Integer, b: &Integer) {
    let expected = operation(a, b, &mut Unlimited);
    for once in [false, true] {
        let mut failed = 0;
        for count in 0..150 {
            let (result, refused) = {
                let _refusing = if once { Refusing::once(count) } else { Refusing::after(count, usize::MAX) };
                (operation(a, b, &mut Unlimited), refusals::happened())
            };
            if !refused {
                break;
            }
            match result {
                Err(Error::NoMemory) => failed += 1,
                result => assert_eq!(result, expected, "{name} after {count}"),
            }
        }
        assert!(failed > 0, "{name} allocates nothing");
    }
}

#[test]
fn refusal_of_every_allocation_is_an_error_or_another_way() {
    let mut random = Random::from_environment(1);
    for (length, other) in [(12, 5), (130, 70), (1300, 600)] {
        let (a, b) = (dense(&mut random, length), dense(&mut random, other));
        for (name, operation) in OPERATIONS {
            starve(name, operation, &a, &b);
        }
    }
}

#[test]
fn results_are_right_where_only_short_blocks_are_left() {
    let mut random = Random::from_environment(2);
    let (a, b) = (dense(&mut random, 2000), dense(&mut random, 900));
    let (x, y) = (theirs(&a), theirs(&b));
    for bytes in [200_000, 100_000, 50_000, 30_000, 16_000, 12_500] {
        let (product, division) = {
            let _refusing = Refusing::after(u64::MAX, bytes);
            (a.multiply(&b, &mut Unlimited), a.divide(&b, &mut Unlimited))
        };
        assert_eq!(theirs(&product.unwrap()), &x * &y, "{bytes}");
        let (quotient, remainder) = division.unwrap();
        assert_eq!((theirs(&quotient), theirs(&remainder)), (&x / &y, &x % &y), "{bytes}");
    }
}

#[test]
fn what_no_memory_could_hold_is_refused_at_once() {
    let mut work = Budget::new(1000);
    let (two, three) = (Integer::from_i64(2).unwrap(), Integer::from_i64(3).unwrap());
    assert_eq!(two.power(1 << 40, &mut work), Err(Error::TooLarge((1 << 40) + 1)));
    assert_eq!(three.power(u64::MAX, &mut work), Err(Error::TooLarge(u64::MAX)));
    assert_eq!(two.shift_left(1 << 40, &mut work), Err(Error::TooLarge((1 << 40) + 2)));
    assert_eq!(two.power(1 << 30, &mut work), Err(Error::Exhausted));
    assert_eq!(three.power(1 << 30, &mut work), Err(Error::Exhausted));
}

fn charged(operation: impl Fn(&mut dyn Work)) -> f64 {
    let mut budget = Budget::new(u64::MAX);
    operation(&mut budget);
    budget.charged as f64
}

#[test]
fn charges_are_in_proportion_to_the_work() {
    let mut random = Random::from_environment(3);
    let numbers = [1000, 2000, 4000, 8000].map(|length| [length, length].map(|length| dense(&mut random, length)));
    for pair in numbers.windows(2) {
        let ([a, b], [c, d]) = (&pair[0], &pair[1]);
        let growth = |operation: fn(&Integer, &Integer, &mut dyn Work)| {
            charged(|work| operation(c, d, work)) / charged(|work| operation(a, b, work))
        };
        let sums = growth(|a, b, work| drop(a.add(b, work)));
        assert!((1.9..2.1).contains(&sums), "{sums}");
        let products = growth(|a, b, work| drop(a.multiply(b, work)));
        assert!((1.9..3.1).contains(&products), "{products}");
        let divisions = growth(|a, b, work| drop(a.square(&mut Unlimited).unwrap().divide(b, work)));
        assert!((1.9..3.6).contains(&divisions), "{divisions}");
        let texts = growth(|a, _, work| drop(a.to_text(10, work)));
        assert!((1.9..3.6).contains(&texts), "{texts}");
        let divisors = growth(|a, b, work| drop(a.gcd(b, work)));
        assert!((3.5..4.5).contains(&divisors), "{divisors}");
    }
}
