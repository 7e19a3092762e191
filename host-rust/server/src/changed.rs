//! Tells live queries that a home may have changed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// Homes that somebody watches, each with the number of changes.
#[derive(Default)]
pub struct Changed(Mutex<HashMap<String, watch::Sender<u64>>>);

impl Changed {
    /// Hears of changes from now on.
    pub fn watch(&self, home: &str) -> watch::Receiver<u64> {
        let mut homes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        homes.retain(|_, sender| !sender.is_closed());
        homes.entry(home.to_owned()).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Somebody has worked in that home.
    pub fn tell(&self, home: &str) {
        let mut homes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = homes.get(home) else { return };
        if sender.is_closed() {
            homes.remove(home);
        } else {
            sender.send_modify(|count| *count += 1);
        }
    }
}
