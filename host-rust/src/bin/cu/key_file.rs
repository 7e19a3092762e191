//! The file that `--key-file` names: 32 bytes, or 64 hexadecimal digits.
//!
//! Invariant: what was read is zeroed before this returns, and no text shows any of it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use cu_host::EncryptionKey;
use cu_host::store::encrypted::KEY_BYTES;
use zeroize::Zeroizing;

use crate::arguments::Usage;
use crate::failure::Failure;

/// More is not read: a device may have no end.
const READ_BYTES: u64 = 1024;

/// The key in a file. A file that others can read is complained about, and taken.
pub fn read(file: &Path) -> Result<EncryptionKey, Failure> {
    let failed = |error| Failure::Io(file.display().to_string(), error);
    let mut opened = File::open(file).map_err(failed)?;
    warn_of_readers(file, &opened).map_err(failed)?;
    // With room for all of it, so that no copy is left where it grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * READ_BYTES as usize));
    opened.by_ref().take(READ_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    let key = parse(&bytes).ok_or_else(|| {
        let wanted = format!("a key is {KEY_BYTES} bytes or {} hexadecimal digits", 2 * KEY_BYTES);
        let found = if bytes.len() as u64 == READ_BYTES { "at least " } else { "" };
        Usage(format!("{}: {wanted}; the file has {found}{} bytes", file.display(), bytes.len()))
    })?;
    Ok(EncryptionKey::new(&key))
}

/// White space may follow digits, as an editor or `openssl rand -hex 32` leaves it.
fn parse(bytes: &[u8]) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    if bytes.len() == KEY_BYTES {
        key.copy_from_slice(bytes);
        return Some(key);
    }
    let (pairs, []) = bytes.trim_ascii_end().as_chunks::<2>() else { return None };
    if pairs.len() != KEY_BYTES {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(pairs) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *byte = (high? << 4 | low?) as u8;
    }
    Some(key)
}

#[cfg(unix)]
fn warn_of_readers(file: &Path, opened: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode = opened.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        eprintln!("cu: warning: others can use the key file {0} (mode {mode:03o}): chmod 600 {0}", file.display());
    }
    Ok(())
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path, _: &File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_digits_are_keys() {
        let digits: String = (0..32).map(|byte| format!("{:02x}", byte * 8)).collect();
        let bytes: Vec<u8> = (0..32).map(|byte| byte * 8).collect();
        for text in
            [bytes.clone(), digits.clone().into(), digits.to_uppercase().into(), (digits.clone() + "\r\n").into()]
        {
            assert_eq!(parse(&text).map(|key| key.to_vec()), Some(bytes.clone()), "{text:?}");
        }
        for wrong in ["", "0", &digits[1..], &digits[2..], &digits.replace("08", "0g"), &(digits.clone() + "00")] {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(parse(&bytes[1..]), None);
    }
}
