//! `cu inspect`: the tree, its bounds, and what is wrong.

use super::{cu, fails, is_wrong_usage, shows, texts};
use crate::folder::Folder;

/// A home with one of everything.
fn shop(folder: &Folder) -> String {
    let (home, file) = (folder.file("shop.redb"), folder.file("shop.lua"));
    let code = "_home.users = { ada = { name = 'Ada', age = 36 }, bob = { name = 'B\\27[31m', age = 20.5 } }\n\
                ext.index(_home.users, 'name', { unique = true })\n\
                ext.schema(_home.users, { fields = { name = 'string' } })\n\
                ext.feed(_home.users, true)\n\
                local sum = 0\n\
                function _home.add(by)\n  sum = sum + by\n  return sum\nend\n\
                _home.same, _home.rep, _home['a b'], _home[1] = _home.users, string.rep, true, ('x'):rep(5000)\n\
                _home.list = {} for i = 1, 100 do _home.list[i] = i end";
    std::fs::write(&file, code).unwrap();
    shows(&cu(["run", &file, "--home", &home]), "");
    home
}

#[test]
fn the_tree_has_sizes_functions_indexes_and_schemas() {
    let folder = Folder::new("inspect");
    let home = shop(&folder);
    let before = std::fs::read(&home).unwrap();
    let users = "2 entries, index name (btree unique, 2), schema {fields = {name = \"string\"}}, feed";
    let source = folder.file("shop.lua");
    let source = if source.len() < 60 { source } else { format!("...{}", &source[source.len() - 56..]) };
    let text = format!(
        "_home  7 entries\n\
         ├─ [\"a b\"] = true\n\
         ├─ add  function {source}:6-9, 1 parameter, 1 upvalue\n\
         ├─ list  100 entries\n\
         │  ├─ [1] = 1\n\
         │  ├─ [2] = 2\n\
         │  ├─ [3] = 3\n\
         │  └─ ... more\n\
         └─ ... more: --after '\"list\"'\n"
    );
    shows(&cu(["inspect", "--home", &home, "--limit", "3"]), &text);
    let text = format!(
        "_home  7 entries\n\
         ├─ rep  function string.rep of the library\n\
         ├─ same  {users}\n\
         │  ├─ ada  2 entries\n\
         │  └─ bob  2 entries\n\
         ├─ users  {users}, shown above\n\
         └─ [1] = \"{}\"... (5000 bytes)\n",
        "x".repeat(59)
    );
    shows(&cu(["inspect", "--home", &home, "--after", "list", "--depth", "2"]), &text);
    let text = "_home.users.bob  2 entries\n├─ age = 20.5\n└─ name = \"B\\027[31m\"\n";
    shows(&cu(["inspect", "_home.users.bob", "--home", &home]), text);
    shows(
        &cu(["inspect", "_home.list", "--home", &home, "--after", "98"]),
        "_home.list  100 entries\n├─ [99] = 99\n└─ [100] = 100\n",
    );
    shows(&cu(["inspect", "_home.list.7", "--home", &home]), "_home.list.7 = 7\n");
    assert_eq!(std::fs::read(&home).unwrap(), before);
}

#[test]
fn objects_show_their_class_and_their_metatable() {
    let folder = Folder::new("inspect-objects");
    let home = folder.file("home.redb");
    let code = "local Account = { __name = 'Account', limit = 5 } Account.__index = Account \
                _home.ada = setmetatable({ n = 1 }, Account) _home.locked = setmetatable({}, { __name = 'L\\27', __metatable = 'no' }) \
                _home.none = setmetatable({}, {})";
    shows(&cu(["eval", code, "--home", &home]), "");
    let text = "_home  3 entries\n\
                ├─ ada  1 entry, class Account\n\
                │  ├─ [metatable]  3 entries\n\
                │  │  ├─ __index  3 entries, shown above\n\
                │  │  ├─ __name = \"Account\"\n\
                │  │  └─ limit = 5\n\
                │  └─ n = 1\n\
                ├─ locked  0 entries, class L\\u{1b}\n\
                └─ none  0 entries\n   \
                   └─ [metatable]  0 entries\n";
    shows(&cu(["inspect", "--home", &home]), text);
    let (shown, _, _) = texts(&cu(["inspect", "_home.ada", "--home", &home, "--json"]));
    let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(json["tree"]["class"], "Account");
    assert_eq!(json["tree"]["children"][0]["entries"], 3);
}

