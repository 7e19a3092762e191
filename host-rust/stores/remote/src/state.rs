//! What a store says of its past: how often it was changed, and by which units.
//!
//! Invariant: the last token is that of the unit that made the version. So a unit whose commit had no answer finds out
//! whether it was kept, as long as not more than [`TOKENS`] others came after it.

use cu_host::StoreError;

/// How many units a state remembers: so many may come in between while one connects again.
pub const TOKENS: usize = 32;

/// A number of a unit, at random: nobody else has it.
pub type Token = u64;

/// The bytes of a token.
const TOKEN_BYTES: usize = size_of::<Token>();

/// The state of a store between two units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Number of units that changed something.
    pub version: u64,
    /// The last of them, the latest one last.
    pub units: Vec<Token>,
}

impl State {
    /// The state after a unit.
    pub fn after(&self, unit: Token) -> State {
        let skipped = (self.units.len() + 1).saturating_sub(TOKENS);
        let units = self.units.iter().skip(skipped).copied().chain([unit]).collect();
        State { version: self.version + 1, units }
    }

    /// Whether a unit that began at `base` is part of this state; `None` if nobody knows any more.
    pub fn has(&self, unit: Token, base: &State) -> Option<bool> {
        if self.units.contains(&unit) {
            return Some(true);
        }
        let since = self.version.checked_sub(base.version)?;
        (since <= self.units.len() as u64).then_some(false)
    }

    /// The tokens as bytes, as a server keeps them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.units.iter().flat_map(|unit| unit.to_be_bytes()).collect()
    }

    /// A state that a server has kept.
    pub fn from_bytes(version: u64, units: &[u8]) -> State {
        let (units, _) = units.as_chunks::<TOKEN_BYTES>();
        State { version, units: units.iter().map(|unit| Token::from_be_bytes(*unit)).collect() }
    }
}

/// A new token.
pub(crate) fn token() -> Result<Token, StoreError> {
    getrandom::u64().map_err(|error| {
        StoreError::new(cu_host::store::STORE_FAILED, format!("the system has no random numbers: {error}"))
    })
}

/// The version of a new store, at random: who still has one open that was removed, of the same name, does not take this for it.
pub fn first_version() -> Result<u64, StoreError> {
    // Versions reach scripts' instances as numbers below 2^53.
    Ok(token()? >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_found_as_long_as_it_is_remembered() {
        let base = State::default().after(7).after(8);
        let mut state = base.clone();
        assert_eq!(state.has(99, &base), Some(false));
        state = state.after(99);
        assert_eq!(State::from_bytes(state.version, &state.to_bytes()), state);
        for other in 100..100 + TOKENS as u64 - 1 {
            state = state.after(other);
            assert_eq!(state.has(99, &base), Some(true));
            assert_eq!(state.has(98, &base), if state.version <= TOKENS as u64 + 2 { Some(false) } else { None });
        }
        state = state.after(1000);
        assert_eq!((state.units.len(), state.has(99, &base)), (TOKENS, None));
        assert_eq!(State::default().has(99, &base), None, "a store that went back");
    }
}
