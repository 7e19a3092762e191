//! Answers as they come, and upstreams that are wrong in every way.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::place::{Place, until};
use crate::upstream::{BETWEEN, PIECES};

#[test]
fn an_answer_comes_as_the_upstream_sends_it() {
    let place = Place::new("slow");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&[]);
    for (route, begin, end) in [("/pass", "", ""), ("/pieces", "[", "]")] {
        let mut coming = ada.request("POST", route, "/slow").begin(relay.address).unwrap();
        let mut times = Vec::new();
        for number in 1..=PIECES {
            let piece = coming.piece().unwrap().unwrap();
            assert_eq!(String::from_utf8(piece).unwrap(), format!("{begin}data: {number}\n\n{end}"));
            times.push(Instant::now());
        }
        assert_eq!(coming.piece().unwrap(), None);
        // They came one after another, not all at the end.
        assert!(times[PIECES - 1] - times[0] > BETWEEN * (PIECES as u32 - 2), "{times:?}");
    }
}

#[test]
fn one_thread_serves_many_that_wait() {
    let place = Place::new("many");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&["--threads", "1"]);
    let begun = Instant::now();
    std::thread::scope(|threads| {
        for _ in 0..20 {
            threads.spawn(|| assert!(ada.post(relay.address, "/pieces", "/slow").good().contains("data: 4")));
        }
        // And answers others meanwhile.
        threads.spawn(|| {
            std::thread::sleep(BETWEEN);
            assert_eq!(ada.post(relay.address, "/plain", "return 'at once'").good(), "at once");
            assert!(begun.elapsed() < BETWEEN * PIECES as u32 + Duration::from_millis(400));
        });
    });
    assert!(begun.elapsed() < BETWEEN * PIECES as u32 * 5, "{:?}", begun.elapsed());
}

#[test]
fn a_relay_that_is_full_says_so_and_takes_no_nonce() {
    let place = Place::new("full");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&["--running", "2"]);
    let coming: Vec<_> = (0..2).map(|_| ada.request("POST", "/pass", "/half").begin(relay.address).unwrap()).collect();
    let request = ada.request("POST", "/plain", "return 'x'");
    let answer = request.send(relay.address);
    assert_eq!(answer.error(), (503, "unavailable".into(), "as many requests run as may at a time".into()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    drop(coming);
    until("there is room again", || request.send(relay.address).status == 200);
}

#[test]
fn what_an_upstream_does_wrong_is_an_error_that_says_so() {
    let place = Place::new("wrong");
    let ada = place.key("ada", &[]);
    place.put(&["secret", "nobody", "--to", "http://127.0.0.1:1/", "--header", "x-key"], "0123456789abcdef");
    let relay = place.serve(&["--silence", "1"]);
    let run = |path: &str| {
        let code = format!("return host.vault.fetch('model', {{ path = '{path}' }})");
        ada.post(relay.address, "/run", code).good()
    };
    for (path, message) in [
        ("/hang", "the upstream was silent for 1000 ms"),
        ("/half", "the upstream was silent for 1000 ms within its answer"),
        ("/broken", "the upstream broke its answer off"),
        ("/fail", "the upstream broke the connection off, or speaks no HTTP"),
        ("/nonsense", "the upstream broke the connection off, or speaks no HTTP"),
        ("/gzip", "the upstream sent an encoded body"),
        ("/gigabyte", "has more than 262144 bytes: ask for it with stream = true"),
    ] {
        let text = run(path);
        assert!(text.contains(message), "{path}: {text}");
    }
    assert!(
        ada.post(relay.address, "/run", "return host.vault.fetch('nobody', {})").good().contains("cannot be reached")
    );
    // Redirections are the script's matter.
    assert_eq!(ada.post(relay.address, "/fetch", "/redirect").json()["status"], 302);
    // Where a script does not catch it, its client is told little, and the log the rest.
    assert_eq!(ada.post(relay.address, "/fetch", "/fail").error(), (500, "route".into(), "the route failed".into()));
    assert!(
        place.log().contains("/fetch failed: \"fetch.lua:3: host.vault.fetch: the upstream broke the connection off"),
        "{}",
        place.log()
    );
    // An answer that has begun does not look whole.
    for path in ["/half", "/broken"] {
        let answer = ada.post(relay.address, "/pass", path);
        assert_eq!((answer.status, answer.text().as_str(), answer.is_whole), (200, "half of it", false), "{path}");
    }
    until("all that hung are left", || place.upstream.seen.gone.load(Ordering::Relaxed) >= 4);
}

#[test]
fn a_gigabyte_is_cut_off_and_takes_no_memory() {
    let place = Place::new("gigabyte");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&["--answer", "20000000"]);
    let before = relay.memory();
    let answer = ada.post(relay.address, "/pass", "/gigabyte");
    assert_eq!((answer.status, answer.is_whole), (200, false));
    assert!((19_000_000..=20_000_000).contains(&answer.body.len()), "{}", answer.body.len());
    until("the upstream is left", || place.upstream.seen.gone.load(Ordering::Relaxed) == 1);
    assert!(place.upstream.seen.taken.load(Ordering::Relaxed) < 60_000_000);
    let more = relay.memory().saturating_sub(before);
    assert!(more < 40_000_000, "{more} bytes more");
    let account = ada.get(relay.address, "/relay/account").json();
    assert_eq!(account["account"]["bytes"].as_u64().unwrap(), answer.body.len() as u64 + 9);
    assert!(place.audit().contains("the answer is longer than it may be"));
}

