//! Location: building, departments, wards, rooms, beds; and the devices that stand in them.

use super::Entries;
use crate::institution::Institution;
use crate::institution::device::Device;
use crate::institution::ward::Ward;
use crate::render::systems;
use serde_json::{Value, json};

const PHYSICAL: &str = "http://terminology.hl7.org/CodeSystem/location-physical-type";
const MODALITY: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// Physical type: building, ward, room, bed.
#[derive(Clone, Copy)]
enum Form {
    Building,
    Department,
    Ward,
    Room,
    Bed,
}

impl Form {
    const fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Building => ("bu", "Building"),
            Self::Department => ("area", "Area"),
            Self::Ward => ("wa", "Ward"),
            Self::Room => ("ro", "Room"),
            Self::Bed => ("bd", "Bed"),
        }
    }
}

struct Builder<'a> {
    entries: &'a mut Entries,
    institution: &'a Institution,
    house: &'a Value,
}

impl Builder<'_> {
    fn location(&mut self, number: &str, form: Form, name: &str, part_of: Option<&str>) -> String {
        let (code, display) = form.code();
        let system = format!("{}{}", systems::LOCATION, self.institution.code);
        let bed = matches!(form, Form::Bed);
        let resource = json!({
            "resourceType": "Location",
            "status": "active",
            "operationalStatus": if bed {
                json!({"system": "http://terminology.hl7.org/CodeSystem/v2-0116", "code": "U", "display": "Unoccupied"})
            } else {
                Value::Null
            },
            "name": name,
            "mode": "instance",
            "physicalType": {"coding": [{"system": PHYSICAL, "code": code, "display": display}]},
            "managingOrganization": self.house,
            "partOf": part_of.map_or(Value::Null, |urn| json!({"reference": urn})),
        });
        self.entries.put_as(&urn_part(number), json!({"system": system, "value": number}), resource)
    }

    fn ward(&mut self, ward: &Ward, building: &str) {
        let whole = self.location(ward.code, Form::Ward, ward.name, Some(building));
        let rooms: Vec<String> = ward.rooms().map(str::to_owned).collect();
        for room in rooms {
            let number = format!("{}-{room}", ward.code);
            let inside = self.location(&number, Form::Room, &format!("{} {room}室", ward.name), Some(&whole));
            for bed in ward.beds.iter().filter(|bed| bed.room == room) {
                let name = format!("{} {}床", ward.name, bed.number);
                self.location(&bed.location(), Form::Bed, &name, Some(&inside));
            }
        }
    }

    fn device(&mut self, device: &Device) {
        let system = format!("{}{}", systems::DEVICE, self.institution.code);
        let modality = matches!(device.kind, "CT" | "MR" | "DX" | "MG" | "XA" | "US" | "PT" | "ECG" | "ES");
        let coding = if modality {
            json!([{"system": MODALITY, "code": device.kind}])
        } else {
            json!([{"system": systems::DEVICE_KIND, "code": device.kind, "display": device.name}])
        };
        let place = self.entries.urn(&urn_part(device.location));
        let resource = json!({
            "resourceType": "Device",
            "status": "active",
            "manufacturer": device.maker,
            "serialNumber": format!("SYN-{}-{}", self.institution.code, device.code),
            "modelNumber": device.model,
            "deviceName": [{"name": format!("{} {}", device.name, device.code), "type": "user-friendly-name"}],
            "type": {"coding": coding, "text": device.name},
            "owner": self.house,
            "location": {"reference": place, "display": device.department},
        });
        let number = json!({"system": system, "value": device.code});
        self.entries.put_as(&format!("device.{}", device.code), number, resource);
    }
}

/// Name of a location among the entries.
pub(super) fn urn_part(number: &str) -> String {
    format!("location.{number}")
}

/// Adds all places and devices.
pub(super) fn put(entries: &mut Entries, institution: &Institution, house: &Value) {
    let mut builder = Builder { entries, institution, house };
    let building = builder.location("B1", Form::Building, institution.name, None);
    for department in &institution.departments {
        builder.location(department.code, Form::Department, department.name, Some(&building));
    }
    for ward in &institution.wards {
        builder.ward(ward, &building);
    }
    for device in &institution.devices {
        builder.device(device);
    }
}
