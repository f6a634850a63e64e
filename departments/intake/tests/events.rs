//! What a row of messages makes of a visit, a resident, an order, an appointment: each message meets what the one
//! before it left. Pure, without a store.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use meridian_hl7v2::{Limits, parse};
use meridian_intake::map::{FeedConfig, Mapped, Mapper, Met};
use serde_json::{Value, json};

/// What is known of each key: the last version.
struct Record {
    mapper: Mapper,
    known: Vec<(String, Value)>,
    /// What was noticed at the last message.
    remarks: Vec<String>,
}

fn seg(name: &str, fields: &[(usize, &str)]) -> String {
    let last = fields.iter().map(|(n, _)| *n).max().unwrap_or(0);
    let at = |n| fields.iter().find(|(m, _)| *m == n).map_or("", |(_, text)| *text);
    (1..=last).fold(name.to_owned(), |out, n| format!("{out}|{}", at(n)))
}

impl Record {
    fn new() -> Self {
        Self { mapper: Mapper::load().unwrap(), known: Vec::new(), remarks: Vec::new() }
    }

    fn map(&self, kind: &str, time: &str, rest: &str) -> Mapped {
        let text = format!("MSH|^~\\&|HIS|CJ01|M|CJ00|{time}||{kind}|C{time}|P|2.5.1\nEVN||{time}\n{rest}\n");
        let message = parse(&text.replace('\n', "\r"), &Limits::default()).unwrap();
        self.mapper.map(&message, &FeedConfig::for_institution("CJ01")).unwrap()
    }

    /// As the engine would: entries of the same key meet what is there.
    fn take(&mut self, kind: &str, time: &str, rest: &str) {
        let mapped = self.map(kind, time, rest);
        self.remarks.clear();
        for (nth, entry) in mapped.bundle["entry"].as_array().unwrap().iter().enumerate() {
            let key = entry["fullUrl"].as_str().unwrap().to_owned();
            let sent = entry["resource"].clone();
            let Some((_, known)) = self.known.iter_mut().find(|(known, _)| *known == key) else {
                self.known.push((key, sent));
                continue;
            };
            if entry["request"]["method"] == "POST" {
                continue;
            }
            match mapped.meet(nth, known, sent) {
                Met::Kept(kept, remarks) => {
                    let faults = meridian_model::check::check(&kept);
                    assert!(faults.is_empty(), "{faults:?}\n{kept:#}");
                    *known = kept;
                    self.remarks.extend(remarks.iter().map(|r| (*r).to_owned()));
                }
                Met::Same => {}
                Met::Late => self.remarks.push("late".into()),
            }
        }
    }

    /// An ADT about the visit V1 of the resident H1.
    fn adt(&mut self, event: &str, time: &str, pv1: &[(usize, &str)]) {
        let mut fields = vec![(19, "V1")];
        fields.extend_from_slice(pv1);
        self.take(&format!("ADT^{event}"), time, &format!("PID|1||H1^^^CJ01^MR||王^秀英\n{}", seg("PV1", &fields)));
    }

    fn all(&self, kind: &str) -> Vec<&Value> {
        self.known.iter().map(|(_, v)| v).filter(|v| v["resourceType"] == kind).collect()
    }

    fn one(&self, kind: &str) -> &Value {
        let all = self.all(kind);
        assert_eq!(all.len(), 1, "{kind}");
        all[0]
    }

    fn visit(&self) -> &Value {
        self.one("Encounter")
    }

    /// `display status start end` of each place, the clock of the times only.
    fn places(&self) -> Vec<String> {
        let time = |v: &Value| v.as_str().map_or("-".to_owned(), |t| t[8..16].replace('T', " "));
        let all = self.visit()["location"].as_array().cloned().unwrap_or_default();
        let one = |l: &Value| {
            let (start, end) = (time(&l["period"]["start"]), time(&l["period"]["end"]));
            format!("{} {} {start} {end}", l["location"]["display"].as_str().unwrap(), l["status"].as_str().unwrap())
        };
        all.iter().map(one).collect()
    }

    fn status(&self) -> &str {
        self.visit()["status"].as_str().unwrap()
    }
}

const BED1: (usize, &str) = (3, "W1^01^1");
const BED2: (usize, &str) = (3, "W2^02^2");

fn admitted() -> Record {
    let mut record = Record::new();
    record.adt("A01", "20260105083000", &[(2, "I"), BED1, (14, "1"), (44, "20260105083000")]);
    record
}

