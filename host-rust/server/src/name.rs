//! Names of homes.
//!
//! Invariant: a name is 1 to 255 bytes of text without control characters. What looks like a path is a name like any other: a name
//! becomes a file's name by escapes only.

use cu_abi::limits::HOME_NAME_BYTES;

/// A name that was checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HomeName(String);

/// Most file systems allow 255 bytes; the rest is for the ending.
const FILE_NAME_BYTES: usize = 240;

impl HomeName {
    /// Refuses what is no name, and says why.
    pub fn new(name: impl Into<String>) -> Result<HomeName, String> {
        let name = name.into();
        if !(1..=HOME_NAME_BYTES).contains(&name.len()) {
            return Err(format!("the name of a home has 1 to {HOME_NAME_BYTES} bytes, not {}", name.len()));
        }
        match name.char_indices().find(|(_, char)| char.is_control()) {
            Some((at, char)) => {
                Err(format!("the name of a home has no control characters; U+{:04X} is at byte {at}", char as u32))
            }
            None => Ok(HomeName(name)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A file's name without ending: small letters, digits, `-` and `_` stand for themselves, any other byte is `%` and two hexadecimal
    /// digits. So two names are two files, also where a file system takes large letters for small ones.
    pub fn to_file(&self) -> Result<String, String> {
        let mut file = String::new();
        for byte in self.0.bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => file.push(byte.into()),
                other => file += &format!("%{other:02x}"),
            }
        }
        if file.len() > FILE_NAME_BYTES {
            let length = file.len();
            return Err(format!(
                "the home's name is {length} bytes as the name of a file, {FILE_NAME_BYTES} are the most"
            ));
        }
        Ok(file)
    }

    /// The home that a file belongs to; none if this is not how `to_file` writes a name.
    pub fn from_file(file: &str) -> Option<HomeName> {
        let mut bytes = Vec::new();
        let mut rest = file.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'%' => {
                    let [high, low] = [rest.next()?, rest.next()?].map(|digit| char::from(digit).to_digit(16));
                    (high? << 4 | low?) as u8
                }
                other => other,
            });
        }
        let name = HomeName::new(String::from_utf8(bytes).ok()?).ok()?;
        (name.to_file().as_deref() == Ok(file)).then_some(name)
    }
}

impl AsRef<str> for HomeName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_file_in_the_folder_and_is_found_again() {
        for (name, file) in [
            ("ada", "ada"),
            ("Ada", "%41da"),
            ("../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"),
            (".", "%2e"),
            ("a%2fb", "a%252fb"),
            ("é", "%c3%a9"),
            ("C:\\x", "%43%3a%5cx"),
        ] {
            let name = HomeName::new(name).unwrap();
            assert_eq!(name.to_file().as_deref(), Ok(file));
            assert_eq!(HomeName::from_file(file), Some(name));
        }
        for file in ["Ada", "%41", "%6", "%zz", "%2F", "a.b", "", "%ff", "%00"] {
            assert_eq!(HomeName::from_file(file).filter(|name| name.as_str() != "A"), None, "{file}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for (name, problem) in [
            ("", "1 to 255 bytes, not 0"),
            (&"x".repeat(256), "not 256"),
            ("a\0", "U+0000 is at byte 1"),
            ("a\u{85}", "U+0085"),
        ] {
            assert!(HomeName::new(name).unwrap_err().contains(problem), "{name}");
        }
        let problem = HomeName::new("X".repeat(81)).unwrap().to_file().unwrap_err();
        assert_eq!(problem, "the home's name is 243 bytes as the name of a file, 240 are the most");
    }
}
