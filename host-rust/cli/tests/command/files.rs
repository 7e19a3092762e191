//! `--allow`: files of the host for scripts, and what they try to get others.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::{command, cu, is_wrong_usage, shows, texts};
use crate::folder::Folder;

/// A folder with folders for what is read, what is written, and what no script may know.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    for inner in ["in/deep", "out", "secret"] {
        fs::create_dir_all(folder.file(inner)).unwrap();
    }
    fs::write(folder.file("in/a.txt"), "alpha").unwrap();
    fs::write(folder.file("in/deep/b.txt"), "beta").unwrap();
    fs::write(folder.file("secret/key"), "hidden").unwrap();
    folder
}

const BOTH: [&str; 4] = ["--allow", "read=in", "--allow", "write=out"];

/// Runs code in a folder, which may read `in` and write `out`.
fn eval(folder: &Folder, code: &str) -> std::process::Output {
    command([&["eval"][..], &BOTH, &["--", code]].concat()).current_dir(&folder.0).output().unwrap()
}

/// The error that a call raises.
fn raised(folder: &Folder, call: &str) -> String {
    let output =
        texts(&eval(folder, &format!("local ok, error = pcall(function() return {call} end) return ok, error")));
    let message = output.0.strip_prefix("false\ncompute:1: host.").unwrap_or_else(|| panic!("{call}: {output:?}"));
    message.trim_end().to_owned()
}

