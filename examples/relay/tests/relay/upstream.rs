//! An upstream on this machine, which answers in every wrong way.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::client::hex;

/// Pieces of `/v1/slow`.
pub const PIECES: usize = 4;
pub const BETWEEN: Duration = Duration::from_millis(150);

const GIGABYTE: u64 = 1 << 30;

pub struct Upstream {
    pub address: SocketAddr,
    pub seen: Arc<Seen>,
}

/// What it saw.
#[derive(Default)]
pub struct Seen {
    /// Bodies of requests to `/v1/count`.
    pub counted: Mutex<Vec<String>>,
    /// Requests to anywhere.
    pub requests: AtomicUsize,
    /// Requests whose other side went before the end.
    pub gone: AtomicUsize,
    /// Bytes that were taken of the gigabyte.
    pub taken: AtomicU64,
}

impl Upstream {
    pub fn start() -> Upstream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = Upstream { address: listener.local_addr().unwrap(), seen: Arc::default() };
        let seen = Arc::clone(&upstream.seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                // A connection that breaks is the test's doing.
                std::thread::spawn(move || while let Ok(true) = answer(&stream, &seen) {});
            }
        });
        upstream
    }
}

/// Answers one request; whether there may be another one.
fn answer(stream: &TcpStream, seen: &Seen) -> std::io::Result<bool> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(false);
        }
    }
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body)?;
    seen.requests.fetch_add(1, Ordering::Relaxed);
    let path = head.split(' ').nth(1).unwrap_or_default();
    let authorization = header("authorization").unwrap_or_default();
    let secret = authorization.trim_start_matches("Bearer ");
    let mut out = stream;
    let mut plain = |text: &str, headers: &str| {
        write!(out, "HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n{text}", text.len()).map(|()| true)
    };
    match path.strip_prefix("/v1").unwrap_or("outside").split('?').next().unwrap_or_default() {
        "/echo" => plain(&format!("{head}{}", String::from_utf8_lossy(&body)), "content-type: text/plain\r\n"),
        "/forms" => {
            let url: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let json = serde_json::to_string(&secret).unwrap();
            plain(&format!("{json}\n{}\n{url}\n{}\n", hex(secret.as_bytes()), secret.to_uppercase()), "")
        }
        "/headers" => plain("", &format!("x-echo: {authorization}\r\nlocation: /?{secret}\r\nx-other: yes\r\n")),
        "/pieces" => {
            chunked(stream)?;
            // One character at a time, with a pause within the secret.
            for (number, byte) in format!("<{authorization}>").bytes().enumerate() {
                chunk(stream, &[byte])?;
                if number == 20 {
                    std::thread::sleep(BETWEEN);
                }
            }
            chunk(stream, b"")
        }
        "/slow" => {
            chunked(stream)?;
            for number in 1..=PIECES {
                chunk(stream, format!("data: {number}\n\n").as_bytes())?;
                std::thread::sleep(BETWEEN);
            }
            chunk(stream, b"")
        }
        "/count" => {
            seen.counted.lock().unwrap().push(String::from_utf8(body).unwrap());
            plain("counted", "")
        }
        "/chat" => {
            chunked(stream)?;
            chunk(stream, format!("data: You said: {}\n\n", String::from_utf8_lossy(&body).trim()).as_bytes())?;
            chunk(stream, b"")
        }
        "/hang" => hang(stream, seen),
        "/half" => {
            chunked(stream)?;
            chunk(stream, b"half of it")?;
            hang(stream, seen)
        }
        "/broken" => {
            chunked(stream)?;
            chunk(stream, b"half of it")?;
            Ok(false)
        }
        "/fail" => Ok(false),
        "/nonsense" => out.write_all(b"SSH-2.0-nonsense\r\n\r\n").map(|()| false),
        "/gzip" => plain("\x1f\u{8b}", "content-encoding: gzip\r\n"),
        "/redirect" => {
            let head =
                format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/{secret}\r\ncontent-length: 0\r\n\r\n");
            out.write_all(head.as_bytes()).map(|()| true)
        }
        "/gigabyte" => {
            write!(out, "HTTP/1.1 200 OK\r\ncontent-length: {GIGABYTE}\r\n\r\n")?;
            let piece = vec![b'x'; 64 * 1024];
            for _ in 0..GIGABYTE / piece.len() as u64 {
                if let Err(error) = out.write_all(&piece) {
                    seen.gone.fetch_add(1, Ordering::Relaxed);
                    return Err(error);
                }
                seen.taken.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
            Ok(true)
        }
        _ => out.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").map(|()| true),
    }
}

/// Says nothing until the other side goes.
fn hang(mut stream: &TcpStream, seen: &Seen) -> std::io::Result<bool> {
    let _ = stream.read(&mut [0]);
    seen.gone.fetch_add(1, Ordering::Relaxed);
    Ok(false)
}

fn chunked(mut stream: &TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
}

fn chunk(mut stream: &TcpStream, bytes: &[u8]) -> std::io::Result<bool> {
    stream.write_all(&[format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat())?;
    Ok(true)
}
