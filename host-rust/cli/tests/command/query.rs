//! `cu query`: rows in columns and in JSON, conditions, pages, groups.

use super::{cu, fails, is_wrong_usage, shows, texts};
use crate::folder::Folder;

/// A home with users.
fn users(folder: &Folder) -> String {
    let home = folder.file("users.redb");
    let code = "_home.users = {
        ada = { name = 'Ada', age = 36, city = 'London', tags = { 'a', 'b' } },
        bob = { name = 'Bob\\27', age = 20.5, city = 'Oslo' },
        cleo = { name = 'Cleo', age = 41, city = 'Oslo', note = ('x'):rep(50) },
    }
    ext.index(_home.users, 'age')";
    shows(&cu(["eval", code, "--home", &home]), "");
    home
}

#[test]
fn rows_are_shown_in_columns() {
    let folder = Folder::new("query");
    let home = users(&folder);
    let query = |words: &[&str]| cu([&["query", "--home", &home, "_home.users"], words].concat());
    let all = "(key)   age  city    name       tags        note\n\
               ada      36  London  Ada        {\"a\", \"b\"}\n\
               bob    20.5  Oslo    Bob\\u{1b}\n\
               cleo     41  Oslo    Cleo                   xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\n\
               3 rows\n";
    shows(&query(&[]), all);
    shows(&query(&["age>=30", "city=Oslo", "--select", "name,age"]), "(key)  age  name\ncleo    41  Cleo\n1 row\n");
    shows(
        &query(&["--order", "-age", "--select", "name", "--limit", "1", "city^=L"]),
        "(key)  name\nada    Ada\n1 row\n",
    );
    shows(&query(&["tags~b", "!note", "--select=age"]), "(key)  age\nada     36\n1 row\n");
    shows(&query(&["--where", r#"{"age":["between",[30,40]]}"#, "--select", "age"]), "(key)  age\nada     36\n1 row\n");
    shows(&query(&["age=\"36\""]), "0 rows\n");
    shows(&query(&["--count"]), "3\n");
    shows(&query(&["--count", "age<40"]), "2\n");
    shows(
        &query(&["--group", "city", "--count", "--sum", "age"]),
        "city    count   sum\nLondon      1    36\nOslo        2  61.5\n2 rows\n",
    );
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let folder = Folder::new("query-pages");
    let home = folder.file("home.redb");
    shows(&cu(["eval", "_home.t = {} for i = 1, 250 do _home.t[i] = { n = i } end", "--home", &home]), "");
    let mut seen = 0;
    let mut after = Vec::new();
    for rows in [100, 100, 50] {
        let (shown, _, status) = texts(&cu([
            &["query", "--home", &home, "_home.t"][..],
            &after.iter().map(String::as_str).collect::<Vec<_>>(),
        ]
        .concat()));
        assert_eq!(status, Some(0));
        seen += rows;
        let last = shown.lines().last().unwrap();
        assert!(
            shown.contains(&format!("\n{seen:>5}  {seen:>3}\n")) && last.starts_with(&format!("{rows} rows")),
            "{shown}"
        );
        let cursor = last.split_once("; more: --after '").and_then(|(_, cursor)| cursor.strip_suffix('\''));
        assert_eq!(cursor.is_some(), rows == 100);
        after = cursor.map_or(Vec::new(), |cursor| vec!["--after".to_owned(), cursor.to_owned()]);
    }
    let (shown, _, _) = texts(&cu(["query", "--home", &home, "_home.t", "--json"]));
    let lines: Vec<String> = (1..=250).map(|n| format!("{{\"key\":{n},\"value\":{{\"n\":{n}}}}}")).collect();
    assert_eq!(shown, lines.join("\n") + "\n");
    let (shown, _, _) = texts(&cu(["query", "--home", &home, "_home.t", "--json", "--limit", "7", "--order", "-n"]));
    assert_eq!((shown.lines().count(), shown.lines().next()), (7, Some(r#"{"key":250,"value":{"n":250}}"#)));
}

#[test]
fn what_is_no_query_is_said() {
    let folder = Folder::new("query-wrong");
    let home = users(&folder);
    let query = |words: &[&str]| cu([&["query", "--home", &home], words].concat());
    is_wrong_usage(&query(&[]), "TABLE is missing");
    is_wrong_usage(&cu(["query", "_home.users"]), "query needs --home FILE");
    is_wrong_usage(
        &query(&["_home.users", "=1"]),
        "'=1' is no condition: those are PATH, !PATH, or PATH=VALUE with =, !=, <, <=, >, >=, ~, ^= or $=",
    );
    is_wrong_usage(
        &query(&["_home.users", "--where", "x"]),
        "--where: it is no JSON, or its tables are nested too deep: 'x'",
    );
    is_wrong_usage(
        &query(&["_home.users", "--where", "1"]),
        "--where takes a filter, such as {\"age\":[\">=\",30]}, not '1'",
    );
    // Where in this program's own Lua it failed is of no use to anybody.
    fails(&query(&["_home.users.ada.name"]), 1, "cu: an external table is wanted, not a string\n");
    fails(&query(&["_home.none"]), 1, "cu: the way '_home.none' leads to nothing\n");
    let (_, complaint, status) = texts(&query(&["_home.users", "--where", r#"{"age":["=>",1]}"#]));
    assert!(
        complaint.starts_with("cu: bad argument #2 to '") && complaint.contains("unknown operator '=>'"),
        "{complaint}"
    );
    assert_eq!(status, Some(1));
    let (shown, _, _) = texts(&query(&["_home.users", "age>30", "--explain"]));
    assert!(shown.contains("plan = \"index\"") && shown.contains("index = \"age\""), "{shown}");
    let (shown, _, _) = texts(&query(&["_home.users", "age>30", "--explain", "--json"]));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap()["plan"], "index");
}
