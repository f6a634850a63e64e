//! A FHIR client as any vendor would write it: plain HTTP and JSON.

use std::time::Duration;

use anyhow::Context as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::Answer;

const FHIR_JSON: &str = "application/fhir+json";

/// Somebody at the HTTP door.
#[derive(Debug, Clone)]
pub struct Fhir {
    client: reqwest::Client,
    /// `http://127.0.0.1:8080`, without `/fhir`.
    base: String,
    /// Sent with every request.
    headers: Vec<(String, String)>,
    /// Sent with every request that changes something.
    csrf: Option<String>,
}

impl Fhir {
    /// Nobody in particular, at the server of this address.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(120))
            .pool_max_idle_per_host(256)
            .build()
            .unwrap_or_default();
        Self { client, base: base.trim_end_matches('/').to_owned(), headers: Vec::new(), csrf: None }
    }

    /// The same with a header on every request.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a bearer token.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        self.with("Authorization", &format!("Bearer {token}"))
    }

    /// The same, writing for an institution (what the demo operator may name).
    #[must_use]
    pub fn at(self, institution: &str) -> Self {
        self.with("X-Meridian-Institution", institution)
    }

    /// Signs in as a person does in the web: a session cookie, and a CSRF token for what changes something.
    ///
    /// # Errors
    /// When the sign-in is refused or answers in another form.
    pub async fn sign_in(&self, username: &str, password: &str) -> anyhow::Result<Self> {
        let body = json!({"username": username, "password": password});
        let answer =
            self.send(Method::POST, "/auth/sign-in", &[("Content-Type", "application/json")], Some(&body)).await?;
        let csrf = answer.good()?.get("csrf").and_then(Value::as_str).map(str::to_owned).context("no csrf")?;
        let cookie = answer.header("set-cookie").context("no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or(cookie).to_owned();
        let mut signed = self.clone().with("Cookie", &cookie);
        signed.csrf = Some(csrf);
        Ok(signed)
    }

    /// Any request. `path` begins with `/`; `method` is in upper case.
    ///
    /// # Errors
    /// When the connection fails; what the server answers, whatever its status, is an answer.
    pub async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> anyhow::Result<Answer> {
        let method = Method::from_bytes(method.as_bytes())?;
        let asked = format!("{method} {path}");
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            if !headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name)) {
                request = request.header(name, value);
            }
        }
        let named = headers.iter().any(|(key, _)| key.eq_ignore_ascii_case("x-csrf-token"));
        if let Some(csrf) = self.csrf.as_ref().filter(|_| !method.is_safe() && !named) {
            request = request.header("X-CSRF-Token", csrf);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.with_context(|| asked.clone())?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let text = response.text().await.with_context(|| asked.clone())?;
        Ok(Answer { status, headers, text, asked })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let bytes = body.map(serde_json::to_vec).transpose().context("writing JSON")?;
        self.request(method.as_str(), path, headers, bytes).await
    }

    /// `GET /fhir/…`
    ///
    /// # Errors
    /// As [`Fhir::request`].
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Method::GET, &format!("/fhir/{path}"), &[("Accept", FHIR_JSON)], None).await
    }

    /// `POST /fhir/{type}` of a resource.
    ///
    /// # Errors
    /// As [`Fhir::request`].
    pub async fn create(&self, resource: &Value) -> anyhow::Result<Answer> {
        let kind = resource.get("resourceType").and_then(Value::as_str).context("no resourceType")?;
        self.post(kind, resource).await
    }

    /// `POST /fhir/…` of anything.
    ///
    /// # Errors
    /// As [`Fhir::request`].
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send(Method::POST, &format!("/fhir/{path}"), &[("Content-Type", FHIR_JSON)], Some(body)).await
    }

    /// `PUT /fhir/…`
    ///
    /// # Errors
    /// As [`Fhir::request`].
    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send(Method::PUT, &format!("/fhir/{path}"), &[("Content-Type", FHIR_JSON)], Some(body)).await
    }

    /// `DELETE /fhir/…`
    ///
    /// # Errors
    /// As [`Fhir::request`].
    pub async fn delete(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Method::DELETE, &format!("/fhir/{path}"), &[], None).await
    }

    /// `POST /fhir` of a Bundle.
    ///
    /// # Errors
    /// As [`Fhir::request`].
    pub async fn bundle(&self, bundle: &Value) -> anyhow::Result<Answer> {
        self.send(Method::POST, "/fhir", &[("Content-Type", FHIR_JSON)], Some(bundle)).await
    }

    /// How many resources a search finds, asked with `_summary=count`.
    ///
    /// # Errors
    /// When the search fails or answers without a total.
    pub async fn count(&self, search: &str) -> anyhow::Result<u64> {
        let sign = if search.contains('?') { '&' } else { '?' };
        let bundle = self.get(&format!("{search}{sign}_summary=count")).await?.good()?;
        bundle.get("total").and_then(Value::as_u64).with_context(|| format!("{search} has no total"))
    }

    /// Every resource that a search finds, following `next` links.
    ///
    /// # Errors
    /// When a page fails.
    pub async fn all(&self, search: &str) -> anyhow::Result<Vec<Value>> {
        let mut found = Vec::new();
        let mut page = self.get(search).await?.good()?;
        loop {
            let entries = page.get("entry").and_then(Value::as_array).cloned().unwrap_or_default();
            found.extend(entries.into_iter().filter_map(|mut entry| entry.get_mut("resource").map(Value::take)));
            let Some(next) = next_link(&page) else { return Ok(found) };
            let path =
                next.split_once("/fhir/").map(|(_, path)| path.to_owned()).context("a next link outside /fhir")?;
            page = self.get(&path).await?.good()?;
        }
    }
}

fn next_link(bundle: &Value) -> Option<&str> {
    let links = bundle.get("link")?.as_array()?;
    let next = links.iter().find(|link| link.get("relation").and_then(Value::as_str) == Some("next"))?;
    next.get("url")?.as_str()
}
