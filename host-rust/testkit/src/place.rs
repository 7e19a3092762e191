//! A store that tests open.

use cu_host::Store;

/// One store, which was empty when the test began, as often as it is opened.
pub struct Place {
    open: Box<dyn Fn() -> Box<dyn Store> + Send + Sync>,
    /// It is closed and opened again in the middle of tests.
    pub(crate) is_lasting: bool,
    /// How many random tests it gets, if nobody says.
    pub(crate) rounds: u64,
}

impl Place {
    /// A store that is opened in this way.
    pub fn new(open: impl Fn() -> Box<dyn Store> + Send + Sync + 'static) -> Place {
        Place { open: Box::new(open), is_lasting: true, rounds: 10 }
    }

    /// A store that is gone when it is closed, so that no test opens it twice.
    pub fn fleeting(open: impl Fn() -> Box<dyn Store> + Send + Sync + 'static) -> Place {
        Place { is_lasting: false, ..Place::new(open) }
    }

    /// This store, which gets fewer random tests than others because each operation takes long.
    #[must_use]
    pub fn slow(self) -> Place {
        Place { rounds: 2, ..self }
    }

    /// Opens it.
    pub fn open(&self) -> Box<dyn Store> {
        (self.open)()
    }

    /// Closes it and opens it again, if it outlives that.
    pub(crate) fn reopen(&self, store: &mut Box<dyn Store>) {
        if self.is_lasting {
            // A file that one has open is refused to others, so the old one goes first.
            *store = Box::new(cu_host::MemoryStore::default());
            *store = self.open();
        }
    }
}
