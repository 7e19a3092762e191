//! The unwinding flag: non-zero from a `throw` until the nearest `try` clears it.
//!
//! Invariant: only code made here reads or writes the flag.

use crate::error::Error;
use crate::options::Flag;
use walrus::ir::{Const, GlobalGet, GlobalSet, Instr, Load, LoadKind, MemArg, Store, StoreKind, Value};
use walrus::{ConstExpr, GlobalId, MemoryId, Module, ValType};

/// Bytes of a WebAssembly page.
const PAGE_BYTES: u64 = 65_536;
/// Bytes of the flag when it lives in memory.
const FLAG_BYTES: u32 = 4;

/// The flag of one module.
#[derive(Clone, Copy, Debug)]
pub enum FlagCell {
    /// An internal global.
    Global(GlobalId),
    /// Four bytes of memory.
    Memory {
        /// The memory.
        memory: MemoryId,
        /// Where in it.
        address: u32,
    },
}

impl FlagCell {
    /// Adds the flag to `module`, or checks the address given for it.
    pub fn place(module: &mut Module, flag: Flag) -> Result<FlagCell, Error> {
        match flag {
            Flag::Global => Ok(FlagCell::Global(add_global(module))),
            Flag::Memory(address) => place_in_memory(module, address),
        }
    }

    /// Instructions that push the flag.
    pub fn read(self) -> Vec<Instr> {
        match self {
            FlagCell::Global(global) => vec![GlobalGet { global }.into()],
            FlagCell::Memory { memory, address } => {
                let kind = LoadKind::I32 { atomic: false };
                vec![constant(0), Load { memory, kind, arg: argument(address) }.into()]
            }
        }
    }

    /// Instructions that set the flag (`true`) or clear it.
    pub fn write(self, unwinding: bool) -> Vec<Instr> {
        let value = constant(i32::from(unwinding));
        match self {
            FlagCell::Global(global) => vec![value, GlobalSet { global }.into()],
            FlagCell::Memory { memory, address } => {
                let kind = StoreKind::I32 { atomic: false };
                vec![constant(0), value, Store { memory, kind, arg: argument(address) }.into()]
            }
        }
    }
}

fn add_global(module: &mut Module) -> GlobalId {
    let zero = ConstExpr::Value(Value::I32(0));
    let global = module.globals.add_local(ValType::I32, true, false, zero);
    module.globals.get_mut(global).name = Some("unwinding".to_owned());
    global
}

fn place_in_memory(module: &Module, address: u32) -> Result<FlagCell, Error> {
    let memory = module.memories.iter().next().ok_or(Error::NoMemory)?;
    let memory_bytes = memory.initial * PAGE_BYTES;
    let within = u64::from(address) + u64::from(FLAG_BYTES) <= memory_bytes;
    if !within || !address.is_multiple_of(FLAG_BYTES) {
        return Err(Error::FlagAddress { address, memory_bytes });
    }
    Ok(FlagCell::Memory { memory: memory.id(), address })
}

fn constant(value: i32) -> Instr {
    Const { value: Value::I32(value) }.into()
}

/// The address is the offset of the access, from a base of zero: an unsigned number takes fewer
/// bytes than a signed one, and engines see that it lies within the initial memory.
fn argument(address: u32) -> MemArg {
    MemArg { align: FLAG_BYTES, offset: u64::from(address) }
}
