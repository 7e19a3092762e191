//! Runs before `main`: Rust's start opens `/dev/null` in place of a closed standard output, and after that the program
//! cannot see that its output is lost.
//!
//! Invariant: this is the only file of the command line with unsafe code.

use std::sync::atomic::{AtomicBool, Ordering};

static OUTPUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether the program was started without a standard output; false where that cannot be known.
pub fn output_was_closed() -> bool {
    OUTPUT_WAS_CLOSED.load(Ordering::Relaxed)
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod before_main {
    use std::ffi::c_int;
    use std::sync::atomic::Ordering;

    unsafe extern "C" {
        fn fcntl(descriptor: c_int, command: c_int, ...) -> c_int;
    }

    /// Reads a descriptor's flags, which fails only if there is no descriptor; both systems use the same number for it.
    const F_GETFD: c_int = 1;

    const STANDARD_OUTPUT: c_int = 1;

    // SAFETY: C calls the functions of this section before `main`, one after the other, with arguments that `look` does
    // not take, as C allows; `look` uses nothing that Rust's start prepares.
    #[used]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        // SAFETY: fcntl takes any number as a descriptor, and this command reads no further arguments.
        let flags = unsafe { fcntl(STANDARD_OUTPUT, F_GETFD) };
        super::OUTPUT_WAS_CLOSED.store(flags < 0, Ordering::Relaxed);
    }
}
