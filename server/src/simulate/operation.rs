//! `$simulation`: what the live day is doing now.

use std::sync::Arc;

use meridian_engine::operations::{Act, Answering, Call, Effect, Operation};
use meridian_engine::{Caller, Engine};
use serde_json::{Value, json};

use super::Ledger;

/// The row of the table.
pub(crate) fn operation(ledger: Arc<Ledger>) -> Operation {
    let says = "What the live day of the demo is doing: its clock, its speed, what it sent and what was said to it.";
    Operation::of_the_system("simulation", Effect::Looks, &[], says, Simulation(ledger))
}

struct Simulation(Arc<Ledger>);

impl Act for Simulation {
    fn run<'a>(&'a self, _engine: &'a Engine, _caller: &'a Caller, _call: Call) -> Answering<'a> {
        Box::pin(async move { Ok(parameters(&self.0.json())) })
    }
}

/// The figures as parameters.
fn parameters(figures: &Value) -> Value {
    let whole = [
        ("sent", "sent"),
        ("accepted", "accepted"),
        ("parked", "parkedAsPlanned"),
        ("refused", "refused"),
        ("twice", "twice"),
        ("lost", "lost"),
        ("unanswered", "unanswered"),
    ];
    let text = |name: &str| figures.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut list = vec![json!({"name": "state", "valueCode": text("state").unwrap_or("off")})];
    list.extend(text("clock").map(|clock| json!({"name": "clock", "valueDateTime": clock})));
    list.push(json!({"name": "speed", "valueDecimal": figures.get("speed")}));
    list.extend(whole.map(|(name, from)| json!({"name": name, "valueInteger": figures.get(from)})));
    for (name, from) in [("lagP50", "lagP50Ms"), ("lagP95", "lagP95Ms")] {
        let ms = figures.get(from).and_then(Value::as_f64).unwrap_or_default();
        list.push(json!({"name": name, "valueDecimal": (ms * 10.0).round() / 10.0}));
    }
    json!({"resourceType": "Parameters", "parameter": list})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_district_that_rests_says_so() {
        let said = parameters(&Ledger::default().json());
        assert_eq!(said.pointer("/parameter/0"), Some(&json!({"name": "state", "valueCode": "off"})));
    }
}
