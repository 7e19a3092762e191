//! The module on Wasmtime: machine code, guard pages instead of bounds checks.
//!
//! Invariant: a thread that calls an instance needs the stack of `settings` and a little for the host itself, which
//! every thread has by default.
//!
//! - `settings`: how a module is compiled
//! - `embedded`: the machine code of the module that this crate embeds
//! - `pool`: memory that is set aside for instances

mod embedded;
mod pool;
mod settings;

use cu_abi::exports;
use wasmtime::{
    Caller, Engine, Extern, ExternType, Func, InstancePre, Linker, Memory as LinearMemory, Module, ModuleExport,
    PoolConcurrencyLimitError, Store, TypedFunc, Val, ValType,
};

use super::code::{Code, Guest, check_exports, define_imports, export_index};
use crate::embedded::MODULE;
use crate::error::{Cause, Error, Trap, TrapKind};
use crate::imports::{self, Host};
use crate::memory::Memory;
use crate::replay::{COMPUTE, Call};
use crate::store::OUTSIDE_MEMORY;

/// What the imports find in the engine's store. The memory is set once the instance exists.
struct State {
    host: Host,
    memory: Option<LinearMemory>,
}

struct Compiled {
    engine: Engine,
    linked: InstancePre<State>,
    /// Where the memory and the functions of `EXPORTS` are: a search by name costs each instance two microseconds.
    memory: ModuleExport,
    functions: Vec<ModuleExport>,
    memory_pages: u64,
    /// Number of places in its pool, or 0 without a pool.
    pool: u32,
}

struct Running {
    store: Store<State>,
    memory: LinearMemory,
    /// In the order of `EXPORTS`.
    functions: Vec<Func>,
    /// One of them, which is called more often than all others: a call whose types are known takes a third of the time.
    compute: TypedFunc<(u32, u32), i32>,
}

/// Compiles and links a module, and checks everything that can be checked without an instance. Also answers why the
/// embedded module had to be compiled, if it had. `pool` is the number of instances whose memory is set aside.
pub fn compile(bytes: &[u8], pool: u32) -> Result<(impl Code + use<>, Option<String>), Error> {
    let mut settings = settings::settings();
    if pool > 0 {
        pool::set_aside(&mut settings, pool);
    }
    let engine = Engine::new(&settings).map_err(|error| {
        if pool > 0 { Error::Option(cause(&format!("pool of {pool}: "), error)) } else { refused(error) }
    })?;
    let (module, note) = module(&engine, bytes, bytes == MODULE)?;
    check_exports(|name| signature(module.get_export(name)?))?;
    let Some(ExternType::Memory(memory)) = module.get_export(exports::MEMORY) else {
        return Err(Error::Module(format!("no memory is exported as {}", exports::MEMORY).into()));
    };
    let memory_pages = memory.minimum();
    let place = |name| module.get_export_index(name).ok_or_else(|| Error::Module(format!("no export {name}").into()));
    let memory = place(exports::MEMORY)?;
    let functions = exports::EXPORTS.iter().map(|export| place(export.name)).collect::<Result<_, _>>()?;
    let linked = linker(&engine).and_then(|linker| linker.instantiate_pre(&module)).map_err(refused)?;
    Ok((Compiled { engine, linked, memory, functions, memory_pages, pool }, note))
}

/// Uses the machine code in this crate if it was compiled from these bytes.
fn module(engine: &Engine, bytes: &[u8], is_embedded: bool) -> Result<(Module, Option<String>), Error> {
    let note = match is_embedded.then(|| embedded::module(engine)) {
        Some(Ok(module)) => return Ok((module, None)),
        Some(Err(error)) => Some(format!("{error:#}")),
        None => None,
    };
    Ok((Module::new(engine, bytes).map_err(refused)?, note))
}

fn refused(error: wasmtime::Error) -> Error {
    Error::Module(cause("", error))
}

fn cause(before: &str, error: wasmtime::Error) -> Cause {
    Cause::of_any(format!("{before}{error:#}"), error.into_boxed_dyn_error())
}