#[test]
fn a01_admits() {
    let record = admitted();
    let visit = record.visit();
    assert_eq!((record.status(), &visit["class"]["code"]), ("in-progress", &json!("IMP")));
    assert_eq!(visit["period"], json!({"start": "2026-01-05T08:30:00+08:00"}));
    assert_eq!(visit["hospitalization"]["admitSource"]["coding"][0]["code"], "1");
    assert_eq!(record.places(), ["W1 01 1 active 05 08:30 -"]);
    assert_eq!(visit["location"][0]["location"]["identifier"]["value"], "W1/01/1");
    assert_eq!(visit["meta"]["extension"][0]["valueDateTime"], "2026-01-05T08:30:00+08:00");
}

#[test]
fn a02_moves_to_another_bed() {
    let mut record = admitted();
    record.adt("A02", "20260106100000", &[(2, "I"), BED2, (6, "W1^01^1")]);
    assert_eq!(record.places(), ["W1 01 1 completed 05 08:30 06 10:00", "W2 02 2 active 06 10:00 -"]);
    assert_eq!(record.visit()["period"]["start"], "2026-01-05T08:30:00+08:00", "not sent stays");
    assert_eq!(record.status(), "in-progress");
    // A transfer of a visit that is not known brings the place before it.
    let mut record = Record::new();
    record.adt("A02", "20260106100000", &[(2, "I"), BED2, (6, "W1^01^1")]);
    assert_eq!(record.places(), ["W1 01 1 completed - 06 10:00", "W2 02 2 active 06 10:00 -"]);
}

#[test]
fn a03_ends_the_visit_and_the_stay_in_the_bed() {
    let mut record = admitted();
    record.adt("A03", "20260109150500", &[(2, "I"), BED1, (36, "01"), (45, "20260109150000")]);
    assert_eq!(record.status(), "finished");
    assert_eq!(record.visit()["period"]["end"], "2026-01-09T15:00:00+08:00");
    assert_eq!(record.places(), ["W1 01 1 completed 05 08:30 09 15:00"]);
    assert_eq!(record.visit()["statusHistory"][0]["status"], "in-progress");
    assert_eq!(
        record.visit()["statusHistory"][0]["period"],
        json!({"start": "2026-01-05T08:30:00+08:00", "end": "2026-01-09T15:05:00+08:00"})
    );
    assert_eq!(record.visit()["hospitalization"]["dischargeDisposition"]["coding"][0]["code"], "01");
    // Without PV1-45 the event's own time ends it.
    let mut record = admitted();
    record.adt("A03", "20260109150500", &[(2, "I"), BED1]);
    assert_eq!(record.visit()["period"]["end"], "2026-01-09T15:05:00+08:00");
    // What comes later about a visit that is over does not open it again.
    record.adt("A08", "20260110080000", &[(2, "I"), BED1, (10, "MED")]);
    assert_eq!((record.status(), record.places().len()), ("finished", 1));
    record.adt("A02", "20260110090000", &[(2, "I"), BED2]);
    assert_eq!((record.status(), record.places().len()), ("finished", 1));
    assert_eq!(record.remarks, ["the visit was over: its status stays"]);
}

#[test]
fn a04_registers() {
    let mut record = Record::new();
    record.adt("A04", "20260105083000", &[(2, "O"), (3, "C03^^^CJ01")]);
    assert_eq!((record.status(), &record.visit()["class"]["code"]), ("in-progress", &json!("AMB")));
    assert_eq!(
        record.visit()["period"]["start"],
        "2026-01-05T08:30:00+08:00",
        "the event's time where PV1-44 is empty"
    );
    let mut record = Record::new();
    record.adt("A04", "20260105083000", &[(2, "O"), (3, "C03"), (44, "20260105083000"), (45, "20260105091500")]);
    assert_eq!(record.status(), "finished");
    assert_eq!(record.places(), ["C03 completed 05 08:30 05 09:15"]);
}

#[test]
fn a05_plans_and_a01_begins_it() {
    let mut record = Record::new();
    record.adt("A05", "20260102090000", &[(2, "P"), BED1]);
    assert_eq!((record.status(), &record.visit()["class"]["code"]), ("planned", &json!("PRENC")));
    assert_eq!(record.places(), ["W1 01 1 planned - -"]);
    assert!(record.visit().get("period").is_none());
    record.adt("A01", "20260105083000", &[(2, "I"), BED1, (44, "20260105083000")]);
    assert_eq!(record.status(), "in-progress");
    assert_eq!(record.places(), ["W1 01 1 active 05 08:30 -"]);
    assert_eq!(record.visit()["statusHistory"][0]["status"], "planned");
    assert_eq!(record.visit()["classHistory"][0]["class"]["code"], "PRENC");
    // And A38 calls it off.
    let mut record = Record::new();
    record.adt("A05", "20260102090000", &[(2, "P"), BED1]);
    record.adt("A38", "20260103090000", &[(2, "P"), BED1]);
    assert_eq!((record.status(), record.places().len()), ("cancelled", 0));
}

