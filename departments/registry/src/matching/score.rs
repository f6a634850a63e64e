//! The weight of a pair: levels of all fields added up, with what relatives share taken back.

use super::fields::Fields;
use super::levels::{Level, ROWS};
use super::names::{self, Rated};
use super::text::one_edit;
use super::{birth, place};

/// log2 of how likely two records are of one person before anything is compared: one in a million.
pub(super) const PRIOR: f64 = -20.0;

/// log2 of how many records of one person there are for one of another member of the household.
const HOUSEHOLD: f64 = -1.0;

/// From which weights on (log2, the prior counted) records are joined, or shown to somebody.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bands {
    pub link: f64,
    pub review: f64,
}

impl Default for Bands {
    /// Joined from a probability of .9995 on, shown from .9 on.
    fn default() -> Bands {
        Bands { link: 11.0, review: 3.2 }
    }
}

/// What to do about a pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Band {
    New,
    Review,
    Link,
}

/// One field's part in a weight.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Evidence {
    pub field: &'static str,
    pub level: &'static str,
    pub weight: f64,
    /// None for what is no comparison: the prior, the correction for relatives.
    pub of: Option<Level>,
}

/// The weight of a pair and what it consists of.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Score {
    /// log2 of the odds; the sum of the evidence.
    pub weight: f64,
    pub probability: f64,
    pub evidence: Vec<Evidence>,
    /// However heavy, not to be joined without somebody's word.
    pub held: bool,
    /// Two valid identity numbers: never one person.
    pub contradicted: bool,
}

/// Weights, prior and bands. The constants of the first form by default; trained ones by [`Matcher::with_rates`].
#[derive(Clone, PartialEq, Debug)]
pub struct Matcher {
    rates: Vec<(f64, f64)>,
    pub prior: f64,
    pub bands: Bands,
}

impl Default for Matcher {
    fn default() -> Matcher {
        Matcher { rates: ROWS.iter().map(|row| (row.m, row.u)).collect(), prior: PRIOR, bands: Bands::default() }
    }
}

impl Matcher {
    /// For a register of so many records: the prior is one in as many.
    #[must_use]
    pub fn for_size(mut self, records: u32) -> Matcher {
        self.prior = -f64::from(records.max(2)).log2();
        self
    }

    /// With other rates `(m, u)` for each level, in the order of [`Level`].
    #[must_use]
    pub fn with_rates(mut self, rates: &[(f64, f64)]) -> Matcher {
        for (own, other) in self.rates.iter_mut().zip(rates) {
            *own = *other;
        }
        self
    }

    /// Compares two records.
    #[must_use]
    pub fn score(&self, a: &Fields, b: &Fields) -> Score {
        let mut score = Score::default();
        score.add("prior", "", self.prior);
        let mut relatives = HOUSEHOLD;
        for (level, rate) in self.compare(a, b) {
            let row = level.row();
            relatives += (self.rates.get(level as usize).map_or(row.m, |rates| rates.0) / row.h).log2();
            let of = Some(level);
            score.evidence.push(Evidence { field: row.field, level: row.name, weight: self.weight(level, rate), of });
        }
        // One person or two: of two, they may be strangers or live together, and what makes the one unlikely may be what
        // the other is made of.
        let strangers: f64 = score.evidence.iter().map(|evidence| evidence.weight).sum();
        score.weight = -((-strangers).exp2() + (-relatives).exp2()).log2();
        if strangers - score.weight > 0.05 {
            score.add("household", "relatives", score.weight - strangers);
        } else {
            score.weight = strangers;
        }
        score.judge();
        score.probability = 1.0 / (1.0 + (-score.weight).exp2());
        score
    }

    /// What to do about a pair of this weight.
    #[must_use]
    pub fn band(&self, score: &Score) -> Band {
        match score.weight {
            _ if score.contradicted => Band::New,
            weight if weight >= self.bands.link && !score.held => Band::Link,
            weight if weight >= self.bands.review => Band::Review,
            _ => Band::New,
        }
    }

