//! Clients that send or read slowly, or for ever, and scripts that run for long: they keep nobody else waiting.

mod serving;

use std::io::{BufReader, Read, Write};
use std::time::{Duration, Instant};

use cu_server::{Limits, Server, new_token};
use serde_json::json;
use serving::{Folder, Serving, read_answer};

const PATIENCE: Duration = Duration::from_millis(400);

fn impatient() -> Serving {
    Serving::start(Server::builder().patience(PATIENCE).threads(2))
}

/// What comes until the server closes the connection, which it has to do soon.
fn rest(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    // Closed in either way.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn who_sends_a_byte_at_a_time_is_served_if_that_ends_and_left_if_not() {
    let serving = impatient();
    let request = "POST /v1/homes/a/compute HTTP/1.1\r\nhost: cu\r\ncontent-length: 8\r\n\r\nreturn 1";
    let mut stream = serving.client().open();
    for byte in request.bytes() {
        stream.write_all(&[byte]).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(read_answer(&mut BufReader::new(stream)).unwrap().values(), json!([1]));
    // A head without an end, and a body.
    for (sent, answer) in [("GET / HTTP/1.1\r\nx-", ""), (&request[..request.len() - 1], "HTTP/1.1 408 ")] {
        let began = Instant::now();
        let mut stream = serving.client().open();
        stream.write_all(sent.as_bytes()).unwrap();
        let answered = rest(&mut stream);
        assert!(answered.starts_with(answer), "{answered}");
        assert!(began.elapsed() >= PATIENCE && began.elapsed() < 20 * PATIENCE, "{:?}", began.elapsed());
    }
    assert_eq!(serving.client().compute("a", "return 2").values(), json!([2]));
}

#[test]
fn who_does_not_read_a_stream_keeps_its_home_for_a_moment_only() {
    let serving = impatient();
    let mut silent = serving.client().open();
    let code = "for i = 1, 3000 do print(('x'):rep(10000)) end _home.done = true return 'done'";
    let head = serving.client().head("POST", "/v1/homes/a/compute?stream=true");
    silent.write_all(format!("{head}content-length: {}\r\n\r\n{code}", code.len()).as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    assert_eq!(serving.client().compute("a", "return _home.done").values(), json!([true]));
    assert!(began.elapsed() < 20 * PATIENCE, "{:?}", began.elapsed());
    // One that reads slowly, but reads, gets all of it.
    let events = serving.client().events(
        "POST",
        "/v1/homes/a/compute?stream=true",
        "",
        "for i = 1, 200 do print(i) end return 7",
    );
    let last = events.inspect(|_| std::thread::sleep(Duration::from_millis(1))).last().unwrap();
    assert_eq!((last.name.as_str(), &last.data["values"]), ("result", &json!([7])));
}

#[test]
fn a_server_ends_though_clients_neither_send_nor_read() {
    let serving = Serving::start(Server::builder().patience(PATIENCE).grace(Duration::from_millis(300)));
    let mut clients = Vec::new();
    let code = "for i = 1, 3000 do print(('x'):rep(10000)) end return 1";
    for request in [
        "".to_owned(),
        "GET / HTTP/1.1\r\nx-".to_owned(),
        format!("{}content-length: 10\r\n\r\nret", serving.client().head("POST", "/v1/homes/a/compute")),
        format!(
            "{}content-length: {}\r\n\r\n{code}",
            serving.client().head("POST", "/v1/homes/b/compute?stream=true"),
            code.len()
        ),
    ] {
        let mut stream = serving.client().open();
        stream.write_all(request.as_bytes()).unwrap();
        clients.push(stream);
    }
    std::thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    serving.wait();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn a_body_of_a_gigabyte_is_refused_before_it_is_sent() {
    let serving = impatient();
    let head = serving.client().head("POST", "/v1/homes/a/compute");
    let mut stream = serving.client().open();
    stream.write_all(format!("{head}content-length: 1073741824\r\n\r\n").as_bytes()).unwrap();
    let answer = read_answer(&mut BufReader::new(stream)).unwrap();
    let (status, class, message) = answer.error();
    assert_eq!((status, &*class), (413, "size"));
    assert_eq!(message, "the body has 1073741824 bytes; 1048576 are the most");
    // One that does not say how long it is.
    let mut stream = serving.client().open();
    stream.write_all(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
    let sent = (0..1024).take_while(|_| stream.write_all(chunk.as_bytes()).is_ok()).count();
    assert!(sent < 100, "{sent} MB were taken");
    assert_eq!(serving.client().compute("a", "return 1").values(), json!([1]));
}

#[test]
fn a_tenant_with_slow_scripts_keeps_no_other_tenant_waiting() {
    let folder = Folder::new("fair");
    let file = folder.0.join("tokens.json");
    let (slow, slow_hash) = new_token().unwrap();
    let (quick, quick_hash) = new_token().unwrap();
    let entry = |name: &str, hash: &str| format!(r#"{{"name": "{name}", "sha256": "{hash}", "scopes": ["compute"]}}"#);
    let text = format!(r#"{{"tokens": [{}, {}]}}"#, entry("slow", &slow_hash), entry("quick", &quick_hash));
    std::fs::write(&file, text).unwrap();
    let limits = Limits { time: Some(3_000), instructions: None, ..Limits::of_server() };
    let serving = Serving::start(Server::builder().threads(2).tokens(&file).limits(limits));
    std::thread::scope(|threads| {
        for number in 0..6 {
            let mut client = serving.client().with_token(&slow);
            threads.spawn(move || client.compute(&format!("slow{number}"), "while true do end"));
        }
        std::thread::sleep(Duration::from_millis(300));
        let mut client = serving.client().with_token(&quick);
        let began = Instant::now();
        for number in 0..20 {
            assert_eq!(client.compute(&format!("quick{number}"), "return 1").values(), json!([1]));
        }
        assert!(began.elapsed() < Duration::from_millis(2_500), "{:?}", began.elapsed());
    });
}
