//! `$lookup`: what is known of a code.

use meridian_model::both;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::Terms;
use super::asked::Asked;
use super::expand::designation;
use super::fault::Fault;
use super::json::{parameter, parameters, parts};
use super::member::{System, View};
use super::system::{CodeSystem, Content, PropertyOf, ValueType};

impl Terms {
    /// `$lookup`: a Parameters resource with name, display, designations and properties.
    ///
    /// # Errors
    /// `NotFound` for a code or system that is not here.
    pub fn lookup(&self, asked: &Asked<'_>) -> Result<Value, Fault> {
        let code = asked.code()?;
        let system = code.system.as_deref().ok_or_else(|| {
            Fault::invalid(both!("the parameter `system` is missing", "缺少参数 `system`")).of("system")
        })?;
        let url = self.url_of(system);
        let view = View::new(self, Cow::Owned(asked.versions()?));
        let wanted: Vec<&str> = asked.all("property").collect();
        match view.system(url, code.version.as_deref())? {
            Some(System::Table(table)) => {
                let Some(at) = table.find(&code.code) else {
                    return Err(Fault::no_code(&code.code, url, table.head.content).of("code"));
                };
                Ok(of_table(&table, at, asked.one("displayLanguage"), &wanted))
            }
            Some(System::Grammar(grammar)) if grammar.holds(&code.code) => {
                let mut all = vec![parameter("name", "valueString", grammar.name)];
                if let Some(version) = grammar.version() {
                    all.push(parameter("version", "valueString", version));
                }
                all.push(parameter("display", "valueString", code.code));
                Ok(parameters(all))
            }
            Some(System::Grammar(_)) => Err(Fault::no_code(&code.code, url, Content::Complete).of("code")),
            None => {
                let version = view.versions.pick(url, code.version.as_deref())?;
                Err(Fault::not_found(self.missing(url, version)).of("system"))
            }
        }
    }
}

fn of_table(table: &Arc<CodeSystem>, at: u32, language: Option<&str>, wanted: &[&str]) -> Value {
    let head = &table.head;
    let name = head.name.as_deref().or(head.title.as_deref()).unwrap_or(&head.url);
    let mut all = vec![parameter("name", "valueString", name)];
    if let Some(version) = &head.version {
        all.push(parameter("version", "valueString", version.as_str()));
    }
    let display = table.display_in(at, language).unwrap_or_else(|| table.code(at));
    all.push(parameter("display", "valueString", display));
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&name) || wanted.contains(&"*");
    if is_wanted("designation") || wanted.iter().any(|name| name.starts_with("lang.")) {
        let languages: Vec<&str> = wanted.iter().filter_map(|name| name.strip_prefix("lang.")).collect();
        for one in table.designations(at) {
            let fits = |wanted: &&str| one.language.is_some_and(|has| super::system::fits(has, wanted));
            if languages.is_empty() || languages.iter().any(fits) {
                all.push(parts("designation", designation_parts(&designation(&one))));
            }
        }
    }
    if let Some(definition) = table.definition(at).filter(|_| is_wanted("definition")) {
        all.push(property("definition", "valueString", definition.into(), None));
    }
    for (name, others) in [("parent", table.parents(at)), ("child", table.children(at))] {
        if !is_wanted(name) {
            continue;
        }
        for other in others {
            all.push(property(name, "valueCode", table.code(*other).into(), table.display_in(*other, language)));
        }
    }
    for one in table.properties(at) {
        // Told above, whether nested or named.
        let is_told = matches!(one.key.code.as_str(), "parent" | "child");
        if !is_told && is_wanted(&one.key.code) {
            let (element, value) = typed(&one);
            all.push(property(&one.key.code, element, value, one.key.description.as_deref()));
        }
    }
    for (name, holds) in [("inactive", table.is_inactive(at)), ("notSelectable", table.is_abstract(at))] {
        let is_said = table.properties(at).any(|one| one.key.code == name);
        if !is_said && is_wanted(name) && (holds || wanted.contains(&name)) {
            all.push(property(name, "valueBoolean", holds.into(), None));
        }
    }
    parameters(all)
}

fn designation_parts(designation: &Value) -> Vec<Value> {
    let elements = [("language", "valueCode"), ("use", "valueCoding"), ("value", "valueString")];
    elements
        .iter()
        .filter_map(|(name, element)| Some(parameter(name, element, designation.get(*name)?.clone())))
        .collect()
}

fn property(code: &str, element: &str, value: Value, description: Option<&str>) -> Value {
    let mut all = vec![parameter("code", "valueCode", code), parameter("value", element, value)];
    if let Some(description) = description {
        all.push(parameter("description", "valueString", description));
    }
    parts("property", all)
}

/// The value of a property in its own type.
fn typed(one: &PropertyOf<'_>) -> (&'static str, Value) {
    let text = || Value::from(one.value);
    let json = || serde_json::from_str(one.value).unwrap_or_else(|_| Value::from(one.value));
    match one.kind {
        ValueType::Code => ("valueCode", text()),
        ValueType::Coding => ("valueCoding", json()),
        ValueType::String => ("valueString", text()),
        ValueType::Integer => ("valueInteger", json()),
        ValueType::Boolean => ("valueBoolean", json()),
        ValueType::DateTime => ("valueDateTime", text()),
        ValueType::Decimal => ("valueDecimal", json()),
    }
}
