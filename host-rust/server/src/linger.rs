//! A connection that ends so that its client can read the last answer.
//!
//! Invariant: after an answer that refused what was still coming, a head that is too long or a body, the rest is read for a moment and
//! thrown away: a system that closes a connection with bytes that nobody has read takes the answer away from the client.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// So long and so much is read after the last answer.
const TIME: Duration = Duration::from_secs(2);
const BYTES: usize = 8 << 20;

pub struct Lingering {
    stream: TcpStream,
    /// Since nothing is written any more: until when to read, and how much was.
    end: Option<(Pin<Box<Sleep>>, usize)>,
}

impl Lingering {
    pub fn new(stream: TcpStream) -> Lingering {
        Lingering { stream, end: None }
    }
}

impl AsyncRead for Lingering {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Says that nothing more is written, and reads until the client says the same.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Lingering { stream, end } = self.get_mut();
        if end.is_none() {
            ready!(Pin::new(&mut *stream).poll_shutdown(cx))?;
        }
        let (time, taken) = end.get_or_insert_with(|| (Box::pin(sleep(TIME)), 0));
        let mut room = [0; 16 * 1024];
        while *taken < BYTES && time.as_mut().poll(cx).is_pending() {
            let mut piece = ReadBuf::new(&mut room);
            let read = ready!(Pin::new(&mut *stream).poll_read(cx, &mut piece));
            if read.is_err() || piece.filled().is_empty() {
                break;
            }
            *taken += piece.filled().len();
        }
        Poll::Ready(Ok(()))
    }
}
