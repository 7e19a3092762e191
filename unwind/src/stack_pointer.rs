//! Finds the global that holds the top of the shadow stack.
//!
//! Invariant: that global is a mutable `i32`, so a local can save it and it can be restored.

use crate::error::Error;
use crate::options::StackPointer;
use walrus::{Global, GlobalId, Module, ValType};

/// The name wasm-ld gives it.
const USUAL_NAME: &str = "__stack_pointer";

/// Finds the shadow stack pointer of `module`.
pub fn find(module: &Module, wanted: &StackPointer) -> Result<GlobalId, Error> {
    match wanted {
        StackPointer::Find => match by_name(module, USUAL_NAME) {
            Some(global) => checked(global, USUAL_NAME),
            None => first_candidate(module),
        },
        StackPointer::Named(name) => checked_option(by_name(module, name), name),
        StackPointer::Index(index) => checked_option(module.globals.iter().nth(*index as usize), &index.to_string()),
    }
}

fn by_name<'a>(module: &'a Module, name: &str) -> Option<&'a Global> {
    module.globals.iter().find(|global| global.name.as_deref() == Some(name))
}

fn first_candidate(module: &Module) -> Result<GlobalId, Error> {
    match module.globals.iter().find(|global| can_hold_pointer(global)) {
        Some(global) => Ok(global.id()),
        None => Err(Error::NoStackPointer),
    }
}

fn checked_option(global: Option<&Global>, label: &str) -> Result<GlobalId, Error> {
    match global {
        Some(global) => checked(global, label),
        None => Err(Error::StackPointerMissing { global: label.to_owned() }),
    }
}

fn checked(global: &Global, label: &str) -> Result<GlobalId, Error> {
    if can_hold_pointer(global) {
        return Ok(global.id());
    }
    let mutability = if global.mutable { "a mutable" } else { "an immutable" };
    Err(Error::StackPointerType { global: label.to_owned(), found: format!("{mutability} {}", global.ty) })
}

fn can_hold_pointer(global: &Global) -> bool {
    global.mutable && global.ty == ValType::I32
}
