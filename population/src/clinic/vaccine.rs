//! Vaccinations: the childhood schedule and those of older people.

use crate::calendar::Day;
use crate::draw::{Stream, between, chance, one_of, rng};
use crate::people::person::Person;

/// One vaccine: CVX code and Chinese name.
#[derive(Debug, PartialEq, Eq)]
pub struct Vaccine {
    pub cvx: &'static str,
    pub chinese: &'static str,
}

const fn vaccine(cvx: &'static str, chinese: &'static str) -> Vaccine {
    Vaccine { cvx, chinese }
}

static HEPATITIS_B: Vaccine = vaccine("08", "重组乙型肝炎疫苗");
static BCG: Vaccine = vaccine("19", "卡介苗");
static IPV: Vaccine = vaccine("10", "脊髓灰质炎灭活疫苗");
static OPV: Vaccine = vaccine("178", "二价口服脊髓灰质炎减毒活疫苗");
static DTAP: Vaccine = vaccine("20", "吸附无细胞百白破联合疫苗");
static MMR: Vaccine = vaccine("03", "麻腮风联合减毒活疫苗");
static JE: Vaccine = vaccine("129", "乙型脑炎疫苗");
static MENINGO_A: Vaccine = vaccine("191", "A群脑膜炎球菌多糖疫苗");
static MENINGO_AC: Vaccine = vaccine("192", "A群C群脑膜炎球菌多糖疫苗");
static HEPATITIS_A: Vaccine = vaccine("85", "甲型肝炎疫苗");
static DT: Vaccine = vaccine("28", "吸附白喉破伤风联合疫苗");
static INFLUENZA: Vaccine = vaccine("88", "流行性感冒疫苗");
static PNEUMOCOCCAL: Vaccine = vaccine("33", "23价肺炎球菌多糖疫苗");

/// Month of age, vaccine, dose number: the national programme before the change of 2025, as remembered.
static SCHEDULE: [(i32, &Vaccine, u8); 22] = [
    (0, &HEPATITIS_B, 1),
    (0, &BCG, 1),
    (1, &HEPATITIS_B, 2),
    (2, &IPV, 1),
    (3, &IPV, 2),
    (3, &DTAP, 1),
    (4, &OPV, 3),
    (4, &DTAP, 2),
    (5, &DTAP, 3),
    (6, &HEPATITIS_B, 3),
    (6, &MENINGO_A, 1),
    (8, &MMR, 1),
    (8, &JE, 1),
    (9, &MENINGO_A, 2),
    (18, &DTAP, 4),
    (18, &MMR, 2),
    (18, &HEPATITIS_A, 1),
    (24, &JE, 2),
    (36, &MENINGO_AC, 1),
    (48, &OPV, 4),
    (72, &DT, 1),
    (72, &MENINGO_AC, 2),
];

/// Electronic vaccination records begin this many years back (assumed).
const RECORDED_YEARS: f64 = 15.0;
/// Share of people of 60 and over who take the yearly influenza vaccine, and of 65 the pneumococcal one (assumed).
const INFLUENZA_OLD: f64 = 0.30;
const PNEUMOCOCCAL_OLD: f64 = 0.28;

/// A dose that was given.
#[derive(Clone, Debug)]
pub struct Dose {
    pub vaccine: &'static Vaccine,
    pub number: u8,
    pub day: Day,
    /// Code of the centre that gave it.
    pub institution: &'static str,
    pub lot: String,
}

/// The doses of a person until today; `given_at` tells the centre of a day.
pub(crate) fn of_person(seed: u64, today: Day, person: &Person, given_at: impl Fn(Day) -> &'static str) -> Vec<Dose> {
    let mut rng = rng(seed, Stream::Vaccine, person.index);
    let mut doses = Vec::new();
    let earliest = today.plus_years(-RECORDED_YEARS);
    let mut give = |vaccine, number, day: Day, lot: i32| {
        if day >= earliest && day <= today {
            let lot = format!("SYN{}{lot:04}", day.year());
            doses.push(Dose { vaccine, number, day, institution: given_at(day), lot });
        }
    };
    for (month, vaccine, number) in &SCHEDULE {
        let (late, lot, given) = (between(&mut rng, 0, 12), between(&mut rng, 1, 9999), chance(&mut rng, 0.97));
        if given {
            give(*vaccine, *number, person.birth.plus(month * 30 + month / 2 + late), lot);
        }
    }
    let willing = chance(&mut rng, INFLUENZA_OLD) || person.index == 0;
    let pneumococcal = chance(&mut rng, PNEUMOCOCCAL_OLD) || person.index == 0;
    for back in (0..6).rev() {
        let year = today.year() - back;
        let day = Day::of(year, one_of(&mut rng, &[10, 11]), between(&mut rng, 8, 28));
        let lot = between(&mut rng, 1, 9999);
        let goes = chance(&mut rng, 0.8);
        if willing && goes && person.birth.age_on(day) >= 60 {
            give(&INFLUENZA, 1, day, lot);
        }
    }
    let at_65 = person.birth.plus_years(65.2).plus(between(&mut rng, 0, 500));
    let lot = between(&mut rng, 1, 9999);
    if pneumococcal {
        give(&PNEUMOCOCCAL, 1, at_65, lot);
    }
    doses.sort_by_key(|dose| dose.day);
    doses
}
