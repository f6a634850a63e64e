//! A small sender: connect, send one message, await its answer. For feeders, tests and benchmarks.

use std::{collections::VecDeque, io, time::Duration};

use bytes::Bytes;
use meridian_hl7v2::mllp::{Decoder, Event, frame};
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, ToSocketAddrs},
    time::timeout,
};

/// Why no answer came.
#[derive(Debug, Error)]
pub enum ClientError {
    #[error("connection: {0}")]
    Io(#[from] io::Error),
    #[error("no answer in time")]
    TimeOut,
    #[error("the connection was closed before the answer")]
    Closed,
}

/// One connection to a listener.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    decoder: Decoder,
    answers: VecDeque<Bytes>,
    patience: Duration,
}

impl Client {
    /// Connects; `patience` bounds this and every later wait.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(address: impl ToSocketAddrs, patience: Duration) -> Result<Self, ClientError> {
        let stream = timeout(patience, TcpStream::connect(address)).await.map_err(|_| ClientError::TimeOut)??;
        stream.set_nodelay(true)?;
        let decoder = Decoder::new(1 << 20);
        Ok(Self { stream, decoder, answers: VecDeque::new(), patience })
    }

    /// Sends a message (without frame) and returns the next answer (without frame).
    ///
    /// # Errors
    /// [`ClientError`]; the message may have been taken even so, and can be sent again: intake knows it by
    /// its control id.
    pub async fn send(&mut self, message: &[u8]) -> Result<Bytes, ClientError> {
        self.post(message).await?;
        self.answer().await
    }

    /// Sends a message (without frame) and does not wait for its answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post(&mut self, message: &[u8]) -> Result<(), ClientError> {
        self.send_raw(&frame(message)).await
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send_raw(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        timeout(self.patience, self.stream.write_all(bytes)).await.map_err(|_| ClientError::TimeOut)??;
        Ok(())
    }

    /// The next answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn answer(&mut self) -> Result<Bytes, ClientError> {
        timeout(self.patience, self.next_frame()).await.map_err(|_| ClientError::TimeOut)?
    }

    /// Drops the answers that are here already and were not read: they belong to nothing that is still to be sent.
    pub fn discard(&mut self) {
        let mut chunk = vec![0; 8 << 10];
        while let Ok(count @ 1..) = self.stream.try_read(&mut chunk) {
            drop(self.decoder.feed(chunk.get(..count).unwrap_or_default()));
        }
        self.answers.clear();
    }

    /// Says that nothing more will be sent; answers can still be read.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn finish(&mut self) -> Result<(), ClientError> {
        Ok(self.stream.shutdown().await?)
    }

    async fn next_frame(&mut self) -> Result<Bytes, ClientError> {
        let mut chunk = vec![0; 8 << 10];
        loop {
            if let Some(answer) = self.answers.pop_front() {
                return Ok(answer);
            }
            let count = self.stream.read(&mut chunk).await?;
            let events = if count == 0 {
                self.decoder.finish().into_iter().collect()
            } else {
                self.decoder.feed(chunk.get(..count).unwrap_or_default())
            };
            self.answers.extend(events.into_iter().filter_map(|event| match event {
                Event::Frame(bytes) => Some(Bytes::from(bytes)),
                _ => None,
            }));
            if count == 0 && self.answers.is_empty() {
                return Err(ClientError::Closed);
            }
        }
    }
}

/// MSA-1 of an answer: `AA`, `AE`, `AR`; empty when there is none.
#[must_use]
pub fn ack_code(answer: &[u8]) -> String {
    meridian_hl7v2::read(answer, &meridian_hl7v2::Limits::default(), meridian_hl7v2::Assumed::Nothing)
        .ok()
        .and_then(|read| read.message.get("MSA-1"))
        .unwrap_or_default()
}
