//! Upstreams over TLS: one that the relay does not trust gets no secret.

use std::process::{Child, Command, Stdio};

use crate::place::{Place, until};

/// A server with a certificate of its own, which answers each request with what it got.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_secret_goes_to_whom_the_relay_trusts_alone() {
    let place = Place::new("tls");
    let ada = place.key("ada", &[]);
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            "tls.key",
            "-out",
            "tls.pem",
        ])
        .args([
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .current_dir(&place.folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl is wanted for this test").success());
    let port = free_port();
    let log = std::fs::File::create(place.folder.join("tls.log")).unwrap();
    let server = Command::new("openssl")
        .args([
            "s_server",
            "-accept",
            &format!("127.0.0.1:{port}"),
            "-cert",
            "tls.pem",
            "-key",
            "tls.key",
            "-www",
            "-quiet",
        ])
        .current_dir(&place.folder)
        .stdin(Stdio::piped())
        .stdout(log)
        .stderr(Stdio::null())
        .spawn();
    let _server = Server(server.unwrap());
    until("it listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    for (name, host) in [("localhost", "localhost"), ("other", "127.0.0.1")] {
        let url = format!("https://{host}:{port}");
        place.put(&["secret", name, "--to", &url, "--header", "x-key"], "0123456789abcdef");
    }
    let ask = |address, name: &str| {
        let code = format!("return host.vault.fetch('{name}', {{ path = '/' }}).status");
        ada.post(address, "/run", code).good()
    };
    let relay = place.serve(&[]);
    assert!(ask(relay.address, "localhost").contains("the upstream cannot be reached"), "its certificate is nobody's");
    relay.end();
    // The file of certificates that the system trusts, as rustls-native-certs finds it.
    let relay = place.serve_with(&[], |command| {
        command.env("SSL_CERT_FILE", "tls.pem");
    });
    assert_eq!(ask(relay.address, "localhost"), "[true,200]");
    assert!(ask(relay.address, "other").contains("the upstream cannot be reached"), "the name is another one");
}
