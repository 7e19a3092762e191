//! The imports as the linker sees them (wasm32). Names and signatures: `abi/src/imports.rs`.

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    pub fn js_ext_table_set(table: u32, key: *const u8, key_length: usize, value: *const u8, length: usize) -> i32;
    pub fn js_ext_table_get(table: u32, key: *const u8, key_length: usize, value: *mut u8, room: usize) -> i32;
    pub fn js_ext_table_delete(table: u32, key: *const u8, key_length: usize) -> i32;
    pub fn js_ext_table_size(table: u32) -> i32;
    pub fn js_ext_table_keys(table: u32, buffer: *mut u8, room: usize) -> i32;
}
