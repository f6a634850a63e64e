//! How each hospital writes HL7 v2: version, character set, time stamps, code tables.

use crate::calendar::Moment;
use crate::clinic::acute::Class;
use crate::clinic::allergy::{AllergenKind, Severity};
use crate::clinic::analyte::{ANALYTES, Flag};
use crate::clinic::assay::ASSAYS;
use crate::clinic::study::KINDS;
use crate::draw::{Rng, chance};
use crate::people::person::Sex;
use meridian_hl7v2::Charset;

/// Share of the general hospital's messages in GB 18030; the others are UTF-8 (assumed).
const GB18030_SHARE: f64 = 0.3;
/// Name of the code system of the hospital of Chinese medicine.
pub(crate) const CHINESE_CODES: &str = "99CJ02";

/// How a time stamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    /// Local time with `+0800`.
    Said,
    /// Local time without a zone.
    Unsaid,
    /// Universal time with `+0000`.
    Universal,
}

/// The character set and whether MSH-18 names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// UTF-8 or GB 18030, named.
    Mixed,
    Utf8,
    /// GB 18030, not named.
    Gb18030Unnamed,
}

/// Who a relative is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Spouse,
    Mother,
    Parent,
    Son,
    Daughter,
    Other,
}

/// What a message of orders or results is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Laboratory,
    Imaging,
    Nursing,
}

/// The habits of one sender.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// Says in every message that the sender is no real system.
    pub(crate) application: &'static str,
    pub(crate) version: &'static str,
    zone: Zone,
    writing: Writing,
    /// Tables of its own instead of those of HL7.
    pub(crate) own_tables: bool,
}

static GENERAL: Dialect = Dialect {
    application: "SYNTHETIC-HIS",
    version: "2.5.1",
    zone: Zone::Said,
    writing: Writing::Mixed,
    own_tables: false,
};
static CHINESE: Dialect = Dialect {
    application: "SYNTHETIC-TCM",
    version: "2.4",
    zone: Zone::Unsaid,
    writing: Writing::Gb18030Unnamed,
    own_tables: true,
};
static MATERNAL: Dialect = Dialect {
    application: "SYNTHETIC-MCH",
    version: "2.5.1",
    zone: Zone::Universal,
    writing: Writing::Utf8,
    own_tables: false,
};

/// The dialect of an institution.
pub(crate) fn of(code: &str) -> &'static Dialect {
    match code {
        "CJ02" => &CHINESE,
        "CJ03" => &MATERNAL,
        _ => &GENERAL,
    }
}

impl Dialect {
    /// The character set of the next message, and whether MSH-18 says so.
    pub(crate) fn charset(&self, dice: &mut Rng) -> (Charset, bool) {
        match self.writing {
            Writing::Mixed if chance(dice, GB18030_SHARE) => (Charset::Gb18030, true),
            Writing::Mixed | Writing::Utf8 => (Charset::Utf8, true),
            Writing::Gb18030Unnamed => (Charset::Gb18030, false),
        }
    }

    /// A moment as this sender writes it.
    pub(crate) fn time(&self, at: Moment) -> String {
        let local = |at: Moment| {
            let mut text = at.compact();
            text.truncate(14);
            text
        };
        match self.zone {
            Zone::Said => at.compact(),
            Zone::Unsaid => local(at),
            Zone::Universal => local(at.plus_minutes(-8 * 60)) + "+0000",
        }
    }

