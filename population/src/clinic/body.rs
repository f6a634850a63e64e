//! The body behind the numbers: constants of a resident, and how diseases, treatment, season and infection move them.
//!
//! The rules are simple on purpose, and assumed: their aim is series that a clinician finds believable (levels drift
//! over years, answer to treatment within weeks, and items that belong together move together), not prediction.

use super::analyte::Analyte;
use super::assay::{self, Assay, Test, Word};
use super::chronic::{Chronic, Disease};
use super::egfr;
use super::growth::{self, Measure};
use super::medicine::Course;
use super::panel::{Finding, Panel, Report};
use super::vitals::Vitals;
use crate::calendar::{Day, Moment};
use crate::draw::{Rng, Stream, key, mix, normal, phi, rng};
use crate::fixed::Fixed;
use crate::people::person::{Person, Sex};

/// What moves the body on one day, beside its diseases.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tide {
    /// Inflammation: 0 none, 1 severe.
    pub(crate) acute: f64,
    /// Weeks of pregnancy.
    pub(crate) weeks: Option<f64>,
    /// Gestational diabetes, before it is treated.
    pub(crate) sweet: bool,
    /// Suppression of the marrow by chemotherapy: 0 none, 1 deep.
    pub(crate) marrow: f64,
    /// Haemoglobin lost, g/L.
    pub(crate) loss: f64,
    /// Injury of the heart muscle: 0 none, 1 an infarction.
    pub(crate) heart: f64,
    /// A tumour marker and its level.
    pub(crate) marker: Option<(Analyte, f64)>,
    /// Litres of water above dry weight, before dialysis.
    pub(crate) water: f64,
    /// On regular dialysis.
    pub(crate) dialysis: bool,
}

/// Constants of one resident and what has happened so far.
pub(crate) struct Body<'a> {
    key: u64,
    sex: Sex,
    birth: Day,
    chronic: &'a [Chronic],
    courses: &'a [Course],
    /// 0 = takes nothing, 1 = takes everything as prescribed.
    pub(crate) adherence: f64,
    /// Filtration lost a year in chronic kidney disease, mL/min/1.73 m².
    decline: f64,
    /// Adult height in cm.
    height: f64,
    /// How tall among those of the same age: a standard normal number.
    stature: f64,
    /// Body mass index at 40.
    bmi: f64,
}

impl<'a> Body<'a> {
    pub(crate) fn new(seed: u64, person: &Person, chronic: &'a [Chronic], courses: &'a [Course]) -> Self {
        let key = key(seed, Stream::Body, person.index);
        let mut rng = rng(key, Stream::Body, 0);
        // later cohorts are taller: about 1 cm a decade (assumed)
        let decade = f64::from(person.birth.year() - 1970) / 10.0;
        let mean = if person.sex == Sex::Male { 169.0 } else { 157.5 };
        let stature = normal(&mut rng);
        let height = mean + decade.clamp(-4.0, 4.0) + 5.6 * stature;
        let bmi = (23.8 + 2.9 * normal(&mut rng)).clamp(17.0, 36.0);
        let adherence = phi(0.9 + 0.8 * normal(&mut rng));
        // the man of the cast who comes to dialysis loses his kidneys faster than others
        let decline = if person.index == 6 { 5.8 } else { 2.4 };
        Self { decline, key, sex: person.sex, birth: person.birth, chronic, courses, adherence, height, stature, bmi }
    }

    /// The resident's own standing in one item: a standard normal number that never changes.
    fn own(&self, what: u64) -> f64 {
        normal(&mut Rng::with_seed(mix(self.key ^ what.wrapping_mul(0x9e37_79b9))))
    }

    fn standing(&self, analyte: Analyte) -> f64 {
        self.own(100 + analyte as u64)
    }

    fn age(&self, day: Day) -> f64 {
        day.years_since(self.birth).max(0.0)
    }

    /// Years with the disease on a day, if it has begun.
    pub(crate) fn years_with(&self, disease: Disease, day: Day) -> Option<f64> {
        let years = self.chronic.iter().find(|c| c.disease == disease).map(|c| day.years_since(c.onset))?;
        (years >= 0.0).then_some(years)
    }

