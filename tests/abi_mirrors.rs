//! The C, JavaScript, Go and Python mirrors are exactly what `abi` prints.

use std::process::Command;

use cu_tests as common;

fn printed(language: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--package", "cu-abi", "--bin", "mirror", "--", language])
        .current_dir(common::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn committed_mirrors_are_what_abi_prints() {
    for (language, file) in
        [("c", "abi/cu.h"), ("js", "host-js/abi.js"), ("go", "host-go/abi.go"), ("python", "host-python/cu/abi.py")]
    {
        let committed = std::fs::read_to_string(common::root().join(file)).expect("the mirror is readable");
        assert_eq!(committed, printed(language), "{file} differs: run `make mirrors`");
    }
}
