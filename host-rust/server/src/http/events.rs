//! Answers that come in pieces, as server-sent events (text/event-stream).
//!
//! Invariant: what is waiting for a slow client is bounded: who produces waits, or makes one event of several.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use cu_host::Value;
use http_body::Frame;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::ask::Ask;
use super::homes::Job;
use crate::app::App;
use cu_host::json;

/// Events that wait for the client.
const WAITING: usize = 16;

/// Where events go; closed when the client is gone.
pub struct Events {
    sender: Sender<Bytes>,
}

impl Events {
    /// Sends an event with data in one line. False if nobody listens any more.
    pub async fn send(&self, event: &str, id: Option<&str>, data: &str) -> bool {
        let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
        let data = data.trim_end();
        self.sender.send(format!("event: {event}\n{id}data: {data}\n\n").into()).await.is_ok()
    }

    /// Sends a comment, so that what is between here and the client does not take the stream for dead.
    pub async fn beat(&self) -> bool {
        self.sender.send(Bytes::from_static(b": beat\n\n")).await.is_ok()
    }

    /// Until the client is gone.
    pub async fn closed(&self) {
        self.sender.closed().await;
    }
}

/// A stream, and its response.
pub fn stream(app: &Arc<App>) -> (Events, Response) {
    let (sender, receiver) = mpsc::channel(WAITING);
    app.metrics.streams.fetch_add(1, Ordering::Relaxed);
    let mut response = Response::new(Body::new(Pieces { receiver, app: Arc::clone(app) }));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    (Events { sender }, response)
}

struct Pieces {
    receiver: Receiver<Bytes>,
    app: Arc<App>,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.get_mut().receiver.poll_recv(cx).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.app.metrics.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs a job whose output is sent while it runs: events `output` with a text, and at the end one `result` or `error`.
pub fn of_job(ask: &Ask, job: Job) -> Response {
    let (events, response) = stream(&ask.app);
    let id = Arc::clone(&ask.id);
    tokio::spawn(async move {
        let (output, mut pieces) = mpsc::channel(WAITING);
        let sent = async {
            let mut listens = true;
            while let Some(piece) = pieces.recv().await {
                // What nobody reads is taken from the script all the same: it runs to its end.
                listens = listens && events.send("output", None, &json::written(&Value::String(piece), None)).await;
            }
        };
        let (done, ()) = tokio::join!(job.run(Some(output)), sent);
        match done {
            Ok(body) => events.send("result", None, &body).await,
            Err(problem) => events.send("error", None, &problem.body(&id)).await,
        }
    });
    response
}