#[test]
fn a06_and_a07_change_the_class_and_keep_the_old_one() {
    let mut record = Record::new();
    record.adt("A04", "20260105083000", &[(2, "E"), (3, "ER"), (44, "20260105083000")]);
    record.adt("A06", "20260105120000", &[(2, "I"), BED1]);
    let visit = record.visit();
    assert_eq!((record.status(), &visit["class"]["code"]), ("in-progress", &json!("IMP")));
    assert_eq!(visit["classHistory"][0]["class"]["code"], "EMER");
    assert_eq!(
        visit["classHistory"][0]["period"],
        json!({"start": "2026-01-05T08:30:00+08:00", "end": "2026-01-05T12:00:00+08:00"})
    );
    assert_eq!(record.places(), ["ER completed 05 08:30 05 12:00", "W1 01 1 active 05 12:00 -"]);
    record.adt("A07", "20260106090000", &[(2, "O"), (3, "C03")]);
    let visit = record.visit();
    assert_eq!((&visit["class"]["code"], &visit["classHistory"][1]["class"]["code"]), (&json!("AMB"), &json!("IMP")));
    assert_eq!(visit["classHistory"][1]["period"]["start"], "2026-01-05T12:00:00+08:00");
    assert_eq!(record.places().len(), 3);
    // An update corrects the class; nothing changed hands.
    record.adt("A08", "20260106100000", &[(2, "E"), (3, "C03")]);
    assert_eq!(record.visit()["classHistory"].as_array().unwrap().len(), 2);
}

#[test]
fn a09_and_a10_follow_the_patient_to_and_from_a_temporary_place() {
    let mut record = admitted();
    record.adt("A09", "20260106090000", &[(2, "I"), BED1, (11, "CT1")]);
    assert_eq!(record.status(), "onleave");
    assert_eq!(record.places(), ["W1 01 1 active 05 08:30 -", "CT1 planned - -"]);
    record.adt("A10", "20260106091000", &[(2, "I"), BED1, (11, "CT1")]);
    assert_eq!(record.status(), "in-progress");
    assert_eq!(record.places(), ["W1 01 1 active 05 08:30 -", "CT1 active 06 09:10 -"]);
    assert_eq!(record.visit()["location"][1]["extension"][0]["valueCode"], "temporary");
    record.adt("A10", "20260106095000", &[(2, "I"), BED1, (43, "CT1")]);
    assert_eq!(record.places(), ["W1 01 1 active 05 08:30 -", "CT1 completed 06 09:10 06 09:50"]);
    assert_eq!(record.visit()["statusHistory"].as_array().unwrap().len(), 2);
}

#[test]
fn a11_cancels_the_admission() {
    let mut record = admitted();
    record.adt("A11", "20260105090000", &[(2, "I"), BED1]);
    assert_eq!(record.status(), "cancelled");
    assert_eq!(record.places(), ["W1 01 1 completed 05 08:30 05 09:00"]);
    record.adt("A03", "20260105100000", &[(2, "I"), BED1]);
    assert_eq!(
        (record.status(), &record.remarks[..]),
        ("cancelled", &["the visit was over: its status stays".to_owned()][..])
    );
}

#[test]
fn a12_gives_the_former_bed_back() {
    for place in [Some(BED1), None, Some(BED2)] {
        let mut record = admitted();
        record.adt("A02", "20260106100000", &[(2, "I"), BED2, (6, "W1^01^1")]);
        let mut fields = vec![(2, "I")];
        fields.extend(place);
        record.adt("A12", "20260106103000", &fields);
        assert_eq!(record.places(), ["W1 01 1 active 05 08:30 -"], "{place:?}");
        assert_eq!(record.status(), "in-progress");
    }
}

#[test]
fn a13_opens_the_visit_again() {
    let mut record = admitted();
    record.adt("A03", "20260109150500", &[(2, "I"), BED1, (36, "01"), (45, "20260109150000")]);
    record.adt("A13", "20260109160000", &[(2, "I"), BED1]);
    assert_eq!(record.status(), "in-progress");
    assert_eq!(record.visit()["period"], json!({"start": "2026-01-05T08:30:00+08:00"}));
    assert_eq!(record.places(), ["W1 01 1 active 05 08:30 -"]);
    assert!(record.visit()["hospitalization"].get("dischargeDisposition").is_none());
    assert_eq!(record.visit()["hospitalization"]["admitSource"]["coding"][0]["code"], "1");
    let past: Vec<&str> =
        record.visit()["statusHistory"].as_array().unwrap().iter().map(|s| s["status"].as_str().unwrap()).collect();
    assert_eq!(past, ["in-progress", "finished"]);
    record.adt("A03", "20260110150000", &[(2, "I"), BED1, (45, "20260110150000")]);
    assert_eq!(
        (record.status(), record.places()),
        ("finished", vec!["W1 01 1 completed 05 08:30 10 15:00".to_owned()])
    );
}

