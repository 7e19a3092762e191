//! Which functions may raise.
//!
//! Invariant: a function outside this set returns only with the flag clear, so calls of it need no
//! check. The set is the smallest that contains `throw` and every function that calls
//! - a function in the set, or
//! - indirectly, through the type of a function in the set that the table can hold.
//!
//! `try` and the functions of the host are not in it. The table can hold what element segments
//! name; a host that puts other functions of the module there must not choose raising ones.

use std::collections::HashSet;
use walrus::ir::{Call, CallIndirect, Instr, Visitor, dfs_in_order};
use walrus::{ConstExpr, ElementItems, FunctionId, LocalFunction, Module, ModuleTypes, TypeId};

/// The functions of one module that may raise, and the types through which they may be reached.
#[derive(Debug)]
pub struct Reach {
    functions: HashSet<FunctionId>,
    indirect_types: HashSet<TypeId>,
}

impl Reach {
    /// Finds the functions of `module` from which `throw` can be reached.
    pub fn find(module: &Module, throw: FunctionId) -> Reach {
        let in_table = table_functions(module);
        let calls: Vec<Calls> =
            module.funcs.iter_local().map(|(id, function)| Calls::collect(module, id, function)).collect();
        let mut reach = Reach { functions: HashSet::new(), indirect_types: HashSet::new() };
        reach.functions.insert(throw);
        while reach.grow(module, &calls, &in_table) {}
        reach
    }

    /// Whether `function` may raise.
    pub fn contains(&self, function: FunctionId) -> bool {
        self.functions.contains(&function)
    }

    /// Whether `instruction` is a call that may raise.
    pub fn is_raising_call(&self, types: &ModuleTypes, instruction: &Instr) -> bool {
        match instruction {
            Instr::Call(Call { func }) => self.functions.contains(func),
            Instr::CallIndirect(CallIndirect { ty, .. }) => self.indirect_types.contains(&canonical(types, *ty)),
            _ => false,
        }
    }

    /// Adds the callers of the functions known so far; false when there are no new ones.
    fn grow(&mut self, module: &Module, calls: &[Calls], in_table: &HashSet<FunctionId>) -> bool {
        let known = self.functions.len();
        for caller in calls {
            if self.functions.contains(&caller.function) || !self.meets(caller) {
                continue;
            }
            self.functions.insert(caller.function);
            if in_table.contains(&caller.function) {
                let ty = module.funcs.get(caller.function).ty();
                self.indirect_types.insert(canonical(&module.types, ty));
            }
        }
        self.functions.len() > known
    }

    fn meets(&self, caller: &Calls) -> bool {
        !self.functions.is_disjoint(&caller.direct) || !self.indirect_types.is_disjoint(&caller.indirect)
    }
}

/// The calls of one function.
struct Calls {
    function: FunctionId,
    direct: HashSet<FunctionId>,
    indirect: HashSet<TypeId>,
}

impl Calls {
    fn collect(module: &Module, function: FunctionId, body: &LocalFunction) -> Calls {
        let (direct, indirect) = (HashSet::new(), HashSet::new());
        let mut collector = CallCollector { types: &module.types, calls: Calls { function, direct, indirect } };
        dfs_in_order(&mut collector, body, body.entry_block());
        collector.calls
    }
}

struct CallCollector<'a> {
    types: &'a ModuleTypes,
    calls: Calls,
}

impl<'instr> Visitor<'instr> for CallCollector<'_> {
    fn visit_call(&mut self, call: &Call) {
        self.calls.direct.insert(call.func);
    }

    fn visit_call_indirect(&mut self, call: &CallIndirect) {
        self.calls.indirect.insert(canonical(self.types, call.ty));
    }
}

/// Types are equal by structure, and a module may declare one twice.
fn canonical(types: &ModuleTypes, ty: TypeId) -> TypeId {
    let (parameters, results) = types.params_results(ty);
    types.find(parameters, results).unwrap_or(ty)
}

fn table_functions(module: &Module) -> HashSet<FunctionId> {
    let mut functions = HashSet::new();
    for segment in module.elements.iter() {
        match &segment.items {
            ElementItems::Functions(items) => functions.extend(items),
            ElementItems::Expressions(_, items) => {
                functions.extend(items.iter().filter_map(|item| match item {
                    ConstExpr::RefFunc(function) => Some(*function),
                    _ => None,
                }));
            }
        }
    }
    functions
}
