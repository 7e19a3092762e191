//! What frees the turn of a process that died: etcd deletes the turn's key when nobody has renewed its lease for some time.
//!
//! Invariant: the lease is renewed as long as the store has the turn, however long a compute takes, and for half its time more: so a
//! turn that could not be given back is free soon after. It is given back when the store is dropped.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cu_remote::Failure;
use serde_json::json;

use crate::gateway::{Gateway, number};

/// A lease that a thread renews.
pub struct Lease {
    pub id: i64,
    gateway: Gateway,
    shared: Arc<(Mutex<Life>, Condvar)>,
}

struct Life {
    /// The store has the turn, or waits for it.
    is_needed: bool,
    /// When it was, the last time.
    needed: Instant,
    is_over: bool,
}

impl Lease {
    /// A lease that is needed.
    pub fn grant(gateway: &mut Gateway, time: Duration) -> Result<Lease, Failure> {
        let seconds = time.as_secs_f64().ceil() as i64;
        let answer = gateway.ask("lease/grant", &json!({ "TTL": seconds.to_string() }))?;
        let id = number(&answer["ID"]);
        let life = Life { is_needed: true, needed: Instant::now(), is_over: false };
        let shared = Arc::new((Mutex::new(life), Condvar::new()));
        let lease = Lease { id, gateway: gateway.clone(), shared: Arc::clone(&shared) };
        let gateway = gateway.clone();
        thread::spawn(move || renew(gateway, id, time, &shared));
        Ok(lease)
    }

    /// The store has the turn, or not. Answers whether the lease can be used.
    pub fn need(&self, is_needed: bool) -> bool {
        let mut life = life(&self.shared);
        (life.is_needed, life.needed) = (is_needed, Instant::now());
        !life.is_over
    }
}

fn life(shared: &(Mutex<Life>, Condvar)) -> MutexGuard<'_, Life> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Renews a lease while it is needed. One that was not needed for half its time is over: a store that nobody uses has no thread, and a
/// lease that is not over has some time left.
fn renew(mut gateway: Gateway, id: i64, time: Duration, shared: &(Mutex<Life>, Condvar)) {
    let mut own = life(shared);
    loop {
        own = shared.1.wait_timeout(own, time / 4).unwrap_or_else(PoisonError::into_inner).0;
        own.is_over |= !own.is_needed && own.needed.elapsed() >= time / 2;
        if own.is_over {
            return;
        }
        drop(own);
        // One that fails is followed by another one; a lease that is gone is noticed at the next turn.
        let _ = gateway.ask("lease/keepalive", &json!({ "ID": id.to_string() }));
        own = life(shared);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        {
            let mut life = life(&self.shared);
            // It has ended by itself.
            if std::mem::replace(&mut life.is_over, true) {
                return;
            }
        }
        self.shared.1.notify_all();
        // If that fails, it ends by itself.
        let _ = self.gateway.ask("lease/revoke", &json!({ "ID": self.id.to_string() }));
    }
}
