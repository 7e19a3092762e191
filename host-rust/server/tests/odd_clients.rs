//! Clients that speak HTTP as few do: each gets a clear answer.

mod serving;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use cu_server::{Limits, ROUTES, Server};
use serde_json::json;
use serving::{Serving, read_answer};

/// Everything that comes until the server closes the connection.
fn said(serving: &Serving, sent: &str, closes_its_side: bool) -> String {
    let mut stream = serving.client().open();
    stream.write_all(sent.as_bytes()).unwrap();
    if closes_its_side {
        stream.shutdown(Shutdown::Write).unwrap();
    }
    let mut bytes = Vec::new();
    // It may be closed before all was taken.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A compute without the end of its head.
fn head(version: &str, query: &str, code: &str) -> String {
    format!("POST /v1/homes/a/compute{query} HTTP/{version}\r\nhost: cu\r\ncontent-length: {}\r\n", code.len())
}

#[test]
fn who_has_closed_its_side_gets_its_answers_all_the_same() {
    let serving = Serving::in_memory();
    let code = "_home.n = (_home.n or 0) + 1 for i = 1, 1e6 do end return _home.n";
    let request = format!("{}\r\n{code}", head("1.1", "", code));
    for round in [1, 3] {
        let answers = said(&serving, &request.repeat(2), true);
        assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answers}");
        let values = [round, round + 1].map(|n| format!("\"values\":[{n}]"));
        assert!(values.iter().all(|values| answers.contains(values)), "{answers}");
    }
    // A stream goes on to its end, too.
    let code = "print('one') for i = 1, 1e6 do end return 2";
    let answer = said(&serving, &format!("{}\r\n{code}", head("1.1", "?stream=true", code)), true);
    assert!(answer.contains("event: output\ndata: \"one\\n\"") && answer.contains("\"values\":[2]"), "{answer}");
    // A body that is cut is none.
    let cut = said(&serving, &format!("{}\r\n_home.n = 0 re", head("1.1", "", &"x".repeat(100))), true);
    assert!(cut.is_empty() || cut.starts_with("HTTP/1.1 400"), "{cut}");
    assert_eq!(serving.client().compute("a", "return _home.n").values(), json!([4]));
}

