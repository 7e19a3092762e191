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

mod place;
mod server;

use cu_host::{Error, Store};

pub use cu_remote::Namespaces;
pub use place::{FilePlace, Place};
pub use server::Server;

/// Opens the store that a URL, or the path of a file, names.
pub fn open(url: &str) -> Result<Box<dyn Store>, Error> {
    Place::from_url(url)?.open()
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
    fn what_is_shown_has_no_password() {
        for (url, shown) in [
            ("memory:", "memory"),
            ("redb:a/b.redb?turns", "a/b.redb"),
            ("postgres://me:secret@db:5433/app", "the namespace 'default' in PostgreSQL at db:5433, database app"),
            ("postgres:///app?host=/run/x&namespace=n", "the namespace 'n' in PostgreSQL at /run/x, database app"),
            ("etcd://a,b:1?namespace=n", "the namespace 'n' in etcd at http://a:2379, http://b:1"),
        ] {
            assert_eq!(Place::from_url(url).unwrap().to_string(), shown);
        }
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
        assert!(refused("redb:x?colour").contains("not ?colour"));
        assert!(refused("etcd://127.0.0.1:1?colour=red").contains("no option 'colour'"));
        assert!(refused("/nowhere/home.redb").contains("cannot open /nowhere/home.redb"));
    }
}
