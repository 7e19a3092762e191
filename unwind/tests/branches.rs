//! Small branch tables as comparisons: every selector takes the same branch as before.

mod support;

use support::{Run, assemble, assert_webassembly_1};
use unwind::{Options, Report, rewrite};
use wasmparser::{Operator, Parser, Payload};

/// A function that returns the number of the branch that a table of `targets` takes; 9 is the default.
fn module(targets: &str) -> String {
    format!(
        r#"
  (table 1 funcref)
  (func $raises (call $throw))
  (elem (i32.const 0) $raises)
  (func (export "way") (param i32) (result i32)
    (block $c (block $b (block $a (block $rest
      (br_table {targets} (local.get 0)))
      (return (i32.const 9)))
      (return (i32.const 1)))
      (return (i32.const 2)))
    (i32.const 3))
"#
    )
}

fn compared(body: &str, comparisons: usize) -> (Vec<u8>, Report) {
    let options = Options { comparisons, ..Options::default() };
    rewrite(&assemble(body), &options).expect("rewritten")
}

fn tables_in(wasm: &[u8]) -> usize {
    let bodies = Parser::new(0).parse_all(wasm).filter_map(|payload| match payload.expect("well formed") {
        Payload::CodeSectionEntry(body) => Some(body),
        _ => None,
    });
    bodies
        .flat_map(|body| body.get_operators_reader().expect("operators"))
        .filter(|operator| matches!(operator, Ok(Operator::BrTable { .. })))
        .count()
}

/// Every selector near the table and at the ends of the range goes where the table sends it.
fn assert_same_ways(targets: &str, comparisons: usize, replaced: usize) {
    let body = module(targets);
    let (wasm, report) = compared(&body, comparisons);
    assert_webassembly_1(&wasm);
    assert_eq!(report.tables_compared, replaced, "{targets}");
    assert_eq!(tables_in(&wasm), 1 - replaced, "{targets}");
    let (mut table, mut comparing) = (Run::of(&body), Run::start(&wasm));
    for selector in (-3..40).chain([i32::MIN, i32::MAX]) {
        let (wanted, found): (i32, i32) = (table.call("way", selector), comparing.call("way", selector));
        assert_eq!(found, wanted, "{targets}: selector {selector}");
    }
}

#[test]
fn single_entries_are_compared() {
    assert_same_ways("$a $rest", 3, 1);
    assert_same_ways("$rest $rest $a $rest $b $rest", 3, 1);
    assert_same_ways("$a $b $c $rest", 3, 1);
}

#[test]
fn a_run_of_entries_takes_one_comparison() {
    assert_same_ways("$rest $a $a $a $a $a $rest", 1, 1);
    assert_same_ways("$a $a $a $b $b $rest $c $c $rest", 3, 1);
}

#[test]
fn an_entry_like_the_default_takes_none() {
    assert_same_ways("$rest $rest $rest", 1, 1);
}

#[test]
fn a_table_that_needs_more_comparisons_than_allowed_stays() {
    assert_same_ways("$a $b $a $b $a $rest", 4, 0);
    assert_same_ways("$a $b $c $rest", 2, 0);
}

#[test]
fn without_the_option_no_table_changes() {
    let (wasm, report) = rewrite(&assemble(&module("$a $rest")), &Options::default()).expect("rewritten");
    assert_eq!((report.tables_compared, tables_in(&wasm)), (0, 1));
}