    /// Years since the first course of these ATC classes that is taken on the day; `None` when none is.
    fn years_on(&self, classes: &[&str], day: Day) -> Option<f64> {
        let taken = |c: &&Course| c.start <= day && c.end.is_none_or(|end| day < end);
        let fits = |c: &&Course| classes.iter().any(|class| c.medicine.atc.starts_with(class));
        let first = |c: &Course| self.courses.iter().filter(|o| o.medicine == c.medicine).map(|o| o.start).min();
        let start = self.courses.iter().filter(taken).filter(fits).filter_map(first).min()?;
        Some(day.years_since(start))
    }

    /// What part of a treatment's effect has been reached: 0 without it, `adherence` after a few times `weeks`.
    fn effect(&self, classes: &[&str], day: Day, weeks: f64) -> f64 {
        self.years_on(classes, day).map_or(0.0, |years| self.adherence * (1.0 - (-years * 52.0 / weeks).exp()))
    }

    fn has(&self, disease: Disease, day: Day) -> bool {
        self.years_with(disease, day).is_some()
    }

    /// True glycated haemoglobin, percent.
    fn hba1c(&self, day: Day) -> f64 {
        let healthy = 5.25 + 0.006 * (self.age(day) - 40.0) + 0.18 * self.own(1) + 0.03 * (self.bmi - 24.0);
        let winter = if matches!(day.month(), 2 | 3) { 0.08 } else { 0.0 };
        let Some(years) = self.years_with(Disease::Diabetes, day) else { return (healthy + winter).clamp(4.3, 6.2) };
        let untreated = 8.8 + 1.0 * self.own(2) + 0.06 * years;
        let metformin = 1.7 * self.effect(&["A10BA"], day, 12.0);
        let second = 1.3 * self.effect(&["A10BB", "A10BF", "A10BK"], day, 12.0);
        let insulin = 1.6 * self.effect(&["A10A"], day, 10.0);
        let wave = 0.25 * (years * 2.3 + self.own(3) * 3.0).sin();
        (untreated - metformin - second - insulin + wave + winter).clamp(5.6, 14.0)
    }

    /// True filtration rate, mL/min/1.73 m², as long as the kidneys do the work.
    pub(crate) fn filtration(&self, day: Day) -> f64 {
        let age = self.age(day);
        let healthy = 119.0 - 0.70 * (age - 25.0).max(0.0) + 7.5 * self.own(4);
        let diabetes = self.years_with(Disease::Diabetes, day).unwrap_or(0.0) * 0.55;
        let pressure = self.years_with(Disease::Hypertension, day).unwrap_or(0.0) * 0.20;
        let rate = healthy - diabetes - pressure;
        let rate = match self.years_with(Disease::ChronicKidneyDisease, day) {
            Some(years) => rate.min(55.0 + 3.0 * self.own(5)) - self.decline * years,
            None => rate.max(61.0),
        };
        rate.clamp(5.5, 128.0)
    }

    fn ldl(&self, day: Day) -> f64 {
        let age = self.age(day);
        let natural = if self.has(Disease::Hyperlipidaemia, day) { 4.25 } else { 2.65 }
            + 0.008 * (age.min(65.0) - 40.0)
            + 0.48 * self.standing(Analyte::Ldl);
        let statin = 0.42 * self.effect(&["C10AA"], day, 4.0);
        (natural * (1.0 - statin)).clamp(0.9, 8.0)
    }

    fn triglycerides(&self, day: Day) -> f64 {
        let level: f64 = 1.25
            * (0.32 * self.standing(Analyte::Triglycerides)).exp()
            * (1.0 + 0.05 * (self.bmi - 23.5)).max(0.5)
            * if self.has(Disease::Hyperlipidaemia, day) { 1.5 } else { 1.0 }
            * if self.has(Disease::Diabetes, day) { 1.2 } else { 1.0 };
        (level * (1.0 - 0.15 * self.effect(&["C10AA"], day, 4.0))).clamp(0.35, 11.0)
    }