#[test]
fn an_older_event_changes_nothing() {
    let mut record = admitted();
    record.adt("A03", "20260109150500", &[(2, "I"), BED1, (45, "20260109150000")]);
    let before = record.visit().clone();
    record.adt("A02", "20260107100000", &[(2, "I"), BED2]);
    assert_eq!(*record.visit(), before);
    assert_eq!(record.remarks, ["late", "late"], "resident and visit");
    // Resident and visit are compared each for itself.
    record.take("ADT^A31", "20260108", "PID|1||H1^^^CJ01^MR||王^秀莹");
    assert_eq!(
        (record.one("Patient")["name"][0]["text"].as_str(), &record.remarks[..]),
        (Some("王秀英"), &["late".to_owned()][..])
    );
}

#[test]
fn a28_and_a31_tell_of_the_resident() {
    let mut record = Record::new();
    let pid = |fields: &[(usize, &str)]| {
        let mut all = fields.to_vec();
        all.push((3, "H1^^^CJ01^MR"));
        seg("PID", &all)
    };
    let first = pid(&[
        (3, "H1^^^CJ01^MR~990101195703040022^^^^NI~I7^^^^HC"),
        (5, "王^秀英"),
        (7, "19570304"),
        (8, "F"),
        (11, "湖滨路12号^^澄江区"),
        (13, "15400001234^PRN^CP"),
        (14, "15400005678^WPN^PH"),
        (16, "M"),
        (30, "N"),
    ]);
    record.take("ADT^A28", "20260101", &format!("{first}\nNK1|1|王^建国|SPO||15400009999"));
    assert!(record.all("Encounter").is_empty());
    // Absent fields stay; `""` deletes; what is sent holds.
    let second = pid(&[(5, "王^秀瑛"), (7, ""), (8, "F"), (11, "\"\""), (13, "15400004321^PRN^CP"), (29, "20260102")]);
    record.take("ADT^A31", "20260102", &second);
    let patient = record.one("Patient");
    assert_eq!((&patient["name"][0]["text"], &patient["birthDate"]), (&json!("王秀瑛"), &json!("1957-03-04")));
    assert!(patient.get("address").is_none());
    let phones: Vec<&str> =
        patient["telecom"].as_array().unwrap().iter().map(|t| t["value"].as_str().unwrap()).collect();
    assert_eq!(phones, ["15400004321", "15400005678"], "home and work are fields of their own");
    assert_eq!(patient["maritalStatus"]["coding"][0]["code"], "M");
    assert_eq!(patient["contact"][0]["telecom"][0]["value"], "15400009999");
    assert_eq!((&patient["deceasedDateTime"], patient.get("deceasedBoolean")), (&json!("2026-01-02"), None));
    let systems: Vec<&str> =
        patient["identifier"].as_array().unwrap().iter().map(|i| i["system"].as_str().unwrap()).collect();
    assert_eq!(systems.len(), 3, "numbers are not taken away by silence: {systems:?}");
    // A corrected number takes the place of the one of its kind; `""` with a type deletes it; the key stays.
    record.take("ADT^A31", "20260103", &pid(&[(3, "H1^^^CJ01^MR~990101195703040065^^^^NI~\"\"^^^^HC"), (29, "\"\"")]));
    let patient = record.one("Patient");
    let numbers: Vec<&str> =
        patient["identifier"].as_array().unwrap().iter().map(|i| i["value"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["H1", "990101195703040065"]);
    assert!(patient.get("deceasedDateTime").is_none(), "not dead after all");
}

#[test]
fn visit_fields_merge_as_well() {
    let mut record = Record::new();
    record.adt(
        "A01",
        "20260105083000",
        &[(2, "I"), BED1, (7, "D1^李^明"), (8, "D2^王^芳"), (14, "1"), (44, "20260105083000")],
    );
    record.adt("A08", "20260105093000", &[(2, "I"), BED1, (7, "D3^赵^强"), (8, "\"\""), (38, "G^Gluten free")]);
    let visit = record.visit();
    let people: Vec<(&str, &str)> = visit["participant"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["type"][0]["coding"][0]["code"].as_str().unwrap(), p["individual"]["display"].as_str().unwrap()))
        .collect();
    assert_eq!(people, [("ATND", "赵强")]);
    assert_eq!(visit["hospitalization"]["admitSource"]["coding"][0]["code"], "1");
    assert!(visit["hospitalization"].get("dietPreference").is_some());
    record.adt("A08", "20260105094000", &[(2, ""), (14, "\"\"")]);
    let visit = record.visit();
    assert_eq!((&visit["class"]["code"], record.status()), (&json!("IMP"), "in-progress"));
    assert!(visit["hospitalization"].get("admitSource").is_none());
    assert_eq!(record.places(), ["W1 01 1 active 05 08:30 -"]);
}

