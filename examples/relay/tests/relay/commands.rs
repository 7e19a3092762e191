//! The commands, and what is wrong with their arguments.

use crate::place::{Place, SECRET};

#[test]
fn wrong_arguments_are_refused_with_what_is_wanted() {
    let place = Place::new("commands");
    place.done(&["pair", "ada.key"]);
    let public = crate::client::Client::new("x").public();
    let secret = |words: &[&str], input: &str| place.fails(&[&["secret", "x"], words].concat(), input);
    for (said, message) in [
        (place.fails(&["nothing"], ""), "there is no command 'nothing'"),
        (place.fails(&["serve", "--to", "x"], ""), "there is no option --to here"),
        (place.fails(&["serve", "--time", "soon"], ""), "--time is 'soon'; wanted is a number"),
        (
            place.fails(&["serve", "--time", "9223372036854775807"], ""),
            "--time is 9223372036854775807; wanted is 1 to 31622400",
        ),
        (place.fails(&["serve", "--threads", "0"], ""), "--threads is 0; wanted is 1 to 1024"),
        (place.fails(&["key", "../x", &public], ""), "'../x' is no name"),
        (place.fails(&["key", "x", "beef"], ""), "'beef' is no public key"),
        (place.fails(&["key", "x", &public, "more"], ""), "'more' is one word too many"),
        (secret(&["--header", "x"], SECRET), "--to URL is wanted"),
        (secret(&["--to", "http://api.example.com", "--header", "x"], SECRET), "would get the secret in the clear"),
        (secret(&["--to", "https://api.example.com/", "--header", "a b"], SECRET), "is no name of a header"),
        (secret(&["--to", &format!("https://me:{SECRET}@api.example.com/"), "--header", "x"], SECRET), "is no address"),
        (secret(&["--to", "https://me:hidden@api.example.com/", "--header", "x"], SECRET), "nor a user"),
        (place.fails(&["ask", "ada", "GET", "http://127.0.0.1:1/", "--private", "ada.key"], ""), "Connection refused"),
        (
            secret(&["--to", "https://api.example.com/", "--header", "a", "--prefix", "a\nb"], SECRET),
            "is none for a header",
        ),
        (secret(&["--sign"], "short"), "the secret has 5 bytes; wanted are 16 to 1024"),
        (secret(&["--sign"], &"x".repeat(1025)), "the secret has 1025 bytes"),
        (secret(&["--sign"], "a secret with spaces"), "byte 1 of the secret is no visible character"),
        (place.fails(&["init"], ""), "cannot write relay.key"),
        (place.fails(&["list", "--place", "elsewhere"], ""), "there is no folder elsewhere"),
        (place.fails(&["list", "--key-file", "nothing"], ""), "cannot read nothing"),
    ] {
        assert!(said.contains(message), "{said}");
        assert!(!said.contains(SECRET) && !said.contains("hidden"), "{said}");
        assert!(said.lines().count() <= 2, "{said}");
    }
    // A reader that goes, or a disk that is full, is no panic.
    #[cfg(target_os = "linux")]
    for words in [&["list"][..], &["--help"], &["pair", "eve.key"], &["accounts"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = place.command(words).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((said.lines().count(), output.status.code()), (1, Some(1)), "{said}");
        assert!(said.starts_with("relay: standard output: No space left"), "{said}");
    }
    // Another key opens nothing.
    place.done(&["init", "--place", "second", "--key-file", "second.key"]);
    let said = place.fails(&["list", "--key-file", "second.key"], "");
    assert!(said.contains("vault.redb") && said.contains("needs the key with id"), "{said}");
    // Nor is one file in place of another.
    std::fs::copy(place.folder.join("relay-data/routes.redb"), place.folder.join("relay-data/vault.redb")).unwrap();
    assert!(place.fails(&["list"], "").contains("needs the key with id"));
}

#[test]
fn everything_is_encrypted_with_another_key() {
    let place = Place::new("rekey");
    let ada = place.key("ada", &["--admin"]);
    let relay = place.serve(&[]);
    let request = ada.request("POST", "/count", "before");
    assert_eq!(request.send(relay.address).good(), "counted");
    relay.end();
    let (listed, accounts) = (place.done(&["list"]), place.accounts());
    place.done(&["rekey", "new.key"]);
    // As after a kill in between: once more, with the same files.
    place.done(&["rekey", "new.key"]);
    assert!(place.fails(&["list"], "").contains("needs the key with id"));
    std::fs::rename(place.folder.join("new.key"), place.folder.join("relay.key")).unwrap();
    assert_eq!((place.done(&["list"]), place.accounts()), (listed, accounts));
    let relay = place.serve(&[]);
    assert_eq!(request.send(relay.address).error().1, "nonce");
    assert_eq!(ada.post(relay.address, "/count", "after").good(), "counted");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(place.folder.join("relay.key"), mode).unwrap();
        let said = place.run(&["list"], "").stderr;
        assert!(String::from_utf8_lossy(&said).contains("others can use the key file relay.key (mode 644)"));
    }
}

