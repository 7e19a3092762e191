//! `cu migrate` from each kind of place to each other one: the home is whole wherever it gets, and none where it is not whole.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::cluster::Cluster;
use crate::folder::Folder;
use crate::postgres::Server;
use crate::process::{Serving, cu, text};

/// Everything that a home may have: an index, a schema, a feed with its past, a metatable, functions that share a variable, another
/// home, a long string, and a table that is within itself.
const FURNITURE: &str = "
    _home.users = { ada = { age = 36 }, bob = { age = 20 } } ext.index(_home.users, 'age')
    _home.prices = { pear = 3 } ext.schema(_home.prices, { type = 'number', min = 0 })
    _home.log = {} ext.feed(_home.log, { values = true }) _home.log.first = 'one' _home.log.second = 'two'
    _home.Account = { deposit = function(self, n) self.balance = self.balance + n return self.balance end }
    _home.Account.__index = _home.Account _home.ada = setmetatable({ balance = 10 }, _home.Account)
    local n = 0 function _home.count() n = n + 1 return n end function _home.counted() return n end
    _home.text = ('abc'):rep(50000) _home.self = _home";

/// What uses all of it, and changes only what captured variables have.
const USE: &str = "
    assert(ext.query(_home.users, { where = { age = 36 } })[1].age == 36 and ext.index(_home.users, 'age'))
    assert(not pcall(function() _home.prices.plum = -1 end) and _home.prices.pear == 3)
    local changes = ext.changes(_home.log, 0) assert(#changes == 2 and changes[2].key == 'second')
    assert(_home.ada:deposit(5) == 15 and getmetatable(_home.ada) == _home.Account) _home.ada.balance = 10
    assert(#_home.text == 150000 and _home.self.self == _home and (ext.check(_home.users)))
    _home.count() return _home.counted()";

fn words<'a>(command: &'a str, place: &'a (String, Option<String>)) -> Vec<&'a str> {
    let (home, key) = place;
    let key = key.iter().flat_map(|key| ["--key-file", key]);
    [command, "--home", home].into_iter().chain(key).collect()
}

#[track_caller]
fn answer(words: &[&str]) -> String {
    let output = cu(words);
    assert_eq!((text(&output.stderr), output.status.code()), (String::new(), Some(0)), "{words:?}");
    text(&output.stdout)
}

#[test]
fn a_home_gets_from_every_place_to_every_other_one() {
    let (server, cluster, folder) =
        (Server::start("migrated", &[]), Cluster::start("migrated"), Folder::new("migrated"));
    let url = cluster.url();
    let etcd = |name: &str| url.replace("namespace=0", &format!("namespace={name}"));
    let keys = ["one", "two"].map(|name| folder.file(name));
    keys.iter().for_each(|key| drop(answer(&["key", key])));
    let [one, two] = keys.map(Some);
    let places = [
        (folder.file("home.redb"), None),
        (server.network_url("namespace=plain"), None),
        (etcd("plain"), None),
        (server.network_url("namespace=sealed"), one.clone()),
        (format!("redb:{}", folder.file("sealed.redb")), one.clone()),
        (etcd("sealed"), two.clone()),
        (server.network_url("namespace=another"), two),
        (etcd("open"), None),
        (folder.file("last.redb"), None),
    ];
    answer(&[words("eval", &places[0]), vec![FURNITURE]].concat());
    answer(&[words("eval", &places[0]), vec!["_home.n = 1", "--home-name", "shop"]].concat());
    let mut counted = 0;
    for pair in places.windows(2) {
        let [from, to] = pair else { unreachable!("pairs") };
        let exported = answer(&words("export", from));
        let key: &[&str] = match (&from.1, &to.1) {
            (old, new) if old == new => &[],
            (_, Some(new)) => &["--new-key-file", new],
            (_, None) => &["--plain"],
        };
        let copied = answer(&[&words("migrate", from)[..], &["--json", "--to", &to.0], key].concat());
        assert!(copied.ends_with(",\"changed\":0,\"functions\":0,\"wrong\":0}\n"), "{copied}");
        assert!(answer(&words("export", from)) == exported && answer(&words("export", to)) == exported, "{}", to.0);
        assert!(answer(&words("verify", to)).contains("reached by nothing: 0\n"));
        counted += 1;
        assert_eq!(answer(&[words("eval", to), vec![USE]].concat()), format!("{counted}\n"), "{}", to.0);
        assert_eq!(answer(&[words("eval", to), vec!["return _home.n", "--home-name", "shop"]].concat()), "1\n");
    }
    // Memory takes it, too, and forgets it: that is a rehearsal.
    answer(&[words("migrate", &places[1]), vec!["--to", "memory:"]].concat());
}

#[test]
fn what_a_namespace_has_is_replaced_only_if_that_is_asked_for() {
    let (server, folder) = (Server::start("migrate-replaces", &[]), Folder::new("migrate-replaces"));
    let place = |name: &str| server.network_url(&format!("namespace={name}"));
    let [home, other, key] = ["home.redb", "other.redb", "key"].map(|name| folder.file(name));
    answer(&["key", &key]);
    answer(&["eval", "_home.n = 1", "--home", &home]);
    answer(&["eval", "_home.n = 2 _home.t = { 1 }", "--home", &place("taken")]);
    let refused = |words: &[&str], status| {
        let output = cu(words);
        assert_eq!((text(&output.stdout), output.status.code()), (String::new(), Some(status)), "{words:?}");
        text(&output.stderr)
    };
    let migrate = ["migrate", "--home", &home, "--to", &place("taken")];
    let said = refused(&migrate, 1);
    assert!(said.contains("the namespace 'taken' in PostgreSQL") && said.contains("or --replace"), "{said}");
    assert_eq!(answer(&["eval", "return _home.n", "--home", &place("taken")]), "2\n");
    answer(&[&migrate[..], &["--replace"]].concat());
    assert!(answer(&["export", "--home", &place("taken")]) == answer(&["export", "--home", &home]));
    // Also what has another key.
    let sealed = ["--replace", "--new-key-file", &key];
    refused(&[&migrate[..], &sealed[1..]].concat(), 3);
    answer(&[&migrate[..], &sealed].concat());
    assert_eq!(answer(&["eval", "return _home.n", "--home", &place("taken"), "--key-file", &key]), "1\n");
    answer(&[&migrate[..], &["--replace"]].concat());
    assert_eq!(answer(&["eval", "return _home.n", "--home", &place("taken")]), "1\n");
    // A place is not copied to itself, under whatever name.
    let itself = [place("taken"), place("taken").replace("localhost", "127.0.0.1")];
    for to in &itself {
        let said = refused(&["migrate", "--home", &itself[0], "--to", to, "--replace"], 2);
        assert!(said.contains("--to names the place of --home itself"), "{said}");
    }
    let file = format!("redb:{home}");
    let said = refused(&["migrate", "--home", &home, "--to", &file, "--replace"], 2);
    assert!(said.contains("--to names the place of --home itself"), "{said}");
    assert_eq!(answer(&["eval", "return _home.n", "--home", &home]), "1\n");
    // A file is replaced when the copy is whole, and only a file of tables.
    answer(&["eval", "_home.n = 3", "--home", &other]);
    answer(&["migrate", "--home", &home, "--to", &other, "--replace"]);
    assert_eq!(answer(&["eval", "return _home.n", "--home", &other]), "1\n");
    std::fs::write(&other, "a letter").unwrap();
    refused(&["migrate", "--home", &home, "--to", &other, "--replace"], 3);
    assert_eq!(std::fs::read(&other).unwrap(), b"a letter");
    // Others wait while a home is copied; a time says how long.
    let serving = Serving::start([server.network_url("")]);
    assert_eq!(serving.client().compute("taken", "_home.n = 5").status, 200);
    answer(&["migrate", "--home", &place("taken"), "--to", &place("copy"), "--wait", "5"]);
    assert_eq!(serving.client().compute("copy", "return _home.n").values(), serde_json::json!([5]));
}

/// The copy, which is killed after a while.
fn killed(mut child: Child, after: Duration) {
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills copies into a place on a server. Between them it is no home for anybody, and at the end it is whole.
fn is_killed_and_goes_on(to: &str, prefix: &str, name: &str, step: u64) {
    let folder = Folder::new(&format!("migrate-killed-{step}"));
    let [home, other] = ["home.redb", "other.redb"].map(|name| folder.file(name));
    answer(&["eval", "for n = 1, 60000 do _home[n] = 'row ' .. n end", "--home", &home]);
    answer(&["eval", "_home.n = 1", "--home", &other]);
    let serving = Serving::start([prefix]);
    let copy = |home: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cu"));
        command.args(["migrate", "--home", home, "--to", to]).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let mut halves = 0;
    for round in 1..40 {
        killed(copy(&home), Duration::from_millis(step * round));
        let output = cu(["verify", "--home", to]);
        let said = text(&output.stderr);
        if output.status.success() {
            // Nothing had been kept, or all.
            if text(&output.stdout).contains("entries: 0\n") {
                continue;
            }
            break;
        }
        if said.contains("No such file") || said.contains("not found") {
            continue;
        }
        halves += 1;
        assert!(said.contains("a copy that did not end; cu migrate, run again"), "{said}");
        for command in [&["eval", "return 1"][..], &["export"], &["gc"], &["migrate", "--to", "memory:"]] {
            let output = cu([command, &["--home", to]].concat());
            assert_eq!(output.status.code(), Some(3), "{command:?}");
            assert!(text(&output.stderr).contains("a copy that did not end"), "{command:?}");
        }
        let answer = serving.client().compute(name, "return 1");
        assert_eq!(answer.status, 503, "round {round}, {halves} halves: {}", answer.text());
        assert!(answer.text().contains("a copy that did not end"), "{}", answer.text());
    }
    assert!(halves >= 2, "{halves}");
    let same = |home: &str| {
        let (copy, home) = (answer(&["export", "--home", to]), answer(&["export", "--home", home]));
        let differ = copy.lines().zip(home.lines()).find(|(copy, home)| copy != home);
        assert_eq!((differ, copy.lines().count()), (None, home.lines().count()));
    };
    // From another home it begins anew, and then again from the first.
    killed(copy(&home), Duration::from_millis(step));
    let output = cu(["migrate", "--home", &other, "--to", to, "--replace"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    same(&other);
    answer(&["migrate", "--home", &home, "--to", to, "--replace"]);
    same(&home);
    assert_eq!(serving.client().compute(name, "return #_home").values(), serde_json::json!([60000]));
}

#[test]
fn a_copy_into_postgresql_that_is_killed_is_no_home_and_goes_on() {
    let server = Server::start("migrate-killed", &[]);
    is_killed_and_goes_on(&server.network_url("namespace=moved"), &server.network_url(""), "moved", 70);
}

#[test]
fn a_copy_into_etcd_that_is_killed_is_no_home_and_goes_on() {
    let cluster = Cluster::start("migrate-killed");
    let url = cluster.url();
    let place = |name: &str| url.replace("namespace=0", &format!("namespace={name}"));
    is_killed_and_goes_on(&place("tenants/moved"), &place("tenants"), "moved", 500);
}
