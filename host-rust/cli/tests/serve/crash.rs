//! A server that is killed under load: what was acknowledged is there, and nothing is half there.
//!
//! `CU_ROUNDS` says how often it is killed.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cu_host::RedbStore;
use cu_host::verify::verify;
use cu_random::Random;
use serde_json::json;

use crate::client::Client;
use crate::folder::Folder;
use crate::process::Serving;

const HOMES: usize = 6;

/// A request adds a row, counts it, and moves an amount between two accounts.
const CODE: &str = "_home.rows = _home.rows or {} _home.a = _home.a or 1000 _home.b = _home.b or 0";

#[test]
fn every_acknowledged_request_is_there_after_a_kill() {
    let rounds = std::env::var("CU_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(6);
    let folder = Folder::new("crash");
    let acknowledged: Mutex<HashMap<usize, Vec<u64>>> = Mutex::default();
    let mut next = 0;
    for round in 0..rounds {
        let mut random = Random::from_environment(round);
        let mut server = Serving::start([&folder.0]);
        let address = server.address;
        let is_over = AtomicBool::new(false);
        std::thread::scope(|threads| {
            for worker in 0..4_u64 {
                let (acknowledged, is_over) = (&acknowledged, &is_over);
                threads.spawn(move || {
                    let mut client = Client::new(address);
                    let mut number = next + worker;
                    while !is_over.load(Ordering::Relaxed) {
                        let home = number as usize % HOMES;
                        let code = format!(
                            "{CODE} _home.rows[{number}] = {{ id = {number} }} _home.n = (_home.n or 0) + 1 \
                             _home.a = _home.a - 1 _home.b = _home.b + 1"
                        );
                        let path = format!("/v1/homes/h{home}/compute");
                        match client.try_send("POST", &path, "", code.as_bytes()) {
                            Ok(answer) if answer.status == 200 => {
                                acknowledged.lock().unwrap().entry(home).or_default().push(number);
                            }
                            Ok(answer) => panic!("{}", answer.text()),
                            // Killed.
                            Err(_) => return,
                        }
                        number += 4;
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(150 + random.below(250) as u64));
            server.kill();
            is_over.store(true, Ordering::Relaxed);
        });
        next += 1_000_000;
        for home in 0..HOMES {
            let file = folder.0.join(format!("h{home}.redb"));
            if file.exists() {
                let mut store = RedbStore::open(&file).unwrap();
                let report = verify(&mut store, false, &mut |_| {}).unwrap();
                assert_eq!(report.wrong, 0, "round {round}, home {home}");
            }
        }
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    let total: usize = acknowledged.values().map(Vec::len).sum();
    assert!(total > 20, "{total} requests in {rounds} rounds");
    let server = Serving::start([&folder.0]);
    let mut client = server.client();
    for (home, numbers) in acknowledged {
        let list: Vec<_> = numbers.iter().map(u64::to_string).collect();
        let check = format!(
            "for _, n in ipairs({{{}}}) do if _home.rows[n].id ~= n then error(n) end end \
             local n = 0 for _ in pairs(_home.rows) do n = n + 1 end return n == _home.n, _home.a + _home.b, n >= {}",
            list.join(","),
            numbers.len()
        );
        assert_eq!(client.compute(&format!("h{home}"), &check).values(), json!([true, 1000, true]), "home {home}");
    }
}
