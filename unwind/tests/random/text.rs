//! A program as WebAssembly text.
//!
//! Table slot `i` holds function `i`; slot `BODIES + i` holds the body that a `try` of it runs.

use crate::program::{Call, Condition, DEEPEST, End, Function, Gives, Program, Step};
use std::fmt::Write;

const BODIES: usize = 32;

/// The part of a test module after the prelude.
pub fn of(program: &Program) -> String {
    let mut text = String::from("(table 64 funcref)\n");
    for (number, function) in program.functions.iter().enumerate() {
        let result = result_of(function.gives);
        write!(
            text,
            "(elem (i32.const {number}) $f{number}) (elem (i32.const {}) $body{number})
             (type $t{number} (func (param i32) {result}))
             (func $body{number} (param i32 i32) (call $log {}))
             {}",
            BODIES + number,
            as_i32(function.gives, &format!("(call $f{number} (local.get 0))")),
            Writer { program, function, depth: 0 }.function(number),
        )
        .expect("written");
    }
    text + &format!(
        "(func (export \"run\") (param i32)
           (call $try (i32.const {BODIES}) (local.get 0) (i32.const 0))
           (call $log (global.get $__stack_pointer)))"
    )
}

fn result_of(gives: Gives) -> &'static str {
    match gives {
        Gives::Nothing => "",
        Gives::I32 => "(result i32)",
        Gives::I64 => "(result i64)",
        Gives::F32 => "(result f32)",
        Gives::F64 => "(result f64)",
    }
}

/// An expression of the type given, as an `i32`.
fn as_i32(gives: Gives, value: &str) -> String {
    match gives {
        Gives::Nothing => format!("(block (result i32) {value} (i32.const 0))"),
        Gives::I32 => value.to_owned(),
        Gives::I64 => format!("(i32.wrap_i64 {value})"),
        Gives::F32 => format!("(i32.reinterpret_f32 {value})"),
        Gives::F64 => format!("(i32.trunc_f64_s {value})"),
    }
}

/// An `i32` expression as the type given.
fn from_i32(gives: Gives, value: &str) -> String {
    match gives {
        Gives::Nothing => String::new(),
        Gives::I32 => value.to_owned(),
        Gives::I64 => format!("(i64.extend_i32_s {value})"),
        Gives::F32 => format!("(f32.reinterpret_i32 {value})"),
        Gives::F64 => format!("(f64.convert_i32_s {value})"),
    }
}

fn test(condition: Condition) -> String {
    let bit = format!("(i32.and (local.get $argument) (i32.const {}))", 1 << condition.bit);
    if condition.set { bit } else { format!("(i32.eqz {bit})") }
}

#[derive(Clone, Copy)]
struct Writer<'a> {
    program: &'a Program,
    function: &'a Function,
    depth: usize,
}

impl Writer<'_> {
    fn function(self, number: usize) -> String {
        let counters: String = (0..=DEEPEST).map(|level| format!(" (local $round{level} i32)")).collect();
        let take = if self.function.framed {
            "(global.set $__stack_pointer
               (local.tee $frame (i32.sub (global.get $__stack_pointer) (i32.const 16))))"
        } else {
            ""
        };
        format!(
            "(func $f{number} (type $t{number}) (param $argument i32) {}
               (local $sum i32) (local $frame i32) {counters}
               {take} (local.set $sum (local.get $argument)) {} {})\n",
            result_of(self.function.gives),
            self.steps(&self.function.steps),
            self.end(),
        )
    }

    fn end(self) -> String {
        let give_back = self.give_back();
        match self.function.end {
            End::Sum(number) => {
                let sum = format!("(i32.add (local.get $sum) (i32.const {number}))");
                format!("{give_back} {}", from_i32(self.function.gives, &sum))
            }
            End::Tail { call, by_return } => {
                let call = self.raw_call(call);
                let call = if by_return { format!("(return {call})") } else { call };
                format!("{give_back} {call}")
            }
        }
    }

    fn give_back(self) -> &'static str {
        if self.function.framed {
            "(global.set $__stack_pointer (i32.add (local.get $frame) (i32.const 16)))"
        } else {
            ""
        }
    }

    fn steps(self, steps: &[Step]) -> String {
        steps.iter().map(|step| self.step(step) + "\n").collect()
    }

    fn inner(self, steps: &[Step]) -> String {
        Writer { depth: self.depth + 1, ..self }.steps(steps)
    }

    fn step(self, step: &Step) -> String {
        match step {
            Step::Log(number) => format!(
                "(call $log (i32.const {number})) (call $log (local.get $sum))
                 (call $log (global.get $__stack_pointer))"
            ),
            Step::Raise { trap_after: true } => "(call $throw) (unreachable)".to_owned(),
            Step::Raise { trap_after: false } => "(call $throw)".to_owned(),
            Step::RaiseIf(condition) => format!("(if {} (then (call $throw)))", test(*condition)),
            Step::ReturnIf(condition) => {
                let value = from_i32(self.function.gives, "(local.get $sum)");
                format!("(if {} (then {} (return {value})))", test(*condition), self.give_back())
            }
            Step::Add { pending, call } => format!(
                "(local.set $sum (i32.add (local.get $sum) (i32.add (i32.const {pending}) {})))",
                self.call(*call)
            ),
            Step::Try(Call { target, more, .. }) => format!(
                "(call $try (i32.const {}) (i32.add (local.get $argument) (i32.const {more})) \
                 (i32.const 0))",
                BODIES + target
            ),
            Step::Block { leave_if, steps } => {
                format!("(block (br_if 0 {}) {})", test(*leave_if), self.inner(steps))
            }
            Step::Loop { rounds, steps } => self.loop_of(*rounds, steps),
            Step::If { condition, then, otherwise } => {
                format!("(if {} (then {}) (else {}))", test(*condition), self.inner(then), self.inner(otherwise))
            }
            Step::AddIf { condition, call, otherwise } => format!(
                "(local.set $sum (i32.add (local.get $sum) \
                   (if (result i32) {} (then {}) (else (i32.const {otherwise})))))",
                test(*condition),
                self.call(*call)
            ),
        }
    }

    fn loop_of(self, rounds: i32, steps: &[Step]) -> String {
        let counter = format!("$round{}", self.depth);
        format!(
            "(local.set {counter} (i32.const {rounds}))
             (loop {}
               (br_if 0 (local.tee {counter} (i32.sub (local.get {counter}) (i32.const 1)))))",
            self.inner(steps)
        )
    }

    /// A call as an `i32`.
    fn call(self, call: Call) -> String {
        as_i32(self.program.functions[call.target].gives, &self.raw_call(call))
    }

    fn raw_call(self, Call { target, indirect, more }: Call) -> String {
        let argument = format!("(i32.add (local.get $argument) (i32.const {more}))");
        if indirect {
            format!("(call_indirect (type $t{target}) {argument} (i32.const {target}))")
        } else {
            format!("(call $f{target} {argument})")
        }
    }
}
