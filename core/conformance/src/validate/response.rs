//! QuestionnaireResponses: are these the questions of the Questionnaire, in its order, answered as it asks?

use std::collections::HashMap;

use meridian_fhirpath::{Expression, Item as Focus};
use serde_json::Value;

use super::answer::Question;
use super::enable::is_enabled;
use super::items::Item;
use super::place::{Frame, Place};
use super::run::Run;
use crate::json::{flag, list, text};

/// Groups within groups.
const DEEPEST: usize = 32;

impl Run<'_> {
    pub(super) fn questionnaire_response(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let Some(address) = text(frame.resource, "questionnaire") else {
            let says = "no questionnaire is named, so that the answers are not checked";
            return self.note("informational", place, says);
        };
        let found = match address.strip_prefix('#') {
            Some(id) => list(frame.resource, "contained").iter().find(|one| text(one, "id") == Some(id)),
            None => self.with.lookup.canonical(address),
        };
        let Some(questionnaire) = found.filter(|one| text(one, "resourceType") == Some("Questionnaire")) else {
            let says = format!("the questionnaire {address} is not here, so that the answers are not checked");
            return self.warning("not-found", place, says);
        };
        let mut all = HashMap::new();
        link_ids(list(questionnaire, "item"), &mut all, 0);
        // Who is still answering may leave questions open.
        let is_open = matches!(text(frame.resource, "status"), Some("in-progress"));
        let response = Response { all, is_open, questionnaire, resource: frame.resource };
        self.items(
            place,
            list(questionnaire, "item"),
            list(frame.resource, "item"),
            &response,
            &mut vec![list(frame.resource, "item")],
        );
    }

    /// The items of one level.
    fn items<'a>(
        &mut self,
        place: &Place<'_>,
        questions: &'a [Value],
        items: &'a [Value],
        response: &Response<'a>,
        scopes: &mut Vec<&'a [Value]>,
    ) {
        if scopes.len() > DEEPEST {
            return self.error("too-costly", place, "the items are nested too deeply to be checked");
        }
        let mut furthest = 0;
        let mut places = HashMap::new();
        for (at, link) in questions.iter().enumerate().filter_map(|(at, one)| Some((at, text(one, "linkId")?))) {
            places.entry(link).or_insert(at);
        }
        let mut answered: HashMap<&str, Vec<(usize, &'a Value)>> = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            let below = item_place(place, "item", Some(index), item);
            let Some(link) = text(item, "linkId") else { continue };
            answered.entry(link).or_default().push((index, item));
            match places.get(link).copied() {
                Some(at) if at < furthest => {
                    self.error("structure", &below, format!("`{link}` is out of the order of the questionnaire"));
                }
                Some(at) => furthest = at,
                None if response.all.contains_key(link) => {
                    self.error("structure", &below, format!("`{link}` belongs to another place of the questionnaire"));
                }
                None => self.error("structure", &below, format!("the questionnaire has no `{link}`")),
            }
        }
        for question in questions {
            if !self.step() {
                return;
            }
            let Some(link) = text(question, "linkId") else { continue };
            let own = answered.get(link).map_or(&[][..], Vec::as_slice);
            self.question(place, question, own, response, scopes);
        }
    }

    fn question<'a>(
        &mut self,
        place: &Place<'_>,
        question: &'a Value,
        own: &[(usize, &'a Value)],
        response: &Response<'a>,
        scopes: &mut Vec<&'a [Value]>,
    ) {
        let link = text(question, "linkId").unwrap_or_default();
        let kind = text(question, "type").unwrap_or_default();
        let answers: usize = own.iter().map(|(_, item)| list(item, "answer").len()).sum();
        let is_there = match kind {
            "group" => own.iter().any(|(_, item)| says_something(item, 0)),
            _ => answers > 0,
        };
        let mut walked = 0;
        let is_asked = is_enabled(question, scopes, &mut walked);
        self.pay(walked);
        if !is_asked || !self.is_enabled_by_expression(place, question, response) {
            if is_there {
                let (index, item) = own.first().map_or((None, question), |(index, item)| (Some(*index), *item));
                let below = item_place(place, "item", index, item);
                self.error(
                    "structure",
                    &below,
                    format!("`{link}` is answered, although it is not enabled by the other answers"),
                );
            }
            return;
        }
        if flag(question, "required") == Some(true) && !is_there && kind != "display" {
            let says = format!("the required question `{link}` has no answer");
            if response.is_open {
                self.warning("required", place, says);
            } else {
                self.error("required", place, says);
            }
        }
        let repeats = flag(question, "repeats") == Some(true);
        if own.len() > 1 && !(repeats && kind == "group") {
            self.error(
                "structure",
                place,
                format!("`{link}` is here {} times; answers to one question stand in one item", own.len()),
            );
        }
        for (index, item) in own {
            let below = item_place(place, "item", Some(*index), item);
            let answers = list(item, "answer");
            let inner = list(item, "item");
            let parts = list(question, "item");
            match kind {
                "group" => {
                    if !answers.is_empty() {
                        self.error("structure", &below, format!("`{link}` is a group; it has items, not answers"));
                    }
                    scopes.push(inner);
                    self.items(&below, parts, inner, response, scopes);
                    scopes.pop();
                }
                "display" => {
                    if !answers.is_empty() {
                        self.error("structure", &below, format!("`{link}` is only displayed; it has no answer"));
                    }
                }
                _ => {
                    if !inner.is_empty() {
                        let says = format!("`{link}` is a question; items within it stand in its `answer`");
                        self.error("structure", &below, says);
                    }
                    self.answers(&below, &Question { question, kind, repeats, response }, answers);
                    for (at, answer) in answers.iter().enumerate() {
                        let below = item_place(&below, "answer", Some(at), answer);
                        let inner = list(answer, "item");
                        if !parts.is_empty() || !inner.is_empty() {
                            scopes.push(inner);
                            self.items(&below, parts, inner, response, scopes);
                            scopes.pop();
                        }
                    }
                }
            }
        }
    }
}

