//! What comes out of messages, field by field.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::LazyLock;

use meridian_hl7v2::{Limits, parse};
use meridian_intake::map::{FeedConfig, Mapped, Mapper, Met, Reason};
use proptest::prelude::*;
use serde_json::{Value, json};

static MAPPER: LazyLock<Mapper> = LazyLock::new(|| Mapper::load().unwrap());

fn map(text: &str) -> Result<Mapped, meridian_intake::map::Park> {
    let message = parse(&text.replace('\n', "\r"), &Limits::default()).unwrap();
    MAPPER.map(&message, &FeedConfig::for_institution("CJ01"))
}

const MSH: &str = "MSH|^~\\&|HIS|CJ01|M|CJ00|20260105083000+0800||";

fn adt(event: &str, rest: &str) -> Mapped {
    map(&format!("{MSH}ADT^{event}|C1|P|2.5.1\n{rest}\n")).unwrap()
}

fn oru(rest: &str) -> Mapped {
    map(&format!("{MSH}ORU^R01|C2|P|2.5.1\nPID|1||H1^^^CJ01^MR||王^秀英\n{rest}\n")).unwrap()
}

/// A segment with raw fields at their numbers.
fn seg(name: &str, fields: &[(usize, &str)]) -> String {
    let last = fields.iter().map(|(n, _)| *n).max().unwrap_or(0);
    let at = |n| fields.iter().find(|(m, _)| *m == n).map_or("", |(_, text)| *text);
    (1..=last).fold(name.to_owned(), |out, n| format!("{out}|{}", at(n)))
}

fn all(mapped: &Mapped, kind: &str) -> Vec<Value> {
    let entries = mapped.bundle["entry"].as_array().unwrap();
    entries.iter().map(|entry| entry["resource"].clone()).filter(|r| r["resourceType"] == kind).collect()
}

/// What is kept of `known` and the message.
fn meet(mapped: &Mapped, kind: &str, known: &Value) -> Value {
    let entries = mapped.bundle["entry"].as_array().unwrap();
    let at = entries.iter().position(|entry| entry["resource"]["resourceType"] == kind).unwrap();
    match mapped.meet(at, known, entries[at]["resource"].clone()) {
        Met::Kept(kept, _) => kept,
        other => panic!("{other:?}"),
    }
}

fn one(mapped: &Mapped, kind: &str) -> Value {
    let mut found = all(mapped, kind);
    assert_eq!(found.len(), 1, "{kind}");
    found.remove(0)
}

fn observation(obx: &str) -> Value {
    one(&oru(&format!("OBR|1||L1|CBC^血常规\n{obx}")), "Observation")
}

#[test]
fn a_chinese_resident() {
    let pid = seg(
        "PID",
        &[
            (
                3,
                "H1^^^CJ01^MR~99010119570304002x^^^&2.16.156.10011.1.3&ISO^NI~I77^^^&https://meridian.example/id/insurance&URI^SN",
            ),
            (5, "欧阳秀英^^^^^^L~OUYANG^Xiuying^^^^^L^A"),
            (7, "19570304"),
            (8, "2"),
            (11, "湖滨路12号^3单元^澄江区^^^CHN^H"),
            (13, "15400001234^PRN^CP~^NET^Internet^a@b.cn"),
            (16, "20"),
            (30, "N"),
        ],
    );
    let mapped = adt("A01", &format!("{pid}\nNK1|1|王^建国|SPO^配偶^HL70063||15400005678\nNK1|2||MTH"));
    let patient = one(&mapped, "Patient");
    let identifiers = patient["identifier"].as_array().unwrap();
    let pairs: Vec<(&str, &str)> =
        identifiers.iter().map(|i| (i["system"].as_str().unwrap(), i["value"].as_str().unwrap())).collect();
    assert_eq!(
        pairs,
        [
            ("https://meridian.example/id/mrn/CJ01", "H1"),
            ("urn:oid:2.16.156.10011.1.3", "99010119570304002X"),
            ("https://meridian.example/id/insurance", "I77"),
        ]
    );
    assert_eq!(patient["name"][0], json!({"use": "official", "text": "欧阳秀英", "family": "欧阳", "given": ["秀英"]}));
    assert_eq!(patient["name"][1]["extension"][0]["valueCode"], "ABC");
    assert_eq!((&patient["gender"], &patient["birthDate"]), (&json!("female"), &json!("1957-03-04")));
    assert_eq!(patient["address"][0]["text"], "澄江区湖滨路12号3单元");
    assert_eq!(patient["telecom"][0], json!({"system": "phone", "value": "15400001234", "use": "mobile"}));
    assert_eq!(patient["telecom"][1]["system"], "email");
    assert_eq!(patient["maritalStatus"]["coding"][0]["code"], "M");
    assert_eq!(patient["deceasedBoolean"], false);
    let contacts = patient["contact"].as_array().unwrap();
    assert_eq!(contacts.len(), 1, "a contact without anything to reach it is no contact");
    assert_eq!(contacts[0]["relationship"][0]["coding"][0]["code"], "SPS");
    assert_eq!(mapped.patient_key, "https://meridian.example/id/mrn/CJ01|H1");
    let url = &mapped.bundle["entry"][0]["request"]["url"];
    assert_eq!(url, "Patient?identifier=https://meridian.example/id/mrn/CJ01|H1");
}

