//! Homes by name.

use super::Instance;
use crate::error::Error;
use crate::homes::{self, Home};

impl Instance {
    /// Makes the home of that name, 1 to 255 bytes, `_home` from now on, as [`Options::home`](crate::Options::home)
    /// does from the start. It is made if there is none of that name. Answers its table.
    ///
    /// ```
    /// use cu_host::{Instance, MODULE, MemoryStore, Module, Options};
    ///
    /// let mut instance = Instance::new(&Module::new(MODULE)?, MemoryStore::default(), Options::default())?;
    /// instance.open_home("ada")?;
    /// instance.compute("_home.language = 'en'")?;
    /// instance.open_home("bob")?;
    /// assert!(instance.compute("return _home.language")?.value().is_nil());
    ///
    /// instance.rename_home("ada", "ada@example.org")?;
    /// instance.open_home("ada@example.org")?;
    /// assert_eq!(instance.compute("return _home.language")?.value().as_str(), Some("en"));
    /// instance.drop_home("bob")?;
    /// instance.run_gc()?; // frees what was in it
    /// let names: Vec<_> = instance.homes()?.into_iter().filter_map(|home| home.name).collect();
    /// assert_eq!(names, [b"ada@example.org"]);
    /// # Ok::<(), cu_host::Error>(())
    /// ```
    pub fn open_home(&mut self, name: impl Into<Vec<u8>>) -> Result<u32, Error> {
        self.alive()?;
        let before = self.guest.host().control.set_home(Some(name.into()))?;
        // The module looks for the home when a compute begins; an empty one has no other way to fail.
        match self.compute("") {
            Ok(_) => self.home_table(),
            Err(error) => {
                // What was valid before is valid now.
                let _ = self.guest.host().control.set_home(before);
                Err(error)
            }
        }
    }

    /// The homes of the store, in the order of their ids.
    pub fn homes(&mut self) -> Result<Vec<Home>, Error> {
        self.in_store(homes::list)
    }

    /// Gives a home another name. It is an error if there is no home `old`, or a home `new` already.
    pub fn rename_home(&mut self, old: impl AsRef<[u8]>, new: impl AsRef<[u8]>) -> Result<(), Error> {
        let (old, new) = (old.as_ref(), new.as_ref());
        self.alive()?;
        self.outside_transaction()?;
        self.watch.touch();
        self.in_store(|store| homes::rename(store, old, new))?;
        let control = &mut self.guest.host().control;
        if control.home() == Some(old) {
            control.set_home(Some(new.into()))?;
        }
        Ok(())
    }

    /// Makes the table of that name no home any more; the next collection frees what nothing else reaches. The home that
    /// this instance has open is refused; one that another instance has open is made anew there, empty.
    pub fn drop_home(&mut self, name: impl AsRef<[u8]>) -> Result<(), Error> {
        self.alive()?;
        self.outside_transaction()?;
        let open = self.home_table()?;
        self.watch.touch();
        self.in_store(|store| homes::remove(store, name.as_ref(), Some(open)))
    }
}