#[test]
fn files_are_read_written_listed_and_removed() {
    let folder = folder("files");
    shows(
        &eval(&folder, "return host.file.read('in/a.txt'), host.file.read('./in/deep/../deep/b.txt')"),
        "alpha\nbeta\n",
    );
    shows(
        &eval(
            &folder,
            "return host.file.read('in/a.txt', 1), host.file.read('in/a.txt', 1, 2), #host.file.read('in/a.txt', 99)",
        ),
        "lpha\nlp\n0\n",
    );
    shows(
        &eval(&folder, "return table.concat(host.file.list('in'), ' '), #host.file.list('in/deep/')"),
        "a.txt deep/\n1\n",
    );
    shows(
        &eval(
            &folder,
            "local there = host.file.exists return there('in/a.txt'), there('in'), there('in/x'), there('in/x/y'), there('out')",
        ),
        "true\ntrue\nfalse\nfalse\ntrue\n",
    );
    let code =
        "host.file.write('out/n', 'one\\0\\xff') host.file.append('out/n', '!') host.file.append('out/m', 'new')";
    shows(&eval(&folder, code), "");
    assert_eq!(fs::read(folder.file("out/n")).unwrap(), b"one\0\xff!");
    fs::set_permissions(folder.file("out/n"), fs::Permissions::from_mode(0o640)).unwrap();
    shows(&eval(&folder, "host.file.write('out/n', '') host.file.remove('out/m')"), "");
    assert_eq!(fs::metadata(folder.file("out/n")).unwrap().permissions().mode() & 0o777, 0o640);
    let left: Vec<_> = fs::read_dir(folder.file("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["n"]);
    // By its whole path, too, and from a script in a file and what is typed.
    let whole = folder.file("in/a.txt");
    shows(&eval(&folder, &format!("return host.file.read('{whole}')")), "alpha\n");
    let typed = super::cu_reads(
        ["repl", "--allow", &format!("read={}", folder.file("in"))],
        format!("host.file.read('{whole}')\n").as_bytes(),
    );
    shows(&typed, "\"alpha\"\n");
}

#[test]
fn what_is_wrong_with_a_file_is_an_error_of_the_script() {
    let folder = folder("files-wrong");
    let missing = "No such file or directory (os error 2)";
    for (call, message) in [
        ("host.file.read('in/none')", format!("file.read: 'in/none': {missing}")),
        ("host.file.write('out/none/x', '')", format!("file.write: 'out/none/x': {missing}")),
        ("host.file.read('in')", "file.read: 'in': it is a folder".to_owned()),
        ("host.file.write('out', '')", "file.write: 'out': it is a folder".to_owned()),
        ("host.file.remove('out')", "file.remove: 'out': it is a folder".to_owned()),
        ("host.file.list('in/a.txt')", "file.list: 'in/a.txt': Not a directory (os error 20)".to_owned()),
        ("host.file.read()", "file.read: a path is a string, not nil".to_owned()),
        ("host.file.read('')", "file.read: '': a path is not empty and has no byte 0".to_owned()),
        ("host.file.read('in/a.txt\\0')", "file.read: 'in/a.txt\\0': a path is not empty and has no byte 0".to_owned()),
        ("host.file.read('in/a.txt', -1)", "file.read: the offset is -1, below 0".to_owned()),
        ("host.file.read('in/a.txt', 0, 'x')", "file.read: the length is an integer, not x".to_owned()),
        ("host.file.write('out/x', 7)", "file.write: 'out/x': what is written is a string, not 7".to_owned()),
    ] {
        assert_eq!(raised(&folder, call), message);
    }
}

#[test]
fn sizes_are_limited() {
    let folder = folder("files-sizes");
    fs::File::create(folder.file("in/big")).unwrap().set_len(1 << 19).unwrap();
    fs::File::create(folder.file("in/bigger")).unwrap().set_len(5_000_000_000).unwrap();
    shows(&eval(&folder, "return #host.file.read('in/big')"), "524288\n");
    assert_eq!(
        raised(&folder, "host.file.read('in/bigger')"),
        "file.read: 'in/bigger': it has 5000000000 bytes, and at most 524288 are read at a time: read(path, offset, length)"
    );
    assert_eq!(
        raised(&folder, "host.file.read('in/bigger', 0, 524289)"),
        "file.read: 'in/bigger': at most 524288 bytes are read at a time, not 524289"
    );
    shows(&eval(&folder, "return #host.file.read('in/bigger', 4999999990, 100)"), "10\n");
    let code =
        "local text = ('x'):rep(1 << 19) for n = 1, 200 do local ok, error = pcall(host.file.write, 'out/x', text)
        if not ok then return n, error end end";
    let (shown, complaint, status) = texts(&eval(&folder, code));
    assert_eq!((complaint.as_str(), status), ("", Some(0)));
    let whole = 129 << 19;
    assert_eq!(
        shown,
        format!(
            "129\nhost.file.write: 'out/x': a run writes at most 67108864 bytes, and with these it would be {whole}\n"
        )
    );
    assert_eq!(fs::metadata(folder.file("out/x")).unwrap().len(), 1 << 19);
}

#[test]
fn nothing_leads_out_of_the_folders() {
    let folder = folder("files-attacks");
    symlink("../secret", folder.file("in/link")).unwrap();
    symlink("../secret/key", folder.file("in/key")).unwrap();
    symlink("../secret", folder.file("out/link")).unwrap();
    symlink("../secret/new", folder.file("out/dangling")).unwrap();
    symlink("../secret/key", folder.file("out/key")).unwrap();
    let read = |path: &str| raised(&folder, &format!("host.file.read('{path}')"));
    let secret = folder.file("secret/key");
    for path in [
        "secret/key",
        "in/../secret/key",
        "in/./deep/../../secret/key",
        "../files/secret/key",
        "/etc/passwd",
        &secret,
        "in/../../../../../../../../etc/passwd",
        "inx/a",
        "out/x",
        "in/link/../../secret/key",
        "..",
        "/",
    ] {
        assert_eq!(read(path), format!("file.read: '{path}': no --allow read=FOLDER covers it"));
    }
    let link = "there is a symbolic link on the way, and none is followed";
    for path in ["in/link/key", "in/key"] {
        assert_eq!(read(path), format!("file.read: '{path}': {link}"));
    }
    assert_eq!(raised(&folder, "host.file.list('in/link')"), format!("file.list: 'in/link': {link}"));
    assert_eq!(raised(&folder, "host.file.exists('in/link/key')"), format!("file.exists: 'in/link/key': {link}"));
    shows(
        &eval(&folder, "return host.file.exists('in/key'), table.concat(host.file.list('in'), ' ')"),
        "false\na.txt deep/\n",
    );
    for change in ["write('{}', 'x')", "append('{}', 'x')", "remove('{}')"] {
        let name = change.split('(').next().unwrap();
        let tried = |path: &str| raised(&folder, &format!("host.file.{}", change.replace("{}", path)));
        for path in ["out/link/key", "out/dangling", "out/key"] {
            assert_eq!(tried(path), format!("file.{name}: '{path}': {link}"));
        }
        for path in ["in/a.txt", "secret/key", "out/../secret/key", "out/link/../../in/a.txt"] {
            assert_eq!(tried(path), format!("file.{name}: '{path}': no --allow write=FOLDER covers it"));
        }
    }
    assert_eq!(fs::read(folder.file("secret/key")).unwrap(), b"hidden");
    assert_eq!(fs::read_dir(folder.file("secret")).unwrap().count(), 1);
    assert_eq!(fs::read(folder.file("in/a.txt")).unwrap(), b"alpha");
}

/// Between a check of the way and the opening of the file somebody may put a link in the place of a folder.
#[test]
fn a_folder_that_becomes_a_link_at_any_moment_leads_nowhere() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let folder = folder("files-race");
    let (deep, away) = (folder.file("in/deep"), folder.file("in/away"));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                fs::rename(&deep, &away).unwrap();
                symlink("../secret", &deep).unwrap();
                fs::remove_file(&deep).unwrap();
                fs::rename(&away, &deep).unwrap();
            }
        });
        let code = "local met = {} for n = 1, 20000 do
                local ok, text = pcall(host.file.read, 'in/deep/key') assert(not ok, text)
                met[text:match('No such') or 'link'] = true
            end return met.link, met['No such']";
        let output = eval(&folder, code);
        is_over.store(true, Ordering::Relaxed);
        shows(&output, "true\ntrue\n");
    });
}

