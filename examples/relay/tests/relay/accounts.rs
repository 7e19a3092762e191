//! Accounts: what is counted, and what is refused when it is used up.

use crate::place::Place;

#[test]
fn what_is_used_is_counted_exactly() {
    let place = Place::new("counted");
    let ada = place.key("ada", &["--admin"]);
    let bob = place.key("bob", &[]);
    let relay = place.serve(&[]);
    for _ in 0..3 {
        assert_eq!(ada.post(relay.address, "/count", "12345").good(), "counted");
    }
    // This one counts itself.
    let own = ada.get(relay.address, "/relay/account").json()["account"].clone();
    assert_eq!(
        (own["requests"].as_u64(), own["calls"].as_u64(), own["bytes"].as_u64()),
        (Some(4), Some(3), Some(3 * (5 + 7)))
    );
    let each = own["instructions"].as_u64().unwrap() / 3;
    assert_eq!(own["instructions"], each * 3);
    assert_eq!(bob.post(relay.address, "/count", "12345").good(), "counted");
    let all = ada.get(relay.address, "/relay/accounts").json();
    assert_eq!(all["accounts"]["bob"]["instructions"], each);
    assert_eq!(all["accounts"]["bob"]["requests"], 1);
    relay.end();
    let kept = place.accounts();
    assert_eq!(kept["accounts"]["bob"], all["accounts"]["bob"]);
    assert_eq!(kept["accounts"]["ada"]["requests"], 5);
}

#[test]
fn what_is_used_up_is_refused() {
    let place = Place::new("limits");
    let clients = [
        ("requests", "2", "key 'requests' has used up its 2 requests"),
        ("bytes", "30", "key 'bytes' has used up its 30 bytes"),
        ("instructions", "20000", "key 'instructions' has used up its 20000 instructions"),
    ];
    let relay = {
        for (name, number, _) in clients {
            place.key(name, &[&format!("--{name}"), number]);
        }
        place.key("calls", &["--calls", "2"]);
        place.key("rate", &["--rate", "3"]);
        place.key("at-once", &["--at-once", "2"]);
        place.serve(&[])
    };
    let client = crate::client::Client::new;
    for (name, _, message) in clients {
        let own = client(name);
        let mut worked = 0;
        let error = loop {
            let answer = own.post(relay.address, "/count", "12345");
            if answer.status != 200 {
                break answer.error();
            }
            worked += 1;
            assert!(worked < 10, "{name}");
        };
        // The last one may be cut by what is left, the next one is refused.
        assert_eq!((error.0, error.1.as_str()), (402, "quota"), "{name}");
        assert_eq!(own.post(relay.address, "/count", "12345").error(), (402, "quota".into(), message.into()));
        assert!(worked > 0, "{name}");
    }
    // In the middle of a route, which may catch it.
    let calls = client("calls");
    let code = "local function ask() return host.vault.fetch('model', { path = '/echo' }).status end return ask() + ask() + ask()";
    assert_eq!(
        calls.post(relay.address, "/plain", code).error(),
        (402, "quota".into(), "key 'calls' has used up its 2 calls".into())
    );
    assert!(calls.post(relay.address, "/run", code).good().contains("has used up its 2 calls"));

    let rate = client("rate");
    let answers: Vec<_> = (0..8).map(|_| rate.post(relay.address, "/plain", "return 'x'")).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    // A minute may have begun in between.
    assert!((2..=5).contains(&refused.len()), "{}", refused.len());
    let after = refused[0].header("retry-after").unwrap().parse::<u64>().unwrap();
    assert!((1..=60).contains(&after));
    assert_eq!(refused[0].error().2, "key 'rate' may send 3 requests a minute");

    let at_once = client("at-once");
    let coming: Vec<_> =
        (0..2).map(|_| at_once.request("POST", "/pass", "/half").begin(relay.address).unwrap()).collect();
    let (status, class, message) = at_once.post(relay.address, "/plain", "return 'x'").error();
    assert_eq!(
        (status, class.as_str(), message.as_str()),
        (429, "rate", "key 'at-once' may have 2 requests at a time")
    );
    drop(coming);
    crate::place::until("there is room again", || at_once.post(relay.address, "/plain", "return 'x'").status == 200);

    // More is allowed, and the relay told so.
    let public = client("requests").public();
    place.done(&["key", "requests", &public, "--requests", "1000"]);
    relay.signal("HUP");
    crate::place::until("there is more", || client("requests").post(relay.address, "/count", "12345").status == 200);
    relay.end();
    let accounts = &place.accounts()["accounts"];
    assert!(accounts["bytes"]["bytes"].as_u64().unwrap() <= 30, "{accounts}");
    assert_eq!(accounts["calls"]["calls"], 2);
}
