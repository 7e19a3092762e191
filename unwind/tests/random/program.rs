//! A random program: functions that log, raise, and call later functions in all possible ways.
//!
//! Invariant: a function calls only functions after it and loops are bounded, so each program ends.

use cu_random::Random;

/// Bits of a function's argument that conditions look at.
const CONDITION_BITS: usize = 3;
const MOST_FUNCTIONS: usize = 9;
const MOST_STEPS: usize = 4;
/// Loops nest no deeper than this; each level has a local for its counter.
pub const DEEPEST: usize = 3;

/// The result type of a function. Its value is always an `i32`, converted without loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    Nothing,
    I32,
    I64,
    F32,
    F64,
}

/// True for some arguments.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    pub bit: usize,
    pub set: bool,
}

impl Condition {
    pub fn holds(self, argument: i32) -> bool {
        ((argument >> self.bit) & 1 == 1) == self.set
    }
}

/// A call of the function `target` with the caller's argument plus `more`.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub target: usize,
    pub indirect: bool,
    pub more: i32,
}

#[derive(Clone, Debug)]
pub enum Step {
    /// Logs a number, the sum so far, and the shadow stack pointer.
    Log(i32),
    /// Raises. `trap_after` says whether `unreachable` follows, as LLVM writes it after a call that
    /// never returns.
    Raise {
        trap_after: bool,
    },
    RaiseIf(Condition),
    ReturnIf(Condition),
    /// Adds a pending number and the value of the call to the sum.
    Add {
        pending: i32,
        call: Call,
    },
    /// Calls the target in a separate `try`.
    Try(Call),
    /// A block that ends early when the condition holds.
    Block {
        leave_if: Condition,
        steps: Vec<Step>,
    },
    Loop {
        rounds: i32,
        steps: Vec<Step>,
    },
    If {
        condition: Condition,
        then: Vec<Step>,
        otherwise: Vec<Step>,
    },
    /// Adds the value of the call or, if the condition is false, a number. The `if` has a result.
    AddIf {
        condition: Condition,
        call: Call,
        otherwise: i32,
    },
}

/// How a function ends.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// With its sum and a number.
    Sum(i32),
    /// With the value of a call of a function with the same result type; `by_return` says whether by `return`.
    Tail { call: Call, by_return: bool },
}

#[derive(Clone, Debug)]
pub struct Function {
    pub gives: Gives,
    /// Whether it takes 16 bytes of shadow stack.
    pub framed: bool,
    pub steps: Vec<Step>,
    pub end: End,
}

#[derive(Clone, Debug)]
pub struct Program {
    pub functions: Vec<Function>,
}

impl Program {
    pub fn random(random: &mut Random) -> Program {
        const ALL: [Gives; 5] = [Gives::Nothing, Gives::I32, Gives::I64, Gives::F32, Gives::F64];
        let count = 2 + random.below(MOST_FUNCTIONS - 1);
        let gives: Vec<Gives> = (0..count).map(|_| ALL[random.below(ALL.len())]).collect();
        let functions =
            (0..count).map(|number| Maker { random: &mut *random, gives: &gives, number }.function()).collect();
        Program { functions }
    }
}

struct Maker<'a> {
    random: &'a mut Random,
    gives: &'a [Gives],
    number: usize,
}

impl Maker<'_> {
    fn function(&mut self) -> Function {
        Function {
            gives: self.gives[self.number],
            framed: self.random.one_in(2),
            steps: self.steps(0),
            end: self.end(),
        }
    }

    fn end(&mut self) -> End {
        let own = self.gives[self.number];
        let same: Vec<usize> = self.later().filter(|later| self.gives[*later] == own).collect();
        if same.is_empty() || self.random.one_in(2) {
            return End::Sum(self.small());
        }
        let call = Call { target: same[self.random.below(same.len())], ..self.call() };
        End::Tail { call, by_return: self.random.one_in(2) }
    }

    fn later(&self) -> std::ops::Range<usize> {
        self.number + 1..self.gives.len()
    }

    fn steps(&mut self, depth: usize) -> Vec<Step> {
        (0..self.random.below(MOST_STEPS + 1)).map(|_| self.step(depth)).collect()
    }

    fn step(&mut self, depth: usize) -> Step {
        let is_last = self.later().is_empty();
        match self.random.below(if depth == DEEPEST { 10 } else { 13 }) {
            0 if self.random.one_in(4) => Step::Raise { trap_after: self.random.one_in(2) },
            1 | 2 => Step::RaiseIf(self.condition()),
            3 => Step::ReturnIf(self.condition()),
            4..=6 if !is_last => Step::Add { pending: self.small(), call: self.call() },
            7 if !is_last => Step::Try(self.call()),
            8 | 9 if !is_last => {
                Step::AddIf { condition: self.condition(), call: self.call(), otherwise: self.small() }
            }
            10 => Step::Block { leave_if: self.condition(), steps: self.steps(depth + 1) },
            11 => Step::Loop { rounds: 1 + self.random.below(3) as i32, steps: self.steps(depth + 1) },
            12 => {
                Step::If { condition: self.condition(), then: self.steps(depth + 1), otherwise: self.steps(depth + 1) }
            }
            _ => Step::Log(self.small()),
        }
    }

    fn call(&mut self) -> Call {
        let later = self.later();
        Call {
            target: later.start + self.random.below(later.len()),
            indirect: self.random.one_in(3),
            more: self.small(),
        }
    }

    fn condition(&mut self) -> Condition {
        Condition { bit: self.random.below(CONDITION_BITS), set: self.random.one_in(2) }
    }

    fn small(&mut self) -> i32 {
        self.random.below(100) as i32
    }
}