    fn weight(&self, level: Level, rate: Option<f64>) -> f64 {
        let (m, u) = self.rates.get(level as usize).copied().unwrap_or((0.5, 0.5));
        (m / rate.unwrap_or(u)).log2()
    }

    /// The heaviest of several ways to compare.
    fn best(&self, all: impl Iterator<Item = Vec<Rated>>) -> Vec<Rated> {
        let weigh = |rated: &Vec<Rated>| rated.iter().map(|(level, rate)| self.weight(*level, *rate)).sum::<f64>();
        all.map(|rated| (weigh(&rated), rated))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map_or(Vec::new(), |(_, best)| best)
    }

    fn compare(&self, a: &Fields, b: &Fields) -> Vec<Rated> {
        let mut levels: Vec<Rated> = Vec::with_capacity(10);
        let mut add = |level: Option<Level>| levels.extend(level.map(|level| (level, None)));
        add(identities(a, b));
        add(cards(a, b));
        add(a.birth.as_ref().zip(b.birth.as_ref()).map(|(one, other)| birth::compare(one, other)));
        add(a
            .male
            .zip(b.male)
            .map(|(one, other)| if one == other { Level::GenderEqual } else { Level::GenderDifferent }));
        add(contacts(&a.phones, &b.phones, [Level::PhoneEqual, Level::PhoneNear, Level::PhoneDifferent]));
        add(contacts(&a.emails, &b.emails, [Level::EmailEqual, Level::EmailNear, Level::EmailDifferent]));
        let names = a.names.iter().flat_map(|one| b.names.iter().map(|other| names::compare(one, other)));
        levels.extend(self.best(names));
        let rated = |levels: Vec<Level>| levels.into_iter().map(|level| (level, None)).collect();
        let places = a.places.iter().flat_map(|one| b.places.iter().map(|other| rated(place::compare(one, other))));
        levels.extend(self.best(places));
        levels
    }
}

impl Score {
    fn add(&mut self, field: &'static str, level: &'static str, weight: f64) {
        self.evidence.push(Evidence { field, level, weight, of: None });
    }

    /// Whether the pair comes to this level.
    #[must_use]
    pub fn is(&self, level: Level) -> bool {
        self.evidence.iter().any(|evidence| evidence.of == Some(level))
    }

    fn any(&self, levels: &[Level]) -> bool {
        levels.iter().any(|level| self.is(*level))
    }

    fn says(&self, field: &str) -> bool {
        self.evidence.iter().any(|evidence| evidence.field == field)
    }

    /// What the weight does not say: whether somebody must look.
    fn judge(&mut self) {
        use Level as L;
        // A card is carried by a person, and shown for whoever of the household has none: it proves no other name and no
        // other birth date. Twins are often registered under one.
        let proved = self.is(L::IdentityEqual);
        let carried = proved || self.is(L::CardEqual);
        let other_name = self.any(&[L::GivenDifferent, L::GivenOneCharacter, L::GivenFar, L::NameDifferent]);
        let other_birth = self.any(&[L::BirthDifferent, L::BirthSameYear, L::BirthYearOff, L::BirthYear]);
        let has_name = ["family", "given", "name"].iter().any(|field| self.says(field));
        let has_both = has_name && self.says("birthDate");
        let told_apart = other_name || other_birth;
        let doubtful = self.is(L::GenderDifferent) || !has_both;
        self.held = self.says("newborn") || (told_apart && !proved) || (doubtful && !carried);
        self.contradicted = self.is(L::IdentityConflict);
    }
}

fn identities(a: &Fields, b: &Fields) -> Option<Level> {
    if let (Some(one), Some(other)) = (&a.identity, &b.identity) {
        return Some(if one == other { Level::IdentityEqual } else { Level::IdentityConflict });
    }
    let numbers = |fields: &Fields| -> Vec<String> {
        let valid = fields.identity.iter().map(|number| number.as_str().to_owned());
        valid.chain(fields.typed.iter().cloned()).collect()
    };
    let (one, other) = (numbers(a), numbers(b));
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let near = one.iter().any(|a| other.iter().any(|b| one_edit(a, b)));
    Some(if near { Level::IdentityNear } else { Level::IdentityTypedDifferent })
}

