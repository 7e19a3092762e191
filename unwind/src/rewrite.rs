//! Adds the checks to the code and replaces the pseudo-functions by real functions.
//!
//! Invariant: after a call that raised, control reaches the end of the function without executing
//! any instruction of the input that has a visible effect.
//!
//! ```wat
//! (func $f (result i32)           (func $f (result i32)
//!                                   (block $leave
//!   (call $g)                         (call $g)
//!                                     (br_if $leave (global.get $unwinding))
//!   (i32.const 7))                    (return (i32.const 7)))
//!                                   (i32.const 0))
//! ```
//!
//! A function without results needs no block: its own end is `$leave`.

use crate::error::Error;
use crate::flag::FlagCell;
use crate::options::Options;
use crate::pseudo::Pseudo;
use crate::report::Report;
use crate::sites::{After, Analysis, Site};
use crate::{stack_pointer, try_function};
use std::collections::HashMap;
use walrus::ir::{
    Block, Br, BrIf, Call, Const, Instr, InstrSeqId, InstrSeqType, Return, Value, VisitorMut, dfs_pre_order_mut,
};
use walrus::{FunctionId, InstrLocId, LocalFunction, Module, ValType};

/// Instructions of a sequence, in order.
type Code = Vec<(Instr, InstrLocId)>;

/// Rewrites `module` in place; the sizes of the report are left at zero.
pub fn rewrite_module(module: &mut Module, options: &Options) -> Result<Report, Error> {
    let pseudo = Pseudo::find(module)?;
    let table = module.tables.iter().next().ok_or(Error::NoTable)?.id();
    let stack_pointer = stack_pointer::find(module, &options.stack_pointer)?;
    let flag = FlagCell::place(module, options.flag)?;
    let analysis = Analysis::of(module, pseudo, stack_pointer);
    let local: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let mut report = Report { functions: local.len(), ..Report::default() };
    for function in local.iter().copied().filter(|id| analysis.reach.contains(*id)) {
        let sites = analysis.sites(module, module.funcs.get(function).kind.unwrap_local());
        count(&mut report, &sites);
        insert_checks(module, function, &sites, flag);
    }
    let try_function = try_function::add(module, table, stack_pointer, flag);
    for function in local {
        redirect_calls(module, function, pseudo.try_, try_function);
    }
    pseudo.delete(module);
    Ok(report)
}

fn count(report: &mut Report, sites: &[Site]) {
    report.may_raise += 1;
    for site in sites {
        match site.after {
            After::Raise | After::Leave => report.leaves += 1,
            After::Check => report.checks += 1,
            After::Nothing => report.checks_omitted += 1,
        }
    }
}

fn insert_checks(module: &mut Module, id: FunctionId, sites: &[Site], flag: FlagCell) {
    if sites.iter().all(|site| site.after == After::Nothing) {
        return;
    }
    let results = module.types.results(module.funcs.get(id).ty()).to_vec();
    let function = module.funcs.get_mut(id).kind.unwrap_local_mut();
    let leave = if results.is_empty() { function.entry_block() } else { wrap_body(function, &results) };
    // A site in the entry has moved to the block that wraps it.
    let entry = function.entry_block();
    let mut sites_of: HashMap<InstrSeqId, Vec<Site>> = HashMap::new();
    for site in sites {
        let sequence = if site.sequence == entry { leave } else { site.sequence };
        sites_of.entry(sequence).or_default().push(*site);
    }
    for (sequence, sites) in sites_of {
        let code = &mut function.block_mut(sequence).instrs;
        *code = checked(std::mem::take(code), &sites, leave, flag);
    }
}

/// Moves the body into a new block, after which the function returns zeros; returns that block. The
/// entry stays outside of it, so branches to the function's label still return their operands.
fn wrap_body(function: &mut LocalFunction, results: &[ValType]) -> InstrSeqId {
    let entry = function.entry_block();
    let body = std::mem::take(&mut function.block_mut(entry).instrs);
    let builder = function.builder_mut();
    let leave = builder.dangling_instr_seq(InstrSeqType::Simple(None)).id();
    let ends = body.last().is_some_and(|(last, _)| last.following_instructions_are_unreachable());
    *builder.instr_seq(leave).instrs_mut() = body;
    if !ends {
        builder.instr_seq(leave).instr(Return {});
    }
    let mut outside = builder.instr_seq(entry);
    outside.instr(Block { seq: leave });
    for result in results {
        outside.instr(Const { value: zero(*result) });
    }
    leave
}

fn zero(ty: ValType) -> Value {
    match ty {
        ValType::I32 => Value::I32(0),
        ValType::I64 => Value::I64(0),
        ValType::F32 => Value::F32(0.0),
        ValType::F64 => Value::F64(0.0),
        ValType::V128 => Value::V128(0),
        // No accepted feature has references. The check of the output names the feature in use.
        ValType::Ref(_) => Value::I32(0),
    }
}

/// The code of one sequence, with the new code after its `sites`, which are in order.
fn checked(code: Code, sites: &[Site], leave: InstrSeqId, flag: FlagCell) -> Code {
    let mut sites = sites.iter().peekable();
    let mut output = Code::with_capacity(code.len() + 2 * sites.len());
    for (index, (instruction, location)) in code.into_iter().enumerate() {
        let Some(site) = sites.next_if(|site| site.index == index) else {
            output.push((instruction, location));
            continue;
        };
        let mut push = |added: Instr| output.push((added, location));
        if site.after == After::Raise {
            flag.write(true).into_iter().for_each(&mut push);
        } else {
            push(instruction);
        }
        match site.after {
            After::Nothing => {}
            After::Check => {
                flag.read().into_iter().for_each(&mut push);
                push(BrIf { block: leave }.into());
            }
            After::Raise | After::Leave => {
                push(Br { block: leave }.into());
                break;
            }
        }
    }
    output
}

fn redirect_calls(module: &mut Module, caller: FunctionId, from: FunctionId, to: FunctionId) {
    let function = module.funcs.get_mut(caller).kind.unwrap_local_mut();
    let entry = function.entry_block();
    dfs_pre_order_mut(&mut Redirect { from, to }, function, entry);
}

struct Redirect {
    from: FunctionId,
    to: FunctionId,
}

impl VisitorMut for Redirect {
    fn visit_call_mut(&mut self, call: &mut Call) {
        if call.func == self.from {
            call.func = self.to;
        }
    }
}
