//! `--home URL`: every command over every kind of place, and what is said where a place is wrong.

use crate::cluster::Cluster;
use crate::folder::Folder;
use crate::postgres::Server;
use crate::process::{Serving, cu, text};

#[track_caller]
fn shows(words: &[&str], expected: &str) {
    let output = cu(words);
    assert_eq!((text(&output.stdout), text(&output.stderr)), (expected.to_owned(), String::new()), "{words:?}");
    assert_eq!(output.status.code(), Some(0), "{words:?}");
}

/// Standard error of a command that fails with this status.
#[track_caller]
fn fails(words: &[&str], status: i32) -> String {
    let output = cu(words);
    assert_eq!(output.status.code(), Some(status), "{words:?}: {} {}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stdout), "", "{words:?}");
    text(&output.stderr)
}

/// What a person does with a home, in whatever place.
fn use_of(place: &str, copy: &dyn Fn(usize) -> String, folder: &Folder) {
    let missing = fails(&["inspect", "--home", place], 3);
    assert!(missing.contains("not found") || missing.contains("No such file"), "{missing}");
    for command in ["verify", "gc", "export", "homes"] {
        assert_eq!(fails(&[command, "--home", place], 3), missing, "{command}");
    }
    let users = "_home.users = { ada = { age = 36 }, bob = { age = 20 } } function _home.older(n) _home.users.ada.age = \
                 _home.users.ada.age + n return _home.users.ada.age end _home.old = { { 1 } } _home.old = nil";
    shows(&["eval", users, "--home", place], "");
    shows(&["call", "_home.older", "1", "--home", place], "37\n");
    shows(&["eval", "return _home.users.ada.age", "--home", place, "--read-only"], "37\n");
    assert!(fails(&["eval", "_home.x = 1", "--home", place, "--read-only"], 1).contains("may"), "read only");
    shows(&["query", "_home.users", "age>30", "--json", "--home", place], "{\"key\":\"ada\",\"value\":{\"age\":37}}\n");
    let tree = text(&cu(["inspect", "--home", place, "_home.users"]).stdout);
    assert!(tree.starts_with("_home.users  2 entries\n"), "{tree}");
    shows(&["eval", "_home.n = 1", "--home", place, "--home-name", "shop"], "");
    assert!(text(&cu(["homes", "--home", place]).stdout).ends_with("\tshop\n"));
    let nobody = fails(&["inspect", "--home", place, "--home-name", "nobody"], 1);
    assert!(nobody.contains("it has no home 'nobody'") && !nobody.contains("secret"), "{nobody}");
    let collected = text(&cu(["gc", "--home", place]).stdout);
    assert!(collected.starts_with("tables: 2 freed, "), "{collected}");
    let verified = text(&cu(["verify", "--home", place]).stdout);
    assert!(verified.contains("reached by nothing: 0\n"), "{verified}");
    shows(&["verify", "--mend", "--home", place], &verified);
    // Into another place, as lines and as a snapshot.
    for (number, more) in [&[][..], &["--snapshot"][..]].into_iter().enumerate() {
        let file = folder.file(&format!("exported{number}"));
        let exported = cu([&["export", "--home", place], more].concat());
        assert!(exported.status.success());
        std::fs::write(&file, &exported.stdout).unwrap();
        let copy = copy(number);
        let imported = text(&cu(["import", "--home", &copy, &file]).stdout);
        assert!(imported.ends_with(" rows imported\n"), "{imported}");
        assert_eq!(cu([&["export", "--home", &copy], more].concat()).stdout, exported.stdout);
        shows(&["call", "_home.older", "1", "--home", &copy], "38\n");
        assert!(fails(&["import", "--home", &copy, &file], 1).contains("has tables already"));
    }
    // A run that fails is kept so far, an atomic one is not.
    fails(&["eval", "_home.n = 1 error('no')", "--home", place], 1);
    fails(&["eval", "_home.n = 2 error('no')", "--atomic", "--home", place], 1);
    shows(&["eval", "return _home.n", "--home", place], "1\n");
    let repl = format!("echo '_home.n + 1' | '{}' repl --home '{place}'", env!("CARGO_BIN_EXE_cu"));
    let repl = std::process::Command::new("sh").args(["-c", &repl]).output().unwrap();
    assert_eq!(text(&repl.stdout), "2\n");
}

/// A URL that gives a file for reading is heeded by every command: none changes it, and none says that it did.
#[track_caller]
fn is_only_read(file: &str) {
    let place = &format!("redb:{file}?read-only");
    let before = std::fs::read(file).unwrap();
    for words in [
        &["gc"][..],
        &["verify", "--mend"],
        &["homes", "--rename", "shop", "other"],
        &["homes", "--drop", "shop"],
        &["import", "_home.users", "/dev/null"],
        &["import", "/dev/null"],
        &["encrypt", "--key-file", "key"],
        &["decrypt", "--key-file", "key"],
        &["rotate", "--key-file", "key", "--new-key-file", "key"],
    ] {
        let refused = fails(&[words, &["--home", place]].concat(), 2);
        assert!(refused.contains(&format!("{file} is given with ?read-only")), "{words:?}: {refused}");
    }
    let missing = format!("redb:{file}.missing?read-only");
    for place in [place, &missing] {
        let refused = fails(&["eval", "_home.x = 1", "--home", place], 1);
        assert!(refused.contains("this compute is read-only"), "{refused}");
    }
    for command in ["verify", "homes", "export", "inspect"] {
        assert!(cu([command, "--home", place]).status.success(), "{command}");
    }
    assert!(std::fs::read(file).unwrap() == before);
    assert!(!std::fs::exists(format!("{file}.missing")).unwrap());
}

#[test]
fn every_command_works_in_a_file_by_url() {
    let folder = Folder::new("places-redb");
    let place = format!("redb:{}", folder.file("home.redb"));
    use_of(&place, &|number| format!("redb:{}", folder.file(&format!("copy{number}"))), &folder);
    shows(&["eval", "return _home.n", "--home", &format!("{place}?turns")], "1\n");
    shows(&["eval", "return _home.n", "--home", &format!("{place}?read-only")], "1\n");
    is_only_read(&folder.file("home.redb"));
    let log = folder.file("home.redb");
    let same = fails(&["eval", "1", "--home", &place, "--audit", &log], 2);
    assert!(same.contains("--audit and --home name the same file"), "{same}");
    shows(&["eval", "_home.n = 1 return _home.n", "--home", "memory:"], "1\n");
}

#[test]
fn every_command_works_in_postgresql() {
    let (server, folder) = (Server::start("places", &[]), Folder::new("places-postgres"));
    let place = server.network_url("namespace=places").replace("cu@", "cu:secret@");
    use_of(&place, &|number| server.network_url(&format!("namespace=copy{number}")), &folder);
    let key = folder.file("key");
    assert!(cu(["key", &key]).status.success());
    let sealed = server.network_url("namespace=sealed");
    shows(&["eval", "_home.n = 'hidden in plain sight'", "--home", &sealed, "--key-file", &key], "");
    shows(&["eval", "return #_home.n", "--home", &sealed, "--key-file", &key], "21\n");
    let refused = fails(&["eval", "return 1", "--home", &sealed], 3);
    assert!(
        refused.contains("the namespace 'sealed' in PostgreSQL") && refused.contains("needs --key-file"),
        "{refused}"
    );
    let found = server.sql("SELECT count(*) FROM cu_entries WHERE position('plain sight'::bytea IN value) > 0");
    assert_eq!(found, "0");
    let file_only = fails(&["encrypt", "--home", &place, "--key-file", &key], 2);
    assert!(file_only.contains("encrypt works on a file, not on the namespace 'places' in PostgreSQL"), "{file_only}");
    // A copy of the server and this command take turns; a name is the same place for both.
    let serving = Serving::start([&server.network_url("")]);
    assert_eq!(serving.client().compute("places", "_home.n = 7 return _home.n").status, 200);
    shows(&["eval", "_home.n = _home.n + 1 return _home.n", "--home", &place], "8\n");
    assert_eq!(serving.client().compute("places", "return _home.n").values(), serde_json::json!([8]));
    assert!(serving.client().get("/v1/homes").text().contains("\"places\",\"sealed\"]"));
    assert_eq!(serving.client().send("DELETE", "/v1/homes/copy0", "").status, 204);
    let gone = fails(&["inspect", "--home", &server.network_url("namespace=copy0")], 3);
    assert!(gone.contains("the namespace 'copy0' in PostgreSQL at localhost:"), "{gone}");
}

#[test]
fn every_command_works_in_etcd() {
    let (cluster, folder) = (Cluster::start("places"), Folder::new("places-etcd"));
    let url = cluster.url();
    let place = |name: &str| url.replace("namespace=0", &format!("namespace={name}"));
    use_of(&place("places"), &|number| place(&format!("copy{number}")), &folder);
    let serving = Serving::start([place("tenants")]);
    assert_eq!(serving.client().compute("ada", "_home.n = 7 return _home.n").status, 200);
    shows(&["eval", "return _home.n", "--home", &place("tenants/ada")], "7\n");
    assert_eq!(serving.client().get("/v1/homes").json(), serde_json::json!({"homes": ["ada"]}));
}

#[test]
fn a_wrong_place_is_one_clear_line_without_a_password() {
    let folder = Folder::new("places-wrong");
    let (foreign, locked) = (folder.file("foreign.redb"), folder.file("locked.redb"));
    std::fs::write(&foreign, "this is a letter, not a database, and it is long enough for a header. ".repeat(10))
        .unwrap();
    let mut serving = Serving::start([folder.0.to_str().unwrap()]);
    assert_eq!(serving.client().compute("locked", "_home.n = 1").status, 200);
    for (place, status, said) in [
        (
            "mysql://me:secret@h/d",
            2,
            "the URL of a store 'mysql:...' cannot be opened: it is none of the stores that are known.",
        ),
        ("memory:x", 2, "a store in memory has no name"),
        ("redb:", 2, "a store in a file has a path"),
        ("redb:x?colour", 2, "a file has the options ?turns and ?read-only, not ?colour"),
        ("postgres://me:secret@h/d?namespace=", 2, "a namespace has 1 to 255 bytes"),
        ("etcd://a?colour=red", 2, "no option 'colour'"),
        ("etcd://me:secret@127.0.0.1:1", 2, "no user and no password"),
        ("postgres://me:secret@127.0.0.1:1/d", 3, "no connection to the database"),
        ("etcd://127.0.0.1:1", 3, "no answer from the node http://127.0.0.1:1 of the cluster"),
        (&*foreign, 3, "it is no redb database"),
        (&*format!("redb:{locked}"), 3, "another process has it open"),
        ("redb:/nowhere/x.redb", 3, "cannot open /nowhere/x.redb"),
    ] {
        for command in [&["eval", "return 1"][..], &["call", "tostring", "1"], &["repl"]] {
            let complaint = fails(&[command, &["--home", place]].concat(), status);
            assert!(complaint.contains(said) && !complaint.contains("secret"), "{place}: {complaint}");
            assert_eq!(complaint.lines().filter(|line| line.starts_with("cu:")).count(), 1, "{complaint}");
        }
    }
    assert!(fails(&["import", "/nowhere/lines", "--home", "memory:x"], 2).contains("a store in memory has no name"));
    serving.kill();
    // A file that lost its end.
    let bytes = std::fs::read(&locked).unwrap();
    std::fs::write(&locked, &bytes[..bytes.len() / 2]).unwrap();
    let complaint = fails(&["eval", "return _home.n", "--home", &locked], 3);
    assert!(complaint.starts_with(&format!("cu: cannot open {locked}: ")), "{complaint}");
}

/// The database goes away between two runs, and in the middle of one.
#[test]
fn a_database_that_is_gone_is_said_and_nothing_is_half_there() {
    let server = Server::start("gone-cli", &[]);
    let place = server.network_url("namespace=gone&reconnect=1");
    shows(&["eval", "_home.n = 1 _home.t = { 1, 2, 3 }", "--home", &place], "");
    std::thread::scope(|threads| {
        // Some 3 s of work, with accesses all the time.
        let code =
            "_home.n = 2 for i = 1, 3e7 do if i % 1e5 == 0 then _home.t[i] = i end end _home.n = 3 return 'done'";
        let running = threads.spawn(|| cu(["eval", code, "--home", &place]));
        std::thread::sleep(std::time::Duration::from_millis(250));
        server.kill();
        let output = running.join().unwrap();
        let said = text(&output.stderr);
        assert_eq!((text(&output.stdout), output.status.code()), (String::new(), Some(3)), "{said}");
        assert!(said.contains("no connection to the database") && said.contains("tried for"), "{said}");
    });
    let said = fails(&["eval", "return 1", "--home", &place], 3);
    assert!(said.contains("no connection to the database"), "{said}");
    server.run();
    shows(&["eval", "return _home.n, #_home.t", "--home", &place], "1\n3\n");
}
