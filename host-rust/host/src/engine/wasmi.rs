//! The module on wasmi: interpreted, on any target, with its own stack.
//!
//! Invariant: these stack limits are far above the need of 200 nested C calls of Lua, so Lua's limit is met first.

use cu_abi::exports;
use wasmi::{
    Caller, CompilationMode, Config, Engine, ExternType, Func, Linker, Memory as LinearMemory, Module, Store, TrapCode,
    Val, ValType,
};

use super::code::{Code, Guest, check_exports, define_imports, export_index};
use crate::error::{Cause, Error, Trap, TrapKind};
use crate::imports::{self, Host};
use crate::memory::Memory;
use crate::replay::Call;
use crate::store::OUTSIDE_MEMORY;

/// Limit of nested calls in the module: Lua's 200 C calls need at most some 2,000.
const CALL_DEPTH: usize = 16_384;

/// Limit of the stack for values, in bytes; it grows on demand. Lua's 200 C calls take less than 256 KiB.
const STACK_BYTES: usize = 4 * 1024 * 1024;

/// What the imports find in the engine's store. The memory is set once the instance exists.
struct State {
    host: Host,
    memory: Option<LinearMemory>,
}

struct Compiled {
    engine: Engine,
    module: Module,
    linker: Linker<State>,
    memory_pages: u64,
}

struct Running {
    store: Store<State>,
    memory: LinearMemory,
    /// In the order of `EXPORTS`.
    functions: Vec<Func>,
}

/// Translates a module and checks everything that can be checked without an instance.
pub fn compile(bytes: &[u8]) -> Result<impl Code + use<>, Error> {
    let mut config = Config::default();
    config.set_max_recursion_depth(CALL_DEPTH).set_max_stack_height(STACK_BYTES);
    config.compilation_mode(CompilationMode::Eager);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, bytes).map_err(refused)?;
    check_exports(|name| signature(module.get_export(name)?))?;
    let Some(ExternType::Memory(memory)) = module.get_export(exports::MEMORY) else {
        return Err(Error::Module(format!("no memory is exported as {}", exports::MEMORY).into()));
    };
    let memory_pages = memory.minimum();
    let linker = linker(&engine).map_err(|error| Error::Module(Cause::of(error)))?;
    Ok(Compiled { engine, module, linker, memory_pages })
}

fn refused(error: wasmi::Error) -> Error {
    Error::Module(Cause::of(error))
}

fn kind(error: &wasmi::Error) -> TrapKind {
    match error.as_trap_code() {
        Some(TrapCode::StackOverflow) => TrapKind::StackExhausted,
        Some(TrapCode::UnreachableCodeReached) => TrapKind::Unreachable,
        Some(TrapCode::MemoryOutOfBounds) => TrapKind::MemoryOutOfBounds,
        Some(TrapCode::TableOutOfBounds) => TrapKind::TableOutOfBounds,
        Some(TrapCode::IndirectCallToNull) => TrapKind::NullElement,
        Some(TrapCode::BadSignature) => TrapKind::SignatureMismatch,
        Some(TrapCode::IntegerOverflow) => TrapKind::IntegerOverflow,
        Some(TrapCode::IntegerDivisionByZero) => TrapKind::DivisionByZero,
        Some(TrapCode::BadConversionToInteger) => TrapKind::BadConversion,
        Some(TrapCode::OutOfFuel) => TrapKind::OutOfFuel,
        _ => TrapKind::Other,
    }
}

fn signature(export: ExternType) -> Option<(usize, usize)> {
    let ExternType::Func(function) = export else { return None };
    let all_i32 = function.params().iter().chain(function.results()).all(|kind| *kind == ValType::I32);
    all_i32.then_some((function.params().len(), function.results().len()))
}

fn linker(engine: &Engine) -> Result<Linker<State>, wasmi::errors::LinkerError> {
    let mut linker = Linker::new(engine);
    define_imports!(linker);
    Ok(linker)
}

/// Runs one import over the caller's memory. In a start function there is no memory yet, so no pointer is valid.
fn import(mut caller: Caller<'_, State>, call: Call) -> Result<i32, wasmi::Error> {
    let Some(memory) = caller.data().memory else { return Ok(OUTSIDE_MEMORY) };
    let (bytes, state) = memory.data_and_store_mut(&mut caller);
    imports::call(&mut state.host, Memory::new(bytes), call).map_err(|stopped| wasmi::Error::new(stopped.to_string()))
}

impl Code for Compiled {
    fn memory_pages(&self) -> u64 {
        self.memory_pages
    }

    fn instantiate(&self, host: Host) -> Result<Box<dyn Guest>, Error> {
        let mut store = Store::new(&self.engine, State { host, memory: None });
        let instance = self.linker.instantiate_and_start(&mut store, &self.module).map_err(refused)?;
        let missing = |name| Error::Module(format!("no export {name}").into());
        let memory = instance.get_memory(&store, exports::MEMORY).ok_or_else(|| missing(exports::MEMORY))?;
        store.data_mut().memory = Some(memory);
        let functions = exports::EXPORTS
            .iter()
            .map(|export| instance.get_func(&store, export.name).ok_or_else(|| missing(export.name)))
            .collect::<Result<_, _>>()?;
        Ok(Box::new(Running { store, memory, functions }))
    }
}

impl Guest for Running {
    fn call(&mut self, export: &str, arguments: &[u32]) -> Result<i32, Error> {
        let index = export_index(export)?;
        let arguments: Vec<Val> = arguments.iter().map(|argument| Val::I32(argument.cast_signed())).collect();
        let mut result = [Val::I32(0)];
        let results = &mut result[..usize::from(exports::EXPORTS[index].returns)];
        let called = self.functions[index].call(&mut self.store, &arguments, results);
        called.map_err(|error| Error::Trap(Trap::new(kind(&error), Cause::of(error))))?;
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
