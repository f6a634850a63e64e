//! The listening system of another institution: keeps what it is sent, and answers as a test wants, or does not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

const START: u8 = 0x0B;
const END: [u8; 2] = [0x1C, 0x0D];

/// What a receiver does with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// An acknowledgement with this code.
    Code(String),
    /// Nothing at all; the connection stays open.
    Silence,
    /// It closes the connection.
    Close,
    /// An answer that is none.
    Garbage,
}

/// A message that came, as its bytes and as text (of UTF-8; what is not becomes U+FFFD).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub bytes: Vec<u8>,
    pub text: String,
}

impl Message {
    /// A field of the first segment of this name, as it was written; MSH counts from its separator.
    #[must_use]
    pub fn field(&self, segment: &str, number: usize) -> Option<&str> {
        let number = if segment == "MSH" { number.checked_sub(1)? } else { number };
        let line = self.text.split('\r').find(|line| line.starts_with(segment))?;
        line.split('|').nth(number)
    }

    /// MSH-10.
    #[must_use]
    pub fn control(&self) -> &str {
        self.field("MSH", 10).unwrap_or_default()
    }
}

type Answers = Box<dyn FnMut(&Message) -> Reply + Send>;

struct Shared {
    received: Mutex<Vec<Message>>,
    answers: Mutex<Answers>,
}

/// A receiver; it goes down when it is dropped.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

impl Receiver {
    /// Listens on a free port and answers `AA` to everything.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> anyhow::Result<Self> {
        let answers: Answers = Box::new(|_| Reply::Code("AA".to_owned()));
        let shared = Arc::new(Shared { received: Mutex::default(), answers: Mutex::new(answers) });
        let mut receiver = Self { address: SocketAddr::from(([127, 0, 0, 1], 0)), shared, listening: None };
        receiver.up().await?;
        Ok(receiver)
    }

    /// `127.0.0.1:port`; the same through every [`Receiver::down`] and [`Receiver::up`].
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Answers like this from now on.
    pub fn answer(&self, answers: impl FnMut(&Message) -> Reply + Send + 'static) {
        *self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(answers);
    }

    /// Everything that came, in the order in which it came, also what was not answered.
    #[must_use]
    pub fn received(&self) -> Vec<Message> {
        self.shared.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same with each control id once, where it came first.
    #[must_use]
    pub fn once(&self) -> Vec<Message> {
        let mut seen = std::collections::HashSet::new();
        self.received().into_iter().filter(|message| seen.insert(message.control().to_owned())).collect()
    }

    /// Stops listening and cuts every connection.
    pub async fn down(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
            let _ = listening.await;
        }
    }

    /// Listens (again), at the same address.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn up(&mut self) -> anyhow::Result<()> {
        let socket = TcpListener::bind(self.address).await.with_context(|| format!("listening at {}", self.address))?;
        self.address = socket.local_addr()?;
        let shared = Arc::clone(&self.shared);
        self.listening = Some(tokio::spawn(async move {
            // Ends with the task, and the connections with it.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = socket.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        }));
        Ok(())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut held = Vec::new();
    loop {
        while let Some(end) = held.windows(2).position(|pair| pair == END) {
            let rest = held.split_off(end + 2);
            let frame = std::mem::replace(&mut held, rest);
            let start = frame.iter().position(|byte| *byte == START).map_or(0, |at| at + 1);
            let bytes = frame.get(start..end).unwrap_or_default().to_vec();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let message = Message { bytes, text };
            let reply = {
                shared.received.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
                (shared.answers.lock().unwrap_or_else(PoisonError::into_inner))(&message)
            };
            let answer = match reply {
                Reply::Code(code) => acknowledgement(&code, message.control()),
                Reply::Garbage => "what?".to_owned(),
                Reply::Silence => continue,
                Reply::Close => return,
            };
            let framed = [&[START], answer.as_bytes(), &END].concat();
            if stream.write_all(&framed).await.is_err() {
                return;
            }
        }
        match stream.read_buf(&mut held).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn acknowledgement(code: &str, control: &str) -> String {
    format!(
        "MSH|^~\\&|TEST|TEST|||20260105083000+0800||ACK|A{control}|P|2.5.1\rMSA|{code}|{control}|as the test wants\r"
    )
}
