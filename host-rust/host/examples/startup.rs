//! What it costs in Wasmtime to have an instance of the module and to call into it: for the benchmarks, beside
//! tests/bench/startup.mjs, and by the same exports.
//!
//! Prints a list of objects as JSON: each of Wasmtime's allocators of instances, and medians in microseconds of a new
//! instance with its Lua state and of a compute of `return 1`. The pooling allocator keeps the memories of instances that
//! have ended for the next ones; a host that has many short instances turns it on.

use cu_host::MODULE;
use timing::median;
use wasmtime::{
    Enabled, Engine, InstanceAllocationStrategy, InstancePre, Linker, Memory, Module, PoolingAllocationConfig, Result,
    Store, TypedFunc,
};

#[path = "../src/engine/wasmtime/settings.rs"]
mod settings;
mod timing;

/// Runs that are not counted, and runs.
const STARTS: (usize, usize) = (50, 200);
const CALLS: (usize, usize) = (5_000, 20_000);
const CODE: &[u8] = b"return 1";

/// Memories in the pool, of which one is in use at a time.
const POOLED: u32 = 16;
/// More than a state writes until it is there.
const KEPT_BYTES: usize = 512 << 10;

fn main() -> Result<()> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_memories(POOLED).total_core_instances(POOLED).total_tables(POOLED);
    // Pages that were written are wiped in place, up to this many bytes, so that the next instance finds them there. An
    // operating system that cannot say which they are has the first bytes of the memory wiped.
    pool.pagemap_scan(Enabled::Auto).linear_memory_keep_resident(KEPT_BYTES);
    let allocators =
        [("on demand", InstanceAllocationStrategy::OnDemand), ("pooling", InstanceAllocationStrategy::Pooling(pool))];
    let records = allocators.map(|(name, strategy)| {
        let (start, call) = measure(strategy)?;
        Ok(format!(r#"{{"allocator":"{name}","startMicroseconds":{start:.3},"callMicroseconds":{call:.3}}}"#))
    });
    println!("[{}]", records.into_iter().collect::<Result<Vec<_>>>()?.join(","));
    Ok(())
}

fn measure(strategy: InstanceAllocationStrategy) -> Result<(f64, f64)> {
    let engine = Engine::new(settings::settings().allocation_strategy(strategy))?;
    let linked = linker(&engine)?.instantiate_pre(&Module::new(&engine, MODULE)?)?;
    let start = median(STARTS, || start(&linked).map(drop))?;
    let mut state = self::start(&linked)?;
    Ok((start, median(CALLS, || state.compute())?))
}

/// A host that keeps nothing: every table is empty, every write is accepted.
fn linker(engine: &Engine) -> Result<Linker<()>> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("env", "js_ext_table_set", |_: i32, _: i32, _: i32, _: i32, _: i32| 0)?;
    linker.func_wrap("env", "js_ext_table_get", |_: i32, _: i32, _: i32, _: i32, _: i32| -1)?;
    linker.func_wrap("env", "js_ext_table_delete", |_: i32, _: i32, _: i32| 0)?;
    linker.func_wrap("env", "js_ext_table_size", |_: i32| 0)?;
    linker.func_wrap("env", "js_ext_table_keys", |_: i32, _: i32, _: i32| 0)?;
    Ok(linker)
}

struct State {
    store: Store<()>,
    memory: Memory,
    buffer: usize,
    compute: TypedFunc<(u32, u32), i32>,
}

fn start(linked: &InstancePre<()>) -> Result<State> {
    let mut store = Store::new(linked.module().engine(), ());
    let instance = linked.instantiate(&mut store)?;
    let status = instance.get_typed_func::<(), i32>(&mut store, "init")?.call(&mut store, ())?;
    assert_eq!(status, 0, "init answers {status}");
    let buffer = instance.get_typed_func::<(), u32>(&mut store, "get_buffer_ptr")?.call(&mut store, ())?;
    let memory = instance.get_memory(&mut store, "memory").expect("the module exports its memory");
    let compute = instance.get_typed_func(&mut store, "compute")?;
    Ok(State { store, memory, buffer: buffer as usize, compute })
}

impl State {
    /// One whole exchange: the code into the buffer, the call, a look at the answer.
    fn compute(&mut self) -> Result<()> {
        self.memory.data_mut(&mut self.store)[self.buffer..][..CODE.len()].copy_from_slice(CODE);
        let length = self.compute.call(&mut self.store, (self.buffer as u32, CODE.len() as u32))?;
        assert!(length >= 0, "compute answers {length}");
        Ok(())
    }
}
