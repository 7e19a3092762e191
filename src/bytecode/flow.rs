//! Follows a function along every path: which registers hold values, and which are captured.
//!
//! Invariant: no path reads a register that the function has not set, and no called frame contains a captured register.
//!
//! Registers that a function has not set hold values of earlier calls. Among them may be closures and threads that were
//! unfinished when memory ran out. And if a captured register were inside the frame of a called function, a closure
//! could change a value that the function has already checked, or remove the string that `string.gsub` is reading. So
//! at each point the verifier knows:
//!
//! ```text
//! set        the registers that hold values on every path here
//! captured   those that a closure may have captured, or that must still be closed, on any path
//! ```
//!
//! Where paths meet, a register is set if it is set on both, and captured if it is captured on either. If this changes
//! the state of a place, the path from there is followed again; the first such place in the code comes first. That is
//! almost the order in which the compiler's code runs, so most code is followed once. States are kept only for jump
//! targets. The target of a test needs none: the test is followed together with the jump after it.
#![forbid(unsafe_code)]

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::bytecode::at::At;
use crate::bytecode::bad_bytecode::{NO_MEMORY, Noted};
use crate::bytecode::function::Function;
use crate::bytecode::instruction::Instruction;
use crate::bytecode::opcode::{Opcode, Row, fact};
use crate::bytecode::registers::{NO_OTHER_FRAME, Registers, Set};

/// What is known of the registers at a point.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Held {
    set: Set,
    captured: Set,
}

/// What joins with any state to that state.
const UNREACHED: Held = Held { set: Set::ALL, captured: Set::EMPTY };

/// What is known about a jump target.
struct Target {
    state: Held,
    /// To be followed again.
    pending: bool,
}

impl Target {
    /// Adds a path that arrives with `state`; returns whether anything changed.
    fn join(&mut self, state: &Held) -> bool {
        let before = self.state;
        self.state = Held { set: before.set.and(&state.set), captured: before.captured.or(&state.captured) };
        self.state != before
    }
}

/// The jump targets of a function.
pub struct Targets {
    /// For each instruction its place in `targets`, from 1; 0 when nothing jumps there.
    places: Vec<u32>,
    targets: Vec<Target>,
}

impl Targets {
    /// None yet.
    pub fn new(function: &Function<'_>) -> Result<Targets, Noted> {
        let mut places = room(function, function.code.length())?;
        places.resize(function.code.length(), 0);
        Ok(Targets { places, targets: Vec::new() })
    }

    /// Notes that a jump leads to `index`, which is inside the code.
    pub fn mark(&mut self, index: usize) {
        self.places[index] = 1;
    }

    pub fn contains(&self, index: usize) -> bool {
        self.places[index] != 0
    }

    /// Makes room for the state of each target.
    fn number(&mut self, function: &Function<'_>) -> Result<(), Noted> {
        let marked = self.places.iter_mut().filter(|place| **place != 0);
        let count = marked.zip(1..).map(|(place, number)| *place = number).count();
        self.targets = room(function, count)?;
        self.targets.resize_with(count, || Target { state: UNREACHED, pending: false });
        Ok(())
    }

    fn at(&mut self, index: usize) -> Option<&mut Target> {
        let place = self.places[index].checked_sub(1)?;
        self.targets.get_mut(place as usize)
    }
}

fn room<T>(function: &Function<'_>, count: usize) -> Result<Vec<T>, Noted> {
    let mut items = Vec::new();
    match items.try_reserve_exact(count) {
        Ok(()) => Ok(items),
        Err(_) => At::new(function, 0).refuse(NO_MEMORY, function.code.length() as u32, 0),
    }
}

/// Follows every path of `function`, whose instructions have been verified one by one.
pub fn check(function: &Function<'_>, mut targets: Targets) -> Result<(), Noted> {
    targets.number(function)?;
    // A target is in this list at most once.
    let pending = BinaryHeap::from(room(function, targets.targets.len())?);
    let mut walk = Walk { function, targets, pending };
    let beginning = Held { set: Set::below(function.parameters.into()), captured: Set::EMPTY };
    match walk.targets.at(0) {
        Some(_) => walk.reach(0, &beginning),
        None => walk.follow(0, beginning)?,
    }
    while let Some(Reverse(index)) = walk.pending.pop() {
        if let Some(target) = walk.targets.at(index as usize) {
            target.pending = false;
            let state = target.state;
            walk.follow(index as usize, state)?;
        }
    }
    Ok(())
}

struct Walk<'a> {
    function: &'a Function<'a>,
    targets: Targets,
    /// Targets from which to follow again.
    pending: BinaryHeap<Reverse<u32>>,
}

