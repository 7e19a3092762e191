//! A page of keys for work that is no loop of a script's.

use crate::large::LARGE;
use crate::store::page::Page;

/// The page.
///
/// # Safety
/// No reference from an earlier call is used afterwards.
pub unsafe fn spare_page() -> &'static mut Page {
    // SAFETY: one thread, and the caller has the one reference to this part.
    unsafe { &mut *LARGE.page.place() }
}