fn kind(error: &wasmtime::Error) -> TrapKind {
    match error.downcast_ref() {
        Some(wasmtime::Trap::StackOverflow) => TrapKind::StackExhausted,
        Some(wasmtime::Trap::UnreachableCodeReached) => TrapKind::Unreachable,
        Some(wasmtime::Trap::MemoryOutOfBounds) => TrapKind::MemoryOutOfBounds,
        Some(wasmtime::Trap::TableOutOfBounds) => TrapKind::TableOutOfBounds,
        Some(wasmtime::Trap::IndirectCallToNull) => TrapKind::NullElement,
        Some(wasmtime::Trap::BadSignature) => TrapKind::SignatureMismatch,
        Some(wasmtime::Trap::IntegerOverflow) => TrapKind::IntegerOverflow,
        Some(wasmtime::Trap::IntegerDivisionByZero) => TrapKind::DivisionByZero,
        Some(wasmtime::Trap::BadConversionToInteger) => TrapKind::BadConversion,
        Some(wasmtime::Trap::OutOfFuel) => TrapKind::OutOfFuel,
        Some(wasmtime::Trap::Interrupt) => TrapKind::Interrupted,
        _ => TrapKind::Other,
    }
}

fn signature(export: ExternType) -> Option<(usize, usize)> {
    let ExternType::Func(function) = export else { return None };
    let all_i32 = function.params().chain(function.results()).all(|kind| matches!(kind, ValType::I32));
    all_i32.then_some((function.params().len(), function.results().len()))
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    define_imports!(linker);
    Ok(linker)
}

/// Runs one import over the caller's memory. In a start function there is no memory yet, so no pointer is valid.
fn import(mut caller: Caller<'_, State>, call: Call) -> Result<i32, wasmtime::Error> {
    let Some(memory) = caller.data().memory else { return Ok(OUTSIDE_MEMORY) };
    let (bytes, state) = memory.data_and_store_mut(&mut caller);
    imports::call(&mut state.host, Memory::new(bytes), call).map_err(wasmtime::Error::new)
}

impl Code for Compiled {
    fn memory_pages(&self) -> u64 {
        self.memory_pages
    }

    fn instantiate(&self, host: Host) -> Result<Box<dyn Guest>, Error> {
        let mut store = Store::new(&self.engine, State { host, memory: None });
        let instance = self.linked.instantiate(&mut store).map_err(|error| match error.downcast_ref() {
            Some(PoolConcurrencyLimitError { .. }) => Error::Pool(self.pool),
            None => refused(error),
        })?;
        let missing = || Error::Module("an export is not what it was".into());
        let memory = instance.get_module_export(&mut store, &self.memory).and_then(Extern::into_memory);
        let memory = memory.ok_or_else(missing)?;
        store.data_mut().memory = Some(memory);
        let functions = self.functions.iter().map(|function| {
            instance.get_module_export(&mut store, function).and_then(Extern::into_func).ok_or_else(missing)
        });
        let functions = functions.collect::<Result<Vec<_>, _>>()?;
        let compute = functions[export_index(COMPUTE)?].typed(&store).map_err(refused)?;
        Ok(Box::new(Running { store, memory, functions, compute }))
    }
}

impl Guest for Running {
    fn call(&mut self, export: &str, arguments: &[u32]) -> Result<i32, Error> {
        let trapped = |error: wasmtime::Error| Error::Trap(Trap::new(kind(&error), cause("", error)));
        if let (COMPUTE, &[pointer, length]) = (export, arguments) {
            return self.compute.call(&mut self.store, (pointer, length)).map_err(trapped);
        }
        let index = export_index(export)?;
        let arguments: Vec<Val> = arguments.iter().map(|argument| Val::I32(argument.cast_signed())).collect();
        let mut result = [Val::I32(0)];
        let results = &mut result[..usize::from(exports::EXPORTS[index].returns)];
        self.functions[index].call(&mut self.store, &arguments, results).map_err(trapped)?;
        Ok(result[0].i32().unwrap_or(0))
    }

    fn memory(&mut self) -> Memory<'_> {
        Memory::new(self.memory.data_mut(&mut self.store))
    }

    fn host(&mut self) -> &mut Host {
        &mut self.store.data_mut().host
    }

    fn into_host(self: Box<Self>) -> Host {
        self.store.into_data().host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_does_not_fit_is_compiled_anew() {
        let small = wat::parse_str(r#"(module (func (export "f")))"#).unwrap();
        let note = |engine: &Engine, is_embedded| module(engine, &small, is_embedded).unwrap().1;
        let engine = Engine::new(&settings::settings()).unwrap();
        assert_eq!((note(&engine, true), note(&engine, false)), (None, None));
        let other = Engine::new(settings::settings().epoch_interruption(true)).unwrap();
        assert!(note(&other, true).is_some_and(|note| note.contains("epoch interruption")));
        assert_eq!(note(&other, false), None);
    }
}