impl Walk<'_> {
    /// Follows the path that begins at `index` until it ends or comes to a target.
    fn follow(&mut self, mut index: usize, mut state: Held) -> Result<(), Noted> {
        loop {
            let at = At::new(self.function, index);
            let row = at.instruction.row();
            step(&at, row, &mut state)?;
            index += 1;
            if row.is(fact::BRANCHES) {
                match self.branch(&at, &mut state) {
                    Some(next) => index = next,
                    None => return Ok(()),
                }
            }
            if self.targets.contains(index) {
                self.reach(index, &state);
                return Ok(());
            }
        }
    }

    /// Adds this path to the targets of the jump. Returns the instruction that may follow without a jump, and changes
    /// `state` to the state there.
    fn branch(&mut self, at: &At<'_>, state: &mut Held) -> Option<usize> {
        let (a, next) = (at.instruction.a(), at.index + 1);
        match at.instruction.opcode() {
            Opcode::FORLOOP => {
                let mut again = *state;
                again.set.add(a + 3);
                self.jump(at.instruction, at.index, &again);
                Some(next)
            }
            Opcode::FORPREP => {
                self.jump(at.instruction, at.index, state);
                state.set.add(a + 3);
                Some(next)
            }
            Opcode::TFORLOOP => {
                self.jump(at.instruction, at.index, state);
                Some(next)
            }
            // The machine takes the jump after the test together with it, or skips that jump.
            Opcode::TESTSET => {
                let mut taken = *state;
                taken.set.add(a);
                self.jump(at.next(), next, &taken);
                Some(next + 1)
            }
            opcode if opcode.is_test() => {
                self.jump(at.next(), next, state);
                Some(next + 1)
            }
            _ => {
                self.jump(at.instruction, at.index, state);
                None
            }
        }
    }

    fn jump(&mut self, instruction: Instruction, index: usize, state: &Held) {
        if let Some(target) = instruction.jump(index) {
            self.reach(target as usize, state);
        }
    }

    /// A path reaches the target at `index`.
    fn reach(&mut self, index: usize, state: &Held) {
        if let Some(target) = self.targets.at(index)
            && target.join(state)
            && !target.pending
        {
            target.pending = true;
            self.pending.push(Reverse(index as u32));
        }
    }
}

/// Changes `state` to the state after an instruction, without the registers that only one of its exits sets.
fn step(at: &At<'_>, row: &Row, state: &mut Held) -> Result<(), Noted> {
    let (a, b, c) = (at.instruction.a(), at.instruction.b(), at.instruction.c());
    let misses = |fact, register| row.is(fact) && !state.set.contains(register);
    if misses(fact::READS_A, a) || misses(fact::READS_B, b) || misses(fact::READS_C, c) {
        return unset(at, row, state);
    }
    if row.is(fact::RANGES) {
        ranges(at, row, state)?;
    }
    if row.is(fact::WRITES_A) && row.opcode != Opcode::TESTSET {
        state.set.add(a);
    }
    if row.is(fact::METAMETHOD) {
        state.set.add(at.previous().a());
    }
    Ok(())
}

/// Rules that no operand shows.
fn ranges(at: &At<'_>, row: &Row, state: &mut Held) -> Result<(), Noted> {
    let registers = registers(at);
    if !state.set.contains_all(registers.reads) {
        return unset(at, row, state);
    }
    capture(at, state)?;
    if registers.keeps != NO_OTHER_FRAME {
        match state.captured.highest() {
            Some(captured) if captured >= registers.keeps => {
                return at.refuse("register # is captured, a call may use those from @ on", captured, registers.keeps);
            }
            _ => state.set.keep_below(registers.keeps),
        }
    }
    state.set.add_all(registers.writes);
    Ok(())
}

/// The ranges of an instruction. If it takes open results, the previous instruction left them (`rules`).
fn registers(at: &At<'_>) -> Registers {
    let registers = Registers::of(at.instruction);
    if at.instruction.takes_open() { registers.with_open(at.previous()) } else { registers }
}

/// Refuses an instruction that reads a register that is not set, and names the highest such register.
#[cold]
#[inline(never)]
fn unset(at: &At<'_>, row: &Row, state: &Held) -> Result<(), Noted> {
    let operands =
        [(fact::READS_A, at.instruction.a()), (fact::READS_B, at.instruction.b()), (fact::READS_C, at.instruction.c())];
    let single = operands.into_iter().filter(|(fact, register)| row.is(*fact) && !state.set.contains(*register));
    let highest = single.map(|(_, register)| register).max();
    let register = highest.max(state.set.highest_missing(registers(at).reads));
    at.refuse("register # is read before it is set", register.unwrap_or(0), 0)
}

/// What an instruction captures or closes.
fn capture(at: &At<'_>, state: &mut Held) -> Result<(), Noted> {
    let a = at.instruction.a();
    match at.instruction.opcode() {
        Opcode::TBC => state.captured.add(a),
        Opcode::TFORPREP => state.captured.add(a + 3),
        Opcode::CLOSE => state.captured.keep_below(a),
        Opcode::TAILCALL => state.captured = Set::EMPTY,
        Opcode::CLOSURE => {
            let nested = at.function.nested.get(at.instruction.bx() as usize).copied();
            for register in nested.into_iter().flat_map(|upvalues| upvalues.registers()) {
                // A local function captures itself.
                if !state.set.contains(register) && register != a {
                    return at.refuse("register # is captured before it is set", register, 0);
                }
                state.captured.add(register);
            }
        }
        _ => {}
    }
    Ok(())
}