#[test]
fn the_key_never_reaches_into_another_institutions_record() {
    let mapped = adt("A04", "PID|1||990101195703040022^^^^NI||王^秀英\nPV1|1|O");
    assert!(mapped.patient_key.starts_with("https://meridian.example/id/source/CJ01|"), "{}", mapped.patient_key);
    let mapped = adt("A04", "PID|1||77^^^OTHER^MR||王^秀英");
    assert_eq!(mapped.patient_key, "https://meridian.example/id/local/CJ01/OTHER|77");
    // Somebody wrote a passport number into the field of the identity number.
    let mapped = adt("A04", "PID|1||H2^^^CJ01^MR~G1234567^^^^NI||王^秀英");
    assert_eq!(
        one(&mapped, "Patient")["identifier"][1]["system"],
        "https://meridian.example/id/local/CJ01/not-18-digits"
    );
}

#[test]
fn a_visit_with_its_diagnoses() {
    let pv1 = seg(
        "PV1",
        &[
            (2, "I"),
            (3, "内科^12^1^CJ01"),
            (7, "CJ01-D01^李^明"),
            (10, "MED"),
            (14, "1"),
            (19, "V9"),
            (36, "01"),
            (44, "20260105083000"),
            (45, "20260107"),
        ],
    );
    let withdrawn = seg("DG1", &[(3, "^感冒"), (6, "W"), (21, "D")]);
    let mapped = adt(
        "A08",
        &format!(
            "PID|1||H1^^^CJ01^MR||王^秀英\n{pv1}\nPV2|||^胸痛\nDG1|1||I10^原发性高血压^ICD-10||20260105|A\n\
             DG1|2|I10|E11.9||20260105|F\n{withdrawn}"
        ),
    );
    let visit = one(&mapped, "Encounter");
    assert_eq!(visit["identifier"][0]["value"], "V9");
    assert_eq!((&visit["status"], &visit["class"]["code"]), (&json!("finished"), &json!("IMP")));
    assert_eq!(visit["period"], json!({"start": "2026-01-05T08:30:00+08:00", "end": "2026-01-07"}));
    assert_eq!(visit["location"][0]["location"]["display"], "内科 12 1");
    assert_eq!(visit["participant"][0]["individual"]["display"], "李明");
    assert_eq!(visit["reasonCode"][0]["text"], "胸痛");
    let conditions = all(&mapped, "Condition");
    assert_eq!(conditions[0]["code"]["coding"][0]["system"], "http://hl7.org/fhir/sid/icd-10");
    assert_eq!(
        conditions[1]["code"]["coding"][0],
        json!({"system": "http://hl7.org/fhir/sid/icd-10", "code": "E11.9"})
    );
    assert_eq!(conditions[2]["verificationStatus"]["coding"][0]["code"], "entered-in-error");
    assert!(conditions[2].get("clinicalStatus").is_none());
    assert_eq!(visit["diagnosis"].as_array().unwrap().len(), 2, "a withdrawn diagnosis is not the visit's");
    assert_eq!(one(&mapped, "Practitioner")["identifier"][0]["system"], "https://meridian.example/id/staff/CJ01");
    // The same visit in the next message is the same entry, and so are its diagnoses.
    let pv1 = seg("PV1", &[(2, "I"), (19, " V9 ")]);
    let again = adt("A01", &format!("PID|1||H1^^^CJ01^MR||王^秀英\n{pv1}\nDG1|1||I10^高血压^I10"));
    let urls = |mapped: &Mapped, kind: &str| -> Vec<Value> {
        let entries = mapped.bundle["entry"].as_array().unwrap().iter();
        entries.filter(|e| e["resource"]["resourceType"] == kind).map(|e| e["request"]["url"].clone()).collect()
    };
    assert_eq!(urls(&mapped, "Condition")[0], urls(&again, "Condition")[0]);
}

