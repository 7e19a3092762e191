//! Details of what went wrong, each behind a number.
//!
//! Invariant: hundreds of places hand an error on, and a call that answers a number takes far less code than one that answers words
//! in memory. So an error is a number, and its details lie in one place. Nobody has one while 16 others of its kind happen, except
//! `aside`.

use core::cell::Cell;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::num::NonZeroU32;

/// So many are remembered.
const REMEMBERED: usize = 16;

/// The number of those of which nobody is told.
const ASIDE: NonZeroU32 = NonZeroU32::MAX;

/// The number of details of that kind, of which there is one `Details`.
#[derive(Debug)]
pub struct Number<T>(NonZeroU32, PhantomData<T>);

impl<T> Clone for Number<T> {
    fn clone(&self) -> Number<T> {
        *self
    }
}

impl<T> Copy for Number<T> {}

/// The last details of a kind.
pub struct Details<T> {
    last: Cell<u32>,
    is_aside: Cell<bool>,
    /// Not in the file, as nobody knows them when an instance begins. The last place is for those of which nobody is told.
    all: [Cell<MaybeUninit<T>>; REMEMBERED + 1],
}

// SAFETY: one thread at a time uses the module; natively the tests take turns (`state::exclusive`).
unsafe impl<T> Sync for Details<T> {}

impl<T: Copy> Details<T> {
    /// None.
    pub const fn none() -> Details<T> {
        let all = [const { Cell::new(MaybeUninit::uninit()) }; REMEMBERED + 1];
        Details { last: Cell::new(0), is_aside: Cell::new(false), all }
    }

    fn place(&self, number: NonZeroU32) -> &Cell<MaybeUninit<T>> {
        &self.all[if number == ASIDE { REMEMBERED } else { number.get() as usize % REMEMBERED }]
    }

    /// Remembers them.
    #[cold]
    #[inline(never)]
    pub fn number(&self, details: T) -> Number<T> {
        let mut number = ASIDE;
        if !self.is_aside.get() {
            number = NonZeroU32::MIN.saturating_add(self.last.get() % (u32::MAX - 2));
            self.last.set(number.get());
        }
        self.place(number).set(MaybeUninit::new(details));
        Number(number, PhantomData)
    }

    /// Those with a number.
    #[cold]
    #[inline(never)]
    pub fn of(&self, number: Number<T>) -> T {
        // SAFETY: who has a number has it from `number`, which wrote that place, and nothing but details is written there.
        unsafe { self.place(number.0).get().assume_init() }
    }

    /// Does work of whose failures nobody is told, however many there are: the details of one that somebody has stay what they are.
    pub fn aside(&self, work: impl FnOnce()) {
        let before = self.is_aside.replace(true);
        work();
        self.is_aside.set(before);
    }
}
