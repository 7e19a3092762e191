//! Computes, calls and homes over real connections: what is answered, and what bad requests get.

mod serving;

use std::io::{BufReader, Read, Write};
use std::time::{Duration, Instant};

use cu_server::{FolderStores, Limits, Server};
use serde_json::json;
use serving::{Folder, Serving, read_answer};

#[test]
fn computes_and_calls_answer_json() {
    let serving = Serving::in_memory();
    let mut client = serving.client();
    let answer = client.compute(
        "ada",
        "print('hello') _home.n = (_home.n or 0) + 1 return _home.n, { 1, 2.5, { a = 'b' } }, nil, 1 / 0",
    );
    assert_eq!(answer.values(), json!([1, [1, 2.5, { "a": "b" }], null, { "$float": "inf" }]));
    assert_eq!(answer.json()["output"], "hello\n");
    assert!(answer.json()["usage"]["instructions"].as_u64().unwrap() > 3);
    assert_eq!(answer.json()["request"].as_str(), answer.header("x-request-id"));
    assert_eq!(client.compute("ada", "_home.n = _home.n + 1 return _home.n").values(), json!([2]));
    assert_eq!(client.compute("bob", "return _home.n").values(), json!([null]));

    let store = "_home.rates = { EUR = 2 } function _home.price(amount, currency) return { price = amount * _home.rates[currency] } end";
    client.compute("ada", store);
    let call = r#"{"way": "_home.price", "arguments": [7, "EUR"]}"#;
    assert_eq!(client.call("ada", call).values(), json!([{ "price": 14 }]));
    // Tables of the store come with what is in them.
    assert_eq!(client.compute("ada", "return _home.rates").values(), json!([{ "EUR": 2 }]));
    assert_eq!(
        client.call("ada", r#"{"way": "string.char", "arguments": [255]}"#).values(),
        json!([{ "$bytes": "ff" }])
    );
}

#[test]
fn errors_have_class_line_and_traceback_and_change_nothing() {
    let serving = Serving::start(Server::builder().limits(Limits { time: Some(300), ..Limits::of_server() }));
    let mut client = serving.client();
    let answer = client.compute("ada", "local x = 1\n_home.lost = true\nerror('no')");
    assert_eq!(answer.error(), (422, "runtime".into(), "compute:3: no".into()));
    assert_eq!(answer.json()["error"]["line"], 3);
    assert!(answer.json()["error"]["traceback"].as_str().unwrap().starts_with("stack traceback:"));
    assert_eq!(client.compute("ada", "return _home.lost").values(), json!([null]));
    assert_eq!(client.compute("ada", "error({ code = 7 })").json()["error"]["value"], json!({ "code": 7 }));
    for (code, status, class, message) in [
        ("return +", 400, "syntax", "compute:1: unexpected symbol near"),
        ("while true do end", 422, "interrupted", "compute:1: interrupted by the host: 'time limit of 300 ms'"),
        (
            "for i = 1, 1e12 do string.rep('x', 1000) end",
            422,
            "budget",
            "compute:1: instruction limit of 1000000000 exceeded",
        ),
        ("local t = {} for i = 1, 1e9 do t[i] = { i } end", 422, "memory", "not enough memory"),
        ("return coroutine.create(print)", 422, "result", ""),
        ("\x1bLua", 400, "syntax", ""),
    ] {
        let (got_status, got_class, got) = client.compute("ada", code).error();
        if class == "budget" && got_class == "interrupted" {
            // A slow machine.
            continue;
        }
        assert_eq!((got_status, &*got_class), (status, class), "{code}: {got}");
        assert!(got.contains(message) || class == "interrupted", "{code}: {got}");
    }
    for (body, message) in [
        ("", "the body is no call"),
        ("[]", "the body is no call"),
        (r#"{"way": "f", "argument": []}"#, "unknown field `argument`"),
        (r#"{"way": "f", "arguments": [1, {"$x": 1}]}"#, "argument 2: \"$x\" has no meaning"),
        (r#"{"way": "a..b"}"#, "a name is empty"),
        (r#"{"way": "f", "arguments": 7}"#, "the body is no call"),
    ] {
        let (status, class, got) = client.call("ada", body).error();
        assert_eq!((status, &*class), (400, "request"), "{body}");
        assert!(got.contains(message), "{body}: {got}");
    }
    let (status, class, message) = client.call("ada", r#"{"way": "_home.nothing.here"}"#).error();
    assert_eq!((status, &*class), (422, "runtime"), "{message}");
    assert_eq!(client.compute("ada", "return 'alive'").values(), json!(["alive"]));
}

#[test]
fn homes_are_made_listed_and_removed_whatever_they_are_called() {
    let folder = Folder::new("names");
    let homes = folder.0.join("homes");
    let serving = Serving::start(Server::builder().stores(FolderStores::new(&homes).unwrap()));
    let mut client = serving.client();
    let mut names = vec!["ada", "Ada", "..", "../../etc/passwd", "a b", "é", "%2F", "C:\\x", "<script>", "x'y\"z"];
    let escaped = |name: &str| name.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for name in &names {
        assert_eq!(client.compute(&escaped(name), &format!("_home.name = [==[{name}]==]")).status, 200, "{name}");
    }
    for name in &names {
        assert_eq!(client.compute(&escaped(name), "return _home.name").values(), json!([name]));
        assert_eq!(client.get(&format!("/v1/homes/{}", escaped(name))).json(), json!({ "home": name, "open": true }));
    }
    names.sort_unstable();
    assert_eq!(client.get("/v1/homes").json(), json!({ "homes": names }));
    let page = client.get("/v1/homes?limit=3").json();
    assert_eq!(page["homes"], json!(names[..3]));
    let after = escaped(page["after"].as_str().unwrap());
    assert_eq!(client.get(&format!("/v1/homes?after={after}")).json(), json!({ "homes": names[3..] }));
    assert_eq!(client.get("/v1/homes?prefix=a").json()["homes"], json!(["a b", "ada"]));
    // Nothing is outside of the folder.
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(&homes).unwrap().count(), names.len());

    assert_eq!(client.send("DELETE", "/v1/homes/ada", "").status, 204);
    assert_eq!(client.send("DELETE", "/v1/homes/ada", "").error().0, 404);
    assert_eq!(
        client.get("/v1/homes/ada").error(),
        (404, "absent".into(), "there is no home of the name 'ada'".into())
    );
    assert_eq!(client.send("POST", "/v1/homes/ada/compute?read_only=true", "return 1").status, 404);
    assert_eq!(client.send("PUT", "/v1/homes/ada", "").status, 200);
    assert_eq!(client.compute("ada", "return _home.name").values(), json!([null]));

    for (method, path, status) in [
        ("GET", "/v1/homes/%00", 400),
        ("GET", "/v1/homes/%FF", 400),
        ("GET", &format!("/v1/homes/{}", "x".repeat(256)), 400),
        ("PUT", &format!("/v1/homes/{}", "X".repeat(200)), 400),
        ("GET", "/v1/homes/../../etc/passwd", 404),
        ("GET", "/v1/homes/ada/../x", 404),
        ("GET", "/v2", 404),
        ("PATCH", "/v1/homes/ada", 405),
        ("GET", "/v1/homes/ada?x=1", 400),
        ("GET", "/v1/homes?limit=0", 400),
    ] {
        assert_eq!(client.send(method, path, "").error().0, status, "{method} {path}");
    }
}

#[test]
fn who_has_a_home_open_elsewhere_is_told_and_what_is_kept_is_there_again() {
    let folder = Folder::new("kept");
    let serve = || Serving::start(Server::builder().stores(FolderStores::new(&folder.0).unwrap()));
    let serving = serve();
    let mut client = serving.client();
    client.compute("ada", "_home.n = 41");
    let other = serve();
    let (status, class, message) = other.client().compute("ada", "return _home.n").error();
    assert_eq!((status, &*class), (503, "store"));
    assert!(message.contains("another process has it open"), "{message}");
    serving.wait();
    assert_eq!(other.client().compute("ada", "return _home.n + 1").values(), json!([42]));
    std::fs::write(folder.0.join("foreign.redb"), "no database").unwrap();
    let (status, _, message) = other.client().compute("foreign", "return 1").error();
    assert_eq!(status, 503);
    assert!(message.contains("foreign.redb"), "{message}");
    assert_eq!(std::fs::read(folder.0.join("foreign.redb")).unwrap(), b"no database");
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_comes() {
    let serving = Serving::start(Server::builder().limits(Limits { body: Some(1000), ..Limits::of_server() }));
    let client = serving.client();
    let began = Instant::now();
    let mut stream = client.open();
    let head = format!("{}content-length: 1073741824\r\n\r\n", client.head("POST", "/v1/homes/a/compute"));
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_answer(&mut BufReader::new(&stream)).unwrap();
    assert_eq!(answer.error(), (413, "size".into(), "the body has 1073741824 bytes; 1000 are the most".into()));
    assert!(began.elapsed() < Duration::from_secs(5));
    // The same where the length is not said.
    let mut stream = client.open();
    let head = format!("{}transfer-encoding: chunked\r\n\r\n", client.head("POST", "/v1/homes/a/compute"));
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..3 {
        stream.write_all(format!("190\r\n{}\r\n", " ".repeat(400)).as_bytes()).unwrap();
    }
    assert_eq!(read_answer(&mut BufReader::new(&stream)).unwrap().error().0, 413);
    assert_eq!(serving.client().compute("a", &" ".repeat(1000)).status, 200);
    // What is no HTTP.
    let mut stream = client.open();
    stream.write_all(b"\x16\x03\x01 hello\r\n\r\n").unwrap();
    let mut text = String::new();
    // It is closed, with an answer or without one.
    let _ = stream.read_to_string(&mut text);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 400"), "{text}");
    assert_eq!(serving.client().get("/healthz").status, 200);
}

#[test]
fn ids_of_requests_are_taken_or_made() {
    let serving = Serving::in_memory();
    let mut client = serving.client();
    let mut id = |header: &str| {
        let answer = client.try_send("GET", "/healthz", header, b"").unwrap();
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id("x-request-id: a-1.b:c_D\r\n"), "a-1.b:c_D");
    let (one, two) = (id(""), id("x-request-id: a b\r\n"));
    assert!(one != two && two != "a b", "{one} {two}");
    assert_eq!(id(&format!("x-request-id: {}\r\n", "x".repeat(128))).len(), 128);
    assert!(id(&format!("x-request-id: {}\r\n", "x".repeat(129))).len() < 129);
}
