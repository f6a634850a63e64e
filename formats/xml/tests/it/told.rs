//! What each kind of element becomes, told by examples.

use meridian_model::Value;
use meridian_model::reader::FaultKind;
use meridian_xml::{Limits, MOST_FAULTS, read, read_with_faults, write};
use serde_json::json;

pub(crate) fn patient(inner: &str) -> Value {
    let text = format!("<Patient xmlns=\"http://hl7.org/fhir\">{inner}</Patient>");
    read(text.as_bytes(), &Limits::default()).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

/// JSON → XML → JSON.
pub(crate) fn round(value: &Value) -> Value {
    let xml = write(value).unwrap_or_else(|fault| panic!("{fault}: {value}"));
    read(xml.as_bytes(), &Limits::default()).unwrap_or_else(|fault| panic!("{fault}: {xml}"))
}

#[test]
fn primitives_carry_ids_and_extensions_beside_them() {
    let value = patient(
        r#"<id value="a"/><active value="true"/>
        <name id="n"><use value="usual"/><family value="王"/><given id="g1"/><given value="小明"/>
        <given value="x"><extension url="http://e"><valueDecimal value="1.10"/></extension></given></name>
        <birthDate id="b" value="1990-01"/><deceasedBoolean><extension url="http://u"><valueCode value="unknown"/></extension></deceasedBoolean>"#,
    );
    let expected = json!({"resourceType": "Patient", "id": "a", "active": true,
        "name": [{"id": "n", "use": "usual", "family": "王", "given": [null, "小明", "x"],
            "_given": [{"id": "g1"}, null, {"extension": [{"url": "http://e", "valueDecimal": 1.5}]}]}],
        "birthDate": "1990-01", "_birthDate": {"id": "b"},
        "_deceasedBoolean": {"extension": [{"url": "http://u", "valueCode": "unknown"}]}});
    assert_eq!(value.to_string(), expected.to_string().replace("1.5", "1.10"));
    assert_eq!(round(&value), value);
}

#[test]
fn elements_are_written_in_the_order_of_the_definition() {
    let value = json!({"resourceType": "Patient", "_gender": {"id": "x"}, "birthDate": "2000", "gender": "male", "id": "p",
        "name": [{"given": ["b"], "family": "a", "use": "official"}]});
    let xml = write(&value).unwrap();
    let expected = "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"p\"/><name><use value=\"official\"/>\
        <family value=\"a\"/><given value=\"b\"/></name><gender value=\"male\" id=\"x\"/><birthDate value=\"2000\"/></Patient>";
    assert_eq!(xml.split_once("?>").unwrap().1, expected);
}

#[test]
fn resources_stand_inside_of_others() {
    let value = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "contained": [{"resourceType": "Organization", "id": "o", "name": "A & \"B\" <c>"}]}},
        {"resource": {"resourceType": "Parameters", "parameter": [
            {"name": "r", "resource": {"resourceType": "Binary", "contentType": "text/plain", "data": "aGk="}},
            {"name": "p", "part": [{"name": "q", "valueInteger": -3}, {"name": "d", "valueDateTime": "2020-01-01T00:00:00+08:00"}]}]}}]});
    assert_eq!(round(&value), value);
}

#[test]
fn white_space_of_values_is_kept() {
    let value = json!({"resourceType": "Basic", "code": {"text": " a\tb\nc\r\nd  e "}});
    assert_eq!(round(&value), value);
    // A literal line break in an attribute is a blank for every reader of XML.
    let plain = patient("<language value=\"a\n\tb\"/>");
    assert_eq!(plain["language"], "a  b");
}

#[test]
fn narratives_are_kept_letter_by_letter() {
    let div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">\r\n <p id='1'  class = \"x\">a&#160;&amp;&lt;b<br /><!-- kept --></p><svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:l=\"urn:l\"><a l:href=\"#\"/></svg></div>";
    let value = json!({"resourceType": "Patient", "text": {"status": "generated", "div": div}});
    assert_eq!(round(&value), value);
    // Windows' line ends are line feeds to a reader of XML.
    let text = format!("<text><status value=\"generated\"/>{}</text>", div.replace("<br />", "<br/>\r\n"));
    assert!(patient(&text)["text"]["div"].as_str().unwrap().contains("<br/>\n<!--"));
}

