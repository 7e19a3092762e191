//! Sums, extremes and means of numbers.
//!
//! Invariant: sums of integers are exact. With a float among the numbers the sum is a float; otherwise with a big integer it is a big
//! integer. What is no number does not count, and NaN is no extreme.
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::cmp::Ordering;

#[cfg(feature = "bigint")]
use cu_bigint::{Error, Exhausted, Integer, Work};

use cu_abi::value::{Item, Reader, Writer};

#[cfg(feature = "bigint")]
use crate::budget;
use crate::data::component::{self, Class};
use crate::data::program::Kind;
use crate::memory::{self, NoMemory};

/// What is known of the numbers so far.
#[derive(Default)]
pub struct Total {
    count: u64,
    /// Their sum as far as they are plain integers: an `i128`, whose alignment the arena does not have.
    integers: [u64; 2],
    floats: f64,
    has_float: bool,
    #[cfg(feature = "bigint")]
    big: Option<Integer>,
    /// The least or the greatest one, encoded; empty for none.
    extreme: Vec<u8>,
}

/// The budget of the run.
#[cfg(feature = "bigint")]
struct Metered;

#[cfg(feature = "bigint")]
impl Work for Metered {
    fn charge(&mut self, units: u64) -> Result<(), Exhausted> {
        if budget::reserve(units) { Ok(()) } else { Err(Exhausted) }
    }
}

/// What is refused for the budget ends the run elsewhere.
#[cfg(feature = "bigint")]
fn or_memory<T: Default>(outcome: Result<T, Error>) -> Result<T, NoMemory> {
    match outcome {
        Ok(done) => Ok(done),
        Err(Error::Exhausted) => Ok(T::default()),
        Err(_) => Err(NoMemory),
    }
}

impl Total {
    /// Takes a value, encoded as `bytes`.
    pub fn add(&mut self, kind: Kind, item: &Item<'_>, bytes: &[u8]) -> Result<(), NoMemory> {
        if component::class(Some(item)) != Class::Number {
            return Ok(());
        }
        match kind {
            Kind::Sum | Kind::Average => self.sum(item),
            Kind::Least => self.extreme(Ordering::Less, item, bytes),
            Kind::Greatest => self.extreme(Ordering::Greater, item, bytes),
        }
    }

