//! The listening systems of other institutions, played by the test: who is told of what, and what they answer.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use meridian_testkit::{Message, Receiver, Reply};
use tokio::sync::Mutex;

use crate::scenario::{Expect, Step};
use crate::words::mismatch;

/// Receivers by institution.
#[derive(Debug)]
pub struct Receivers {
    all: BTreeMap<String, Mutex<Receiver>>,
    feeds: String,
}

impl Receivers {
    /// Plays every destination of a feed configuration.
    ///
    /// # Errors
    /// When a listener cannot be had.
    pub async fn play(feeds: &str) -> anyhow::Result<Self> {
        let mut all = BTreeMap::new();
        let (mut written, mut institution, mut destination) = (String::new(), String::new(), false);
        for line in feeds.lines() {
            if line.starts_with("[[") {
                destination = line.trim() == "[[destination]]";
            }
            if let Some((_, code)) = line.split_once("institution = ") {
                institution = code.split('"').nth(1).unwrap_or_default().to_owned();
            }
            if destination && line.starts_with("address = ") {
                let receiver = Receiver::start().await?;
                // Tests have less time than hospitals.
                written.push_str(&format!(
                    "address = \"{}\"\npatience = \"1s\"\nretry = \"50ms\"\nretry_most = \"200ms\"\n",
                    receiver.address()
                ));
                all.insert(institution.clone(), Mutex::new(receiver));
            } else if destination && line.starts_with("recent") {
                // What scenarios tell of happened in their own time.
            } else {
                written.push_str(line);
                written.push('\n');
            }
        }
        Ok(Self { all, feeds: written })
    }

    /// Writes the configuration, with the addresses of these receivers, into a folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        let file = folder.join("feeds.toml");
        std::fs::write(&file, &self.feeds).context("the feed configuration")?;
        Ok(file)
    }

    /// One receiver.
    ///
    /// # Errors
    /// When nobody plays this institution.
    pub fn at(&self, institution: &str) -> anyhow::Result<&Mutex<Receiver>> {
        self.all.get(institution).with_context(|| format!("no destination is {institution}"))
    }

    /// A step with `receiver`: first how it behaves from now on, then what must have come.
    pub(crate) async fn step(
        &self,
        institution: &str,
        about: &str,
        step: &Step,
        expect: &Expect,
    ) -> anyhow::Result<()> {
        let mut receiver = self.at(institution)?.lock().await;
        if let Some(answers) = &step.answers {
            receiver.answer(behave(answers, about)?);
        }
        match step.line.as_deref() {
            Some("down") => receiver.down().await,
            Some("up") => receiver.up().await?,
            Some(other) => bail!("a line goes down or up, not {other}"),
            None => {}
        }
        let ours = |message: &Message| message.text.contains(about);
        if let Some(wanted) = &expect.arrivals {
            let count = receiver.received().iter().filter(|message| ours(message)).count().to_string();
            if let Some(wrong) = mismatch(wanted, Some(&count)) {
                bail!("messages about {about} at {institution}: {wrong}");
            }
        }
        let Some(wanted) = &expect.messages else { return Ok(()) };
        let got: Vec<Message> = receiver.once().into_iter().filter(ours).collect();
        let texts = || got.iter().map(|message| message.text.replace('\r', "\n")).collect::<Vec<_>>().join("\n");
        ensure!(wanted.len() == got.len(), "expected {} messages, got {}:\n{}", wanted.len(), got.len(), texts());
        for (number, (wanted, got)) in wanted.iter().zip(&got).enumerate() {
            for (place, wanted) in wanted {
                let (segment, field) = place.split_once('-').with_context(|| format!("`{place}` is no PID-3"))?;
                let found = got.field(segment, field.parse()?).filter(|text| !text.is_empty());
                if let Some(wrong) = mismatch(wanted, found) {
                    bail!("message {}, {place}: {wrong}\n{}", number + 1, texts());
                }
            }
        }
        Ok(())
    }
}

/// The answers one after the other, the last for ever; a message that comes again is answered as the next one.
fn behave(answers: &[String], about: &str) -> anyhow::Result<impl FnMut(&Message) -> Reply + Send + 'static> {
    let replies: Vec<Reply> = answers.iter().map(|word| reply(word)).collect::<anyhow::Result<_>>()?;
    let last = replies.last().cloned().context("at least one answer")?;
    let (about, mut next) = (about.to_owned(), replies.into_iter());
    let mut settled: HashMap<String, Reply> = HashMap::new();
    Ok(move |message: &Message| {
        if !message.text.contains(&about) {
            return Reply::Code("AA".to_owned());
        }
        // What was taken or refused once is taken or refused again, as a receiver that knows control ids does.
        if let Some(reply) = settled.get(message.control()) {
            return reply.clone();
        }
        let reply = next.next().unwrap_or_else(|| last.clone());
        if matches!(reply, Reply::Code(_)) {
            settled.insert(message.control().to_owned(), reply.clone());
        }
        reply
    })
}

fn reply(word: &str) -> anyhow::Result<Reply> {
    Ok(match word {
        "AA" | "CA" | "AE" | "AR" => Reply::Code(word.to_owned()),
        "silence" => Reply::Silence,
        "close" => Reply::Close,
        "garbage" => Reply::Garbage,
        other => bail!("`{other}` is nothing that a receiver does"),
    })
}
