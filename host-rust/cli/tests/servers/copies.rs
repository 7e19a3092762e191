//! Several copies of `cu serve` over one place; they can be killed, started again, paused and resumed.

use std::net::SocketAddr;
use std::sync::{Mutex, RwLock};
use std::time::Duration;

use crate::process::{Serving, command};

pub struct Copies {
    place: String,
    copies: Vec<Mutex<Serving>>,
    addresses: RwLock<Vec<SocketAddr>>,
}

impl Copies {
    pub fn start(place: &str, count: usize) -> Copies {
        let copies: Vec<_> = (0..count).map(|_| copy(place)).collect();
        let addresses = copies.iter().map(|copy| copy.address).collect();
        Copies {
            place: place.to_owned(),
            copies: copies.into_iter().map(Mutex::new).collect(),
            addresses: RwLock::new(addresses),
        }
    }

    pub fn count(&self) -> usize {
        self.copies.len()
    }

    /// Where one listens now.
    pub fn address(&self, number: usize) -> SocketAddr {
        self.addresses.read().unwrap()[number]
    }

    /// Kills one, and starts another one in its place.
    pub fn replace(&self, number: usize) {
        let mut serving = self.copies[number].lock().unwrap();
        serving.kill();
        *serving = copy(&self.place);
        self.addresses.write().unwrap()[number] = serving.address;
    }

    /// One stands still for some time, in the middle of whatever it does.
    pub fn pause(&self, number: usize, time: Duration) {
        let serving = self.copies[number].lock().unwrap();
        serving.signal("STOP");
        std::thread::sleep(time);
        serving.signal("CONT");
    }
}

fn copy(place: &str) -> Serving {
    // Homes move between copies also because few stay open.
    Serving::of(command([place, "--open-homes", "40"]))
}
