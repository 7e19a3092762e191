//! What a URL says: `etcd://host:port,host:port?namespace=shop&wait=5`.
//!
//! Invariant: neither an error nor the name of a node has a password in it.

use std::collections::HashSet;
use std::time::Duration;

use cu_host::store::STORE_FAILED;
use cu_host::{StoreError, Wait};
use cu_remote::RemoteOptions;
use percent_encoding::percent_decode_str;

/// Longest name of a namespace, in bytes: it is in every key.
pub const NAMESPACE_BYTES: usize = 255;
/// The port of etcd's clients.
const PORT: &str = "2379";

/// Where a store is, and how it behaves.
#[derive(Clone, Debug)]
pub struct EtcdOptions {
    /// The nodes of the cluster, as URLs.
    pub nodes: Vec<String>,
    /// Which of the stores in the cluster.
    pub namespace: String,
    /// Waiting, connecting again, and memory.
    pub remote: RemoteOptions,
    /// How long the turn of a process that died, or stands still, is kept from others.
    pub lease: Duration,
}

impl EtcdOptions {
    /// What a URL says: beside the nodes `namespace` (`default`), `wait` for other instances, `reconnect` and `lease`, in seconds,
    /// `cache`, in bytes, and `tls=yes`.
    pub fn from_url(url: &str) -> Result<EtcdOptions, StoreError> {
        let rest =
            url.strip_prefix("etcd://").ok_or_else(|| wrong("the URL of a cluster begins with etcd://".into()))?;
        let (nodes, query) = rest.split_once('?').unwrap_or((rest, ""));
        let nodes: Vec<_> = nodes.trim_end_matches('/').split(',').filter(|node| !node.is_empty()).collect();
        if nodes.is_empty() {
            return Err(wrong("the URL of a cluster names its nodes: etcd://host:2379,host:2379".into()));
        }
        // Clusters with users want another way of asking; and a node's name is in errors.
        if nodes.iter().any(|node| node.contains('@')) {
            return Err(wrong("the URL of a cluster has no user and no password, only nodes: etcd://host:2379".into()));
        }
        let (remote, lease) = (RemoteOptions::default(), Duration::from_secs(10));
        let mut options = EtcdOptions { nodes: Vec::new(), namespace: "default".into(), remote, lease };
        let mut scheme = "http";
        let mut given = HashSet::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !given.insert(name) {
                return Err(wrong(format!("the URL of a cluster has {name} more than once")));
            }
            let text = percent_decode_str(value).decode_utf8();
            let value = text.map_err(|error| wrong(format!("'{value}' is no text: {error}")))?;
            match name {
                "namespace" => options.namespace = value.into_owned(),
                "wait" => options.remote.wait = Wait::AtMost(seconds(name, &value)?),
                "reconnect" => options.remote.reconnect = seconds(name, &value)?,
                "lease" => options.lease = seconds(name, &value)?.max(Duration::from_secs(1)),
                "cache" => {
                    let bytes = value.parse().map_err(|_| wrong(format!("cache is a number of bytes, not '{value}'")));
                    options.remote.cache = bytes?;
                }
                "tls" if value == "yes" => scheme = "https",
                "tls" => return Err(wrong(format!("tls is yes, or not there, not '{value}'"))),
                _ => {
                    let known = "namespace, wait, reconnect, lease, cache, tls=yes";
                    return Err(wrong(format!("the URL of a cluster has no option '{name}'; it has {known}")));
                }
            }
        }
        check_name(&options.namespace)?;
        // An address with colons stands in brackets, the port behind them.
        let has_port = |node: &str| node.rsplit_once(']').map_or(node, |(_, port)| port).contains(':');
        let with_port = |node: &&str| if has_port(node) { node.to_string() } else { format!("{node}:{PORT}") };
        options.nodes = nodes.iter().map(|node| format!("{scheme}://{}", with_port(node))).collect();
        Ok(options)
    }
}

/// Refuses what is no name of a namespace.
pub(crate) fn check_name(name: &str) -> Result<(), StoreError> {
    let length = name.len();
    if (1..=NAMESPACE_BYTES).contains(&length) && !name.contains('\0') {
        return Ok(());
    }
    Err(wrong(format!("a namespace has 1 to {NAMESPACE_BYTES} bytes and no zero, not {length} bytes")))
}

fn seconds(name: &str, value: &str) -> Result<Duration, StoreError> {
    const MOST: f64 = 2_000_000.0;
    let number = value.parse().ok().filter(|number| (0.0..=MOST).contains(number));
    let problem = || wrong(format!("{name} is a number of seconds from 0 to {MOST}, not '{value}'"));
    Ok(Duration::from_secs_f64(number.ok_or_else(problem)?))
}

fn wrong(message: String) -> StoreError {
    StoreError::new(STORE_FAILED, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_a_cluster_is() {
        let options = EtcdOptions::from_url("etcd://a,b:99/?namespace=x%20y&lease=3&tls=yes").unwrap();
        assert_eq!(options.nodes, ["https://a:2379", "https://b:99"]);
        let numbers = EtcdOptions::from_url("etcd://[::1],[fe80::1]:99,127.0.0.1").unwrap();
        assert_eq!(numbers.nodes, ["http://[::1]:2379", "http://[fe80::1]:99", "http://127.0.0.1:2379"]);
        assert_eq!((options.namespace.as_str(), options.lease), ("x y", Duration::from_secs(3)));
        for (url, problem) in [
            ("http://a", "begins with etcd://"),
            ("etcd://?namespace=a", "names its nodes"),
            ("etcd://a?colour=red", "no option 'colour'"),
            ("etcd://a?password=secret", "no option 'password'"),
            ("etcd://me:secret@a", "no user and no password"),
            ("etcd://b,secret@a:1?wait=1", "no user and no password"),
            ("etcd://a?namespace=a&namespace=b", "namespace more than once"),
            ("etcd://a?tls=maybe", "not 'maybe'"),
            ("etcd://a?wait=soon", "not 'soon'"),
            ("etcd://a?namespace=", "1 to 255 bytes"),
        ] {
            let error = EtcdOptions::from_url(url).unwrap_err().to_string();
            assert!(error.contains(problem) && !error.contains("secret"), "{url}: {error}");
        }
    }
}
