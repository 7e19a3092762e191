//! A test of this program as a process of its own, which is killed or ends itself, and what it said until then.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

/// A process, and a thread that hears what it says.
pub struct Worker<T> {
    process: Child,
    said: thread::JoinHandle<Vec<T>>,
}

impl<T: Send + 'static> Worker<T> {
    /// Runs the test of that name with these variables; `parse` reads a line, if it is one of those that count.
    pub fn start(test: &str, variables: &[(&str, &str)], parse: fn(&str) -> Option<T>) -> Worker<T> {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(process.stdout.take().unwrap());
        let said = thread::spawn(move || out.lines().map_while(Result::ok).filter_map(|line| parse(&line)).collect());
        Worker { process, said }
    }

    /// Kills it, and answers what it said. One that had ended by itself had failed.
    #[allow(dead_code, reason = "not every test kills")]
    pub fn kill(mut self) -> Vec<T> {
        assert!(self.process.try_wait().unwrap().is_none(), "a worker failed");
        self.process.kill().unwrap();
        self.wait().1
    }

    /// Waits for its end, and answers what it said.
    pub fn wait(mut self) -> (ExitStatus, Vec<T>) {
        (self.process.wait().unwrap(), self.said.join().unwrap())
    }
}
