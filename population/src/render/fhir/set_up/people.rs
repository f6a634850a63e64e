//! Practitioner, PractitionerRole with the working hours of the week, and a Schedule for those who see outpatients.

use super::Entries;
use super::places::urn_part;
use crate::calendar::{Day, Moment};
use crate::institution::Institution;
use crate::institution::roster::{FORTNIGHT, clinics, duties, weekday};
use crate::institution::staff::{Job, Staff};
use crate::render::systems;
use serde_json::{Value, json};

const ROLE: &str = "http://terminology.hl7.org/CodeSystem/practitioner-role";
const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn clock(minute: i32) -> String {
    format!("{:02}:{:02}:00", minute / 60 % 24, minute % 60)
}

/// The working hours of the roster's first week, by day; a turn that ends at midnight ends a minute earlier, for FHIR
/// has no 24:00 and one that runs into the next day is cut there.
fn hours(staff: &Staff, first: Day) -> Vec<Value> {
    let end = Moment::new(first.plus(7), 0);
    let turns = duties(staff, first).into_iter().filter(|duty| duty.from < end);
    turns
        .map(|duty| {
            let same = duty.to.day == duty.from.day;
            let day = usize::try_from(weekday(duty.from.day)).unwrap_or(0);
            json!({
                "daysOfWeek": [WEEK.get(day).copied().unwrap_or("mon")],
                "availableStartTime": clock(duty.from.minute),
                "availableEndTime": if same { clock(duty.to.minute) } else { "23:59:00".to_owned() },
            })
        })
        .collect()
}

fn role(institution: &Institution, staff: &Staff, person: &str, house: &Value, place: &str, today: Day) -> Value {
    let coding = staff
        .job
        .code()
        .map_or(Value::Null, |(code, display)| json!([{"system": ROLE, "code": code, "display": display}]));
    let code = if coding.is_null() {
        json!([{"text": staff.job.chinese()}])
    } else {
        json!([{"coding": coding, "text": staff.job.chinese()}])
    };
    json!({
        "resourceType": "PractitionerRole",
        "active": true,
        "practitioner": {"reference": person, "display": staff.name.text()},
        "organization": house,
        "code": code,
        "specialty": [{"text": staff.department}],
        "location": [{"reference": place, "display": staff.ward.unwrap_or(institution.name)}],
        "availableTime": hours(staff, today),
        "availabilityExceptions": format!("合成排班，自{}起一周；其后按规则轮转", today.chinese()),
    })
}

/// Adds the staff.
pub(super) fn put(entries: &mut Entries, institution: &Institution, house: &Value, today: Day) {
    for staff in &institution.staff {
        let name = &staff.name;
        let person = entries.put_as(
            &format!("staff.{}", staff.code),
            json!({"use": "official", "system": format!("{}{}", systems::STAFF, institution.code), "value": staff.code}),
            json!({
                "resourceType": "Practitioner",
                "active": true,
                "name": [{"use": "official", "text": name.text(), "family": name.family, "given": [name.given]}],
                "gender": staff.sex.fhir(),
                "qualification": [{"code": {"text": staff.title}}],
            }),
        );
        let department = institution.department(staff.department).map_or("", |found| found.code);
        let place = entries.urn(&urn_part(staff.ward.unwrap_or(department)));
        let role = role(institution, staff, &person, house, &place, today);
        let role = entries.put(&format!("role.{}", staff.code), role);
        let sees = matches!(staff.job, Job::Doctor | Job::FamilyDoctor) && clinics(staff).next().is_some();
        if sees {
            let from = Moment::new(today, 0);
            let schedule = json!({
                "resourceType": "Schedule",
                "active": true,
                "serviceCategory": [{"text": "门诊"}],
                "specialty": [{"text": staff.department}],
                "actor": [{"reference": role, "display": format!("{} {}", staff.department, name.text())}],
                "planningHorizon": {"start": from.to_string(), "end": Moment::new(today.plus(FORTNIGHT), 0).to_string()},
                "comment": "合成排班",
            });
            entries.put(&format!("schedule.{}.{}", staff.code, today.compact()), schedule);
        }
    }
}
