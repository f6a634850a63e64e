//! Master data of an institution: Organization, Locations, Practitioners and their roles.

use super::entries::Entries;
use crate::institution::{Institution, Kind, REGIONAL_CENTRE};
use crate::people::address::{CITY, DISTRICT};
use crate::region::Region;
use crate::render::systems;
use serde_json::{Value, json};

/// The transaction that makes the regional centre known, which sends nothing and has no staff in the record.
pub(crate) fn regional_centre(region: &Region) -> Value {
    let (code, name, english) = REGIONAL_CENTRE;
    let mut entries = Entries::master(region.seed(), code);
    entries.put_as(
        "organization",
        json!({"use": "official", "system": systems::INSTITUTION, "value": code}),
        json!({"resourceType": "Organization", "active": true, "name": name, "alias": [english]}),
    );
    entries.bundle()
}

/// The transaction that makes the institution known.
pub(crate) fn bundle(region: &Region, institution: &Institution) -> Value {
    let mut entries = Entries::master(region.seed(), institution.code);
    let kind = match institution.kind {
        Kind::Hospital => "综合医院",
        Kind::Centre => "社区卫生服务中心",
    };
    let own = json!({"use": "official", "system": systems::INSTITUTION, "value": institution.code});
    let whole = entries.put_as(
        "organization",
        own,
        json!({
            "resourceType": "Organization",
            "active": true,
            "type": [{
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/organization-type", "code": "prov", "display": "Healthcare Provider"}],
                "text": kind,
            }],
            "name": institution.name,
            "alias": [institution.english],
            "address": [{"text": format!("{CITY}{DISTRICT}"), "city": CITY, "district": DISTRICT, "country": "CN"}],
        }),
    );
    for (place, department) in institution.departments.iter().enumerate() {
        let system = format!("{}{}", systems::DEPARTMENT, institution.code);
        let number = json!({"system": system, "value": format!("{:02}", place + 1)});
        entries.put_as(
            &format!("location.{place}"),
            number,
            json!({
                "resourceType": "Location",
                "status": "active",
                "name": department,
                "mode": "instance",
                "managingOrganization": {"reference": whole, "display": institution.name},
            }),
        );
    }
    for staff in &institution.staff {
        let system = format!("{}{}", systems::STAFF, institution.code);
        let name = &staff.name;
        let person = entries.put_as(
            &format!("staff.{}", staff.code),
            json!({"use": "official", "system": system, "value": staff.code}),
            json!({
                "resourceType": "Practitioner",
                "active": true,
                "name": [{"use": "official", "text": name.text(), "family": name.family, "given": [name.given]}],
                "gender": staff.sex.fhir(),
                "qualification": [{"code": {"text": staff.title}}],
            }),
        );
        entries.put(
            &format!("role.{}", staff.code),
            json!({
                "resourceType": "PractitionerRole",
                "active": true,
                "practitioner": {"reference": person, "display": name.text()},
                "organization": {"reference": whole, "display": institution.name},
                "code": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/practitioner-role", "code": "doctor", "display": "Doctor"}], "text": staff.title}],
                "specialty": [{"text": staff.department}],
            }),
        );
    }
    entries.bundle()
}
