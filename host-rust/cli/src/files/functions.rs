//! The functions that scripts call as `host.file.NAME`.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use cu_host::{Args, Functions, Value};

use super::access::{Access, about, shown};
use super::folder::Entry;
use super::grant::Right;

/// A file is read at most so much at a time: the module has memory for it twice, as an answer and as a string.
const READ_BYTES: u64 = 1 << 19;
/// Names of one folder: as many as a query has rows.
const NAMES: usize = 10_000;

/// What a function does with the arguments of a call.
type Act = fn(&mut Access, &Args) -> Answer;
type Answer = Result<Value, String>;

pub fn of(access: Access) -> Functions {
    let access = Arc::new(Mutex::new(access));
    let mut functions = Functions::default();
    let all: [(&str, Act); 6] = [
        ("file.read", read),
        ("file.list", list),
        ("file.exists", exists),
        ("file.write", write),
        ("file.append", append),
        ("file.remove", remove),
    ];
    for (name, function) in all {
        let access = Arc::clone(&access);
        functions
            .add(name, move |args: Args| function(&mut access.lock().unwrap_or_else(PoisonError::into_inner), &args));
    }
    functions
}

/// `read(path [, offset [, length]])`: bytes of a file; without a length all that follow, which must not be too many.
fn read(access: &mut Access, args: &Args) -> Answer {
    let path = args.at(0);
    let offset = number(args.at(1), "the offset")?.unwrap_or(0);
    let length = number(args.at(2), "the length")?;
    if let Some(length) = length.filter(|length| *length > READ_BYTES) {
        return Err(about(path, format!("at most {READ_BYTES} bytes are read at a time, not {length}")));
    }
    let place = access.place(path, &[Right::Read])?;
    let read = || {
        let file = place.read()?;
        access.refuse_own(&file)?;
        (&file).seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        (&file).take(length.unwrap_or(READ_BYTES + 1)).read_to_end(&mut bytes)?;
        Ok((bytes, file.metadata()?.len()))
    };
    let (bytes, whole) = read().map_err(|error: std::io::Error| about(path, error))?;
    if bytes.len() as u64 > READ_BYTES {
        let problem =
            format!("it has {whole} bytes, and at most {READ_BYTES} are read at a time: read(path, offset, length)");
        return Err(about(path, problem));
    }
    Ok(Value::String(bytes))
}

/// `list(path)`: the names in a folder in order of their bytes, those of folders with `/` at their end. What is neither a file nor
/// a folder is left out.
fn list(access: &mut Access, args: &Args) -> Answer {
    let path = args.at(0);
    let place = access.place(path, &[Right::Read])?;
    let mut names = place.list(NAMES).map_err(|error| about(path, error))?;
    names.retain(|(_, entry)| *entry != Entry::Other);
    names.sort_by(|one, other| one.0.cmp(&other.0));
    let written = |(mut name, entry): (Vec<u8>, Entry)| {
        if entry == Entry::Folder {
            name.push(b'/');
        }
        Value::String(name)
    };
    Ok(Value::from(names.into_iter().map(written).collect::<Vec<_>>()))
}

/// `exists(path)`: whether there is a file or a folder.
fn exists(access: &mut Access, args: &Args) -> Answer {
    let path = args.at(0);
    let rights = [Right::Read, Right::Write];
    let entry = access.entry(path, &rights)?;
    Ok(matches!(entry, Some(Entry::File | Entry::Folder)).into())
}

/// `write(path, text)`: the whole file, new or in place of the old one.
fn write(access: &mut Access, args: &Args) -> Answer {
    change(access, args, |access, place, bytes| {
        access.refuse_own_at(place)?;
        place.replace(bytes)
    })
}

/// `append(path, text)`: at the end of a file, which is made if it is missing.
fn append(access: &mut Access, args: &Args) -> Answer {
    change(access, args, |access, place, bytes| {
        let mut file = place.append()?;
        access.refuse_own(&file)?;
        file.write_all(bytes)
    })
}

fn change(
    access: &mut Access,
    args: &Args,
    act: impl FnOnce(&Access, &super::folder::Place, &[u8]) -> std::io::Result<()>,
) -> Answer {
    let (path, text) = (args.at(0), args.at(1));
    let bytes =
        text.as_bytes().ok_or_else(|| about(path, format!("what is written is a string, not {}", shown(text))))?;
    let place = access.place(path, &[Right::Write])?;
    let changed = access.count(bytes.len()).and_then(|()| act(access, &place, bytes));
    changed.map(|()| Value::Nil).map_err(|error| about(path, error))
}

/// `remove(path)`: a file goes.
fn remove(access: &mut Access, args: &Args) -> Answer {
    let path = args.at(0);
    let place = access.place(path, &[Right::Write])?;
    let removed = access.refuse_own_at(&place).and_then(|()| place.remove());
    removed.map(|()| Value::Nil).map_err(|error| about(path, error))
}

/// A number of bytes, if there is one.
fn number(value: &Value, what: &str) -> Result<Option<u64>, String> {
    match value {
        Value::Nil => Ok(None),
        Value::Integer(number) => u64::try_from(*number).map(Some).map_err(|_| format!("{what} is {number}, below 0")),
        other => Err(format!("{what} is an integer, not {}", shown(other))),
    }
}
