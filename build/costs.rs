//! The constants of `lua/costs.h` for Rust, so that C and Rust charge by the same table.

use std::path::Path;

/// Writes `costs.rs`: a constant for each line `#define CU_NAME NUMBER /* what */`.
pub fn write(out_dir: &Path) {
    let text = std::fs::read_to_string("lua/costs.h").expect("lua/costs.h is readable");
    let constants: String = text.lines().filter_map(constant).collect();
    assert!(!constants.is_empty(), "lua/costs.h has no line '#define CU_NAME NUMBER /* what */'");
    std::fs::write(out_dir.join("costs.rs"), constants).expect("OUT_DIR is writable");
}

fn constant(line: &str) -> Option<String> {
    let rest = line.strip_prefix("#define CU_")?;
    let (name, rest) = rest.split_once(char::is_whitespace)?;
    let (number, comment) = rest.trim().split_once(char::is_whitespace)?;
    let what = comment.trim().strip_prefix("/* ")?.strip_suffix(" */")?;
    let number: usize = number.parse().ok()?;
    let name = name.strip_prefix("COST_").unwrap_or(name);
    Some(format!(
        "#[doc = {what:?}]\n#[allow(dead_code, reason = \"some are for C alone\")]\npub const {name}: usize = {number};\n"
    ))
}