#[test]
fn the_tree_is_shown_in_json() {
    let folder = Folder::new("inspect-json");
    let home = shop(&folder);
    let (shown, complaint, status) =
        texts(&cu(["inspect", "--home", &home, "--json", "--depth", "2", "--limit", "10"]));
    assert_eq!((complaint.as_str(), status, shown.lines().count()), ("", Some(0), 1));
    let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(json["way"], "_home");
    assert_eq!(json["homes"][0]["entries"], 7);
    let children = json["tree"]["children"].as_array().unwrap();
    let child = |name: &str| children.iter().find(|child| child["key"] == name).unwrap();
    assert_eq!((&child("add")["first"], &child("add")["last"]), (&6.into(), &9.into()));
    assert_eq!(child("users")["indexes"][0]["name"], "name");
    assert_eq!(child("list")["children"].as_array().unwrap().len(), 11);
    assert_eq!(child("list")["children"][10]["more"], true);
}

#[test]
fn homes_are_named_and_looked_into() {
    let folder = Folder::new("inspect-homes");
    let home = folder.file("home.redb");
    for (name, code) in [("ada", "_home.n = 1"), ("bob", "_home.n = 2 _home.m = 3")] {
        shows(&cu(["eval", code, "--home", &home, "--home-name", name]), "");
    }
    let (shown, _, status) = texts(&cu(["inspect", "--home", &home, "--home-name", "bob"]));
    assert!(
        shown.starts_with("_home  2 entries\n├─ m = 3\n└─ n = 2\n\nhomes\n  (no name)  table 1, 0 entries\n  ada  "),
        "{shown}"
    );
    assert_eq!(status, Some(0));
    let (listed, _, _) = texts(&cu(["homes", "--home", &home, "--json"]));
    assert!(
        listed.starts_with("{\"id\":1,\"name\":null}\n{\"id\":") && listed.contains(",\"name\":\"bob\"}\n"),
        "{listed}"
    );
    let complaint = format!("cu: {home}: it has no home 'eve'; cu homes lists those that it has\n");
    fails(&cu(["inspect", "--home", &home, "--home-name", "eve"]), 1, &complaint);
}

#[test]
fn a_tree_without_an_end_ends() {
    let folder = Folder::new("inspect-deep");
    let home = folder.file("home.redb");
    let code = "local t = _home for i = 1, 300 do t.t = {} t = t.t end t.back = _home \
                _home.wide = {} for i = 1, 200 do local row = {} for j = 1, 200 do row[j] = j end _home.wide[i] = row end";
    shows(&cu(["eval", code, "--home", &home]), "");
    let (shown, complaint, status) = texts(&cu(["inspect", "--home", &home, "--depth", "100", "--limit", "10000"]));
    assert_eq!((complaint.as_str(), status), ("", Some(0)));
    let lines = shown.lines().count();
    assert!((2_000..3_000).contains(&lines), "{lines} lines");
}

#[test]
fn what_is_wrong_is_said() {
    let folder = Folder::new("inspect-wrong");
    let home = folder.file("home.redb");
    is_wrong_usage(&cu(["inspect"]), "inspect needs --home FILE");
    is_wrong_usage(&cu(["inspect", "--depth", "x"]), "--depth takes a whole number from 0 to 100, not 'x'");
    is_wrong_usage(&cu(["inspect", "--limit", "0"]), "--limit takes a whole number from 1 to 10000, not '0'");
    let missing = format!("cu: {home}: No such file or directory (os error 2)\n");
    fails(&cu(["inspect", "--home", &home]), 3, &missing);
    shows(&cu(["eval", "_home.a = 1", "--home", &home]), "");
    fails(
        &cu(["inspect", "_home.b.c", "--home", &home]),
        1,
        "cu: the way '_home.b.c' ends at '_home.b', a nil value\n",
    );

    let mut store = cu_host::RedbStore::open(&home).unwrap();
    let key = cu_host::Value::from("b").encode_key().unwrap();
    cu_host::Store::set(&mut store, 1, &key, b"\x04\xff\0\0\0").unwrap();
    drop(store);
    let (shown, _, status) = texts(&cu(["inspect", "--home", &home]));
    assert!(shown.starts_with("_home  2 entries\n├─ a = 1\n└─ cannot be read: ") && status == Some(0), "{shown}");
}
