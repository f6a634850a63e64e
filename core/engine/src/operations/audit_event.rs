//! Rows of the audit chains as AuditEvents. Types and actions are those of DICOM's and HL7's audit vocabularies.

use meridian_store::{LookRow, WriteRow};
use serde_json::{Value, json};

use crate::engine::instant;

/// Changes of one row that are listed; the rest is counted.
const MOST_CHANGES: usize = 20;

/// A look at `patients`, which are given as ids.
pub(super) fn of_look(row: &LookRow, patients: &[String]) -> Value {
    let look = &row.look;
    let action = if look.act == "search" { "E" } else { "R" };
    let mut entity = whom(patients);
    if !look.id.is_empty() {
        entity.push(json!({"what": {"reference": format!("{}/{}", look.kind, look.id)}}));
    }
    if !look.query.is_empty() {
        entity.push(json!({"description": format!("{}?{}", look.kind, look.query)}));
    }
    let subtype = match look.act.as_str() {
        "read" | "vread" => look.act.as_str(),
        "history" if !look.id.is_empty() => "history-instance",
        "history" if !look.kind.is_empty() => "history-type",
        "history" => "history-system",
        "search" => "search-type",
        _ => "operation",
    };
    let who = Who { actor: &look.actor, display: &look.display, role: &look.role, institution: &look.institution };
    event(&format!("look-{}", row.seq), row.at, &[(subtype, &look.act)], action, &who, &entity)
}

/// What a transaction wrote about one subject, who is `patients`.
pub(super) fn of_write(row: &WriteRow, patients: &[String]) -> Value {
    let mut entity = whom(patients);
    let (mut subtypes, mut more) = (Vec::new(), 0);
    for (at, line) in row.what.lines().enumerate() {
        let Some((letter, rest)) = line.split_once(' ') else { continue };
        let (name, version) = rest.rsplit_once('/').unwrap_or((rest, ""));
        let (subtype, cycle, what) = match letter {
            "C" => ("create", Some(("1", "Origination / Creation")), format!("{name}/_history/{version}")),
            "U" => ("update", Some(("3", "Amendment")), format!("{name}/_history/{version}")),
            "D" => ("delete", Some(("14", "Logical deletion")), name.to_owned()),
            // Who belongs to which person, `J Patient/golden why`; what was done with a message, `P outbox/CJ02/17 why`.
            _ => ("operation", None, rest.split(' ').next().unwrap_or_default().to_owned()),
        };
        if !subtypes.iter().any(|(known, _)| *known == subtype) {
            subtypes.push((subtype, subtype));
        }
        if at >= MOST_CHANGES {
            more += 1;
            continue;
        }
        let one = match cycle {
            Some((code, display)) => {
                let system = "http://terminology.hl7.org/CodeSystem/dicom-audit-lifecycle";
                let cycle = json!({"system": system, "code": code, "display": display});
                json!({"what": {"reference": what}, "lifecycle": cycle})
            }
            None => {
                let word = match letter {
                    "J" => "join",
                    "L" => "leave",
                    "P" => "set aside",
                    "R" => "send again",
                    "X" => "erase",
                    _ => "act",
                };
                let why = rest.split_once(' ').map_or("", |(_, why)| why);
                json!({"what": {"reference": what}, "description": format!("{word}: {why}")})
            }
        };
        entity.push(one);
    }
    if more > 0 {
        entity.push(json!({"description": format!("{more} more"), "detail": [{"type": "more", "valueString": more.to_string()}]}));
    }
    let written: Vec<&str> = subtypes.iter().map(|(code, _)| *code).filter(|code| *code != "operation").collect();
    let action = match written.as_slice() {
        ["create"] => "C",
        ["update"] => "U",
        ["delete"] => "D",
        _ => "E",
    };
    let o = &row.origin;
    let who = Who { actor: &o.actor, display: &o.actor, role: &o.role, institution: &o.institution };
    event(&format!("write-{}", row.seq), row.at, &subtypes, action, &who, &entity)
}

struct Who<'a> {
    actor: &'a str,
    display: &'a str,
    role: &'a str,
    institution: &'a str,
}

fn whom(patients: &[String]) -> Vec<Value> {
    let role =
        json!({"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1", "display": "Patient"});
    patients.iter().map(|id| json!({"what": {"reference": format!("Patient/{id}")}, "role": role})).collect()
}

fn event(id: &str, at: i64, subtypes: &[(&str, &str)], action: &str, who: &Who<'_>, entity: &[Value]) -> Value {
    let subtype = subtypes.iter().map(|(code, display)| {
        json!({"system": "http://hl7.org/fhir/restful-interaction", "code": code, "display": display})
    });
    json!({
        "resourceType": "AuditEvent",
        "id": id,
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest", "display": "RESTful Operation"},
        "subtype": subtype.collect::<Vec<_>>(),
        "action": action,
        "recorded": instant(at),
        "outcome": "0",
        "agent": [{
            "altId": who.actor,
            "name": who.display,
            "requestor": true,
            "role": [{"coding": [{"system": "https://meridian.example/role", "code": who.role}]}],
            "who": {"display": who.display, "identifier": {"system": "https://meridian.example/id/user", "value": who.actor}}
        }],
        "source": {
            "site": who.institution,
            "observer": {"identifier": {"system": "https://meridian.example/id/institution", "value": who.institution}}
        },
        "entity": entity
    })
}

#[cfg(test)]
mod tests {
    use meridian_store::Origin;

    use super::*;

    #[test]
    fn a_large_write_is_cut_and_says_so() {
        use std::fmt::Write;
        let mut what = String::from("J Patient/g number\n");
        for n in 0..30 {
            let _ = writeln!(what, "C Observation/o{n}/1");
        }
        let row = WriteRow { seq: 4, tx: 2, at: 0, origin: Origin::default(), subject: 9, what };
        let event = of_write(&row, &["g".to_owned()]);
        let entity = event["entity"].as_array().unwrap();
        assert_eq!(entity.len(), 1 + MOST_CHANGES + 1, "whom, what is listed, and how much more");
        assert_eq!(entity[1]["description"], "join: number");
        assert_eq!(entity[2]["what"]["reference"], "Observation/o0/_history/1");
        assert_eq!(entity[21]["detail"][0]["valueString"], "11");
        assert_eq!(event["action"], "C", "whose it is now is told besides");
    }
}