    /// The value that the laboratory would print, before rounding; `so_far` is what the same report already holds.
    fn value(&self, analyte: Analyte, day: Day, tide: &Tide, so_far: &[Finding], rng: &mut Rng) -> f64 {
        let acute = tide.acute;
        let weeks = tide.weeks.unwrap_or(0.0);
        // how far along, 0 to 1, counted from the tenth week
        let carrying = ((weeks - 10.0) / 24.0).clamp(0.0, 1.0);
        let filtration = if tide.dialysis { 6.0 } else { self.filtration(day) };
        let male = self.sex == Sex::Male;
        let age = self.age(day);
        let printed = |wanted: Analyte| so_far.iter().find(|f| f.analyte == wanted).map(|f| f.value.to_f64());
        let standing = self.standing(analyte);
        let level = match analyte {
            // average glucose of the ADAG study (1.59 x HbA1c - 2.59); the fasting part of it falls as HbA1c rises
            Analyte::FastingGlucose => {
                let sweet = if tide.sweet { 0.55 } else { 0.0 };
                (1.59 * self.hba1c(day) - 2.59) * (0.86 + 0.02 * self.own(6)) + 1.2 * acute - 0.45 * carrying + sweet
            }
            Analyte::Hba1c => self.hba1c(day) - 0.3 * carrying,
            Analyte::GlucoseAfterLoad => (if tide.sweet { 9.1 } else { 6.4 }) + 0.7 * standing,
            Analyte::Creatinine if age < 16.0 => 22.0 + 2.4 * age,
            Analyte::Creatinine => egfr::to_creatinine(filtration, age, self.sex) * (1.0 - 0.22 * carrying),
            Analyte::Egfr => {
                let creatinine = printed(Analyte::Creatinine).unwrap_or(70.0);
                egfr::from_creatinine(creatinine, f64::from(self.birth.age_on(day)), self.sex)
            }
            Analyte::Urea => {
                (5.0 * (92.0 / filtration).powf(0.7) * (0.10 * standing).exp() * (1.0 - 0.25 * carrying)).min(30.0)
            }
            Analyte::UricAcid => {
                let gout = if self.has(Disease::Gout, day) { 135.0 } else { 0.0 };
                let kidney = (60.0 - filtration).max(0.0) * 2.0;
                let lowered = 0.38 * self.effect(&["M04AA"], day, 5.0);
                (if male { 345.0 } else { 272.0 } + 48.0 * standing + gout + kidney + 6.0 * (self.bmi - 24.0))
                    * (1.0 - lowered)
            }
            Analyte::Alt => {
                (if male { 22.0 } else { 16.5 })
                    * (0.36 * standing).exp()
                    * (1.0 + 0.07 * (self.bmi - 24.0)).clamp(0.7, 2.2)
                    * (1.0 + 0.15 * self.effect(&["C10AA"], day, 4.0))
            }
            Analyte::Ast => 0.55 * printed(Analyte::Alt).unwrap_or(20.0) + 10.0 + 2.0 * standing,
            Analyte::Albumin => {
                45.5 - 0.05 * (age - 40.0).max(0.0) + 1.6 * standing - 5.0 * acute - 7.0 * carrying - 3.0 * tide.marrow
            }
            Analyte::Ggt => {
                (if male { 27.0 } else { 17.5 })
                    * (0.42 * standing).exp()
                    * (1.0 + 0.06 * (self.bmi - 24.0)).clamp(0.7, 2.2)
            }
            Analyte::Alp => {
                let growing = if age < 14.0 { 170.0 } else { 0.0 };
                (72.0 + growing + 0.15 * (age - 40.0).max(0.0) + 60.0 * carrying) * (0.2 * standing).exp()
            }
            Analyte::Bilirubin => 12.0 * (0.32 * standing).exp(),
            Analyte::Triglycerides => self.triglycerides(day),
            Analyte::Hdl => {
                let level = if male { 1.24 } else { 1.42 } + 0.22 * standing;
                (level - 0.09 * (self.triglycerides(day) - 1.4)).max(0.6)
            }
            Analyte::Ldl => self.ldl(day),
            // Friedewald the other way round, so that the four lipids fit one another
            Analyte::TotalCholesterol => {
                let triglycerides = printed(Analyte::Triglycerides).unwrap_or(1.3).min(4.5);
                printed(Analyte::Ldl).unwrap_or(2.7) + printed(Analyte::Hdl).unwrap_or(1.3) + triglycerides / 2.2
            }
            Analyte::Potassium => {
                4.15 + 0.16 * standing + (45.0 - filtration).max(0.0) * 0.022 + 0.14 * self.effect(&["C09"], day, 3.0)
                    - 0.22 * self.effect(&["C03AA"], day, 3.0)
                    - 0.3 * acute
            }
            Analyte::Sodium => 141.0 + 1.1 * standing - 2.5 * acute,
            Analyte::Calcium => 2.31 + 0.05 * standing - (40.0 - filtration).max(0.0) * 0.004 - 0.08 * carrying,
            Analyte::Phosphate => {
                1.13 + 0.12 * standing + (if age < 13.0 { 0.4 } else { 0.0 }) + (30.0 - filtration).max(0.0) * 0.028
            }
            Analyte::Pth => 38.0 * (0.3 * standing).exp() * (1.0 + (50.0 - filtration).max(0.0) * 0.14),
            Analyte::Ferritin => {
                (if male { 130.0 } else { 62.0 }) * (0.5 * standing + 0.8 * acute).exp() * (1.0 - 0.6 * carrying)
            }
            Analyte::Chloride => 0.80 * printed(Analyte::Sodium).unwrap_or(141.0) - 9.0 + 0.8 * standing,
            Analyte::Wbc => {
                let calm = (if age < 0.1 {
                    12.0
                } else if age < 13.0 {
                    7.4
                } else {
                    6.1
                }) * (0.17 * standing).exp();
                (calm * (1.0 + 1.25 * acute + 0.35 * carrying) * (1.0 - 0.62 * tide.marrow)).clamp(2.4, 26.0)
            }
            Analyte::NeutrophilShare => {
                let calm = if age < 13.0 { 46.0 } else { 57.5 } + 5.0 * standing;
                calm + (90.0 - calm) * (0.8 * acute + 0.35 * carrying).min(0.9) - 12.0 * tide.marrow
            }
            // the two kinds and a few others make up the whole
            Analyte::LymphocyteShare => {
                let others = 8.2 + 1.1 * standing.clamp(-2.0, 2.0);
                (100.0 - printed(Analyte::NeutrophilShare).unwrap_or(58.0) - others).max(3.0)
            }
            Analyte::Haemoglobin => {
                let adult = if male { 150.0 } else { 131.5 } + if male { 8.5 } else { 8.0 } * standing;
                let child = (if age < 0.1 { 175.0 } else { 119.0 + 1.3 * age }) + 6.0 * standing;
                let kidney = ((60.0 - filtration).max(0.0) * 0.55).min(26.0);
                let level =
                    (if age < 13.0 { child } else { adult }) - kidney - (age - 65.0).max(0.0) * 0.35 - 4.0 * acute;
                (level - 14.0 * carrying - 18.0 * tide.marrow - tide.loss).max(66.0)
            }
            Analyte::Platelets => {
                (if age < 13.0 { 300.0 } else { 228.0 })
                    * (0.2 * standing).exp()
                    * (1.0 + 0.2 * acute - 0.1 * carrying)
                    * (1.0 - 0.5 * tide.marrow)
            }
            Analyte::Crp => 1.1 * (0.55 * standing).exp() + 95.0 * acute.powf(1.6),
            Analyte::Tsh => match self.years_with(Disease::Hypothyroidism, day) {
                Some(_) => 13.0 - 10.2 * self.effect(&["H03AA"], day, 8.0) + 0.5 * standing,
                None => 2.0 * (0.40 * standing).exp(),
            },
            Analyte::FreeT4 => {
                let lack = if self.has(Disease::Hypothyroidism, day) { 6.8 } else { 0.0 };
                16.6 + 1.7 * standing - lack * (1.0 - self.effect(&["H03AA"], day, 8.0))
            }
            Analyte::UrineAlbuminCreatinine => {
                let diabetes = self.years_with(Disease::Diabetes, day).map_or(0.0, |years| 0.14 * years);
                let kidney = if self.has(Disease::ChronicKidneyDisease, day) { 1.6 } else { 0.0 };
                let saved = 0.35 * self.effect(&["C09"], day, 12.0);
                7.0 * (diabetes + kidney + 0.5 * standing - saved).exp()
            }
            Analyte::TroponinI => 0.012 * (0.4 * standing).exp() + 6.0 * tide.heart * tide.heart,
            Analyte::NtProBnp => {
                let heart = if self.has(Disease::CoronaryHeartDisease, day) { 2.2 } else { 1.0 };
                let kidneys = 1.0 + (60.0 - filtration).max(0.0) * 0.06;
                42.0 * (0.45 * standing + 0.022 * (age - 40.0).max(0.0)).exp()
                    * heart
                    * kidneys
                    * (1.0 + 9.0 * tide.heart)
            }
            Analyte::DDimer => {
                0.18 * (0.35 * standing).exp() * (1.0 + 4.0 * acute + 6.0 * carrying + 0.02 * (age - 40.0).max(0.0))
            }
            Analyte::Inr => 1.0 + 0.05 * standing.clamp(-2.5, 2.5),
            Analyte::Fibrinogen => 2.8 + 0.35 * standing + 2.2 * acute + 1.3 * carrying,
            Analyte::Cea => 1.7 * (0.45 * standing).exp(),
            Analyte::Ca199 => 9.0 * (0.6 * standing).exp(),
            Analyte::Afp => 2.6 * (0.4 * standing).exp(),
            Analyte::Ca125 => 11.0 * (0.45 * standing).exp(),
            Analyte::Psa => (0.7 + 0.025 * (age - 45.0).max(0.0)) * (0.5 * standing).exp(),
            // newborns: the yellow of the first days
            Analyte::SkinBilirubin => 165.0 + 35.0 * standing,
        };
        let level = match tide.marker {
            Some((marker, high)) if marker == analyte => high.max(level),
            _ => level,
        };
        (level * (1.0 + analyte.row().within / 100.0 * normal(rng))).max(0.0)
    }

