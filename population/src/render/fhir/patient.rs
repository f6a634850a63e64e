//! The Patient as the institution registered it.

use super::entries::{Entries, organization};
use crate::calendar::Moment;
use crate::institution::{Institution, Kind};
use crate::people::address::{CITY, DISTRICT, POSTAL_CODE};
use crate::people::person::{Name, Person, Role};
use crate::registration::Registration;
use crate::render::systems;
use serde_json::{Value, json};

fn name(name: &Name) -> Value {
    if name.family.is_empty() {
        return json!({"use": "official", "text": name.text()});
    }
    json!({"use": "official", "text": name.text(), "family": name.family, "given": [name.given]})
}

fn identifier(kind: (&str, &str), system: &str, value: &str) -> Value {
    json!({
        "use": "official",
        "type": {"coding": [{"system": systems::IDENTIFIER_TYPE, "code": kind.0}], "text": kind.1},
        "system": system,
        "value": value,
    })
}

/// The 17-digit number of the resident's health record: area, subdistrict, committee, serial number.
fn health_record(index: u64, institution: &Institution) -> String {
    format!(
        "9901{:02}{:03}{:03}{:05}",
        index / 100_000 + 1,
        institution.letter as u32 % 1000,
        index % 7 + 1,
        index % 100_000
    )
}

const fn relation(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Head | Role::Spouse => ("N", "家属"),
        Role::Child => ("N", "子女"),
        Role::Grandparent => ("N", "长辈"),
    }
}

/// Adds the Patient; `died` when the institution knows of the death.
pub(crate) fn put(
    entries: &mut Entries,
    truth: &Person,
    died: Option<Moment>,
    registration: &Registration,
    institution: &Institution,
) {
    let own = identifier(
        ("MR", "病历号"),
        &format!("{}{}", systems::RECORD_NUMBER, institution.code),
        &registration.record_number,
    );
    let mut more = Vec::new();
    if let Some(number) = &registration.identity_number {
        more.push(identifier(("NI", "居民身份证号"), systems::IDENTITY_NUMBER, number));
    }
    if let Some(number) = &registration.insurance_number {
        more.push(identifier(("SN", "医保个人编号"), systems::INSURANCE_NUMBER, number));
    }
    if institution.kind == Kind::Centre && !registration.second {
        let record = health_record(truth.index, institution);
        more.push(json!({"use": "secondary", "type": {"text": "居民健康档案编号"}, "system": systems::HEALTH_RECORD_NUMBER, "value": record}));
    }
    let telecom: Vec<Value> =
        registration.phone.iter().map(|phone| json!({"system": "phone", "value": phone, "use": "mobile"})).collect();
    let contact: Vec<Value> = truth
        .relatives
        .iter()
        .filter(|relative| relative.age >= 18)
        .take(1)
        .map(|relative| {
            let (code, text) = relation(relative.role);
            json!({
                "relationship": [{
                    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": code}],
                    "text": text,
                }],
                "name": {"text": relative.name.text()},
                "telecom": [{"system": "phone", "value": relative.phone}],
                "gender": relative.sex.fhir(),
            })
        })
        .collect();
    let address = &registration.address;
    let marital = match (truth.married, truth.role) {
        (true, _) => json!({
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": "M"}],
            "text": "已婚",
        }),
        (false, Role::Child) => json!({
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": "S"}],
            "text": "未婚",
        }),
        _ => Value::Null,
    };
    let patient = json!({
        "resourceType": "Patient",
        "identifier": more,
        "active": true,
        "name": [name(&registration.name)],
        "telecom": telecom,
        "gender": registration.sex.fhir(),
        "birthDate": registration.birth.to_string(),
        "deceasedDateTime": died.map(|at| at.to_string()),
        "address": [{
            "use": "home",
            "type": "physical",
            "text": format!("{CITY}{DISTRICT}{}{}", address.subdistrict, address.line()),
            "line": [address.line()],
            "city": CITY,
            "district": DISTRICT,
            "postalCode": POSTAL_CODE,
            "country": "CN",
        }],
        "maritalStatus": marital,
        "contact": contact,
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "zh-CN"}]}, "preferred": true}],
        "managingOrganization": organization(institution),
    });
    entries.put_as("patient", own, patient);
}
