//! Clients that each ask again as soon as they are answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::http::{Client, Target};
use crate::machine;
use crate::times::Times;

/// What clients ask next: a number that tells kinds of questions apart, and the path.
pub(crate) type Next = Arc<dyn Fn(&mut fastrand::Rng) -> (usize, String) + Send + Sync>;

/// A load: so many clients, that get warm and then are measured.
pub(crate) struct Load<'t> {
    pub(crate) target: &'t Target,
    /// The process of the server.
    pub(crate) pid: u32,
    pub(crate) clients: u64,
    pub(crate) warm_up: Duration,
    pub(crate) run_for: Duration,
}

/// What they met.
#[derive(Default)]
pub(crate) struct Met {
    /// By kind of question.
    pub(crate) times: Vec<Times>,
    pub(crate) errors: u64,
    /// What the first error said.
    pub(crate) first_error: Option<String>,
    pub(crate) seconds: f64,
    /// Processor seconds of the server, and of the clients.
    pub(crate) server: f64,
    pub(crate) clients: f64,
}

impl Met {
    pub(crate) fn all(&self) -> Times {
        let mut all = Times::default();
        self.times.iter().for_each(|times| all.append(times));
        all
    }

    fn add(&mut self, kind: usize, took: Duration) {
        if self.times.len() <= kind {
            self.times.resize_with(kind + 1, Times::default);
        }
        if let Some(times) = self.times.get_mut(kind) {
            times.add(took);
        }
    }

    fn join(&mut self, other: Met) {
        for (kind, times) in other.times.iter().enumerate() {
            if self.times.len() <= kind {
                self.times.push(Times::default());
            }
            if let Some(own) = self.times.get_mut(kind) {
                own.append(times);
            }
        }
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
    }
}

impl Load<'_> {
    pub(crate) async fn run(&self, next: &Next) -> anyhow::Result<Met> {
        let mut clients = Vec::new();
        for _ in 0..self.clients {
            clients.push(Client::connect(self.target).await?);
        }
        let from = Instant::now() + self.warm_up;
        let until = from + self.run_for;
        let mut asking = tokio::task::JoinSet::new();
        for (seed, client) in (1..).zip(clients) {
            asking.spawn(ask(client, fastrand::Rng::with_seed(seed), Arc::clone(next), from, until));
        }
        tokio::time::sleep_until(from.into()).await;
        let own = std::process::id();
        let before = (machine::used_by(self.pid), machine::used_by(own));
        let began = Instant::now();
        tokio::time::sleep_until(until.into()).await;
        let mut met = Met {
            server: machine::used_by(self.pid) - before.0,
            clients: machine::used_by(own) - before.1,
            seconds: began.elapsed().as_secs_f64(),
            ..Met::default()
        };
        while let Some(done) = asking.join_next().await {
            met.join(done??);
        }
        Ok(met)
    }
}

async fn ask(
    mut client: Client,
    mut rng: fastrand::Rng,
    next: Next,
    from: Instant,
    until: Instant,
) -> anyhow::Result<Met> {
    let mut met = Met::default();
    loop {
        let (kind, path) = next(&mut rng);
        let began = Instant::now();
        let answer = client.get(&path).await?;
        let ended = Instant::now();
        if ended >= until {
            return Ok(met);
        }
        if answer.status != 200 {
            met.errors += 1;
            let said = || format!("{} {path}: {}", answer.status, String::from_utf8_lossy(answer.body));
            met.first_error.get_or_insert_with(said);
        } else if ended >= from {
            met.add(kind, ended - began);
        }
    }
}
