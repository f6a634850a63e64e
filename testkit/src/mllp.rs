//! An HL7 v2 sender: one connection, one message after the other, each waiting for its acknowledgement.

use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const START: u8 = 0x0B;
const END: [u8; 2] = [0x1C, 0x0D];

/// What came back: the bytes of an ACK message.
#[derive(Debug, Clone)]
pub struct Acknowledgement {
    pub text: String,
}

impl Acknowledgement {
    /// A field of the first segment of this name, by its number in the segment; repetitions and components stay whole.
    #[must_use]
    pub fn field(&self, segment: &str, number: usize) -> Option<&str> {
        let line = self.text.split(['\r', '\n']).find(|line| line.starts_with(segment))?;
        let separator = self.text.chars().nth(3)?;
        line.split(separator).nth(number)
    }

    /// MSA-1: `AA`, `AE`, `AR`, or with `C` first.
    #[must_use]
    pub fn code(&self) -> &str {
        self.field("MSA", 1).unwrap_or_default()
    }

    /// MSA-2: the control id that is acknowledged.
    #[must_use]
    pub fn control(&self) -> &str {
        self.field("MSA", 2).unwrap_or_default()
    }
}

/// A connection to the HL7 v2 door.
#[derive(Debug)]
pub struct Mllp {
    stream: TcpStream,
    held: Vec<u8>,
}

impl Mllp {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// When nobody accepts.
    pub async fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, held: Vec::new() })
    }

    /// Sends one message in a frame and waits for its acknowledgement.
    /// Lines may end with CR, LF or both: HL7 wants CR, and that is what is sent.
    ///
    /// # Errors
    /// When the connection ends or nothing comes within 30 seconds.
    pub async fn send(&mut self, message: &str) -> anyhow::Result<Acknowledgement> {
        let message = message.trim().replace("\r\n", "\r").replace('\n', "\r") + "\r";
        self.send_bytes(message.as_bytes()).await
    }

    /// The same with bytes as they are: any character set, any line ends.
    ///
    /// # Errors
    /// As [`Mllp::send`].
    pub async fn send_bytes(&mut self, message: &[u8]) -> anyhow::Result<Acknowledgement> {
        let mut frame = Vec::with_capacity(message.len() + 3);
        frame.push(START);
        frame.extend_from_slice(message);
        frame.extend_from_slice(&END);
        self.send_raw(&frame).await?;
        self.receive().await
    }

    /// Sends bytes without a frame: for halves of frames and rubbish.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn send_raw(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(bytes).await.context("sending")
    }

    /// The next acknowledgement.
    ///
    /// # Errors
    /// When the connection ends or nothing comes within 30 seconds.
    pub async fn receive(&mut self) -> anyhow::Result<Acknowledgement> {
        tokio::time::timeout(Duration::from_secs(30), self.frame()).await.context("no acknowledgement in 30 s")?
    }

    async fn frame(&mut self) -> anyhow::Result<Acknowledgement> {
        loop {
            if let Some(end) = self.held.windows(2).position(|pair| pair == END) {
                let rest = self.held.split_off(end + 2);
                let frame = std::mem::replace(&mut self.held, rest);
                let start = frame.iter().position(|byte| *byte == START).map_or(0, |at| at + 1);
                let body = frame.get(start..end).unwrap_or_default();
                return Ok(Acknowledgement { text: String::from_utf8_lossy(body).into_owned() });
            }
            if self.stream.read_buf(&mut self.held).await.context("receiving")? == 0 {
                bail!("the connection was closed without an acknowledgement");
            }
        }
    }
}
