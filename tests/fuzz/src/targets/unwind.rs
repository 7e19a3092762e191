//! Modules for the link step: it refuses, or what comes out is WebAssembly 1.0 that imports nothing of its own. And the Rust
//! host finds as many sections of its own name in a module as are there.

use cu_host::{Error, ModuleInfo};
use unwind::{Flag, Options, rewrite};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

pub fn run(module: &[u8]) {
    // What is no module is refused by the parser that it is built on, whose faults these are not.
    if Validator::new_with_features(WasmFeatures::WASM1).validate_all(module).is_err() {
        return;
    }
    check_sections(module);
    for flag in [Flag::Global, Flag::Memory(0)] {
        let options = Options { flag, comparisons: 4, ..Options::default() };
        let Ok((output, report)) = rewrite(module, &options) else { continue };
        assert_eq!((report.bytes_before, report.bytes_after), (module.len(), output.len()));
        Validator::new_with_features(WasmFeatures::WASM1).validate_all(&output).expect("valid WebAssembly 1.0");
        for payload in Parser::new(0).parse_all(&output) {
            let Payload::ImportSection(imports) = payload.expect("it was valid") else { continue };
            for import in imports.into_imports() {
                assert_ne!(import.expect("it was valid").module, "unwind");
            }
        }
    }
}

fn check_sections(module: &[u8]) {
    let payloads = Parser::new(0).parse_all(module).map(|payload| payload.expect("it was valid"));
    let named =
        |payload: &Payload<'_>| matches!(payload, Payload::CustomSection(section) if section.name() == cu_abi::SECTION);
    let found = payloads.filter(named).count();
    let Err(Error::Module(cause)) = ModuleInfo::read(module) else {
        assert_eq!(found, 1);
        return;
    };
    let problem = cause.to_string();
    match found {
        0 => assert!(problem.starts_with("it has no section"), "{problem}"),
        1 => assert!(problem.starts_with("its section"), "{problem}"),
        _ => assert_eq!(problem, format!("it has {found} sections '{}'", cu_abi::SECTION)),
    }
}
