//! A code as its system writes it, by the code or by a name: for who writes down what others send.

use meridian_model::fold::fold;

use super::Terms;
use super::find::Question;
use super::member::System;
use super::system::{CodeSystem, Content};

/// A code of a system, as the system writes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    pub code: String,
    pub display: Option<String>,
}

/// Whether a text is one of a system's codes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Spelled {
    /// It is, and so it is written.
    As(Named),
    /// All codes of the system are here, and it is none of them.
    Wrong,
    /// The system, or all of it, is not here.
    Unknown,
}

impl Terms {
    /// What `code` is in a system. Who writes `normal` for the system's one `Normal` means that.
    #[must_use]
    pub fn spelled(&self, system: &str, code: &str) -> Spelled {
        match self.system(self.url_of(system), None) {
            Ok(Some(System::Table(table))) => match table.find(code) {
                Some(at) => Spelled::As(named(&table, at)),
                None if !matches!(table.head.content, Content::Complete) => Spelled::Unknown,
                None => {
                    let mut alike = (0..table.len()).filter(|at| table.code(*at).eq_ignore_ascii_case(code));
                    match (alike.next(), alike.next()) {
                        (Some(at), None) => Spelled::As(named(&table, at)),
                        _ => Spelled::Wrong,
                    }
                }
            },
            Ok(Some(System::Grammar(grammar))) if grammar.holds(code) => {
                Spelled::As(Named { code: code.to_owned(), display: None })
            }
            Ok(Some(System::Grammar(_))) => Spelled::Wrong,
            Ok(None) | Err(_) => Spelled::Unknown,
        }
    }

    /// What a system says of one of its codes by `property`, the first value of it.
    #[must_use]
    pub fn property(&self, system: &str, code: &str, property: &str) -> Option<String> {
        let Ok(Some(System::Table(table))) = self.system(self.url_of(system), None) else { return None };
        let at = table.find(code)?;
        table.properties(at).find(|one| one.key.code == property).map(|one| one.value.to_owned())
    }

    /// The one code of a system, of those that begin with `among`, whose display or designation is `name`, without regard
    /// to case and blanks; `None` where there is none, or more than one.
    #[must_use]
    pub fn called(&self, system: &str, among: &str, name: &str) -> Option<Named> {
        let Ok(Some(System::Table(table))) = self.system(self.url_of(system), None) else { return None };
        let question = Question::read(name).ok()??;
        // A name of one letter is in half the system, and the answer is the same for each of its spellings.
        let mut found = table.index().search(&question).into_iter().map(|(at, _)| at);
        let wanted = fold(name);
        let is_it = |at: &u32| {
            if !table.code(*at).starts_with(among) {
                return false;
            }
            let others = table.designations(*at).map(|one| one.value);
            table.display(*at).into_iter().chain(others).any(|own| fold(own) == wanted)
        };
        let at = found.by_ref().find(is_it)?;
        if found.any(|other| is_it(&other)) {
            return None;
        }
        Some(named(&table, at))
    }
}

fn named(table: &CodeSystem, at: u32) -> Named {
    Named { code: table.code(at).to_owned(), display: table.display(at).map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPARTMENT: &str = "https://meridian.example/fhir/CodeSystem/department";

    #[test]
    fn a_code_is_written_as_its_system_writes_it() {
        let terms = Terms::embedded();
        let spelled = |system: &str, code: &str| match terms.spelled(system, code) {
            Spelled::As(named) => Some(named.code),
            Spelled::Wrong => Some(String::new()),
            Spelled::Unknown => None,
        };
        let table = |number: &str| format!("http://terminology.hl7.org/CodeSystem/v2-{number}");
        for (system, code, is) in [
            (table("0069").as_str(), "MED", Some("MED")),
            (&table("0069"), "心血管内科", Some("")),
            (&table("0277"), "NORMAL", Some("Normal")),
            ("urn:oid:2.16.840.1.113883.18.27", "med", Some("MED")),
            (&table("9999"), "MED", None),
            ("http://loinc.org", "718-7", Some("718-7")),
            ("http://loinc.org", "99999-9", None),
            ("http://unitsofmeasure.org", "mmol/L", Some("mmol/L")),
            ("http://unitsofmeasure.org", "毫摩尔", Some("")),
        ] {
            assert_eq!(spelled(system, code).as_deref(), is, "{system} {code}");
        }
    }

    #[test]
    fn a_code_has_what_its_system_says_of_it() {
        let unit = |code: &str| Terms::embedded().property("http://loinc.org", code, "unit");
        assert_eq!(unit("718-7").as_deref(), Some("g/L"));
        assert_eq!(unit("6301-6").as_deref(), Some("1"));
        assert_eq!((unit("99999-9"), Terms::embedded().property(DEPARTMENT, "A12", "unit")), (None, None));
    }

    #[test]
    fn a_name_leads_to_one_code() {
        let called = |name: &str| Terms::embedded().called(DEPARTMENT, "", name).map(|named| named.code);
        assert_eq!(called("口腔科").as_deref(), Some("A12"));
        assert_eq!(called(" 心血管内科 ").as_deref(), Some("A03.04"), "another name of 心血管内科专业");
        assert_eq!(called("其他业务科室"), None, "two have that name");
        let clinical = |name: &str| Terms::embedded().called(DEPARTMENT, "A", name).map(|named| named.code);
        assert_eq!(clinical("感染科").as_deref(), Some("A16"), "the other of that name supports");
        assert_eq!((clinical("其他"), clinical("肛肠科")), (None, None), "of supervision; not always Chinese medicine");
        assert_eq!((called("kqk"), called("科"), called("")), (None, None, None));
    }
}
