//! Tokens, their scopes and limits, and the audit log.

mod serving;

use std::collections::BTreeSet;

use cu_host::AuditLog;
use cu_server::{Limits, Server, new_token};
use serde_json::{Value as Json, json};
use serving::{Folder, Serving};

struct Tokens {
    folder: Folder,
    file: std::path::PathBuf,
    entries: Vec<Json>,
}

impl Tokens {
    fn new(name: &str) -> Tokens {
        let folder = Folder::new(name);
        let file = folder.0.join("tokens.json");
        Tokens { folder, file, entries: Vec::new() }
    }

    fn add(&mut self, name: &str, scopes: &[&str], more: Json) -> String {
        let (token, hash) = new_token().unwrap();
        let mut entry = json!({ "name": name, "sha256": hash, "scopes": scopes });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.entries.push(entry);
        std::fs::write(&self.file, json!({ "tokens": self.entries }).to_string()).unwrap();
        token
    }
}

#[test]
fn a_token_is_for_its_scopes_and_homes_only() {
    let mut tokens = Tokens::new("scopes");
    let reader = tokens.add("reader", &["read"], json!({ "homes": ["shop/"] }));
    let writer = tokens.add("writer", &["compute"], json!({ "homes": ["shop/"] }));
    let admin = tokens.add("admin", &["admin"], json!({}));
    let status = tokens.add("watcher", &["status"], json!({}));
    let audit = tokens.folder.0.join("audit.jsonl");
    let builder = Server::builder().tokens(&tokens.file).audit(AuditLog::open(&audit).unwrap());
    let serving = Serving::start(builder);
    let shop = "shop%2F1";
    let callers = [&reader, &writer, &admin, &status, "cu_wrong", ""];
    let ask = |method: &str, path: &str, body: &str| {
        callers.map(|token| serving.client().with_token(token).send(method, path, body).status)
    };
    assert_eq!(
        serving.client().get("/v1/homes").error(),
        (401, "token".into(), "a token is needed: Authorization: Bearer TOKEN".into())
    );
    assert_eq!(serving.client().with_token(&writer).compute(shop, "_home.n = 1 return _home.n").values(), json!([1]));
    serving.client().with_token(&admin).compute("other", "_home.n = 1");
    let compute = |home: &str| format!("/v1/homes/{home}/compute");
    assert_eq!(ask("POST", &compute(shop), "return _home.n"), [200, 200, 200, 403, 401, 401]);
    assert_eq!(ask("POST", &compute(shop), "_home.n = 1"), [422, 200, 200, 403, 401, 401]);
    assert_eq!(ask("POST", &compute("other"), "return 1"), [403, 403, 200, 403, 401, 401]);
    assert_eq!(ask("POST", &compute("shop"), "return 1"), [403, 403, 200, 403, 401, 401]);
    assert_eq!(ask("GET", &format!("/v1/homes/{shop}"), ""), [200, 200, 200, 403, 401, 401]);
    assert_eq!(ask("PUT", &format!("/v1/homes/{shop}"), ""), [403, 200, 200, 403, 401, 401]);
    assert_eq!(ask("GET", "/metrics", ""), [403, 403, 200, 200, 401, 401]);
    assert_eq!(ask("GET", "/", ""), [403, 403, 200, 200, 401, 401]);
    assert_eq!(ask("GET", "/healthz", ""), [200; 6]);
    assert_eq!(ask("GET", "/v1/whoami", ""), [200, 200, 200, 200, 401, 401]);
    assert_eq!(serving.client().with_token(&writer).get("/v1/homes").json(), json!({ "homes": ["shop/1"] }));
    assert_eq!(ask("DELETE", &format!("/v1/homes/{shop}"), ""), [403, 403, 204, 403, 401, 401]);
    // A browser sends the token as a password.
    let basic = |pair: &str| {
        let header = format!("authorization: Basic {pair}\r\n");
        serving.client().try_send("GET", "/", &header, b"").unwrap()
    };
    assert_eq!(basic("YTpi").status, 401);
    assert!(basic("YTpi").header("www-authenticate").unwrap().starts_with("Basic "));

    let log = std::fs::read_to_string(&audit).unwrap();
    let lines: Vec<Json> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let has = |action: &str, token: &str, home: &str| {
        lines.iter().any(|line| line["action"] == action && line["token"] == token && line["home"] == home)
    };
    assert!(
        has("denied", "", "shop/1") && has("denied", "reader", "other") && has("home_removed", "admin", "shop/1"),
        "{log}"
    );
    assert!(!log.contains(&writer[10..]), "no token is in the log");
    let requests: BTreeSet<_> = lines.iter().map(|line| line["request"].as_str().unwrap()).collect();
    assert!(requests.len() > 10);
}

