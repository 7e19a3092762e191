//! A module's description of itself: it is shown, and a module that does not state the host's version is refused by
//! every engine alike, before any of its code is compiled.

use cu_abi::{ABI_VERSION, SECTION};
use cu_host::{Engine, Error, MODULE, Module, ModuleInfo};

/// The stand-in with these sections in place of the one named `cu`.
fn with_sections(contents: &[&[u8]]) -> Vec<u8> {
    let wat = include_str!("stand_in.wat").replace("(@custom \"cu\"", "(@custom \"other\"");
    let mut bytes = wat::parse_str(wat).unwrap();
    for content in contents {
        let content = [&[SECTION.len() as u8], SECTION.as_bytes(), content].concat();
        let length = u16::try_from(content.len()).unwrap();
        assert!(length < 1 << 14);
        // LEB128 in two bytes.
        bytes.extend([0, length as u8 | 0x80, (length >> 7) as u8]);
        bytes.extend(content);
    }
    bytes
}

/// The answer of every engine to the module, which is also the answer without an engine.
fn read(bytes: &[u8]) -> Result<ModuleInfo, Error> {
    let info = ModuleInfo::read(bytes);
    for engine in Engine::ALL {
        assert_eq!(Module::with_engine(*engine, bytes).map(|module| module.info().clone()), info, "{}", engine.name());
    }
    info
}

fn texts(list: &serde_json::Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn the_section_is_read_or_refused_as_the_vectors_say() {
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../abi/vectors/section.json")).unwrap();
    assert!(vectors.len() > 40);
    for vector in &vectors {
        let content =
            vector["text"].as_str().map_or_else(|| bytes_of(vector["hex"].as_str().unwrap()), |text| text.into());
        let expected = if let Some(problem) = vector["problem"].as_str() {
            Err(Error::Module(format!("its section 'cu' {problem}").into()))
        } else if let Some(abi) = vector["abi"].as_u64() {
            Err(Error::Version { host: ABI_VERSION, module: abi })
        } else {
            let says = &vector["says"];
            let version = says["version"].as_str().unwrap().to_owned();
            let (features, flags) = (texts(&says["features"]), texts(&says["flags"]));
            Ok(ModuleInfo { version, abi: ABI_VERSION, features, flags })
        };
        assert_eq!(read(&with_sections(&[&content])), expected, "{}", vector["name"]);
    }
}

#[test]
fn both_versions_are_named() {
    let later = read(&with_sections(&[br#"{"version":"1.0.0","abi":2,"features":[]}"#])).unwrap_err();
    assert_eq!(later.to_string(), "this host speaks version 1 of the contract, the module version 2");
}

#[test]
fn a_module_without_the_section_or_with_two_of_them_is_refused() {
    let message = |contents| read(&with_sections(contents)).unwrap_err().to_string();
    let one: &[u8] = br#"{"version":"0.1.0","abi":1,"features":[]}"#;
    assert!(read(&with_sections(&[one])).is_ok());
    assert_eq!(
        message(&[]),
        "not a module of this contract: it has no section 'cu', in which it says its version; this host speaks version 1 of the \
         contract"
    );
    assert_eq!(message(&[one, one]), "not a module of this contract: it has 2 sections 'cu'");
}

#[test]
fn the_version_is_the_reason_also_where_more_does_not_fit() {
    let only = wat::parse_str(r#"(module (@custom "cu" "{\22abi\22:2}"))"#).unwrap();
    assert_eq!(read(&only), Err(Error::Version { host: ABI_VERSION, module: 2 }));
}

#[test]
fn what_is_no_webassembly_is_refused() {
    for bytes in [&b""[..], b"\0asm", b"\0asm\x02\0\0\0", b"<!doctype html>", b"return 1"] {
        assert_eq!(read(bytes), Err(Error::Module("it is no WebAssembly".into())));
    }
}

#[test]
fn the_embedded_module_says_what_it_is() {
    let info = read(MODULE).unwrap();
    assert_eq!((info.version.as_str(), info.abi), (env!("CARGO_PKG_VERSION"), ABI_VERSION));
    assert_eq!(
        (info.features, info.flags),
        (vec!["bigint".to_owned(), "data".to_owned(), "deflate".to_owned()], Vec::new())
    );
}
