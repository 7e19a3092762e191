//! Where the relay keeps its things: a folder with three encrypted files, and the file with the master key.
//!
//! Invariant: no two files are encrypted with the same key, so nothing that is in one can be put into another.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cu_host::{EncryptedStore, EncryptionKey, Keys, RedbOptions, RedbStore, Wait};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::hex::{hex, unhex};

/// How long to wait for another command that has a file open.
const WAIT: Duration = Duration::from_secs(5);

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Keys and secrets.
    Vault,
    /// Stored functions.
    Routes,
    /// Usage and nonces. A relay that runs has it open.
    Accounts,
}

impl Kept {
    fn name(self) -> &'static str {
        match self {
            Kept::Vault => "vault",
            Kept::Routes => "routes",
            Kept::Accounts => "accounts",
        }
    }
}

/// The folder, and the key to all in it.
pub struct Place {
    folder: PathBuf,
    master: Zeroizing<[u8; 32]>,
}

impl Place {
    /// Makes the folder, and a new key in a file that is not there yet.
    pub fn make(folder: &Path, key_file: &Path) -> Result<Place, String> {
        make_folder(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        make_key(key_file)?;
        Place::open(folder, key_file)
    }

    /// With the key that is in a file.
    pub fn open(folder: &Path, key_file: &Path) -> Result<Place, String> {
        let master = read_private(key_file)?;
        if !folder.is_dir() {
            return Err(format!("there is no folder {}: `relay init` makes it", folder.display()));
        }
        Ok(Place { folder: folder.to_owned(), master })
    }

    /// Opens a file, which is made if it is missing.
    pub fn store(&self, kept: Kept) -> Result<EncryptedStore<RedbStore>, String> {
        self.open_with(kept, self.key(kept).into())
    }

    /// Encrypts everything with the key of another file, which is made if it is missing. No relay may run meanwhile. If it is
    /// killed, it can be begun again.
    pub fn rekey(self, key_file: &Path) -> Result<(), String> {
        if !key_file.exists() {
            make_key(key_file)?;
        }
        let newest = Place::open(&self.folder, key_file)?;
        let open = |kept| self.open_with(kept, Keys::new(newest.key(kept)).with_older(self.key(kept)));
        // All of them first: a relay that runs has one.
        let stores = [Kept::Accounts, Kept::Vault, Kept::Routes].map(open);
        for store in stores {
            let mut store = store?;
            // What is left of the values under the older key goes, too.
            let done = store.rotate(&mut |_| ()).and_then(|_| store.compact());
            done.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn open_with(&self, kept: Kept, keys: Keys) -> Result<EncryptedStore<RedbStore>, String> {
        let file = self.folder.join(format!("{}.redb", kept.name()));
        let options = RedbOptions { wait: Wait::AtMost(WAIT), ..RedbOptions::default() };
        let store = RedbStore::open_with(&file, options).map_err(|error| error.to_string())?;
        EncryptedStore::open(store, keys).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// The key of one file, made of that of all.
    fn key(&self, kept: Kept) -> EncryptionKey {
        let master = hmac::Key::new(hmac::HMAC_SHA256, &*self.master);
        let tag = hmac::sign(&master, format!("cu-relay {}", kept.name()).as_bytes());
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(tag.as_ref());
        EncryptionKey::new(&bytes)
    }
}

fn make_key(file: &Path) -> Result<(), String> {
    let mut master = Zeroizing::new([0; 32]);
    random(&mut *master)?;
    write_private(file, &Zeroizing::new(hex(&*master)))
}

/// Random bytes of the system.
pub fn random(bytes: &mut [u8]) -> Result<(), String> {
    SystemRandom::new().fill(bytes).map_err(|_| "the system has no random bytes".to_owned())
}

/// Writes a line to a new file that only its owner can use.
pub fn write_private(file: &Path, line: &str) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut opened| {
        opened.write_all(line.as_bytes())?;
        opened.write_all(b"\n")?;
        opened.sync_all()?;
        sync_folder(file)
    });
    written.map_err(|error| format!("cannot write {}: {error}", file.display()))
}

/// Makes the file's name durable.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Other systems cannot open folders.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// 32 bytes, of a file with 64 digits. If others can use the file, that is said.
pub fn read_private(file: &Path) -> Result<Zeroizing<[u8; 32]>, String> {
    // Room for all of it: a buffer that grows leaves copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(128));
    let read = File::open(file).and_then(|opened| {
        warn_of_readers(file, &opened.metadata()?);
        opened.take(100).read_to_end(&mut text)
    });
    read.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let digits = std::str::from_utf8(&text).ok().and_then(|text| unhex(text.trim_end()));
    digits
        .map(Zeroizing::new)
        .ok_or_else(|| format!("{}: wanted are 64 hexadecimal digits with small letters", file.display()))
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn warn_of_readers(file: &Path, about: &std::fs::Metadata) {
    let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o777;
    if mode & 0o077 != 0 {
        eprintln!("relay: warning: others can use the key file {0} (mode {mode:03o}): chmod 600 {0}", file.display());
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path, _: &std::fs::Metadata) {}
