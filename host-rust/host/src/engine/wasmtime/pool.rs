//! Memory that is set aside for instances.
//!
//! Invariant: the pool changes only where memory comes from, not the machine code.

use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

/// The process keeps memory below this address from one instance to the next, as far as an instance has used it: the
/// stack, static data, and the first part of the arena. A small script uses less.
const RESIDENT_BYTES: usize = 1024 * 1024;

/// Makes instances of an engine with that configuration take their memory from a pool of `instances` places.
pub fn set_aside(config: &mut Config, instances: u32) {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        .total_memories(instances)
        .total_tables(instances)
        // An unused place keeps the module's first memory, ready for the next instance.
        .max_unused_warm_slots(instances);
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        // Linux knows which pages an instance has used, so only these are restored.
        pool.pagemap_scan(Enabled::Yes).linear_memory_keep_resident(RESIDENT_BYTES);
    }
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
}
