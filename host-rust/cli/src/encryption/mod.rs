//! The commands for keys: `cu key` makes a key; `cu encrypt`, `cu rotate` and `cu decrypt` give a home its first key,
//! another key, or none.
//!
//! Invariant: a home keeps its content and its name; a home in the wrong state, or with another key, is not changed.

mod home;
mod replacement;

use std::path::Path;

use cu_host::store::encrypted::{KEY_MISSING, UNFINISHED};
use cu_host::{EncryptedStore, EncryptionKey, Keys, StoreError};

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::{key_file, output};
use home::{Home, Shared};

pub fn key(arguments: &Arguments) -> Result<(), Failure> {
    let key = key_file::create(Path::new(arguments.operand("FILE")?))?;
    output::show(format!("key id: {}\n", key.id()).as_bytes())
}

pub fn encrypt(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let file = crate::home::needed_file_to_change(arguments, "encrypt")?.path;
    let key = old_key(arguments, "encrypt")?;
    let home = Home::open(&file)?;
    if home.is_encrypted()? {
        return Err(match EncryptedStore::open(home.store(), key) {
            Err(error) if error.code == UNFINISHED => home.failed(error),
            _ => home.refused("it is encrypted already; cu rotate gives it another key"),
        });
    }
    let values = home.rewrite(home.store(), |file| EncryptedStore::open(file, key))?;
    say(values, "encrypted")
}

pub fn rotate(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let file = crate::home::needed_file_to_change(arguments, "rotate")?.path;
    let old = old_key(arguments, "rotate")?;
    let new_file = arguments.new_key_file.as_deref();
    let new = key_file::read(new_file.ok_or_else(|| Usage("rotate needs --new-key-file FILE".to_owned()))?)?;
    if old.id() == new.id() {
        return Err(Usage(format!("both key files have the same key, with id {}", new.id())).into());
    }
    let home = Home::open_encrypted(&file)?;
    let from = open_with_either(&home, old, new.clone())?;
    let values = home.rewrite(from, |file| EncryptedStore::open(file, new))?;
    say(values, "encrypted with the new key")
}

pub fn decrypt(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let file = crate::home::needed_file_to_change(arguments, "decrypt")?.path;
    let key = old_key(arguments, "decrypt")?;
    let home = Home::open_encrypted(&file)?;
    let from = EncryptedStore::open(home.store(), key).map_err(|error| home.failed(error))?;
    let values = home.rewrite(from, Ok)?;
    say(values, "decrypted")
}

fn old_key(arguments: &Arguments, command: &str) -> Result<EncryptionKey, Failure> {
    let file = arguments.key_file.as_deref();
    key_file::read(file.ok_or_else(|| Usage(format!("{command} needs --key-file FILE")))?)
}

/// The home before its rotation. It is opened with the old key alone, because otherwise it would need the new key
/// before it is replaced; a home that a program left in the middle of a rotation needs both keys already.
fn open_with_either(home: &Home, old: EncryptionKey, new: EncryptionKey) -> Result<EncryptedStore<Shared>, Failure> {
    let is_missing = |error: &StoreError| error.code == KEY_MISSING;
    match EncryptedStore::open(home.store(), old.clone()) {
        Err(error) if is_missing(&error) => {
            if EncryptedStore::open(home.store(), new.clone()).is_ok() {
                return Err(home.refused(format!("it has the new key already, with id {}", new.id())));
            }
            EncryptedStore::open(home.store(), Keys::new(new).with_older(old))
        }
        opened => opened,
    }
    .map_err(|error| home.failed(error))
}

fn say(values: u64, what: &str) -> Result<(), Failure> {
    output::show(format!("values: {values} {what}\n").as_bytes())
}
