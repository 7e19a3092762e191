//! Answers that come in pieces: output while a script runs, live calls, change feeds.

mod serving;

use std::time::Duration;

use cu_server::Server;
use serde_json::json;
use serving::Serving;

#[test]
fn large_output_comes_while_the_script_runs() {
    let serving = Serving::in_memory();
    let client = serving.client();
    let code = "for i = 1, 3000 do print(('x'):rep(1000)) end return 'end'";
    let mut bytes = 0;
    let mut last = None;
    for event in client.events("POST", "/v1/homes/ada/compute?stream=true", "", code) {
        match &*event.name {
            "output" => bytes += event.data.as_str().unwrap().len(),
            _ => last = Some(event),
        }
    }
    let last = last.unwrap();
    assert_eq!((&*last.name, &last.data["values"]), ("result", &json!(["end"])));
    assert_eq!(bytes, 3000 * 1001);
    let mut events = client.events("POST", "/v1/homes/ada/compute?stream=true", "", "print('a') error('no')");
    assert_eq!(events.next().unwrap().data, "a\n");
    let error = events.next().unwrap();
    assert_eq!((&*error.name, &error.data["error"]["message"]), ("error", &json!("compute:1: no")));
    assert_eq!(events.next(), None);
}

#[test]
fn who_leaves_a_stream_stops_no_script() {
    let serving = Serving::in_memory();
    let mut client = serving.client();
    let code = "for i = 1, 2000 do print(('x'):rep(1000)) end _home.done = true";
    let mut events = client.events("POST", "/v1/homes/ada/compute?stream=true", "", code);
    assert_eq!(events.next().unwrap().name, "output");
    drop(events);
    assert_eq!(client.compute("ada", "return _home.done").values(), json!([true]));
}

#[test]
fn a_live_call_is_answered_again_when_its_answer_differs() {
    let serving = Serving::start(Server::builder().look_again(Duration::from_secs(60)));
    let mut client = serving.client();
    client.compute("ada", "_home.n = 1 function _home.count(by) return _home.n * by end");
    let mut events = client.events("GET", "/v1/homes/ada/live?way=_home.count&arguments=%5B10%5D", "", "");
    assert_eq!(events.next().unwrap().data, json!([10]));
    client.compute("ada", "_home.other = 1");
    client.compute("ada", "_home.n = 2");
    assert_eq!(events.next().unwrap().data, json!([20]));
    for n in 3..100 {
        client.compute("ada", &format!("_home.n = {n}"));
    }
    assert!(events.any(|event| event.data == json!([990])));
    client.compute("ada", "_home.count = nil");
    let event = events.next().unwrap();
    assert_eq!((&*event.name, &event.data["error"]["class"]), ("error", &json!("runtime")));
    assert_eq!(client.get("/v1/homes/ada/live").error().0, 400);
    let text = client.get("/metrics").text();
    assert!(text.contains("\ncu_streams_open 1\n"), "{text}");
    // It ends with the server.
    serving.wait();
    assert_eq!(events.next(), None);
}

#[test]
fn a_live_call_changes_nothing() {
    let serving = Serving::in_memory();
    let mut client = serving.client();
    client.compute("ada", "_home.n = 1 function _home.bad() _home.n = 2 end");
    let event = client.events("GET", "/v1/homes/ada/live?way=_home.bad", "", "").next().unwrap();
    assert_eq!(event.name, "error");
    assert_eq!(client.compute("ada", "return _home.n").values(), json!([1]));
}

#[test]
fn changes_are_told_once_and_a_client_that_comes_again_goes_on() {
    let serving = Serving::start(Server::builder().look_again(Duration::from_secs(60)));
    let mut client = serving.client();
    client.compute("ada", "_home.users = {} ext.feed(_home.users, { values = true, count = 500 }) _home.users.a = 1");
    let path = "/v1/homes/ada/changes?table=_home.users";
    let mut events = client.events("GET", &format!("{path}&since=0"), "", "");
    let first = events.next().unwrap();
    assert_eq!(
        (&*first.name, first.id.as_deref(), &first.data["key"], &first.data["after"]),
        ("change", Some("1"), &json!("a"), &json!(1))
    );
    client.compute("ada", "for i = 1, 250 do _home.users[i] = i end");
    let ids: Vec<_> = events.by_ref().take(250).map(|event| event.id.unwrap().parse::<u32>().unwrap()).collect();
    assert_eq!(ids, (2..=251).collect::<Vec<_>>());
    drop(events);
    client.compute("ada", "_home.users.b = 2");
    let mut events = client.events("GET", path, "last-event-id: 251\r\n", "");
    assert_eq!(events.next().unwrap().data["key"], "b");
    // What is not kept any more has to be read anew.
    client.compute("ada", "for i = 1, 600 do _home.users.c = i end");
    let gone = client.events("GET", &format!("{path}&since=5"), "", "").next().unwrap();
    assert_eq!(gone.name, "gone");
    assert_eq!(gone.data, json!({ "position": 852, "reason": "changes are not kept any more" }));
    let error = client.events("GET", "/v1/homes/ada/changes?table=_home.nothing", "", "").next().unwrap();
    assert_eq!(error.name, "error");
}
