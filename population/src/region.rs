//! The region: a seed, a number of residents and a day called today. Nothing of it is held but tables.

use crate::calendar::Day;
use crate::demographic::Demographic;
use crate::institution::{self, Institution, REGIONAL_CENTRE};
use crate::people::address::{self, Street};
use crate::people::names::Names;
use crate::render::fhir::set_up;
use crate::resident::Resident;
use serde_json::Value;

/// What a region is made from.
#[derive(Clone, Copy, Debug)]
pub struct RegionConfig {
    pub seed: u64,
    /// 200 for tests, 2,000 for the demo, 1,000,000 for benchmarks.
    pub residents: u64,
    /// The day until which lives are told. Part of the seed: another day gives other dates.
    pub today: jiff::civil::Date,
}

/// A synthetic region.
pub struct Region {
    seed: u64,
    residents: u64,
    today: Day,
    names: Names,
    streets: Vec<Street>,
    institutions: Vec<Institution>,
}

impl Region {
    #[must_use]
    pub fn new(config: RegionConfig) -> Self {
        let names = Names::new();
        let institutions = institution::all(config.seed, &names);
        Self {
            seed: config.seed,
            residents: config.residents,
            today: config.today.into(),
            names,
            streets: address::streets(),
            institutions,
        }
    }

    /// The institutions of the district.
    #[must_use]
    pub fn institutions(&self) -> &[Institution] {
        &self.institutions
    }

    /// The institution with this code.
    #[must_use]
    pub fn institution(&self, code: &str) -> Option<&Institution> {
        self.institutions.iter().find(|institution| institution.code == code)
    }

    /// The residents, made one by one as they are asked for.
    pub fn residents(&self) -> impl Iterator<Item = Resident> {
        (0..self.residents).map(|index| self.resident(index))
    }

    /// Resident `index` (any number, also beyond the configured count), without making the others.
    #[must_use]
    pub fn resident(&self, index: u64) -> Resident {
        Resident::make(self, index)
    }

    /// The residents without their lives: who they are and who wrote them down. Cheap.
    pub fn demographics(&self) -> impl Iterator<Item = Demographic> {
        (0..self.residents).map(|index| self.demographic(index))
    }

    /// Resident `index` without the life.
    #[must_use]
    pub fn demographic(&self, index: u64) -> Demographic {
        Demographic::make(self, index)
    }

    /// The resident of the tour: a woman of 68 with hypertension, diabetes and a severe penicillin allergy, known to
    /// the general hospital and two centres. The same as `resident(0)`.
    #[must_use]
    pub fn tour_resident(&self) -> Resident {
        self.resident(0)
    }

    /// Master data of the institutions as FHIR transactions: code of the institution and Bundle. A large institution
    /// has several. Send these first, in order.
    #[must_use]
    pub fn set_up(&self) -> Vec<(&'static str, Value)> {
        let centre = std::iter::once((REGIONAL_CENTRE.0, set_up::regional_centre(self)));
        let bundles = |one| set_up::bundles(self, one).into_iter().map(|bundle| (one.code, bundle));
        centre.chain(self.institutions.iter().flat_map(bundles)).collect()
    }

    /// How many residents [`Self::residents`] gives.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.residents
    }

    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    #[must_use]
    pub const fn today(&self) -> Day {
        self.today
    }

    pub(crate) const fn names(&self) -> &Names {
        &self.names
    }

    pub(crate) fn streets(&self) -> &[Street] {
        &self.streets
    }
}
