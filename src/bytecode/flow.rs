//! Follows a function along every path: which registers hold values, and which are captured.
//!
//! Invariant: no path reads a register that the function has not set, and none calls where a captured register is.
//!
//! Above what a function has set lie leavings of earlier calls, among them closures and threads that were half built when
//! memory ran out. And a captured register inside the frame of a called function would let a closure change what that
//! function has checked already, or take away the string that `string.gsub` is reading. So at each point is known:
//!
//! ```text
//! set        the registers that hold values on every path here
//! captured   those that a closure may have captured, or that are yet to be closed, on any path
//! ```
//!
//! Where paths meet, what is set on both and captured on either holds; the path is followed again from there when either changed.
//! Only at jump targets is anything remembered.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::bytecode::chunk::Function;
use crate::bytecode::opcode::Opcode;
use crate::bytecode::refusal::{NO_MEMORY, Refused};
use crate::bytecode::registers::{NO_OTHER_FRAME, Set};
use crate::bytecode::verify::At;

#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    set: Set,
    captured: Set,
}

/// What joins with any state to that state.
const UNREACHED: State = State { set: Set::ALL, captured: Set::EMPTY };

/// What is known about a jump target.
struct Target {
    state: State,
    /// To be followed again.
    pending: bool,
}

impl Target {
    /// Adds a path that arrives with `state`; whether anything changed.
    fn join(&mut self, state: &State) -> bool {
        let before = self.state;
        self.state = State { set: before.set.and(&state.set), captured: before.captured.or(&state.captured) };
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
    pub fn new(function: &Function<'_>) -> Result<Targets, Refused> {
        let mut places = room(function, function.code.length())?;
        places.resize(function.code.length(), 0);
        Ok(Targets { places, targets: Vec::new() })
    }

    /// A jump leads to `index`, which is inside the code.
    pub fn mark(&mut self, index: usize) {
        self.places[index] = 1;
    }

    pub fn contains(&self, index: usize) -> bool {
        self.places[index] != 0
    }

    /// Makes room for what there is to know of each.
    fn number(&mut self, function: &Function<'_>) -> Result<(), Refused> {
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

fn room<T>(function: &Function<'_>, count: usize) -> Result<Vec<T>, Refused> {
    let mut items = Vec::new();
    match items.try_reserve_exact(count) {
        Ok(()) => Ok(items),
        Err(_) => At::new(function, 0).refuse(NO_MEMORY, function.code.length() as u32, 0),
    }
}

/// Follows every path of `function`, whose instructions have been verified one by one.
pub fn check(function: &Function<'_>, mut targets: Targets) -> Result<(), Refused> {
    targets.number(function)?;
    // A target is in here once at most.
    let pending = room(function, targets.targets.len())?;
    let mut walk = Walk { function, targets, pending };
    walk.follow(0, State { set: Set::below(function.parameters.into()), captured: Set::EMPTY })?;
    while let Some(index) = walk.pending.pop() {
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
    /// Instructions from which to follow again.
    pending: Vec<u32>,
}

impl Walk<'_> {
    /// Follows the path that begins at `index` until it ends, or meets one that knows no less.
    fn follow(&mut self, mut index: usize, mut state: State) -> Result<(), Refused> {
        loop {
            let at = At::new(self.function, index);
            let set_at_jump = step(&at, &mut state)?;
            if let Some(target) = at.instruction.jump(index) {
                self.reach(target as usize, &State { set: set_at_jump, ..state });
            }
            if !at.instruction.continues() {
                return Ok(());
            }
            index += 1;
            if let Some(target) = self.targets.at(index) {
                if !target.join(&state) {
                    return Ok(());
                }
                state = target.state;
            }
        }
    }

    /// A jump reaches the instruction at `index`.
    fn reach(&mut self, index: usize, state: &State) {
        if let Some(target) = self.targets.at(index)
            && target.join(state)
            && !target.pending
        {
            target.pending = true;
            self.pending.push(index as u32);
        }
    }
}

/// Changes `state` to what it is at the next instruction; answers what is set where this one jumps.
fn step(at: &At<'_>, state: &mut State) -> Result<Set, Refused> {
    let registers = at.registers();
    if let Some(register) = registers.reads.iter().filter_map(|range| state.set.highest_missing(range)).max() {
        return at.refuse("register # is read before it is set", register, 0);
    }
    capture(at, state)?;
    let mut kept = state.set;
    if registers.keeps != NO_OTHER_FRAME {
        match state.captured.highest() {
            Some(captured) if captured >= registers.keeps => {
                return at.refuse("register # is captured, a call may use those from @ on", captured, registers.keeps);
            }
            _ => kept.keep_below(registers.keeps),
        }
    }
    let mut written = kept;
    registers.writes.iter().for_each(|range| written.add_all(range));
    let (next, jump) = match at.instruction.opcode() {
        Opcode::FORLOOP => (kept, written),
        Opcode::FORPREP | Opcode::TESTSET => (written, kept),
        _ => (written, written),
    };
    state.set = next;
    Ok(jump)
}

/// What an instruction captures or closes.
fn capture(at: &At<'_>, state: &mut State) -> Result<(), Refused> {
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
