//! Who acts in a step: each persona signs in once a run.

use std::collections::BTreeMap;

use meridian_testkit::{Fhir, Server};
use tokio::sync::Mutex;

/// The people of a run.
#[derive(Debug)]
pub(crate) struct Personas<'a> {
    server: &'a Server,
    signed_in: Mutex<BTreeMap<String, Fhir>>,
}

impl<'a> Personas<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        Self { server, signed_in: Mutex::new(BTreeMap::new()) }
    }

    /// The client of a persona; see [`crate::Step`].
    pub(crate) async fn client(&self, name: Option<&str>) -> anyhow::Result<Fhir> {
        let name = match name {
            None | Some("operator") => return Ok(self.server.operator()),
            Some("nobody") => return Ok(self.server.nobody()),
            Some(name) => name,
        };
        let mut signed_in = self.signed_in.lock().await;
        if let Some(client) = signed_in.get(name) {
            return Ok(client.clone());
        }
        let (role, institution) = name.split_once('@').map_or((name, None), |(role, at)| (role, Some(at)));
        let client = self.server.signed_in(role, institution).await?;
        signed_in.insert(name.to_owned(), client.clone());
        Ok(client)
    }
}