#[test]
fn a40_merges_and_a37_parts() {
    let mut record = Record::new();
    record.take("ADT^A28", "20260101", "PID|1||OLD^^^CJ01^MR||王^秀英||19570304|F");
    record.take("ADT^A28", "20260101", "PID|1||NEW^^^CJ01^MR||王^秀瑛||19570304|F");
    record.take("ADT^A40", "20260105", "PID|1||NEW^^^CJ01^MR||王^秀英\nMRG|OLD^^^CJ01^MR");
    let of = |record: &Record, number: &str| {
        let is = |p: &&Value| p["identifier"][0]["value"] == number;
        record.all("Patient").into_iter().find(is).unwrap().clone()
    };
    let (old, new) = (of(&record, "OLD"), of(&record, "NEW"));
    assert_eq!(
        (&old["active"], &old["name"][0]["text"], &old["birthDate"]),
        (&json!(false), &json!("王秀英"), &json!("1957-03-04"))
    );
    assert_eq!(old["link"][0]["type"], "replaced-by");
    assert_eq!((&new["link"][0]["type"], new.get("active")), (&json!("replaces"), None));
    assert_eq!(new["name"][0]["text"], "王秀英", "the message is a statement about the survivor");
    let url =
        |number: &str| record.known.iter().find(|(_, p)| p["identifier"][0]["value"] == number).unwrap().0.clone();
    assert_eq!(
        (old["link"][0]["other"]["reference"].as_str(), new["link"][0]["other"]["reference"].as_str()),
        (Some(&*url("NEW")), Some(&*url("OLD")))
    );
    // A message under the old number means the survivor; one that merges means the record itself.
    let patient = json!({"link": [{"type": "replaced-by", "other": {"reference": "Patient/n"}}]});
    let update = record.map("ADT^A08", "20260106", "PID|1||OLD^^^CJ01^MR||王^秀英");
    assert_eq!(update.stands_for(0, &patient).as_deref(), Some("n"));
    let merge = record.map("ADT^A40", "20260106", "PID|1||NEW^^^CJ01^MR||王^秀英\nMRG|OLD^^^CJ01^MR");
    assert_eq!((merge.stands_for(0, &patient), merge.stands_for(1, &patient)), (None, None));
    // It lands without its number: that stays the old record's.
    let Met::Kept(kept, _) = update.meet(0, &new, update.bundle["entry"][0]["resource"].clone()) else { panic!() };
    assert_eq!(kept["identifier"], new["identifier"]);
    record.take("ADT^A37", "20260107", "PID|1||NEW^^^CJ01^MR||王^秀英\nPID|2||OLD^^^CJ01^MR||王^秀英");
    let (old, new) = (of(&record, "OLD"), of(&record, "NEW"));
    assert_eq!((old.get("link"), old.get("active"), new.get("link")), (None, None, None));
    assert_eq!(old["birthDate"], "1957-03-04");
    // The other way round afterwards.
    record.take("ADT^A40", "20260108", "PID|1||NEW^^^CJ01^MR||王^秀英\nMRG|OLD^^^CJ01^MR");
    record.take("ADT^A40", "20260109", "PID|1||OLD^^^CJ01^MR||王^秀英\nMRG|NEW^^^CJ01^MR");
    let (old, new) = (of(&record, "OLD"), of(&record, "NEW"));
    assert_eq!((old.get("active"), &new["active"]), (None, &json!(false)));
    assert_eq!((&old["link"][0]["type"], &new["link"][0]["type"]), (&json!("replaces"), &json!("replaced-by")));
}