#[test]
fn namespaces_that_are_declared_around_a_narrative_come_into_it() {
    let text = "<f:Patient xmlns:f='http://hl7.org/fhir' xmlns:h='http://www.w3.org/1999/xhtml' xmlns='http://www.w3.org/1999/xhtml'>\
        <f:text><f:status value='generated'/>NARRATIVE</f:text></f:Patient>";
    let div = |inner: &str| {
        let text = text.replace("NARRATIVE", inner);
        let value = read(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(round(&value), value);
        value["text"]["div"].as_str().unwrap().to_owned()
    };
    assert_eq!(div("<div><p>a</p></div>"), "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</p></div>");
    assert_eq!(
        div("<h:div a='1'><h:p>a &lt; \u{e9}<p/></h:p></h:div>"),
        "<div xmlns=\"http://www.w3.org/1999/xhtml\" a=\"1\"><p>a &lt; \u{e9}<p/></p></div>"
    );
    assert_eq!(div("<div><h:b>x</h:b></div>"), "<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>x</b></div>");
}

#[test]
fn narratives_of_html_are_made_xml() {
    let value = json!({"resourceType": "Patient", "text": {"status": "generated", "div": "<div>a&nbsp;b&amp;c</div>"}});
    let back = round(&value);
    assert_eq!(back["text"]["div"], "<div xmlns=\"http://www.w3.org/1999/xhtml\">a&#160;b&amp;c</div>");
    for div in [
        "<div><p></div>",
        "a",
        "<p xmlns=\"http://www.w3.org/1999/xhtml\"/>",
        "<div/><div/>",
        "<div>&foo;</div>",
        "<div xmlns=\"urn:x\"/>",
        "<!DOCTYPE div><div/>",
        "",
    ] {
        let value = json!({"resourceType": "Patient", "text": {"status": "generated", "div": div}});
        let fault = write(&value).unwrap_err();
        assert_eq!((fault.kind, fault.path.as_str()), (FaultKind::Value, "Patient.text.div"), "{div}: {fault}");
    }
}

#[test]
fn carriage_returns_cross_wherever_they_stand() {
    let div = "<div\r\n xmlns=\"http://www.w3.org/1999/xhtml\"\rclass='a\rb'>x\r\ny<!-- c\r\nd\r --><?e\r f?><![CDATA[<g>\rh]]></div\r>";
    let value = json!({"resourceType": "Patient", "text": {"status": "generated", "div": div}});
    let back = read(write(&value).unwrap().as_bytes(), &Limits::default()).unwrap();
    assert_eq!(
        back["text"]["div"],
        "<div\n xmlns=\"http://www.w3.org/1999/xhtml\"\nclass='a\rb'>x\r\ny<!-- c\nd\n --><?e\n f?><![CDATA[<g>]]>\r<![CDATA[h]]></div\n>"
    );
}

#[test]
fn comments_and_instructions_are_dropped_and_a_schema_may_be_named() {
    let text = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?xml-stylesheet href='a'?><!-- a --><Patient xmlns=\"http://hl7.org/fhir\"\n\
        xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://hl7.org/fhir x.xsd\"><!-- b --><active value='true'><!-- c --></active></Patient><!-- d -->\n";
    let value = read(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(value, json!({"resourceType": "Patient", "active": true}));
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text[3..].replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(read(&wide, &Limits::default()).unwrap(), value);
}

#[test]
fn what_xml_cannot_say_is_named() {
    let cases = [
        (json!({"resourceType": "Patient", "shoe": 42}), FaultKind::Unknown, "Patient.shoe"),
        (
            json!({"resourceType": "Patient", "name": [{}, {"family": "a\u{b}b"}]}),
            FaultKind::Value,
            "Patient.name[1].family",
        ),
        (json!({"resourceType": "Patient", "gender": 1}), FaultKind::Value, "Patient.gender"),
        (json!({"resourceType": "Patient", "active": "true"}), FaultKind::Value, "Patient.active"),
        (json!({"resourceType": "Patient", "name": {"family": "x"}}), FaultKind::Value, "Patient.name"),
        (json!({"resourceType": "Patient", "name": [{"given": [null]}]}), FaultKind::Value, "Patient.name[0].given[0]"),
        (
            json!({"resourceType": "Patient", "extension": [{"_url": {"id": "a"}, "url": "b"}]}),
            FaultKind::Value,
            "Patient.extension[0].url",
        ),
        (json!({"resourceType": "Patient", "contained": [{"id": "a"}]}), FaultKind::Value, "Patient.contained[0]"),
        (
            json!({"resourceType": "Patient", "maritalStatus": {"text": "x"}, "_maritalStatus": {"id": "a"}}),
            FaultKind::Value,
            "Patient.maritalStatus",
        ),
        (json!({"resourceType": "Dog"}), FaultKind::Value, "Dog"),
        (json!([]), FaultKind::Value, ""),
    ];
    for (value, kind, path) in cases {
        let fault = write(&value).unwrap_err();
        assert_eq!((fault.kind, fault.path.as_str(), fault.position), (kind, path, None), "{fault}");
    }
}

#[test]
fn the_outcome_of_an_answer_is_a_resource() {
    let value = json!({"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "400",
        "outcome": {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "value"}]}}}]});
    assert_eq!(round(&value), value);
    assert!(write(&value).unwrap().contains("<outcome><OperationOutcome><issue>"));
}