    /// The answers of a panel's tests in words; those in `positive` come out positive.
    pub(crate) fn words(&self, panel: Panel, day: Day, positive: &[&'static Assay]) -> Vec<Test> {
        let asked: &[&'static Assay] = match panel {
            Panel::Urinalysis => &[
                &assay::URINE_PROTEIN,
                &assay::URINE_GLUCOSE,
                &assay::URINE_KETONES,
                &assay::URINE_BLOOD,
                &assay::URINE_LEUKOCYTES,
            ],
            Panel::PrenatalScreen => &[&assay::HEPATITIS_B, &assay::HIV, &assay::SYPHILIS],
            Panel::RespiratoryViruses => &[&assay::INFLUENZA_A, &assay::INFLUENZA_B, &assay::RSV],
            Panel::StoolPathogens => &[&assay::NOROVIRUS, &assay::ROTAVIRUS, &assay::SALMONELLA],
            Panel::Enterovirus => &[&assay::ENTEROVIRUS],
            _ => return Vec::new(),
        };
        let found = |assay: &&'static Assay| {
            let own = match assay.loinc {
                "20454-5" => self.has(Disease::ChronicKidneyDisease, day),
                "25428-4" => self.years_on(&["A10BK"], day).is_some() || self.hba1c(day) > 9.5,
                // carriers of hepatitis B among pregnant women: about 6 % (national sero-survey, rounded)
                "5196-1" => self.own(31) > 1.555,
                _ => false,
            };
            Test::of(assay, own || positive.contains(assay))
        };
        let mut tests: Vec<Test> = asked.iter().map(found).collect();
        if panel == Panel::PrenatalScreen {
            // O 34, A 29, B 28, AB 9 of 100 (Han Chinese, rounded)
            let group = match phi(self.own(30)) {
                ..0.34 => "O型",
                0.34..0.63 => "A型",
                0.63..0.91 => "B型",
                _ => "AB型",
            };
            let plain = |assay, chinese| Test { assay, word: Word { code: "TXT", chinese, abnormal: false } };
            tests.extend([plain(&assay::BLOOD_GROUP, group), plain(&assay::RHESUS, "阳性")]);
        }
        tests
    }