/// The links of two records, told in any order, end where they end in the order of their events.
#[test]
fn links_end_alike_whenever_they_come() {
    const A40: [&str; 3] = ["ADT^A40", "20260105", "PID|1||NEW^^^CJ01^MR||王^旧名\nMRG|OLD^^^CJ01^MR"];
    const A37: [&str; 3] = ["ADT^A37", "20260107", "PID|1||NEW^^^CJ01^MR||王^旧名\nPID|2||OLD^^^CJ01^MR||王^旧名"];
    const ON: [&str; 3] = ["ADT^A40", "20260109", "PID|1||LAST^^^CJ01^MR||王^旧名\nMRG|NEW^^^CJ01^MR"];
    let told = |row: &[[&str; 3]]| {
        let mut record = Record::new();
        for number in ["OLD", "NEW", "LAST"] {
            record.take("ADT^A28", "20260101", &format!("PID|1||{number}^^^CJ01^MR||王^秀英"));
            // What the records say has been told anew since: no reason to lose a link.
            record.take("ADT^A31", "20260120", &format!("PID|1||{number}^^^CJ01^MR||王^秀瑛"));
        }
        let mut late = 0;
        for [kind, time, rest] in row {
            record.take(kind, time, rest);
            late += record.remarks.iter().filter(|remark| *remark == "late").count();
        }
        let links = |patient: &&Value| {
            assert_eq!(patient["name"][0]["text"], "王秀瑛");
            let links = patient["link"].as_array().cloned().unwrap_or_default();
            let mut types: Vec<_> = links.iter().map(|l| l["type"].as_str().unwrap().to_owned()).collect();
            types.sort();
            (patient["identifier"][0]["value"].to_string(), types, patient.get("active").cloned())
        };
        (record.all("Patient").iter().map(links).collect::<Vec<_>>(), late)
    };
    let (merged, late) = told(&[A40]);
    assert_eq!((&merged[0].1[0], &merged[1].1[0], late), (&"replaced-by".to_owned(), &"replaces".to_owned(), 0));
    let parted = told(&[A40, A37]);
    assert!(parted.0.iter().all(|(_, types, active)| types.is_empty() && active.is_none()), "{parted:?}");
    assert_eq!(told(&[A37, A40]), (parted.0, 2), "two records that were parted since");
    // The survivor went on into a third before the first merge came in: it is not one of its own again.
    let in_order = told(&[A40, ON]);
    assert_eq!(in_order.1, 0);
    assert_eq!(told(&[ON, A40]), in_order);
}

#[test]
fn an_order_is_placed_changed_answered() {
    let mut record = Record::new();
    let pid = "PID|1||H1^^^CJ01^MR||王^秀英\nPV1|1|I|||||||||||||||||V1";
    let obr =
        seg("OBR", &[(2, "P1^HIS"), (4, "2345-7^葡萄糖^LN"), (16, "D1^李^明"), (24, "LAB"), (31, "R73.9^高血糖^I10")]);
    record.take(
        "OML^O21",
        "20260105080000",
        &format!(
            "{pid}\nORC|NW|P1^HIS|||||||20260105080000|||D1^李^明\nTQ1|||||||20260105083000||S\n{obr}\nNTE|1||空腹"
        ),
    );
    let order = record.one("ServiceRequest");
    let numbers: Vec<(&str, &str)> = order["identifier"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["type"]["coding"][0]["code"].as_str().unwrap_or("key"), i["value"].as_str().unwrap()))
        .collect();
    assert_eq!(numbers, [("key", "P1"), ("PLAC", "P1")]);
    assert_eq!(
        (&order["status"], &order["intent"], &order["priority"]),
        (&json!("active"), &json!("order"), &json!("stat"))
    );
    assert_eq!(order["code"]["coding"][0]["code"], "2345-7");
    assert_eq!(
        (&order["category"][0]["coding"][0]["code"], &order["category"][1]["coding"][0]["code"]),
        (&json!("108252007"), &json!("LAB"))
    );
    assert_eq!(
        (&order["authoredOn"], &order["occurrenceDateTime"]),
        (&json!("2026-01-05T08:00:00+08:00"), &json!("2026-01-05T08:30:00+08:00"))
    );
    assert_eq!((&order["requester"]["display"], &order["reasonCode"][0]["text"]), (&json!("李明"), &json!("高血糖")));
    assert_eq!(order["note"][0]["text"], "空腹");
    assert!(order["subject"]["reference"].is_string() && order["encounter"]["reference"].is_string());
    // The laboratory takes it and gives its number; nothing else is said.
    record.take(
        "ORM^O01",
        "20260105081000",
        &format!("{pid}\nORC|SC|P1^HIS|L1^LIS||IP\nOBR|1|P1^HIS|L1^LIS|2345-7^葡萄糖^LN"),
    );
    let order = record.one("ServiceRequest");
    assert_eq!((&order["status"], &order["priority"]), (&json!("active"), &json!("stat")));
    assert_eq!(order["identifier"].as_array().unwrap().len(), 3);
    // Neither ORC-1 nor ORC-5 says how it stands.
    record.take(
        "ORM^O01",
        "20260105081500",
        &format!("{pid}\nORC|XO|P1^HIS|L1^LIS\nOBR|1|P1^HIS|L1^LIS|2345-7^葡萄糖^LN||||||||||||||||||||||||A"),
    );
    assert_eq!(record.one("ServiceRequest")["status"], "active");
    // A preliminary result leaves it open, a final one completes it; both name it.
    let result = |status: &str| {
        format!(
            "{pid}\nORC|RE|P1^HIS|L1^LIS\nOBR|1|P1^HIS|L1^LIS|2345-7^葡萄糖^LN|||20260105083000|||||||||||||||20260105093000||LAB|{status}\nOBX|1|NM|2345-7^葡萄糖^LN||5.6|mmol/L|||||{status}"
        )
    };
    record.take("ORU^R01", "20260105091000", &result("P"));
    assert_eq!(record.one("ServiceRequest")["status"], "active");
    record.take("ORU^R01", "20260105093000", &result("F"));
    let order = record.one("ServiceRequest").clone();
    assert_eq!((&order["status"], &order["priority"]), (&json!("completed"), &json!("stat")));
    let url = record.known.iter().find(|(_, r)| r["resourceType"] == "ServiceRequest").unwrap().0.clone();
    for kind in ["DiagnosticReport", "Observation"] {
        assert_eq!(record.one(kind)["basedOn"][0]["reference"], json!(url), "{kind}");
    }
    assert_eq!(record.one("Observation")["status"], "final");
    // An old preliminary result that comes late does not undo the final one.
    record.take("ORU^R01", "20260105091500", &result("P"));
    assert_eq!(record.one("Observation")["status"], "final");
}

