//! The wire to a PostgreSQL server: requests go out in batches, each ended by a Sync; answers come back in their order.
//!
//! What only writes is sent and not waited for. The first fault of a batch is kept and told at the next wait.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::authentication::{md5_hash, sasl};
use postgres_protocol::message::backend::{ErrorResponseBody, Message};
use postgres_protocol::message::frontend;

use socket2::{SockRef, TcpKeepalive};

use super::tls::{self, Asked, Encrypted};
use super::url::{Config, Host};
use crate::StoreError;

/// How long a server may take to answer a caller who wants to come in.
const KNOCK: Duration = Duration::from_secs(10);
/// How long what is sent may stand still because the other side does not take it.
const STUCK: Duration = Duration::from_secs(60);
/// After so long a silence the other machine is asked whether it is still there, and again and again.
const STILL_THERE: Duration = Duration::from_secs(10);
const AND_AGAIN: Duration = Duration::from_secs(5);
/// How long it may leave that, or what was sent to it, without an answer.
const GONE: Duration = Duration::from_secs(20);

enum Stream {
    Tcp(TcpStream),
    Tls(Encrypted),
    Unix(UnixStream),
}

impl Stream {
    fn open(config: &Config) -> Result<Stream, StoreError> {
        let gone = |error: &io::Error| away(config, error);
        match &config.host {
            Host::Tcp(host) => {
                let stream = knock(host, config.port).and_then(|stream| attend(&stream).map(|()| stream));
                Ok(match tls::ask(config, host, stream.map_err(|e| gone(&e))?)? {
                    Asked::Plain(stream) => Stream::Tcp(stream),
                    Asked::Encrypted(stream) => Stream::Tls(stream),
                })
            }
            Host::Unix(folder) => {
                let path = folder.join(format!(".s.PGSQL.{}", config.port));
                let stream = UnixStream::connect(path).map_err(|e| gone(&e))?;
                stream.set_write_timeout(Some(STUCK)).map_err(|e| gone(&e))?;
                Ok(Stream::Unix(stream))
            }
        }
    }

    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.set_nonblocking(nonblocking),
            Stream::Tls(stream) => stream.sock.set_nonblocking(nonblocking),
            Stream::Unix(stream) => stream.set_nonblocking(nonblocking),
        }
    }

    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.set_read_timeout(timeout),
            Stream::Tls(stream) => stream.sock.set_read_timeout(timeout),
            Stream::Unix(stream) => stream.set_read_timeout(timeout),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.read(buffer),
            Stream::Tls(stream) => stream.read(buffer),
            Stream::Unix(stream) => stream.read(buffer),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.write_all(bytes),
            Stream::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
            Stream::Unix(stream) => stream.write_all(bytes),
        }
    }
}

/// An open connection, below statements and transactions.
pub(super) struct Wire {
    stream: Stream,
    /// What goes out with the next flush.
    pub(super) out: BytesMut,
    input: BytesMut,
    chunk: Vec<u8>,
}

/// What is read from the socket at a time.
const CHUNK: usize = 64 << 10;
/// The room for what goes out that is kept for the next time: one heavy message must not hold it for good.
const MOST_KEPT: usize = 1 << 20;

impl Wire {
    /// Connects, says who it is, and returns when the server is ready. `settings` are those of the session; a server
    /// that says nothing for longer than `silence` is gone.
    pub(super) fn open(
        config: &Config,
        settings: &[(&str, String)],
        silence: Option<Duration>,
    ) -> Result<Wire, StoreError> {
        let stream = Stream::open(config)?;
        stream.set_read_timeout(Some(KNOCK)).map_err(|e| away(config, &e))?;
        let mut wire =
            Wire { stream, out: BytesMut::with_capacity(CHUNK), input: BytesMut::new(), chunk: vec![0; CHUNK] };
        let mut parameters = vec![("user", config.user.as_str()), ("database", config.database.as_str())];
        parameters.extend(settings.iter().map(|(name, value)| (*name, value.as_str())));
        frontend::startup_message(parameters, &mut wire.out).map_err(|e| away(config, &e))?;
        wire.come_in(config)?;
        wire.stream.set_read_timeout(silence).map_err(|e| away(config, &e))?;
        Ok(wire)
    }

