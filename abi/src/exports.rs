//! Names and signatures of the 11 exported functions, as data. The only other export is `memory`.

use crate::Function;

/// Name of the exported linear memory.
pub const MEMORY: &str = "memory";

/// The exported functions, in the order of the documentation.
pub const EXPORTS: [Function; 11] = [
    Function {
        name: "init",
        parameters: &[],
        returns: true,
        meaning: "create the VM: 0, also when it exists already; -1 when it cannot",
    },
    Function {
        name: "compute",
        parameters: &["code_ptr", "code_len"],
        returns: true,
        meaning: "run Lua source, or a call record; n >= 0: response of n bytes, n < 0: error text of -n - 1 bytes, in the I/O buffer",
    },
    Function {
        name: "get_buffer_ptr",
        parameters: &[],
        returns: true,
        meaning: "address of the I/O buffer: constant, 16-byte aligned",
    },
    Function { name: "get_buffer_size", parameters: &[], returns: true, meaning: "size of the I/O buffer in bytes" },
    Function {
        name: "get_memory_stats",
        parameters: &["stats_ptr"],
        returns: false,
        meaning: "write {u32 io_buffer_size, u32 lua_memory_used, u32 wasm_pages}",
    },
    Function {
        name: "run_gc",
        parameters: &[],
        returns: false,
        meaning: "full collection, then free external tables that nothing reaches",
    },
    Function {
        name: "attach_memory_table",
        parameters: &["table_id"],
        returns: false,
        meaning: "make that external table _home",
    },
    Function { name: "get_memory_table_id", parameters: &[], returns: true, meaning: "id of _home, 0 before init" },
    Function {
        name: "sync_external_table_counter",
        parameters: &["next_id"],
        returns: false,
        meaning: "never hand out a table id below this one",
    },
    Function {
        name: "set_memory_alias_enabled",
        parameters: &["enabled"],
        returns: false,
        meaning: "switch the legacy global Memory on (default) or off",
    },
    Function {
        name: "lua_alloc",
        parameters: &["ud", "ptr", "osize", "nsize"],
        returns: true,
        meaning: "Lua's allocator contract: allocate, resize or free a block of the arena; 0 when it cannot",
    },
];
