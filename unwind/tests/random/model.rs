//! The model: finds what a program does by walking its tree. Raises are `Err`.
//!
//! Invariant: nothing here knows how the pass works.

use crate::program::{Call, End, Function, Gives, Program, Step};

/// Programs that take more steps than this are skipped.
const MOST_STEPS: usize = 20_000;
const STACK_TOP: i32 = 1024;
const FRAME_BYTES: i32 = 16;

/// Why a walk stopped.
enum Stop {
    Raised,
    TooLong,
}

/// How a list of steps ended.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    Return,
}

/// What `run` logs; none if the program takes too long.
pub fn log_of(program: &Program, argument: i32) -> Option<Vec<i32>> {
    let mut walk = Walk { program, log: Vec::new(), stack: STACK_TOP, steps: 0 };
    walk.try_call(0, argument)?;
    walk.log.push(walk.stack);
    Some(walk.log)
}

/// Whether the first function raises; none if the program takes too long.
pub fn raises(program: &Program, argument: i32) -> Option<bool> {
    let mut walk = Walk { program, log: Vec::new(), stack: STACK_TOP, steps: 0 };
    walk.try_call(0, argument)
}

struct Walk<'a> {
    program: &'a Program,
    log: Vec<i32>,
    stack: i32,
    steps: usize,
}

struct Frame<'a> {
    function: &'a Function,
    argument: i32,
    sum: i32,
    base: i32,
}

impl<'a> Walk<'a> {
    /// Whether the function raised.
    fn try_call(&mut self, target: usize, argument: i32) -> Option<bool> {
        let saved = self.stack;
        match self.function(target, argument) {
            Ok(value) => {
                self.log.push(value);
                Some(false)
            }
            Err(Stop::Raised) => {
                self.stack = saved;
                Some(true)
            }
            Err(Stop::TooLong) => None,
        }
    }

    fn function(&mut self, number: usize, argument: i32) -> Result<i32, Stop> {
        let function = &self.program.functions[number];
        self.stack -= if function.framed { FRAME_BYTES } else { 0 };
        let mut frame = Frame { function, argument, sum: argument, base: self.stack };
        let flow = self.steps(&mut frame, &function.steps)?;
        let value = match function.end {
            End::Tail { call, .. } if flow == Flow::On => {
                self.give_back(&frame);
                return self.call(&frame, call);
            }
            End::Sum(number) if flow == Flow::On => frame.sum.wrapping_add(number),
            _ => frame.sum,
        };
        self.give_back(&frame);
        Ok(if function.gives == Gives::Nothing { 0 } else { value })
    }

    fn give_back(&mut self, frame: &Frame<'_>) {
        if frame.function.framed {
            self.stack = frame.base + FRAME_BYTES;
        }
    }

    fn call(&mut self, frame: &Frame<'_>, call: Call) -> Result<i32, Stop> {
        self.function(call.target, frame.argument.wrapping_add(call.more))
    }

    fn steps(&mut self, frame: &mut Frame<'a>, steps: &'a [Step]) -> Result<Flow, Stop> {
        for step in steps {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(Stop::TooLong);
            }
            if self.step(frame, step)? == Flow::Return {
                return Ok(Flow::Return);
            }
        }
        Ok(Flow::On)
    }

    fn step(&mut self, frame: &mut Frame<'a>, step: &'a Step) -> Result<Flow, Stop> {
        match step {
            Step::Log(number) => self.log.extend([*number, frame.sum, self.stack]),
            Step::Raise { .. } => return Err(Stop::Raised),
            Step::RaiseIf(condition) if condition.holds(frame.argument) => {
                return Err(Stop::Raised);
            }
            Step::ReturnIf(condition) if condition.holds(frame.argument) => {
                return Ok(Flow::Return);
            }
            Step::RaiseIf(_) | Step::ReturnIf(_) => {}
            Step::Add { pending, call } => {
                let value = self.call(frame, *call)?;
                frame.sum = frame.sum.wrapping_add(*pending).wrapping_add(value);
            }
            Step::Try(call) => {
                let argument = frame.argument.wrapping_add(call.more);
                self.try_call(call.target, argument).ok_or(Stop::TooLong)?;
            }
            Step::Block { leave_if, steps } => {
                if !leave_if.holds(frame.argument) {
                    return self.steps(frame, steps);
                }
            }
            Step::Loop { rounds, steps } => {
                for _ in 0..*rounds {
                    if self.steps(frame, steps)? == Flow::Return {
                        return Ok(Flow::Return);
                    }
                }
            }
            Step::If { condition, then, otherwise } => {
                let chosen = if condition.holds(frame.argument) { then } else { otherwise };
                return self.steps(frame, chosen);
            }
            Step::AddIf { condition, call, otherwise } => {
                let value = match condition.holds(frame.argument) {
                    true => self.call(frame, *call)?,
                    false => *otherwise,
                };
                frame.sum = frame.sum.wrapping_add(value);
            }
        }
        Ok(Flow::On)
    }
}
