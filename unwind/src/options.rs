//! What a caller may choose.
//!
//! Invariant: the release build of cu uses the defaults.

use std::fmt;
use wasmparser::WasmFeatures;

/// Choices for one run of the pass.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where the module keeps the top of the shadow stack.
    pub stack_pointer: StackPointer,
    /// Where the output keeps the fact that an error is on its way to a `try`.
    pub flag: Flag,
    /// What the output may use.
    pub features: Features,
    /// A branch table is replaced if this many comparisons are enough.
    pub comparisons: usize,
}

/// How to find the shadow stack pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StackPointer {
    /// The global named `__stack_pointer`; failing that, the first mutable `i32` global, which is
    /// where wasm-ld puts it.
    #[default]
    Find,
    /// The global with this name in the name section.
    Named(String),
    /// The global with this index, imports counted first.
    Index(u32),
}

/// Where the unwinding flag lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flag {
    /// A separate global, which gives the smallest checks.
    #[default]
    Global,
    /// Four zero bytes of linear memory at this address, reserved by the module for the flag.
    Memory(u32),
}

/// The instruction set of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Features {
    /// WebAssembly 1.0, in which a global may be mutable.
    #[default]
    WebAssembly1,
    /// Also sign extension, saturating conversions, bulk memory and several results.
    Lime1,
}

impl Features {
    pub(crate) fn accepted(self) -> WasmFeatures {
        match self {
            Features::WebAssembly1 => WasmFeatures::WASM1,
            Features::Lime1 => WasmFeatures::LIME1,
        }
    }
}

impl fmt::Display for Features {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Features::WebAssembly1 => "WebAssembly 1.0",
            Features::Lime1 => "the Lime1 set of features",
        })
    }
}
