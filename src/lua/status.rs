//! How a protected call ended.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::lua::ffi;

/// How Lua's running of something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Status {
    /// As it should.
    Ok,
    /// With an error.
    Error,
    /// The source is no Lua.
    Syntax,
    /// Memory ran out.
    Memory,
    /// The message handler failed, too.
    Handler,
}

impl Status {
    #[inline]
    pub(super) fn of(status: c_int) -> Status {
        match status {
            ffi::STATUS_OK => Status::Ok,
            ffi::STATUS_SYNTAX => Status::Syntax,
            ffi::STATUS_MEMORY => Status::Memory,
            ffi::STATUS_HANDLER => Status::Handler,
            _ => Status::Error,
        }
    }

    /// Whether it ended as it should.
    #[inline]
    pub fn is_ok(self) -> bool {
        self == Status::Ok
    }
}
