//! What an instance knows of changes that others made to its store.
//!
//! Invariant: only the first unit, which begins with nothing remembered, goes without a comparison.

/// Compares the store's version at the beginning of each unit with the one at the end of the last.
#[derive(Debug, Default)]
pub struct Watch {
    /// The version that the instance has seen; `None` where it could not be read.
    seen: Option<u64>,
    has_begun: bool,
    /// The host had the store in its hands.
    is_touched: bool,
}

impl Watch {
    /// The host may change the store.
    pub fn touch(&mut self) {
        self.is_touched = true;
    }

    /// A unit begins with the store in this version. Answers whether somebody else may have changed the store: a store
    /// that does not count, with version 0, cannot tell what the host did.
    pub fn begins(&mut self, version: u64) -> bool {
        let is_touched = std::mem::take(&mut self.is_touched);
        let is_changed = self.seen != Some(version) || (is_touched && version == 0);
        self.seen = Some(version);
        std::mem::replace(&mut self.has_begun, true) && is_changed
    }

    /// The unit is about to be committed in this version. After one that is rolled back, the version is again that of
    /// its beginning.
    pub fn ends(&mut self, version: Option<u64>) {
        self.seen = version;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_of_others_are_noticed() {
        let mut watch = Watch::default();
        assert!(!watch.begins(7), "a new instance remembers nothing");
        watch.ends(Some(8));
        assert!(!watch.begins(8));
        watch.touch();
        assert!(!watch.begins(8), "rolled back, then read by the host");
        watch.ends(Some(9));
        assert!(watch.begins(10), "changed meanwhile");
        watch.ends(None);
        assert!(watch.begins(10), "nobody knows");
        assert!(!watch.begins(10));
    }

    #[test]
    fn a_store_that_does_not_count_is_distrusted_after_the_host_had_it() {
        let mut watch = Watch::default();
        watch.touch();
        assert!(!watch.begins(0));
        watch.ends(Some(0));
        assert!(!watch.begins(0));
        watch.touch();
        assert!(watch.begins(0));
        assert!(!watch.begins(0));
    }
}
