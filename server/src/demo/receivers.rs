//! The systems of other hospitals that the demo plays: they take what the platform tells them and say yes.

use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use meridian_delivery::DestinationConfig;
use meridian_mllp::{Answer, Limits, Listener, MessageHandler, Peer};
use tokio_util::sync::CancellationToken;

/// Opens a listener for each destination and puts its address there.
pub(super) async fn open(destinations: &mut [DestinationConfig], stop: &CancellationToken) -> anyhow::Result<()> {
    for destination in destinations {
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = Listener::bind(any, Limits::default()).await.context("cannot play a receiving hospital")?;
        destination.address = listener.address().to_string();
        tokio::spawn(listener.serve(Arc::new(Receiver), stop.clone()));
    }
    Ok(())
}

struct Receiver;

impl MessageHandler for Receiver {
    fn receive(&self, _peer: Peer, raw: Bytes) -> Answer<'_> {
        Box::pin(async move { meridian_mllp::accept(&raw, jiff::Timestamp::now().as_millisecond()) })
    }
}