/// Who judges a document hears all that is wrong with it: what JSON can say stands in the value, the rest is told beside it.
#[test]
fn what_is_to_be_judged_is_read_to_its_end() {
    let read = |inner: &str| {
        let text = format!("<Patient xmlns=\"http://hl7.org/fhir\">{inner}</Patient>");
        let (value, faults) = read_with_faults(text.as_bytes(), &Limits::default()).unwrap();
        let told = faults.iter().map(|fault| (fault.path.clone(), fault.to_string()));
        (value, told.collect::<Vec<_>>())
    };
    let (value, faults) = read(
        "<foo value='1'/><active value='yes'/><name><shoe><a/></shoe><family value='W'/></name>\
         <gender value='male'/><gender value='female'/><multipleBirthInteger value='x'/>",
    );
    assert_eq!(faults, []);
    assert_eq!(
        value,
        json!({"resourceType": "Patient", "foo": "1", "active": "yes", "name": [{"shoe": {}, "family": "W"}],
            "gender": ["male", "female"], "multipleBirthInteger": "x"})
    );
    // An order, an attribute, a text, an empty element: these JSON can't say.
    let (value, faults) = read(
        "<name><given value='a'/></name><gender value='male'/>and<active value='true' x='1'/><name><family/><given value='b'/></name>",
    );
    assert_eq!(
        value,
        json!({"resourceType": "Patient", "name": [{"given": ["a"]}, {"given": ["b"]}], "gender": "male", "active": true})
    );
    let paths: Vec<&str> = faults.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        ["Patient", "Patient.active", "Patient.active", "Patient.name", "Patient.name[1].family"],
        "{faults:#?}"
    );
    let (value, faults) =
        read("<contained><Patient xmlns='urn:x'><active value='true'/></Patient></contained><link xmlns='urn:y'/>");
    assert_eq!(value, json!({"resourceType": "Patient", "contained": [{"resourceType": "Patient", "active": true}]}));
    assert_eq!(faults.len(), 2, "{faults:#?}");
    // Who forgot the namespace at the root hears that alone.
    let (value, faults) =
        read_with_faults(b"<Patient><name><family value='W'/></name></Patient>", &Limits::default()).unwrap();
    assert_eq!(value, json!({"resourceType": "Patient", "name": [{"family": "W"}]}));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].path, "Patient");
    let (value, faults) = read_with_faults(b"<Dog xmlns='http://hl7.org/fhir'><x/></Dog>", &Limits::default()).unwrap();
    assert_eq!((value, faults.len()), (json!({"resourceType": "Dog"}), 0));
    // What can't be read is refused as ever.
    for text in ["<Patient xmlns='http://hl7.org/fhir'><name>", "<!DOCTYPE x><Patient/>", "{}", ""] {
        assert!(read_with_faults(text.as_bytes(), &Limits::default()).is_err(), "{text}");
    }
    let many =
        format!("<Patient xmlns='http://hl7.org/fhir'>{}</Patient>", "<active value='true' x='1'/>".repeat(1_000));
    assert_eq!(read_with_faults(many.as_bytes(), &Limits::default()).unwrap().1.len(), MOST_FAULTS);
}
