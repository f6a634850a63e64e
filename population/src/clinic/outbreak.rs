//! Planted outbreaks: where, when, whom. The truth is kept aside; institutions see the cases among their visits only.
//!
//! Everything follows from the seed and the day called today, and a resident's part in an outbreak from these and the
//! resident alone (household cases: and the household), so that nobody has to make the others. Attack rates and curves
//! are assumed in the order of published outbreak reports.

use super::acute::Illness;
use super::ending;
use super::infection::INFECTIONS;
use super::plan::{self, Plan};
use super::regimen::Care;
use crate::calendar::Day;
use crate::demographic;
use crate::draw::{Rng, Stream, between, chance, key, normal, rng};
use crate::people::make;
use crate::people::person::{Address, Person};
use crate::region::Region;
use crate::registration::membership::{Membership, Service};
use serde_json::{Value, json};

/// What kind of outbreak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A wave over the whole district.
    Influenza,
    /// In a school, with cases in households.
    Norovirus,
    /// In a kindergarten.
    HandFootMouth,
    /// A meal: one source, one day.
    Salmonella,
}

impl Kind {
    /// The word of the truth.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Influenza => "influenza-wave",
            Self::Norovirus => "norovirus-school",
            Self::HandFootMouth => "hand-foot-mouth-kindergarten",
            Self::Salmonella => "salmonella-meal",
        }
    }

    const fn icd(self) -> &'static str {
        match self {
            Self::Influenza => "J10.1",
            Self::Norovirus => "A08.1",
            Self::HandFootMouth => "B08.4",
            Self::Salmonella => "A02.0",
        }
    }

    const fn told(self) -> &'static str {
        match self {
            Self::Influenza => "，家中及单位有流感样病例",
            Self::Norovirus => "，同班多名同学有类似症状",
            Self::HandFootMouth => "，所在幼儿园班级有手足口病患儿",
            Self::Salmonella => "，前一日参加聚餐，同餐者有类似症状",
        }
    }
}

/// An outbreak as planted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planted {
    pub(crate) kind: Kind,
    /// Name of the place, and the part of the district: a street office or a residential committee.
    pub(crate) place: String,
    part: &'static str,
    /// The first day of exposure; of a wave its peak.
    pub(crate) day: Day,
    key: u64,
}

/// A case: who, since when, and where it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub resident: u64,
    pub onset: Day,
    /// The visit that shows it, when there was one: day and institution.
    pub seen: Option<(Day, &'static str)>,
}

/// An outbreak with its cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbreak {
    pub kind: Kind,
    /// ICD-10 of the cases.
    pub icd: &'static str,
    pub place: String,
    /// 街道 or 社区; empty for the whole district.
    pub part: &'static str,
    pub cases: Vec<Case>,
}

impl Outbreak {
    /// The row of the truth: kind, place, cases with onset, and the curve of onsets by day.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut curve: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
        for case in &self.cases {
            *curve.entry(case.onset.to_string()).or_default() += 1;
        }
        let cases: Vec<Value> = self
            .cases
            .iter()
            .map(|case| {
                json!({
                    "resident": case.resident,
                    "onset": case.onset.to_string(),
                    "seen": case.seen.map(|(day, institution)| json!({"day": day.to_string(), "institution": institution})),
                })
            })
            .collect();
        json!({
            "outbreak": self.kind.word(),
            "icd": self.icd,
            "place": self.place,
            "part": self.part,
            "first": curve.keys().next(),
            "last": curve.keys().next_back(),
            "curve": curve,
            "cases": cases,
        })
    }
}

/// The last day with this month and day that lies at least `before` days before today.
fn last(today: Day, month: i32, day: i32, before: i32) -> Day {
    let this = Day::of(today.year(), month, day);
    if today.days_since(this) >= before { this } else { Day::of(today.year() - 1, month, day) }
}

/// The outbreaks of a region.
pub(crate) fn planted(region: &Region) -> Vec<Planted> {
    let (seed, today) = (region.seed(), region.today());
    let mut rng = rng(seed, Stream::Outbreak, 0);
    let streets = region.streets();
    let mut pick = || rng.usize(0..streets.len().max(1));
    let at = [pick(), pick(), pick()];
    let street = |place: usize| at.get(place).and_then(|at| streets.get(*at));
    let (office, committee) = (
        |place| street(place).map_or("", |street| street.subdistrict),
        |place| street(place).map_or("", |street| street.committee),
    );
    let short = |name: &str| name.trim_end_matches("街道").trim_end_matches("社区").to_owned();
    let shift = |rng: &mut Rng, days: i32| between(rng, -days, days);
    let mut plant = |kind, place: String, part, day: Day, swing| Planted {
        kind,
        place,
        part,
        day: day.plus(shift(&mut rng, swing)),
        key: key(seed, Stream::Outbreak, 1 + kind as u64),
    };
    vec![
        plant(Kind::Influenza, "澄江区".to_owned(), "", last(today, 1, 10, 55), 9),
        plant(Kind::Norovirus, format!("{}中心小学", short(office(0))), office(0), last(today, 11, 20, 30), 12),
        plant(Kind::HandFootMouth, format!("{}第一幼儿园", short(office(1))), office(1), last(today, 6, 4, 40), 10),
        plant(Kind::Salmonella, format!("{}家宴", short(committee(2))), committee(2), last(today, 9, 6, 20), 14),
    ]
}

