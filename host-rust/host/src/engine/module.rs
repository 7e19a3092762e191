//! A module that one of the engines of this build has compiled.
//!
//! Invariant: this is the only file that names engines.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::code::{Code, Guest};
#[cfg(feature = "wasmi")]
use super::wasmi;
#[cfg(feature = "wasmtime")]
use super::wasmtime;
use crate::embedded::MODULE;
use crate::error::Error;
use crate::imports::Host;
use crate::module_info::ModuleInfo;
use crate::replay::sha256;

/// The engines of this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Compiles to machine code.
    #[cfg(feature = "wasmtime")]
    Wasmtime,
    /// Interprets.
    #[cfg(feature = "wasmi")]
    Wasmi,
}

impl Engine {
    /// Every engine of this build, the default first.
    pub const ALL: &[Engine] = &[
        #[cfg(feature = "wasmtime")]
        Engine::Wasmtime,
        #[cfg(feature = "wasmi")]
        Engine::Wasmi,
    ];

    /// The name, as the command line takes it.
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "wasmtime")]
            Engine::Wasmtime => "wasmtime",
            #[cfg(feature = "wasmi")]
            Engine::Wasmi => "wasmi",
        }
    }

    /// The engine of that name, if this build has it.
    pub fn from_name(name: &str) -> Option<Engine> {
        Engine::ALL.iter().copied().find(|engine| engine.name() == name)
    }
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::ALL[0]
    }
}

/// How a module is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineOptions {
    /// The engine that runs it.
    pub engine: Engine,
    /// Number of instances whose memory is set aside, or 0. An instance then starts in less than half of the time, and
    /// its first compute takes a fifth; but if more instances exist at a time, [`Error::Pool`] is answered. Each takes
    /// 4 GiB of addresses, not of memory. wasmi has no pool: it makes as many instances as it is asked for.
    pub pool: u32,
}

impl From<Engine> for EngineOptions {
    fn from(engine: Engine) -> EngineOptions {
        EngineOptions { engine, ..EngineOptions::default() }
    }
}

/// The unit in which WebAssembly measures memory.
const PAGE_BYTES: usize = 65_536;

/// A compiled module. Clones share the code.
#[derive(Clone)]
pub struct Module {
    code: Arc<dyn Code>,
    info: Arc<ModuleInfo>,
    note: Option<Arc<str>>,
    file: Arc<File>,
}

/// The file of a module, by whose hash recordings name it.
struct File {
    bytes: Cow<'static, [u8]>,
    hash: OnceLock<[u8; 32]>,
}

impl File {
    fn of(bytes: &[u8]) -> File {
        let bytes = if bytes == MODULE { Cow::Borrowed(MODULE) } else { Cow::Owned(bytes.to_vec()) };
        File { bytes, hash: OnceLock::new() }
    }
}

impl Module {
    /// Compiles a module for the default engine. For [`MODULE`](crate::MODULE), Wasmtime uses the machine code that was
    /// compiled with this crate.
    pub fn new(bytes: &[u8]) -> Result<Module, Error> {
        Module::with_engine(Engine::default(), bytes)
    }

    /// The module in this crate, [`MODULE`](crate::MODULE), for the default engine. The first call prepares it, which takes
    /// milliseconds or, without its machine code, half a second; all others share it.
    pub fn embedded() -> Result<Module, Error> {
        static SHARED: OnceLock<Result<Module, Error>> = OnceLock::new();
        SHARED.get_or_init(|| Module::new(MODULE)).clone()
    }

    /// Compiles a module for one engine.
    pub fn with_engine(engine: Engine, bytes: &[u8]) -> Result<Module, Error> {
        Module::with_options(engine.into(), bytes)
    }

    /// Compiles a module for an engine with these options.
    pub fn with_options(options: EngineOptions, bytes: &[u8]) -> Result<Module, Error> {
        let info = Arc::new(ModuleInfo::read(bytes)?);
        let (code, note): (Arc<dyn Code>, Option<String>) = match options.engine {
            #[cfg(feature = "wasmtime")]
            Engine::Wasmtime => {
                let (code, note) = wasmtime::compile(bytes, options.pool)?;
                (Arc::new(code), note)
            }
            #[cfg(feature = "wasmi")]
            Engine::Wasmi => (Arc::new(wasmi::compile(bytes)?), None),
        };
        Ok(Module { code, info, note: note.map(Into::into), file: Arc::new(File::of(bytes)) })
    }

    /// The module's description of itself: its version and the parts that are built in.
    pub fn info(&self) -> &ModuleInfo {
        &self.info
    }

    /// Why [`MODULE`](crate::MODULE) was compiled now, half a second of work, although this crate has machine code of
    /// it: for example, the CPU is too old.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// SHA-256 of the file.
    pub(crate) fn hash(&self) -> [u8; 32] {
        *self.file.hash.get_or_init(|| sha256(&self.file.bytes))
    }

    /// Bytes of an instance's memory: the module never grows it.
    pub fn memory_bytes(&self) -> usize {
        usize::try_from(self.code.memory_pages()).unwrap_or(usize::MAX).saturating_mul(PAGE_BYTES)
    }

    pub(crate) fn instantiate(&self, host: Host) -> Result<Box<dyn Guest>, Error> {
        self.code.instantiate(host)
    }
}
