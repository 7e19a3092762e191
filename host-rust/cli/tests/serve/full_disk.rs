//! A disk without room, as a limit on the size of files: requests fail clearly, and what was acknowledged is there.

use cu_host::RedbStore;
use cu_host::verify::verify;
use serde_json::json;

use crate::folder::Folder;
use crate::process::Serving;

#[cfg(unix)]
#[test]
fn a_full_disk_is_a_clear_error_and_loses_nothing() {
    let folder = Folder::new("full");
    let mut limited = std::process::Command::new("sh");
    // The limit is in blocks of 512 or 1024 bytes: some MB, either way.
    let script = "trap '' XFSZ; ulimit -f 5000; exec \"$0\" \"$@\"";
    limited.args(["-c", script, env!("CARGO_BIN_EXE_cu"), "serve"]).arg(&folder.0);
    let mut serving = Serving::of(limited);
    let mut client = serving.client();
    let (mut kept, mut refused) = (0, 0);
    for number in 1..=200 {
        // Text that cannot be compressed.
        let code = format!(
            "local bytes = {{}} for i = 1, 30000 do bytes[i] = string.char(math.random(0, 255)) end \
             _home[{number}] = table.concat(bytes) _home.last = {number} return 1"
        );
        let answer = client.compute("a", &code);
        if answer.status == 200 {
            assert_eq!(refused, 0, "a request was kept after one that found no room");
            kept = number;
        } else {
            let (status, class, message) = answer.error();
            assert_eq!(status, 503, "{message}");
            assert!(["store", "commit"].contains(&&*class), "{class}: {message}");
            refused += 1;
        }
        if refused == 3 {
            break;
        }
    }
    assert!(kept > 1 && refused == 3, "{kept} kept, {refused} refused");
    // Other homes, and what needs no room, go on.
    assert_eq!(client.compute("a", "return _home.last").values(), json!([kept]));
    assert_eq!(client.compute("b", "_home.n = 1 return _home.n").values(), json!([1]));
    assert_eq!(client.get("/healthz").status, 200);
    serving.kill();
    let mut store = RedbStore::open(folder.file("a.redb")).unwrap();
    assert_eq!(verify(&mut store, false, &mut |_| {}).unwrap().wrong, 0);
    drop(store);
    let serving = Serving::start([&folder.0]);
    let code = "local n = 0 for i = 1, _home.last do n = n + #_home[i] end return _home.last, n";
    assert_eq!(serving.client().compute("a", code).values(), json!([kept, kept * 30_000]));
}
