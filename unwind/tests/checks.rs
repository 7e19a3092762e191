//! Which calls get a check, which get none, and what else the output contains.

mod support;

use support::{assemble, assemble_whole, assert_logs, assert_webassembly_1, rewritten};
use unwind::{Features, Flag, Options, Report, StackPointer, rewrite};
use wasmparser::{Parser, Payload};

const CALLEES: &str = r#"
  (table 8 funcref)
  (func $may (param i32) (if (local.get 0) (then (call $throw))))
  (func $may_give (param i32) (result i32) (call $may (local.get 0)) (i32.const 1))
  (func $never (call $throw) (unreachable))
  (func $calm (param i32))
"#;

/// The counts that the functions of `body` add to those of `CALLEES`.
fn added(body: &str) -> Report {
    let before = rewritten(CALLEES).1;
    let after = rewritten(&format!("{CALLEES} {body}")).1;
    Report {
        functions: after.functions - before.functions,
        may_raise: after.may_raise - before.may_raise,
        checks: after.checks - before.checks,
        checks_omitted: after.checks_omitted - before.checks_omitted,
        leaves: after.leaves - before.leaves,
        ..Report::default()
    }
}

fn assert_added(body: &str, checks: usize, checks_omitted: usize, leaves: usize) {
    let expected = Report { functions: 1, may_raise: 1, checks, checks_omitted, leaves, ..Report::default() };
    assert_eq!(added(body), expected, "{body}");
}

#[test]
fn call_in_the_middle_is_checked() {
    assert_added("(func (call $may (i32.const 1)) (call $log (i32.const 1)))", 1, 0, 0);
    assert_added("(func (result i32) (call $may (i32.const 1)) (i32.const 1))", 1, 0, 0);
    assert_added("(func (result i32) (i32.eqz (call $may_give (i32.const 1))))", 1, 0, 0);
}

#[test]
fn functions_that_cannot_raise_are_left_alone() {
    let untouched = Report { functions: 1, ..Report::default() };
    assert_eq!(added("(func (call $calm (i32.const 1)))"), untouched);
    assert_eq!(
        added("(func (call $try (i32.const 1) (i32.const 1) (i32.const 1)) (call $calm (i32.const 1)))"),
        untouched
    );
}

#[test]
fn indirect_call_is_checked_only_through_types_of_raising_functions_in_the_table() {
    let call = "(func (call_indirect (param i32) (i32.const 1) (i32.const 0)) (call $log (i32.const 1)))";
    let untouched = Report { functions: 1, ..Report::default() };
    assert_eq!(added(call), untouched, "no raising function in the table");
    assert_eq!(added(&format!("{call} (elem (i32.const 0) $calm $never)")), untouched);
    assert_added(&format!("{call} (elem (i32.const 0) $calm $may)"), 1, 0, 0);
}

#[test]
fn last_call_of_a_function_without_results_is_not_checked() {
    assert_added("(func (call $may (i32.const 1)))", 0, 1, 0);
    assert_added("(func (call $may (i32.const 1)) (return))", 0, 1, 0);
    assert_added("(func (drop (call $may_give (i32.const 1))))", 0, 1, 0);
    assert_added(
        "(func (if (i32.const 1) (then (call $may (i32.const 1))) (else (call $may (i32.const 0)))))",
        0,
        2,
        0,
    );
}

#[test]
fn last_call_that_gives_the_functions_results_is_not_checked() {
    assert_added("(func (result i32) (call $may_give (i32.const 1)))", 0, 1, 0);
    assert_added("(func (result i32) (return (call $may_give (i32.const 1))))", 0, 1, 0);
    assert_added("(func (result i32) (block (result i32) (br 1 (call $may_give (i32.const 1)))))", 0, 1, 0);
    assert_added("(func (result i32) (i32.const 9) (call $may_give (i32.const 1)) (return))", 0, 1, 0);
}

#[test]
fn last_call_that_gives_other_results_is_checked() {
    assert_added("(func (result i32) (i32.const 9) (drop (call $may_give (i32.const 1))))", 1, 0, 0);
    assert_added("(func (result i32) (local i32) (local.set 0 (call $may_give (i32.const 1))) (i32.const 1))", 1, 0, 0);
}

#[test]
fn call_at_the_end_of_a_loop_is_checked_if_the_loop_goes_on() {
    assert_added("(func (loop (call $may (i32.const 1))))", 0, 1, 0);
    assert_added("(func (loop (call $may (i32.const 1)) (br 0)))", 1, 0, 0);
}

#[test]
fn tail_that_gives_back_the_shadow_stack_needs_no_check() {
    let give_back = "(global.set $__stack_pointer (i32.add (local.get 0) (i32.const 16)))";
    assert_added(&format!("(func (local i32) (call $may (i32.const 1)) {give_back})"), 0, 1, 0);
    assert_added(
        &format!(
            "(func (result i32) (local i32 i32) (local.set 1 (call $may_give (i32.const 1))) \
             {give_back} (local.get 1))"
        ),
        0,
        1,
        0,
    );
}

#[test]
fn tail_with_another_effect_is_checked() {
    for effect in [
        "(i32.store (i32.const 8) (i32.const 1))",
        "(drop (i32.load (i32.const 8)))",
        "(global.set $other (i32.const 1))",
        "(call $calm (i32.const 1))",
    ] {
        let body = format!("(global $other (mut i32) (i32.const 0)) (func (call $may (i32.const 1)) {effect})");
        assert_added(&body, 1, 0, 0);
    }
}

