//! Runs the steps of a scenario against a server.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use meridian_hl7v2::Charset;
use meridian_testkit::{Answer, Server};

use crate::expect;
use crate::path::values;
use crate::persona::Personas;
use crate::receivers::Receivers;
use crate::scenario::{Scenario, Step};
use crate::words::Names;

/// Tells scenarios to one server.
#[derive(Debug)]
pub struct Teller<'a> {
    server: &'a Server,
    receivers: &'a Receivers,
    personas: Personas<'a>,
}

impl<'a> Teller<'a> {
    #[must_use]
    pub fn new(server: &'a Server, receivers: &'a Receivers) -> Self {
        Self { server, receivers, personas: Personas::new(server) }
    }

    /// Runs a scenario to its end or its first failing step.
    ///
    /// # Errors
    /// What the first failing step expected and what came.
    pub async fn tell(&self, scenario: &Scenario) -> anyhow::Result<()> {
        let mut names = Names::new();
        for (number, step) in scenario.steps.iter().enumerate() {
            let what = || format!("step {}: {}", number + 1, step.say.as_deref().unwrap_or("…"));
            self.run(step, &mut names).await.with_context(what)?;
        }
        Ok(())
    }

    /// One step, repeated while it fails and `within` allows.
    async fn run(&self, step: &Step, names: &mut Names) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(step.within.unwrap_or(0));
        loop {
            match self.attempt(step, names).await {
                Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(50)).await,
                outcome => return outcome,
            }
        }
    }

    async fn attempt(&self, step: &Step, names: &mut Names) -> anyhow::Result<()> {
        if let Some(message) = &step.mllp {
            let got = self.server.mllp().await?.send_bytes(&bytes(&names.fill(message), step)?).await?;
            return expect::acknowledgement(&step.expect, &got);
        }
        if let Some(institution) = &step.receiver {
            let about = names.fill(step.about.as_deref().unwrap_or_default());
            return self.receivers.step(institution, &about, step, &filled(&step.expect, names)?).await;
        }
        if let Some(steps) = &step.together {
            return self.together(step, steps, names).await;
        }
        let answer = self.request(step, names).await?;
        expect::answer(&filled(&step.expect, names)?, &answer)?;
        for (name, from) in &step.keep {
            names.keep(name, kept(from, &answer)?);
        }
        Ok(())
    }

    async fn together(&self, step: &Step, steps: &[Step], names: &mut Names) -> anyhow::Result<()> {
        let mut running = tokio::task::JoinSet::new();
        for step in steps {
            let request = self.prepare(step, names).await?;
            running.spawn(request.send());
        }
        let answers = running.join_all().await.into_iter().collect::<anyhow::Result<Vec<Answer>>>()?;
        if let Some(wanted) = &step.expect.statuses {
            let (mut wanted, mut got) = (wanted.clone(), answers.iter().map(|a| a.status).collect::<Vec<_>>());
            wanted.sort_unstable();
            got.sort_unstable();
            ensure!(
                wanted == got,
                "expected statuses {wanted:?}, got {got:?}: {}",
                answers.first().map_or(String::new(), ToString::to_string)
            );
        }
        Ok(())
    }

    async fn request(&self, step: &Step, names: &mut Names) -> anyhow::Result<Answer> {
        self.prepare(step, names).await?.send().await
    }

    async fn prepare(&self, step: &Step, names: &mut Names) -> anyhow::Result<Request> {
        let named = [
            ("GET", &step.get),
            ("POST", &step.post),
            ("PUT", &step.put),
            ("PATCH", &step.patch),
            ("DELETE", &step.delete),
        ];
        let Some((method, path)) = named.into_iter().find_map(|(method, path)| Some((method, path.as_ref()?))) else {
            bail!("a step without get, post, put, patch, delete, mllp, receiver or together");
        };
        let path = names.fill(path);
        let path = if path.starts_with('/') { path } else { format!("/fhir/{path}") };
        let mut client = self.personas.client(step.r#as.as_deref()).await?;
        if let Some(institution) = &step.at {
            client = client.at(institution);
        }
        let body = match (&step.body, &step.raw, step.deep) {
            (Some(body), ..) => Some(serde_json::to_vec(&names.fill_value(body))?),
            (_, Some(raw), _) => Some(names.fill(raw).into_bytes()),
            (.., Some(kilobytes)) => Some(b"[".repeat(kilobytes * 1024)),
            _ => None,
        };
        let mut headers: Vec<(String, String)> =
            step.headers.iter().map(|(name, value)| (name.clone(), names.fill(value))).collect();
        if body.is_some() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("Content-Type".to_owned(), "application/fhir+json".to_owned()));
        }
        Ok(Request { client, method, path, headers, body })
    }
}

/// A message as its sender would send it: segments ended by CR, in the character set of the step.
fn bytes(message: &str, step: &Step) -> anyhow::Result<Vec<u8>> {
    let message = message.trim().replace("\r\n", "\r").replace('\n', "\r") + "\r";
    let Some(name) = &step.charset else { return Ok(message.into_bytes()) };
    let charset = Charset::from_name(name).with_context(|| format!("`{name}` is no character set"))?;
    let (bytes, lost) = charset.encode(&message);
    ensure!(!lost, "the message has characters that {name} does not have");
    Ok(bytes)
}

/// A request ready to go, so that several can go at once.
struct Request {
    client: meridian_testkit::Fhir,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    async fn send(self) -> anyhow::Result<Answer> {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.client.request(self.method, &self.path, &headers, self.body).await
    }
}

/// The expectation with the names of this run in it.
fn filled(expect: &crate::scenario::Expect, names: &mut Names) -> anyhow::Result<crate::scenario::Expect> {
    let mut filled = expect.clone();
    filled.body = expect.body.as_ref().map(|body| names.fill_value(body));
    filled.values = expect.values.iter().map(|(path, value)| (path.clone(), names.fill_value(value))).collect();
    for text in &mut filled.text {
        *text = names.fill(text);
    }
    if let Some(outcome) = &mut filled.outcome {
        for text in [&mut outcome.code, &mut outcome.at, &mut outcome.says].into_iter().flatten() {
            *text = names.fill(text);
        }
    }
    for message in filled.messages.iter_mut().flatten() {
        for text in message.values_mut() {
            *text = names.fill(text);
        }
    }
    filled.headers = expect.headers.iter().map(|(name, value)| (name.clone(), names.fill(value))).collect();
    Ok(filled)
}

/// What `keep` names: `id`, `header NAME`, or a path into the body.
fn kept(from: &str, answer: &Answer) -> anyhow::Result<String> {
    if from == "id" {
        return answer.id();
    }
    if let Some(name) = from.strip_prefix("header ") {
        return Ok(answer.header(&name.to_lowercase()).with_context(|| format!("no {from}; {answer}"))?.to_owned());
    }
    let body = answer.json()?;
    let found = values(&body, from);
    let value = found.first().with_context(|| format!("nothing at {from}; {answer}"))?;
    Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
