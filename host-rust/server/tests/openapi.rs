//! The description of the server against its routes and its answers.

mod serving;

use std::collections::BTreeSet;

use cu_server::{FolderStores, Limits, ROUTES, Server};
use serde_json::{Value as Json, json};
use serving::{Answer, Folder, Serving};

struct Document(Json);

impl Document {
    /// What does not fit a schema. The document uses these words of JSON Schema and no others.
    fn check(&self, schema: &Json, value: &Json, at: &str) -> Result<(), String> {
        let wrong = |what: String| Err(format!("{at}: {what}, not {value}"));
        for (word, rule) in schema.as_object().unwrap() {
            match word.as_str() {
                "$ref" => {
                    let name = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    self.check(self.0.pointer(name).unwrap_or_else(|| panic!("no {name}")), value, at)?;
                }
                "type" => {
                    let fits = match rule.as_str().unwrap() {
                        "string" => value.is_string(),
                        "integer" => value.is_i64(),
                        "boolean" => value.is_boolean(),
                        "array" => value.is_array(),
                        "object" => value.is_object(),
                        other => panic!("type {other}"),
                    };
                    if !fits {
                        return wrong(format!("a value of the type {rule}"));
                    }
                }
                "enum" if !rule.as_array().unwrap().contains(value) => return wrong(format!("one of {rule}")),
                "required" => {
                    for name in rule.as_array().unwrap() {
                        if value.get(name.as_str().unwrap()).is_none() {
                            return wrong(format!("a field {name}"));
                        }
                    }
                }
                "properties" => {
                    for (name, value) in value.as_object().unwrap() {
                        match rule.get(name) {
                            Some(rule) => self.check(rule, value, &format!("{at}.{name}"))?,
                            None if schema["additionalProperties"] == false => {
                                return wrong(format!("no field {name}"));
                            }
                            None => {}
                        }
                    }
                }
                "items" => {
                    for value in value.as_array().unwrap() {
                        self.check(rule, value, &format!("{at}[]"))?;
                    }
                }
                "enum" | "description" | "additionalProperties" | "minLength" => {}
                other => panic!("the word {other} is not checked"),
            }
        }
        Ok(())
    }

    /// Checks an answer against what is said of that route and status.
    fn answer(&self, method: &str, path: &str, answer: &Answer) {
        let status = answer.status.to_string();
        let at = format!("{method} {path} {status}");
        let said = &self.0["paths"][path][method.to_lowercase()]["responses"][&status];
        assert!(said.is_object(), "{at} is not described: {}", answer.text());
        let Some(content) = said["content"].as_object() else {
            assert!(answer.body.is_empty(), "{at}");
            return;
        };
        let kind = answer.header("content-type").unwrap().split(';').next().unwrap();
        let schema = content.get(kind).unwrap_or_else(|| panic!("{at}: {kind} is not described"));
        if kind == "application/json" {
            self.check(&schema["schema"], &answer.json(), &at).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let serving = Serving::in_memory();
    let document = serving.client().get("/openapi.json").json();
    let mut described = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
            described.insert((method.to_uppercase(), path.clone()));
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()));
        }
    }
    let routes: BTreeSet<_> = ROUTES.iter().map(|(method, path)| (method.to_string(), path.to_string())).collect();
    assert_eq!(described, routes);
    // What a method does not describe is refused as such.
    for path in ROUTES.iter().map(|(_, path)| *path).collect::<BTreeSet<_>>() {
        for method in ["GET", "PUT", "POST", "DELETE"] {
            let is_known = routes.contains(&(method.to_owned(), path.to_owned()));
            if !is_known {
                assert_eq!(
                    serving.client().send(method, &path.replace("{home}", "h"), "").status,
                    405,
                    "{method} {path}"
                );
            }
        }
    }
}

#[test]
fn answers_are_as_they_are_described() {
    let folder = Folder::new("openapi");
    let tokens = folder.0.join("tokens.json");
    let (admin, reader) = (cu_server::new_token().unwrap(), cu_server::new_token().unwrap());
    let entries = json!({ "tokens": [
        { "name": "admin", "sha256": admin.1, "scopes": ["admin"], "limits": { "rate": 100 } },
        { "name": "reader", "sha256": reader.1, "scopes": ["read"], "homes": ["h"] },
    ]});
    std::fs::write(&tokens, entries.to_string()).unwrap();
    std::fs::write(folder.0.join("broken.redb"), "no database").unwrap();
    let limits = Limits { body: Some(2000), ..Limits::of_server() };
    let builder = Server::builder().tokens(&tokens).stores(FolderStores::new(&folder.0).unwrap()).limits(limits);
    let serving = Serving::start(builder);
    let mut client = serving.client().with_token(&admin.0);
    let document = Document(client.get("/openapi.json").json());
    let mut statuses = BTreeSet::new();
    let mut ask = |client: &mut serving::Client, method: &str, path: &str, home: &str, query: &str, body: &str| {
        let answer = client.send(method, &format!("{}{query}", path.replace("{home}", home)), body);
        statuses.insert(answer.status);
        document.answer(method, path, &answer);
    };
    // Before the rate of the token is used up.
    for path in ["/v1/homes/{home}/compute", "/v1/homes/{home}/call"] {
        let mut client = serving.client().with_token(&admin.0);
        let answer = client.try_send("POST", &path.replace("{home}", "h"), "content-encoding: gzip\r\n", b"x").unwrap();
        assert_eq!(answer.status, 415);
        document.answer("POST", path, &answer);
    }
    for (method, path) in ROUTES.iter().filter(|(_, path)| !path.ends_with("live") && !path.ends_with("changes")) {
        for home in ["h", "broken", "other", "%00"] {
            for token in [&admin.0, &reader.0, "cu_wrong"] {
                let mut client = serving.client().with_token(token);
                for body in [
                    "return 1, 'a', {x = {1}}, 1/0",
                    "print('x')",
                    "error({})",
                    "return +",
                    "",
                    r#"{"way": "string.rep", "arguments": ["x", 3]}"#,
                    &" ".repeat(3000),
                ] {
                    ask(&mut client, method, path, home, "", body);
                }
            }
        }
    }
    for _ in 0..120 {
        ask(&mut client, "GET", "/v1/homes/{home}", "h", "", "");
    }
    ask(&mut client, "GET", "/v1/homes", "", "?limit=x", "");
    for path in ["/v1/homes/{home}/live", "/v1/homes/{home}/changes"] {
        ask(&mut serving.client(), "GET", path, "h", "", "");
        ask(&mut serving.client().with_token(&reader.0), "GET", path, "x", "", "");
        ask(&mut serving.client().with_token(&reader.0), "GET", path, "h", "", "");
    }
    assert_eq!(statuses, BTreeSet::from([200, 204, 400, 401, 403, 404, 413, 422, 429, 503]));
}
