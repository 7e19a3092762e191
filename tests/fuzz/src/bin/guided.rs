//! libFuzzer over the target that CU_FUZZ_TARGET names; or nothing but the seeds of all, into the folder that CU_FUZZ_SEEDS
//! names. `run.sh` builds and starts it.
#![no_main]

use std::sync::LazyLock;

static TARGET: LazyLock<cu_fuzz::Target> = LazyLock::new(|| {
    let name = std::env::var("CU_FUZZ_TARGET").expect("CU_FUZZ_TARGET names a target");
    cu_fuzz::target(&name).unwrap_or_else(|| panic!("CU_FUZZ_TARGET: there is no target '{name}'"))
});

libfuzzer_sys::fuzz_target!(
    init: {
        if let Some(folder) = std::env::var_os("CU_FUZZ_SEEDS") {
            cu_fuzz::seeds::write_all(folder.as_ref());
            std::process::exit(0);
        }
    },
    |bytes: &[u8]| TARGET(bytes)
);
