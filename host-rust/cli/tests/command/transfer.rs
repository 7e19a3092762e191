//! `cu export` and `cu import`: nothing is lost on the way, however often it is cut, damaged or killed.

use std::time::Duration;

use super::{command, cu, cu_reads, fails, is_wrong_usage, shows, texts};
use crate::folder::Folder;

/// A home with one of everything that can be stored.
fn everything(folder: &Folder) -> String {
    let home = folder.file("everything.redb");
    let code = "_home.users = { ada = { name = 'Ada', age = 36 }, ['b.c'] = { name = '\\xff\\0', age = 1.5 } }
        ext.index(_home.users, 'name', { unique = true })
        ext.schema(_home.users, { fields = { name = 'string' } })
        local n = 40
        function _home.count(by) n = n + by return n end
        _home.odd = { [1.5] = 0/0, [-1] = 1/0, [true] = -1/0, ['$map'] = math.mininteger, [''] = ('x'):rep(10000), z = -0.0 }
        _home.self, _home.rep, _home.list = _home, string.rep, { 1, 2.0, false, {} }";
    shows(&cu(["eval", code, "--home", &home]), "");
    shows(&cu(["eval", "_home.other = { 'of another home' }", "--home", &home, "--home-name", "ada"]), "");
    home
}

fn export(home: &str) -> String {
    let (lines, complaint, status) = texts(&cu(["export", "--home", home]));
    assert_eq!((complaint.as_str(), status), ("", Some(0)));
    lines
}

fn imported(rows: usize) -> String {
    format!("{rows} rows imported\n")
}

#[test]
fn a_whole_file_comes_back() {
    let folder = Folder::new("transfer");
    let (home, copy, again, lines) =
        (everything(&folder), folder.file("copy.redb"), folder.file("again.redb"), folder.file("lines"));
    let exported = export(&home);
    assert!(
        exported.starts_with("{\"cu\":\"tables\",\"version\":1}\n") && exported.contains("\"key\":\"odd\""),
        "{exported}"
    );
    let rows = exported.lines().count() - 2;
    std::fs::write(&lines, &exported).unwrap();
    shows(&cu(["import", "--home", &copy, &lines]), &imported(rows));
    assert_eq!(export(&copy), exported);
    shows(&cu(["call", "_home.count", "2", "--home", &copy]), "42\n");
    shows(
        &cu(["eval", "return #_home.odd[''], _home.self == _home, _home.odd[1.5] ~= _home.odd[1.5]", "--home", &copy]),
        "10000\ntrue\ntrue\n",
    );
    shows(&cu(["eval", "return _home.other[1]", "--home", &copy, "--home-name", "ada"]), "of another home\n");
    let twice = texts(&cu(["eval", "_home.users.eve = { name = 'Ada' }", "--home", &copy])).1;
    assert!(twice.contains("index 'name' is unique"), "{twice}");
    assert_eq!(texts(&cu(["verify", "--home", &copy])).2, Some(0));

    let snapshot = cu(["export", "--home", &home, "--snapshot"]).stdout;
    shows(&cu_reads(["import", "--home", &again, "-"], &snapshot), &imported(rows));
    assert_eq!(export(&again), exported);
    assert!(cu(["export", "--home", &again, "--snapshot"]).stdout == snapshot);
}

#[cfg(feature = "encryption")]
#[test]
fn an_encrypted_file_is_exported_plain_and_imported_under_another_key() {
    let folder = Folder::new("transfer-encrypted");
    let [home, copy, one, two, lines] = ["home.redb", "copy.redb", "one", "two", "lines"].map(|name| folder.file(name));
    for key in [&one, &two] {
        assert_eq!(cu(["key", key]).status.code(), Some(0));
    }
    shows(&cu(["eval", "_home.secret = { 'a' }", "--home", &home, "--key-file", &one]), "");
    let exported = texts(&cu(["export", "--home", &home, "--key-file", &one])).0;
    std::fs::write(&lines, &exported).unwrap();
    let rows = exported.lines().count() - 2;
    shows(&cu(["import", "--home", &copy, "--key-file", &two, &lines]), &imported(rows));
    assert_eq!(texts(&cu(["export", "--home", &copy, "--key-file", &two])).0, exported);
    assert!(texts(&cu(["export", "--home", &copy])).1.contains("it is encrypted"));
}

