//! Small branch tables become comparisons.
//!
//! Invariant: control goes where the table would have sent it.
//!
//! LLVM compiles every switch to a `br_table`, even one with three cases such as "integer, float, other", and engines
//! compile a table to an indirect jump. In an interpreter this doubles the indirect jumps of an instruction, and the
//! wrongly predicted ones cost more than the comparisons.
//!
//! ```wat
//! (br_table $a $rest $rest $b $rest (local.get $x))    (local.set $selector (local.get $x))
//!                                                      (br_if $a (i32.eq (local.get $selector) (i32.const 0)))
//!                                                      (br_if $b (i32.eq (local.get $selector) (i32.const 3)))
//!                                                      (br $rest)
//! ```

use walrus::ir::{BinaryOp, Binop, Br, BrIf, BrTable, Const, Instr, InstrSeqId, LocalGet, LocalSet, Value};
use walrus::{FunctionId, InstrLocId, LocalId, Module, ValType};

/// Entries of a table with one target, one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: u32,
    length: u32,
    target: InstrSeqId,
}

/// Rewrites every table of `module` that `most` comparisons can replace; returns their number.
pub fn compare_small_tables(module: &mut Module, most: usize) -> usize {
    let functions: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let mut replaced = 0;
    for id in functions {
        let sequences = sequences_with_small_tables(module, id, most);
        if sequences.is_empty() {
            continue;
        }
        replaced += sequences.len();
        let selector = module.locals.add(ValType::I32);
        let function = module.funcs.get_mut(id).kind.unwrap_local_mut();
        for sequence in sequences {
            let code = &mut function.block_mut(sequence).instrs;
            let position = code.iter().position(|(instruction, _)| small_table(instruction, most).is_some());
            let Some(position) = position else { continue };
            let (table, location) = code[position].clone();
            if let Some((runs, rest)) = small_table(&table, most) {
                // The code after a table in its sequence is never reached.
                code.truncate(position);
                code.extend(comparisons(&runs, rest, selector).into_iter().map(|added| (added, location)));
            }
        }
    }
    replaced
}

fn sequences_with_small_tables(module: &Module, id: FunctionId, most: usize) -> Vec<InstrSeqId> {
    let function = module.funcs.get(id).kind.unwrap_local();
    let mut pending = vec![function.entry_block()];
    let mut found = Vec::new();
    while let Some(sequence) = pending.pop() {
        let code: &[(Instr, InstrLocId)] = &function.block(sequence).instrs;
        if code.iter().any(|(instruction, _)| small_table(instruction, most).is_some()) {
            found.push(sequence);
        }
        for (instruction, _) in code {
            match instruction {
                Instr::Block(block) => pending.push(block.seq),
                Instr::Loop(block) => pending.push(block.seq),
                Instr::IfElse(branches) => pending.extend([branches.consequent, branches.alternative]),
                _ => {}
            }
        }
    }
    found
}

/// The runs of a table, if at most `most` comparisons can distinguish them, and the target of all other selectors.
fn small_table(instruction: &Instr, most: usize) -> Option<(Vec<Run>, InstrSeqId)> {
    let Instr::BrTable(BrTable { blocks, default }) = instruction else { return None };
    let mut runs: Vec<Run> = Vec::new();
    for (index, target) in blocks.iter().copied().enumerate() {
        let index = u32::try_from(index).ok()?;
        match runs.last_mut() {
            Some(run) if run.target == target && run.first + run.length == index => run.length += 1,
            _ if target == *default => {}
            _ => runs.push(Run { first: index, length: 1, target }),
        }
    }
    (runs.len() <= most).then_some((runs, *default))
}

fn comparisons(runs: &[Run], rest: InstrSeqId, selector: LocalId) -> Vec<Instr> {
    let mut code = vec![Instr::from(LocalSet { local: selector })];
    for run in runs {
        code.push(LocalGet { local: selector }.into());
        if run.length == 1 {
            code.extend([constant(run.first), Binop { op: BinaryOp::I32Eq }.into()]);
        } else {
            // Unsigned, so that a selector before the run becomes a very large number.
            code.extend([constant(run.first), Binop { op: BinaryOp::I32Sub }.into()]);
            code.extend([constant(run.length), Binop { op: BinaryOp::I32LtU }.into()]);
        }
        code.push(BrIf { block: run.target }.into());
    }
    code.push(Br { block: rest }.into());
    code
}

fn constant(value: u32) -> Instr {
    Const { value: Value::I32(value as i32) }.into()
}
