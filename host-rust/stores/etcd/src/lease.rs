//! What frees the turn of a process that died: etcd deletes the turn's key when nobody has renewed its lease for some time.
//!
//! Invariant: the lease is renewed as long as the store has the turn, however long a compute takes, and not otherwise: so a turn
//! that could not be given back is free after its time. It is given back when the store is dropped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use cu_remote::Failure;
use serde_json::json;

use crate::gateway::{Gateway, number};

/// A lease that a thread renews.
pub struct Lease {
    pub id: i64,
    gateway: Gateway,
    /// The store has the turn.
    is_needed: Arc<AtomicBool>,
    /// Whether it is over.
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl Lease {
    pub fn grant(gateway: &mut Gateway, time: Duration) -> Result<Lease, Failure> {
        let seconds = time.as_secs_f64().ceil() as i64;
        let answer = gateway.ask("lease/grant", &json!({ "TTL": seconds.to_string() }))?;
        let id = number(&answer["ID"]);
        let lease = Lease { id, gateway: gateway.clone(), is_needed: Arc::default(), ended: Arc::default() };
        let (mut gateway, is_needed, ended) = (gateway.clone(), lease.is_needed.clone(), lease.ended.clone());
        thread::spawn(move || {
            let (is_over, changed) = &*ended;
            let mut over = is_over.lock().unwrap_or_else(PoisonError::into_inner);
            while !*over {
                over = changed.wait_timeout(over, time / 4).unwrap_or_else(PoisonError::into_inner).0;
                if *over {
                    return;
                }
                drop(over);
                if !is_needed.load(Ordering::Relaxed) {
                    over = is_over.lock().unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
                // One that fails is followed by another one; a lease that is gone is noticed at the next turn.
                let _ = gateway.ask("lease/keepalive", &json!({ "ID": id.to_string() }));
                over = is_over.lock().unwrap_or_else(PoisonError::into_inner);
            }
        });
        Ok(lease)
    }

    /// The store has the turn, or not.
    pub fn need(&self, is_needed: bool) {
        self.is_needed.store(is_needed, Ordering::Relaxed);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (is_over, changed) = &*self.ended;
        *is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
        // If that fails, it ends by itself.
        let _ = self.gateway.ask("lease/revoke", &json!({ "ID": self.id.to_string() }));
    }
}
