//! The stores that a scenario stands on: a folder with SQLite, and a PostgreSQL cluster of its own where it is installed.

use meridian_testkit::{Options, Server, postgres, say};
use tempfile::TempDir;
use tokio::sync::Mutex;

/// One store.
pub(crate) enum Ground {
    Folder,
    Cluster { cluster: Mutex<postgres::Cluster>, _folder: TempDir },
}

const SERVER: &str = "the server";
const DATABASE: &str = "PostgreSQL";

/// Every store that can be had here.
pub(crate) async fn grounds() -> anyhow::Result<Vec<Ground>> {
    let mut grounds = vec![Ground::Folder];
    if postgres::programs().is_none() {
        say("SKIPPED on PostgreSQL, which is not installed (scripts/setup test)");
        return Ok(grounds);
    }
    let cluster = tokio::task::spawn_blocking(|| {
        let folder = tempfile::Builder::new().prefix("meridian-postgres-").tempdir_in("/tmp")?;
        let cluster = postgres::Cluster::start(folder.path(), &[])?;
        anyhow::Ok(Ground::Cluster { cluster: Mutex::new(cluster), _folder: folder })
    });
    grounds.push(cluster.await??);
    Ok(grounds)
}

impl Ground {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Ground::Folder => "sqlite",
            Ground::Cluster { .. } => "postgres",
        }
    }

    /// A server on a store with nothing in it.
    pub(crate) async fn start(&self) -> anyhow::Result<Server> {
        Server::start(self.options().await).await
    }

    /// How a server on this store is started.
    pub(crate) async fn options(&self) -> Options {
        match self {
            Ground::Folder => Options::default(),
            Ground::Cluster { cluster, .. } => {
                let store = cluster.lock().await.url("postgres");
                Options { more: vec!["--store".to_owned(), store], ..Options::default() }
            }
        }
    }

    /// What can be killed.
    pub(crate) fn kills(&self) -> &'static [&'static str] {
        match self {
            Ground::Folder => &[SERVER],
            Ground::Cluster { .. } => &[SERVER, DATABASE],
        }
    }

    pub(crate) async fn kill(&self, what: &str, server: &mut Server) -> anyhow::Result<()> {
        match self {
            Ground::Cluster { cluster, .. } if what == DATABASE => cluster.lock().await.kill(),
            _ => server.kill().await,
        }
    }

    /// Brings back what was killed; a server whose database was killed goes on by itself.
    pub(crate) async fn revive(&self, what: &str, server: &mut Server) -> anyhow::Result<()> {
        match self {
            Ground::Cluster { cluster, .. } if what == DATABASE => {
                let mut cluster = cluster.lock().await;
                tokio::task::block_in_place(|| cluster.start_again())
            }
            _ => server.restart().await,
        }
    }
}
