//! Speaks for the institutions of the synthetic district, through the real doors: HL7 v2 for the hospital, FHIR for
//! the centres.

use std::time::Duration;

use anyhow::{Context, bail};
use meridian_mllp::client::{Client, ack_code};
use meridian_population::{Feed, Region};
use serde_json::Value;
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(60);

/// Where the doors are.
#[derive(Clone, Debug)]
pub(crate) struct Feeder {
    pub(crate) http: String,
    pub(crate) mllp: String,
    pub(crate) token: String,
}

/// What was sent and accepted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) messages: u64,
    pub(crate) bundles: u64,
}

impl Feeder {
    /// Streams the whole district. Each institution keeps the order of what it sends.
    pub(crate) async fn stream(&self, region: &Region) -> anyhow::Result<Counts> {
        let web = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let mut counts = Counts::default();
        for (institution, bundle) in region.set_up() {
            self.post(&web, institution, &bundle).await?;
            counts.bundles += 1;
        }
        let (hospital, messages) = mpsc::channel::<(String, Vec<u8>)>(64);
        let speaking = tokio::spawn(self.clone().speak(messages));
        for resident in region.residents() {
            for feed in resident.feeds(region) {
                match feed {
                    Feed::Fhir { institution, bundle } => {
                        self.post(&web, institution, &bundle).await?;
                        counts.bundles += 1;
                    }
                    Feed::Hl7v2 { control_id, bytes, .. } => {
                        if hospital.send((control_id, bytes)).await.is_err() {
                            bail!("the hospital's line is closed");
                        }
                        counts.messages += 1;
                    }
                }
            }
        }
        drop(hospital);
        speaking.await??;
        Ok(counts)
    }

    async fn speak(self, mut messages: mpsc::Receiver<(String, Vec<u8>)>) -> anyhow::Result<()> {
        let mut line = Client::connect(self.mllp.as_str(), PATIENCE).await?;
        while let Some((control, bytes)) = messages.recv().await {
            let answer = line.send(&bytes).await.with_context(|| format!("message {control}"))?;
            let code = ack_code(&answer);
            if code != "AA" {
                bail!(
                    "message {control} was answered {code}: {}",
                    String::from_utf8_lossy(&answer).replace('\r', " | ")
                );
            }
        }
        line.finish().await?;
        Ok(())
    }

    async fn post(&self, web: &reqwest::Client, institution: &str, bundle: &Value) -> anyhow::Result<()> {
        let request = web
            .post(format!("{}/fhir", self.http))
            .bearer_auth(&self.token)
            .header("content-type", "application/fhir+json")
            .header("x-meridian-institution", institution)
            .body(serde_json::to_vec(bundle)?);
        let response = request.send().await?;
        let status = response.status();
        if !status.is_success() {
            bail!("a transaction of {institution} was answered {status}: {}", response.text().await?);
        }
        Ok(())
    }
}
