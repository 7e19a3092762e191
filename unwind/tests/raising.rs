//! What a raise does, for every kind of code between it and the `try`.

mod support;

use support::{Run, assert_logs};

/// `run` tries `$body` and logs 100 after it.
const TRIES_BODY: &str = r#"
  (table 8 funcref)
  (elem (i32.const 1) $body)
  (func (export "run") (param i32)
    (call $try (i32.const 1) (local.get 0) (i32.const 7))
    (call $log (i32.const 100)))
"#;

fn assert_body_logs(body: &str, argument: i32, expected: &[i32]) {
    assert_logs(&format!("{TRIES_BODY} {body}"), argument, expected);
}

#[test]
fn body_without_raise_receives_its_arguments_and_runs_to_its_end() {
    let body = "(func $body (param i32 i32)
      (call $log (local.get 0)) (call $log (local.get 1))
      (if (i32.eqz (local.get 0)) (then (call $throw)))
      (call $log (i32.const 3)))";
    assert_body_logs(body, 5, &[5, 7, 3, 100]);
    assert_body_logs(body, 0, &[0, 7, 100]);
}

#[test]
fn direct_raise_skips_the_rest_of_the_body() {
    let body = "(func $body (param i32 i32)
      (call $log (i32.const 1)) (call $throw) (call $log (i32.const 2)))";
    assert_body_logs(body, 0, &[1, 100]);
}

#[test]
fn raise_passes_several_levels_of_calls() {
    let body = "
      (func $body (param i32 i32) (call $a) (call $log (i32.const 2)))
      (func $a (call $b) (call $log (i32.const 3)))
      (func $b (drop (call $c (i32.const 1))) (call $log (i32.const 4)))
      (func $c (param i32) (result i32)
        (call $log (i32.const 1)) (call $throw) (unreachable))";
    assert_body_logs(body, 0, &[1, 100]);
}

#[test]
fn raise_passes_an_indirect_call() {
    let body = "
      (elem (i32.const 2) $raises $calm)
      (type $one (func (param i32) (result i32)))
      (func $raises (type $one) (call $throw) (i32.const 1))
      (func $calm (type $one) (local.get 0))
      (func $body (param i32 i32)
        (call $log (call_indirect (type $one) (i32.const 9) (local.get 0)))
        (call $log (i32.const 2)))";
    assert_body_logs(body, 2, &[100]);
    assert_body_logs(body, 3, &[9, 2, 100]);
}

#[test]
fn raise_passes_a_call_through_a_type_declared_twice() {
    let body = "
      (type $first (func (param i64)))
      (type $second (func (param i64)))
      (elem (i32.const 2) $raises)
      (func $raises (type $first) (call $throw))
      (func $body (param i32 i32)
        (call_indirect (type $second) (i64.const 1) (i32.const 2))
        (call $log (i32.const 2)))";
    assert_body_logs(body, 0, &[100]);
}

#[test]
fn raise_from_the_depth_of_a_recursion_passes_all_of_it() {
    let body = "
      (func $body (param i32 i32)
        (call $log (call $descend (local.get 0)))
        (call $log (i32.const 2)))
      (func $descend (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (call $throw)))
        (i32.add (i32.const 1) (call $descend (i32.sub (local.get 0) (i32.const 1)))))";
    assert_body_logs(body, 100, &[100]);
}

#[test]
fn raise_passes_functions_that_call_each_other_in_a_circle() {
    let body = "
      (func $body (param i32 i32) (call $even (local.get 0)) (call $log (i32.const 2)))
      (func $even (param i32)
        (if (i32.eqz (local.get 0)) (then (return)))
        (call $odd (i32.sub (local.get 0) (i32.const 1)))
        (call $log (local.get 0)))
      (func $odd (param i32)
        (if (i32.eqz (local.get 0)) (then (call $throw)))
        (call $even (i32.sub (local.get 0) (i32.const 1)))
        (call $log (local.get 0)))";
    assert_body_logs(body, 3, &[100]);
    assert_body_logs(body, 2, &[1, 2, 2, 100]);
}

