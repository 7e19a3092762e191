//! A relay that is killed under load: accounts and nonces.
//!
//! `CU_ROUNDS` says how often it is killed.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cu_random::Random;

use crate::client::Request;
use crate::place::Place;

const CLIENTS: usize = 6;
const SKEW: [&str; 2] = ["--skew", "3600"];

#[test]
fn nothing_is_lost_or_done_twice_by_a_kill() {
    let rounds = std::env::var("CU_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let place = Place::new("kills");
    let ada = place.key("ada", &["--admin"]);
    // Whether each request that was sent has an answer.
    let sent: Mutex<Vec<(Request, bool)>> = Mutex::default();
    for round in 0..rounds {
        let mut random = Random::from_environment(round);
        let mut relay = place.serve(&SKEW);
        let is_over = AtomicBool::new(false);
        std::thread::scope(|threads| {
            for client in 0..CLIENTS {
                let (ada, sent, is_over, address) = (&ada, &sent, &is_over, relay.address);
                threads.spawn(move || {
                    let mut number = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        let request = ada.request("POST", "/count", format!("{round}-{client}-{number}"));
                        let answer = request.try_send(address);
                        let is_answered = match &answer {
                            Ok(answer) if answer.is_whole => answer.good() == "counted",
                            _ => false,
                        };
                        sent.lock().unwrap().push((request, is_answered));
                        number += 1;
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(150 + random.below(300) as u64));
            relay.kill();
            is_over.store(true, Ordering::Relaxed);
        });
    }
    let sent = sent.into_inner().unwrap();
    let answered = sent.iter().filter(|(_, is_answered)| *is_answered).count() as u64;
    assert!(answered > 10 * rounds, "{answered} answers");
    let counted = || {
        let mut times = BTreeMap::new();
        let counted = place.upstream.seen.counted.lock().unwrap();
        counted.iter().for_each(|body| *times.entry(body.clone()).or_insert(0_u64) += 1);
        times
    };
    let account = place.accounts()["accounts"]["ada"].clone();
    println!("{} sent, {answered} answered, account {account}", sent.len());
    let number = |name: &str| account[name].as_u64().unwrap();
    let before = counted();
    let bytes: u64 =
        sent.iter().filter(|(_, is_answered)| *is_answered).map(|(request, _)| request.body.len() as u64 + 7).sum();
    assert!(before.values().all(|times| *times == 1));
    // Each that was answered is counted, and each that was counted was sent.
    assert!((answered..=sent.len() as u64).contains(&number("requests")));
    assert!((before.len() as u64..=number("requests")).contains(&number("calls")));
    assert!(number("interrupted") <= number("requests") - answered && number("at_once") == 0);
    assert!(number("bytes") >= bytes, "{bytes}");
    let most = number("requests") * 30;
    assert!(number("bytes") <= most);

    // Whoever sends a request again is told that it was taken, or it is done now: it is done once in all.
    let relay = place.serve(&SKEW);
    let address = relay.address;
    let done_now = std::thread::scope(|threads| {
        let parts = sent.chunks(sent.len().div_ceil(CLIENTS));
        let parts: Vec<_> = parts
            .map(|part| threads.spawn(move || part.iter().filter(|one| is_done_now(one, address)).count()))
            .collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum::<usize>()
    });
    let after = counted();
    assert!(after.values().all(|times| *times == 1));
    assert_eq!(after.len(), before.len() + done_now);
    relay.end();
    let end = place.accounts()["accounts"]["ada"].clone();
    // So each request that was ever sent is in the account, once.
    assert_eq!(end["requests"].as_u64().unwrap(), sent.len() as u64);
    assert_eq!(end["calls"].as_u64().unwrap(), number("calls") + done_now as u64);
}

/// Sends a request again.
fn is_done_now((request, is_answered): &(Request, bool), address: std::net::SocketAddr) -> bool {
    let answer = request.send(address);
    match (is_answered, answer.status) {
        (_, 409) => false,
        (false, 200) => true,
        other => panic!("{other:?}: {}", answer.text()),
    }
}

#[test]
fn a_stream_that_a_kill_ends_is_counted_as_far_as_it_was_noted() {
    let place = Place::new("noted");
    let ada = place.key("ada", &[]);
    let mut relay = place.serve(&[]);
    let mut coming = ada.request("POST", "/pass", "/half").begin(relay.address).unwrap();
    assert_eq!(coming.piece().unwrap().unwrap(), b"half of it");
    std::thread::sleep(Duration::from_millis(1600));
    relay.kill();
    let account = place.accounts()["accounts"]["ada"].clone();
    assert_eq!(account["bytes"], "/half".len() + "half of it".len());
    assert_eq!((account["interrupted"].as_u64(), account["at_once"].as_u64()), (Some(1), Some(0)));
    assert!(account["instructions"].as_u64().unwrap() > 1000);
    // Once, however often it begins.
    assert_eq!(place.accounts()["accounts"]["ada"], account);
}

#[test]
fn what_does_not_end_in_time_is_ended_and_counted() {
    let place = Place::new("grace");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&["--grace", "1", "--instructions", "100000000000"]);
    let mut hanging = ada.request("POST", "/pass", "/half").begin(relay.address).unwrap();
    assert!(hanging.piece().unwrap().is_some());
    std::thread::scope(|threads| {
        let (ada, address) = (&ada, relay.address);
        threads.spawn(move || ada.request("POST", "/plain", "while true do end").try_send(address));
        std::thread::sleep(Duration::from_millis(300));
        let begun = std::time::Instant::now();
        relay.end();
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    });
    assert!(!hanging.rest().unwrap().is_whole);
    let account = &place.accounts()["accounts"]["ada"];
    assert_eq!((account["at_once"].as_u64(), account["interrupted"].as_u64()), (Some(0), Some(0)), "{account}");
    assert!(
        account["instructions"].as_u64().unwrap() > 1_000_000 && account["bytes"].as_u64().unwrap() > 15,
        "{account}"
    );
}

#[test]
fn a_relay_that_is_asked_to_end_ends_what_has_begun() {
    let place = Place::new("end");
    let ada = place.key("ada", &[]);
    let relay = place.serve(&[]);
    let mut coming = ada.request("POST", "/pass", "/slow").begin(relay.address).unwrap();
    coming.piece().unwrap().unwrap();
    relay.end();
    let answer = coming.rest().unwrap();
    assert!(answer.is_whole && answer.text().contains("data: 4"), "{answer:?}");
    assert_eq!(place.accounts()["accounts"]["ada"]["interrupted"], 0);
}