#[test]
fn what_a_result_made_in_passing_is_filled_by_its_own_messages() {
    let pid = "PID|1||H1^^^CJ01^MR||王^秀英";
    let mut record = Record::new();
    let result = format!("{pid}\n{}\nOBR|1|P1|L1|X|||||||||||||||||||||F", seg("PV1", &[(2, "I"), (19, "V1")]));
    record.take("ORU^R01", "20260105100000", &result);
    assert_eq!(record.status(), "unknown");
    // The admission and the order were on their way a little longer.
    record.adt("A01", "20260105083000", &[(2, "I"), BED1, (44, "20260105083000")]);
    assert_eq!((record.status(), record.places()), ("in-progress", vec!["W1 01 1 active 05 08:30 -".to_owned()]));
    record.take("ORM^O01", "20260105084000", &format!("{pid}\nORC|NW|P1|||||||20260105084000\nOBR|1|P1||X^葡萄糖|S"));
    let order = record.one("ServiceRequest");
    assert_eq!((&order["status"], &order["priority"]), (&json!("completed"), &json!("stat")));
    assert_eq!((&order["authoredOn"], &record.remarks[..]), (&json!("2026-01-05T08:40:00+08:00"), &[][..]));
}

#[test]
fn orders_are_held_and_cancelled() {
    let pid = "PID|1||H1^^^CJ01^MR||王^秀英";
    for (orc, status) in [
        ("CA|P1", "revoked"),
        ("DC|P1", "revoked"),
        ("OC|P1", "revoked"),
        ("HD|P1", "on-hold"),
        ("SC|P1|||CM", "completed"),
        ("SC|P1|||ER", "entered-in-error"),
        ("RL|P1", "active"),
    ] {
        let mut record = Record::new();
        record.take("ORM^O01", "20260105080000", &format!("{pid}\nORC|NW|P1\nOBR|1|P1||X"));
        record.take("ORM^O01", "20260105090000", &format!("{pid}\nORC|{orc}\nOBR|1|P1||X"));
        assert_eq!(record.one("ServiceRequest")["status"], status, "{orc}");
        // A result does not bring back what was withdrawn.
        record.take("ORU^R01", "20260105100000", &format!("{pid}\nOBR|1|P1|L1|X|||||||||||||||||||||F"));
        let withdrawn = matches!(status, "revoked" | "entered-in-error");
        assert_eq!(record.one("ServiceRequest")["status"], if withdrawn { status } else { "completed" }, "{orc}");
    }
    // An order for which no mapping is told of, not dropped.
    let record = Record::new();
    let text = "MSH|^~\\&|HIS|CJ01|||20260105||ORM^O01|1|P|2.5.1\rPID|1||H1\rORC|NW|P1\rRQD|1|X\r";
    let message = parse(text, &Limits::default()).unwrap();
    let park = record.mapper.map(&message, &FeedConfig::for_institution("CJ01")).unwrap_err();
    assert_eq!((park.reason.as_str(), park.at.as_str()), ("unsupported-message", "RQD"));
}