    const fn pick(&self, common: &'static str, own: &'static str) -> &'static str {
        if self.own_tables { own } else { common }
    }

    pub(crate) const fn sex(&self, sex: Sex) -> &'static str {
        match sex {
            Sex::Male => self.pick("M", "1"),
            Sex::Female => self.pick("F", "2"),
        }
    }

    /// Patient class.
    pub(crate) const fn class(&self, class: Class) -> &'static str {
        match class {
            Class::Ambulatory => self.pick("O", "门诊"),
            Class::Emergency => self.pick("E", "急诊"),
            Class::Inpatient => self.pick("I", "住院"),
        }
    }

    pub(crate) const fn married(&self, married: bool) -> &'static str {
        if married { self.pick("M", "20") } else { self.pick("S", "10") }
    }

    /// Code and text of a relation: HL7 table 0063, or GB/T 4761.
    pub(crate) const fn relation(&self, relation: Relation) -> (&'static str, &'static str) {
        match relation {
            Relation::Spouse => (self.pick("SPO", "1"), "配偶"),
            Relation::Mother => (self.pick("MTH", "5"), "母亲"),
            Relation::Parent => (self.pick("PAR", "5"), "父母"),
            Relation::Son => (self.pick("CHD", "2"), "子"),
            Relation::Daughter => (self.pick("CHD", "3"), "女"),
            Relation::Other => (self.pick("FAM", "8"), "家属"),
        }
    }

    pub(crate) const fn section(&self, section: Section) -> &'static str {
        match section {
            Section::Laboratory => self.pick("LAB", "检验"),
            Section::Imaging => self.pick("RAD", "检查"),
            Section::Nursing => self.pick("NUR", "护理"),
        }
    }

    /// How a number stands to its interval.
    pub(crate) const fn flag(&self, flag: Flag) -> &'static str {
        match flag {
            Flag::Normal => self.pick("N", "正常"),
            Flag::Low => self.pick("L", "↓"),
            Flag::High => self.pick("H", "↑"),
            Flag::CriticalLow => self.pick("LL", "↓↓"),
            Flag::CriticalHigh => self.pick("HH", "↑↑"),
        }
    }

    /// How an answer in words is judged.
    pub(crate) const fn judged(&self, abnormal: bool) -> &'static str {
        if abnormal { self.pick("A", "异常") } else { self.pick("N", "正常") }
    }

    /// Kind of an allergen and its coding system.
    pub(crate) const fn allergen(&self, kind: AllergenKind) -> (&'static str, &'static str) {
        match kind {
            AllergenKind::Medication => (self.pick("DA", "药物"), "ATC"),
            AllergenKind::Food => (self.pick("FA", "食物"), "L"),
            AllergenKind::Environment => (self.pick("EA", "环境"), "L"),
        }
    }

    pub(crate) const fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Mild => self.pick("MI", "轻"),
            Severity::Moderate => self.pick("MO", "中"),
            Severity::Severe => self.pick("SV", "重"),
        }
    }

    /// Name of ICD-10 in DG1-3.
    pub(crate) const fn icd(&self) -> &'static str {
        self.pick("I10", "ICD10")
    }

    /// Kind of a diagnosis: A admitting, W working, F final.
    pub(crate) const fn diagnosis(&self, kind: char) -> &'static str {
        match kind {
            'A' => self.pick("A", "入院"),
            'F' => self.pick("F", "出院"),
            _ => self.pick("W", "门诊"),
        }
    }

    /// Code and coding system of a laboratory item, a panel or an examination.
    pub(crate) fn item(&self, loinc: &str) -> (String, &'static str) {
        if self.own_tables { (own_code(loinc), CHINESE_CODES) } else { (loinc.to_owned(), "LN") }
    }
}

/// The code of the hospital of Chinese medicine for what LOINC calls so: `JY014771`.
fn own_code(loinc: &str) -> String {
    let body: String = loinc.chars().take_while(char::is_ascii_digit).collect();
    format!("JY{body:0>6}")
}

/// The code table that the hospital of Chinese medicine would hand over with its feed: own code, LOINC, Chinese name.
#[must_use]
pub fn chinese_items() -> Vec<(String, &'static str, &'static str)> {
    let panels = crate::clinic::panel::PANELS.iter().map(|panel| panel.name());
    let items = ANALYTES.iter().map(|row| (row.loinc, row.chinese));
    let words = ASSAYS.iter().map(|assay| (assay.loinc, assay.chinese));
    let studies = KINDS.iter().map(|kind| (kind.loinc, kind.chinese));
    let mut all: Vec<_> = items.chain(panels).chain(words).chain(studies).chain(super::oru::SIGNS).collect();
    all.sort_unstable();
    all.dedup_by_key(|(loinc, _)| *loinc);
    all.into_iter().map(|(loinc, name)| (own_code(loinc), loinc, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Day;

    #[test]
    fn each_hospital_writes_the_hour_its_way() {
        let at = Moment::new(Day::of(2026, 1, 5), 7 * 60 + 30);
        assert_eq!(of("CJ01").time(at), "20260105073000+0800");
        assert_eq!(of("CJ02").time(at), "20260105073000");
        assert_eq!(of("CJ03").time(at), "20260104233000+0000");
    }

    #[test]
    fn own_codes_are_apart() {
        let items = chinese_items();
        assert!(items.len() > 60, "{}", items.len());
        let codes: std::collections::HashSet<&str> = items.iter().map(|(code, ..)| code.as_str()).collect();
        assert_eq!(codes.len(), items.len());
        assert_eq!(of("CJ02").item("4548-4"), ("JY004548".to_owned(), CHINESE_CODES));
    }
}