    /// A whole panel on a day.
    pub(crate) fn report(&self, panel: Panel, times: [Moment; 3], tide: &Tide, rng: &mut Rng) -> Report {
        let [ordered, observed, issued] = times;
        let day = observed.day;
        let age = self.birth.age_on(day);
        let mut findings = Vec::with_capacity(panel.items().len());
        for analyte in panel.items().iter().copied() {
            if analyte == Analyte::Egfr && age < 18 {
                continue; // the equation is for adults
            }
            let value = analyte.print(self.value(analyte, day, tide, &findings, rng));
            let flag = analyte.flag(value.to_f64(), self.sex, age);
            findings.push(Finding { analyte, value, flag, interval: analyte.interval(self.sex, age) });
        }
        Report { panel, ordered, observed, issued, findings, tests: Vec::new() }
    }

    /// Weight in kg: children by their growth curve, adults with a slow rise to 60 years, then a slow fall.
    fn weight(&self, day: Day, tide: &Tide) -> f64 {
        let age = self.age(day);
        if age < 18.0 {
            let z = 0.55 * self.stature + 0.25 * (self.bmi - 23.8) / 2.9 * 1.4 + 0.6 * self.own(12) * 0.8;
            return growth::value(Measure::Weight, self.sex, age, z.clamp(-2.4, 2.6)) - newborn_loss(age);
        }
        let tall = self.height_on(day) / 100.0;
        let drift = 0.035 * (age.min(60.0) - 40.0) - 0.06 * (age - 60.0).max(0.0);
        let usual = tall * tall * (self.bmi + drift + 0.25 * (day.days_since(self.birth) as f64 / 210.0).sin());
        let child = tide.weeks.map_or(0.0, |weeks| 0.06 * weeks.min(12.0) + 0.42 * (weeks - 12.0).max(0.0));
        usual + child + tide.water - 4.0 * tide.marrow
    }

