//! The systems that stand side by side, each on a database of its own, one at a time.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use meridian_testkit::postgres::Cluster;
use tokio::process::{Child, Command};

use crate::args::Args;
use crate::http::{Client, Target};
use crate::machine;
use crate::program::Server;

const READY: Duration = Duration::from_secs(180);
const DATABASE: &str = "bench";
/// What PostgreSQL is told beyond its defaults, for everybody alike. Durable: `fsync` and `synchronous_commit` stay on.
const SETTINGS: &[(&str, &str)] =
    &[("shared_buffers", "1GB"), ("max_connections", "200"), ("max_wal_size", "4GB"), ("jit", "off")];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    MeridianSqlite,
    PeerSqlite,
    MeridianPostgres,
    PeerPostgres,
}

impl Kind {
    pub(crate) const ALL: [Kind; 4] =
        [Kind::MeridianSqlite, Kind::PeerSqlite, Kind::MeridianPostgres, Kind::PeerPostgres];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::MeridianSqlite => "Meridian on SQLite",
            Kind::MeridianPostgres => "Meridian on PostgreSQL",
            Kind::PeerSqlite => "helios-hfs 0.2.7 on SQLite",
            Kind::PeerPostgres => "helios-hfs 0.2.7 on PostgreSQL",
        }
    }

    pub(crate) fn folder(self) -> &'static str {
        match self {
            Kind::MeridianSqlite => "meridian-sqlite",
            Kind::MeridianPostgres => "meridian-postgres",
            Kind::PeerSqlite => "peer-sqlite",
            Kind::PeerPostgres => "peer-postgres",
        }
    }

    fn on_postgres(self) -> bool {
        matches!(self, Kind::MeridianPostgres | Kind::PeerPostgres)
    }
}

/// A system that answers.
pub(crate) struct Running {
    pub(crate) kind: Kind,
    pub(crate) target: Target,
    /// The processes under which all that it is made of run.
    pub(crate) roots: Vec<u32>,
    /// Its version and how it was set up.
    pub(crate) says: String,
    place: PathBuf,
    program: Program,
    cluster: Option<Cluster>,
}

enum Program {
    Meridian(Server),
    Peer(Child),
}

impl Running {
    /// Starts a system in an empty folder; the inner error says why it is not there.
    pub(crate) async fn start(args: &Args, kind: Kind, place: &Path) -> anyhow::Result<Result<Running, String>> {
        std::fs::create_dir_all(place)?;
        let cluster = if kind.on_postgres() {
            let port = free_port()?.to_string();
            let mut settings = SETTINGS.to_vec();
            settings.extend([("listen_addresses", "127.0.0.1"), ("port", port.as_str())]);
            match Cluster::start(&place.join("cluster"), &settings) {
                Ok(cluster) => {
                    cluster.create(DATABASE)?;
                    Some(cluster)
                }
                Err(missing) => return Ok(Err(missing.to_string())),
            }
        } else {
            None
        };
        // By loopback for everybody: the peer knows no sockets.
        let url = cluster.as_ref().and_then(|cluster| cluster.tcp(DATABASE));
        let (program, target, pid, says) = match kind {
            Kind::MeridianSqlite | Kind::MeridianPostgres => {
                let server = Server::start_on(&args.program, &place.join("data"), url.as_deref()).await?;
                let (target, pid) = (server.target.clone(), server.pid);
                let says = match url {
                    None => "SQLite in WAL mode, synchronous=FULL; every look audited on disk before its answer",
                    Some(_) => "fsync and synchronous_commit on; every look audited on disk before its answer",
                };
                (Program::Meridian(server), target, pid, says.to_owned())
            }
            Kind::PeerSqlite | Kind::PeerPostgres => match peer(place, url.as_deref()).await? {
                Ok((child, target, pid, says)) => (Program::Peer(child), target, pid, says),
                Err(missing) => return Ok(Err(missing)),
            },
        };
        let mut roots = vec![pid];
        roots.extend(cluster.as_ref().map(Cluster::pid));
        Ok(Ok(Running { kind, target, roots, says, place: place.to_owned(), program, cluster }))
    }

    /// What stands on disk for it, in bytes, without the write-ahead log of PostgreSQL, which is of a fixed size.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) async fn bytes(&self) -> anyhow::Result<f64> {
        super::hot::rest().await;
        Ok(match &self.cluster {
            Some(cluster) => {
                let bytes = cluster.ask(DATABASE, &format!("SELECT pg_database_size('{DATABASE}')"))?;
                bytes.trim().parse().context("a size")?
            }
            None => machine::size(&self.place) as f64,
        })
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        match self.program {
            Program::Meridian(server) => server.stop().await,
            Program::Peer(mut child) => Ok(child.kill().await?),
        }
    }
}

/// A port of loopback that nobody holds at this moment.
fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The peer's program, which `scripts/bench-peer` builds once.
fn program() -> Option<PathBuf> {
    let beside = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/meridian-peer/bin/hfs"));
    std::env::var_os("MERIDIAN_PEER").map(PathBuf::from).or_else(beside).filter(|path| path.is_file())
}

type Peer = (Child, Target, u32, String);

async fn peer(place: &Path, url: Option<&str>) -> anyhow::Result<Result<Peer, String>> {
    let Some(program) = program() else {
        return Ok(Err("helios-hfs is not there; `scripts/bench-peer` builds it once, in about 40 minutes".to_owned()));
    };
    let data = place.join("definitions");
    std::fs::create_dir_all(&data)?;
    // The peer finds by R4's search parameters only if it is given them.
    let given = program.parent().and_then(Path::parent).map(|root| root.join("definitions"));
    let mut count = 0;
    for entry in given.iter().flat_map(std::fs::read_dir).flatten().filter_map(Result::ok) {
        std::fs::copy(entry.path(), data.join(entry.file_name()))?;
        count += 1;
    }
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let database = url.map_or_else(|| place.join("fhir.db").display().to_string(), str::to_owned);
    let log = std::fs::File::create(place.join("peer.log"))?;
    let mut child = Command::new(&program)
        .args(["--host", "127.0.0.1", "--port", &address.port().to_string(), "--database-url", &database])
        .args(["--log-level", "error", "--request-timeout", "600", "--data-dir"])
        .arg(&data)
        .env("HFS_STORAGE_BACKEND", if url.is_some() { "postgres" } else { "sqlite" })
        .env("HFS_BASE_URL", format!("http://{address}"))
        .env("RUST_MIN_STACK", "16777216")
        .current_dir(place)
        .stdout(log.try_clone()?)
        .stderr(log)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let pid = child.id().context("the peer ended before it began")?;
    let said = || std::fs::read_to_string(place.join("peer.log")).unwrap_or_default();
    let target = Target::open(address);
    let began = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if let Some(status) = child.try_wait()? {
            return Ok(Err(format!("the peer ended with {status}: {}", said().lines().last().unwrap_or_default())));
        }
        if let Ok(mut client) = Client::connect(&target).await
            && client.send("GET", "/metadata", b"", "").await.is_ok_and(|answer| answer.status == 200)
        {
            break;
        }
        if began.elapsed() > READY {
            return Ok(Err(format!("the peer does not answer: {}", said().lines().last().unwrap_or_default())));
        }
    }
    let durable = if url.is_some() {
        "fsync and synchronous_commit on"
    } else {
        "SQLite in WAL mode, synchronous=NORMAL (its own setting: a commit may be lost when the machine fails)"
    };
    let says = format!("{durable}; no access control; {count} files of R4's definitions given to it");
    Ok(Ok((child, target, pid, says)))
}