#[test]
fn allergies_and_insurance() {
    let mapped = adt(
        "A01",
        "PID|1||H1^^^CJ01^MR||王^秀英\nAL1|1|DA|J01C^青霉素类^ATC|SV|皮疹~胸闷|20200101\nAL1|2||^花粉\nAL1|3\n\
         IN1|1|310|CJYB|城镇职工基本医疗保险||||||||20200101",
    );
    let allergies = all(&mapped, "AllergyIntolerance");
    assert_eq!(allergies.len(), 2);
    let first = &allergies[0];
    assert_eq!(
        first["code"]["coding"][0],
        json!({"system": "http://www.whocc.no/atc", "code": "J01C", "display": "青霉素类"})
    );
    assert_eq!((&first["category"], &first["criticality"]), (&json!(["medication"]), &json!("high")));
    assert_eq!(
        first["reaction"],
        json!([{"manifestation": [{"text": "皮疹"}, {"text": "胸闷"}], "severity": "severe"}])
    );
    assert_eq!(allergies[1]["code"], json!({"text": "花粉"}));
    assert_eq!(one(&mapped, "Coverage")["payor"][0]["display"], "城镇职工基本医疗保险");
    assert!(mapped.warnings.iter().any(|warning| warning.at == "AL1-3"));
}

