//! A cluster of three nodes for tests, made for them and removed behind them. Nodes can be killed and started again.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const NODES: usize = 3;
const START_LIMIT: Duration = Duration::from_secs(60);

pub struct Cluster {
    folder: PathBuf,
    /// Ports for clients, and for the other nodes.
    ports: Vec<[u16; 2]>,
    nodes: [Mutex<Option<Child>>; NODES],
    namespaces: AtomicU64,
}

fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<_> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

impl Cluster {
    pub fn start(name: &str) -> Cluster {
        let folder = std::env::temp_dir().join(format!("cu-etcd-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let ports = free_ports(2 * NODES).as_chunks().0.to_vec();
        let cluster = Cluster { folder, ports, nodes: Default::default(), namespaces: AtomicU64::new(0) };
        (0..NODES).for_each(|node| cluster.run(node));
        cluster.wait();
        cluster
    }

    /// Starts a node, also after it was killed.
    pub fn run(&self, node: usize) {
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let [clients, peers] = self.ports[node].map(url);
        let all = self.ports.iter().enumerate().map(|(node, [_, peers])| format!("node{node}={}", url(*peers)));
        let log = fs::File::options().create(true).append(true).open(self.folder.join(format!("log{node}"))).unwrap();
        let mut run = Command::new(std::env::var("CU_ETCD").unwrap_or("etcd".into()));
        run.args(["--name", &format!("node{node}"), "--data-dir"]).arg(self.folder.join(format!("node{node}")));
        run.args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients]);
        run.args(["--listen-peer-urls", &peers, "--initial-advertise-peer-urls", &peers]);
        run.args(["--initial-cluster", &all.collect::<Vec<_>>().join(",")]);
        // Elections take a moment, not a second.
        run.args(["--heartbeat-interval", "50", "--election-timeout", "500"]);
        let child = run.stdout(Stdio::null()).stderr(log).spawn();
        let child = child.expect("no etcd here: run scripts/setup.sh --servers, or name its program in CU_ETCD");
        *self.nodes[node].lock().unwrap() = Some(child);
    }

    /// Kills a node at once.
    pub fn kill(&self, node: usize) {
        if let Some(mut process) = self.nodes[node].lock().unwrap().take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Waits until the cluster has a leader.
    pub fn wait(&self) {
        let began = Instant::now();
        while let Err(error) =
            cu_etcd::open(&self.url_of("probe")).and_then(|mut store| cu_host::Store::begin(&mut store))
        {
            assert!(began.elapsed() < START_LIMIT, "the cluster does not start: {error}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The URL of a namespace that nobody has used.
    pub fn url(&self) -> String {
        self.url_of(&self.namespaces.fetch_add(1, Ordering::Relaxed).to_string())
    }

    fn url_of(&self, namespace: &str) -> String {
        let nodes: Vec<_> = self.ports.iter().map(|[clients, _]| format!("127.0.0.1:{clients}")).collect();
        format!("etcd://{}?namespace={namespace}&lease=2", nodes.join(","))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        (0..NODES).for_each(|node| self.kill(node));
        let _ = fs::remove_dir_all(&self.folder);
    }
}