impl Planted {
    fn here(&self, address: &Address) -> bool {
        self.part.is_empty() || self.part == address.subdistrict || self.part == address.committee
    }

    /// Onset in somebody who was exposed at the place itself.
    fn first_hand(&self, index: u64, birth: Day, address: &Address) -> Option<Day> {
        if !self.here(address) || birth > self.day {
            return None;
        }
        let age = self.day.years_since(birth);
        let mut rng = rng(self.key, Stream::Outbreak, index);
        let attack = match self.kind {
            Kind::Influenza if age < 15.0 => 0.15,
            Kind::Influenza if age < 65.0 => 0.045,
            Kind::Influenza => 0.06,
            Kind::Norovirus if (6.0..12.0).contains(&age) => 0.38,
            Kind::HandFootMouth if (3.0..6.5).contains(&age) => 0.45,
            Kind::Salmonella if age > 3.0 => 0.24,
            _ => 0.0,
        };
        let (hit, spread) = (chance(&mut rng, attack), normal(&mut rng));
        let after = match self.kind {
            Kind::Influenza => (11.0 * spread).clamp(-30.0, 30.0),
            // grows for some days, then the class stays at home
            Kind::Norovirus => (4.0 + 2.2 * spread).clamp(0.0, 11.0),
            Kind::HandFootMouth => (9.0 + 4.5 * spread).clamp(0.0, 20.0),
            // incubation with a median of 20 hours
            Kind::Salmonella => ((20.0 * (0.55 * spread).exp() + 13.0) / 24.0).min(4.0),
        };
        hit.then(|| self.day.plus(f64::floor(after) as i32))
    }

    /// Onset in a person, when the outbreak reaches her or him.
    pub(crate) fn onset(&self, person: &Person) -> Option<Day> {
        let own = self.first_hand(person.index, person.birth, &person.address);
        if own.is_some() || self.kind != Kind::Norovirus {
            return own;
        }
        let first = person.relatives.iter().find_map(|r| self.first_hand(r.index, r.birth, &person.address))?;
        let mut rng = rng(self.key, Stream::Outbreak, person.index ^ (1 << 41));
        let (hit, later) = (chance(&mut rng, 0.18), between(&mut rng, 1, 3));
        (hit && person.birth < first).then(|| first.plus(later))
    }

    /// The visit that a case makes: day, institution, whether it is a hospital.
    fn visit(&self, person: &Person, known: &Membership, care: &Care, until: Day) -> Option<(Day, &'static str, bool)> {
        let onset = self.onset(person).filter(|onset| *onset < until.plus(-2))?;
        let mut rng = rng(self.key, Stream::Outbreak, person.index ^ (1 << 42));
        let (goes, hospital) = (chance(&mut rng, 0.78), chance(&mut rng, 0.55));
        let day = onset.plus(i32::from(chance(&mut rng, 0.3)));
        let service = if person.birth.age_on(day) < 14 { Service::Child } else { Service::General };
        let at_hospital = known.hospital_for(service).filter(|_| hospital).map(|code| (code, true));
        let at_centre = Some((care.on(day), false)).filter(|(code, _)| known.knows(code));
        let (code, hospital) = at_hospital.or(at_centre).or(known.hospital_for(service).map(|code| (code, true)))?;
        goes.then_some((day, code, hospital))
    }

    fn illness(&self) -> Option<&'static Illness> {
        INFECTIONS.iter().find(|illness| illness.icd == self.kind.icd())
    }
}

/// Adds the visits of a person's parts in outbreaks.
pub(super) fn plans(
    region: &Region,
    person: &Person,
    known: &Membership,
    (care, until): (&Care, Day),
    plans: &mut Vec<Plan>,
) {
    for outbreak in planted(region) {
        let Some((illness, (day, code, hospital))) = outbreak.illness().zip(outbreak.visit(person, known, care, until))
        else {
            continue;
        };
        // nobody has the same infection again within some weeks
        plans.retain(|plan| {
            plan.diagnoses.first().is_none_or(|d| d.icd != illness.icd) || plan.day.days_since(day).abs() > 60
        });
        let mut plan = plan::short(illness, person, day, code, hospital);
        plan.complaint.push_str(outbreak.kind.told());
        plans.push(plan);
    }
}

impl Region {
    /// The planted outbreaks with all cases among the residents of the region. Looks at every resident's truth, makes
    /// no life.
    #[must_use]
    pub fn outbreaks(&self) -> Vec<Outbreak> {
        let planted = planted(self);
        let mut found: Vec<Outbreak> = planted
            .iter()
            .map(|one| Outbreak {
                kind: one.kind,
                icd: one.kind.icd(),
                place: one.place.clone(),
                part: one.part,
                cases: Vec::new(),
            })
            .collect();
        for index in 0..self.count() {
            let person = make::person(self, index);
            for (one, outbreak) in planted.iter().zip(&mut found) {
                let Some(onset) = one.onset(&person).filter(|onset| *onset < self.today()) else { continue };
                let known = demographic::known(self, &person);
                let until = ending::of_person(self, &person, &known).until;
                if onset >= until {
                    continue;
                }
                let care = Care { home: person.address.centre, before: known.former };
                let seen = one.visit(&person, &known, &care, until).map(|(day, code, _)| (day, code));
                outbreak.cases.push(Case { resident: index, onset, seen });
            }
        }
        found
    }
}
