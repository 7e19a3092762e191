//! TLS: a server whose certificate is trusted, is not, or is of another name.

mod server;

use std::process::Command;

use cu_host::Store;
use server::{Server, owned_by_server};

fn openssl(folder: &std::path::Path, arguments: &str) {
    let made = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&made.stderr));
}

#[test]
fn a_server_is_trusted_by_its_certificate_and_its_name() {
    let server = Server::start("tls", &[]);
    let folder = server.folder().to_owned();
    openssl(&folder, "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-authority -keyout ca.key -out ca.pem");
    openssl(&folder, "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr");
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost").unwrap();
    openssl(
        &folder,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem",
    );
    ["server.key", "server.pem"].iter().for_each(|file| owned_by_server(&folder.join(file)));
    for setting in ["ssl_cert_file = '%/server.pem'", "ssl_key_file = '%/server.key'", "ssl = on"] {
        server.sql(&format!("ALTER SYSTEM SET {}", setting.replace('%', folder.to_str().unwrap())));
    }
    server.sql("SELECT pg_reload_conf()");
    let authority = folder.join("ca.pem");
    let url =
        |mode: &str| server.network_url(&format!("sslmode={mode}&namespace=tls&sslrootcert={}", authority.display()));
    let began = std::time::Instant::now();
    // The settings hold as soon as the server has read them.
    let mut store = loop {
        match cu_postgres::open(&url("require")) {
            Ok(store) => break store,
            Err(error) => assert!(began.elapsed().as_secs() < 20, "{error}"),
        }
    };
    store.set(7, b"k", b"v").unwrap();
    let encrypted =
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'cu'";
    assert_eq!(server.sql(encrypted), "1");

    // What is not trusted is refused, also where TLS is only preferred.
    for url in [server.network_url("sslmode=require"), server.network_url("")] {
        let error = cu_postgres::open(&url).err().unwrap().message;
        assert!(error.contains("UnknownIssuer"), "{error}");
    }
    let other_name = url("require").replace("localhost", "127.0.0.1");
    let error = cu_postgres::open(&other_name).err().unwrap().message;
    assert!(error.contains("not valid for name"), "{error}");
    cu_postgres::open(&server.network_url("sslmode=disable")).unwrap();
    std::fs::write(&authority, "no certificate").unwrap();
    let error = cu_postgres::open(&url("require")).err().unwrap().message;
    assert!(error.ends_with("cannot be read: there are none in it"), "{error}");
}
