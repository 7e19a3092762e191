//! A client that signs requests, as README.md says, and can change them afterwards.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::Value as Json;

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// A key.
pub struct Client {
    pub name: String,
    pair: Ed25519KeyPair,
}

/// A request that is signed.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// With the names of the headers of the signature, without `relay-`.
    pub signed: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(name: &str) -> Client {
        Client::of_seed(name, digest(&SHA256, name.as_bytes()).as_ref())
    }

    pub fn of_seed(name: &str, seed: &[u8]) -> Client {
        Client { name: name.to_owned(), pair: Ed25519KeyPair::from_seed_unchecked(seed).unwrap() }
    }

    pub fn public(&self) -> String {
        hex(self.pair.public_key().as_ref())
    }

    /// A request that is right.
    pub fn request(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Request {
        self.request_at(now(), method, path, body)
    }

    pub fn request_at(&self, time: i64, method: &str, path: &str, body: impl AsRef<[u8]>) -> Request {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let nonce = format!(
            "{:016x}-{:08x}-{number}",
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos(),
            std::process::id()
        );
        self.sign("relay", method, path, &nonce, &time.to_string(), body.as_ref())
    }

    pub fn sign(&self, relay: &str, method: &str, path: &str, nonce: &str, time: &str, body: &[u8]) -> Request {
        let (target, hash) = (format!("{method} {path}"), hex(digest(&SHA256, body).as_ref()));
        let text = format!("cu-relay 1\n{relay}\n{target}\n{}\n{nonce}\n{time}\n{hash}\n", self.name);
        let signature = hex(self.pair.sign(text.as_bytes()).as_ref());
        let signed = [
            ("target", target.as_str()),
            ("key", &self.name),
            ("nonce", nonce),
            ("time", time),
            ("digest", &hash),
            ("signature", &signature),
        ];
        let signed = signed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Request { method: method.to_owned(), path: path.to_owned(), signed, body: body.to_vec() }
    }

    /// Sends a request that is right.
    pub fn ask(&self, address: SocketAddr, method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.request(method, path, body).send(address)
    }

    pub fn get(&self, address: SocketAddr, path: &str) -> Answer {
        self.ask(address, "GET", path, "")
    }

    pub fn post(&self, address: SocketAddr, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.ask(address, "POST", path, body)
    }
}

impl Request {
    /// With another header of the signature.
    pub fn with(mut self, name: &str, value: &str) -> Request {
        let field = self.signed.iter_mut().find(|(own, _)| own == name).unwrap();
        field.1 = value.to_owned();
        self
    }

    pub fn without(mut self, name: &str) -> Request {
        self.signed.retain(|(own, _)| own != name);
        self
    }

    pub fn head(&self) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: relay\r\n", self.method, self.path);
        self.signed.iter().for_each(|(name, value)| head += &format!("relay-{name}: {value}\r\n"));
        head
    }

    pub fn send(&self, address: SocketAddr) -> Answer {
        self.try_send(address).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn try_send(&self, address: SocketAddr) -> std::io::Result<Answer> {
        self.begin(address)?.rest()
    }

    /// The head of the answer, and then what comes.
    pub fn begin(&self, address: SocketAddr) -> std::io::Result<Coming> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let head = format!("{}connection: close\r\ncontent-length: {}\r\n\r\n", self.head(), self.body.len());
        stream.write_all(&[head.as_bytes(), &self.body].concat())?;
        Coming::read(stream)
    }
}

/// An answer that comes.
pub struct Coming {
    pub answer: Answer,
    reader: BufReader<TcpStream>,
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether it came to its end.
    pub is_whole: bool,
}

impl Coming {
    pub fn read(stream: TcpStream) -> std::io::Result<Coming> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.push((name.to_owned(), value.to_owned()));
        }
        Ok(Coming { answer: Answer { status, headers, body: Vec::new(), is_whole: false }, reader })
    }

    /// The next piece, as it was sent; none at the end.
    pub fn piece(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let length = usize::from_str_radix(line.trim(), 16).map_err(|_| std::io::ErrorKind::InvalidData)?;
        let mut bytes = vec![0; length + 2];
        self.reader.read_exact(&mut bytes)?;
        bytes.truncate(length);
        Ok((length > 0).then_some(bytes))
    }

    /// All the rest. What breaks off in the middle is not whole.
    pub fn rest(mut self) -> std::io::Result<Answer> {
        let length = self.answer.header("content-length").map(|length| length.parse().unwrap());
        if let Some(length) = length {
            self.answer.body = vec![0; length];
            self.reader.read_exact(&mut self.answer.body)?;
            self.answer.is_whole = true;
            return Ok(self.answer);
        }
        loop {
            match self.piece() {
                Ok(Some(piece)) => self.answer.body.extend(piece),
                Ok(None) => break self.answer.is_whole = true,
                Err(_) => break,
            }
        }
        Ok(self.answer)
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// What a request that worked was answered.
    pub fn good(&self) -> String {
        assert!(self.status == 200 && self.is_whole, "{self:?} {}", self.text());
        self.text()
    }

    /// Status, class and message of an error.
    pub fn error(&self) -> (u16, String, String) {
        assert!(self.is_whole);
        let json = self.json();
        assert_eq!(json["request"].as_str(), self.header("x-request-id"));
        let text = |name: &str| json["error"][name].as_str().unwrap().to_owned();
        (self.status, text("class"), text("message"))
    }
}
