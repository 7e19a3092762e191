//! What is checked before anything is computed: each attack, and what it is told.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::client::{Client, Coming, Request, now};
use crate::place::Place;

#[test]
fn each_attack_is_refused_with_its_own_message_and_counted() {
    let place = Place::new("attacks");
    let ada = place.key("ada", &[]);
    let bob = place.key("bob", &[]);
    let relay = place.serve(&[]);
    let right = || ada.request("POST", "/count?x=1", "body");
    let refused = |request: Request, status: u16, class: &str, message: &str| {
        let (own_status, own_class, own_message) = request.send(relay.address).error();
        assert_eq!((own_status, own_class.as_str()), (status, class), "{own_message} {request:?}");
        assert!(own_message.contains(message), "{own_message}");
    };
    let field = |request: &Request, name: &str| request.signed.iter().find(|(own, _)| own == name).unwrap().1.clone();

    // Signatures.
    let signature = field(&right(), "signature");
    refused(right().with("signature", &signature), 401, "signature", "not that of key 'ada'");
    refused(right().with("key", "bob"), 401, "signature", "not that of key 'bob'");
    for bit in [0, 100, 200, 511] {
        let request = right();
        let mut bytes: Vec<u8> = (0..64)
            .map(|at| u8::from_str_radix(&field(&request, "signature")[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        bytes[bit / 8] ^= 1 << (bit % 8);
        refused(request.with("signature", &crate::client::hex(&bytes)), 401, "signature", "not that of");
    }
    refused(
        ada.sign("other", "POST", "/count?x=1", "0123456789abcdef", &now().to_string(), b""),
        401,
        "signature",
        "for this relay",
    );
    refused(Client::new("eve").request("POST", "/count", ""), 401, "key", "there is no key 'eve'");
    // Of the key of another one, with the own name.
    let mut forged = Client::new("eve");
    forged.name = "ada".into();
    refused(forged.request("POST", "/count", ""), 401, "signature", "not that of key 'ada'");

    // What was signed.
    refused(Request { body: b"bodx".into(), ..right() }, 401, "digest", "the body, of 4 bytes, is not the one");
    refused(Request { body: b"".into(), ..right() }, 401, "digest", "of 0 bytes");
    refused(
        Request { path: "/count?x=2".into(), ..right() },
        401,
        "target",
        "this is 'POST /count?x=2', but 'POST /count?x=1' was signed",
    );
    refused(Request { method: "PUT".into(), ..right() }, 401, "target", "this is 'PUT");
    refused(Request { path: "/count?x=2".into(), ..right() }.with("target", "POST /count?x=2"), 401, "signature", "");
    refused(right().with("digest", &"0".repeat(64)), 401, "signature", "");
    refused(right().with("nonce", "0123456789abcdef0"), 401, "signature", "");
    refused(right().with("time", &(now() + 1).to_string()), 401, "signature", "");

    // Times.
    for time in [now() - 62, now() + 62, 0, 999_999_999_999] {
        refused(ada.request_at(time, "POST", "/count", ""), 401, "time", "60 s apart at most");
    }

    // Headers.
    for name in ["target", "key", "nonce", "time", "digest", "signature"] {
        refused(right().without(name), 400, "headers", &format!("relay-{name} is wanted once"));
        let mut twice = right();
        twice.signed.push((name.to_owned(), field(&twice, name)));
        refused(twice, 400, "headers", &format!("relay-{name} is wanted once"));
    }
    for (name, value) in [
        ("nonce", "short"),
        ("nonce", "0123456789abcde/"),
        ("nonce", &"n".repeat(65)),
        ("time", "+1"),
        ("time", "01"),
        ("time", ""),
        ("time", "1.5"),
        ("time", &"9".repeat(13)),
        ("time", "-1"),
        ("key", "Ada"),
        ("key", "../x"),
        ("key", ""),
        ("digest", &"F".repeat(64)),
        ("digest", "00"),
        ("signature", &"A".repeat(128)),
        ("signature", &"0".repeat(126)),
    ] {
        refused(right().with(name, value), 400, "headers", &format!("relay-{name} is wanted once"));
    }

    // Where it goes.
    refused(ada.request("POST", "/nowhere", ""), 404, "route", "there is no route '/nowhere'");
    refused(ada.request("GET", "/../vault.redb", ""), 404, "route", "");
    refused(ada.request("GET", "/relay/accounts", ""), 403, "right", "its own account alone");
    refused(ada.request("GET", "/count.x", ""), 404, "route", "");

    // Nonces.
    let request = right();
    assert_eq!(request.send(relay.address).good(), "counted");
    refused(request.clone(), 409, "nonce", "was used before");
    refused(request.clone(), 409, "nonce", "was used before");
    let nonce = field(&request, "nonce");
    refused(
        ada.sign("relay", "GET", "/relay/account", &nonce, &(now() + 5).to_string(), b""),
        409,
        "nonce",
        "was used before",
    );
    // The nonce of another key is another nonce.
    assert_eq!(
        bob.sign("relay", "POST", "/count", &nonce, &now().to_string(), b"b").send(relay.address).good(),
        "counted"
    );

    assert_eq!(*place.upstream.seen.counted.lock().unwrap(), ["body", "b"]);
    assert_eq!(ada.get(relay.address, "/relay/account").json()["account"]["requests"], 2);
    relay.end();
    let accounts = place.accounts();
    let refused = &accounts["refused"];
    let expected = [
        ("headers", 28),
        ("time", 4),
        ("target", 2),
        ("key", 1),
        ("digest", 2),
        ("nonce", 3),
        ("right", 1),
        ("route", 3),
    ];
    for (reason, count) in expected {
        assert_eq!(refused[reason], count, "{reason}");
    }
    assert_eq!(refused["signature"], 12);
    let audited = place.audit().lines().filter(|line| line.contains("\"request_refused\"")).count();
    assert_eq!(audited as u64, expected.iter().map(|(_, count)| count).sum::<u64>() + 12);
}

#[test]
fn a_nonce_stays_used_after_a_restart_and_is_forgotten_with_its_time() {
    let place = Place::new("nonces");
    let ada = place.key("ada", &[]);
    let mut relay = place.serve(&["--skew", "2"]);
    let request = ada.request("POST", "/count", "once");
    assert_eq!(request.send(relay.address).good(), "counted");
    relay.kill();
    let relay = place.serve(&["--skew", "2"]);
    assert_eq!(request.send(relay.address).error().1, "nonce");
    std::thread::sleep(Duration::from_millis(3200));
    assert_eq!(request.send(relay.address).error().1, "time");
    // Others make the relay forget it. A relay with a greater skew, or a clock that was set back, takes it no more than before.
    assert_eq!(ada.post(relay.address, "/count", "another").good(), "counted");
    relay.end();
    let relay = place.serve(&["--skew", "600"]);
    let (status, class, message) = request.send(relay.address).error();
    assert_eq!((status, class.as_str()), (401, "time"));
    assert!(message.contains("may have been answered already"), "{message}");
    assert_eq!(*place.upstream.seen.counted.lock().unwrap(), ["once", "another"]);
}

#[test]
fn one_of_many_that_send_the_same_request_at_once_is_answered() {
    let place = Place::new("race");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&[]);
    let request = ada.request("POST", "/count", "once");
    let statuses = std::thread::scope(|threads| {
        let all: Vec<_> = (0..12).map(|_| threads.spawn(|| request.send(relay.address).status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 11, "{statuses:?}");
    assert_eq!(place.upstream.seen.counted.lock().unwrap().len(), 1);
}

#[test]
fn bodies_that_are_too_long_or_do_not_come_are_refused() {
    let place = Place::new("bodies");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&["--body", "1000", "--time", "1"]);
    assert_eq!(ada.post(relay.address, "/count", "x".repeat(1000)).good(), "counted");
    let (status, class, message) = ada.post(relay.address, "/count", "x".repeat(1001)).error();
    assert_eq!(
        (status, class.as_str(), message.as_str()),
        (413, "body", "the body has 1001 bytes or more; 1000 are the most")
    );
    // A gigabyte is refused before it comes, one without a length when it is too long.
    let begin = |request: &Request, rest: &str| {
        let mut stream = TcpStream::connect(relay.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(format!("{}{rest}", request.head()).as_bytes()).unwrap();
        Coming::read(stream).unwrap().rest().unwrap().error()
    };
    let request = ada.request("POST", "/count", "");
    assert_eq!(begin(&request, "content-length: 1073741824\r\n\r\n").1, "body");
    let chunks = format!("transfer-encoding: chunked\r\n\r\n{}", format!("100\r\n{}\r\n", "x".repeat(256)).repeat(8));
    assert_eq!(begin(&request, &chunks).1, "body");
    // What nobody signed is not even read.
    let unsigned = request.clone().with("signature", &"0".repeat(128));
    assert_eq!(begin(&unsigned, "content-length: 1000\r\n\r\n").1, "signature");
    let (status, class, message) = begin(&request, "content-length: 10\r\n\r\nhalf");
    assert_eq!((status, class.as_str(), message.as_str()), (408, "slow", "the body did not come in time; 4 bytes did"));
    // None of these has used the nonce.
    assert_eq!(request.send(relay.address).good(), "counted");
    assert_eq!(place.upstream.seen.requests.load(Ordering::Relaxed), 2);
}