impl Run<'_> {
    /// Structured Data Capture: a question may be enabled by an expression over the whole response.
    fn is_enabled_by_expression(&mut self, place: &Place<'_>, question: &Value, response: &Response<'_>) -> bool {
        let own = list(question, "extension").iter().find(|one| text(one, "url").is_some_and(is_enable_when));
        let Some(own) = own else { return true };
        let expression = match own.get("valueExpression") {
            Some(said) if text(said, "language") == Some("text/fhirpath") => text(said, "expression"),
            Some(_) => None,
            None => text(own, "valueString"),
        };
        let Some(expression) = expression else { return true };
        let outer = self.outer();
        let context = outer
            .context(response.resource, response.resource)
            .variable("questionnaire", vec![Focus::resource(response.questionnaire)]);
        let said = Expression::parse(expression)
            .and_then(|expression| expression.truth(Focus::resource(response.resource), &context));
        match said {
            Ok(said) => said == Some(true),
            Err(fault) => {
                let link = text(question, "linkId").unwrap_or_default();
                let says = format!("whether `{link}` is enabled can't be evaluated: {}", fault.says);
                self.warning("processing", place, says);
                true
            }
        }
    }
}

/// SDC's extension, and the one of the Finnish personal health record that says the same.
fn is_enable_when(url: &str) -> bool {
    url == "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"
        || url == "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen"
}

/// What is known of the whole.
pub(super) struct Response<'a> {
    all: HashMap<&'a str, &'a Value>,
    pub(super) is_open: bool,
    pub(super) questionnaire: &'a Value,
    /// The QuestionnaireResponse itself.
    resource: &'a Value,
}

pub(super) fn link_ids<'a>(items: &'a [Value], all: &mut HashMap<&'a str, &'a Value>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    for item in items {
        if let Some(link) = text(item, "linkId") {
            all.insert(link, item);
        }
        link_ids(list(item, "item"), all, depth + 1);
    }
}

fn says_something(item: &Value, depth: usize) -> bool {
    !list(item, "answer").is_empty()
        || (depth < DEEPEST && list(item, "item").iter().any(|item| says_something(item, depth + 1)))
}

pub(super) fn item_place<'p>(place: &'p Place<'p>, name: &'p str, index: Option<usize>, item: &'p Value) -> Place<'p> {
    Place {
        above: Some(place),
        name,
        chosen: None,
        index,
        kind: "BackboneElement",
        is_resource: false,
        depth: place.depth + 1,
        item: Item::of(item),
    }
}
