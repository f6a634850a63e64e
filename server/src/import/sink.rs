//! Where units go: into the store itself, or through the door of the server that has it open.

use std::time::Duration;

use anyhow::{anyhow, bail};
use meridian_engine::{Caller, Class, EngineError, Lane, Options, Reply};
use meridian_store::Home;
use serde_json::Value;

use super::units::{Unit, bundle};
use crate::cli::Kept;
use crate::house::House;
use crate::run_file::{Running, running};

/// What became of a unit.
pub(super) enum Written {
    /// So many resources.
    New(u64),
    /// It was written by an earlier import.
    Before,
    /// It refers to something that is not there.
    Dangling(String),
}

pub(super) enum Sink {
    Folder { house: Box<House>, caller: Caller },
    Server { web: reqwest::Client, running: Running, institution: String },
}

impl Sink {
    pub(super) async fn open(kept: &Kept, institution: &str) -> anyhow::Result<Sink> {
        let home = kept.home()?;
        if let Home::Folder(folder) = &home
            && let Some(running) = running(folder)
        {
            let web = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(600)).build()?;
            if web.get(format!("{}/healthz", running.http)).send().await.is_ok() {
                return Ok(Sink::Server { web, running, institution: institution.to_owned() });
            }
        }
        let caller = Caller::system("import", institution, "import");
        Ok(Sink::Folder { house: Box::new(House::open(&home)?), caller })
    }

    /// The longest resource that it takes, in bytes; a folder that nobody has open takes any.
    pub(super) fn longest(&self) -> Option<usize> {
        matches!(self, Sink::Server { .. }).then(|| meridian_http::Limits::default().resource)
    }

    pub(super) async fn write(&self, unit: Unit) -> anyhow::Result<Written> {
        let key = unit.key;
        let bundle = tokio::task::spawn_blocking(move || bundle(unit.work)).await??;
        match self {
            Sink::Folder { house, caller } => folder(house, caller, key, bundle).await,
            Sink::Server { web, running, institution } => server(web, running, institution, key, &bundle).await,
        }
    }
}

async fn folder(house: &House, caller: &Caller, key: String, bundle: Value) -> anyhow::Result<Written> {
    let batch = bundle.get("type").and_then(Value::as_str) == Some("batch");
    let options = Options { lane: Lane::Bulk, once: Some(format!("import:{key}")), ..Options::default() };
    let bundle = if batch { as_transaction(bundle) } else { bundle };
    match meridian_engine::run_bundle(&house.engine, caller, bundle, options).await {
        Ok(reply) => {
            let written = reply.replies.iter().filter(|r| matches!(r, Reply::Written(o) if o.happened.is_some()));
            Ok(Written::New(written.count() as u64))
        }
        Err(EngineError::Conflict(says)) if says.english == "already applied" => Ok(Written::Before),
        Err(error) => {
            let issues = error.issues();
            let says = issues.iter().map(|i| format!("{} {}", i.diagnostics, i.expression.join(",")));
            refused(error.class() == Class::Unprocessable, &says.collect::<Vec<_>>())
        }
    }
}

/// An import wants all of a file or a word about it, so what came as a batch is written as a whole.
fn as_transaction(mut bundle: Value) -> Value {
    if let Some(kind) = bundle.get_mut("type") {
        *kind = Value::from("transaction");
    }
    bundle
}

async fn server(
    web: &reqwest::Client,
    running: &Running,
    institution: &str,
    key: String,
    bundle: &Value,
) -> anyhow::Result<Written> {
    let request = web
        .post(format!("{}/fhir", running.http))
        .bearer_auth(&running.token)
        .header("content-type", "application/fhir+json")
        .header("x-meridian-institution", institution)
        .header("x-meridian-lane", "bulk")
        .header("idempotency-key", format!("import:{key}"))
        .body(serde_json::to_vec(bundle)?);
    let response = request.send().await?;
    let status = response.status();
    let text = response.text().await?;
    if status == reqwest::StatusCode::CONFLICT && text.contains("already applied") {
        return Ok(Written::Before);
    }
    if !status.is_success() {
        return refused(status == reqwest::StatusCode::UNPROCESSABLE_ENTITY, &[format!("{status} {text}")]);
    }
    let reply: Value = serde_json::from_str(&text)?;
    let entries = reply.get("entry").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let status = |entry: &&Value| entry.pointer("/response/status").and_then(Value::as_str).map(str::to_owned);
    let created = entries.iter().filter_map(|entry| status(&entry)).filter(|s| s.starts_with('2')).count();
    Ok(Written::New(created as u64))
}

fn refused(unprocessable: bool, says: &[String]) -> anyhow::Result<Written> {
    let says = says.join("; ");
    if unprocessable && says.contains("finds no resource") {
        return Ok(Written::Dangling(says));
    }
    if says.is_empty() { bail!("refused without a word") } else { Err(anyhow!(says)) }
}