#[test]
fn an_export_that_is_cut_goes_on_when_it_is_whole() {
    let folder = Folder::new("transfer-cut");
    let (home, lines) = (everything(&folder), folder.file("lines"));
    let exported = export(&home);
    let all: Vec<&str> = exported.split_inclusive('\n').collect();
    for length in 1..all.len() {
        let copy = folder.file(&format!("{length}.redb"));
        std::fs::write(&lines, all[..length].concat()).unwrap();
        let problem = format!("cu: {lines}: line {}: it is missing: the export was cut here\n", length + 1);
        fails(&cu(["import", "--home", &copy, &lines]), 1, &problem);
        std::fs::write(&lines, &exported).unwrap();
        shows(&cu(["import", "--home", &copy, &lines]), &imported(all.len() - 2));
        assert_eq!(export(&copy), exported, "cut after {length} lines");
        std::fs::remove_file(copy).unwrap();
    }
}

#[test]
fn a_damaged_line_is_named_and_mended() {
    let folder = Folder::new("transfer-damaged");
    let (home, lines) = (everything(&folder), folder.file("lines"));
    let exported = export(&home);
    let all: Vec<&str> = exported.lines().collect();
    for (number, damage, problem) in [
        (3, "{\"table\":1,\"key\":", "it is no JSON"),
        (4, "[]", "it is no line of an export"),
        (5, "{\"table\":1,\"key\":\"a\"}", "it is no line of an export"),
        (6, "{\"table\":2,\"key\":\"a\",\"value\":1}", "table 2 is none that is exported"),
        (7, "{\"table\":4278190080,\"key\":\"a\",\"value\":1}", "table 4278190080 is none that is exported"),
        (8, "{\"table\":1,\"raw\":[\"0\",\"\"]}", "it is no line of an export"),
        (
            9,
            "{\"table\":1,\"key\":\"a\",\"value\":{\"$float\":1}}",
            "\"$float\" is not what it should be, or is not alone",
        ),
        (10, all[0], "a second beginning of an export"),
        (11, "{\"rows\":9000}", "it says that there were 9000 rows, and there were 9"),
    ] {
        let copy = folder.file(&format!("{number}.redb"));
        let mut damaged = all.clone();
        damaged[number - 1] = damage;
        std::fs::write(&lines, damaged.join("\n") + "\n").unwrap();
        fails(&cu(["import", "--home", &copy, &lines]), 1, &format!("cu: {lines}: line {number}: {problem}\n"));
        std::fs::write(&lines, &exported).unwrap();
        shows(&cu(["import", "--home", &copy, &lines]), &imported(all.len() - 2));
        assert_eq!(export(&copy), exported);
    }
    let copy = folder.file("copy.redb");
    std::fs::write(&lines, exported.replacen("\"version\":1", "\"version\":2", 1)).unwrap();
    fails(&cu(["import", "--home", &copy, &lines]), 1, &format!("cu: {lines}: line 1: version 1 is wanted, found 2\n"));
    std::fs::write(&lines, exported.clone() + "\n").unwrap();
    let (_, complaint, status) = texts(&cu(["import", "--home", &folder.file("more.redb"), &lines]));
    assert!(
        complaint.ends_with(": there is more behind the last line of an export\n") && status == Some(1),
        "{complaint}"
    );
    // Neither is made, nor is anything mixed.
    let none = folder.file("none.redb");
    std::fs::write(&lines, "name,age\n").unwrap();
    let (_, complaint, status) = texts(&cu(["import", "--home", &none, &lines]));
    assert!(complaint.contains("line 1: it is not the first line of an export") && status == Some(1), "{complaint}");
    assert!(!std::path::Path::new(&none).exists());
    std::fs::write(&lines, &exported).unwrap();
    let (_, complaint, _) = texts(&cu(["import", "--home", &home, &lines]));
    assert!(complaint.starts_with("cu: the file of --home has tables already"), "{complaint}");
    assert_eq!(export(&home), exported);
}

