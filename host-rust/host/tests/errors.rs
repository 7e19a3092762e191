//! The error behind an error is kept, and the text contains its words.
#![cfg(feature = "redb")]

use std::error::Error as _;
use std::io;

use cu_host::{AuditLog, Engine, Error, Instance, MODULE, MemoryStore, Module, Options, RedbStore};

/// The last error of the chain.
fn root<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    error.source().map_or(error, root)
}

#[test]
fn a_file_that_cannot_be_opened_keeps_the_systems_error() {
    let file = std::env::temp_dir().join("cu-no-such-folder").join("file");
    for error in [AuditLog::open(&file).err().unwrap(), RedbStore::open(&file).err().unwrap()] {
        let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        assert_eq!(source.map(io::Error::kind), Some(io::ErrorKind::NotFound), "{error:?}");
        assert_eq!(error.to_string(), format!("cannot open {}: {}", file.display(), source.unwrap()));
    }
}

#[test]
fn what_redb_says_is_kept_behind_the_words_for_it() {
    let file = std::env::temp_dir().join(format!("cu-errors-{}", std::process::id()));
    std::fs::write(&file, b"no database, but long enough to be read as one").unwrap();
    let error = RedbStore::open(&file).err().unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(error.to_string().ends_with("it is no redb database, or one whose creation was interrupted"), "{error}");
    assert!(error.source().is_some(), "{error:?}");
}

#[test]
fn what_an_engine_says_of_a_module_is_kept() {
    // The head of a module, its section, and a section that is not valid in any module.
    let section = b"\x02cu{\"version\":\"0\",\"abi\":1,\"features\":[]}";
    let bytes = [&b"\0asm\x01\0\0\0\0"[..], &[section.len() as u8], section, b"\x7f\0"].concat();
    for engine in Engine::ALL {
        let error = Module::with_engine(*engine, &bytes).err().unwrap();
        assert!(matches!(error, Error::Module(_)), "{error:?}");
        let source = error.source().expect("what the engine said");
        assert!(error.to_string().contains(&root(source).to_string()), "{error}: {source}");
    }
}

#[test]
fn an_option_that_is_too_large_is_named_with_its_value_and_the_limit() {
    let module = Module::new(MODULE).unwrap();
    let options = Options { memory: Some(u64::MAX), ..Options::default() };
    let error = Instance::new(&module, MemoryStore::default(), options).err().unwrap();
    assert!(matches!(error, Error::Option(_)));
    assert_eq!(error.to_string(), "memory is 18446744073709551615; it is 9223372036854775807 at most");
}
