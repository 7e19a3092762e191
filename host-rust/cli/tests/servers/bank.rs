//! A hundred homes, each a bank whose amounts clients move through any copy of a server, while copies are killed and paused: no
//! transfer is lost or done twice, and what the clients saw has an order.
//!
//! `CU_ROUNDS` says how often something happens to a copy, `CU_SEED` what.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cu_host::verify::verify;
use cu_random::Random;
use cu_testkit::linearizable::{Model, Operation, linearizable};
use cu_testkit::seeds::given;
use serde_json::Value as Json;

use crate::client::Client;
use crate::cluster::Cluster;
use crate::copies::Copies;
use crate::postgres::Server;
use crate::process::{cu, text};

const HOMES: usize = 100;
const ACCOUNTS: usize = 4;
const CLIENTS: u64 = 12;
const COPIES: usize = 3;
/// A transfer that was done answers what it answered then.
const CODE: &str =
    "_home.accounts = _home.accounts or { 0, 0, 0, 0 } _home.done = _home.done or {} _home.count = _home.count or 0
    function _home.transfer(id, from, to, amount)
        local a, done = _home.accounts, _home.done[id]
        if not done then
            a[from] = a[from] - amount
            a[to] = a[to] + amount
            done = { a[from], a[to] }
            _home.done[id] = done
            _home.count = _home.count + 1
        end
        return done[1], done[2]
    end
    function _home.balances() local a = _home.accounts return a[1], a[2], a[3], a[4] end";

type Balances = [i64; ACCOUNTS];

/// What a client asked, and the answer: the two balances after a transfer, or all of them.
#[derive(Clone, Debug)]
enum What {
    Transfer { from: usize, to: usize, amount: i64, after: [i64; 2] },
    Balances(Balances),
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Bank(Balances);

impl Model for Bank {
    type What = What;

    fn apply(&mut self, what: &What, is_answered: bool) -> bool {
        match what {
            What::Transfer { from, to, amount, after } => {
                self.0[*from] -= amount;
                self.0[*to] += amount;
                !is_answered || [self.0[*from], self.0[*to]] == *after
            }
            What::Balances(balances) => !is_answered || self.0 == *balances,
        }
    }
}

#[derive(Default)]
struct Seen {
    /// What each home was asked.
    histories: Vec<Vec<Operation<What>>>,
    /// Ids of transfers of each home: those that were asked for, and those that were acknowledged.
    asked: Vec<HashSet<String>>,
    acknowledged: Vec<HashSet<String>>,
}

struct Load<'a> {
    copies: &'a Copies,
    /// A client does not wait longer for a copy, and asks another one.
    patience: Duration,
    seen: Mutex<Seen>,
    began: Instant,
    is_over: AtomicBool,
    retries: AtomicUsize,
}