    fn come_in(&mut self, config: &Config) -> Result<(), StoreError> {
        let gone = |e: &io::Error| away(config, e);
        let password =
            || config.password.as_deref().ok_or_else(|| StoreError::Place(format!("{config} asks for a password")));
        let mut scram: Option<sasl::ScramSha256> = None;
        loop {
            self.flush().map_err(|e| gone(&e))?;
            match self.next().map_err(|e| gone(&e))? {
                Message::AuthenticationCleartextPassword => {
                    frontend::password_message(password()?.as_bytes(), &mut self.out).map_err(|e| gone(&e))?;
                }
                Message::AuthenticationMd5Password(body) => {
                    let answer = md5_hash(config.user.as_bytes(), password()?.as_bytes(), body.salt());
                    frontend::password_message(answer.as_bytes(), &mut self.out).map_err(|e| gone(&e))?;
                }
                Message::AuthenticationSasl(body) => {
                    let offered: Vec<String> =
                        body.mechanisms().map(|m| Ok(m.to_owned())).collect().unwrap_or_default();
                    if !offered.iter().any(|mechanism| mechanism == sasl::SCRAM_SHA_256) {
                        return Err(StoreError::Place(format!("{config} asks for {offered:?}")));
                    }
                    let new = sasl::ScramSha256::new(password()?.as_bytes(), sasl::ChannelBinding::unsupported());
                    frontend::sasl_initial_response(sasl::SCRAM_SHA_256, new.message(), &mut self.out)
                        .map_err(|e| gone(&e))?;
                    scram = Some(new);
                }
                Message::AuthenticationSaslContinue(body) => {
                    let scram = scram.as_mut().ok_or_else(|| StoreError::Unavailable("out of turn".into()))?;
                    scram.update(body.data()).map_err(|e| StoreError::Place(format!("{config}: {e}")))?;
                    frontend::sasl_response(scram.message(), &mut self.out).map_err(|e| gone(&e))?;
                }
                Message::AuthenticationSaslFinal(body) => {
                    let scram = scram.as_mut().ok_or_else(|| StoreError::Unavailable("out of turn".into()))?;
                    scram.finish(body.data()).map_err(|e| StoreError::Place(format!("{config}: {e}")))?;
                }
                Message::ReadyForQuery(_) => return Ok(()),
                Message::ErrorResponse(body) => {
                    let fault = fault(&body);
                    let text = format!("{config}: {}", fault.text);
                    return Err(if fault.is_away() { StoreError::Unavailable(text) } else { StoreError::Place(text) });
                }
                Message::AuthenticationOk
                | Message::ParameterStatus(_)
                | Message::BackendKeyData(_)
                | Message::NoticeResponse(_) => {}
                _ => return Err(StoreError::Place(format!("{config} asks for a way to sign in that is not known"))),
            }
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        if !self.out.is_empty() {
            self.stream.write_all(&self.out)?;
            self.out.clear();
            if self.out.capacity() > MOST_KEPT {
                self.out = BytesMut::with_capacity(CHUNK);
            }
        }
        Ok(())
    }

    /// The next message, waited for.
    pub(super) fn next(&mut self) -> io::Result<Message> {
        loop {
            if let Some(message) = Message::parse(&mut self.input)? {
                return Ok(message);
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        match self.stream.read(&mut self.chunk) {
            Ok(0) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
            Ok(read) => {
                self.input.extend_from_slice(self.chunk.get(..read).unwrap_or_default());
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether the server is still there, as far as can be told without waiting.
    pub(super) fn is_open(&mut self) -> bool {
        if self.stream.set_nonblocking(true).is_err() {
            return false;
        }
        // All that came: the end may stand behind an answer that nobody waited for.
        let open = loop {
            if let Err(error) = self.fill() {
                break error.kind() == io::ErrorKind::WouldBlock;
            }
        };
        self.stream.set_nonblocking(false).is_ok() && open
    }

    /// The next message, or none if there is none within `timeout`.
    pub(super) fn next_within(&mut self, timeout: Duration) -> io::Result<Option<Message>> {
        if let Some(message) = Message::parse(&mut self.input)? {
            return Ok(Some(message));
        }
        self.stream.set_read_timeout(Some(timeout))?;
        let filled = self.fill();
        self.stream.set_read_timeout(None)?;
        match filled {
            Ok(()) => Message::parse(&mut self.input),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        frontend::terminate(&mut self.out);
        let _ = self.flush();
    }
}

/// The first of a host's addresses where somebody answers.
fn knock(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, KNOCK) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A machine that is gone without a word is noticed.
fn attend(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(KNOCK))?;
    stream.set_write_timeout(Some(STUCK))?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(STILL_THERE).with_interval(AND_AGAIN))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(GONE))?;
    Ok(())
}

pub(super) fn away(config: &Config, error: &io::Error) -> StoreError {
    StoreError::Unavailable(format!("{config}: {error}"))
}

/// What the server says against something, without its details, which may quote what somebody's record holds.
#[derive(Default)]
pub(super) struct Fault {
    pub(super) code: String,
    pub(super) text: String,
    /// Whether the session ends with it.
    pub(super) last: bool,
}

impl Fault {
    /// Whether the server is starting, stopping, full, or cannot get at its disk: it may be there again in a moment.
    pub(super) fn is_away(&self) -> bool {
        let class = ["57P", "53", "08", "58"].iter().any(|class| self.code.starts_with(class));
        class || self.code == "25P03" || (self.code == "55000" && self.text.contains("postmaster exited"))
    }
}

pub(super) fn fault(body: &ErrorResponseBody) -> Fault {
    let mut fault = Fault::default();
    let mut fields = body.fields();
    while let Ok(Some(field)) = fields.next() {
        let value = String::from_utf8_lossy(field.value_bytes()).into_owned();
        match field.type_() {
            b'C' => fault.code = value,
            b'M' => fault.text = value,
            b'V' => fault.last = value == "FATAL" || value == "PANIC",
            _ => {}
        }
    }
    fault
}
