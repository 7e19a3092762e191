//! What is there before `main`: Rust's start opens `/dev/null` in the place of a standard output that is closed, and then
//! nobody can tell any more that what is written is lost.
//!
//! Invariant: this is the only file of the command line with unsafe code.

use std::sync::atomic::{AtomicBool, Ordering};

static OUTPUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether the program was started without a standard output. Where it cannot be known, the answer is no.
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

    /// Asks for a descriptor's flags, which fails only where there is none; the same number on both systems.
    const F_GETFD: c_int = 1;

    const STANDARD_OUTPUT: c_int = 1;

    // SAFETY: functions of this section are called before `main`, one after the other, with arguments that `look` does not
    // take, as C allows; it uses nothing that Rust's start prepares.
    #[used]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        // SAFETY: fcntl takes any number for a descriptor, and this command reads no more arguments.
        let flags = unsafe { fcntl(STANDARD_OUTPUT, F_GETFD) };
        super::OUTPUT_WAS_CLOSED.store(flags < 0, Ordering::Relaxed);
    }
}
