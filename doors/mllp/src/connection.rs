//! One connection: frames in, answers out, one after the other.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use meridian_hl7v2::mllp::{Decoder, Event, frame};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{Limits, MessageHandler, Peer, listener::Counters, refusal, refusal::Refusal};

/// The unit in which half-read messages are charged against `Limits::total_bytes`.
pub(crate) const CHARGE: usize = 64 << 10;

/// All that a connection needs of its listener.
pub(crate) struct Context {
    pub(crate) handler: Arc<dyn MessageHandler>,
    pub(crate) limits: Limits,
    pub(crate) memory: Arc<Semaphore>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) stop: CancellationToken,
}

/// Why a connection ended; for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Idle,
    Slow,
    Garbage,
    Refused(Refusal),
    Stopped,
    Lost,
}

/// Serves one peer until either side has enough.
pub(crate) async fn serve(mut stream: TcpStream, peer: Peer, context: &Context) -> End {
    let _ = stream.set_nodelay(true);
    let mut connection = Connection {
        decoder: Decoder::new(context.limits.message),
        charged: None,
        began: None,
        pending: VecDeque::new(),
        peer,
        context,
    };
    let end = connection.run(&mut stream).await;
    let _ = timeout(Duration::from_secs(1), stream.shutdown()).await;
    end
}

struct Connection<'a> {
    decoder: Decoder,
    /// What the half-read message holds of the listener's memory.
    charged: Option<OwnedSemaphorePermit>,
    /// When the first byte of that message came.
    began: Option<Instant>,
    pending: VecDeque<Event>,
    peer: Peer,
    context: &'a Context,
}

impl Connection<'_> {
    async fn run(&mut self, stream: &mut TcpStream) -> End {
        let mut chunk = vec![0; 16 << 10];
        loop {
            while let Some(event) = self.pending.pop_front() {
                if let Some(end) = self.handle(stream, event).await {
                    return end;
                }
                if self.context.stop.is_cancelled() {
                    return End::Stopped;
                }
            }
            let deadline = match self.began {
                Some(began) => began + self.context.limits.frame,
                None => Instant::now() + self.context.limits.idle,
            };
            let read = tokio::select! {
                biased;
                // A message that has begun is not waited for: its sender has no answer and will send it again.
                () = self.context.stop.cancelled() => return End::Stopped,
                read = timeout_at(deadline.min(Instant::now() + self.context.limits.idle), stream.read(&mut chunk)) => read,
            };
            match read {
                Err(_) if self.began.is_some_and(|began| began.elapsed() >= self.context.limits.frame) => {
                    return End::Slow;
                }
                Err(_) => return End::Idle,
                Ok(Err(_)) => return End::Lost,
                Ok(Ok(0)) => return self.closed(stream).await,
                Ok(Ok(count)) => {
                    let bytes = chunk.get(..count).unwrap_or_default();
                    self.pending.extend(self.decoder.feed(bytes));
                    if let Some(end) = self.account(stream).await {
                        return end;
                    }
                }
            }
        }
    }

    /// Charges what is buffered, notes when a message began, and sees to garbage.
    async fn account(&mut self, stream: &mut TcpStream) -> Option<End> {
        if self.decoder.garbage() > self.context.limits.garbage {
            return Some(End::Garbage);
        }
        if !self.decoder.is_inside() {
            (self.began, self.charged) = (None, None);
            return None;
        }
        // Within one read a message may end and the next begin: then the clock starts anew.
        if self.began.is_none() || !self.pending.is_empty() {
            self.began = Some(Instant::now());
        }
        let wanted = self.decoder.buffered() / CHARGE;
        let held = self.charged.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if wanted <= held {
            return None;
        }
        let more = u32::try_from(wanted - held).unwrap_or(u32::MAX);
        match Arc::clone(&self.context.memory).try_acquire_many_owned(more) {
            Ok(permit) => {
                match &mut self.charged {
                    Some(charged) => charged.merge(permit),
                    None => self.charged = Some(permit),
                }
                None
            }
            Err(_) => {
                let head = self.decoder.head();
                Some(self.refuse(stream, &head, Refusal::Busy).await)
            }
        }
    }

    async fn handle(&mut self, stream: &mut TcpStream, event: Event) -> Option<End> {
        match event {
            Event::Garbage { .. } => None,
            Event::Oversize { head } => Some(self.refuse(stream, &head, Refusal::Oversize).await),
            Event::Broken { head } => match refusal::answer(&head, Refusal::Broken) {
                // The peer began anew: it may go on once it knows.
                Some(answer) => {
                    self.context.counters.refused();
                    self.send(stream, &answer).await.err()
                }
                None => Some(End::Refused(Refusal::Broken)),
            },
            Event::Frame(raw) => {
                let answer = self.ask(raw.into()).await?;
                self.send(stream, &answer).await.err()
            }
        }
    }

    /// The handler's answer. It runs in a task of its own, so that a panic costs one message and not the door.
    async fn ask(&self, raw: Bytes) -> Option<Bytes> {
        self.context.counters.received();
        let (handler, peer, message) = (Arc::clone(&self.context.handler), self.peer, raw.clone());
        let task = tokio::spawn(async move { handler.receive(peer, message).await });
        match task.await {
            Ok(answer) => Some(answer),
            Err(_) => {
                tracing::error!(peer = %self.peer.address, "the message handler failed");
                self.context.counters.refused();
                Some(refusal::answer(&raw, Refusal::Failed).unwrap_or_default())
            }
        }
    }

    async fn closed(&mut self, stream: &mut TcpStream) -> End {
        match self.decoder.finish() {
            Some(event @ Event::Frame(_)) => self.handle(stream, event).await.unwrap_or(End::Closed),
            Some(Event::Broken { head }) => self.refuse(stream, &head, Refusal::Broken).await,
            _ => End::Closed,
        }
    }

    /// Answers `AR` where a header can be seen, and ends the connection.
    async fn refuse(&self, stream: &mut TcpStream, head: &[u8], why: Refusal) -> End {
        self.context.counters.refused();
        if let Some(answer) = refusal::answer(head, why)
            && self.send(stream, &answer).await.is_ok()
        {
            drain(stream).await;
        }
        End::Refused(why)
    }

    async fn send(&self, stream: &mut TcpStream, answer: &[u8]) -> Result<(), End> {
        if answer.is_empty() {
            return Err(End::Refused(Refusal::Failed));
        }
        match timeout(self.context.limits.write, stream.write_all(&frame(answer))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Lost),
        }
    }
}

/// Takes what a refused peer still sends, for a moment and a few MiB: closing with unread bytes would make the
/// kernel reset the connection, and the peer would never see our answer.
async fn drain(stream: &mut TcpStream) {
    let mut sink = vec![0; 64 << 10];
    let _ = stream.shutdown().await;
    let _ = timeout(Duration::from_secs(2), async {
        for _ in 0..512 {
            match stream.read(&mut sink).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    })
    .await;
}
