//! HealthcareService, and ChargeItemDefinition with the assumed price.

use super::Entries;
use super::places::urn_part;
use crate::institution::Institution;
use crate::render::systems;
use serde_json::{Value, json};

/// Adds the services and their prices; both carry the service's code.
pub(super) fn put(entries: &mut Entries, institution: &Institution, house: &Value) {
    for service in &institution.services {
        let coding = json!({
            "coding": [{"system": systems::SERVICE, "code": service.code, "display": service.english}],
            "text": service.name,
        });
        let place = service.department.and_then(|name| institution.find_department(name));
        let location = place.map_or(
            Value::Null,
            |department| json!([{"reference": entries.urn(&urn_part(department.code)), "display": department.name}]),
        );
        let offered = json!({
            "resourceType": "HealthcareService",
            "active": true,
            "providedBy": house,
            "category": [{"text": service.category_name()}],
            "type": [coding],
            "location": location,
            "name": service.name,
        });
        entries.put(&format!("service.{}", service.code), offered);
        let price = json!({
            "resourceType": "ChargeItemDefinition",
            "url": format!("{}{}/{}", systems::PRICE, institution.code, service.code),
            "title": service.name,
            "status": "active",
            "publisher": institution.name,
            "description": "价格为假定值，合成数据 (the price is assumed)",
            "code": coding,
            "propertyGroup": [{"priceComponent": [{
                "type": "base",
                "amount": {"value": service.yuan().json(), "currency": "CNY"},
            }]}],
        });
        entries.put(&format!("price.{}", service.code), price);
    }
}