#[test]
fn when_the_client_goes_so_does_everything_else() {
    let place = Place::new("gone");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&[]);
    // Before the head of the answer, in the middle of it, and while a script runs.
    let begun = ada.request("POST", "/fetch", "/hang");
    std::thread::scope(|threads| {
        threads.spawn(|| drop_after(&begun, relay.address, false));
        let middle = ada.request("POST", "/pass", "/half");
        threads.spawn(move || drop_after(&middle, relay.address, true));
        let script = ada.request("POST", "/pieces", "/half");
        threads.spawn(move || drop_after(&script, relay.address, true));
        let busy = ada.request("POST", "/plain", "while true do end");
        threads.spawn(move || drop_after(&busy, relay.address, false));
    });
    until("the upstream is left three times", || place.upstream.seen.gone.load(Ordering::Relaxed) == 3);
    until("nothing runs", || ada.get(relay.address, "/relay/account").json()["account"]["at_once"] == 1);
    relay.end();
    let account = &place.accounts()["accounts"]["ada"];
    assert_eq!(
        (account["calls"].as_u64(), account["interrupted"].as_u64(), account["at_once"].as_u64()),
        (Some(3), Some(0), Some(0))
    );
}

fn drop_after(request: &crate::client::Request, address: std::net::SocketAddr, has_piece: bool) {
    use std::io::Write;
    if has_piece {
        let mut coming = request.begin(address).unwrap();
        assert!(coming.piece().unwrap().is_some());
        return;
    }
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!("{}content-length: {}\r\n\r\n", request.head(), request.body.len());
    stream.write_all(&[head.as_bytes(), &request.body].concat()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
}

#[test]
fn time_budget_and_memory_of_a_route_are_bounded() {
    let place = Place::new("bounds");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&["--time", "1", "--instructions", "5000000"]);
    let plain = |code: &str| ada.post(relay.address, "/plain", code).error();
    assert_eq!(plain("while true do end"), (500, "budget".into(), "the route used up its instructions".into()));
    assert_eq!(plain("local t = {} for i = 1, 300000 do t[i] = i end").1, "route");
    assert_eq!(plain("return 7").1, "route");
    assert_eq!(plain("return { status = 99 }").1, "route");
    assert_eq!(plain("return { type = 'a\\nb' }").1, "route");
    assert_eq!(plain("return { stream = 7 }").1, "route");
    assert_eq!(plain("host.answer.send('x')").1, "route");
    let (status, class, _) = ada.post(relay.address, "/fetch", "/hang").error();
    assert_eq!((status, class.as_str()), (504, "time"));
    // One that nobody reads is left when its time is over.
    let mut coming = ada.request("POST", "/pass", "/gigabyte").begin(relay.address).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    until("the upstream is left", || place.upstream.seen.gone.load(Ordering::Relaxed) == 2);
    while let Ok(Some(_)) = coming.piece() {}
    assert!(coming.piece().is_err());
    relay.end();
    let account = &place.accounts()["accounts"]["ada"];
    assert!(account["instructions"].as_u64().unwrap() > 5_000_000 && account["at_once"] == 0, "{account}");
}