fn cards(a: &Fields, b: &Fields) -> Option<Level> {
    let mut best = None;
    for (system, number) in &a.cards {
        for (_, other) in b.cards.iter().filter(|(of, _)| of == system) {
            let level = match () {
                () if number == other => Level::CardEqual,
                () if one_edit(number, other) => Level::CardNear,
                () => Level::CardDifferent,
            };
            best = Some(best.map_or(level, |before: Level| before.min(level)));
        }
    }
    best
}

/// Any of several agrees, or nearly; `levels` is equal, near, different.
fn contacts(a: &[String], b: &[String], levels: [Level; 3]) -> Option<Level> {
    let [equal, near, different] = levels;
    if a.is_empty() || b.is_empty() {
        return None;
    }
    if a.iter().any(|one| b.contains(one)) {
        return Some(equal);
    }
    let close = a.iter().any(|one| b.iter().any(|other| one_edit(one, other)));
    Some(if close { near } else { different })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn patient(name: &str, born: &str, gender: &str, phone: &str, line: &str) -> Value {
        json!({"name": [{"text": name}], "birthDate": born, "gender": gender,
            "telecom": [{"system": "phone", "value": phone}], "address": [{"line": [line], "city": "云洲市"}]})
    }

    fn band(a: &Value, b: &Value) -> (Band, Score) {
        let matcher = Matcher::default();
        let score = matcher.score(&Fields::of(a), &Fields::of(b));
        (matcher.band(&score), score)
    }

    const HOME: &str = "湖滨路12号3栋402室";

    #[test]
    fn one_person_written_twice_is_joined() {
        let one = patient("王秀英", "1957-03-05", "female", "15400000001", HOME);
        for other in [
            one.clone(),
            patient("王秀瑛", "1957-03-05", "female", "15400000001", HOME),
            patient("王秀英", "1957-05-03", "female", "15400000001", HOME),
            patient("王秀英", "1957-03-05", "female", "15400009999", HOME),
            patient("王秀英", "1957-03-06", "female", "15400000001", HOME),
        ] {
            let (band, score) = band(&one, &other);
            assert_eq!(band, Band::Link, "{other} {score:?}");
        }
    }

    #[test]
    fn relatives_and_namesakes_are_not_joined() {
        let one = patient("王子涵", "2015-03-05", "male", "15400000001", HOME);
        let twin = patient("王子轩", "2015-03-05", "male", "15400000001", HOME);
        let brother = patient("王子轩", "2013-08-15", "male", "15400000001", HOME);
        let father = patient("王强", "1985-08-15", "male", "15400000001", HOME);
        let other_twin = patient("王梓萱", "2015-03-05", "female", "15400000001", HOME);
        let namesake = patient("王子涵", "1988-11-25", "male", "15400007777", "南街9号");
        assert_eq!(band(&one, &twin).0, Band::Review, "one character, same day: somebody looks");
        for other in [brother, father, other_twin, namesake] {
            let (band, score) = band(&one, &other);
            assert_eq!(band, Band::New, "{other} {score:?}");
        }
    }

    #[test]
    fn twins_under_one_card_wait_for_somebodys_word() {
        let with_card = |name: &str, system: &str, number: &str| {
            let mut one = patient(name, "2015-03-05", "male", "15400000001", HOME);
            one["identifier"] = json!([{"system": system, "value": number}]);
            one
        };
        for (system, number) in
            [("urn:oid:2.16.156.10011.1.19", "A99000001"), ("https://meridian.example/id/insurance", "YB9900000001")]
        {
            let card = |name: &str| with_card(name, system, number);
            for (one, other) in [("王子涵", "王子轩"), ("王子涵", "王建国"), ("王子涵", "王芳")] {
                let (band, score) = band(&card(one), &card(other));
                assert!(score.is(Level::CardEqual) && score.weight > Bands::default().link, "{score:?}");
                assert_eq!(band, Band::Review, "{one} {other} {score:?}");
            }
            assert_eq!(band(&card("王子涵"), &card("王子涵")).0, Band::Link, "one child twice");
        }
    }

    #[test]
    fn however_long_the_texts_a_comparison_is_done_at_once() {
        let long = |letter: char| letter.to_string().repeat(1 << 20);
        let heavy = |letter: char| {
            let text = long(letter);
            let many = |nth: usize| if nth < 2 { text.clone() } else { format!("{letter}{nth}") };
            let names: Vec<Value> =
                (0..400).map(|nth| json!({"text": many(nth), "family": many(nth), "given": [many(nth)]})).collect();
            let places: Vec<Value> =
                (0..400).map(|nth| json!({"line": [many(nth), many(nth)], "city": many(nth)})).collect();
            let telecom: Vec<Value> =
                (0..400).map(|nth| json!({"system": "email", "value": format!("{}@example.org", many(nth))})).collect();
            let identifier: Vec<Value> = (0..400)
                .map(|nth| json!({"system": "urn:oid:2.16.156.10011.1.19", "value": many(nth)}))
                .chain((0..400).map(|nth| json!({"system": "urn:oid:2.16.156.10011.1.3", "value": many(nth)})))
                .collect();
            json!({"name": names, "address": places, "telecom": telecom, "identifier": identifier,
                "birthDate": "1970-01-01"})
        };
        let (one, other) = (heavy('a'), heavy('b'));
        let han = (
            heavy('王'),
            json!({"name": [{"text": format!("{}之子", long('李'))}],
            "address": [{"text": format!("{}号", "1号".repeat(1 << 18))}]}),
        );
        let began = std::time::Instant::now();
        let matcher = Matcher::default();
        for (a, b) in [(&one, &other), (&han.0, &han.1), (&one, &han.0)] {
            let (a, b) = (Fields::of(a), Fields::of(b));
            let score = matcher.score(&a, &b);
            let _ = (super::super::keys(&a), super::super::keys(&b));
            let told: usize = score.inputs(&a, &b).iter().map(|input| input.to_string().len()).sum();
            assert!(told < 20_000, "{told}");
        }
        // Uncut, one comparison of two such lines alone takes tens of seconds.
        assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    }

    #[test]
    fn newborns_wait_for_somebodys_word() {
        let child = patient("李小明", "2026-01-02", "male", "15400000001", HOME);
        let newborn = patient("王秀英之子", "2026-01-02", "male", "15400000001", HOME);
        assert_eq!(band(&child, &newborn).0, Band::Review);
        assert_eq!(band(&newborn, &newborn).0, Band::Review, "it may be the other twin");
        let mother = patient("王秀英", "1998-04-12", "female", "15400000001", HOME);
        assert_eq!(band(&mother, &newborn).0, Band::New);
    }

    #[test]
    fn two_valid_numbers_are_two_people_and_a_missing_field_is_no_evidence() {
        let with = |number: &str| {
            let mut one = patient("王秀英", "1970-03-05", "female", "15400000001", HOME);
            one["identifier"] = json!([{"system": "urn:oid:2.16.156.10011.1.3", "value": number}]);
            one
        };
        let numbers = ["990101194912310028", "990101195001010010"];
        let (mut one, mut two) = (with(numbers[0]), with(numbers[1]));
        one["birthDate"] = json!("1949-12-31");
        two["birthDate"] = json!("1950-01-01");
        let (band_of, score) = band(&one, &two);
        assert!(score.contradicted && band_of == Band::New);
        let bare = json!({"name": [{"text": "王秀英"}]});
        let score = band(&one, &bare).1;
        assert_eq!(score.evidence.iter().map(|e| e.field).collect::<Vec<_>>(), ["prior", "family", "given"]);
        let sum: f64 = score.evidence.iter().map(|evidence| evidence.weight).sum();
        assert!((sum - score.weight).abs() < 1e-9);
    }
}
