//! Which live Lua functions are stored, by id and by object.
//!
//! Invariant: an id is here at most once, and so is a function; the collector tells this file before it frees one
//! (`inside.c`).

use core::cell::UnsafeCell;
use core::ffi::c_void;

use crate::lua::ffi;
use crate::lua::map::Map;

/// The stored functions.
pub struct Known {
    objects: Map<usize>,
    ids: Map<usize>,
}

struct Shared(UnsafeCell<Known>);

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Shared {}

static KNOWN: Shared = Shared(UnsafeCell::new(Known { objects: Map::EMPTY, ids: Map::EMPTY }));

/// The one register.
///
/// # Safety
/// One thread; no reference from an earlier call is used afterwards.
#[inline]
pub unsafe fn global() -> &'static mut Known {
    // SAFETY: the caller's.
    unsafe { &mut *KNOWN.0.get() }
}

impl Known {
    /// Makes room for `more` functions; false when there is no memory.
    pub fn reserve(&mut self, more: usize) -> bool {
        self.objects.reserve(more) && self.ids.reserve(more)
    }

    /// Gives back room.
    pub fn shrink(&mut self) {
        self.objects.shrink();
        self.ids.shrink();
    }

    /// The id of a function, 0 when it is not stored.
    pub fn id(&self, object: *const c_void) -> u32 {
        self.ids.find(object as usize).unwrap_or(0) as u32
    }

    /// The function of an id, or null.
    pub fn object(&self, id: u32) -> *mut c_void {
        self.objects.find(id as usize).unwrap_or(0) as *mut c_void
    }

    /// Every id with its function.
    pub fn entries(&self) -> impl Iterator<Item = (u32, *mut c_void)> {
        self.objects.entries().map(|(id, object)| (id as u32, object as *mut c_void))
    }

    /// Forgets the functions whose ids are `first` or more: they are not stored after all.
    pub fn forget_from(&mut self, first: u32) {
        let Known { objects, ids } = self;
        objects.keep_below(first as usize, |object| ids.remove(object, |_| true));
    }

    /// Adds a function, in the place of one that the collector has given up; there is room.
    ///
    /// # Safety
    /// The object is live.
    pub unsafe fn add(&mut self, id: u32, object: *mut c_void) {
        self.objects.put(id as usize, object as usize);
        self.ids.put(object as usize, id as usize);
        // SAFETY: the caller's.
        unsafe { ffi::cu_report(object) };
    }
}

/// `inside.c` asks for the id of a function, 0 when it is not stored.
#[unsafe(no_mangle)]
extern "C" fn cu_function_id(object: *const c_void) -> u32 {
    // SAFETY: one thread; the reference ends with the call.
    unsafe { global() }.id(object)
}

/// The collector is about to free the function; another may have its id by now.
#[unsafe(no_mangle)]
extern "C" fn cu_function_gone(object: *mut c_void) {
    // SAFETY: one thread; the reference ends with the call.
    let known = unsafe { global() };
    let id = known.id(object);
    known.objects.remove(id as usize, |function| function == object as usize);
    known.ids.remove(object as usize, |_| true);
}
