//! Answers: of the type that the question asks for, among its options, within its bounds.

use std::cmp::Ordering;

use serde_json::Value;

use super::enable::{is_same, order, value_of};
use super::items::Item;
use super::pinned::short;
use super::place::Place;
use super::reference::type_of;
use super::response::{Response, item_place};
use super::run::Run;
use crate::json::{flag, list, text};
use crate::structure::{Shape, Strength};

const EXTENSION: &str = "http://hl7.org/fhir/StructureDefinition/";

pub(super) struct Question<'a, 'r> {
    pub(super) question: &'a Value,
    pub(super) kind: &'a str,
    pub(super) repeats: bool,
    pub(super) response: &'r Response<'a>,
}

/// Steps that reading the regular expression of a question costs.
const READING: u64 = 500;

impl Run<'_> {
    pub(super) fn answers(&mut self, place: &Place<'_>, of: &Question<'_, '_>, answers: &[Value]) {
        let link = text(of.question, "linkId").unwrap_or_default();
        if answers.len() > 1 && !of.repeats {
            self.error("structure", place, format!("`{link}` allows one answer, here are {}", answers.len()));
        }
        let count = |name: &str| {
            extension(of.question, name).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok())
        };
        if let Some(least) = count("questionnaire-minOccurs")
            && answers.len() < least
            && !of.response.is_open
        {
            self.error(
                "structure",
                place,
                format!("`{link}` asks for at least {least} answers, here are {}", answers.len()),
            );
        }
        if let Some(most) = count("questionnaire-maxOccurs")
            && answers.len() > most
        {
            self.error(
                "structure",
                place,
                format!("`{link}` allows at most {most} answers, here are {}", answers.len()),
            );
        }
        for (index, answer) in answers.iter().enumerate() {
            let below = item_place(place, "answer", Some(index), answer);
            if let Some((kind, value)) = value_of(answer) {
                self.answer(&below, of, kind, value, answers.len());
            }
        }
    }

    fn answer(&mut self, place: &Place<'_>, of: &Question<'_, '_>, kind: &str, value: &Value, count: usize) {
        let options = list(of.question, "answerOption");
        let allowed: Vec<&str> = match of.kind {
            "boolean" => vec!["Boolean"],
            "decimal" => vec!["Decimal"],
            "integer" => vec!["Integer"],
            "date" => vec!["Date"],
            "dateTime" => vec!["DateTime"],
            "time" => vec!["Time"],
            "string" | "text" => vec!["String"],
            "url" => vec!["Uri"],
            "attachment" => vec!["Attachment"],
            "reference" => vec!["Reference"],
            "quantity" => vec!["Quantity"],
            "choice" | "open-choice" => {
                let own = options.iter().filter_map(value_of).map(|(kind, _)| kind);
                let mut own: Vec<&str> = own.collect();
                if own.is_empty() {
                    own.push("Coding");
                }
                if of.kind == "open-choice" {
                    own.push("String");
                }
                own
            }
            _ => return,
        };
        if !allowed.contains(&kind) {
            let says = format!("the answer to a {} is a {}, this is a {kind}", of.kind, allowed.join(" or "));
            return self.error("structure", place, says);
        }
        self.options(place, of, kind, value, options, count);
        if let Some(set) = extension(of.question, "questionnaire-unitValueSet").and_then(Value::as_str) {
            self.against(place, Item::of(value), set, Strength::Required, "Quantity");
        }
        self.bounds(place, of, value);
        self.sizes(place, of, value);
    }

    /// Is the answer one of those that may be chosen?
    fn options(
        &mut self,
        place: &Place<'_>,
        of: &Question<'_, '_>,
        kind: &str,
        value: &Value,
        options: &[Value],
        count: usize,
    ) {
        let is_free = of.kind == "open-choice" && kind == "String";
        if !options.is_empty() {
            let chosen =
                options.iter().find(|one| value_of(one).is_some_and(|(own, one)| own == kind && is_same(value, one)));
            if chosen.is_none() && !is_free {
                self.error("value", place, format!("{} is none of the options of the question", short(value)));
            }
            let is_exclusive =
                chosen.and_then(|one| extension(one, "questionnaire-optionExclusive")).and_then(Value::as_bool);
            if is_exclusive == Some(true) && count > 1 {
                self.error("structure", place, format!("{} excludes all other answers", short(value)));
            }
        }
        let is_coded = kind == "Coding" || (kind == "String" && of.kind == "string");
        let Some(set) = text(of.question, "answerValueSet").filter(|_| is_coded) else { return };
        match set.strip_prefix('#') {
            // The text of such a question is a code.
            None if kind == "String" => self.against(place, Item::of(value), set, Strength::Required, "code"),
            None => self.against(place, Item::of(value), set, Strength::Required, "Coding"),
            Some(id) => {
                let contained =
                    list(of.response.questionnaire, "contained").iter().find(|one| text(one, "id") == Some(id));
                if contained.and_then(|set| lists(set, value)) == Some(false) {
                    self.error(
                        "code-invalid",
                        place,
                        format!("{} is not of the value set of the question", short(value)),
                    );
                }
            }
        }
    }

    fn bounds(&mut self, place: &Place<'_>, of: &Question<'_, '_>, value: &Value) {
        for (name, beyond, word) in [("minValue", Ordering::Less, "least"), ("maxValue", Ordering::Greater, "most")] {
            let bound = extension(of.question, name).or_else(|| {
                let quantity =
                    if name == "minValue" { "questionnaire-minQuantity" } else { "questionnaire-maxQuantity" };
                extension(of.question, quantity)
                    .or_else(|| sdc(of.question, quantity.trim_start_matches("questionnaire-")))
            });
            let Some(bound) = bound else { continue };
            match order(value, bound) {
                Some(found) if found == beyond => {
                    self.error(
                        "value",
                        place,
                        format!("the answer is at {word} {}, this is {}", short(bound), short(value)),
                    );
                }
                Some(_) => {}
                None => {
                    let says = format!("{} can't be compared with the bound {}", short(value), short(bound));
                    self.error("value", place, says);
                }
            }
        }
        let places = extension(of.question, "maxDecimalPlaces").and_then(Value::as_u64);
        if let (Some(most), Value::Number(number)) = (places, value) {
            let text = number.to_string();
            let count = text.split_once('.').map_or(0, |(_, part)| part.len());
            if u64::try_from(count).is_ok_and(|count| count > most) {
                self.error("value", place, format!("the answer has at most {most} decimal places"));
            }
        }
    }

    fn sizes(&mut self, place: &Place<'_>, of: &Question<'_, '_>, value: &Value) {
        if let Some(text) = value.as_str() {
            let count = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
            if let Some(most) = of.question.get("maxLength").and_then(Value::as_u64).filter(|most| count > *most) {
                self.error("value", place, format!("the answer has at most {most} characters, this has {count}"));
            }
            if let Some(least) =
                extension(of.question, "minLength").and_then(Value::as_u64).filter(|least| count < *least)
            {
                self.error("value", place, format!("the answer has at least {least} characters, this has {count}"));
            }
        }
        if let (Some(text), Some(shape)) = (value.as_str(), extension(of.question, "regex").and_then(Value::as_str)) {
            let shape = Shape::new(shape);
            // It is read anew for each answer.
            if self.pay(READING + shape.cost(text)) && shape.fits(text) == Some(false) {
                self.error("value", place, format!("the answer has to match {}", shape.text));
            }
        }
        if of.kind == "reference" {
            self.target_of(place, of, value);
        }
        if of.kind == "attachment" {
            // In megabytes, as the extension says.
            let most = extension(of.question, "maxSize").and_then(Value::as_f64);
            let size = value.get("size").and_then(Value::as_f64).or_else(|| {
                let data = text(value, "data")?;
                Some(f64::from(u32::try_from(data.len() / 4 * 3).ok()?))
            });
            if let (Some(most), Some(size)) = (most, size)
                && size > most * 1_048_576.0
            {
                self.error("value", place, format!("the attachment has at most {most} MB"));
            }
            let types: Vec<&str> = extensions(of.question, "mimeType").filter_map(Value::as_str).collect();
            let own = text(value, "contentType").unwrap_or_default();
            if !types.is_empty() && !types.contains(&own) {
                self.error("value", place, format!("the attachment is {}, this is `{own}`", types.join(" or ")));
            }
        }
        if flag(value, "value").is_some() {
            self.error("value", place, "a quantity has a number");
        }
    }
}

