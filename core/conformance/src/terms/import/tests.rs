//! Each kind of file, whole and broken.

use meridian_model::language::Language;
use serde_json::json;

use super::*;
use crate::terms::{Asked, Terms};

fn one(name: &str, text: &str) -> Result<Vec<Value>, Fault> {
    read(&[File { name, bytes: text.as_bytes() }])
}

const SEX: &str = "# resourceType: CodeSystem\n# url: http://x/sex\n# version: 1\n# status: active\n# caseSensitive: true\n\
# valueSet: http://x/vs\n# identifier: urn:oid:1.2.3\n# property: source string 出处\n# property: rank integer\n\
code,display,parent,designation@en,source,rank,inactive\n\
0,未知,,Unknown,GB,1,\n1,男,0,\"Male, adult;;Man\",GB,2,true\n";

#[test]
fn a_table_with_a_head_is_a_code_system() {
    let all = one("sex.csv", SEX).unwrap();
    assert_eq!(all[0]["identifier"][0]["value"], "urn:oid:1.2.3");
    assert_eq!(all[0]["content"], "complete");
    let man = &all[0]["concept"][1];
    assert_eq!(
        man["designation"],
        json!([{"language": "en", "value": "Male, adult"}, {"language": "en", "value": "Man"}])
    );
    assert_eq!(man["property"][0], json!({"code": "parent", "valueCode": "0"}));
    assert_eq!(man["property"][2], json!({"code": "rank", "valueInteger": 2}));
    assert_eq!(man["property"][3], json!({"code": "inactive", "valueBoolean": true}));
    let terms = Terms::embedded().with(&all).unwrap();
    let params = [("url".to_owned(), "http://x/vs".to_owned()), ("activeOnly".to_owned(), "true".to_owned())];
    let expanded = terms.expand(&Asked { params: &params, values: &[], now: "", language: Language::English }).unwrap();
    assert_eq!(expanded["expansion"]["total"], 1);
}

#[test]
fn a_broken_table_is_refused_by_name() {
    for (from, to, says) in [
        ("# url: http://x/sex\n", "", "does not say `url`"),
        ("resourceType: CodeSystem", "resourceType: Patient", "`Patient`"),
        ("code,display", "kode,display", "`kode`"),
        ("GB,1,", "GB,one,", "line 11"),
        ("\"Male", "\"\"Male", "line 12"),
        ("0,未知", ",未知", "line 11 has no code"),
        ("GB,1,", "GB,1,,,", "more fields"),
        ("rank integer", "rank fraction", "rank fraction"),
    ] {
        let fault = one("sex.csv", &SEX.replacen(from, to, 1)).unwrap_err();
        assert!(fault.says.english.contains(says), "{from} → {to}: {}", fault.says.english);
        assert!(fault.says.english.starts_with("sex.csv: "), "{}", fault.says.english);
    }
    assert!(read(&[File { name: "x", bytes: &[0xff, 0xfe] }]).is_err());
    for text in ["", "hello", "{", "{\"resourceType\":\"Patient\"}", "[]", "[1]", "<x/>", "<!DOCTYPE x><x/>", "<a><b>"]
    {
        assert!(one("x", text).is_err(), "{text}");
    }
    assert!(one("x", &"<a>".repeat(100_000)).is_err() && one("x", &"[".repeat(100_000)).is_err());
}

#[test]
fn a_table_is_also_a_concept_map() {
    let text = "# resourceType: ConceptMap\n# url: http://x/map\n# status: active\n# source: http://a\n# target: http://b\n\
source-system,source,source-display,target-system,target,equivalence,comment\n\
http://a,1,One,http://b,x,equivalent,\nhttp://a,1,One,http://b,y,wider,why\nhttp://a,2,,http://c,z,equal,\n";
    let all = one("map.csv", text).unwrap();
    assert_eq!(
        all[0]["group"][0]["element"][0]["target"][1],
        json!({"equivalence": "wider", "code": "y", "comment": "why"})
    );
    assert_eq!(all[0]["group"].as_array().unwrap().len(), 2);
    Terms::embedded().with(&all).unwrap();
}

