//! Devices and where they stand.

use super::department::Department;
use super::ward::Ward;
use super::{Kind, is_about, rows};

const TABLE: &str = include_str!("../../tables/district/devices.tsv");

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// `CT-01`, unique in the institution.
    pub code: String,
    /// DICOM modality, or a code of our own where DICOM has none.
    pub kind: &'static str,
    pub name: &'static str,
    pub english: &'static str,
    pub maker: &'static str,
    pub model: &'static str,
    pub department: &'static str,
    /// Number of the Location where it stands: a department's or a ward's code.
    pub location: &'static str,
}

/// The devices of an institution.
pub(super) fn of(code: &str, kind: Kind, departments: &[Department], wards: &[Ward]) -> Vec<Device> {
    let mut found: Vec<Device> = Vec::new();
    for row in rows(TABLE) {
        let [place, department, word, name, english, maker, model, stands, count] = *row.as_slice() else { continue };
        let Some(owner) = departments.iter().find(|d| d.name == department).filter(|_| is_about(place, code, kind))
        else {
            continue;
        };
        let ward = wards.iter().find(|ward| ward.departments.contains(&department)).filter(|_| stands == "ward");
        for _ in 0..count.parse::<usize>().unwrap_or(0) {
            let number = found.iter().filter(|device| device.kind == word).count() + 1;
            found.push(Device {
                code: format!("{word}-{number:02}"),
                kind: word,
                name,
                english,
                maker,
                model,
                department,
                location: ward.map_or(owner.code, |ward| ward.code),
            });
        }
    }
    found
}