#[test]
fn calls_that_never_return_leave_without_a_test() {
    assert_added("(func (result i32) (call $never) (unreachable))", 0, 0, 1);
    assert_added("(func (result i32) (call $never) (call $may (i32.const 1)) (i32.const 1))", 0, 0, 1);
    assert_added("(func (result i32) (call $throw) (i32.const 1))", 0, 0, 1);
}

#[test]
fn unreachable_alone_does_not_prove_that_a_call_never_returns() {
    assert_added("(func (call $may (i32.const 1)) (unreachable))", 1, 0, 0);
}

#[test]
fn function_with_any_path_to_a_return_can_return() {
    for way in [
        "(if (i32.load (i32.const 8)) (then (return)))",
        "(br_if 0 (i32.load (i32.const 8)))",
        "(block (br_table 0 1 (i32.load (i32.const 8))))",
    ] {
        let body = format!(
            "(func $perhaps {way} (call $throw) (unreachable)) \
             (func (result i32) (call $perhaps) (i32.const 1))"
        );
        assert_eq!(added(&body).checks, 1, "{way}");
    }
    let body = "(func $always (if (i32.load (i32.const 8)) (then (call $never)) (else (call $throw)))) \
                (func (result i32) (call $always) (i32.const 1))";
    assert_eq!(added(body).checks, 0);
}

#[test]
fn output_adds_no_import_and_no_export() {
    let (wasm, _) = rewritten(CALLEES);
    assert_webassembly_1(&wasm);
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload.expect("parsed") {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.expect("parsed");
                    imports.push(format!("{}.{}", import.module, import.name));
                }
            }
            Payload::ExportSection(section) => {
                exports.extend(section.into_iter().map(|export| export.expect("parsed").name));
            }
            _ => {}
        }
    }
    assert_eq!(imports, ["env.log"]);
    assert_eq!(exports, ["memory", "stack_pointer"]);
}

#[test]
fn same_input_gives_the_same_bytes() {
    let first = rewritten(CALLEES);
    for _ in 0..5 {
        assert_eq!(rewritten(CALLEES), first);
    }
}

#[test]
fn names_are_kept() {
    let input = assemble(CALLEES);
    let custom = |wasm: &[u8]| -> Vec<String> {
        Parser::new(0)
            .parse_all(wasm)
            .filter_map(|payload| match payload.expect("parsed") {
                Payload::CustomSection(section) => Some(section.name().to_owned()),
                _ => None,
            })
            .collect()
    };
    let (kept, report) = rewrite(&input, &Options::default()).expect("rewritten");
    assert!(custom(&kept).contains(&"name".to_owned()));
    assert_eq!(report.bytes_before, input.len());
    assert_eq!(report.bytes_after, kept.len());
}

/// A module whose second global is the shadow stack pointer.
fn two_globals(options: &Options) -> Vec<u8> {
    let text = r#"(module
      (import "unwind" "throw" (func $throw))
      (import "unwind" "try" (func $try (param i32 i32 i32)))
      (import "env" "log" (func $log (param i32)))
      (memory (export "memory") 1)
      (global $other (mut i32) (i32.const 5))
      (global $pointer (mut i32) (i32.const 1024))
      (table 1 funcref) (elem (i32.const 0) $body)
      (func $body (param i32 i32)
        (global.set $other (i32.const 6)) (global.set $pointer (i32.const 7)) (call $throw))
      (func (export "run")
        (call $try (i32.const 0) (i32.const 0) (i32.const 0))
        (call $log (global.get $other)) (call $log (global.get $pointer))))"#;
    rewrite(&assemble_whole(text), options).expect("rewritten").0
}

#[test]
fn stack_pointer_is_the_global_asked_for_or_the_first_that_can_be_one() {
    let restored = |stack_pointer: StackPointer| {
        let options = Options { stack_pointer, ..Options::default() };
        let mut run = support::Run::start(&two_globals(&options));
        run.call::<(), ()>("run", ());
        run.take_log()
    };
    assert_eq!(restored(StackPointer::Find), [5, 7]);
    assert_eq!(restored(StackPointer::Named("pointer".to_owned())), [6, 1024]);
    assert_eq!(restored(StackPointer::Index(1)), [6, 1024]);
}

#[test]
fn stack_pointer_is_found_by_its_usual_name_among_others() {
    let text = r#"
      (global $__other (mut i32) (i32.const 5))
      (table 1 funcref) (elem (i32.const 0) $body)
      (func $body (param i32 i32)
        (global.set $__other (i32.const 6))
        (global.set $__stack_pointer (i32.const 7)) (call $throw))
      (func (export "run") (param i32)
        (call $try (i32.const 0) (i32.const 0) (i32.const 0))
        (call $log (global.get $__other)))"#;
    assert_logs(text, 0, &[6]);
}

#[test]
fn lime1_output_may_return_several_results() {
    let body = "(func $pair (result i32 f64) (call $may (i32.const 1)) (i32.const 1) (f64.const 2))
      (func (export \"pair\") (result i32 f64) (call $pair) (drop) (f64.const 3))";
    let input = assemble(&format!("{CALLEES} {body}"));
    assert!(rewrite(&input, &Options::default()).is_err());
    let options = Options { features: Features::Lime1, flag: Flag::Global, ..Options::default() };
    let (wasm, report) = rewrite(&input, &options).expect("rewritten");
    assert_eq!(report.checks_omitted, 0);
    assert_eq!(support::Run::start(&wasm).call::<(), (i32, f64)>("pair", ()), (0, 0.0));
}
