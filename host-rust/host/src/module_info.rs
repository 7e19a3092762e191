//! A module's description of itself: the custom section `cu` (`abi/README.md`, "What the file says of itself").
//!
//! Invariant: an engine sees only modules that state the host's version of the contract.

use std::fmt::{self, Display, Formatter};

use cu_abi::{ABI_VERSION, SECTION};

use crate::error::Error;
use crate::json::reader::Json;

/// A module's description of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleInfo {
    /// The version of cu from which it was built.
    pub version: String,
    /// The version of the contract. It equals the host's, since any other is refused.
    pub abi: u32,
    /// The parts that are built in, such as `bigint`.
    pub features: Vec<String>,
    /// The purpose of a build for tests or benchmarks; absent in a build for use.
    pub flags: Vec<String>,
}

/// The version and what is built in, as the name of a module.
impl Display for ModuleInfo {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let parts = [&self.features[..], &self.flags].concat();
        let with = if parts.is_empty() { "" } else { " with " };
        write!(out, "cu {}{with}{}", self.version, parts.join(", "))
    }
}

/// The largest number up to which a float can hold every whole number.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

impl ModuleInfo {
    /// Reads the description from the bytes of a module, without compiling them or checking the rest.
    pub fn read(module: &[u8]) -> Result<ModuleInfo, Error> {
        let sections = sections(module)?;
        match sections[..] {
            [content] => ModuleInfo::parse(content),
            [] => Err(Error::Module(format!(
                "it has no section '{SECTION}', in which it says its version; this host speaks version {ABI_VERSION} of the contract"
            ).into())),
            _ => Err(Error::Module(format!("it has {} sections '{SECTION}'", sections.len()).into())),
        }
    }

    fn parse(content: &[u8]) -> Result<ModuleInfo, Error> {
        let damaged = |problem: &str| Error::Module(format!("its section '{SECTION}' {problem}").into());
        let Json::Object(fields) = Json::read(content).ok_or_else(|| damaged("is no JSON"))? else {
            return Err(damaged("is no object"));
        };
        // If there are two, the last one counts, as in JavaScript.
        let field = |wanted| fields.iter().rfind(|(name, _)| name == wanted).map(|(_, value)| value);
        match field("abi").and_then(Json::number) {
            Some(abi) if abi.fract() == 0.0 && (0.0..=MAX_EXACT).contains(&abi) => {
                // The version comes first: in another version the other fields may differ.
                if abi != f64::from(ABI_VERSION) {
                    return Err(Error::Version { host: ABI_VERSION, module: abi as u64 });
                }
            }
            _ => return Err(damaged("has no version of the contract, 'abi'")),
        }
        let Some(Json::Text(version)) = field("version") else { return Err(damaged("has no text 'version'")) };
        let features = field("features").and_then(texts);
        let flags = field("flags").map_or(Some(Vec::new()), texts);
        Ok(ModuleInfo {
            version: version.clone(),
            abi: ABI_VERSION,
            features: features.ok_or_else(|| damaged("has no list of texts 'features'"))?,
            flags: flags.ok_or_else(|| damaged("has 'flags' that are no list of texts"))?,
        })
    }
}

fn texts(value: &Json) -> Option<Vec<String>> {
    let Json::List(items) = value else { return None };
    items.iter().map(|item| if let Json::Text(text) = item { Some(text.clone()) } else { None }).collect()
}

/// The first bytes of a module of WebAssembly 1.0.
const HEAD: &[u8] = b"\0asm\x01\0\0\0";

const CUSTOM: u8 = 0;

/// Contents of the custom sections named `cu`. The engine checks all other sections.
fn sections(module: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut rest = module.strip_prefix(HEAD).ok_or_else(|| Error::Module("it is no WebAssembly".into()))?;
    let mut found = Vec::new();
    while let Some((&kind, after)) = rest.split_first() {
        rest = after;
        let cut = || Error::Module("it is no WebAssembly: a section is cut off".into());
        let content = take_bytes(&mut rest).ok_or_else(cut)?;
        if kind == CUSTOM {
            let mut content = content;
            if take_bytes(&mut content).ok_or_else(cut)? == SECTION.as_bytes() {
                found.push(content);
            }
        }
    }
    Ok(found)
}

/// A number, and after it that many bytes.
fn take_bytes<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_number(rest)?;
    let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(bytes)
}

/// A number of 32 bits in LEB128: seven bits in a byte, the lowest first.
fn take_number(rest: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return u32::try_from(number).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_bytes_are_refused_or_read_and_never_more() {
        let said = br#"{"version":"1","abi":1,"features":[]}"#;
        let head = [0, 3 + said.len() as u8, 2, b'c', b'u'];
        let whole = [HEAD, b"\x01\x01\x00", &head, said, b"\x0b\x01\x00"].concat();
        let info = ModuleInfo::read(&whole).unwrap();
        assert_eq!((info.version.as_str(), info.features.len(), info.flags.len()), ("1", 0, 0));
        for length in 0..whole.len() {
            let cut = ModuleInfo::read(&whole[..length]);
            assert!(cut.is_err() || length == whole.len() - 3, "{length}: {cut:?}");
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                // There is no panic, and each answer names the module, not the host.
                assert!(matches!(ModuleInfo::read(&changed), Ok(_) | Err(Error::Module(_) | Error::Version { .. })));
            }
        }
    }

    #[test]
    fn numbers_are_of_32_bits() {
        for (mut bytes, number) in [
            (&b"\x05"[..], Some(5)),
            (b"\x80\x01", Some(128)),
            (b"\xff\xff\xff\xff\x0f", Some(u32::MAX)),
            (b"\xff\xff\xff\xff\x1f", None),
            (b"\x80\x80\x80\x80\x80\x00", None),
            (b"\x80", None),
            (b"", None),
        ] {
            assert_eq!(take_number(&mut bytes), number);
        }
    }
}