#[test]
fn raise_ends_a_loop_at_the_round_it_happens_in() {
    let body = "
      (func $body (param i32 i32) (local $i i32)
        (loop $again
          (call $log (local.get $i))
          (call $raise_if (i32.eq (local.get $i) (local.get 0)))
          (br_if $again (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                                  (i32.const 4))))
        (call $log (i32.const 50)))
      (func $raise_if (param i32) (if (local.get 0) (then (call $throw))))";
    assert_body_logs(body, 2, &[0, 1, 2, 100]);
    assert_body_logs(body, 9, &[0, 1, 2, 3, 50, 100]);
}

#[test]
fn raise_leaves_operands_of_every_type_behind() {
    let body = "
      (func $body (param i32 i32)
        (call $log (i32.add (i32.const 1) (i32.wrap_i64 (i64.add (i64.const 2)
          (i64.trunc_f32_s (f32.add (f32.const 3) (f32.demote_f64 (f64.add (f64.const 4)
            (call $four (local.get 0) (i64.const 1) (f32.const 2) (f64.const 3)))))))))))
      (func $four (param i32 i64 f32 f64) (result f64)
        (if (i32.eqz (local.get 0)) (then (call $throw)))
        (f64.add (local.get 3) (f64.promote_f32 (local.get 2))))";
    assert_body_logs(body, 1, &[15, 100]);
    assert_body_logs(body, 0, &[100]);
}

#[test]
fn raise_within_nested_blocks_loops_and_ifs_with_results_leaves_them_all() {
    let body = "
      (func $body (param i32 i32)
        (call $log (i32.add (i32.const 1)
          (block $out (result i32)
            (i32.mul (i32.const 2)
              (loop $l (result i32)
                (if (result i32) (i32.const 1)
                  (then (br_if $out (i32.const 40) (i32.eq (local.get 0) (i32.const 2)))
                        (i32.add (call $one (local.get 0))))
                  (else (i32.const 5))))))))
        (call $log (i32.const 2)))
      (func $one (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (call $throw)))
        (i32.const 1))";
    assert_body_logs(body, 0, &[100]);
    assert_body_logs(body, 1, &[83, 2, 100]);
    assert_body_logs(body, 2, &[41, 2, 100]);
}

#[test]
fn branch_to_the_functions_own_label_still_returns_its_operand() {
    let body = "
      (func $body (param i32 i32)
        (call $log (call $early (local.get 0)))
        (call $log (i32.const 2)))
      (func $early (param i32) (result i32)
        (block
          (br_if 0 (local.get 0))
          (br 1 (i32.const 77)))
        (call $raise_if (i32.eq (local.get 0) (i32.const 2)))
        (if (i32.eq (local.get 0) (i32.const 3)) (then (return (i32.const 88))))
        (i32.const 99))
      (func $raise_if (param i32) (if (local.get 0) (then (call $throw))))";
    assert_body_logs(body, 0, &[77, 2, 100]);
    assert_body_logs(body, 1, &[99, 2, 100]);
    assert_body_logs(body, 2, &[100]);
    assert_body_logs(body, 3, &[88, 2, 100]);
}

#[test]
fn inner_try_ends_the_raise_and_its_function_may_raise_again() {
    let body = "
      (elem (i32.const 2) $inner)
      (func $body (param i32 i32)
        (call $try (i32.const 2) (local.get 0) (i32.const 0))
        (call $log (i32.const 2))
        (if (i32.eq (local.get 0) (i32.const 1)) (then (call $throw)))
        (call $log (i32.const 3)))
      (func $inner (param i32 i32)
        (call $log (i32.const 1)) (call $throw) (call $log (i32.const 9)))";
    assert_body_logs(body, 0, &[1, 2, 3, 100]);
    assert_body_logs(body, 1, &[1, 2, 100]);
}

#[test]
fn tries_nest_as_deep_as_calls() {
    let body = "
      (func $body (param i32 i32)
        (call $log (local.get 0))
        (if (local.get 0) (then
          (call $try (i32.const 1) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))
          (call $log (i32.add (i32.const 10) (local.get 0)))))
        (call $throw)
        (call $log (i32.const 9)))";
    assert_body_logs(body, 3, &[3, 2, 1, 0, 11, 12, 13, 100]);
}

