//! TLS to a server of PostgreSQL: what each `sslmode` asks for, and that a password goes over it.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use meridian_store::{Home, Store, StoreError, StoreOptions};
use meridian_testkit::postgres::Cluster;

use crate::common::{home, origin, source};

/// Certificates made by `openssl`: an authority, a server's of 127.0.0.1, one of another name, one that signed itself.
struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    fn make(folder: &Path) -> Certificates {
        let made = Certificates { folder: folder.to_owned() };
        made.sign_itself("authority", "/CN=authority", &["-addext", "basicConstraints=critical,CA:TRUE"]);
        made.sign_itself("other", "/CN=other", &["-addext", "basicConstraints=critical,CA:TRUE"]);
        made.sign("here", "IP:127.0.0.1,DNS:localhost");
        made.sign("elsewhere", "DNS:db.example");
        made.sign_itself("own", "/CN=own", &["-addext", "subjectAltName=IP:127.0.0.1"]);
        made
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn openssl(&self, args: &[&str]) {
        let done = Command::new("openssl").args(args).current_dir(&self.folder).output().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn sign_itself(&self, name: &str, subject: &str, more: &[&str]) {
        let (key, out) = (format!("{name}.key"), format!("{name}.crt"));
        let args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", subject];
        self.openssl(&[&args[..], &["-keyout", &key, "-out", &out], more].concat());
    }

    fn sign(&self, name: &str, names: &str) {
        let file = |end: &str| format!("{name}.{end}");
        std::fs::write(self.folder.join(file("ext")), format!("subjectAltName={names}\n")).unwrap();
        let subject = format!("/CN={name}");
        let args = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", &subject];
        self.openssl(&[&args[..], &["-keyout", &file("key"), "-out", &file("csr")]].concat());
        let args =
            ["x509", "-req", "-days", "30", "-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial"];
        let files = ["-in", &file("csr"), "-out", &file("crt"), "-extfile", &file("ext")];
        self.openssl(&[&args[..], &files].concat());
    }
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

fn open(address: &str, query: &str) -> Result<Store, StoreError> {
    let options = StoreOptions { readers: 1, searches: 1, ahead: 1, ..StoreOptions::default() };
    Store::open(Home::Postgres(format!("{address}?{query}")), &options)
}

fn refused(address: &str, query: &str) -> String {
    match open(address, query) {
        Ok(_) => panic!("{query} let it in"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mode_asks_for_what_it_says() {
    if matches!(home(Path::new("/")), Home::Folder(_)) {
        meridian_testkit::say("SKIPPED on files: TLS to a server");
        return;
    }
    if Command::new("openssl").arg("version").output().is_err() {
        meridian_testkit::say("SKIPPED TLS to a server: openssl is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let certificates = Certificates::make(dir.path());
    let (folder, port) = (dir.path().join("cluster"), free_port());
    std::fs::create_dir(&folder).unwrap();
    let plain = [("port", port.as_str()), ("listen_addresses", "127.0.0.1")];
    let cluster = Cluster::start(&folder, &plain).unwrap();
    cluster.ask("postgres", "CREATE ROLE meridian SUPERUSER LOGIN PASSWORD 'over-tls'").unwrap();
    let address = format!("postgres://meridian:over-tls@127.0.0.1:{port}/postgres");
    for mode in ["require", "verify-full"] {
        let root = certificates.path("authority.crt");
        let why = refused(&address, &format!("schema=a&sslmode={mode}&sslrootcert={root}"));
        assert!(why.contains("has no TLS") && why.contains(mode) && !why.contains("over-tls"), "{why}");
    }
    open(&address, "schema=a&sslmode=prefer").expect("a server without TLS is preferred to none");
    drop(cluster);

    let owner = std::fs::metadata(&folder).unwrap();
    let rules = folder.join("hba");
    let text = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\nhostnossl all all 0.0.0.0/0 reject\n";
    std::fs::write(&rules, text).unwrap();
    let rules = rules.display().to_string();
    let start = |name: &str| {
        let (key, certificate) = (certificates.path(&format!("{name}.key")), certificates.path(&format!("{name}.crt")));
        chown(&key, Some(owner.uid()), Some(owner.gid())).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        let tls = [("ssl", "on"), ("ssl_cert_file", &*certificate), ("ssl_key_file", &*key), ("hba_file", &*rules)];
        Cluster::start(&folder, &[&plain[..], &tls].concat()).unwrap()
    };
    let query = |mode: &str, root: &str| format!("schema=a&sslmode={mode}&sslrootcert={}", certificates.path(root));

    let mut cluster = start("here");
    assert!(refused(&address, "schema=a&sslmode=disable").contains("no encryption"), "the rules of the server");
    for query in ["schema=a".to_owned(), "schema=a&sslmode=require".to_owned(), query("verify-ca", "authority.crt")] {
        open(&address, &query).unwrap();
    }
    assert!(refused(&address, &query("verify-ca", "other.crt")).contains("not trusted"));
    assert!(refused(&address, &query("require", "other.crt")).contains("not trusted"), "a root is looked at");
    assert!(refused(&address, &query("verify-full", "nothing.crt")).contains("nothing.crt"));
    let wrong = address.replace("over-tls", "wrong");
    assert!(refused(&wrong, &query("verify-full", "authority.crt")).contains("password"));

    let store = open(&address, &query("verify-full", "authority.crt")).unwrap();
    let act = |tx: &mut meridian_store::WriteTx<'_>| {
        source(tx, "p");
        tx.put_setting("large", &vec![7; 3 << 20])
    };
    store.write::<_, StoreError>(meridian_store::Lane::Interactive, origin(), act).await.unwrap();
    let large = || store.read(|sight| sight.setting("large"));
    assert_eq!(large().unwrap().map(|bytes| bytes.len()), Some(3 << 20), "more than fits into one record");
    let users = "SELECT count(*) > 5 AND bool_and(s.ssl) AND min(s.version) >= 'TLSv1.2' FROM pg_stat_ssl s \
                 JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'meridian'";
    assert_eq!(cluster.ask("postgres", users).unwrap(), "t", "every connection, of the listener too");
    cluster.kill().unwrap();
    assert!(large().is_err());
    cluster.start_again().unwrap();
    assert_eq!(large().unwrap().map(|bytes| bytes.len()), Some(3 << 20), "and again when it is back");
    drop((store, cluster));

    let cluster = start("elsewhere");
    open(&address, &query("verify-ca", "authority.crt")).expect("its name does not matter");
    let why = refused(&address, &query("verify-full", "authority.crt"));
    assert!(why.contains("not trusted") && why.contains("name"), "{why}");
    drop(cluster);

    let _cluster = start("own");
    open(&address, &query("verify-full", "own.crt")).expect("given as it is, it is trusted");
    assert!(refused(&address, &query("verify-full", "here.crt")).contains("not trusted"));
}