/// A pipe without a writer would be waited for, for ever; a device has no end.
#[test]
fn only_ordinary_files_are_opened() {
    let folder = folder("files-special");
    let made = std::process::Command::new("mkfifo").args([folder.file("in/pipe"), folder.file("out/pipe")]).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let other = "it is no ordinary file";
    assert_eq!(raised(&folder, "host.file.read('in/pipe')"), format!("file.read: 'in/pipe': {other}"));
    assert_eq!(raised(&folder, "host.file.append('out/pipe', 'x')"), format!("file.append: 'out/pipe': {other}"));
    assert_eq!(raised(&folder, "host.file.write('out/pipe', 'x')"), format!("file.write: 'out/pipe': {other}"));
    let device = texts(&cu(["eval", "--allow", "read=/dev", "return host.file.read('/dev/zero')"]));
    assert!(device.1.contains(&format!("host.file.read: '/dev/zero': {other}\n")), "{device:?}");
}

#[cfg(all(feature = "redb", feature = "encryption"))]
#[test]
fn files_of_the_run_itself_are_not_given_away() {
    let folder = folder("files-own");
    let key = folder.file("out/key");
    assert_eq!(cu(["key", &key]).status.code(), Some(0));
    fs::hard_link(&key, folder.file("out/same")).unwrap();
    let (home, audit) = (folder.file("out/home.redb"), folder.file("out/audit"));
    let grants = [format!("read={}", folder.file("out")), format!("write={}", folder.file("out"))];
    let base =
        ["eval", "--home", &home, "--key-file", &key, "--audit", &audit, "--allow", &grants[0], "--allow", &grants[1]];
    let run = |code: &str| texts(&command(base.iter().copied().chain([code])).current_dir(&folder.0).output().unwrap());
    let own = "cu itself uses this file in this run\n";
    for code in [
        "host.file.read('out/key')",
        "host.file.read('out/same')",
        "host.file.write('out/same', 'x')",
        "host.file.append('out/home.redb', 'x')",
        "host.file.remove('out/key')",
        "host.file.write('out/home.redb', 'x')",
        "host.file.write('out/audit', '')",
    ] {
        let (_, complaint, status) = run(code);
        assert!(complaint.contains(own) && status == Some(1), "{code}: {complaint}");
    }
    assert_eq!(run("_home.n = 1 return _home.n").0, "1\n");
    assert_eq!(fs::read(&key).unwrap().len(), 65);
}

#[test]
fn they_are_functions_of_the_host_like_others() {
    let folder = folder("files-permissions");
    let with = |more: &[&str], code: &str| {
        let words = [&["eval"][..], &BOTH, more, &["--", code]].concat();
        texts(&command(words).current_dir(&folder.0).output().unwrap())
    };
    let (_, complaint, _) = with(&["--forbid", "host.file.read"], "return host.file.read('in/a.txt')");
    assert!(complaint.contains("host.file.read"), "{complaint}");
    assert_eq!(with(&["--forbid", "host.file.write"], "return host.file.read('in/a.txt')").0, "alpha\n");
    let audit = folder.file("audit");
    let refused = with(&["--forbid", "host", "--audit", &audit], "return pcall(host.file.read, 'in/a.txt')");
    assert!(refused.0.starts_with("false\n"), "{refused:?}");
    assert!(fs::read_to_string(audit).unwrap().contains("permission_refused"));
    // Without --allow there is nothing.
    shows(&cu(["eval", "return host"]), "");
}

#[test]
fn folders_are_there_before_anything_happens() {
    let folder = folder("files-usage");
    for given in ["in", "read", "read=", "exec=in", "=in"] {
        is_wrong_usage(
            &cu(["eval", "--allow", given, "return 1"]),
            &format!("--allow takes read=FOLDER or write=FOLDER, not '{given}'"),
        );
    }
    let home = folder.file("home.redb");
    let words = ["eval", "--home", &home, "--allow", "read=none", "print(1)"];
    let output = command(words).current_dir(&folder.0).output().unwrap();
    super::fails(&output, 3, "cu: --allow: none: No such file or directory (os error 2)\n");
    let words = ["eval", "--allow", "read=in/a.txt", "print(1)"];
    let output = command(words).current_dir(&folder.0).output().unwrap();
    super::fails(&output, 3, "cu: --allow: in/a.txt: Not a directory (os error 20)\n");
    assert!(!fs::exists(home).unwrap());
}