#[test]
fn seventh_characters_are_written_out() {
    let text = "<ICD10CM.tabular><version>2026</version><chapter><name>19</name><desc>Injury</desc>\
<section id=\"S00-S09\"><desc>Head</desc><diag><name>S00</name><desc>Superficial &amp; small</desc>\
<sevenChrDef><extension char=\"A\">initial</extension><extension char=\"D\">subsequent</extension></sevenChrDef>\
<diag><name>S00.0</name><desc>Scalp</desc><inclusionTerm><note>Skin of head</note></inclusionTerm></diag></diag>\
</section></chapter></ICD10CM.tabular>";
    let all = one("tabular.xml", text).unwrap();
    let terms = Terms::embedded().with(&all).unwrap();
    let below = terms.codes_around("http://hl7.org/fhir/sid/icd-10-cm", "S00", true).unwrap();
    assert_eq!(below, ["S00", "S00.0", "S00.0XXA", "S00.0XXD"]);
    let params = |code: &str| {
        [("system".to_owned(), "http://hl7.org/fhir/sid/icd-10-cm".to_owned()), ("code".to_owned(), code.to_owned())]
    };
    let found = terms
        .lookup(&Asked { params: &params("s00.0xxa"), values: &[], now: "", language: Language::English })
        .unwrap();
    assert!(found.to_string().contains("Scalp, initial"), "{found}");
    assert!(
        terms
            .lookup(&Asked { params: &params("S00"), values: &[], now: "", language: Language::English })
            .unwrap()
            .to_string()
            .contains("Superficial & small")
    );
}

#[test]
fn loinc_with_its_hierarchy_answers_and_translation() {
    let loinc = "\"LOINC_NUM\",\"COMPONENT\",\"PROPERTY\",\"TIME_ASPCT\",\"SYSTEM\",\"SCALE_TYP\",\"METHOD_TYP\",\"CLASS\",\"VersionLastChanged\",\"CLASSTYPE\",\"STATUS\",\"SHORTNAME\",\"ORDER_OBS\",\"LONG_COMMON_NAME\",\"EXAMPLE_UCUM_UNITS\"\n\
\"2345-7\",\"Glucose\",\"MCnc\",\"Pt\",\"Ser/Plas\",\"Qn\",\"\",\"CHEM\",\"2.73\",\"1\",\"ACTIVE\",\"Glucose SerPl-mCnc\",\"Both\",\"Glucose [Mass/volume] in Serum or Plasma\",\"mg/dL\"\n\
\"1-8\",\"Acyclovir\",\"Susc\",\"Pt\",\"Isolate\",\"OrdQn\",\"\",\"ABXBACT\",\"2.9\",\"1\",\"DEPRECATED\",\"\",\"Both\",\"Acyclovir [Susceptibility]\",\"\"\n";
    let hierarchy = "PATH_TO_ROOT,SEQUENCE,IMMEDIATE_PARENT,CODE,CODE_TEXT\n,1,,LP1,Root\nLP1,1,LP1,LP2,Sugars\nLP1.LP2,1,LP2,2345-7,Glucose\n";
    let answers = "AnswerListId,AnswerListName,AnswerStringId,DisplayText\nLL1-1,Yes or no,LA33-6,Yes\nLL1-1,Yes or no,LA32-8,No\n";
    let chinese = "\"LOINC_NUM\",\"COMPONENT\",\"LONG_COMMON_NAME\"\n\"2345-7\",\"葡萄糖\",\"葡萄糖 血清或血浆\"\n";
    let files =
        [("Loinc.csv", loinc), ("h.csv", hierarchy), ("a.csv", answers), ("zhCN5LinguisticVariant.csv", chinese)];
    let files: Vec<File<'_>> = files.iter().map(|(name, text)| File { name, bytes: text.as_bytes() }).collect();
    let all = read(&files).unwrap();
    assert_eq!((all.len(), &all[0]["version"]), (2, &json!("2.73")));
    let terms = Terms::embedded().with(&all).unwrap();
    let expand = |url: &str, filter: &str| {
        let mut params = vec![("url".to_owned(), url.to_owned()), ("displayLanguage".to_owned(), "zh-CN".to_owned())];
        params.push(("filter".to_owned(), filter.to_owned()));
        terms.expand(&Asked { params: &params, values: &[], now: "", language: Language::English }).unwrap()["expansion"].clone()
    };
    assert_eq!(expand("http://loinc.org/vs/LL1-1", "")["total"], 2);
    assert_eq!(expand("http://loinc.org/vs/LP1", "")["total"], 2);
    let found = expand("http://loinc.org/vs", "ptt");
    assert_eq!((&found["total"], &found["contains"][0]["code"]), (&json!(1), &json!("2345-7")));
    assert_eq!(found["contains"][0]["display"], "葡萄糖 血清或血浆");
    assert!(one("h.csv", hierarchy).is_err() && one("variant.csv", chinese).is_err());
    assert!(one("Loinc.csv", &loinc.replace("CLASSTYPE", "TYPE").replace("VersionLastChanged", "V")).is_err());
}

