//! The stores that a scenario stands on: a folder with SQLite.

use meridian_testkit::{Options, Server};

/// One store.
pub(crate) enum Ground {
    Folder,
}

/// Every store that can be had here.
pub(crate) async fn grounds() -> anyhow::Result<Vec<Ground>> {
    Ok(vec![Ground::Folder])
}

impl Ground {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Ground::Folder => "sqlite",
        }
    }

    /// A server on a store with nothing in it.
    pub(crate) async fn start(&self) -> anyhow::Result<Server> {
        Server::start(Options::default()).await
    }

    /// What can be killed.
    pub(crate) fn kills(&self) -> &'static [&'static str] {
        &["the server"]
    }

    pub(crate) async fn kill(&self, _what: &str, server: &mut Server) -> anyhow::Result<()> {
        server.kill().await
    }

    pub(crate) async fn revive(&self, _what: &str, server: &mut Server) -> anyhow::Result<()> {
        server.restart().await
    }
}