    fn height_on(&self, day: Day) -> f64 {
        let age = self.age(day);
        if age < 18.0 {
            return growth::value(Measure::Height, self.sex, age, self.stature.clamp(-2.6, 2.6));
        }
        self.height - 0.09 * (age - 50.0).max(0.0)
    }

    /// Vital signs of a visit. `full` adds height, temperature, breathing and saturation.
    pub(crate) fn vitals(&self, day: Day, tide: &Tide, full: bool, rng: &mut Rng) -> Vitals {
        let age = self.age(day);
        let acute = tide.acute;
        let carrying = tide.weeks.map_or(0.0, |weeks| (weeks / 30.0).min(1.0));
        let winter = 3.0 * (std::f64::consts::TAU * f64::from(day.days_since(Day::of(2000, 1, 15))) / 365.25).cos();
        // a child's pressure rises with growth; an adult's slowly with age
        let usual = if age < 18.0 { 90.0 + 1.1 * age } else { 110.0 + 0.32 * (age - 25.0).max(0.0) };
        let natural = usual + 6.0 * self.own(7) + 0.6 * (self.bmi - 24.0);
        let systolic = match self.years_with(Disease::Hypertension, day) {
            Some(_) => {
                let first = 17.0 * self.effect(&["C08CA", "C09"], day, 3.0);
                let second = 9.0 * self.effect(&["C03AA", "C07AB"], day, 3.0);
                natural.max(124.0) + 30.0 + 4.0 * self.own(8) - first - second
            }
            None => natural.min(137.0),
        };
        let systolic = systolic + winter - 4.0 * carrying + 3.5 * tide.water + 6.0 * normal(rng);
        let stiff = (age - 55.0).max(0.0) * 0.25;
        let diastolic = systolic * 0.61 - stiff + 1.5 * self.own(9) + 3.5 * normal(rng);
        let blocker = 9.0 * self.effect(&["C07AB"], day, 1.0);
        let resting = match age {
            ..0.1 => 138.0,
            0.1..10.0 => 118.0 - 4.2 * age,
            _ => 73.0 + 9.0 * carrying,
        };
        let pulse = resting + 5.0 * self.own(10) - blocker + 22.0 * acute + 4.0 * normal(rng);
        let temperature = 36.5 + 0.2 * normal(rng) + 2.5 * acute.powf(0.6);
        let lungs = if self.has(Disease::Copd, day) { 2.0 } else { 0.0 };
        let whole = |value: f64| value.round() as i64;
        Vitals {
            pressure: (age >= 7.0).then(|| {
                let low = whole(diastolic.clamp(45.0, 125.0));
                (whole(systolic.clamp(86.0, 215.0)).max(low + 18), low)
            }),
            pulse: Some(whole(pulse.clamp(48.0, 165.0))),
            temperature: full.then(|| Fixed::of(temperature.clamp(35.8, 40.3), 1)),
            weight: Some(if age < 3.0 {
                Fixed::of(self.weight(day, tide) * (1.0 + 0.004 * normal(rng)), 2)
            } else {
                Fixed::of(self.weight(day, tide) + 0.3 * normal(rng), 1)
            }),
            height: full.then(|| Fixed::of(self.height_on(day), u8::from(age < 18.0))),
            head: (full && age < 3.05).then(|| {
                let z = 0.4 * self.stature + 0.9 * self.own(13);
                Fixed::of(growth::value(Measure::Head, self.sex, age, z.clamp(-2.4, 2.4)), 1)
            }),
            breaths: full
                .then(|| whole((if age < 1.0 { 22.0 } else { 16.0 }) + 6.0 * acute + (10.0 - age).max(0.0) + lungs)),
            saturation: full.then(|| whole((98.3 - lungs - 3.5 * acute + 0.5 * normal(rng)).clamp(86.0, 100.0))),
        }
    }
}

/// Newborns lose a little weight in the first days.
fn newborn_loss(age: f64) -> f64 {
    let days = age * 365.25;
    if days < 7.0 { 0.045 * days.min(7.0 - days).max(0.0) } else { 0.0 }
}
