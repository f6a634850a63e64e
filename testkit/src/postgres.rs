//! A PostgreSQL cluster of a test's own: durable as in a hospital unless settings say otherwise, gone when dropped.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

/// The variable that names a server for tests: a schema for each store is made there.
pub const SERVER: &str = "MERIDIAN_TEST_POSTGRES";

/// How long a server may take to come up, after a kill too.
const UP: Duration = Duration::from_secs(30);

/// A running cluster.
pub struct Cluster {
    folder: PathBuf,
    settings: Vec<(String, String)>,
    process: Child,
}

/// The address of a store for tests that are to run on a server: the folder names its schema. None when they run on
/// files.
pub fn schema_for(folder: &Path) -> Option<String> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let server = std::env::var(SERVER).ok().filter(|server| !server.is_empty())?;
    let mut hash = DefaultHasher::new();
    folder.hash(&mut hash);
    let sign = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{sign}schema=t_{:016x}", hash.finish()))
}

/// The folder of PostgreSQL's programs, if it is installed.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    let whole = |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).exists());
    folders.into_iter().find(whole)
}

impl Cluster {
    /// Makes and starts a cluster in `folder`, which it has to itself. As root it runs as the user `postgres`, who must
    /// be able to get there.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start(folder: &Path, settings: &[(&str, &str)]) -> anyhow::Result<Cluster> {
        std::fs::create_dir_all(folder)?;
        if let Some((user, group)) = servant()? {
            chown(folder, Some(user), Some(group))?;
        }
        let data = folder.join("data");
        if !data.join("PG_VERSION").exists() {
            let mut initdb = program("initdb")?;
            initdb.arg("-D").arg(&data).args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]);
            let made = initdb.current_dir(folder).stdout(Stdio::null()).output()?;
            ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        }
        let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let process = run(folder, &settings)?;
        let mut cluster = Cluster { folder: folder.to_owned(), settings, process };
        cluster.wait()?;
        Ok(cluster)
    }

    /// The address of a database of this cluster, by its socket.
    pub fn url(&self, database: &str) -> String {
        let port = self.port().map_or_else(String::new, |port| format!("&port={port}"));
        format!("postgres://postgres@/{database}?host={}{port}", self.folder.display())
    }

    /// The address of a database by loopback, for those who know no sockets; none unless `settings` named a port.
    pub fn tcp(&self, database: &str) -> Option<String> {
        self.port().map(|port| format!("postgres://postgres@127.0.0.1:{port}/{database}"))
    }

    fn port(&self) -> Option<&str> {
        self.settings.iter().find(|(name, _)| name == "port").map(|(_, port)| port.as_str())
    }

    /// Makes a database.
    ///
    /// # Errors
    /// When it is there already, or the server is not.
    pub fn create(&self, database: &str) -> anyhow::Result<()> {
        self.ask("postgres", &format!("CREATE DATABASE {database}"))?;
        Ok(())
    }

    /// The answer to a statement, cells parted by bars.
    ///
    /// # Errors
    /// What the server says against it.
    pub fn ask(&self, database: &str, statement: &str) -> anyhow::Result<String> {
        ask(&self.url(database), statement)
    }

    /// The postmaster.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Kills the postmaster where it stands (`kill -9`); its children end by themselves.
    ///
    /// # Errors
    /// When it was gone already.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts it again after a kill.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        loop {
            self.process = run(&self.folder, &self.settings)?;
            match self.wait() {
                Ok(()) => return Ok(()),
                // The children of the one that was killed may still hold its memory.
                Err(_) if since.elapsed() < UP => std::thread::sleep(Duration::from_millis(100)),
                Err(error) => return Err(error),
            }
        }
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        while ask(&self.url("postgres"), "SELECT 1").is_err() {
            if let Some(status) = self.process.try_wait()? {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("postgres ended with {status}: {log}");
            }
            ensure!(since.elapsed() < UP, "postgres does not answer");
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT: sessions end, what is written stays.
        let pid = self.process.id().to_string();
        let asked = Command::new("kill").args(["-INT", &pid]).stderr(Stdio::null()).status();
        let since = Instant::now();
        while asked.is_ok() && since.elapsed() < UP {
            match self.process.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                _ => return,
            }
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The answer of the server at `url` to a statement, cells parted by bars. Our own parameter `schema` is understood.
///
/// # Errors
/// What the server says against it.
pub fn ask(url: &str, statement: &str) -> anyhow::Result<String> {
    let (url, schema) = match url.split_once("schema=") {
        Some((url, schema)) => (url.trim_end_matches(['&', '?']), schema),
        None => (url, "public"),
    };
    let mut psql = program("psql")?;
    psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", statement]);
    let said = psql.env("PGOPTIONS", format!("-c search_path={schema}")).output()?;
    ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8(said.stdout)?.trim_end().to_owned())
}

fn run(folder: &Path, settings: &[(String, String)]) -> anyhow::Result<Child> {
    let log = std::fs::File::create(folder.join("log"))?;
    let mut postgres = program("postgres")?;
    postgres.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-c", "listen_addresses="]);
    for (name, value) in settings {
        postgres.arg("-c").arg(format!("{name}={value}"));
    }
    let process = postgres.current_dir(folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn();
    process.context("postgres cannot be started")
}

/// A program of PostgreSQL's, run as somebody who is not root.
fn program(name: &str) -> anyhow::Result<Command> {
    let folder = programs().context("PostgreSQL is not installed (scripts/setup test)")?;
    let mut command = Command::new(folder.join(name));
    if let Some((user, group)) = servant()? {
        command.uid(user).gid(group);
    }
    Ok(command)
}

/// The user and the group of `postgres`, when this process is root, whom the server refuses.
fn servant() -> anyhow::Result<Option<(u32, u32)>> {
    use std::os::unix::fs::MetadataExt as _;
    if std::fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("postgres:")).context("there is no user postgres")?;
    let mut parts = line.split(':').skip(2).map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Ok(Some((user, group))),
        _ => bail!("the user postgres has no number"),
    }
}
