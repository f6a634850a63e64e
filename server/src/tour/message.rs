//! `$tour-message`: one laboratory result of the tour's resident, through the real HL7 v2 door.

use std::time::{Duration, Instant};

use meridian_engine::EngineError;
use meridian_mllp::client::{Client, ack_code};
use meridian_population::{Analyte, Region, RegionConfig, live};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

/// Sends it and tells the message, the answer, and how long the answer took.
///
/// # Errors
/// `Internal` when the door does not answer; the log of the door says why.
pub(super) async fn send(region: RegionConfig, mllp: &str) -> Result<Value, EngineError> {
    let internal = |says: String| EngineError::Internal(says);
    let now = jiff::Timestamp::now();
    let control = format!("T{}", now.as_millisecond());
    // A glucose that differs from one sending to the next, so that each is seen to be new.
    let tenths = i32::try_from(now.as_second().rem_euclid(60)).unwrap_or_default();
    let value = 6.0 + f64::from(tenths) / 10.0;
    let region = Region::new(region);
    let resident = region.tour_resident();
    let message = live::new_result(&region, &resident, Analyte::FastingGlucose, value, crate::clock::now(), &control)
        .ok_or_else(|| internal("the hospital does not know the tour's resident".into()))?;
    let began = Instant::now();
    let mut line = Client::connect(mllp, PATIENCE).await.map_err(|error| internal(error.to_string()))?;
    let answer = line.send(&message).await.map_err(|error| internal(error.to_string()))?;
    let took = began.elapsed();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\r', "\n");
    Ok(json!({"resourceType": "Parameters", "parameter": [
        {"name": "message", "valueString": text(&message)},
        {"name": "answer", "valueString": text(&answer)},
        {"name": "acknowledgement", "valueCode": ack_code(&answer)},
        {"name": "control", "valueString": control},
        {"name": "milliseconds", "valueDecimal": (took.as_secs_f64() * 10_000.0).round() / 10.0}
    ]}))
}
