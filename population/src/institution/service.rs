//! What an institution offers, and its price. All prices are assumed.

use super::department::Work;
use super::{Institution, Level, rows};
use crate::fixed::Fixed;

const TABLE: &str = include_str!("../../tables/district/services.tsv");

/// A service with its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `IMG-CT-HEAD`: the same in every institution.
    pub code: &'static str,
    pub name: &'static str,
    pub english: &'static str,
    pub category: &'static str,
    /// Name of the department that gives it; `None` when every clinic or ward does.
    pub department: Option<&'static str>,
    /// Price in fen.
    pub fen: i64,
}

impl Service {
    /// The price in yuan, with two decimals.
    #[must_use]
    pub fn yuan(&self) -> Fixed {
        Fixed::cents(self.fen)
    }

    /// The Chinese word for the category.
    #[must_use]
    pub fn category_name(&self) -> &'static str {
        match self.category {
            "registration" => "挂号诊查",
            "nursing" => "床位护理",
            "laboratory" => "检验",
            "imaging" => "影像检查",
            "examination" => "功能检查",
            "operation" => "手术",
            "prevention" => "预防保健",
            _ => "治疗",
        }
    }
}

/// Price by level of the institution, to the fen, rounded down.
fn price(fen: i64, level: Level) -> i64 {
    match level {
        Level::Tertiary => fen,
        Level::Secondary => fen * 9 / 10,
        Level::Primary => fen * 8 / 10,
    }
}

/// The device that an imaging service needs: `IMG-CT-HEAD` needs a CT, `IMG-CXR` a radiography system.
fn modality(code: &str) -> Option<&str> {
    let rest = code.strip_prefix("IMG-")?;
    let kind = rest.split('-').next()?;
    Some(if kind == "CXR" { "DX" } else { kind })
}

/// The services of an institution: those whose department and device it has.
pub(super) fn of(institution: &Institution) -> Vec<Service> {
    let clinics = institution.departments.iter().any(|d| d.work == Work::Clinical);
    let read = |row: Vec<&'static str>| {
        let [code, name, english, category, place, fen] = *row.as_slice() else { return None };
        let department = match place {
            "*clinic*" => clinics.then_some(None)?,
            "*ward*" => (!institution.wards.is_empty()).then_some(None)?,
            named => Some(institution.find_department(named)?.name),
        };
        if modality(code).is_some_and(|kind| !institution.devices.iter().any(|device| device.kind == kind)) {
            return None;
        }
        Some(Service { code, name, english, category, department, fen: price(fen.parse().ok()?, institution.level) })
    };
    rows(TABLE).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_whole_fen() {
        assert_eq!(price(1_205, Level::Tertiary), 1_205);
        assert_eq!(price(1_205, Level::Secondary), 1_084);
        assert_eq!(Fixed::cents(1_084).to_string(), "10.84");
        assert_eq!((modality("IMG-CXR"), modality("IMG-US-ABD"), modality("LAB-CBC")), (Some("DX"), Some("US"), None));
    }
}
