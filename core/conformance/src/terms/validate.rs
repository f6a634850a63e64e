//! `$validate-code` of a code system and of a value set.

use meridian_model::both;
use meridian_model::language::{Both, Told};

use std::borrow::Cow;

use serde_json::Value;

use super::asked::{Asked, Code};
use super::fault::{Fault, shown};
use super::json::{owned, parameter, parameters, text};
use super::loaded::Loaded;
use super::member::{Answer, Found, View};
use super::{Terms, canonical};

/// What is found of one code.
struct Judged {
    result: bool,
    /// What is wrong, or to be heeded.
    says: Vec<Both>,
    found: Option<Box<Found>>,
}

impl Terms {
    /// `ValueSet/$validate-code`: a Parameters resource with result, message and display.
    ///
    /// # Errors
    /// `NotFound` where the value set, or a system that decides, is not here.
    pub fn validate_in_set(&self, asked: &Asked<'_>) -> Result<Value, Fault> {
        let set = self.asked_set(asked)?;
        let infers = asked.flag("inferSystem")?.unwrap_or_default();
        let mut codes = asked.codes()?;
        for code in &mut codes {
            // A coding without system is none of any value set's, a code is: `code` elements have none.
            if code.system.is_none() && asked.one("code").is_none() && !infers {
                code.system = Some(String::new());
            }
        }
        let view = View::new(self, Cow::Owned(asked.versions()?));
        let named = set.named();
        judge(asked, &codes, &both!("the value set {}", "值集 {}", named), |code| {
            if code.system.as_deref() == Some("") {
                return Ok(Answer::No);
            }
            view.set_holds(&set, code.coded())
        })
    }

    /// `CodeSystem/$validate-code`: the same.
    ///
    /// # Errors
    /// `NotFound` where the code system is not here.
    pub fn validate_in_system(&self, asked: &Asked<'_>) -> Result<Value, Fault> {
        let mut codes = asked.codes()?;
        let own;
        let (terms, url) = match asked.value("codeSystem") {
            Some(resource) => {
                own = self.and(&[Loaded::read(resource)?]);
                let url = owned(resource, "url").unwrap_or_default();
                (&own, Some(canonical::join(&url, text(resource, "version"))))
            }
            None => (self, asked.one("url").map(str::to_owned)),
        };
        for code in &mut codes {
            let Some(canonical) = &url else { continue };
            let (url, version) = canonical::split(canonical);
            if code.system.as_deref().is_some_and(|own| terms.url_of(own) != url) {
                continue;
            }
            code.system = Some(url.to_owned());
            let version = asked.one("version").or(version);
            code.version = code.version.take().or_else(|| version.map(str::to_owned));
        }
        let named = url.or_else(|| codes.first().and_then(|code| code.system.clone()));
        let named =
            named.ok_or_else(|| Fault::invalid(both!("the parameter `url` is missing", "缺少参数 `url`")).of("url"))?;
        let view = View::new(terms, Cow::Owned(asked.versions()?));
        judge(asked, &codes, &both!("the code system {}", "代码系统 {}", shown(&named)), |code| {
            let of = code.system.as_deref().unwrap_or_default();
            if terms.url_of(of) != canonical::split(&named).0 && !named.is_empty() && of != named {
                return Ok(Answer::No);
            }
            view.system_holds(of, code.coded())
        })
    }
}

/// Asks for each code; one that holds is enough.
fn judge(
    asked: &Asked<'_>,
    codes: &[Code],
    of: &Both,
    ask: impl Fn(&Code) -> Result<Answer, Fault>,
) -> Result<Value, Fault> {
    let language = asked.one("displayLanguage");
    let concrete = asked.flag("abstract")? == Some(false);
    let mut best: Option<Judged> = None;
    let mut unknown: Vec<Both> = Vec::new();
    for code in codes {
        let judged = match ask(code)? {
            Answer::Yes(found) => yes(code, found, of, language, concrete),
            Answer::No => Judged { result: false, says: vec![not_in(code, of)], found: None },
            Answer::Unknown(why) => {
                unknown.push(why.into());
                continue;
            }
        };
        match &mut best {
            Some(best) if best.result || (!judged.result && best.found.is_some()) => {}
            Some(best) if !judged.result && judged.found.is_none() => best.says.extend(judged.says),
            best => *best = Some(judged),
        }
    }
    let judged = match best {
        Some(judged) if judged.result || unknown.is_empty() => judged,
        // Nothing says yes, and something could not be asked: that is no answer.
        _ => return Err(Fault::not_found(joined(&unknown))),
    };
    let mut all = vec![parameter("result", "valueBoolean", judged.result)];
    if !judged.says.is_empty() {
        let says = Told(&joined(&judged.says), asked.language).to_string();
        all.push(parameter("message", "valueString", says));
    }
    if let Some(found) = &judged.found {
        if let Some(display) = found.display(language) {
            all.push(parameter("display", "valueString", display));
        }
        all.push(parameter("code", "valueCode", found.code.as_str()));
        all.push(parameter("system", "valueUri", found.system.as_str()));
        if let Some(version) = found.concept.as_ref().and_then(|(system, _)| system.head.version.as_deref()) {
            all.push(parameter("version", "valueString", version));
        }
        if found.is_inactive() {
            all.push(parameter("inactive", "valueBoolean", true));
        }
    }
    Ok(parameters(all))
}

fn yes(code: &Code, found: Box<Found>, of: &Both, language: Option<&str>, concrete: bool) -> Judged {
    let mut judged = Judged { result: true, says: Vec::new(), found: None };
    let named = format!("`{}`", shown(&code.code));
    if concrete && found.is_abstract() {
        judged.result = false;
        judged.says.push(both!(
            "the code {named} of {} only groups others, and is not to be used itself",
            "{}的代码 {named} 只用于归类，不能直接使用",
            of
        ));
    }
    if let Some(right) = code.display.as_deref().and_then(|display| found.wrong(display)) {
        judged.result = false;
        let (wrong, right) =
            (shown(code.display.as_deref().unwrap_or_default()), found.display(language).unwrap_or(&right).to_owned());
        judged.says.push(both!(
            "`{wrong}` is no display of the code {named}; it is called `{right}`",
            "`{wrong}` 不是代码 {named} 的名称，它的名称是 `{right}`"
        ));
    }
    if found.is_inactive() {
        judged.says.push(both!("the code {named} is inactive", "代码 {named} 已停用"));
    }
    if found.concept.as_ref().is_some_and(|(system, _)| system.head.case_sensitive) && found.code != code.code {
        judged.says.push(both!("the code {named} is written `{}`", "代码 {named} 应写成 `{}`", found.code));
    }
    judged.found = Some(found);
    judged
}

/// One sentence behind the other.
fn joined(says: &[Both]) -> Both {
    let all = |of: fn(&Both) -> &str, mark: &str| says.iter().map(of).collect::<Vec<_>>().join(mark);
    Both::new(all(|one| &one.english, "; "), all(|one| &one.chinese, "；"))
}

fn not_in(code: &Code, of: &Both) -> Both {
    let text = shown(&code.code);
    match code.system.as_deref() {
        Some("") => both!(
            "the code `{text}` names no code system, and so is not in {}",
            "代码 `{text}` 没有写明代码系统，因此不在{}中",
            of
        ),
        Some(system) => both!("the code `{text}` of {} is not in {}", "{} 的代码 `{text}` 不在{}中", shown(system), of),
        None => both!("the code `{text}` is not in {}", "代码 `{text}` 不在{}中", of),
    }
}