#[test]
fn values_by_their_type() {
    let value = |obx: &str, element: &str| observation(obx)[element].clone();
    let number = value("OBX|1|NM|WBC^白细胞||5.60|10^9/L|3.5-9.5|N|||F", "valueQuantity");
    assert_eq!(number["value"].to_string(), "5.60");
    assert_eq!((&number["unit"], &number["code"]), (&json!("10^9/L"), &json!("10*9/L")));
    let inr = value("OBX|1|NM|6301-6^国际标准化比值^LN||0.97||0.8-1.2|N|||F", "valueQuantity");
    assert_eq!((inr.get("unit"), &inr["code"]), (None, &json!("1")), "what has no dimension is sent without a unit");
    let feu = value("OBX|1|NM|48065-7^D-二聚体^LN||0.3|ug/mL{FEU}|||||F", "valueQuantity");
    assert_eq!((&feu["unit"], &feu["code"]), (&json!("ug/mL{FEU}"), &json!("ug/mL{FEU}")), "the item's own");
    assert_eq!(value("OBX|1|NM|48065-7^D-二聚体^LN||0.3|FEU|||||F", "valueQuantity").get("code"), None);
    let hgb = value("OBX|1|NM|718-7^血红蛋白^LN||130||||||F", "valueQuantity");
    assert_eq!(hgb.get("code"), None, "g/L or g/dL: only the sender knows");
    assert_eq!(value("OBX|1|NM|X||<0.50|ng/mL|||||F", "valueQuantity")["comparator"], "<");
    assert_eq!(value("OBX|1|NM|X||阴性||||||F", "valueString"), "阴性");
    assert_eq!(value("OBX|1|ST|X||7.1|mmol/L|||||F", "valueQuantity")["code"], "mmol/L");
    assert_eq!(value("OBX|1|ST|X||7.1||||||F", "valueString"), "7.1");
    assert_eq!(value("OBX|1|SN|X||>^100|U/L|||||F", "valueQuantity")["comparator"], ">");
    assert_eq!(value("OBX|1|SN|X||^1^:^128||||||F", "valueRatio")["denominator"]["value"], 128);
    assert_eq!(value("OBX|1|SN|X||^2^-^4||||||F", "valueRange")["high"]["value"], 4);
    assert_eq!(
        value("OBX|1|CWE|X||260385009^阴性^SCT||||||F", "valueCodeableConcept")["coding"][0]["system"],
        "http://snomed.info/sct"
    );
    assert_eq!(value("OBX|1|CE|X||A型||||||F", "valueCodeableConcept"), json!({"text": "A型"}));
    assert_eq!(value("OBX|1|DT|X||20260105||||||F", "valueDateTime"), "2026-01-05");
    assert_eq!(value("OBX|1|TM|X||0830||||||F", "valueTime"), "08:30:00");
    assert_eq!(value("OBX|1|FT|X||第一行\\.br\\第二行||||||F", "valueString"), "第一行\n第二行");
    assert_eq!(value("OBX|1|TX|X||第一行||||||F\nOBX|2|TX|X||第二行||||||F", "valueString"), "第一行\n第二行");
    assert_eq!(value("OBX|1|NM|X||60~120||||||F", "component").as_array().unwrap().len(), 2);
    assert_eq!(value("OBX|1|NM|X||||||||X", "dataAbsentReason")["coding"][0]["code"], "not-performed");
    let flags = observation("OBX|1|NM|X||9||3-5|↑~Q|||F||\nNTE|1||复查\nNTE|2|| \nNTE|3||已电话通知");
    assert_eq!(flags["interpretation"][0]["coding"][0]["code"], "H");
    assert_eq!(flags["interpretation"][1]["coding"][0]["code"], "Q", "an unknown flag is kept");
    assert_eq!(flags["note"], json!([{"text": "复查\n已电话通知"}]));
    assert_eq!(flags["code"]["coding"][0], json!({"system": "https://meridian.example/code/CJ01/OBX-3", "code": "X"}));
}

#[test]
fn documents_travel_in_results() {
    let mapped = oru("OBR|1||L1|R^报告||||||||||||||||||||RAD|F\nOBX|1|ED|PDF^报告||CJ^AP^PDF^Base64^JVBERi0=||||||F");
    let document = one(&mapped, "DocumentReference");
    assert_eq!(document["content"][0]["attachment"], json!({"contentType": "application/pdf", "data": "JVBERi0="}));
    assert_eq!(document["docStatus"], "final");
    assert!(all(&mapped, "Observation").is_empty());
    assert_eq!(one(&mapped, "DiagnosticReport")["category"][0]["coding"][0]["code"], "RAD");
}

