//! The file that `--key-file` names: 32 bytes, or 64 hexadecimal digits.
//!
//! Invariant: bytes of a key are zeroed before these functions return, and no text shows them. An existing file is
//! never overwritten.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use cu_host::EncryptionKey;
use cu_host::store::encrypted::KEY_BYTES;
use zeroize::Zeroizing;

use crate::arguments::Usage;
use crate::failure::Failure;

/// Reading stops after this number of bytes: a device may have no end.
const READ_BYTES: u64 = 1024;

/// The key in a file. If others can read the file, that is reported and the key is used.
pub fn read(file: &Path) -> Result<EncryptionKey, Failure> {
    let failed = |error| Failure::Io(file.display().to_string(), error);
    let opened = File::open(file).map_err(failed)?;
    let about = opened.metadata().map_err(failed)?;
    // The buffer has room for all of it: a buffer that grows would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * READ_BYTES as usize));
    opened.take(READ_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    let key = parse(&bytes).ok_or_else(|| {
        let wanted = format!("a key is {KEY_BYTES} bytes or {} hexadecimal digits", 2 * KEY_BYTES);
        let found = if bytes.len() as u64 == READ_BYTES { "at least " } else { "" };
        Usage(format!("{}: {wanted}; the file has {found}{} bytes", file.display(), bytes.len()))
    })?;
    warn_of_readers(file, &about);
    Ok(EncryptionKey::new(&key))
}

/// Makes a key of random bytes and writes it as digits to a file that only its owner can read.
pub fn create(file: &Path) -> Result<EncryptionKey, Failure> {
    let failed = |error| Failure::Io(file.display().to_string(), error);
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *key).map_err(|error| failed(io::Error::other(format!("no random bytes: {error}"))))?;
    let mut opened = create_new(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            failed(io::Error::other("it exists and is not overwritten: what it may have encrypted needs it"))
        }
        _ => failed(error),
    })?;
    let kept = opened.write_all(&digits(&key)).and_then(|()| opened.sync_all()).and_then(|()| sync_folder(file));
    kept.map_err(|error| {
        // Half a key is of no use and would block the next attempt.
        let _ = std::fs::remove_file(file);
        failed(error)
    })?;
    Ok(EncryptionKey::new(&key))
}

/// Creates a file that only its owner can use.
pub fn create_new(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Makes the file's name durable.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Other systems cannot open folders.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A line of digits.
fn digits(key: &[u8; KEY_BYTES]) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut line = Zeroizing::new(Vec::with_capacity(2 * KEY_BYTES + 1));
    for byte in key {
        line.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    line.push(b'\n');
    line
}

/// White space may follow the digits: editors and `openssl rand -hex 32` write some.
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
fn warn_of_readers(file: &Path, about: &Metadata) {
    use std::os::unix::fs::PermissionsExt;

    let mode = about.permissions().mode() & 0o777;
    if about.is_file() && mode & 0o077 != 0 {
        crate::output::complain(&format!(
            "cu: warning: others can use the key file {0} (mode {mode:03o}): chmod 600 {0}",
            file.display()
        ));
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path, _: &Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let key = std::array::from_fn(|at| (at * 37) as u8);
        assert_eq!(parse(&digits(&key)).map(|parsed| *parsed), Some(key));
    }

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
