//! The debug information of a function, which error messages and tracebacks read.
//!
//! Invariant: `luaG_getfuncline` finds the line of every instruction, and no name of a variable is absent.
//!
//! ```text
//! steps      number, 0 or one for each instruction; each a byte: lines from the one before, -128 if absolute
//! absolute   number; each two numbers: instruction, line
//! variables  number; each a string, then two numbers: first instruction and one past the last
//! upvalues   number, any but 0 means one string for each upvalue; each may be absent
//! ```
#![forbid(unsafe_code)]

use crate::bytecode::bad_bytecode::Noted;
use crate::bytecode::function::Function;
use crate::bytecode::reader::ChunkReader;

/// The step that says that the line is in the absolute ones: `ABSLINEINFO`.
const ABSOLUTE: u8 = 0x80;

/// Lua looks for the absolute line of an instruction from entry `instruction / INTERVAL - 1` on: `MAXIWTHABS`.
const INTERVAL: usize = 128;

/// Reads the debug information of `function`, which begins at `first_line`.
pub fn read(reader: &mut ChunkReader<'_>, function: &Function<'_>, first_line: usize) -> Result<(), Noted> {
    read_lines(reader, function.code.length(), first_line)?;
    for _ in 0..reader.count(3)? {
        if reader.string()?.is_none() {
            return Err(reader.refuse("a local variable without a name", 0, 0));
        }
        reader.int()?;
        reader.int()?;
    }
    if reader.int()? != 0 {
        for _ in 0..function.upvalues.count() {
            reader.string()?;
        }
    }
    Ok(())
}

fn read_lines(reader: &mut ChunkReader<'_>, instructions: usize, first_line: usize) -> Result<(), Noted> {
    let count = reader.count(1)?;
    if count != 0 && count != instructions {
        return Err(reader.refuse("lines of # instructions, the code has @", count, instructions));
    }
    let steps = reader.take(count)?;
    let absolute = reader.count(2)?;
    // The estimate for the last instruction must be an entry.
    let fewest = count.saturating_sub(1) / INTERVAL;
    if absolute < fewest {
        return Err(reader.refuse("# absolute lines, at least @", absolute, fewest));
    }
    let (mut line, mut start) = (first_line, 0);
    for entry in 0..absolute {
        let instruction = reader.int()?;
        let latest = (entry + 1) * INTERVAL;
        if instruction > latest {
            return Err(reader.refuse("an absolute line for instruction #, at most @", instruction, latest));
        }
        let Some((ABSOLUTE, before)) =
            steps.get(start..=instruction).and_then(<[u8]>::split_last).map(|(a, b)| (*a, b))
        else {
            return Err(reader.refuse("an absolute line for instruction #, which has none", instruction, 0));
        };
        walk(reader, before, line)?;
        line = reader.int()?;
        start = instruction + 1;
    }
    walk(reader, steps.get(start..).unwrap_or(&[]), line)
}

/// Follows relative steps from `line`: every line must fit an `int`, and no step may be absolute.
fn walk(reader: &ChunkReader<'_>, steps: &[u8], mut line: usize) -> Result<(), Noted> {
    for step in steps {
        if *step == ABSOLUTE {
            return Err(reader.refuse("an absolute line is missing", 0, 0));
        }
        line = match line.checked_add_signed(isize::from(*step as i8)) {
            Some(line) if line <= i32::MAX as usize => line,
            _ => return Err(reader.refuse("a line beyond #", i32::MAX as usize, 0)),
        };
    }
    Ok(())
}