#[test]
fn what_is_kept_is_listed_and_removed() {
    let place = Place::new("list");
    let public = place.done(&["pair", "ada.key"]);
    place.done(&["key", "ada", public.trim(), "--rate", "7", "--admin"]);
    let listed = place.done(&["list"]);
    assert!(listed.contains(&format!("key ada {} admin {{\"rate\":7}}\n", public.trim())), "{listed}");
    assert!(listed.contains("secret tickets signs\n") && listed.contains("route /count\n"), "{listed}");
    place.done(&["key", "ada", "--remove"]);
    place.done(&["secret", "tickets", "--remove"]);
    let listed = place.done(&["list"]);
    assert!(!listed.contains("ada") && !listed.contains("tickets"), "{listed}");
    // A private key is not overwritten, and only its owner reads it.
    assert!(place.fails(&["pair", "ada.key"], "").contains("cannot write ada.key"));
    #[cfg(unix)]
    for file in ["ada.key", "relay.key"] {
        let about = std::fs::metadata(place.folder.join(file)).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o777, 0o600);
    }
}

#[test]
fn routes_are_installed_all_or_none_and_read_again() {
    let place = Place::new("routes");
    let ada = place.key("ada", &[]);
    let folder = place.folder.join("new");
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let relay = place.serve(&[]);
    write(
        "v1/hello.lua",
        "local greeting, fetch = 'hello ', host.vault.fetch return function(request) return greeting .. request.key end",
    );
    for (text, message) in [
        ("return function(", "bad.lua:1:"),
        ("return 7", "bad.lua returns a value of type number, not the function"),
        ("error('in the file')", "bad.lua:1: in the file"),
    ] {
        write("bad.lua", text);
        let said = place.fails(&["routes", "new"], "");
        assert!(said.contains(message), "{said}");
    }
    assert!(place.done(&["list"]).contains("route /count\n"));
    std::fs::remove_file(folder.join("bad.lua")).unwrap();
    for name in ["relay.lua", "Big.lua", "a.b.lua"] {
        write(name, "return print");
        let said = place.fails(&["routes", "new"], "");
        assert!(said.contains(name), "{said}");
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    assert_eq!(place.done(&["routes", "new"]), "route /v1/hello\n");
    assert_eq!(ada.get(relay.address, "/v1/hello").error().1, "route");
    relay.signal("HUP");
    crate::place::until("the new route is there", || ada.get(relay.address, "/v1/hello").status == 200);
    assert_eq!(ada.get(relay.address, "/v1/hello").good(), "hello ada");
    assert_eq!(ada.post(relay.address, "/count", "").error().1, "route");
    // A key that is taken away asks no more.
    place.done(&["key", "ada", "--remove"]);
    relay.signal("HUP");
    crate::place::until("the key is gone", || ada.get(relay.address, "/v1/hello").status == 401);
    // A relay that cannot read goes on as before.
    std::fs::write(place.folder.join("relay-data/routes.redb"), "nonsense").unwrap();
    relay.signal("HUP");
    crate::place::until("it says so", || place.log().contains("goes on with the keys, secrets and routes of before"));
    assert_eq!(ada.get(relay.address, "/v1/hello").error().1, "key");
}
