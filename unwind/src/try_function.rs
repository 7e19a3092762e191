//! The function that takes the place of `try`.
//!
//! Invariant: it returns with the flag clear and the shadow stack pointer as it found it.

use crate::flag::FlagCell;
use crate::pseudo::TRY_PARAMETERS;
use walrus::ir::{BrIf, Instr, UnaryOp, Unop};
use walrus::{FunctionBuilder, FunctionId, GlobalId, Module, TableId, ValType};

/// Adds the function:
///
/// ```wat
/// (func (param $function i32) (param $state i32) (param $data i32) (local $saved i32)
///   (local.set $saved (global.get $__stack_pointer))
///   (call_indirect (type $body) (local.get $state) (local.get $data) (local.get $function))
///   (br_if 0 (i32.eqz (global.get $unwinding)))
///   (global.set $unwinding (i32.const 0))
///   (global.set $__stack_pointer (local.get $saved)))
/// ```
pub fn add(module: &mut Module, table: TableId, stack_pointer: GlobalId, flag: FlagCell) -> FunctionId {
    let body_type = module.types.add(&TRY_PARAMETERS[1..], &[]);
    let parameters = TRY_PARAMETERS.map(|ty| module.locals.add(ty));
    let [function, state, data] = parameters;
    let saved = module.locals.add(ValType::I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &TRY_PARAMETERS, &[]);
    builder.name("unwind_try".to_owned());
    let entry = builder.func_body_id();
    let mut code = builder.func_body();
    code.global_get(stack_pointer).local_set(saved);
    code.local_get(state).local_get(data).local_get(function).call_indirect(body_type, table);
    append(code.instrs_mut(), flag.read());
    code.instr(Unop { op: UnaryOp::I32Eqz }).instr(BrIf { block: entry });
    append(code.instrs_mut(), flag.write(false));
    code.local_get(saved).global_set(stack_pointer);
    builder.finish(parameters.to_vec(), &mut module.funcs)
}

fn append(code: &mut Vec<(Instr, walrus::InstrLocId)>, instructions: Vec<Instr>) {
    code.extend(instructions.into_iter().map(|instruction| (instruction, Default::default())));
}
