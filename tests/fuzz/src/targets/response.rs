//! What a module answers to the Rust host, and asks of it: an error or a value, no panic, and the instance lives.

use std::sync::LazyLock;

use cu_host::module_info::ModuleInfo;
use cu_host::{Engine, Instance, MemoryStore, Module, Options, ReadOptions};

static MODULE: LazyLock<Module> = LazyLock::new(|| {
    let bytes = wat::parse_str(include_str!("../../../../host-rust/host/tests/stand_in.wat"))
        .expect("the stand-in is a module");
    Module::with_engine(Engine::Wasmi, &bytes).expect("it compiles")
});

/// The stand-in does what the first byte says: answers the rest, as values or an error, or calls an import.
pub fn run(bytes: &[u8]) {
    let _ = ModuleInfo::read(bytes);
    if !matches!(bytes.first(), Some(b'R' | b'E' | b'N' | b'I')) {
        return;
    }
    let mut instance = Instance::new(&MODULE, MemoryStore::default(), Options::default()).expect("it starts");
    if let Ok(response) = instance.compute(bytes) {
        for value in &response.values {
            let _ = instance.read(value, ReadOptions { depth: 3, limit: 1000 }).map(|tables| tables.to_string());
        }
    }
    assert!(!instance.is_dead());
    assert_eq!(instance.compute("S").expect("it works on").value().as_i64(), Some(2));
}
