//! What happens at the border, as text.
//!
//! Invariant: a text names what is needed to find the place, and at most a part of long bytes.

use cu_abi::recording::{Entry, Import};

use super::crossing::{KEYS, SET, SIZE};

const IMPORT_WORDS: [&str; 5] = ["set", "get", "delete", "size", "keys"];

/// So many bytes are shown.
const SHOWN: usize = 24;

/// Bytes as text in quotes, where they are that, or in hexadecimal.
pub fn bytes(bytes: &[u8]) -> String {
    let part = &bytes[..bytes.len().min(SHOWN)];
    let text = match part {
        [] => return "nothing".into(),
        part if part.iter().all(|byte| matches!(byte, 0x20..0x7f)) => format!("\"{}\"", String::from_utf8_lossy(part)),
        part => part.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    if bytes.len() > SHOWN { format!("{text}... ({} bytes)", bytes.len()) } else { text }
}

/// A call of an import.
pub fn import(import: &Import<'_>) -> String {
    let mut parts = vec![format!("table {}", import.table)];
    if import.import != SIZE {
        let what = if import.import == KEYS { "request" } else { "key" };
        parts.push(format!("{what} {}", bytes(import.key)));
    }
    if import.import == SET || !import.value.is_empty() {
        parts.push(format!("value {}", bytes(import.value)));
    }
    if import.room > 0 {
        parts.push(format!("room {}", import.room));
    }
    format!("{}({})", IMPORT_WORDS[usize::from(import.import)], parts.join(", "))
}

/// The end of a call of an export.
pub fn end(name: &str, end: &Entry<'_>) -> String {
    match end {
        Entry::Trap { words } => format!("a trap of {name} ({})", String::from_utf8_lossy(words)),
        Entry::Return { answer, left } if name == "compute" => {
            let what = if *answer < 0 { "error" } else { "response" };
            format!("the end of {name}, with the {what} {}", bytes(left))
        }
        Entry::Return { left, .. } if !left.is_empty() => format!("the end of {name}, with {}", bytes(left)),
        Entry::Return { answer, .. } => format!("the end of {name}, answer {answer}"),
        _ => name.to_owned(),
    }
}

/// Where two rows of bytes differ first.
pub fn difference(what: &str, recorded: &[u8], came: &[u8]) -> Option<String> {
    match recorded.iter().zip(came).position(|(one, other)| one != other) {
        Some(at) => Some(format!("the first difference is byte {at} of the {what}")),
        None if recorded.len() == came.len() => None,
        None => Some(format!("the {what} has {} bytes, and {} came", recorded.len(), came.len())),
    }
}
