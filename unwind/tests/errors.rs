//! Inputs that are refused, and what the message says.

mod support;

use support::{assemble, assemble_whole, refusal, rewritten};
use unwind::{Error, Flag, Options, StackPointer, rewrite};

const THROW: &str = r#"(import "unwind" "throw" (func $throw))"#;
const TRY: &str = r#"(import "unwind" "try" (func $try (param i32 i32 i32)))"#;
const REST: &str = "(memory 1) (table 1 funcref) (global (mut i32) (i32.const 0))";

fn assert_refused(text: &str, message: &str) {
    let error = refusal(&format!("(module {text})")).to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn bytes_that_are_no_module() {
    let error = rewrite(b"not a module", &Options::default()).expect_err("refused");
    assert!(matches!(error, Error::InvalidInput { .. }), "{error}");
}

#[test]
fn module_without_one_of_the_pseudo_functions() {
    assert_refused(&format!("{TRY} {REST}"), "does not import `throw`");
    assert_refused(&format!("{THROW} {REST}"), "does not import `try`");
}

#[test]
fn output_of_an_earlier_run() {
    let (output, _) = rewritten("(table 1 funcref)");
    let error = rewrite(&output, &Options::default()).expect_err("refused");
    assert_eq!(error, Error::MissingImport { name: "throw" });
    assert!(error.to_string().contains("rewritten before"), "{error}");
}

#[test]
fn pseudo_function_with_another_signature() {
    assert_refused(
        &format!(r#"(import "unwind" "throw" (func (param i64) (result f32))) {TRY} {REST}"#),
        "`unwind.throw` is () -> (); the input imports it as (i64) -> (f32)",
    );
    assert_refused(
        &format!(r#"{THROW} (import "unwind" "try" (func (param i32 i32))) {REST}"#),
        "`unwind.try` is (i32, i32, i32) -> (); the input imports it as (i32, i32) -> ()",
    );
    assert_refused(
        &format!(r#"{THROW} (import "unwind" "try" (global i32)) {REST}"#),
        "as something other than a function",
    );
}

#[test]
fn other_member_of_module_unwind() {
    assert_refused(
        &format!(r#"{THROW} {TRY} (import "unwind" "catch" (func)) {REST}"#),
        "the input also imports `catch`",
    );
}

#[test]
fn pseudo_function_imported_twice() {
    assert_refused(
        &format!(r#"{THROW} {TRY} (import "unwind" "throw" (func)) {REST}"#),
        "`unwind.throw` more than once",
    );
}

#[test]
fn pseudo_function_used_as_a_value() {
    let base = format!("{THROW} {TRY} {REST}");
    assert_refused(&format!("{base} (elem (i32.const 0) $throw)"), "`unwind.throw` can only be called");
    assert_refused(&format!("{base} (elem (i32.const 0) $try)"), "has it in the table");
    assert_refused(&format!("{base} (elem funcref (ref.func $try))"), "has it in the table");
    assert_refused(&format!(r#"{base} (export "raise" (func $throw))"#), "has it in its exports");
    assert_refused(&format!("{base} (start $throw)"), "has it in its start section");
}

#[test]
fn module_without_a_table() {
    assert_refused(&format!("{THROW} {TRY} (memory 1) (global (mut i32) (i32.const 0))"), "no table");
}

#[test]
fn module_without_a_stack_pointer() {
    let base = format!("{THROW} {TRY} (table 1 funcref)");
    assert_refused(&base, "name the shadow stack pointer");
    assert_refused(&format!("{base} (global i32 (i32.const 0))"), "name the shadow stack pointer");
    assert_refused(
        &format!("{base} (global $__stack_pointer i32 (i32.const 0))"),
        "global __stack_pointer is an immutable i32",
    );
    assert_refused(
        &format!("{base} (global $__stack_pointer (mut i64) (i64.const 0))"),
        "global __stack_pointer is a mutable i64",
    );
}

fn refused_with(options: &Options) -> String {
    let input = assemble("(table 1 funcref)");
    rewrite(&input, options).expect_err("refused").to_string()
}

#[test]
fn stack_pointer_asked_for_that_does_not_exist() {
    let named = StackPointer::Named("nothing".to_owned());
    for (stack_pointer, label) in [(named, "nothing"), (StackPointer::Index(7), "7")] {
        let message = refused_with(&Options { stack_pointer, ..Options::default() });
        assert_eq!(message, format!("the input has no global {label}"));
    }
}

#[test]
fn flag_at_an_address_that_cannot_hold_it() {
    for address in [2, 65_536, u32::MAX] {
        let message = refused_with(&Options { flag: Flag::Memory(address), ..Options::default() });
        assert!(message.contains(&format!("its address is {address}")), "{message}");
    }
    let flag = Flag::Memory(65_532);
    assert!(rewrite(&assemble("(table 1 funcref)"), &Options { flag, ..Options::default() }).is_ok());
}

#[test]
fn flag_in_the_memory_of_a_module_without_one() {
    let text = format!("(module {THROW} {TRY} (table 1 funcref) (global (mut i32) (i32.const 0)))");
    let options = Options { flag: Flag::Memory(0), ..Options::default() };
    assert_eq!(rewrite(&assemble_whole(&text), &options), Err(Error::NoMemory));
}

#[test]
fn instruction_beyond_webassembly_1() {
    let base = format!("{THROW} {TRY} {REST}");
    assert_refused(
        &format!("{base} (func (param i32) (result i32) (i32.extend8_s (local.get 0)))"),
        "the output is not WebAssembly 1.0: sign extension",
    );
    assert_refused(&format!("{base} (func $f (return_call $f))"), "tail call");
    assert_refused(&format!("{base} (func (drop (ref.null func)))"), "the output is not WebAssembly 1.0");
}
