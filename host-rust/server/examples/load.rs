//! Sends requests as fast as a server answers, and prints how many that are: `load ADDRESS HOMES CONNECTIONS SECONDS CODE [AHEAD]`.
//!
//! Each connection sends up to AHEAD requests before the first is answered (1 unless you say so), each to the next of HOMES homes. One thread
//! for each two connections would take the processors from the server, so one thread has all.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, homes, connections, seconds, code, more @ ..] = &words[..] else {
        eprintln!("load ADDRESS HOMES CONNECTIONS SECONDS CODE [AHEAD]");
        std::process::exit(2);
    };
    let address: SocketAddr = address.trim_start_matches("http://").parse().expect("an address");
    let number = |text: &String| text.parse::<usize>().expect("a number");
    let (homes, connections, ahead) = (number(homes), number(connections), more.first().map_or(1, number));
    let time = Duration::from_secs(number(seconds) as u64);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let began = Instant::now();
        let clients: Vec<_> = (0..connections)
            .map(|client| {
                let code = code.clone();
                tokio::task::spawn_local(client_of(address, client, connections, homes, code, ahead, began + time))
            })
            .collect();
        let (mut count, mut times) = (0, Vec::new());
        for client in clients {
            let (own, mut own_times) = client.await.expect("no panic");
            count += own;
            times.append(&mut own_times);
        }
        let seconds = began.elapsed().as_secs_f64();
        times.sort_unstable();
        let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied().unwrap_or_default();
        println!(
            "{:.0} requests/s, {count} in {seconds:.1} s; median {:?}, 99 % {:?}",
            f64::from(count) / seconds,
            at(0.5),
            at(0.99)
        );
    });
}

async fn client_of(
    address: SocketAddr,
    client: usize,
    clients: usize,
    homes: usize,
    code: String,
    ahead: usize,
    end: Instant,
) -> (u32, Vec<Duration>) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut home = client;
    let (mut count, mut times, mut buffer) = (0, Vec::new(), Vec::with_capacity(65_536));
    while Instant::now() < end {
        let mut bytes = String::new();
        for _ in 0..ahead {
            let length = code.len();
            bytes += &format!(
                "POST /v1/homes/h{}/compute HTTP/1.1\r\nhost: cu\r\ncontent-length: {length}\r\n\r\n{code}",
                home % homes
            );
            home += clients;
        }
        let sent = Instant::now();
        stream.write_all(bytes.as_bytes()).await.expect("it is sent");
        let mut answered = 0;
        buffer.clear();
        let mut at = 0;
        while answered < ahead {
            assert!(stream.read_buf(&mut buffer).await.expect("an answer") > 0, "the server closed the connection");
            while let Some(length) = answer_length(&buffer[at..]) {
                at += length;
                answered += 1;
            }
        }
        times.push(sent.elapsed());
        count += ahead as u32;
    }
    (count, times)
}

/// Length of the answer with which the bytes begin, if it is whole.
fn answer_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).expect("a head is text");
    assert!(text.starts_with("HTTP/1.1 200"), "{}", String::from_utf8_lossy(bytes));
    let length: usize =
        text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).expect("a length");
    (bytes.len() >= head + length).then_some(head + length)
}
