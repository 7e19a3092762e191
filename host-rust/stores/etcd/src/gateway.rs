//! Requests to etcd's gateway, JSON over HTTP, and its answers.
//!
//! Invariant: after an error of the network the next request goes to the next node.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cu_host::StoreError;
use cu_host::store::{LOST, STORE_FAILED};
use cu_remote::Failure;
use serde_json::{Value, json};
use ureq::Agent;

/// How long a node may take for an answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(8);
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// The largest answer: pages of rows are far below it.
const ANSWER_BYTES: u64 = 1 << 30;

/// The nodes of a cluster.
#[derive(Clone)]
pub struct Gateway {
    agent: Agent,
    nodes: Vec<String>,
    /// The node that is asked.
    node: usize,
    /// Number of answers that were waited for.
    pub round_trips: u64,
}

/// A key with its value, and the revision that changed it last.
#[derive(Debug)]
pub struct Entry {
    pub key: Vec<u8>,
    pub value: Vec<u8>,
    pub revision: i64,
}

/// The answer to a transaction.
pub struct Answer {
    pub succeeded: bool,
    /// The revision of the whole at that moment.
    pub revision: i64,
    /// What reads found, one after the other.
    pub found: Vec<Entry>,
}

pub fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub fn put(key: &[u8], value: &[u8], lease: i64) -> Value {
    let mut put = json!({ "key": encoded(key), "value": encoded(value) });
    if lease != 0 {
        put["lease"] = json!(lease.to_string());
    }
    json!({ "requestPut": put })
}

pub fn read(key: &[u8]) -> Value {
    json!({ "requestRange": { "key": encoded(key) } })
}

pub fn delete(key: &[u8]) -> Value {
    json!({ "requestDeleteRange": { "key": encoded(key) } })
}

pub fn delete_range(from: &[u8], end: &[u8]) -> Value {
    json!({ "requestDeleteRange": { "key": encoded(from), "range_end": encoded(end) } })
}

/// The condition that a key was changed last at a revision; 0 for one that is not there.
pub fn unchanged(key: &[u8], revision: i64) -> Value {
    json!({ "key": encoded(key), "target": "MOD", "result": "EQUAL", "modRevision": revision.to_string() })
}

impl Gateway {
    pub fn new(nodes: Vec<String>) -> Gateway {
        let config = Agent::config_builder()
            .timeout_global(Some(ANSWER_LIMIT))
            .timeout_connect(Some(CONNECT_LIMIT))
            .http_status_as_error(false);
        Gateway { agent: config.build().into(), nodes, node: 0, round_trips: 0 }
    }

    /// Asks the cluster.
    pub fn ask(&mut self, path: &str, request: &Value) -> Result<Value, Failure> {
        self.round_trips += 1;
        let answer = self.send(path, request);
        if matches!(answer, Err(Failure::Lost(_))) {
            self.node = (self.node + 1) % self.nodes.len();
        }
        answer
    }

    fn send(&self, path: &str, request: &Value) -> Result<Value, Failure> {
        let node = &self.nodes[self.node];
        let lost = |error: ureq::Error| {
            let message = format!("no answer from the node {node} of the cluster: {error}");
            Failure::Lost(StoreError::new(LOST, message).caused_by(error))
        };
        let mut response = self.agent.post(format!("{node}/v3/{path}")).send(request.to_string()).map_err(lost)?;
        let body = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec().map_err(lost)?;
        let status = response.status().as_u16();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status == 200 {
            return Ok(body);
        }
        let said = body["error"].as_str().or(body["message"].as_str()).unwrap_or("nothing more");
        let message = format!("the node {node} of the cluster answered {status}: {said}");
        // A cluster that has no leader at this moment, or whose nodes do not hear one another, has one again soon; what was
        // asked may still be done.
        let is_passing = ["timed out", "leader", "deadline", "unavailable", "compacted", "future revision", "too many"];
        Err(if status == 503 || status == 504 || is_passing.iter().any(|words| said.contains(words)) {
            Failure::Lost(StoreError::new(LOST, message))
        } else {
            Failure::Refused(StoreError::new(STORE_FAILED, message))
        })
    }

    /// Does `then` if all conditions hold, or `otherwise`.
    pub fn transact(&mut self, conditions: &[Value], then: &[Value], otherwise: &[Value]) -> Result<Answer, Failure> {
        let answer = self.ask("kv/txn", &json!({ "compare": conditions, "success": then, "failure": otherwise }))?;
        let mut found = Vec::new();
        for response in list(&answer["responses"]) {
            entries(&response["response_range"], &mut found)?;
        }
        let succeeded = answer["succeeded"].as_bool().unwrap_or(false);
        Ok(Answer { succeeded, revision: number(&answer["header"]["revision"]), found })
    }

    /// What a range has, and how many keys there are in all.
    pub fn range(&mut self, request: &Value) -> Result<(Vec<Entry>, u64), Failure> {
        let answer = self.ask("kv/range", request)?;
        let mut found = Vec::new();
        entries(&answer, &mut found)?;
        Ok((found, number(&answer["count"]) as u64))
    }
}

fn entries(range: &Value, found: &mut Vec<Entry>) -> Result<(), Failure> {
    for entry in list(&range["kvs"]) {
        let bytes = |name: &str| STANDARD.decode(entry[name].as_str().unwrap_or_default());
        let (Ok(key), Ok(value)) = (bytes("key"), bytes("value")) else {
            return Err(Failure::Refused(StoreError::new(
                STORE_FAILED,
                "the cluster answered a key that is no base64",
            )));
        };
        found.push(Entry { key, value, revision: number(&entry["mod_revision"]) });
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A number, which JSON has as text where it may be large.
pub fn number(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default()
}