#[test]
fn a_medicine_is_ordered_changed_stopped() {
    let pid = "PID|1||H1^^^CJ01^MR||王^秀英\nPV1|1|I|||||||||||||||||V1";
    let rxe = seg(
        "RXE",
        &[(2, "C08CA01^氨氯地平^ATC"), (3, "5"), (5, "mg"), (7, "^每日一次口服"), (10, "28"), (11, "片"), (12, "2")],
    );
    let orc = "ORC|NW|M1^HIS|||||||20260105080000|||D1^李^明";
    let mut record = Record::new();
    record.take("RDE^O11", "20260105080000", &format!("{pid}\n{orc}\n{rxe}\nRXR|PO^口服^HL70162\nNTE|1||餐后"));
    let order = record.one("MedicationRequest");
    assert_eq!((&order["status"], &order["intent"]), (&json!("active"), &json!("order")));
    assert_eq!(order["medicationCodeableConcept"]["coding"][0]["system"], "http://www.whocc.no/atc");
    let dosage = &order["dosageInstruction"][0];
    assert_eq!((&dosage["text"], &dosage["route"]["text"]), (&json!("每日一次口服"), &json!("口服")));
    assert_eq!(
        dosage["doseAndRate"][0]["doseQuantity"],
        json!({"value": 5, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"})
    );
    assert_eq!(order["dispenseRequest"], json!({"quantity": {"value": 28, "unit": "片"}, "numberOfRepeatsAllowed": 2}));
    assert_eq!((&order["requester"]["display"], &order["note"][0]["text"]), (&json!("李明"), &json!("餐后")));
    assert_eq!(order["identifier"][0], json!({"system": "https://meridian.example/id/order/CJ01", "value": "M1"}));
    // As it was asked for, without the pharmacy; a range.
    record.take("OMP^O09", "20260106080000", &format!("{pid}\nORC|XO|M1^HIS\nRXO|C08CA01^氨氯地平^ATC|5|10|mg"));
    let order = record.one("MedicationRequest");
    assert_eq!(order["dosageInstruction"][0]["doseAndRate"][0]["doseRange"]["high"]["value"], 10);
    assert_eq!((&order["status"], &order["note"][0]["text"]), (&json!("active"), &json!("餐后")));
    for (n, (orc, status)) in [("HD", "on-hold"), ("DC", "stopped"), ("CA", "cancelled")].into_iter().enumerate() {
        record.take("ORM^O01", &format!("2026010{}080000", n + 7), &format!("{pid}\nORC|{orc}|M1^HIS\nRXO|C08CA01"));
        assert_eq!(record.one("MedicationRequest")["status"], status);
    }
}

#[test]
fn an_appointment_is_booked_moved_missed() {
    let siu = |start: &str, more: &[(usize, &str)]| {
        let mut sch =
            vec![(1, "A1^HIS"), (2, "F1^SCH"), (7, "复诊"), (8, "FOLLOWUP^Follow-up"), (9, "15"), (10, "min")];
        sch.extend_from_slice(more);
        format!(
            "{}\nNTE|1||请携带病历\nPID|1||H1^^^CJ01^MR||王^秀英\nRGS|1\nAIS|1||394579002^心血管内科门诊^SCT|{start}|||15|min\nAIP|1||D1^李^明||||||||||\nAIL|1||C03^^^CJ01",
            seg("SCH", &sch)
        )
    };
    let mut record = Record::new();
    record.take("SIU^S12", "20260105080000", &siu("20260112090000", &[]));
    let booked = record.one("Appointment");
    assert_eq!(
        (&booked["status"], &booked["start"], &booked["end"]),
        (&json!("booked"), &json!("2026-01-12T09:00:00+08:00"), &json!("2026-01-12T09:15:00+08:00"))
    );
    assert_eq!((&booked["minutesDuration"], &booked["comment"]), (&json!(15), &json!("请携带病历")));
    assert_eq!(booked["serviceType"][0]["coding"][0]["code"], "394579002");
    assert_eq!((&booked["description"], &booked["reasonCode"][0]["text"]), (&json!("心血管内科门诊"), &json!("复诊")));
    assert_eq!(booked["appointmentType"]["coding"][0]["code"], "FOLLOWUP");
    let who: Vec<&str> =
        booked["participant"].as_array().unwrap().iter().map(|p| p["actor"]["display"].as_str().unwrap()).collect();
    assert_eq!(who, ["王秀英", "李明", "C03"]);
    assert_eq!(
        booked["identifier"][0],
        json!({"system": "https://meridian.example/id/appointment/CJ01", "value": "F1"})
    );
    record.take("SIU^S13", "20260106080000", &siu("20260113100000", &[]));
    assert_eq!(
        (&record.one("Appointment")["start"], record.all("Appointment").len()),
        (&json!("2026-01-13T10:00:00+08:00"), 1)
    );
    record.take("SIU^S14", "20260107080000", &siu("20260113100000", &[(25, "Pending")]));
    assert_eq!(record.one("Appointment")["status"], "pending");
    record.take("SIU^S14", "20260107090000", &siu("20260113100000", &[]));
    assert_eq!(record.one("Appointment")["status"], "pending", "S14 alone says nothing of the status");
    for (event, time, status) in [
        ("S26", "20260113110000", "noshow"),
        ("S15", "20260113120000", "cancelled"),
        ("S17", "20260113130000", "entered-in-error"),
    ] {
        record.take(&format!("SIU^{event}"), time, &siu("20260113100000", &[(6, "患者改约")]));
        assert_eq!(record.one("Appointment")["status"], status);
    }
    let mut record = Record::new();
    record.take("SIU^S15", "20260105080000", &siu("20260112090000", &[(6, "患者改约")]));
    assert_eq!(record.one("Appointment")["cancelationReason"]["text"], "患者改约");
}