#[test]
fn orders_keep_their_results_apart() {
    let first = seg("OBR", &[(2, "P1"), (3, "L1^LIS"), (4, "CBC"), (22, "20260105093000"), (24, "LAB"), (25, "F")]);
    let second = seg("OBR", &[(2, "P2"), (3, "L2^LIS"), (4, "GLU"), (7, "20260105080000"), (24, "HM"), (25, "P")]);
    let specimen = seg("SPM", &[(1, "1"), (2, "S1"), (4, "BLD^全血"), (17, "20260105080000"), (18, "20260105083000")]);
    let mapped = oru(&format!(
        "ORC|RE|P1|L1\n{first}\nNTE|1||标本溶血\nOBX|1|NM|WBC||5||||||F\n{specimen}\n{second}\n\
         OBX|1|NM|GLU||5||||||P\nOBX|2|NM|GLU||6||||||P"
    ));
    let reports = all(&mapped, "DiagnosticReport");
    assert_eq!(reports.len(), 2);
    assert_eq!((&reports[0]["conclusion"], &reports[1]["status"]), (&json!("标本溶血"), &json!("preliminary")));
    assert_eq!(reports[1]["result"].as_array().unwrap().len(), 2);
    let observations = all(&mapped, "Observation");
    let keys: Vec<&str> = observations.iter().map(|o| o["identifier"][0]["value"].as_str().unwrap()).collect();
    assert_eq!(keys, ["L1/CBC/WBC", "L2/GLU/GLU", "L2/GLU/GLU/2"]);
    assert_eq!(observations[0]["specimen"]["reference"], reports[0]["specimen"][0]["reference"]);
    assert_eq!(observations[0]["issued"], "2026-01-05T09:30:00+08:00");
    assert_eq!(observations[1]["effectiveDateTime"], "2026-01-05T08:00:00+08:00");
    assert_eq!(reports[0]["basedOn"][0]["identifier"]["value"], "P1");
}

#[test]
fn one_order_number_for_several_reports_loses_nothing() {
    let mapped = oru("OBR|1||L1|A\nOBX|1|NM|X||1||||||F\nSPM|1|S\nSPM|2|S\nOBR|2||L1|A\nOBX|1|NM|X||2||||||F");
    assert_eq!(all(&mapped, "DiagnosticReport").len(), 2);
    assert_eq!((all(&mapped, "Observation").len(), all(&mapped, "Specimen").len()), (2, 2));
}

#[test]
fn several_residents_in_one_message_stay_apart() {
    let mapped =
        oru("OBR|1||L1|A\nOBX|1|NM|X||1||||||F\nPID|2||H2^^^CJ01^MR||李^明\nOBR|1||L2|A\nOBX|1|NM|X||2||||||F");
    let patients = all(&mapped, "Patient");
    assert_eq!(patients.len(), 2);
    let subjects: Vec<Value> = all(&mapped, "Observation").iter().map(|o| o["subject"]["reference"].clone()).collect();
    assert_ne!(subjects[0], subjects[1]);
}

#[test]
fn what_cannot_be_told_is_parked() {
    let reason = |text: &str| map(text).unwrap_err().reason;
    assert_eq!(reason(&format!("{MSH}ADT^A60|1|P|2.5\nPID|1||H1\n")), Reason::UnsupportedMessage);
    assert_eq!(reason(&format!("{MSH}ADT^A40|1|P|2.5\nPID|1||H1\n")), Reason::NoPatientIdentifier);
    assert_eq!(reason(&format!("{MSH}ADT^A01|1|P|2.5\nPV1|1|I\n")), Reason::NoPatientSegment);
    assert_eq!(reason(&format!("{MSH}ADT^A01|1|P|2.5\nPID|1||||王^秀英\n")), Reason::NoPatientIdentifier);
    // The visit tells whose it is.
    let mapped = adt("A01", "PID|1||||无名氏\nPV1|1|E||||||||||||||||| V1");
    assert_eq!(mapped.patient_key, "https://meridian.example/id/visit-patient/CJ01|V1");
    assert!(!mapped.warnings.is_empty());
}

