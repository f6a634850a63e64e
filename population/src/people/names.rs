//! Chinese names from tables: surname by frequency, given name by sex and birth cohort, a few names with a middle dot.

use super::person::{Name, Sex};
use crate::draw::{Rng, chance, one_of};

const SURNAMES: &str = include_str!("../../tables/surnames.tsv");
const GIVEN: &str = include_str!("../../tables/given_names.tsv");
const DOTTED: &str = include_str!("../../tables/dotted_names.tsv");
const HOMOPHONES: &str = include_str!("../../tables/homophones.tsv");
const LOOKALIKES: &str = include_str!("../../tables/lookalikes.tsv");
const VARIANTS: &str = include_str!("../../tables/variants.tsv");

/// Share of people whose name is written with a middle dot. Assumed, for a district outside the autonomous regions.
pub const DOTTED_SHARE: f64 = 0.012;

struct Cohort {
    sex: Sex,
    from: i32,
    single: f64,
    one: Vec<char>,
    first: Vec<char>,
    second: Vec<char>,
}

/// The tables, read once a region.
pub struct Names {
    surnames: Vec<(&'static str, f64)>,
    cohorts: Vec<Cohort>,
    dotted: [Vec<&'static str>; 3],
    homophones: Vec<Vec<char>>,
    lookalikes: Vec<Vec<char>>,
    variants: Vec<Vec<char>>,
}

/// The groups of characters in a table of one group a line.
fn groups(table: &'static str) -> Vec<Vec<char>> {
    rows(table).filter_map(|row| row.first().map(|line| line.chars().collect())).collect()
}

/// The name with one character changed for another of its group, if it has such a character.
fn exchanged(rng: &mut Rng, name: &Name, groups: &[Vec<char>]) -> Option<Name> {
    if name.dotted {
        return None;
    }
    let letters: Vec<char> = name.family.chars().chain(name.given.chars()).collect();
    let family = name.family.chars().count();
    let group = |c: char| groups.iter().find(|group| group.contains(&c));
    let places: Vec<usize> =
        (0..letters.len()).filter(|at| letters.get(*at).is_some_and(|c| group(*c).is_some())).collect();
    let at = *rng.choice(&places)?;
    let old = *letters.get(at)?;
    let others: Vec<char> = group(old)?.iter().copied().filter(|other| *other != old).collect();
    let new = one_of(rng, &others);
    let put = |range: std::ops::Range<usize>| {
        range.filter_map(|n| if n == at { Some(new) } else { letters.get(n).copied() }).collect::<String>()
    };
    Some(Name { family: put(0..family), given: put(family..letters.len()), dotted: false })
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

fn sex(mark: &str) -> Sex {
    if mark == "M" { Sex::Male } else { Sex::Female }
}

impl Names {
    /// Reads the built-in tables.
    #[must_use]
    pub fn new() -> Self {
        let mut sum = 0.0;
        let surnames = rows(SURNAMES)
            .filter_map(|row| {
                let [name, share] = *row.as_slice() else { return None };
                sum += share.parse::<f64>().ok()?;
                Some((name, sum))
            })
            .collect();
        let cohorts = rows(GIVEN)
            .filter_map(|row| {
                let [mark, from, single, one, first, second] = *row.as_slice() else { return None };
                Some(Cohort {
                    sex: sex(mark),
                    from: from.parse().ok()?,
                    single: single.parse::<f64>().ok()? / 100.0,
                    one: one.chars().collect(),
                    first: first.chars().collect(),
                    second: second.chars().collect(),
                })
            })
            .collect();
        let words = |wanted: &str| {
            rows(DOTTED)
                .find(|row| row.first() == Some(&wanted))
                .and_then(|row| row.get(1).map(|words| words.split(' ').collect()))
                .unwrap_or_default()
        };
        Self {
            surnames,
            cohorts,
            dotted: [words("M"), words("F"), words("P")],
            homophones: groups(HOMOPHONES),
            lookalikes: groups(LOOKALIKES),
            variants: groups(VARIANTS),
        }
    }

    /// A surname by its frequency.
    pub(crate) fn surname(&self, rng: &mut Rng) -> &'static str {
        let total = self.surnames.last().map_or(0.0, |(_, sum)| *sum);
        let at = rng.f64() * total;
        let place = self.surnames.partition_point(|(_, sum)| *sum <= at);
        self.surnames.get(place).or(self.surnames.last()).map_or("王", |(name, _)| name)
    }

    /// A given name for this sex and year of birth.
    fn given(&self, rng: &mut Rng, sex: Sex, year: i32) -> String {
        let Some(cohort) = self.cohorts.iter().rfind(|c| c.sex == sex && c.from <= year) else {
            return "明".to_owned();
        };
        if chance(rng, cohort.single) {
            return one_of(rng, &cohort.one).to_string();
        }
        let first = one_of(rng, &cohort.first);
        let mut second = one_of(rng, &cohort.second);
        while second == first {
            second = one_of(rng, &cohort.second);
        }
        [first, second].iter().collect()
    }

    /// A whole name; `family` is the surname that the household gives.
    pub(crate) fn full(&self, rng: &mut Rng, family: &str, sex: Sex, year: i32) -> Name {
        if chance(rng, DOTTED_SHARE) {
            let [men, women, second] = &self.dotted;
            let first = one_of(rng, if sex == Sex::Male { men } else { women });
            return Name { family: one_of(rng, second).to_owned(), given: first.to_owned(), dotted: true };
        }
        Name { family: family.to_owned(), given: self.given(rng, sex, year), dotted: false }
    }

    /// The name of a twin: the elder's with another last character.
    pub(crate) fn twin(&self, rng: &mut Rng, elder: &Name, sex: Sex, year: i32) -> Name {
        let mut kept: Vec<char> = elder.given.chars().collect();
        let last = kept.pop();
        let given = (0..64)
            .map(|_| self.given(rng, sex, year))
            .find(|given| given.chars().count() == kept.len() + 1 && given.chars().last() != last)
            .and_then(|given| given.chars().last())
            .or(Some('安').filter(|_| last != Some('安')));
        kept.extend(given.or(Some('宁')));
        Name { given: kept.into_iter().collect(), ..elder.clone() }
    }

    /// The same name with one character of the given name changed for another of the same sound, if it has such a
    /// character.
    pub(crate) fn misheard(&self, rng: &mut Rng, name: &Name) -> Option<Name> {
        let given = Name { family: String::new(), given: name.given.clone(), dotted: name.dotted };
        exchanged(rng, &given, &self.homophones).map(|heard| Name { given: heard.given, ..name.clone() })
    }

    /// The same name with one character changed for one that looks alike.
    pub(crate) fn misread(&self, rng: &mut Rng, name: &Name) -> Option<Name> {
        exchanged(rng, name, &self.lookalikes)
    }

    /// The same name with one character in its traditional or variant form.
    pub(crate) fn old_writing(&self, rng: &mut Rng, name: &Name) -> Option<Name> {
        exchanged(rng, name, &self.variants)
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, rng};

    #[test]
    fn every_row_of_the_tables_is_read() {
        let names = Names::new();
        assert!(names.surnames.len() >= 150, "{}", names.surnames.len());
        assert_eq!(names.cohorts.len(), 12);
        assert!(names.dotted.iter().all(|words| words.len() >= 8));
        assert!((names.surnames.last().unwrap().1 - 99.0).abs() < 0.5);
        for groups in [&names.homophones, &names.lookalikes, &names.variants] {
            assert!(groups.len() >= 15 && groups.iter().all(|group| group.len() >= 2));
        }
    }

    #[test]
    fn surnames_come_as_often_as_the_table_says() {
        let names = Names::new();
        let mut rng = rng(3, Stream::Person, 0);
        let drawn: Vec<&str> = (0..20_000).map(|_| names.surname(&mut rng)).collect();
        let share = |name: &str| drawn.iter().filter(|n| **n == name).count() as f64 / 200.0;
        assert!((share("王") - 7.1).abs() < 0.7, "{}", share("王"));
        assert!((share("李") - 7.0).abs() < 0.7, "{}", share("李"));
        assert!(share("汤") < 0.6);
    }

    #[test]
    fn a_misheard_name_differs_in_one_character() {
        let names = Names::new();
        let name = Name { family: "王".into(), given: "秀英".into(), dotted: false };
        let heard = names.misheard(&mut rng(1, Stream::Registration, 1), &name).unwrap();
        let differ = |one: &Name| {
            let (a, b) = (one.text(), name.text());
            (a.chars().zip(b.chars()).filter(|(a, b)| a != b).count(), a.chars().count())
        };
        assert_eq!(differ(&heard), (1, 3));
        assert_eq!(heard.family, "王");
        for seed in 0..20 {
            let mut rng = rng(seed, Stream::Registration, 1);
            assert_eq!(differ(&names.misread(&mut rng, &name).unwrap()), (1, 3));
            assert_eq!(differ(&names.twin(&mut rng, &name, Sex::Female, 2015)), (1, 3));
        }
        let old = Name { family: "陈".into(), given: "国华".into(), dotted: false };
        let written = names.old_writing(&mut rng(1, Stream::Registration, 1), &old).unwrap();
        assert_ne!(written, old);
    }
}
