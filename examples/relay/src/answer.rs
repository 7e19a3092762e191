//! The answer to a client, in pieces as they come.
//!
//! Invariant: an answer that did not come to its end does not look like one that did: its connection is broken off. What waits for
//! a slow client is bounded, for who produces it waits.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::Frame;
use hyper::StatusCode;
use hyper::body::{Body, Bytes};
use hyper::header::HeaderValue;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;

/// Pieces that wait for the client.
const WAITING: usize = 4;

/// How long a client has to take the last of an answer that breaks off.
const LAST: Duration = Duration::from_secs(2);

/// Status and type of an answer.
#[derive(Debug)]
pub struct Head {
    pub status: StatusCode,
    pub kind: HeaderValue,
}

impl Head {
    /// Of JSON.
    pub fn json(status: StatusCode) -> Head {
        Head { status, kind: HeaderValue::from_static("application/json") }
    }

    /// Of what a script says.
    pub fn new(status: i64, kind: &[u8]) -> Result<Head, String> {
        let known = u16::try_from(status).ok().filter(|status| *status >= 200);
        let status = known.and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.ok_or("a status is a number from 200 to 999")?;
        let kind = HeaderValue::from_bytes(kind).map_err(|_| "the type is no text of one line")?;
        Ok(Head { status, kind })
    }
}

/// Why no more may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The bytes of the account are used up.
    Quota,
    /// The answer is as long as one may be.
    Size,
    /// The client is gone.
    Gone,
}

impl fmt::Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Stop::Quota => "the account has used up its bytes",
            Stop::Size => "the answer is longer than it may be",
            Stop::Gone => "the client is gone",
        })
    }
}

/// What stands in a body that breaks off.
#[derive(Debug)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the answer was broken off")
    }
}

impl std::error::Error for Broken {}

enum Beginning {
    Wanted(oneshot::Sender<Head>),
    Sent(StatusCode),
}

/// The end at which an answer is made.
pub struct Sending {
    head: Mutex<Beginning>,
    pieces: mpsc::Sender<Result<Bytes, Broken>>,
    /// Ends the connection.
    kill: Arc<Notify>,
}

/// A new answer: where it is made, its head, its body.
pub fn answer(kill: Arc<Notify>) -> (Sending, oneshot::Receiver<Head>, mpsc::Receiver<Result<Bytes, Broken>>) {
    let (head, head_of) = oneshot::channel();
    let (pieces, pieces_of) = mpsc::channel(WAITING);
    (Sending { head: Mutex::new(Beginning::Wanted(head)), pieces, kill }, head_of, pieces_of)
}

impl Sending {
    /// Sends the head; an error if that was done before.
    pub fn begin(&self, head: Head) -> Result<(), String> {
        let mut place = self.head();
        let Beginning::Wanted(_) = &*place else { return Err("the answer has begun already".to_owned()) };
        if let Beginning::Wanted(sender) = std::mem::replace(&mut *place, Beginning::Sent(head.status)) {
            // Whoever left meanwhile does not hear it.
            let _ = sender.send(head);
        }
        Ok(())
    }

    /// The status with which it began, if it did.
    pub fn begun(&self) -> Option<StatusCode> {
        if let Beginning::Sent(status) = &*self.head() { Some(*status) } else { None }
    }

    /// Sends a piece when the client has room for it.
    pub async fn send(&self, piece: Vec<u8>) -> Result<(), Stop> {
        self.pieces.send(Ok(piece.into())).await.map_err(|_| Stop::Gone)
    }

    /// Breaks the answer off, also where the client reads nothing.
    pub async fn break_off(&self) {
        let is_gone = async {
            // It gets what was sent before.
            let _ = self.pieces.send(Err(Broken)).await;
            self.pieces.closed().await;
        };
        if tokio::time::timeout(LAST, is_gone).await.is_err() {
            self.kill.notify_one();
        }
    }

    fn head(&self) -> MutexGuard<'_, Beginning> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts bytes against what there may be.
pub struct Allowance {
    pub used: AtomicU64,
    pub most: u64,
}

impl Allowance {
    /// Takes so many; if there are not so many left, none.
    pub fn take(&self, bytes: u64) -> bool {
        let next = |used: u64| used.checked_add(bytes).filter(|next| *next <= self.most);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }
}

/// The work on a request, which ends when this is dropped: its client is gone.
pub struct Working {
    pub task: AbortHandle,
    /// Ends a script that runs.
    pub stop: Arc<AtomicBool>,
}

impl Drop for Working {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.abort();
    }
}

/// The body of a response.
pub struct Pieces {
    receiver: mpsc::Receiver<Result<Bytes, Broken>>,
    _working: Option<Working>,
}

impl Pieces {
    pub fn new(receiver: mpsc::Receiver<Result<Bytes, Broken>>, working: Working) -> Pieces {
        Pieces { receiver, _working: Some(working) }
    }

    /// A body that is there already.
    pub fn of(text: String) -> Pieces {
        let (sender, receiver) = mpsc::channel(1);
        // There is room for one.
        let _ = sender.try_send(Ok(text.into()));
        Pieces { receiver, _working: None }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        self.get_mut().receiver.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
