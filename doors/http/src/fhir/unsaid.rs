//! What JSON holds and XML can't say: a control character, a narrative that is no XHTML. In a list of resources it must
//! not hide the others, nor what was written: each is looked at by itself, and an OperationOutcome says what is missing.

use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::outcome::{Issue, Severity, outcome};
use meridian_model::reader::Fault;
use meridian_model::shape::{Shape, Summary};
use serde_json::{Map, Value, json};

/// Bundles that this server makes itself; what is missing in them is said in them.
const LISTS: [&str; 4] = ["searchset", "history", "batch-response", "transaction-response"];

/// The answer as XML. Of a list (`may_lack`) it may be without what XML can't say.
pub(super) fn write(mut answer: Value, may_lack: bool) -> Result<String, Fault> {
    match meridian_xml::write(&answer) {
        Err(_) if may_lack && is_list(&answer) => {
            mend(&mut answer);
            meridian_xml::write(&answer)
        }
        written => written,
    }
}

fn is_list(answer: &Value) -> bool {
    let is = |name: &str| answer.get(name).and_then(Value::as_str);
    is("resourceType") == Some("Bundle") && is("type").is_some_and(|kind| LISTS.contains(&kind))
}

fn mend(list: &mut Value) {
    let is_found = list.get("type").is_some_and(|kind| kind == "searchset");
    let Some(entries) = list.get_mut("entry").and_then(Value::as_array_mut) else { return };
    let mut told = Vec::new();
    for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
        let Some(issue) = entry.get_mut("resource").and_then(said) else { continue };
        let Missing { issue, is_all } = issue;
        match (is_found, is_all) {
            // The resource is there, and what it lacks is said at the end.
            (true, false) => told.push(issue),
            (true, true) => *entry = found(&[issue]),
            (false, _) => {
                if is_all {
                    entry.shift_remove("resource");
                }
                let response = entry.entry("response").or_insert_with(|| json!({"status": "200"}));
                if let Some(response) = response.as_object_mut() {
                    response.insert("outcome".to_owned(), outcome(&[issue]));
                }
            }
        }
    }
    if !told.is_empty() {
        entries.push(Value::Object(found(&told)));
    }
}

/// An entry of a search that tells of others.
fn found(issues: &[Issue]) -> Map<String, Value> {
    let entry = json!({"resource": outcome(issues), "search": {"mode": "outcome"}});
    if let Value::Object(entry) = entry { entry } else { Map::new() }
}

struct Missing {
    issue: Issue,
    /// Nothing of the resource can be said.
    is_all: bool,
}

/// Makes of a resource what can be said, and tells what is missing; nothing where all can be.
fn said(resource: &mut Value) -> Option<Missing> {
    if is_list(resource) {
        mend(resource); // a search in a batch
    }
    let fault = meridian_xml::write(resource).err()?;
    let text = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = format!("{}/{}", text("resourceType"), text("id"));
    let is_narrative = fault.path.ends_with(".text.div");
    if is_narrative {
        // As for `_summary=data`: marked, so that nobody writes it back.
        Shape { summary: Summary::Data, ..Shape::default() }.apply(resource);
    }
    let is_all = !is_narrative || meridian_xml::write(resource).is_err();
    let what = if is_all {
        both!("is left out", "没有给出")
    } else {
        both!("is without its narrative", "没有给出叙述")
    };
    let says = both!(
        "{name} {}, since XML can't say it; JSON can: {}",
        "{name} {}，因为 XML 无法表示，JSON 可以：{}",
        what,
        told(&fault)
    );
    Some(Missing {
        issue: Issue::new(
            Severity::Warning,
            "not-supported",
            Both::new(sayable(&says.english), sayable(&says.chinese)),
        ),
        is_all,
    })
}

/// A fault of the reader or writer with its place.
pub(super) fn told(fault: &Fault) -> Both {
    Both::new(fault.to_string(), format!("{}（{}）", fault.message.chinese, fault.path))
}