#[test]
fn deletions_are_told() {
    let mapped = adt("A08", "PID|1||H1^^^CJ01^MR||王^秀英||\"\"|F||||\"\"");
    let known =
        json!({"resourceType": "Patient", "birthDate": "1957", "gender": "male", "maritalStatus": {"text": "x"}});
    let patient = meet(&mapped, "Patient", &known);
    assert_eq!(patient.get("birthDate"), None);
    assert_eq!((&patient["gender"], &patient["maritalStatus"]["text"]), (&json!("female"), &json!("x")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in the fields: no panic, and what comes out passes the structural check; so does what is kept of
    /// it and of what another message left.
    #[test]
    fn any_fields_give_sound_resources(
        segments in prop::collection::vec(
            (prop::sample::select(vec!["PID", "PV1", "PV2", "NK1", "DG1", "AL1", "IN1", "ORC", "OBR", "OBX", "SPM", "NTE",
                "MRG", "SCH", "AIS", "AIG", "AIL", "AIP", "TQ1", "RXE", "RXO", "RXR", "ODS"]),
             prop::collection::vec("[A-Z0-9a-z王^~&.<>/: +\"-]{0,12}", 0..50)), 0..12),
        kind in prop::sample::select(vec!["ADT^A01", "ADT^A02", "ADT^A03", "ADT^A05", "ADT^A06", "ADT^A09", "ADT^A10",
            "ADT^A11", "ADT^A12", "ADT^A13", "ADT^A40", "ORU^R01", "OML^O21", "RDE^O11", "SIU^S12"]),
        before in prop::sample::select(vec!["ADT^A01", "ADT^A03", "ORU^R01", "OML^O21"]),
    ) {
        let mut rest = "PID|1||H1^^^CJ01^MR||王^秀英\rPV1|1|I|A^1^1||||||||||||||||V1\rMRG|H2\rSCH|1|2\r".to_owned();
        for (name, fields) in &segments {
            rest.push_str(&format!("{name}|{}\r", fields.join("|")));
        }
        let feed = FeedConfig::for_institution("CJ01");
        let map = |kind: &str| {
            let text = format!("{MSH}{kind}|C9|P|2.5\r{rest}");
            MAPPER.map(&parse(&text, &Limits::default()).unwrap(), &feed)
        };
        let (Ok(mapped), known) = (map(kind), map(before)) else { return Ok(()) };
        let known = known.map(|known| known.bundle["entry"].as_array().unwrap().clone()).unwrap_or_default();
        for (nth, entry) in mapped.bundle["entry"].as_array().unwrap().iter().enumerate() {
            let faults = meridian_model::check::check(&entry["resource"]);
            prop_assert!(faults.is_empty(), "{faults:?}\n{kind} {rest}");
            let there = known.iter().find(|known| known["fullUrl"] == entry["fullUrl"]).unwrap_or(entry);
            if let Met::Kept(kept, _) = mapped.meet(nth, &there["resource"], entry["resource"].clone()) {
                let faults = meridian_model::check::check(&kept);
                prop_assert!(faults.is_empty(), "{faults:?}\n{before} {kind} {rest}\n{kept:#}");
            }
        }
    }
}

#[test]
fn a_code_that_its_table_has_not_is_the_institutions_own() {
    let visit = |rest: &str| one(&adt("A04", &format!("PID|1||H1^^^CJ01^MR||王^秀英\n{rest}")), "Encounter");
    let service = |sent: &str| visit(&seg("PV1", &[(2, "O"), (10, sent), (19, "V1")]))["serviceType"].clone();
    let hl7 = "http://terminology.hl7.org/CodeSystem/v2-0069";
    assert_eq!(service("med"), json!({"coding": [{"system": hl7, "code": "MED"}], "text": "med"}));
    let department = "https://meridian.example/fhir/CodeSystem/department";
    let own = "https://meridian.example/code/CJ01/PV1-10";
    assert_eq!(
        service("心血管内科"),
        json!({"coding": [
            {"system": own, "code": "心血管内科"},
            {"system": department, "code": "A03.04", "display": "心血管内科专业"}
        ], "text": "心血管内科"})
    );
    assert_eq!(service("脑病科"), json!({"coding": [{"system": own, "code": "脑病科"}], "text": "脑病科"}));
    assert_eq!(
        service("0305^口腔科^HL70069"),
        json!({"coding": [
            {"system": "https://meridian.example/code/CJ01/HL70069", "code": "0305", "display": "口腔科"},
            {"system": department, "code": "A12", "display": "口腔科"}
        ], "text": "口腔科"}),
        "what the sender says is HL7's and is not"
    );
    let manner = visit(&format!("{}\n{}", seg("PV1", &[(2, "O"), (19, "V1")]), seg("PV2", &[(38, "救护车")])));
    assert_eq!(manner["extension"][0]["valueCoding"]["system"], "https://meridian.example/code/CJ01/PV2-38");
}