#[test]
fn an_import_goes_on_only_in_its_own_file() {
    let folder = Folder::new("transfer-other");
    let (home, copy, lines) = (everything(&folder), folder.file("copy.redb"), folder.file("lines"));
    let exported = export(&home);
    let half = exported.lines().take(5).collect::<Vec<_>>().join("\n") + "\n";
    std::fs::write(&lines, &half).unwrap();
    assert_eq!(cu(["import", "--home", &copy, &lines]).status.code(), Some(1));
    let other = exported.replacen("\"key\":", "\"key\": ", 1);
    std::fs::write(&lines, other).unwrap();
    let problem = format!("cu: {lines}: it is not the file of which the import into --home began and did not end\n");
    fails(&cu(["import", "--home", &copy, &lines]), 1, &problem);
}

#[test]
fn a_snapshot_with_any_wrong_byte_is_refused_whole() {
    let folder = Folder::new("transfer-snapshot");
    let (home, copy) = (folder.file("home.redb"), folder.file("copy.redb"));
    shows(&cu(["eval", "_home.a = { 1, 'x' }", "--home", &home]), "");
    let good = cu(["export", "--home", &home, "--snapshot"]).stdout;
    let refused = |bytes: &[u8], what: &str| {
        let (shown, complaint, status) = texts(&cu_reads(["import", "--home", &copy, "-"], bytes));
        assert!(shown.is_empty() && status == Some(1) && complaint.lines().count() == 1, "{what}: {complaint}");
    };
    for at in (0..good.len()).step_by(3) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        refused(&bytes, &format!("byte {at}"));
    }
    for length in (1..good.len()).step_by(5) {
        refused(&good[..length], &format!("{length} bytes"));
    }
    refused(&[&good[..], b"x"].concat(), "a byte too many");
    // Nothing of it was kept.
    shows(
        &cu_reads(["import", "--home", &copy, "-"], &good),
        &imported(texts(&cu(["export", "--home", &home])).0.lines().count() - 2),
    );
    assert_eq!(export(&copy), export(&home));
}

