//! Which institutions know a resident: by street, age and what the resident needs. Shares are assumed.

use crate::calendar::Day;
use crate::draw::{Rng, Stream, between, chance, key, one_of, rng};
use crate::institution::Kind;
use crate::people::casting;
use crate::people::person::{Person, Sex};
use crate::region::Region;

/// The general hospital, the hospital of traditional Chinese medicine, the hospital for mothers and children.
pub const GENERAL: &str = "CJ01";
pub const CHINESE: &str = "CJ02";
pub const MATERNAL: &str = "CJ03";

/// What a life asks of the institutions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Has a chronic disease.
    pub chronic: bool,
    /// A pregnancy within the recorded years.
    pub maternal: bool,
    /// Is treated with traditional Chinese medicine.
    pub chinese: bool,
    /// Must be known to the general hospital.
    pub hospital: bool,
}

/// Kinds of care, for choosing a hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    General,
    Chinese,
    Maternity,
    /// Of somebody under 14.
    Child,
    Emergency,
}

/// Who knows a resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The general hospital.
    pub hospital: Option<&'static str>,
    pub chinese: Option<&'static str>,
    pub maternal: Option<&'static str>,
    /// The centre of the street.
    pub centre: Option<&'static str>,
    /// The centre before a move, and the day of moving.
    pub former: Option<(&'static str, Day)>,
}

impl Membership {
    /// The hospital that gives a kind of care to this resident, if one that knows the resident does.
    #[must_use]
    pub fn hospital_for(&self, service: Service) -> Option<&'static str> {
        match service {
            Service::General | Service::Emergency => self.hospital.or(self.chinese),
            Service::Chinese => self.chinese,
            Service::Maternity | Service::Child => self.maternal.or(self.hospital),
        }
    }

    /// All institutions that know the resident: hospitals, the centre, the former centre.
    pub fn all(&self) -> impl Iterator<Item = &'static str> + use<> {
        let former = self.former.map(|(code, _)| code);
        [self.hospital, self.chinese, self.maternal, self.centre, former].into_iter().flatten()
    }

    #[must_use]
    pub fn knows(&self, code: &str) -> bool {
        self.all().any(|known| known == code)
    }
}

/// Shares known to the general hospital, to the centre and to a former centre: without and with a chronic disease.
const KNOWN: [(f64, f64); 3] = [(0.70, 0.91), (0.88, 0.97), (0.15, 0.24)];
/// Shares of children known to the general hospital.
const CHILD_AT_GENERAL: f64 = 0.30;
/// Shares of adults known to the hospital of Chinese medicine: without and with a chronic disease.
const AT_CHINESE: (f64, f64) = (0.12, 0.30);
/// Shares of children under 7 and under 14 known to the hospital for mothers and children.
const CHILDREN_AT_MATERNAL: (f64, f64) = (0.80, 0.45);
/// Share of women of 18 to 55 without a recent pregnancy known there.
const WOMEN_AT_MATERNAL: f64 = 0.22;
/// Share of births there; the others are at the general hospital.
const BORN_AT_MATERNAL: f64 = 0.85;
/// Years of electronic records.
const RECORDED_YEARS: i32 = 6;

/// Where the children of a household are born.
#[must_use]
pub fn birthplace(seed: u64, household: u64) -> &'static str {
    let mut rng = rng(key(seed, Stream::Registration, 0xb1), Stream::Household, household);
    if chance(&mut rng, BORN_AT_MATERNAL) { MATERNAL } else { GENERAL }
}

/// The centre before a move: another one than today's.
fn former_centre(rng: &mut Rng, region: &Region, home: &str) -> &'static str {
    let others: Vec<&'static str> =
        region.institutions().iter().filter(|i| i.kind == Kind::Centre && i.code != home).map(|i| i.code).collect();
    one_of(rng, &others)
}

pub(super) fn of_person(region: &Region, person: &Person, needs: Needs) -> Membership {
    let mut rng = rng(region.seed(), Stream::Registration, person.index);
    let today = region.today();
    let age = person.age(today);
    let pick = |(without, with): (f64, f64)| if needs.chronic { with } else { without };
    let [general, centre, former] = KNOWN.map(pick);
    let general = if age < 14 { CHILD_AT_GENERAL } else { general };
    let chinese = if age < 18 { 0.03 } else { pick(AT_CHINESE) };
    let maternal = match (age, person.sex) {
        (..7, _) => CHILDREN_AT_MATERNAL.0,
        (7..14, _) => CHILDREN_AT_MATERNAL.1,
        (18..56, Sex::Female) => WOMEN_AT_MATERNAL,
        _ => 0.0,
    };
    let [general, chinese, maternal, centre, former] =
        [general, chinese, maternal, centre, former].map(|share| chance(&mut rng, share));
    let moved = today.plus(-between(&mut rng, 500, 1200));
    let home = person.address.centre;
    let cast = casting::cast(person.index).filter(|cast| cast.everywhere);
    if let Some(cast) = cast {
        let also = |code: &'static str| cast.also.contains(&code).then_some(code);
        let before = if home == "CJ12" { "CJ11" } else { "CJ12" };
        return Membership {
            hospital: Some(GENERAL),
            chinese: also(CHINESE),
            maternal: also(MATERNAL),
            centre: Some(home),
            former: Some((before, moved)),
        };
    }
    // a birth of the recorded years binds mother and child to the place
    let born = person.relatives.iter().any(|r| r.sex == Sex::Female) && age < RECORDED_YEARS;
    let place = (born || needs.maternal).then(|| birthplace(region.seed(), person.household));
    let general = general || needs.hospital || place == Some(GENERAL);
    let chinese = chinese || needs.chinese;
    let maternal = maternal || place == Some(MATERNAL);
    let centre = centre || age < 7 || !(general || chinese || maternal);
    let before = former_centre(&mut rng, region, home);
    let old_enough = moved > person.birth.plus(200);
    Membership {
        hospital: general.then_some(GENERAL),
        chinese: chinese.then_some(CHINESE),
        maternal: maternal.then_some(MATERNAL),
        centre: centre.then_some(home),
        former: (former && centre && old_enough).then_some((before, moved)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn care_goes_where_it_is_given() {
        let known = Membership {
            hospital: Some(GENERAL),
            chinese: None,
            maternal: Some(MATERNAL),
            centre: Some("CJ14"),
            former: None,
        };
        assert_eq!(known.hospital_for(Service::Maternity), Some(MATERNAL));
        assert_eq!(known.hospital_for(Service::Emergency), Some(GENERAL));
        assert_eq!(known.hospital_for(Service::Chinese), None);
        assert!(known.all().eq([GENERAL, MATERNAL, "CJ14"]));
        assert!(known.knows("CJ14") && !known.knows("CJ02"));
    }
}
