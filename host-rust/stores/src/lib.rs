//! Opens the store that a URL names.
//!
//! | URL | store |
//! |---|---|
//! | `memory:` | in memory, gone when it is closed |
//! | `redb:home.redb`, `home.redb` | in a file, which one process has open |
//! | `redb:home.redb?turns`, `?read-only` | in a file, which processes open in turns; which is only read |
//! | `postgres://user@host/database?namespace=shop` | in PostgreSQL, with the feature `postgres` |
//! | `etcd://host:2379,host:2379?namespace=shop` | in etcd, with the feature `etcd` |
//!
//! ```
//! use cu_host::{Error, Instance, MODULE, Module, Options};
//!
//! let mut instance = Instance::new(&Module::new(MODULE)?, cu_stores::open("memory:")?, Options::default())?;
//! assert_eq!(instance.compute("_home.n = 1 return _home.n")?.value().as_i64(), Some(1));
//! let error = cu_stores::open("mysql://localhost/app").err().unwrap().to_string();
//! assert!(error.contains("memory:, redb:FILE"), "{error}");
//! # Ok::<(), Error>(())
//! ```
#![forbid(unsafe_code)]

use cu_host::{Error, FileMode, MemoryStore, RedbOptions, RedbStore, Store, Wait};

/// Opens the store that a URL, or the path of a file, names.
pub fn open(url: &str) -> Result<Box<dyn Store>, Error> {
    match scheme(url) {
        None => file(url),
        Some("redb") => file(url.split_once(':').map_or("", |(_, path)| path)),
        Some("memory") if url == "memory:" => Ok(Box::new(MemoryStore::default())),
        Some("memory") => Err(wrong(url, "a store in memory has no name: memory:")),
        Some("postgres" | "postgresql") => postgres(url),
        Some("etcd") => etcd(url),
        Some(_) => Err(wrong(url, "it is none of the stores that are known")),
    }
}

/// What stands before the first colon, if that can be no path: one letter is a drive of Windows.
fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let is_scheme =
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(&byte));
    is_scheme.then_some(scheme)
}

fn file(path: &str) -> Result<Box<dyn Store>, Error> {
    let (path, mode) = match path.rsplit_once('?') {
        Some((path, "turns")) => (path, FileMode::EachTurn),
        Some((path, "read-only")) => (path, FileMode::ReadOnly),
        _ => (path, FileMode::Kept),
    };
    if path.is_empty() {
        return Err(wrong(path, "a store in a file has a path: redb:home.redb"));
    }
    let wait = if mode == FileMode::EachTurn { Wait::Forever } else { Wait::Never };
    Ok(Box::new(RedbStore::open_with(path, RedbOptions { mode, wait })?))
}

#[cfg(feature = "postgres")]
fn postgres(url: &str) -> Result<Box<dyn Store>, Error> {
    Ok(Box::new(cu_postgres::open(url)?))
}

#[cfg(not(feature = "postgres"))]
fn postgres(url: &str) -> Result<Box<dyn Store>, Error> {
    Err(wrong(url, "PostgreSQL is not built in; it is the feature postgres of cu-stores"))
}

#[cfg(feature = "etcd")]
fn etcd(url: &str) -> Result<Box<dyn Store>, Error> {
    Ok(Box::new(cu_etcd::open(url)?))
}

#[cfg(not(feature = "etcd"))]
fn etcd(url: &str) -> Result<Box<dyn Store>, Error> {
    Err(wrong(url, "etcd is not built in; it is the feature etcd of cu-stores"))
}

/// The URL is not shown behind its scheme: it may have a password.
fn wrong(url: &str, why: &str) -> Error {
    let shown = scheme(url).map_or(String::new(), |scheme| format!("'{scheme}:...' "));
    let known = "memory:, redb:FILE or a path, postgres://USER@HOST/DATABASE?namespace=NAME, \
                 etcd://HOST:PORT,HOST:PORT?namespace=NAME; a path with a colon is written ./PATH";
    Error::Option(format!("the URL of a store {shown}cannot be opened: {why}. Known are {known}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        open(url).err().map(|error| error.to_string()).unwrap_or_else(|| panic!("{url} was opened"))
    }

    #[test]
    fn a_path_is_a_file_and_anything_else_has_a_known_beginning() {
        let folder = std::env::temp_dir().join(format!("cu-stores-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("home.redb").to_str().unwrap().to_owned();
        open(&path).unwrap().set(7, b"k", b"v").unwrap();
        for url in
            [path.clone(), format!("redb:{path}"), format!("redb:{path}?turns"), format!("redb:{path}?read-only")]
        {
            assert_eq!(open(&url).unwrap().size(7), Ok(1), "{url}");
        }
        open(&folder.join("a:b.redb").to_str().unwrap().replace('\\', "/")).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert!(open("memory:").is_ok());
    }

    #[test]
    fn what_is_unknown_names_the_known_ones_and_no_password() {
        for url in ["mysql://me:secret@h/d", "http://me:secret@h", "memory:name", "redb:", ""] {
            let error = refused(url);
            assert!(
                error.contains("postgres://USER@HOST/DATABASE?namespace=NAME") && !error.contains("secret"),
                "{error}"
            );
        }
        assert!(refused("postgres://me:secret@127.0.0.1:1/d").contains("no connection"));
        assert!(refused("etcd://127.0.0.1:1?colour=red").contains("no option 'colour=red'"));
        assert!(refused("/nowhere/home.redb").contains("cannot open /nowhere/home.redb"));
    }
}