/// A message with what it quotes, as XML can say it.
fn sayable(says: &str) -> String {
    let is_control = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    says.chars().map(|c| if is_control(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patient(id: &str, family: &str, div: &str) -> Value {
        json!({"resourceType": "Patient", "id": id, "text": {"status": "generated", "div": div},
            "name": [{"family": family}]})
    }

    const GOOD: &str = "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>";
    const BAD: &str = "<div xmlns=\"http://www.w3.org/1999/xhtml\">a<br>b</div>";

    #[test]
    fn one_that_cannot_be_said_does_not_hide_the_others() {
        let all =
            [patient("a", "x", GOOD), patient("b", "x", BAD), patient("c", "x\u{1}", GOOD), patient("d", "y", GOOD)];
        let entry = |one: &Value| json!({"fullUrl": "urn:x", "resource": one, "search": {"mode": "match"}});
        let list = json!({"resourceType": "Bundle", "type": "searchset", "total": 4,
            "entry": all.iter().map(entry).collect::<Vec<_>>()});
        assert!(write(list.clone(), false).is_err());
        let text = write(list, true).unwrap();
        let read = meridian_xml::read(text.as_bytes(), &meridian_xml::Limits::default()).unwrap();
        let entries = read["entry"].as_array().unwrap();
        let modes: Vec<_> = entries.iter().map(|entry| entry["search"]["mode"].as_str().unwrap()).collect();
        assert_eq!(modes, ["match", "match", "outcome", "match", "outcome"]);
        assert_eq!((&entries[0]["resource"], &entries[3]["resource"]), (&all[0], &all[3]));
        // Without its narrative, and marked as a part.
        let part = &entries[1]["resource"];
        assert_eq!((&part["name"], part.get("text")), (&all[1]["name"], None));
        assert_eq!(part["meta"]["tag"][0]["code"], "SUBSETTED");
        let says = |nth: usize| entries[nth]["resource"]["issue"][0]["diagnostics"].as_str().unwrap().to_owned();
        assert!(says(2).contains("Patient/c is left out") && says(2).contains("U+0001"), "{}", says(2));
        assert!(entries[2].get("fullUrl").is_none());
        assert!(says(4).contains("Patient/b is without its narrative"), "{}", says(4));
    }

    #[test]
    fn what_was_written_keeps_its_place_and_its_status() {
        let entry =
            |one: Value| json!({"resource": one, "response": {"status": "201", "location": "Patient/x/_history/1"}});
        let inner = json!({"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": patient("c", "\u{2}", GOOD)}]});
        let list = json!({"resourceType": "Bundle", "type": "batch-response",
            "entry": [entry(patient("a", "\u{1}", GOOD)), entry(patient("b", "x", BAD)), entry(inner)]});
        let text = write(list, true).unwrap();
        let read = meridian_xml::read(text.as_bytes(), &meridian_xml::Limits::default()).unwrap();
        for nth in 0..3 {
            assert_eq!(read["entry"][nth]["response"]["location"], "Patient/x/_history/1");
        }
        assert_eq!(read["entry"][0].get("resource"), None);
        assert_eq!(read["entry"][0]["response"]["outcome"]["issue"][0]["severity"], "warning");
        assert_eq!(read["entry"][1]["resource"]["name"][0]["family"], "x");
        assert!(read["entry"][1]["response"]["outcome"].is_object());
        assert_eq!(read["entry"][2]["resource"]["entry"][0]["search"]["mode"], "outcome");
    }

    #[test]
    fn a_stored_bundle_is_shown_whole_or_not() {
        let stored =
            json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient("a", "x", BAD)}]});
        let fault = write(stored, true).unwrap_err();
        assert_eq!(fault.path, "Bundle.entry[0].resource.text.div");
        assert!(write(patient("a", "x", BAD), true).is_err());
    }
}
