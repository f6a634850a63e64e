//! `$feeds`: how each feed lives. A configured feed has a row of its own; senders that no feed is configured for have
//! theirs by the institution that the heads of their messages name (none, as a rule).

use meridian_engine::{
    Caller, EngineError, instant,
    jobs::{self, INBOX, Pulse},
};
use serde_json::{Value, json};

use crate::{inbox::Inbox, map::FeedConfig};

/// The rows of all feeds. The counts are the institution's: feeds that share one show the same.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub(crate) async fn feeds(inbox: &Inbox, caller: &Caller) -> Result<Value, EngineError> {
    let pulses = jobs::pulse(inbox.engine(), caller, INBOX).await?;
    let quiet = Pulse { counting: pulses.iter().any(|pulse| pulse.counting), ..nothing() };
    let mut rows = Vec::new();
    for feed in inbox.feeds() {
        let pulse = pulses.iter().find(|pulse| pulse.institution == feed.institution).unwrap_or(&quiet);
        rows.push(row(&feed.institution, Some(feed), pulse, inbox.up_ms()));
    }
    for pulse in &pulses {
        if !inbox.feeds().iter().any(|feed| feed.institution == pulse.institution) {
            rows.push(row(&pulse.institution, None, pulse, 0));
        }
    }
    let parameters: Vec<Value> = rows.into_iter().map(|part| json!({"name": "feed", "part": part})).collect();
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

/// A feed of which nothing has come.
fn nothing() -> Pulse {
    Pulse {
        institution: String::new(),
        waiting: 0,
        done: 0,
        parked: 0,
        minutes: [0; 60],
        per_minute: 0,
        last: None,
        lag_p50: None,
        lag_p95: None,
        counting: false,
    }
}

fn row(institution: &str, feed: Option<&FeedConfig>, pulse: &Pulse, up: i64) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut text = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            parts.push(json!({"name": name, "valueString": value}));
        }
    };
    text("institution", Some(institution.to_owned()));
    text("name", feed.and_then(|feed| feed.name.clone()));
    text("door", Some("mllp".to_owned()));
    text("facility", feed.map(|feed| feed.facility().to_owned()));
    text("application", feed.and_then(|feed| feed.application.clone()));
    text("charset", feed.and_then(|feed| Some(feed.charset?.name().to_owned())));
    text("zone", feed.map(|feed| feed.zone.to_string()));
    let minutes: Vec<String> = pulse.minutes.iter().map(u32::to_string).collect();
    text("minutes", Some(minutes.join(",")));
    text("lastKind", pulse.last.as_ref().map(|(_, kind)| kind.clone()));
    let silence = feed.and_then(|feed| i64::try_from(feed.silence?.as_secs()).ok());
    for (name, count) in [
        ("received", Some(pulse.waiting + pulse.done + pulse.parked)),
        ("committed", Some(pulse.done)),
        ("parked", Some(pulse.parked)),
        ("waiting", Some(pulse.waiting)),
        ("lagP50", pulse.lag_p50),
        ("lagP95", pulse.lag_p95),
        ("silence", silence),
    ] {
        if let Some(count) = count {
            parts.push(json!({"name": name, "valueInteger": count}));
        }
    }
    parts.push(json!({"name": "perMinute", "valueDecimal": pulse.per_minute}));
    if let Some((at, _)) = &pulse.last {
        parts.push(json!({"name": "last", "valueInstant": instant(*at)}));
    }
    // While what lies there is still being counted, nobody can say when the last one came.
    if pulse.counting {
        parts.push(json!({"name": "counting", "valueBoolean": true}));
    }
    let alarm = silence.filter(|_| !pulse.counting).is_some_and(|silence| {
        let quiet = pulse.last.as_ref().map_or(up, |(at, _)| age(*at));
        quiet > silence * 1000
    });
    parts.push(json!({"name": "alarm", "valueBoolean": alarm}));
    parts
}

/// How long ago a moment was, in milliseconds.
fn age(at: i64) -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX).saturating_sub(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_silent_while_what_came_is_still_being_counted() {
        let mut feed = FeedConfig::for_institution("CJ01");
        feed.silence = Some(std::time::Duration::from_secs(60));
        let old = Some((1_000, "ADT^A08".to_owned()));
        let mut pulse = Pulse { last: old, ..nothing() };
        let alarm = |pulse: &Pulse| {
            let parts = row("CJ01", Some(&feed), pulse, 0);
            let value =
                |name: &str| parts.iter().find(|part| part["name"] == name).map(|part| part["valueBoolean"].clone());
            (value("alarm"), value("counting"))
        };
        assert_eq!(alarm(&pulse), (Some(json!(true)), None));
        pulse.counting = true;
        assert_eq!(alarm(&pulse), (Some(json!(false)), Some(json!(true))));
    }
}
