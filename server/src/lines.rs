//! The lines of the delivery, over MLLP: one connection each, made when it is needed and kept.

use std::time::Duration;

use meridian_delivery::{DestinationConfig, Exchange, Fault, Line, Lines};
use meridian_mllp::{Client, ClientError};

/// Lines over MLLP.
pub(crate) struct Mllp;

impl Lines for Mllp {
    fn line(&self, to: &DestinationConfig) -> Box<dyn Line> {
        Box::new(MllpLine { address: to.address.clone(), patience: to.patience, connection: None })
    }
}

struct MllpLine {
    address: String,
    patience: Duration,
    connection: Option<Client>,
}

impl Line for MllpLine {
    fn exchange<'a>(&'a mut self, message: &'a [u8]) -> Exchange<'a> {
        Box::pin(async move {
            if let Some(mut kept) = self.connection.take() {
                // What came unasked belongs to no message that is still to be sent.
                kept.discard();
                match kept.send(message).await {
                    Ok(answer) => {
                        self.connection = Some(kept);
                        return Ok(answer.to_vec());
                    }
                    Err(ClientError::TimeOut) => return Err(Fault::TimeOut),
                    // Receivers close what was silent for long: that is no fault, and a new connection is made at once.
                    Err(ClientError::Closed | ClientError::Io(_)) => {}
                }
            }
            let mut fresh = Client::connect(self.address.as_str(), self.patience).await.map_err(fault)?;
            let answer = fresh.send(message).await.map_err(fault)?;
            self.connection = Some(fresh);
            Ok(answer.to_vec())
        })
    }

    fn answer(&mut self) -> Exchange<'_> {
        Box::pin(async move {
            let Some(kept) = &mut self.connection else { return Err(Fault::Closed) };
            Ok(kept.answer().await.map_err(fault)?.to_vec())
        })
    }

    fn hang_up(&mut self) {
        self.connection = None;
    }
}

fn fault(error: ClientError) -> Fault {
    match error {
        ClientError::Io(error) => Fault::Connection(error.to_string()),
        ClientError::TimeOut => Fault::TimeOut,
        ClientError::Closed => Fault::Closed,
    }
}