impl Run<'_> {
    /// The types that an answer may refer to.
    fn target_of(&mut self, place: &Place<'_>, of: &Question<'_, '_>, value: &Value) {
        let allowed: Vec<&str> =
            extensions(of.question, "questionnaire-referenceResource").filter_map(Value::as_str).collect();
        let kind = text(value, "reference").and_then(|reference| type_of(reference, value));
        if let Some(kind) = kind.filter(|kind| !allowed.is_empty() && !allowed.contains(kind)) {
            self.error("structure", place, format!("the answer refers to a {}, not to a {kind}", allowed.join(" or ")));
        }
    }
}

/// Whether a contained value set that names its codes names this one; `None` where it does not name them.
fn lists(set: &Value, coding: &Value) -> Option<bool> {
    let includes = list(set.get("compose")?, "include");
    let mut is_listed = false;
    for include in includes {
        let concepts = list(include, "concept");
        if concepts.is_empty() || include.get("valueSet").is_some() {
            return None;
        }
        let is_system = text(include, "system") == text(coding, "system");
        is_listed |= is_system && concepts.iter().any(|one| text(one, "code") == text(coding, "code"));
    }
    Some(is_listed)
}

fn extensions<'a>(element: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let url = format!("{EXTENSION}{name}");
    list(element, "extension")
        .iter()
        .filter(move |one| text(one, "url") == Some(&url))
        .filter_map(value_of)
        .map(|(_, value)| value)
}

fn extension<'a>(element: &'a Value, name: &str) -> Option<&'a Value> {
    extensions(element, name).next()
}

fn sdc<'a>(element: &'a Value, name: &str) -> Option<&'a Value> {
    let url = format!("http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-{name}");
    let found = list(element, "extension").iter().find(|one| text(one, "url") == Some(&url))?;
    value_of(found).map(|(_, value)| value)
}
