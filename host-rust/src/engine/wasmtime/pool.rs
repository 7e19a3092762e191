//! Memory that is set aside for instances.
//!
//! Invariant: only how memory is had depends on it, not the machine code.

use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

/// What lies below this address in linear memory stays in use by the process from one instance to the next, as far as an
/// instance has used it: the stack, static data, and the first of the arena. More than a small script takes.
const RESIDENT_BYTES: usize = 1024 * 1024;

/// Makes instances of an engine with that configuration take their memory from a pool of so many places.
pub fn set_aside(config: &mut Config, instances: u32) {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances)
        .total_memories(instances)
        .total_tables(instances)
        // A place that is not used keeps the module's memory as it begins, ready to be used again.
        .max_unused_warm_slots(instances);
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        // Linux tells which pages an instance has used: only these are made as they were.
        pool.pagemap_scan(Enabled::Yes).linear_memory_keep_resident(RESIDENT_BYTES);
    }
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
}
