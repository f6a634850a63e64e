//! Master data of an institution: Organization, Locations, Devices, Practitioners with their roles and rosters, services
//! with their prices. One institution may need several transactions; send them in order.

mod people;
mod places;
mod services;

use super::entries::Entries;
use crate::institution::{Institution, Kind, Level, REGIONAL_CENTRE};
use crate::people::address::{CITY, DISTRICT, POSTAL_CODE};
use crate::region::Region;
use crate::render::systems;
use serde_json::{Value, json};

/// Entries of one transaction at most.
const BUNDLE_ENTRIES: usize = 1_000;

const ORGANIZATION_TYPE: &str = "http://terminology.hl7.org/CodeSystem/organization-type";

fn own(code: &str) -> Value {
    json!({"use": "official", "system": systems::INSTITUTION, "value": code})
}

/// The transaction that makes the regional centre known, which sends nothing and has no staff in the record.
pub(crate) fn regional_centre(region: &Region) -> Value {
    let (code, name, english) = REGIONAL_CENTRE;
    let mut entries = Entries::master(region.seed(), code);
    entries.put_as(
        "organization",
        own(code),
        json!({
            "resourceType": "Organization",
            "active": true,
            "type": [{
                "coding": [{"system": ORGANIZATION_TYPE, "code": "govt", "display": "Government"}],
                "text": "区域健康信息中心",
            }],
            "name": name,
            "alias": [english],
        }),
    );
    entries.bundle()
}

fn kind(institution: &Institution) -> (&'static str, &'static str, &'static str) {
    let provider = |text| ("prov", "Healthcare Provider", text);
    match (institution.kind, institution.level) {
        (Kind::DiseaseControl, _) => ("govt", "Government", "疾病预防控制中心"),
        (Kind::Centre, _) => provider("社区卫生服务中心"),
        (Kind::Hospital, Level::Tertiary) => provider("三级综合医院"),
        (Kind::Hospital, _) => provider("二级专科医院"),
    }
}

fn organization(entries: &mut Entries, institution: &Institution) -> String {
    let (code, display, text) = kind(institution);
    let line = institution.address;
    entries.put_as(
        "organization",
        own(institution.code),
        json!({
            "resourceType": "Organization",
            "identifier": [{"use": "official", "type": {"text": "统一社会信用代码"}, "system": systems::CREDIT_CODE, "value": institution.credit_code}],
            "active": true,
            "type": [{"coding": [{"system": ORGANIZATION_TYPE, "code": code, "display": display}], "text": text}],
            "name": institution.name,
            "alias": [institution.english],
            "address": [{
                "text": format!("{CITY}{DISTRICT}{line}"),
                "line": [line],
                "city": CITY,
                "district": DISTRICT,
                "postalCode": POSTAL_CODE,
                "country": "CN",
            }],
        }),
    )
}

/// The transactions that make the institution known, in order.
pub(crate) fn bundles(region: &Region, institution: &Institution) -> Vec<Value> {
    let mut entries = Entries::master(region.seed(), institution.code);
    let whole = organization(&mut entries, institution);
    let house = json!({"reference": whole, "display": institution.name});
    places::put(&mut entries, institution, &house);
    people::put(&mut entries, institution, &house, region.today());
    services::put(&mut entries, institution, &house);
    entries.bundles(BUNDLE_ENTRIES)
}