#[test]
fn a_tenant_uses_no_more_than_its_limits() {
    let mut tokens = Tokens::new("limits");
    let small =
        json!({ "rate": 5, "body": 100, "instructions": 20_000_000, "output": 10, "entries": 3, "memory": 400_000 });
    let small = tokens.add("small", &["compute"], json!({ "limits": small }));
    let one = tokens.add("one", &["compute"], json!({ "limits": { "concurrency": 1 } }));
    let large = tokens.add("large", &["compute"], json!({}));
    let limits = Limits { instructions: Some(100_000_000), ..Limits::of_server() };
    let serving = Serving::start(Server::builder().tokens(&tokens.file).limits(limits));
    let error = |token: &str, code: &str| {
        let answer = serving.client().with_token(token).compute("a", code);
        if answer.status == 200 { (200, String::new(), answer.text()) } else { answer.error() }
    };
    assert_eq!(error(&small, "for i = 1, 1e9 do end").1, "budget");
    assert_eq!(error(&large, "for i = 1, 1e7 do end").0, 200);
    assert_eq!(error(&small, &" ".repeat(101)).0, 413);
    assert_eq!(error(&small, "return ('x'):rep(1e6)").1, "memory");
    assert!(error(&small, "print(('x'):rep(50))").2.len() < 200);
    // What has run is kept, so that is no error.
    let (status, _, answer) = error(&small, "_home.t = {1, 2, 3, 4} return _home.t");
    assert!(status == 200 && answer.contains("\"values\":[{\"$table\":"), "{answer}");
    // That were five; a sixth within the second is too many.
    let answers: Vec<_> = (0..6).map(|_| error(&small, "return 1")).collect();
    let refused = answers.iter().find(|(status, ..)| *status == 429).unwrap();
    assert!(
        refused.1 == "rate" && refused.2.starts_with("more than 5 requests a second; the next one in "),
        "{refused:?}"
    );
    assert_eq!(error(&large, "return 1").0, 200);

    let busy = serving.client().with_token(&one);
    std::thread::scope(|threads| {
        let mut busy = busy;
        let running = threads.spawn(move || busy.compute("slow", "for i = 1, 2e7 do end return 1").values());
        std::thread::sleep(std::time::Duration::from_millis(60));
        assert_eq!(
            error(&one, "return 1"),
            (429, "rate".into(), "1 requests of this token run already, as many as may".into())
        );
        assert_eq!(running.join().unwrap(), json!([1]));
    });
    assert_eq!(error(&one, "return 1").0, 200);
}

#[test]
fn a_server_without_tokens_is_for_this_machine_only() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bound = runtime.block_on(Server::builder().bind("0.0.0.0:0".parse().unwrap()));
    let message = bound.err().unwrap().to_string();
    assert_eq!(message, "without tokens a server listens on this machine only, 127.0.0.1 or [::1], not 0.0.0.0:0");
    let missing = Server::builder().tokens("/nonexistent/tokens.json").bind("127.0.0.1:0".parse().unwrap());
    assert!(runtime.block_on(missing).err().unwrap().to_string().contains("cannot open /nonexistent/tokens.json"));
}
