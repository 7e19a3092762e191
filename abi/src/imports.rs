//! Names and signatures of the 5 imported functions, as data. The module imports nothing else.

use crate::Function;

/// Module name of every import.
pub const MODULE: &str = "env";

/// The imported functions, in the order of the documentation.
pub const IMPORTS: [Function; 5] = [
    Function {
        name: "js_ext_table_set",
        parameters: &["table", "key_ptr", "key_len", "val_ptr", "val_len"],
        returns: true,
        meaning: "store: 0, or < 0 when refused",
    },
    Function {
        name: "js_ext_table_get",
        parameters: &["table", "key_ptr", "key_len", "val_ptr", "max_len"],
        returns: true,
        meaning: "copy the value when it fits; its full length, -1 absent, < -1 host failure",
    },
    Function {
        name: "js_ext_table_delete",
        parameters: &["table", "key_ptr", "key_len"],
        returns: true,
        meaning: "0 whether or not the key was there; < 0 host failure",
    },
    Function {
        name: "js_ext_table_size",
        parameters: &["table"],
        returns: true,
        meaning: "number of keys; 0 for an unknown table",
    },
    Function {
        name: "js_ext_table_keys",
        parameters: &["table", "buf_ptr", "max_len"],
        returns: true,
        meaning: "one page of keys in byte order: bytes written, 0 no more, < 0 failure",
    },
];