#[test]
fn rows_go_into_a_table_that_keeps_its_rules() {
    let folder = Folder::new("transfer-rows");
    let (home, lines) = (folder.file("home.redb"), folder.file("lines"));
    let code = "_home.users = { old = { name = 'Old' } } ext.index(_home.users, 'name', { unique = true })
        ext.schema(_home.users, { fields = { name = 'string' } })";
    shows(&cu(["eval", code, "--home", &home]), "");
    let row = |key: usize, name: &str| {
        format!("{{\"key\":{key},\"value\":{{\"name\":{name},\"in\":[{key},{{\"deep\":true}}]}}}}\n")
    };
    let good: Vec<String> = (1..=1700).map(|key| row(key, &format!("\"n{key}\""))).collect();
    for (number, line, problem) in [
        (1234, row(1234, "7"), "the schema refuses"),
        (600, row(600, "\"Old\""), "index 'name' is unique"),
        (3, "{\"key\":1}\n".to_owned(), "it is no row: {\"key\":...,\"value\":...}"),
        (4, "{\"key\":1,\"value\":{\"$function\":8}}\n".to_owned(), "a stored function is nothing outside of its file"),
        (5, "{\"key\":1,\"value\":null}\n".to_owned(), ""),
        (6, "{\"key\":{\"$float\":\"nan\"},\"value\":1}\n".to_owned(), ""),
    ] {
        let mut damaged = good.clone();
        damaged[number - 1] = line;
        std::fs::write(&lines, damaged.concat()).unwrap();
        let (shown, complaint, status) = texts(&cu(["import", "--home", &home, "_home.users", &lines]));
        let start = format!("cu: {lines}: line {number}: ");
        assert!(
            shown.is_empty() && complaint.starts_with(&start) && complaint.contains(problem),
            "{number}: {complaint}"
        );
        assert_eq!(status, Some(1));
        // What was before it is kept, and it goes on there.
        shows(&cu(["query", "--home", &home, "_home.users", "--count"]), &format!("{number}\n"));
        std::fs::write(&lines, good.concat()).unwrap();
        shows(&cu(["import", "--home", &home, "_home.users", &lines]), &imported(1701 - number));
        shows(&cu(["query", "--home", &home, "_home.users", "--count"]), "1701\n");
        shows(
            &cu([
                "eval",
                "for key in pairs(_home.users) do if key ~= 'old' then _home.users[key] = nil end end return (ext.check(_home.users))",
                "--home",
                &home,
            ]),
            "true\n",
        );
    }
    std::fs::write(&lines, good.concat()).unwrap();
    shows(&cu(["import", "--home", &home, "_home.new", &lines]), &imported(1700));
    let (exported, _, _) = texts(&cu(["export", "--home", &home, "_home.new"]));
    assert_eq!(exported.lines().next(), Some(r#"{"key":1,"value":{"in":[1,{"deep":true}],"name":"n1"}}"#));
    assert_eq!(exported.lines().count(), 1700);
    shows(&cu_reads(["import", "--home", &home, "_home.copy", "-"], exported.as_bytes()), &imported(1700));
    assert_eq!(texts(&cu(["export", "--home", &home, "_home.copy"])).0, exported);
}

#[test]
fn rows_with_what_cannot_leave_the_file_are_refused() {
    let folder = Folder::new("transfer-refused");
    let home = everything(&folder);
    let (_, complaint, status) = texts(&cu(["export", "--home", &home, "_home"]));
    assert!(
        complaint.contains("is nothing outside of its file; cu export without a WAY has everything"),
        "{complaint}"
    );
    assert_eq!(status, Some(1));
    fails(&cu(["export", "--home", &home, "_home.odd.z"]), 1, "cu: '_home.odd.z' is no table that is stored\n");
    is_wrong_usage(
        &cu(["export", "--home", &home, "_home.odd", "--snapshot"]),
        "--snapshot is of the whole file, so no WAY goes with it",
    );
    is_wrong_usage(&cu(["export"]), "export needs --home FILE");
    is_wrong_usage(&cu(["import", "--home", &home]), "FILE is missing");
    is_wrong_usage(&cu(["import", "lines"]), "import needs --home FILE");
    assert_eq!(cu(["export", "--home", &folder.file("none")]).status.code(), Some(3));
    assert_eq!(cu(["import", "--home", &home, &folder.file("none")]).status.code(), Some(3));
}

/// Each import is killed at a random moment, some of them before anything was kept; the last one ends.
#[test]
fn an_import_that_is_killed_goes_on() {
    let folder = Folder::new("transfer-killed");
    let (home, copy, lines) = (folder.file("home.redb"), folder.file("copy.redb"), folder.file("lines"));
    shows(
        &cu([
            "eval",
            "for i = 1, 60 do local t = {} for j = 1, 500 do t[j] = ('%d %d'):format(i, j) end _home[i] = t end",
            "--home",
            &home,
        ]),
        "",
    );
    let exported = export(&home);
    std::fs::write(&lines, &exported).unwrap();
    let mut random = cu_random::Random::from_clock();
    let mut were_kept = 0;
    for _ in 0..12 {
        let mut child =
            command(["import", "--home", &copy, &lines]).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.below(150) as u64));
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        if ended.is_some() {
            break;
        }
        were_kept += 1;
    }
    let last = texts(&cu(["import", "--home", &copy, &lines]));
    // A file that the last killed one had finished has tables already.
    assert!(last.2 == Some(0) || last.1.contains("has tables already"), "{were_kept} killed: {last:?}");
    assert_eq!(export(&copy), exported, "{were_kept} killed");
}