#[test]
fn try_restores_the_shadow_stack_only_when_it_must() {
    let body = "
      (func $body (param i32 i32) (local $frame i32)
        (global.set $__stack_pointer
          (local.tee $frame (i32.sub (global.get $__stack_pointer) (i32.const 16))))
        (call $log (global.get $__stack_pointer))
        (call $deeper (local.get 0))
        (call $log (global.get $__stack_pointer))
        (global.set $__stack_pointer (i32.add (local.get $frame) (i32.const 16))))
      (func $deeper (param i32)
        (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 32)))
        (if (i32.eqz (local.get 0)) (then (call $throw)))
        (global.set $__stack_pointer (i32.add (global.get $__stack_pointer) (i32.const 32))))";
    assert_body_logs(body, 0, &[1008, 100]);
    assert_body_logs(body, 1, &[1008, 1008, 100]);
}

#[test]
fn tail_calls_that_raise_pass_it_on_without_a_check() {
    let body = "
      (func $body (param i32 i32)
        (call $log (call $tail (local.get 0)))
        (call $log (i32.const 2)))
      (func $tail (param i32) (result i32)
        (if (result i32) (i32.eq (local.get 0) (i32.const 2))
          (then (call $one (i32.const 0)))
          (else (return (call $one (local.get 0))))))
      (func $one (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (call $throw)))
        (i32.const 1))";
    assert_body_logs(body, 0, &[100]);
    assert_body_logs(body, 1, &[1, 2, 100]);
    assert_body_logs(body, 2, &[100]);
}

#[test]
fn epilogue_after_a_raising_call_still_gives_back_the_shadow_stack() {
    let body = "
      (func $body (param i32 i32)
        (call $log (call $framed (local.get 0)))
        (call $log (global.get $__stack_pointer)))
      (func $framed (param i32) (result i32) (local $frame i32) (local $result i32)
        (global.set $__stack_pointer
          (local.tee $frame (i32.sub (global.get $__stack_pointer) (i32.const 16))))
        (local.set $result (call $one (local.get 0)))
        (global.set $__stack_pointer (i32.add (local.get $frame) (i32.const 16)))
        (local.get $result))
      (func $one (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (call $throw)))
        (i32.const 1))";
    assert_body_logs(body, 0, &[100]);
    assert_body_logs(body, 1, &[1, 1024, 100]);
}

#[test]
fn unreachable_after_a_call_that_may_return_still_traps() {
    let body = format!(
        "{TRIES_BODY}
        (func $body (param i32 i32) (call $raise_if (local.get 0)) (unreachable))
        (func $raise_if (param i32) (if (local.get 0) (then (call $throw))))"
    );
    let mut run = Run::of(&body);
    run.call::<i32, ()>("run", 1);
    assert_eq!(run.take_log(), [100]);
    assert!(run.try_call::<i32, ()>("run", 0).is_err());
}

#[test]
fn raise_that_no_try_meets_returns_zeros_of_every_type() {
    let body = r#"
      (table 1 funcref)
      (func $raise (call $throw) (unreachable))
      (func (export "i32") (result i32) (call $raise) (i32.const 1))
      (func (export "i64") (result i64) (call $raise) (i64.const 1))
      (func (export "f32") (param i32 i64) (result f32) (call $throw) (f32.const 1))
      (func (export "f64") (param f32 f64) (result f64) (call $throw) (local.get 1))
    "#;
    assert_eq!(Run::of(body).call::<(), i32>("i32", ()), 0);
    assert_eq!(Run::of(body).call::<(), i64>("i64", ()), 0);
    assert_eq!(Run::of(body).call::<(i32, i64), f32>("f32", (1, 2)).to_bits(), 0);
    assert_eq!(Run::of(body).call::<(f32, f64), f64>("f64", (1.0, 2.0)).to_bits(), 0);
}
