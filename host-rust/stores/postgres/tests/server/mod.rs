//! A PostgreSQL for tests, made for them and removed behind them. It can be killed and started again.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any start, also one that has to put right what a killed server left.
const START_LIMIT: Duration = Duration::from_secs(60);

pub struct Server {
    folder: PathBuf,
    port: u16,
    programs: PathBuf,
    process: Mutex<Option<Child>>,
    namespaces: AtomicU64,
}

impl Server {
    /// The server of the tests that run at this moment.
    pub fn shared() -> Arc<Server> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(|error| error.into_inner());
        if let Some(server) = shared.upgrade() {
            return server;
        }
        let server = Arc::new(Server::start("shared", &[]));
        *shared = Arc::downgrade(&server);
        server
    }

    /// A server of one test, with these settings.
    pub fn start(name: &str, settings: &[&str]) -> Server {
        // The folder of the one before may be being removed.
        static STARTED: AtomicU64 = AtomicU64::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("cu-postgres-{name}-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let programs = programs();
        if let Some((user, group)) = other_user() {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let data = folder.join("data");
        let mut make = command(&programs.join("initdb"));
        make.args(["--username=cu", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "--pgdata"])
            .arg(&data);
        let made = make.output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let lines: Vec<_> = settings.iter().map(|line| format!("{line}\n")).collect();
        let file = data.join("postgresql.conf");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text + "\nmax_connections = 60\nshared_buffers = 16MB\n" + &lines.concat()).unwrap();
        let server = Server { folder, port, programs, process: Mutex::new(None), namespaces: AtomicU64::new(0) };
        server.run();
        server
    }

    /// Starts it, also after it was killed.
    pub fn run(&self) {
        let began = Instant::now();
        loop {
            let log = fs::File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
            let mut run = command(&self.programs.join("postgres"));
            run.arg("-D")
                .arg(self.folder.join("data"))
                .arg("-k")
                .arg(&self.folder)
                .args(["-p", &self.port.to_string()]);
            let mut child = run.args(["-h", "127.0.0.1"]).stderr(log).stdout(Stdio::null()).spawn().unwrap();
            // A killed server's children hold its memory for a moment, and then this start fails.
            while child.try_wait().unwrap().is_none() {
                if self.answers() {
                    *self.process.lock().unwrap() = Some(child);
                    return;
                }
                thread::sleep(Duration::from_millis(20));
            }
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(began.elapsed() < START_LIMIT, "the server does not start: {log}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn answers(&self) -> bool {
        let mut ask = Command::new(self.programs.join("pg_isready"));
        ask.arg("-q").arg("-h").arg(&self.folder).args(["-p", &self.port.to_string()]).status().unwrap().success()
    }

    /// Kills it at once, with the processes that it has for its clients: for a moment they would go on answering.
    pub fn kill(&self) {
        if let Some(mut process) = self.process.lock().unwrap().take() {
            let children = Command::new("pgrep").args(["-P", &process.id().to_string()]).output().unwrap().stdout;
            let children = String::from_utf8(children).unwrap();
            process.kill().unwrap();
            process.wait().unwrap();
            let signal = |signal: &str| {
                let mut kill = Command::new("kill");
                kill.arg(signal).args(children.split_whitespace()).stderr(Stdio::null()).status().unwrap().success()
            };
            signal("-KILL");
            // True while any of them is there; where nobody waits for their status that is for ever.
            let began = Instant::now();
            while !children.is_empty() && signal("-0") && began.elapsed() < Duration::from_secs(1) {
                thread::sleep(Duration::from_millis(5));
            }
        }
    }

    /// The URL of a namespace that nobody has used.
    pub fn url(&self) -> String {
        let number = self.namespaces.fetch_add(1, Ordering::Relaxed);
        self.url_of(&format!("test {number} of {}", std::process::id()))
    }

    /// The URL of a namespace, over a socket of the file system.
    pub fn url_of(&self, namespace: &str) -> String {
        let folder = self.folder.to_str().unwrap().replace('/', "%2F");
        let namespace = namespace.replace(' ', "%20");
        format!("postgres://cu@{folder}:{}/postgres?namespace={namespace}", self.port)
    }

    /// The URL of a namespace, over the network.
    pub fn network_url(&self, options: &str) -> String {
        format!("postgres://cu@localhost:{}/postgres?{options}", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What `psql` answers to a statement.
    pub fn sql(&self, statement: &str) -> String {
        let mut ask = Command::new(self.programs.join("psql"));
        ask.arg("-h").arg(&self.folder).args(["-p", &self.port.to_string(), "-U", "cu", "-d", "postgres", "-At", "-c"]);
        let answer = ask.arg(statement).output().unwrap();
        assert!(answer.status.success(), "{statement}: {}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8(answer.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where PostgreSQL's programs are: Debian keeps them out of the path, one folder for each version.
fn programs() -> PathBuf {
    if let Ok(folder) = std::env::var("CU_POSTGRES") {
        return folder.into();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut of_debian: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    of_debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = of_debian.into_iter().rev().chain(std::env::split_paths(&path));
    let mut folders = folders.filter(|folder| folder.join("initdb").exists() && folder.join("pg_isready").exists());
    folders
        .next()
        .expect("no PostgreSQL here: run scripts/setup.sh --servers, or name the folder of its programs in CU_POSTGRES")
}

/// PostgreSQL refuses to run as root: the user that its package made, or nobody.
fn other_user() -> Option<(u32, u32)> {
    static USER: OnceLock<Option<(u32, u32)>> = OnceLock::new();
    *USER.get_or_init(found_user)
}

fn found_user() -> Option<(u32, u32)> {
    let probe = std::env::temp_dir().join(format!("cu-postgres-user-{}", std::process::id()));
    fs::write(&probe, "").unwrap();
    let is_root = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&probe).unwrap()) == 0;
    let _ = fs::remove_file(&probe);
    if !is_root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map_while(|field| field.parse().ok());
        Some((fields.next()?, fields.next()?))
    };
    Some(ids("postgres").or_else(|| ids("nobody")).expect("root cannot start PostgreSQL, and there is no other user"))
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = other_user() {
        command.uid(user).gid(group).current_dir("/");
    }
    command
}

/// Makes a file readable only for the server's user, as it demands of its key.
pub fn owned_by_server(file: &Path) {
    if let Some((user, group)) = other_user() {
        chown(file, Some(user), Some(group)).unwrap();
    }
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}
