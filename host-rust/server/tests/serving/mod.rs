//! A server for one test, on a free port of this machine.
#![allow(dead_code, unused_imports, reason = "each test uses a part of it")]

mod client;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread::JoinHandle;

use cu_server::{Builder, Server};
use tokio::sync::oneshot;

pub use client::{Answer, Client, Event, Events, read_answer};

/// A server on a thread of its own, until this is dropped.
pub struct Serving {
    pub address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    pub fn start(builder: Builder) -> Serving {
        let (end, ended) = oneshot::channel();
        let (ready, address) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let server = builder.bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
                ready.send(server.address().unwrap()).unwrap();
                let end = async {
                    let _ = ended.await;
                };
                server.run(end).await;
            });
        });
        Serving { address: address.recv().unwrap(), end: Some(end), thread: Some(thread) }
    }

    pub fn in_memory() -> Serving {
        Serving::start(Server::builder())
    }

    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Asks the server to end; `wait` waits for it.
    pub fn end(&mut self) {
        drop(self.end.take());
    }

    pub fn wait(mut self) {
        self.end();
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.end();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

/// A folder for one test, removed at its end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cu-server-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