    fn sum(&mut self, item: &Item<'_>) -> Result<(), NoMemory> {
        self.count += 1;
        match item {
            Item::Integer(value) => self.set_integers(self.integers() + i128::from(*value)),
            Item::Float(value) => {
                self.floats += value;
                self.has_float = true;
            }
            #[cfg(feature = "bigint")]
            Item::BigInteger(negative, magnitude) => {
                let big = integer(*negative, magnitude)?;
                self.big = Some(match &self.big {
                    None => big,
                    Some(before) => or_memory(before.add(&big, &mut Metered).map(Whole))?.0,
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn extreme(&mut self, wanted: Ordering, item: &Item<'_>, bytes: &[u8]) -> Result<(), NoMemory> {
        if component::is_nan(item) {
            return Ok(());
        }
        if let Ok(before) = Reader::new(&self.extreme).item()
            && component::compare(item, &before) != wanted
        {
            return Ok(());
        }
        self.extreme.clear();
        memory::append(&mut self.extreme, bytes)
    }

    fn integers(&self) -> i128 {
        let [low, high] = self.integers;
        i128::from(high as i64) << 64 | i128::from(low)
    }

    fn set_integers(&mut self, sum: i128) {
        self.integers = [sum as u64, (sum >> 64) as u64];
    }

    /// The sum of all as a float.
    fn whole(&self) -> f64 {
        let whole = self.floats + self.integers() as f64;
        #[cfg(feature = "bigint")]
        if let Some(big) = &self.big {
            return whole + big.to_f64();
        }
        whole
    }

    /// Writes what was computed; nothing when there is none.
    pub fn write(&self, kind: Kind, writer: &mut Writer<'_>) -> Result<(), NoMemory> {
        match kind {
            Kind::Least | Kind::Greatest => writer.bytes(&self.extreme),
            Kind::Average if self.count == 0 => {}
            Kind::Average => writer.float(self.whole() / self.count as f64),
            Kind::Sum if self.has_float => writer.float(self.whole()),
            Kind::Sum => return self.write_exact(writer),
        }
        Ok(())
    }

    fn write_exact(&self, writer: &mut Writer<'_>) -> Result<(), NoMemory> {
        #[cfg(feature = "bigint")]
        if let Some(big) = &self.big {
            let integers = integer(self.integers() < 0, &self.integers().unsigned_abs().to_le_bytes())?;
            let Whole(sum) = or_memory(big.add(&integers, &mut Metered).map(Whole))?;
            writer.big_integer_of_limbs(sum.is_negative(), sum.limbs());
            return Ok(());
        }
        match i64::try_from(self.integers()) {
            Ok(sum) => writer.integer(sum),
            Err(_) => writer.float(self.integers() as f64),
        }
        Ok(())
    }
}

/// An integer, zero by default.
#[cfg(feature = "bigint")]
struct Whole(Integer);

#[cfg(feature = "bigint")]
impl Default for Whole {
    fn default() -> Whole {
        Whole(Integer::ZERO)
    }
}

/// The integer of a magnitude, the least byte first.
#[cfg(feature = "bigint")]
fn integer(negative: bool, magnitude: &[u8]) -> Result<Integer, NoMemory> {
    let mut limbs = Vec::new();
    limbs.try_reserve_exact(magnitude.len().div_ceil(4)).map_err(|_| NoMemory)?;
    for chunk in magnitude.chunks(4) {
        let mut limb = [0; 4];
        for (place, byte) in limb.iter_mut().zip(chunk) {
            *place = *byte;
        }
        limbs.push(u32::from_le_bytes(limb));
    }
    Ok(Integer::from_limbs(negative, limbs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(item: &Item<'_>) -> Vec<u8> {
        let mut room = [0; 64];
        let mut writer = Writer::new(&mut room);
        match item {
            Item::Integer(value) => writer.integer(*value),
            Item::Float(value) => writer.float(*value),
            Item::BigInteger(negative, magnitude) => writer.big_integer(*negative, magnitude),
            _ => writer.string(b"other"),
        }
        writer.written().expect("it fits").to_vec()
    }

    fn all(kind: Kind, items: &[Item<'_>]) -> Vec<u8> {
        let mut total = Total::default();
        for item in items {
            total.add(kind, item, &encoded(item)).expect("there is memory");
        }
        let mut room = [0; 64];
        let mut writer = Writer::new(&mut room);
        total.write(kind, &mut writer).expect("there is memory");
        writer.written().expect("it fits").to_vec()
    }

    #[test]
    fn sums_are_exact_as_long_as_they_are_of_integers() {
        let _turn = crate::vm::state::exclusive();
        let (greatest, one) = (Item::Integer(i64::MAX), Item::Integer(1));
        let two_to_64 = [0, 0, 0, 0, 0, 0, 0, 0, 1];
        let big = Item::BigInteger(false, &two_to_64);
        for (items, wanted) in [
            (vec![], Item::Integer(0)),
            (vec![Item::String(b"x"), one], one),
            (vec![greatest, one, Item::Integer(-5)], Item::Integer(i64::MAX - 4)),
            (vec![greatest, one], Item::Float(9_223_372_036_854_775_808.0)),
            (vec![one, Item::Float(0.5)], Item::Float(1.5)),
            (vec![big, Item::Integer(-1), one], big),
            (vec![big, Item::BigInteger(true, &two_to_64), one], Item::BigInteger(false, &[1])),
            (vec![big, Item::Float(0.0)], Item::Float(18_446_744_073_709_551_616.0)),
        ] {
            assert_eq!(all(Kind::Sum, &items), encoded(&wanted), "{items:?}");
        }
    }

    #[test]
    fn extremes_and_means_are_of_numbers() {
        let _turn = crate::vm::state::exclusive();
        let (one, two, nan) = (Item::Integer(1), Item::Float(2.0), Item::Float(f64::NAN));
        for (kind, items, wanted) in [
            (Kind::Least, vec![two, one, nan], Some(one)),
            (Kind::Greatest, vec![nan, one, two, Item::Integer(2)], Some(two)),
            (Kind::Greatest, vec![nan], None),
            (Kind::Least, vec![Item::String(b"a")], None),
            (Kind::Average, vec![one, two, Item::String(b"x")], Some(Item::Float(1.5))),
            (Kind::Average, vec![], None),
        ] {
            assert_eq!(all(kind, &items), wanted.map_or(Vec::new(), |item| encoded(&item)), "{kind:?} {items:?}");
        }
    }
}
