//! The records of stored functions.
//!
//! Invariant: only what the module itself would refuse is a problem, except for bytecode, which only the module verifies.
//!
//! ```text
//! record    version u8 = 1 | check u64 | captured u8 | captured x cell u32 | bytecode
//!           version u8 = 2 | check u64 | captured u8 | captured x cell u32 | code u32
//! code      version u8 = 1 | check u64 | bytecode
//! check     FNV-1a of all bytes after it
//! ```

use super::finding::Problem;
use super::{CODES, FUNCTIONS, Verification};
use crate::store::StoreError;
use crate::value::Value;

const WITH_BYTECODE: u8 = 1;
const WITH_CODE: u8 = 2;
const CODE_VERSION: u8 = 1;

/// Bytes of a version and a check.
pub const HEAD_BYTES: usize = 9;
pub const CELL_BYTES: usize = 4;

/// What a function refers to.
#[derive(Debug, PartialEq)]
pub struct Function {
    /// The captured variables in their order; 0 is the table of globals.
    pub cells: Vec<u32>,
    /// The row of its code, if that is not in the record.
    pub code: Option<u32>,
}

/// What is wrong with a record or with code.
#[derive(Debug, PartialEq)]
enum Damage {
    CutOrChanged,
    Version(u8),
}

impl Verification<'_> {
    /// The function of that id, or what is wrong with it.
    pub fn function(&mut self, id: u32) -> Result<Result<Function, Problem>, StoreError> {
        let Some(record) = self.bytes(FUNCTIONS, id)? else { return Ok(Err(Problem::FunctionGone(id))) };
        let function = match record.and_then(|record| parse(&record)) {
            Ok(function) => function,
            Err(Damage::CutOrChanged) => return Ok(Err(Problem::FunctionDamaged(id))),
            Err(Damage::Version(version)) => return Ok(Err(Problem::FunctionVersion(id, version))),
        };
        let Some(code) = function.code else { return Ok(Ok(function)) };
        let Some(row) = self.bytes(CODES, code)? else { return Ok(Err(Problem::CodeGone(id, code))) };
        Ok(match row.and_then(|row| checked(&row, &[CODE_VERSION]).map(drop)) {
            Ok(()) => Ok(function),
            Err(Damage::CutOrChanged) => Err(Problem::CodeDamaged(id, code)),
            Err(Damage::Version(version)) => Err(Problem::CodeVersion(id, code, version)),
        })
    }

    /// The bytes of a row; bytes that an encrypted store cannot read are damaged.
    fn bytes(&mut self, table: u32, id: u32) -> Result<Option<Result<Vec<u8>, Damage>>, StoreError> {
        let Ok(key) = Value::from(id).encode_key() else { return Ok(None) };
        match self.store.get(table, &key) {
            Ok(bytes) => Ok(bytes.map(|bytes| Ok(bytes.into_owned()))),
            Err(error) if super::walk::is_of_value(&error) => Ok(Some(Err(Damage::CutOrChanged))),
            Err(error) => Err(error),
        }
    }
}

fn parse(record: &[u8]) -> Result<Function, Damage> {
    let (version, rest) = checked(record, &[WITH_BYTECODE, WITH_CODE])?;
    let (captured, rest) = rest.split_first().ok_or(Damage::CutOrChanged)?;
    let cells = usize::from(*captured) * CELL_BYTES;
    let (cells, rest) = rest.split_at_checked(cells).ok_or(Damage::CutOrChanged)?;
    let (cells, _) = cells.as_chunks();
    let code = match version {
        WITH_CODE => Some(u32::from_le_bytes(rest.try_into().map_err(|_| Damage::CutOrChanged)?)),
        _ => None,
    };
    Ok(Function { cells: cells.iter().map(|cell| u32::from_le_bytes(*cell)).collect(), code })
}

/// The version, and the bytes after the check, if it is theirs.
fn checked<'a>(bytes: &'a [u8], known: &[u8]) -> Result<(u8, &'a [u8]), Damage> {
    let version = *bytes.first().ok_or(Damage::CutOrChanged)?;
    if !known.contains(&version) {
        return Err(Damage::Version(version));
    }
    let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or(Damage::CutOrChanged)?;
    if head[1..] == hash(rest).to_le_bytes() { Ok((version, rest)) } else { Err(Damage::CutOrChanged) }
}

/// FNV-1a.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
