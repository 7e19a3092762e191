//! The two pseudo-functions, which the input imports and the output does not.
//!
//! Invariant: a `Pseudo` exists only when both are imported once, with the right types, and used
//! only by direct calls. So when the calls are replaced, no use of them is left.

use crate::error::Error;
use walrus::{ConstExpr, ElementItems, ExportItem, FunctionId, ImportId, ImportKind, Module, ValType};

const MODULE: &str = "unwind";
const THROW: &str = "throw";
const TRY: &str = "try";

/// The parameters of `try`: a table index, and the two arguments of the function found there.
pub const TRY_PARAMETERS: [ValType; 3] = [ValType::I32; 3];

/// The pseudo-functions of one module.
#[derive(Clone, Copy, Debug)]
pub struct Pseudo {
    /// Starts unwinding.
    pub throw: FunctionId,
    /// Calls a function and ends the unwinding that comes out of it.
    pub try_: FunctionId,
}

impl Pseudo {
    /// Finds both imports.
    pub fn find(module: &Module) -> Result<Pseudo, Error> {
        reject_unknown_names(module)?;
        let pseudo =
            Pseudo { throw: find_import(module, THROW, &[])?, try_: find_import(module, TRY, &TRY_PARAMETERS)? };
        pseudo.reject_use_as_value(module)?;
        Ok(pseudo)
    }

    /// Removes both imports. The caller has already replaced all calls.
    pub fn delete(self, module: &mut Module) {
        let imports: Vec<ImportId> = named(module).map(|import| import.id()).collect();
        for import in imports {
            module.imports.delete(import);
        }
        module.funcs.delete(self.throw);
        module.funcs.delete(self.try_);
    }

    fn reject_use_as_value(self, module: &Module) -> Result<(), Error> {
        for (name, function) in [(THROW, self.throw), (TRY, self.try_)] {
            if let Some(place) = place_as_value(module, function) {
                return Err(Error::UsedAsValue { name, place });
            }
        }
        Ok(())
    }
}

fn named(module: &Module) -> impl Iterator<Item = &walrus::Import> {
    module.imports.iter().filter(|import| import.module == MODULE)
}

fn reject_unknown_names(module: &Module) -> Result<(), Error> {
    match named(module).find(|import| import.name != THROW && import.name != TRY) {
        Some(import) => Err(Error::UnknownImport { name: import.name.clone() }),
        None => Ok(()),
    }
}

fn find_import(module: &Module, name: &'static str, parameters: &[ValType]) -> Result<FunctionId, Error> {
    let mut imports = named(module).filter(|import| import.name == name);
    let import = imports.next().ok_or(Error::MissingImport { name })?;
    if imports.next().is_some() {
        return Err(Error::ImportedTwice { name });
    }
    let wrong = |found| Error::WrongSignature { name, expected: signature(parameters, &[]), found };
    let ImportKind::Function(function) = import.kind else {
        return Err(wrong("something other than a function".to_owned()));
    };
    let found = module.types.params_results(module.funcs.get(function).ty());
    if found != (parameters, &[]) {
        return Err(wrong(signature(found.0, found.1)));
    }
    Ok(function)
}

fn signature(parameters: &[ValType], results: &[ValType]) -> String {
    let list = |types: &[ValType]| {
        let names: Vec<String> = types.iter().map(ValType::to_string).collect();
        names.join(", ")
    };
    format!("({}) -> ({})", list(parameters), list(results))
}

fn place_as_value(module: &Module, function: FunctionId) -> Option<&'static str> {
    let in_segment = module.elements.iter().any(|segment| match &segment.items {
        ElementItems::Functions(functions) => functions.contains(&function),
        ElementItems::Expressions(_, items) => {
            items.iter().any(|item| matches!(item, ConstExpr::RefFunc(found) if *found == function))
        }
    });
    let exported =
        module.exports.iter().any(|export| matches!(export.item, ExportItem::Function(found) if found == function));
    if in_segment {
        Some("the table")
    } else if exported {
        Some("its exports")
    } else if module.start == Some(function) {
        Some("its start section")
    } else {
        None
    }
}
