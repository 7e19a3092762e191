//! The command itself: what it shows, what it refuses, how it ends.

use std::process::Stdio;

use serde_json::json;

use crate::folder::Folder;
use crate::process::{Serving, command, cu, text};

/// What the server says behind its address, and standard error, when it is ended in order.
fn said(words: &[&str]) -> String {
    let mut serving = Serving::start(words);
    assert_eq!(serving.client().get("/healthz").status, 200);
    serving.signal("TERM");
    let (said, status) = serving.wait();
    assert!(status.success(), "{status}");
    said.replace(&serving.address.to_string(), "ADDRESS")
}

#[test]
fn it_says_what_it_serves_and_ends_in_order() {
    let folder = Folder::new("said");
    let homes = folder.file("homes");
    let tokens = folder.file("tokens.json");
    let made = text(&cu(["token"]).stdout);
    let (token, entry) = made.trim().split_once('\n').unwrap();
    std::fs::write(&tokens, format!("{{\"tokens\": [{}]}}", entry.replace("NAME", "shop"))).unwrap();
    assert_eq!(
        said(&[]),
        "  homes   in memory: they end with the server\n  access  anybody on this machine, without a token\n  \
         try     curl http://ADDRESS/v1/homes/ada/compute -d 'return 1 + 1'\n  end     Ctrl-C\n"
    );
    let with_tokens = said(&[&homes, "--tokens", &tokens]);
    assert!(with_tokens.contains(&format!("in the folder {homes}, each in a file\n")), "{with_tokens}");
    assert!(with_tokens.contains(&format!("who has a token of {tokens}\n")), "{with_tokens}");
    assert!(with_tokens.contains("-H 'authorization: Bearer TOKEN'"), "{with_tokens}");

    let serving = Serving::start([&*format!("redb:{homes}"), "--tokens", &tokens]);
    assert_eq!(serving.client().compute("ada", "return 1").status, 401);
    let mut client = serving.client().with_token(token);
    assert_eq!(client.compute("ada", "_home.n = 7 return _home.n").values(), json!([7]));
    // The file is that of other commands, when the server has not got it open.
    let file = format!("{homes}/ada.redb");
    let output = cu(["eval", "return _home.n", "--home", &file]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("another process has it open"), "{}", text(&output.stderr));
    drop(serving);
    assert_eq!(text(&cu(["eval", "return _home.n", "--home", &file]).stdout), "7\n");
}

#[test]
fn limits_are_those_of_the_command_line() {
    let words = ["--instructions", "100000", "--body", "50", "--rate", "1000", "--output", "3", "--entries", "2"];
    let serving = Serving::start(words);
    let mut client = serving.client();
    assert_eq!(client.compute("a", "while true do end").error().1, "budget");
    assert_eq!(client.compute("a", &" ".repeat(51)).error().0, 413);
    assert_eq!(client.compute("a", "print('hello')").json()["output"], json!("hel"));
    let table = &client.compute("a", "_home.t = {1,2,3} return _home.t").values()[0];
    assert!(table["$table"].is_number(), "{table}");
    let slow = Serving::start(["--instructions", "0", "--time-limit", "0.05"]);
    assert_eq!(slow.client().compute("a", "while true do end").error().1, "interrupted");
    let kept = Serving::start(["--keep-changes"]);
    kept.client().compute("a", "_home.n = 1 error('no')");
    assert_eq!(kept.client().compute("a", "return _home.n").values(), json!([1]));
}

#[test]
fn what_is_wrong_is_one_clear_line() {
    let folder = Folder::new("refused");
    let file = folder.file("home.redb");
    std::fs::write(&file, "").unwrap();
    let long = "cu: the URL of a store 'mysql:...' cannot be opened: it is none of the stores that are known.";
    for (words, status, complaint) in [
        (vec!["--listen", "nowhere"], 2, "cu: --listen takes an address with a port, 127.0.0.1:7357, or a port"),
        (vec!["--listen", "0.0.0.0:0"], 3, "cu: without tokens a server listens on this machine only"),
        (vec!["--rate", "0"], 2, "cu: --rate takes a number above 0, not '0'"),
        (vec!["--threads", "0"], 2, "cu: --threads takes a whole number from 1 to 1000, not '0'"),
        (vec!["a", "b"], 2, "cu: unexpected argument 'b'"),
        (vec!["--tokens", "/nowhere/t.json"], 3, "cu: cannot open /nowhere/t.json"),
        (vec![&file], 1, &format!("cu: {file}: it is a file; homes are kept in a folder")),
        (vec!["mysql://me:secret@h/d"], 3, long),
        (vec!["redb:x?turns"], 2, "cu: a folder of homes is given without ?turns and ?read-only"),
        (vec!["postgres://me:secret@127.0.0.1:1/d"], 3, "no connection to the database"),
        (vec!["etcd://127.0.0.1:1"], 3, "no answer from the node http://127.0.0.1:1 of the cluster"),
        (vec!["/dev/null/homes"], 3, "cu: cannot open /dev/null/homes"),
    ] {
        let output = command(&words).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{words:?}: {said}");
        assert!(said.contains(complaint) && !said.contains("secret"), "{words:?}: {said}");
        assert!(output.stdout.is_empty());
    }
    let taken = Serving::start([""; 0]);
    let again = command(["--listen", &taken.address.to_string()]).output().unwrap();
    assert!(text(&again.stderr).contains(&format!("cannot listen at {}", taken.address)), "{again:?}");
}

/// A reader that has gone after the address, as a script's has, does not end the server.
#[test]
fn who_reads_one_line_has_read_enough() {
    let mut process = command(["--listen", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(process.try_wait().unwrap().is_none());
    process.kill().unwrap();
    process.wait().unwrap();
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut serving = Serving::start(["--time-limit", "60", "--instructions", "0"]);
    let address = serving.address;
    let running = std::thread::spawn(move || {
        crate::client::Client::new(address).try_send("POST", "/v1/homes/a/compute", "", b"while true do end")
    });
    std::thread::sleep(std::time::Duration::from_millis(200));
    let began = std::time::Instant::now();
    serving.signal("INT");
    std::thread::sleep(std::time::Duration::from_millis(200));
    serving.signal("INT");
    assert_eq!(serving.wait().1.code(), Some(3));
    assert!(began.elapsed().as_secs() < 5);
    assert!(running.join().unwrap().is_err());
}
