//! What stands between client and server, and cuts the connection after so many bytes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

/// Bytes that go through until the connection is cut; then so many that it is not cut again.
const UNCUT: i64 = i64::MAX / 2;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

pub struct Proxy {
    pub port: u16,
    left: [Arc<AtomicI64>; 2],
}

impl Proxy {
    /// A proxy before a server, which lives as long as the process.
    pub fn start(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let left = [0; 2].map(|_| Arc::new(AtomicI64::new(UNCUT)));
        let shared = left.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(server)) = (client, TcpStream::connect(("127.0.0.1", server))) else { continue };
                let pass = |from: &TcpStream, to: &TcpStream, left: &Arc<AtomicI64>| {
                    let (from, to, left) = (from.try_clone().unwrap(), to.try_clone().unwrap(), left.clone());
                    thread::spawn(move || pass(from, to, &left));
                };
                pass(&client, &server, &shared[0]);
                pass(&server, &client, &shared[1]);
            }
        });
        Proxy { port, left }
    }

    /// Cuts the connection that carries the next so many bytes that way.
    pub fn cut_after(&self, way: Way, bytes: i64) {
        self.left[way as usize].store(bytes, Ordering::SeqCst);
    }

    /// Cuts nothing; answers whether something was cut.
    pub fn leave(&self, way: Way) -> bool {
        self.left[way as usize].swap(UNCUT, Ordering::SeqCst) > UNCUT / 2
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, left: &AtomicI64) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let before = left.fetch_sub(count as i64, Ordering::SeqCst);
        let whole = before >= count as i64;
        let passed = if whole { count } else { before.max(0) as usize };
        if to.write_all(&buffer[..passed]).is_err() {
            break;
        }
        if !whole {
            left.store(UNCUT, Ordering::SeqCst);
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