impl Load<'_> {
    fn now(&self) -> u64 {
        self.began.elapsed().as_nanos() as u64
    }

    fn client(&self, number: u64, seed: u64) {
        let mut random = Random::new(seed.wrapping_mul(31).wrapping_add(number));
        let mut clients = HashMap::new();
        for step in 0.. {
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            // Some homes have most of the work, so that they are asked at the same time.
            let home = if random.one_in(3) { random.below(5) } else { random.below(HOMES) };
            let (from, amount) = (random.below(ACCOUNTS), random.below(100) as i64);
            let to = (from + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
            let (id, is_read) = (format!("{number}-{step}"), random.one_in(4));
            let body = if is_read {
                r#"{"way":"_home.balances"}"#.to_owned()
            } else {
                self.seen.lock().unwrap().asked[home].insert(id.clone());
                format!(r#"{{"way":"_home.transfer","arguments":["{id}",{},{},{amount}]}}"#, from + 1, to + 1)
            };
            let begins = self.now();
            let answer = self.ask(&mut random, &mut clients, home, &body);
            let mut seen = self.seen.lock().unwrap();
            let numbers =
                |values: &Json| values.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect::<Vec<_>>();
            let answer = answer.map(|values| numbers(&values));
            let what = match (is_read, &answer) {
                (true, Some(all)) => What::Balances(all[..].try_into().unwrap()),
                (true, None) => return,
                (false, after) => {
                    let after = after.as_ref().map_or([0; 2], |after| after[..].try_into().unwrap());
                    What::Transfer { from, to, amount, after }
                }
            };
            if answer.is_some() && !is_read {
                seen.acknowledged[home].insert(id);
            }
            let ends = answer.is_some().then(|| self.now());
            seen.histories[home].push(Operation { begins, ends, what });
        }
    }

    /// Asks copies until one has an answer; none if the load is over before that.
    fn ask(&self, random: &mut Random, clients: &mut HashMap<usize, Client>, home: usize, body: &str) -> Option<Json> {
        let path = format!("/v1/homes/bank{home}/call");
        loop {
            let number = random.below(self.copies.count());
            let address = self.copies.address(number);
            let client = clients.entry(number).or_insert_with(|| Client::new(address));
            if client.address != address {
                *client = Client::new(address);
            }
            client.timeout = self.patience;
            match client.try_send("POST", &path, "", body.as_bytes()) {
                Ok(answer) if answer.status == 200 => return Some(answer.values()),
                Ok(answer) => {
                    let (status, class, message) = answer.error();
                    assert!(
                        status == 503 && ["busy", "store", "commit"].contains(&&*class),
                        "bank{home}: {status} {class}: {message}"
                    );
                }
                // It was killed, or stands still.
                Err(_) => {}
            }
            self.retries.fetch_add(1, Ordering::Relaxed);
            if self.is_over.load(Ordering::Relaxed) {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Loads copies over a place, while they are killed and paused, and `more` happens each time; `home` is the URL of a home.
fn under_load(
    place: &str,
    home: impl Fn(usize) -> String,
    rounds: u64,
    patience: Duration,
    more: impl Fn(u64, &mut Random),
) {
    let seed =
        given("CU_SEED").unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().unwrap().as_micros() as u64 % 1_000_000);
    let rounds = given("CU_ROUNDS").unwrap_or(rounds);
    println!("CU_SEED={seed} CU_ROUNDS={rounds}");
    let copies = Copies::start(place, COPIES);
    let mut first = Client::new(copies.address(0));
    for home in 0..HOMES {
        let made = first.compute(&format!("bank{home}"), CODE);
        assert_eq!(made.status, 200, "{}", made.text());
    }
    let seen = Seen {
        histories: vec![Vec::new(); HOMES],
        asked: vec![HashSet::new(); HOMES],
        acknowledged: vec![HashSet::new(); HOMES],
    };
    let load = Load {
        copies: &copies,
        patience,
        seen: Mutex::new(seen),
        began: Instant::now(),
        is_over: AtomicBool::new(false),
        retries: AtomicUsize::new(0),
    };
    std::thread::scope(|threads| {
        for number in 0..CLIENTS {
            let load = &load;
            threads.spawn(move || {
                let _over = Over(&load.is_over);
                load.client(number, seed);
            });
        }
        let _over = Over(&load.is_over);
        let mut random = Random::new(seed);
        for round in 0..rounds {
            let wait = |random: &mut Random, most: usize| {
                std::thread::sleep(Duration::from_millis(100 + random.below(most) as u64));
            };
            wait(&mut random, 1_500);
            if load.is_over.load(Ordering::Relaxed) {
                // A client has failed.
                return;
            }
            let (killed, longest) = (random.below(COPIES), 100 + random.below(2_500) as u64);
            let paused = (killed + 1 + random.below(COPIES - 1)) % COPIES;
            let copies = &copies;
            threads.spawn(move || copies.pause(paused, Duration::from_millis(longest)));
            wait(&mut random, 300);
            copies.replace(killed);
            more(round, &mut random);
        }
        std::thread::sleep(Duration::from_millis(500));
    });
    check(&load, &copies, home, rounds as usize);
}

/// The load is over when this is dropped, also by a panic.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn check(load: &Load, copies: &Copies, url: impl Fn(usize) -> String, rounds: usize) {
    let seen = load.seen.lock().unwrap();
    let mut client = Client::new(copies.address(0));
    let code = "local sum, ids = 0, {} for _, n in ipairs(_home.accounts) do sum = sum + n end
        for id in pairs(_home.done) do ids[#ids + 1] = id end return sum, _home.count, #ids, table.concat(ids, ' ')";
    let mut total = 0;
    for home in 0..HOMES {
        let values = client.compute(&format!("bank{home}"), code).values();
        assert_eq!(values[0], 0, "an amount appeared or was lost in bank{home}");
        assert_eq!(values[1], values[2], "transfers that were done, and ids, in bank{home}");
        let there: HashSet<String> = values[3].as_str().unwrap().split_whitespace().map(str::to_owned).collect();
        let lost: Vec<_> = seen.acknowledged[home].difference(&there).collect();
        assert!(lost.is_empty(), "acknowledged and not there in bank{home}: {lost:?}");
        assert!(there.is_subset(&seen.asked[home]), "nobody asked for these in bank{home}");
        total += there.len();
        if let Err(problem) = linearizable(Bank([0; ACCOUNTS]), &seen.histories[home]) {
            panic!("bank{home}: {problem}");
        }
    }
    for home in (0..HOMES).step_by(7) {
        let report = verify(&mut *cu_stores::open(&url(home)).unwrap(), false, &mut |_| {}).unwrap();
        assert_eq!(report.wrong, 0, "bank{home}");
    }
    assert!(cu(["verify", "--home", &url(0)]).status.success());
    let asked: usize = seen.histories.iter().map(Vec::len).sum();
    println!("{asked} requests, {total} transfers, {} asked again", load.retries.load(Ordering::Relaxed));
    assert!(total > 10 + 5 * rounds, "{total} transfers are no load");
    let metrics = text(&client.get("/metrics").body);
    assert!(metrics.contains("cu_homes_evicted_total"), "{metrics}");
}

#[test]
fn copies_on_one_postgresql_lose_no_transfer_and_do_none_twice() {
    let server = Server::start("bank", &["max_connections = 100"]);
    // Who stands still in a turn loses it after half a second.
    let place = server.network_url("namespace=banks&idle=0.5");
    let home = |home: usize| server.network_url(&format!("namespace=banks%2Fbank{home}"));
    under_load(&place, home, 4, Duration::from_millis(400), |round, _| {
        if round % 10 == 9 {
            server.kill();
            server.run();
        }
    });
}

#[test]
fn copies_on_a_cluster_of_etcd_lose_no_transfer_and_do_none_twice() {
    let cluster = Cluster::start("bank");
    let url = cluster.url();
    let home = |home: usize| url.replace("namespace=0", &format!("namespace=0%2Fbank{home}"));
    under_load(&url, home, 3, Duration::from_millis(1_500), |_, random| {
        let node = random.below(3);
        cluster.kill(node);
        std::thread::sleep(Duration::from_millis(random.below(1_000) as u64));
        cluster.run(node);
        cluster.wait();
    });
}