#[test]
fn snomed_ct_of_rf2_files() {
    let head = "id\teffectiveTime\tactive\tmoduleId\t";
    let concepts = format!(
        "{head}definitionStatusId\r\n138875005\t20240101\t1\t9\t1\r\n73211009\t20240101\t1\t9\t1\r\n46635009\t20250701\t1\t9\t1\r\n1\t20240101\t0\t9\t1\r\n"
    );
    let names = format!(
        "{head}conceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\n\
d1\t2024\t1\t9\t73211009\ten\t900000000000003001\tDiabetes mellitus (disorder)\t1\nd2\t2024\t1\t9\t73211009\ten\t900000000000013009\tDiabetes mellitus\t1\n\
d3\t2024\t1\t9\t73211009\tzh\t900000000000013009\t糖尿病\t1\n"
    );
    let relations = format!(
        "{head}sourceId\tdestinationId\trelationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId\n\
r1\t2024\t1\t9\t73211009\t138875005\t0\t116680003\t900000000000011006\t1\nr2\t2024\t1\t9\t46635009\t73211009\t0\t116680003\t900000000000011006\t1\n\
r3\t2024\t1\t9\t46635009\t138875005\t0\t363698007\t900000000000011006\t1\n"
    );
    let preferred =
        format!("{head}refsetId\treferencedComponentId\tacceptabilityId\nu\t2024\t1\t9\t5\td2\t900000000000548007\n");
    let members = format!("{head}refsetId\treferencedComponentId\nu\t2024\t1\t9\t777\t46635009\n");
    let texts = [concepts, names, relations, preferred, members];
    let files: Vec<File<'_>> = texts.iter().map(|text| File { name: "x.txt", bytes: text.as_bytes() }).collect();
    let all = read(&files).unwrap();
    assert_eq!(all[0]["version"], "http://snomed.info/sct/9/version/20250701");
    assert_eq!(all[0]["concept"][2]["display"], "Diabetes mellitus");
    let terms = Terms::embedded().with(&all).unwrap();
    for (vs, total) in [("isa/73211009", 2), ("refset/777", 1), ("ecl/< 138875005 MINUS << 46635009", 1), ("ecl/*", 4)]
    {
        let params = [("url".to_owned(), format!("http://snomed.info/sct?fhir_vs={vs}"))];
        let expanded =
            terms.expand(&Asked { params: &params, values: &[], now: "", language: Language::English }).unwrap();
        assert_eq!(expanded["expansion"]["total"], total, "{vs}");
    }
    assert!(read(&files[1..]).is_err());
    assert!(
        one("x.txt", &format!("{head}definitionStatusId\nx\t2024\t1\t9\t1\n"))
            .unwrap_err()
            .says
            .english
            .contains("line 2")
    );
    assert!(one("x.txt", &format!("{head}what\n")).is_err());
}

#[test]
fn divisions_of_both_packages() {
    let flat = r#"[{"code":"110000","name":"北京市","province":"11"},{"code":"110101","name":"东城区"},{"code":"130100","name":"石家庄市"}]"#;
    let tree = r#"[{"code":"13","name":"河北省","children":[{"code":"1301","name":"石家庄市","children":[{"code":"130102","name":"长安区"}]}]}]"#;
    let files = [File { name: "a.json", bytes: flat.as_bytes() }, File { name: "b.json", bytes: tree.as_bytes() }];
    let all = read(&files).unwrap();
    let terms = Terms::embedded().with(&all).unwrap();
    let system = "https://meridian.example/fhir/CodeSystem/gb-t-2260";
    assert_eq!(terms.codes_around(system, "130102", false).unwrap(), ["130102", "130000", "130100"]);
    assert_eq!(terms.codes_around(system, "110000", true).unwrap(), ["110000", "110101"]);
    assert!(one("a.json", r#"[{"code":"11x","name":"?"}]"#).is_err());
}
