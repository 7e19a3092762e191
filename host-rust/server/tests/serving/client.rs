//! A client that says exactly what it is told.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value as Json;

/// One connection, which is opened again if the server closed it.
pub struct Client {
    pub address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    pub token: Option<String>,
    /// How long it waits for each byte of an answer.
    pub timeout: Duration,
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn values(&self) -> Json {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()["values"].clone()
    }

    /// Status, class and message of an error.
    pub fn error(&self) -> (u16, String, String) {
        let json = self.json();
        let text = |name: &str| json["error"][name].as_str().unwrap_or_else(|| panic!("{json}")).to_owned();
        assert_eq!(json["request"].as_str(), self.header("x-request-id"));
        (self.status, text("class"), text("message"))
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Client {
        Client { address, stream: None, token: None, timeout: Duration::from_secs(30) }
    }

    pub fn with_token(mut self, token: &str) -> Client {
        self.token = Some(token.to_owned());
        self
    }

    pub fn open(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(self.timeout)).unwrap();
        stream
    }

    pub fn head(&self, method: &str, path: &str) -> String {
        let token = self.token.as_ref().map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        format!("{method} {path} HTTP/1.1\r\nhost: cu\r\n{token}")
    }

    pub fn send(&mut self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.try_send(method, path, "", body.as_ref()).unwrap()
    }

    pub fn try_send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> std::io::Result<Answer> {
        // Where nothing came for a while, the server has closed it.
        self.stream.take_if(|stream| is_closed(stream.get_ref()));
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(self.timeout))?;
            self.stream = Some(BufReader::new(stream));
        }
        let mut bytes =
            format!("{}{headers}content-length: {}\r\n\r\n", self.head(method, path), body.len()).into_bytes();
        bytes.extend(body);
        let stream = self.stream.as_mut().unwrap();
        let answer = stream.get_mut().write_all(&bytes).and_then(|()| read_answer(stream));
        if answer.as_ref().is_ok_and(|answer| answer.header("connection") != Some("close")) {
            return answer;
        }
        self.stream = None;
        answer
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    pub fn compute(&mut self, home: &str, code: &str) -> Answer {
        self.send("POST", &format!("/v1/homes/{home}/compute"), code)
    }

    pub fn call(&mut self, home: &str, body: &str) -> Answer {
        self.send("POST", &format!("/v1/homes/{home}/call"), body)
    }

    /// The events of a stream, as they come.
    pub fn events(&self, method: &str, path: &str, headers: &str, body: &str) -> Events {
        let mut stream = self.open();
        let head = format!("{}{headers}content-length: {}\r\n\r\n{body}", self.head(method, path), body.len());
        stream.write_all(head.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let (status, headers) = read_head(&mut reader).unwrap();
        assert_eq!(status, 200, "{headers:?}");
        assert!(headers.contains(&("content-type".into(), "text/event-stream".into())));
        Events { reader, text: String::new() }
    }
}

/// Whether the other side has ended a connection on which nothing is expected.
fn is_closed(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let closed = !matches!(stream.peek(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock);
    stream.set_nonblocking(false).unwrap();
    closed
}

fn read_head(reader: &mut impl BufRead) -> std::io::Result<(u16, Vec<(String, String)>)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines[1..].iter().map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_ascii_lowercase(), value.to_owned())
    });
    Ok((status, headers.collect()))
}

pub fn read_answer(reader: &mut impl BufRead) -> std::io::Result<Answer> {
    let (status, headers) = read_head(reader)?;
    let mut answer = Answer { status, headers, body: Vec::new() };
    if let Some(length) = answer.header("content-length") {
        answer.body = vec![0; length.parse().unwrap()];
        reader.read_exact(&mut answer.body)?;
    } else if answer.header("transfer-encoding") == Some("chunked") {
        while let Some(piece) = chunk(reader)? {
            answer.body.extend(piece);
        }
    }
    Ok(answer)
}

fn chunk(reader: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let length = usize::from_str_radix(line.trim(), 16).unwrap();
    let mut bytes = vec![0; length + 2];
    reader.read_exact(&mut bytes)?;
    bytes.truncate(length);
    Ok((length > 0).then_some(bytes))
}

pub struct Events {
    reader: BufReader<TcpStream>,
    text: String,
}

#[derive(Debug, PartialEq)]
pub struct Event {
    pub name: String,
    pub id: Option<String>,
    pub data: Json,
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let name = field("event: ");
                let found = name.map(|name| Event {
                    name,
                    id: field("id: "),
                    data: serde_json::from_str(&field("data: ").unwrap()).unwrap(),
                });
                self.text = rest.to_owned();
                match found {
                    Some(event) => return Some(event),
                    // A comment.
                    None => continue,
                }
            }
            let piece = chunk(&mut self.reader).unwrap()?;
            self.text += std::str::from_utf8(&piece).unwrap();
        }
    }
}