#[test]
fn a_script_whose_client_has_gone_counts_until_it_ends_and_its_changes_are_told() {
    let limits = Limits { concurrency: Some(2), ..Limits::of_server() };
    // Nobody looks again by itself.
    let serving = Serving::start(Server::builder().limits(limits).look_again(Duration::from_secs(3600)));
    serving.client().compute("a", "_home.n = 1 function _home.f() return _home.n end");
    let mut live = serving.client().events("GET", "/v1/homes/a/live?way=_home.f", "", "");
    assert_eq!(live.next().unwrap().data, json!([1]));
    let code = "for i = 1, 3e7 do end _home.n = 7";
    let mut stream = serving.client().open();
    stream.write_all(format!("{}expect: 100-continue\r\n\r\n", head("1.1", "", code)).as_bytes()).unwrap();
    stream.peek(&mut [0]).unwrap();
    stream.write_all(code.as_bytes()).unwrap();
    let mut client = serving.client();
    let began = Instant::now();
    while client.compute("other", "return 1").status != 429 {
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    // With an answer that it has not read, it resets the connection, and the server knows.
    drop(stream);
    for _ in 0..20 {
        assert_eq!(client.compute("other", "return 1").error().1, "rate");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(live.next().unwrap().data, json!([7]));
    let began = Instant::now();
    while client.compute("other", "return 1").status == 429 {
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_body_that_is_compressed_is_refused_with_what_is_known() {
    let serving = Serving::in_memory();
    let mut client = serving.client();
    for (encoding, shown) in [("gzip", "gzip"), ("br, gzip", "br, gzip"), ("x\u{fc}", "x\u{fc}"), ("", "")] {
        for path in ["/v1/homes/a/compute", "/v1/homes/a/call"] {
            let header = format!("content-encoding: {encoding}\r\n");
            let answer = client.try_send("POST", path, &header, b"return 1").unwrap();
            let message = format!("the body has the encoding '{shown}'; known is identity alone, a body as it is");
            assert_eq!(answer.error(), (415, "request".into(), message));
            assert_eq!(answer.header("accept-encoding"), Some("identity"));
        }
    }
    let plain = client.try_send("POST", "/v1/homes/a/compute", "content-encoding: Identity\r\n", b"return 1").unwrap();
    assert_eq!(plain.values(), json!([1]));
    // What is encoded on its way is no HTTP that is known here.
    let sent = "POST /v1/homes/a/compute HTTP/1.1\r\nhost: cu\r\nconnection: close\r\ntransfer-encoding: gzip\r\n\r\nx";
    let answer = said(&serving, sent, true);
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[test]
fn who_asks_before_it_sends_is_told_to_go_on_or_why_not() {
    let limits = Limits { body: Some(1000), ..Limits::of_server() };
    let serving = Serving::start(Server::builder().limits(limits));
    let code = "return 1";
    let mut stream = serving.client().open();
    stream.write_all(format!("{}expect: 100-continue\r\n\r\n", head("1.1", "", code)).as_bytes()).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    assert_eq!(read_answer(&mut reader).unwrap().status, 100);
    stream.write_all(code.as_bytes()).unwrap();
    assert_eq!(read_answer(&mut reader).unwrap().values(), json!([1]));
    // Refused before anything is sent.
    for (more, status) in [("content-length: 2000", 413), ("content-length: 8\r\ncontent-encoding: gzip", 415)] {
        let mut stream = serving.client().open();
        let head =
            format!("{}{more}\r\nexpect: 100-continue\r\n\r\n", serving.client().head("POST", "/v1/homes/a/call"));
        stream.write_all(head.as_bytes()).unwrap();
        assert_eq!(read_answer(&mut BufReader::new(&stream)).unwrap().error().0, status);
    }
    assert_eq!(serving.client().compute("a", "return 2").values(), json!([2]));
}

#[test]
fn clients_of_http_1_0_are_answered_and_left() {
    let serving = Serving::in_memory();
    let code = "print('one') return 2";
    let answer = said(&serving, &format!("{}\r\n{code}", head("1.0", "", code)), false);
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n") && answer.contains("\"values\":[2]"), "{answer}");
    // They know no chunks: a stream ends with its connection.
    let answer = said(&serving, &format!("{}\r\n{code}", head("1.0", "?stream=true", code)), false);
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n") && !answer.contains("chunked"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(body.starts_with("event: output\ndata: \"one\\n\"\n\nevent: result\n"), "{body}");
    // Without a host, and with a connection that is kept.
    let request = "GET /healthz HTTP/1.0\r\nconnection: keep-alive\r\n\r\n";
    let answers = said(&serving, &format!("{request}GET /healthz HTTP/1.0\r\n\r\n"), false);
    assert_eq!(answers.matches("HTTP/1.0 200 OK").count(), 2, "{answers}");
    let answer = said(&serving, "GET /healthz HTTP/2.0\r\n\r\n", false);
    assert!(answer.starts_with("HTTP/1.1 505") || answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[test]
fn every_route_says_its_methods_and_shows_its_head() {
    let serving = Serving::in_memory();
    let mut methods: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (method, path) in ROUTES {
        let own = methods.entry(path).or_insert(BTreeSet::from(["OPTIONS"]));
        own.insert(method);
        own.extend((method == "GET").then_some("HEAD"));
    }
    let mut client = serving.client();
    client.compute("a", "_home.t = {} ext.feed(_home.t, true) function _home.f() return 1 end");
    let allow = |answer: &serving::Answer| {
        let header = answer.header("allow").unwrap_or_else(|| panic!("{answer:?}")).to_owned();
        header.split(", ").map(str::to_owned).collect::<BTreeSet<_>>()
    };
    for (path, methods) in methods {
        let own = path.replace("{home}", "a");
        let answer = client.send("OPTIONS", &own, "");
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{path}");
        assert!(allow(&answer).iter().eq(methods.iter()), "{path}: {answer:?}");
        assert!(answer.header("x-request-id").is_some());
        let refused = client.send("PATCH", &own, "");
        let (status, class, message) = refused.error();
        assert_eq!((status, &*class), (405, "request"), "{path}");
        assert!(message.starts_with(&format!("PATCH has no meaning at {own}; there is ")), "{message}");
        assert!(allow(&refused).iter().eq(methods.iter()), "{path}: {refused:?}");
        // The same head as of GET, without a body, behind which the next answer comes.
        let query = match path.rsplit('/').next() {
            Some("live") => "?way=_home.f",
            Some("changes") => "?table=_home.t&since=0",
            _ => "",
        };
        let connection = "connection: close\r\n";
        let sent = format!("HEAD {own}{query} HTTP/1.1\r\nhost: cu\r\n{connection}\r\n");
        let answer = said(&serving, &sent, false);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = if methods.contains("GET") { "HTTP/1.1 200 OK" } else { "HTTP/1.1 405 " };
        assert!(head.starts_with(status) && body.is_empty(), "{path}: {answer}");
        if methods.contains("GET") && query.is_empty() {
            let length = client.get(&own).header("content-length").map(str::to_owned);
            // Figures and times differ in length.
            if !["/", "/metrics"].contains(&path) {
                assert!(head.contains(&format!("content-length: {}", length.unwrap())), "{path}: {head}");
            }
        }
    }
    assert_eq!(client.send("OPTIONS", "/nothing", "").error().0, 404);
    // A page of another origin is not let in.
    let header = "origin: https://evil.example\r\naccess-control-request-method: POST\r\n";
    let answer = client.try_send("OPTIONS", "/v1/homes/a/compute", header, b"").unwrap();
    assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control")), "{answer:?}");
}

#[test]
fn heads_paths_and_names_that_are_too_much_are_refused_and_nothing_else_happens() {
    let serving = Serving::in_memory();
    let get = |path: &str, header: &str| {
        said(&serving, &format!("GET {path} HTTP/1.1\r\nhost: cu\r\nconnection: close\r\n{header}\r\n"), true)
    };
    for (answer, status) in [
        (get("/healthz", &format!("x-long: {}\r\n", "x".repeat(1 << 20))), "431"),
        (get("/healthz", &"x-many: 1\r\n".repeat(1000)), "431"),
        (get(&format!("/v1/homes/{}", "x".repeat(70_000)), ""), "414"),
        (get(&format!("/v1/homes/{}", "x".repeat(10_000)), ""), "400"),
        (get("/healthz", &format!("x-long: {}\r\n", "x".repeat(10_000))), "200"),
    ] {
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {}", &answer[..answer.len().min(200)]);
    }
    let mut client = serving.client();
    for (path, status, said) in [
        ("/v1/homes/..%2F..%2F%00", 400, "no control characters; U+0000 is at byte 6"),
        ("/v1/homes/..%2f%00%2f..%2fetc%2fpasswd/compute", 405, ""),
        ("/v1/homes/%2e%2e%2f%c0%ae", 400, "the path is not UTF-8"),
        ("/v1/homes/%", 404, ""),
        ("/v1/homes/", 404, "there is nothing at /v1/homes/; no path ends with a slash"),
        ("/v1/homes/a/", 404, "there is nothing at /v1/homes/a/; no path ends with a slash"),
        ("/healthz/", 404, "no path ends with a slash"),
        ("//", 404, "no path ends with a slash"),
        ("/v1//homes", 404, "there is nothing at /v1//homes"),
    ] {
        let (found, _, message) = client.get(path).error();
        assert!(found == status && message.contains(said), "{path}: {found} {message}");
    }
    for home in ["..%2F%00", "%00"] {
        let (status, _, message) = client.compute(home, "_home.n = 1").error();
        assert!(status == 400 && message.contains("no control characters"), "{message}");
    }
    assert_eq!(client.send("POST", "/v1/homes/a/compute/", "_home.n = 1").error().0, 404);
    assert_eq!(client.get("/v1/homes").json(), json!({ "homes": [] }));
}
