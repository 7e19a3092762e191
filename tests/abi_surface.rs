//! The exports and imports are exactly those of `abi`. The file is WebAssembly 1.0 plus mutable globals, its memory
//! cannot grow, and its custom section describes it.

use cu_abi::{exports, imports};
use cu_host::MODULE;
use wasmparser::{ExternalKind, Parser, Payload, TypeRef, Validator, WasmFeatures};

/// Functions of the type section, as (parameters, results), all of them i32.
fn signatures() -> Vec<Option<(usize, usize)>> {
    let mut all = Vec::new();
    for payload in Parser::new(0).parse_all(MODULE) {
        if let Ok(Payload::TypeSection(section)) = payload {
            for function in section.into_iter_err_on_gc_types() {
                let function = function.expect("a function type");
                let i32_only = |types: &[wasmparser::ValType]| types.iter().all(|t| *t == wasmparser::ValType::I32);
                let plain = i32_only(function.params()) && i32_only(function.results());
                all.push(plain.then_some((function.params().len(), function.results().len())));
            }
        }
    }
    all
}

#[test]
fn the_file_is_webassembly_1_with_mutable_globals_only() {
    let features = WasmFeatures::MUTABLE_GLOBAL | WasmFeatures::FLOATS | WasmFeatures::GC_TYPES;
    Validator::new_with_features(features).validate_all(MODULE).expect("valid at WebAssembly 1.0");
}

#[test]
fn imports_are_those_of_the_contract() {
    let signatures = signatures();
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(MODULE) {
        if let Ok(Payload::ImportSection(section)) = payload {
            for import in section.into_imports() {
                let import = import.expect("an import");
                let TypeRef::Func(index) = import.ty else { panic!("{} is no function", import.name) };
                assert_eq!(import.module, imports::MODULE);
                found.push((import.name.to_owned(), signatures[index as usize].expect("i32 only")));
            }
        }
    }
    let mut wanted: Vec<_> = imports::IMPORTS
        .iter()
        .map(|import| (import.name.to_owned(), (import.parameters.len(), usize::from(import.returns))))
        .collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn exports_are_those_of_the_contract() {
    let mut signature_of = Vec::new();
    let mut imported = 0;
    let mut found = Vec::new();
    let signatures = signatures();
    for payload in Parser::new(0).parse_all(MODULE) {
        match payload.expect("well formed") {
            Payload::ImportSection(section) => imported = section.into_imports().count(),
            Payload::FunctionSection(section) => signature_of.extend(section.into_iter().flatten()),
            Payload::ExportSection(section) => {
                for export in section.into_iter().flatten() {
                    let shape = match export.kind {
                        ExternalKind::Func => signatures[signature_of[export.index as usize - imported] as usize],
                        ExternalKind::Memory => None,
                        other => panic!("{} is exported as {other:?}", export.name),
                    };
                    found.push((export.name.to_owned(), shape));
                }
            }
            _ => {}
        }
    }
    let mut wanted: Vec<_> = exports::EXPORTS
        .iter()
        .map(|export| (export.name.to_owned(), Some((export.parameters.len(), usize::from(export.returns)))))
        .collect();
    wanted.push((exports::MEMORY.to_owned(), None));
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn memory_is_declared_with_its_maximum_and_nothing_runs_at_instantiation() {
    for payload in Parser::new(0).parse_all(MODULE) {
        match payload.expect("well formed") {
            Payload::MemorySection(section) => {
                for memory in section.into_iter().flatten() {
                    assert_eq!(memory.maximum, Some(memory.initial), "memory could grow");
                    let least = (cu_abi::limits::ARENA_BYTES + cu_abi::limits::IO_BUFFER_BYTES) as u64 / 65_536;
                    assert!((least..=64).contains(&memory.initial), "{} pages", memory.initial);
                }
            }
            Payload::StartSection { .. } => panic!("a start function runs before the host is ready"),
            _ => {}
        }
    }
}

#[test]
fn the_only_custom_section_is_the_last_and_describes_the_file() {
    let payloads: Vec<_> = Parser::new(0).parse_all(MODULE).map(|payload| payload.expect("well formed")).collect();
    let custom = payloads.iter().filter(|payload| matches!(payload, Payload::CustomSection(_)));
    assert_eq!(custom.count(), 1);
    let [.., Payload::CustomSection(section), Payload::End(_)] = &payloads[..] else { panic!("{:?}", payloads.last()) };
    assert_eq!(section.name(), cu_abi::SECTION);
    let text = std::str::from_utf8(section.data()).expect("UTF-8");
    let (version, abi) = (env!("CARGO_PKG_VERSION"), cu_abi::ABI_VERSION);
    // Every letter is compared, so that tools can find the text with a regular expression.
    assert_eq!(text, format!(r#"{{"version":"{version}","abi":{abi},"features":["bigint","data","deflate"]}}"#));
}
