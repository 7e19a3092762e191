//! A database that goes away while the server works.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::Client;
use crate::postgres::Server;
use crate::process::Serving;

#[test]
fn a_database_that_goes_away_in_a_compute_is_said_and_nothing_is_half_there() {
    let server = Server::start("gone-serve", &[]);
    let mut serving = Serving::start([server.network_url("reconnect=1")]);
    let mut client = serving.client();
    assert_eq!(client.compute("ada", "_home.n = 1 _home.t = {} return _home.n").values(), json!([1]));
    let address = serving.address;
    let running = std::thread::spawn(move || {
        let code = "_home.n = 2 for i = 1, 1e9 do if i % 1e5 == 0 then _home.t[i] = _home.n end end return 'done'";
        Client::new(address).compute("ada", code)
    });
    std::thread::sleep(Duration::from_millis(300));
    server.kill();
    let asked = Instant::now();
    let (status, class, message) = running.join().unwrap().error();
    // Or it met its limit, if the machine is slow: then nothing is kept, either.
    assert!(status == 503 && ["store", "commit"].contains(&&*class) || status == 422, "{status} {class}: {message}");
    let answer = client.compute("ada", "return _home.n");
    let (status, _, message) = answer.error();
    assert_eq!((status, answer.header("retry-after").is_some()), (503, true), "{message}");
    assert!(message.contains("no connection to the database"), "{message}");
    assert_eq!(client.get("/healthz").status, 200);
    assert!(asked.elapsed() < Duration::from_secs(20));
    server.run();
    assert_eq!(client.compute("ada", "return _home.n").values(), json!([1]));
    // It also ends in order while the database is gone.
    server.kill();
    serving.signal("TERM");
    assert!(serving.wait().1.success());
}
