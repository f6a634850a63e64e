//! A client that costs little: one connection, one request at a time, bodies of known length or in chunks.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Where requests go, and what all of them say.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// What stands before every path that [`Client::send`] is given.
    prefix: &'static str,
    headers: String,
}

impl Target {
    pub(crate) fn new(address: SocketAddr, token: &str) -> Target {
        let headers = format!(
            " HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\naccept: application/fhir+json\r\n\r\n"
        );
        Target { address, prefix: "/fhir", headers }
    }

    /// A server of somebody else, open to everybody, whose FHIR service stands at its root.
    pub(crate) fn open(address: SocketAddr) -> Target {
        let headers = format!(" HTTP/1.1\r\nhost: {address}\r\naccept: application/fhir+json\r\n\r\n");
        Target { address, prefix: "", headers }
    }
}

pub(crate) struct Client {
    target: Target,
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer<'c> {
    pub(crate) status: u16,
    pub(crate) body: &'c [u8],
}

impl Client {
    pub(crate) async fn connect(target: &Target) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(target.address).await.context("the server does not listen")?;
        stream.set_nodelay(true)?;
        Ok(Client { target: target.clone(), stream, request: Vec::new(), answer: Vec::with_capacity(64 << 10) })
    }

    pub(crate) async fn get(&mut self, path: &str) -> anyhow::Result<Answer<'_>> {
        self.request.clear();
        self.request.extend_from_slice(b"GET ");
        self.request.extend_from_slice(path.as_bytes());
        self.request.extend_from_slice(self.target.headers.as_bytes());
        self.exchange().await
    }

    /// Sends a FHIR body.
    pub(crate) async fn post(&mut self, path: &str, body: &[u8]) -> anyhow::Result<Answer<'_>> {
        let length = format!("\r\ncontent-type: application/fhir+json\r\ncontent-length: {}\r\n\r\n", body.len());
        self.request.clear();
        for part in
            [b"POST ".as_slice(), path.as_bytes(), self.target.headers.trim_end().as_bytes(), length.as_bytes(), body]
        {
            self.request.extend_from_slice(part);
        }
        self.exchange().await
    }

    /// Any request on the FHIR service; a body of type `kind` (and what headers follow there) unless it is empty.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &[u8],
        kind: &str,
    ) -> anyhow::Result<Answer<'_>> {
        self.request.clear();
        let place = if path.is_empty() && self.target.prefix.is_empty() { "/" } else { path };
        for part in [method, " ", self.target.prefix, place, self.target.headers.trim_end()] {
            self.request.extend_from_slice(part.as_bytes());
        }
        if !body.is_empty() {
            let length = format!("\r\ncontent-type: {kind}\r\ncontent-length: {}", body.len());
            self.request.extend_from_slice(length.as_bytes());
        }
        self.request.extend_from_slice(b"\r\n\r\n");
        self.request.extend_from_slice(body);
        self.exchange().await
    }

    async fn exchange(&mut self) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        let head = loop {
            self.more().await?;
            if let Some(at) = self.answer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let (status, length) = read_head(self.answer.get(..head).unwrap_or_default())?;
        let end = match length {
            Some(length) => {
                while self.answer.len() < head + length {
                    self.more().await?;
                }
                head + length
            }
            None => self.chunks(head).await?,
        };
        Ok(Answer { status, body: self.answer.get(head..end).unwrap_or_default() })
    }

    /// Reads the chunks that follow the head and puts them together behind it; gives where the body ends.
    async fn chunks(&mut self, head: usize) -> anyhow::Result<usize> {
        let (mut end, mut next) = (head, head);
        loop {
            let (size, data) = loop {
                if let Some(found) = read_size(self.answer.get(next..).unwrap_or_default())? {
                    break found;
                }
                self.more().await?;
            };
            let data = next + data;
            while self.answer.len() < data + size + 2 {
                self.more().await?;
            }
            self.answer.copy_within(data..data + size, end);
            (end, next) = (end + size, data + size + 2);
            if size == 0 {
                return Ok(end);
            }
        }
    }

    /// The answer to a request that should succeed, as JSON.
    pub(crate) async fn json(&mut self, path: &str) -> anyhow::Result<serde_json::Value> {
        let answer = self.get(path).await?;
        if answer.status != 200 {
            bail!("GET {path} was answered {}: {}", answer.status, String::from_utf8_lossy(answer.body));
        }
        Ok(serde_json::from_slice(answer.body)?)
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.answer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

/// The size of a chunk and where its data begins, once its first line is there.
fn read_size(text: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(end) = text.windows(2).position(|window| window == b"\r\n") else { return Ok(None) };
    let line = std::str::from_utf8(text.get(..end).unwrap_or_default()).context("a chunk with a strange size")?;
    let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16);
    Ok(Some((size.context("a chunk without a size")?, end + 2)))
}

/// Status and length of the body; no length where it comes in chunks.
fn read_head(head: &[u8]) -> anyhow::Result<(u16, Option<usize>)> {
    let text = std::str::from_utf8(head).context("an answer with a strange head")?;
    let status = text.get(9..12).and_then(|code| code.parse().ok()).context("an answer without a status")?;
    let header = |wanted: &str| {
        let mut pairs = text.lines().skip(1).filter_map(|line| line.split_once(':'));
        pairs.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    match header("content-length").and_then(|value| value.parse().ok()) {
        Some(length) => Ok((status, Some(length))),
        None if matches!(status, 204 | 304) => Ok((status, Some(0))),
        None if header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) => {
            Ok((status, None))
        }
        None => bail!("an answer of unknown length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read() {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: x\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(read_head(head).unwrap(), (200, Some(12)));
        assert_eq!(read_head(b"HTTP/1.1 304 Not Modified\r\n\r\n").unwrap(), (304, Some(0)));
        assert_eq!(read_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").unwrap(), (200, None));
        assert!(read_head(b"HTTP/1.1 200 OK\r\nserver: x\r\n\r\n").is_err());
    }

    #[test]
    fn sizes_of_chunks_are_read() {
        assert_eq!(read_size(b"1a;x=y\r\nabc").unwrap(), Some((26, 8)));
        assert_eq!(read_size(b"1a").unwrap(), None);
        assert!(read_size(b"no\r\n").is_err());
    }
}
