//! The examples of README.md, in order, and the client in JavaScript, which was written from it.

use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::client::{Client, hex};
use crate::console::{examples, fits};
use crate::place::Place;
use crate::upstream::Upstream;

const TEXT: &str = include_str!("../../README.md");
const VECTOR: &str = include_str!("../../vector.json");
const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/client.mjs");

#[test]
fn every_example_prints_what_is_shown() {
    let place = Place {
        folder: std::env::temp_dir().join(format!("cu-relay-readme-{}", std::process::id())),
        upstream: Upstream::start(),
    };
    let _ = std::fs::remove_dir_all(&place.folder);
    std::fs::create_dir_all(&place.folder).unwrap();
    std::os::unix::fs::symlink(concat!(env!("CARGO_MANIFEST_DIR"), "/routes"), place.folder.join("routes")).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_relay"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let (mut relay, mut count) = (None, 0);
    for (command, shown) in examples(TEXT) {
        count += 1;
        if command == "relay serve &" {
            relay = Some(place.serve(&[]));
            assert_eq!(shown, "http://127.0.0.1:7358");
            continue;
        }
        let upstream = format!("localhost:{}", place.upstream.address.port());
        let mut here = command.replace("localhost:9000", &upstream);
        if let Some(relay) = &relay {
            here = here.replace("127.0.0.1:7358", &relay.address.to_string());
        }
        let shown = shown.replace("localhost:9000", &upstream);
        let output =
            Command::new("sh").args(["-c", &here]).current_dir(&place.folder).env("PATH", &path).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{command}: {printed} {}", String::from_utf8_lossy(&output.stderr));
        assert!(fits(&shown, printed.trim_end()), "{command}\nprinted {printed}\nshown   {shown}");
    }
    assert_eq!(count, 11);
}

#[test]
fn the_vector_is_what_this_and_another_program_sign() {
    let vector: Json = serde_json::from_str(VECTOR).unwrap();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let header = |name: &str| text(&vector["headers"][format!("relay-{name}")]);
    let seed: Vec<u8> = (0..32).collect();
    assert_eq!(text(&vector["private"]), hex(&seed));
    let client = Client::of_seed("ada", &seed);
    assert_eq!(text(&vector["public"]), client.public());
    let body = text(&vector["body"]);
    let request = client.sign("relay", "POST", "/chat?model=small", &header("nonce"), &header("time"), body.as_bytes());
    for (name, value) in &request.signed {
        assert_eq!(&header(name), value, "{name}");
    }
    // In Node, by its own library.
    let code = format!(
        "import {{ privateKey, signedHeaders }} from '{CLIENT}'; const v = {VECTOR}; const [method, target] = v.headers['relay-target'].split(' ');
         console.log(JSON.stringify(signedHeaders({{ method, target, key: 'ada', privateKey: privateKey(v.private), body: v.body,
         nonce: v.headers['relay-nonce'], time: v.headers['relay-time'] }})))"
    );
    let output = Command::new("node").args(["--input-type=module", "--eval", &code]).output().unwrap();
    let signed: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(signed, vector["headers"]);
}

#[test]
fn a_client_in_javascript_is_answered_and_refused() {
    use std::io::Write;

    let place = Place::new("javascript");
    let public = place.done(&["pair", "bob.key"]);
    place.done(&["key", "bob", public.trim()]);
    let relay = place.serve(&["--name", "shop"]);
    let run = |key: &str, method: &str, path: &str, name: &str, body: &str| {
        let mut command = Command::new("node");
        command.args([CLIENT, key, "bob.key", method, &format!("http://{}{path}", relay.address), name]);
        let mut child =
            command.current_dir(&place.folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(run("bob", "POST", "/count?a=%20b&c", "shop", "from Node: é"), (true, "counted".into()));
    let (is_good, account) = run("bob", "GET", "/relay/account", "shop", "");
    assert!(is_good && account.contains("\"calls\":1"), "{account}");
    let (is_good, refused) = run("bob", "POST", "/count", "relay", "");
    assert!(!is_good && refused.contains("\"signature\""), "{refused}");
    assert_eq!(*place.upstream.seen.counted.lock().unwrap(), ["from Node: é"]);
}
