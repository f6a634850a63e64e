//! Survivorship, without a store.

use meridian_engine::Subject;

use super::*;

fn source(subject: i64, at: &str, mut patient: Value) -> Source {
    patient["resourceType"] = json!("Patient");
    patient["id"] = json!(format!("p{subject}"));
    patient["meta"]["lastUpdated"] = json!(at);
    Source::of(Subject(subject), patient)
}

const IDENTITY: &str = "urn:oid:2.16.156.10011.1.3";
const NUMBER: &str = "990101194912310028";

#[test]
fn it_says_what_the_records_say() {
    let sources = [
        source(
            2,
            "2024-01-01T00:00:00.000Z",
            json!({
            "identifier": [{"system": "https://meridian.example/id/mrn/CJ01", "value": "H1"}, {"system": IDENTITY, "value": "990101491231002"}],
            "name": [{"use": "usual", "text": "王秀英", "family": "王", "given": ["秀英"]}], "gender": "female", "birthDate": "1949",
            "telecom": [{"system": "phone", "value": "154 0000 0001", "use": "mobile"}],
            "address": [{"text": "湖滨路12号"}], "managingOrganization": {"reference": "Organization/1"}}),
        ),
        source(
            3,
            "2024-02-01T00:00:00.000Z",
            json!({
            "meta": {"tag": [{"system": "https://meridian.example/tag", "code": "synthetic"}], "security": [{"system": "s", "code": "R"}]},
            "identifier": [{"system": IDENTITY, "value": NUMBER}, {"system": IDENTITY, "value": "990101194912310029"}],
            "name": [{"text": "王秀瑛"}], "gender": "male", "telecom": [{"system": "phone", "value": "15400000001"}, {"system": "phone", "value": "15400000002", "use": "old"}],
            "address": [{"use": "old", "text": "南街1号"}, {"text": "东湖路3号"}], "deceasedBoolean": false}),
        ),
        source(
            7,
            "2024-01-15T00:00:00.000Z",
            json!({"name": [{"family": "王", "given": ["秀英"]}], "gender": "male", "birthDate": "1949-12"}),
        ),
    ];
    let expected = json!({
        "resourceType": "Patient",
        "meta": {"security": [{"system": "s", "code": "R"}], "tag": [{"system": GOLDEN.0, "code": GOLDEN.1}, {"system": SYNTHETIC.0, "code": SYNTHETIC.1}]},
        "identifier": [{"use": "official", "system": IDENTITY, "value": NUMBER},
            {"system": "https://meridian.example/id/mrn/CJ01", "value": "H1"}, {"system": IDENTITY, "value": "990101194912310029"}],
        "active": true,
        "name": [{"use": "official", "text": "王秀英", "family": "王", "given": ["秀英"]}, {"text": "王秀瑛"}],
        "telecom": [{"system": "phone", "value": "15400000001"}],
        "gender": "female", "birthDate": "1949-12-31", "deceasedBoolean": false,
        "address": [{"text": "东湖路3号"}],
        "link": [{"other": {"reference": "Patient/p2"}, "type": "seealso"}, {"other": {"reference": "Patient/p3"}, "type": "seealso"},
            {"other": {"reference": "Patient/p7"}, "type": "seealso"}]
    });
    assert_eq!(golden(&sources).to_string(), expected.to_string());
}

#[test]
fn a_newborns_first_name_gives_way_and_a_death_stays() {
    let old = |n: i64| format!("2024-01-0{n}T00:00:00.000Z");
    let sources = [
        source(
            2,
            &old(3),
            json!({"name": [{"text": "王秀英之子"}], "birthDate": "2024-01", "deceasedDateTime": "2024-02"}),
        ),
        source(
            3,
            &old(2),
            json!({"name": [{"text": "王秀英之子"}], "birthDate": "2024-01-02", "deceasedDateTime": "2024-02-03"}),
        ),
        source(
            4,
            &old(1),
            json!({"name": [{"text": "王小明"}], "birthDate": "2024-02-01", "gender": "unknown", "active": false}),
        ),
    ];
    let golden = golden(&sources);
    assert_eq!(golden["name"][0], json!({"use": "official", "text": "王小明"}));
    assert_eq!((&golden["birthDate"], &golden["deceasedDateTime"]), (&json!("2024-01-02"), &json!("2024-02-03")));
    assert_eq!((&golden["gender"], &golden["active"]), (&json!("unknown"), &json!(true)));
}

#[test]
fn what_floods_it_is_bounded() {
    let many = |n: i64| {
        let identifiers: Value = (0..50).map(|i| json!({"system": "s", "value": format!("{n}-{i}")})).collect();
        let phones: Value = (0..50).map(|i| json!({"system": "phone", "value": format!("{n}{i}")})).collect();
        let long = "长".repeat(5000);
        json!({"identifier": identifiers, "telecom": phones, "name": [{"text": format!("名{n}")}, {"text": long}],
            "address": [{"text": long}], "meta": {"security": [{"code": long}]}})
    };
    let sources: Vec<Source> = (2..52).map(|n| source(n, "2024-01-01T00:00:00.000Z", many(n))).collect();
    let golden = golden(&sources);
    let count = |key: &str| golden[key].as_array().map_or(0, Vec::len);
    assert_eq!((count("identifier"), count("telecom"), count("name"), count("address")), (256, 8, 4, 0));
    assert!(golden.to_string().len() < 64 << 10);
}

#[test]
fn one_that_ended_points_to_what_it_became() {
    let ended = json!({"resourceType": "Patient", "meta": {"tag": [{"system": GOLDEN.0, "code": GOLDEN.1}]}, "active": false,
        "link": [{"other": {"reference": "Patient/b"}, "type": "replaced-by"}]});
    assert_eq!(retired(false, Some("b")), ended);
    assert!(retired(true, None).get("link").is_none());
}
