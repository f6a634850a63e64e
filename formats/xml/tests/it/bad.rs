//! Bad input: refused by name with its place, within the limits, and never a panic.

use std::time::Instant;

use meridian_model::reader::{Fault, FaultKind, Position};
use meridian_xml::{Limits, read, tree};

fn refused(text: &str) -> Fault {
    match read(text.as_bytes(), &Limits::default()) {
        Ok(value) => panic!("{text} was read as {value}"),
        Err(fault) => fault,
    }
}

/// The fault of what stands in a Patient.
fn inner(text: &str) -> Fault {
    refused(&format!("<Patient xmlns=\"http://hl7.org/fhir\">{text}</Patient>"))
}

#[test]
fn unknown_things_are_named_with_their_place() {
    let fault = refused(
        "<Patient xmlns=\"http://hl7.org/fhir\">\n  <name>\n    <family value=\"a\"/>\n    <shoe value=\"b\"/>\n  </name>\n</Patient>",
    );
    assert_eq!((fault.kind, fault.path.as_str()), (FaultKind::Unknown, "Patient.name[0].shoe"));
    assert_eq!(fault.position, Some(Position { line: 4, column: 5 }));
    assert!(fault.to_string().contains("`shoe` is no element of HumanName in FHIR R4"), "{fault}");
    for (text, path, says) in [
        ("<active value='true' x='1'/>", "Patient.active", "`x` is no attribute of `active`"),
        ("<name x='1'/>", "Patient.name[0]", "`x` is no attribute of `name`"),
        ("<name value='1'/>", "Patient.name[0]", "`value` is no attribute"),
        ("<name><id value='1'/></name>", "Patient.name[0].id", "is an attribute"),
        ("<extension url='a'><url value='1'/></extension>", "Patient.extension[0].url", "is an attribute"),
        ("<gender value='male'/><active value='true'/>", "Patient.active", "too late"),
        ("<name/><active value='true'/><name/>", "Patient.active", "too late"),
        ("<gender value='male'/><gender value='male'/>", "Patient.gender", "twice"),
        ("<active value='true'/>text", "Patient", "text may not stand"),
        ("<active value='true'>&amp;</active>", "Patient.active", "text may not stand"),
        ("<deceased value='true'/>", "Patient.deceased", "no element of Patient"),
        (
            "<active value='true'><value value='1'/></active>",
            "Patient.active.value",
            "no element that a primitive value has",
        ),
        ("<active xmlns='urn:x' value='true'/>", "Patient.active", "not of FHIR's namespace"),
        ("<contained><Patient/><Patient/></contained>", "Patient.contained[0]", "a second"),
        ("<contained><Dog/></contained>", "Patient.contained[0]", "`Dog` is not a resource type"),
        ("<contained id='a'><Patient/></contained>", "Patient.contained[0]", "no attribute"),
        ("<text><status value='generated'/><div/></text>", "Patient.text.div", "namespace"),
    ] {
        let fault = inner(text);
        assert_eq!((fault.kind, fault.path.as_str()), (FaultKind::Unknown, path), "{text}: {fault}");
        assert!(fault.message.english.contains(says), "{text}: {fault}");
    }
    assert!(refused("<Patient/>").message.english.contains("no namespace"));
    assert!(refused("<ClinicalDocument xmlns='urn:hl7-org:v3'/>").message.english.contains("urn:hl7-org:v3"));
    assert!(refused("<Patient xmlns='http://hl7.org/fhir' id='1'/>").message.english.contains("`id` is no attribute"));
}

#[test]
fn values_are_of_their_types() {
    for (text, path) in [
        ("<active value='1'/>", "Patient.active"),
        ("<active value=' true'/>", "Patient.active"),
        ("<active/>", "Patient.active"),
        ("<multipleBirthInteger value='1.0'/>", "Patient.multipleBirthInteger"),
        ("<extension url='a'><valueDecimal value='1,5'/></extension>", "Patient.extension[0].valueDecimal"),
        ("<contained/>", "Patient.contained[0]"),
    ] {
        let fault = inner(text);
        assert_eq!((fault.kind, fault.path.as_str()), (FaultKind::Value, path), "{text}: {fault}");
    }
}

#[test]
fn document_types_and_entities_are_never_read() {
    let bomb = "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;&lol;\">]><Patient xmlns=\"http://hl7.org/fhir\"><id value=\"&lol2;\"/></Patient>";
    let outside = "<?xml version=\"1.0\"?><!DOCTYPE foo [<!ENTITY xxe SYSTEM \"file:///etc/passwd\">]><Patient xmlns=\"http://hl7.org/fhir\"/>";
    for text in [bomb, outside, "<!DOCTYPE html><a/>", "<!doctype a><a/>", "<!DOCTYPE a SYSTEM 'http://x/y.dtd'><a/>"] {
        assert_eq!(refused(text).kind, FaultKind::Doctype, "{text}");
        assert_eq!(tree::read(text.as_bytes(), &Limits::default()).unwrap_err().kind, FaultKind::Doctype);
    }
    for name in
        ["&nbsp;", "&lol;", "&xxe;", "&;", "& ", "&#xD800;", "&#x110000;", "&#99999999999;", "&#+5;", "&#x;", "&amp"]
    {
        let fault = inner(&format!("<id value=\"{name}\"/>"));
        assert!(matches!(fault.kind, FaultKind::Doctype | FaultKind::Xml), "{name}: {fault}");
        let div =
            format!("<text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'>{name}</div></text>");
        let fault = inner(&div);
        assert!(matches!(fault.kind, FaultKind::Doctype | FaultKind::Xml), "{name}: {fault}");
    }
    assert!(inner("<id value=\"&nbsp;\"/>").message.english.contains("`&nbsp;` is not read"));
    for number in ["&#0;", "&#x1;", "&#xB;", "&#xFFFE;"] {
        assert_eq!(inner(&format!("<id value=\"{number}\"/>")).kind, FaultKind::Xml, "{number}");
    }
}

#[test]
fn what_is_not_xml_is_refused() {
    let ns = "xmlns=\"http://hl7.org/fhir\"";
    let cases = [
        String::new(),
        "  \n".to_owned(),
        "{\"resourceType\":\"Patient\"}".to_owned(),
        format!("<Patient {ns}>"),
        format!("<Patient {ns}></Person>"),
        format!("<Patient {ns}/><Patient {ns}/>"),
        format!("<Patient {ns}/>x"),
        format!("x<Patient {ns}/>"),
        format!("<Patient {ns}/>&amp;"),
        format!("<Patient {ns}/><![CDATA[]]>"),
        format!("<Patient {ns}><active value='true' value='false'/></Patient>"),
        format!("<Patient {ns}><active value=true/></Patient>"),
        format!("<Patient {ns}><active value/></Patient>"),
        format!("<Patient {ns}><id value=\"a<b\"/></Patient>"),
        format!("<Patient {ns}><id id=\"a\"value=\"b\"/></Patient>"),
        format!("<Patient {ns}><f:id value=\"a\"/></Patient>"),
        format!("<Patient {ns}><id f:value=\"a\"/></Patient>"),
        format!("<Patient {ns}><id value=\"\u{1}\"/></Patient>"),
        format!("<Patient {ns}><id value=\"\u{ffff}\"/></Patient>"),
        format!("<Patient {ns}><1/></Patient>"),
        format!("<Patient {ns}><a:b:c/></Patient>"),
        format!("<Patient {ns}></Patient"),
        format!("<Patient {ns}><!-- </Patient>"),
        format!("<Patient {ns}><![CDATA[ </Patient>"),
        format!("<Patient {ns}><?xml version='1.0'?></Patient>"),
        format!(" <?xml version='1.0'?><Patient {ns}/>"),
        format!("<?xml version='1.1'?><Patient {ns}/>"),
        format!("<?xml version='2.0'?><Patient {ns}/>"),
        format!("<Patient {ns} xmlns:a=\"\"/>"),
        format!("<Patient {ns} xmlns:xml=\"urn:x\"/>"),
        format!("<Patient {ns} xmlns:xmlns=\"urn:x\"/>"),
        format!(
            "<Patient {ns}><text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'>]]></div></text></Patient>"
        ),
        format!(
            "<Patient {ns}><text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'><p></div></text></Patient>"
        ),
    ];
    for text in cases {
        let fault = refused(&text);
        assert_eq!(fault.kind, FaultKind::Xml, "{text}: {fault}");
    }
}

#[test]
fn limits_hold() {
    let start = Instant::now();
    let deep = format!("<Patient xmlns=\"http://hl7.org/fhir\">{}", "<extension url='a'>".repeat(200_000));
    assert_eq!(refused(&deep).kind, FaultKind::TooDeep);
    let contained = format!("<Patient xmlns=\"http://hl7.org/fhir\">{}", "<contained><Patient>".repeat(200_000));
    assert_eq!(refused(&contained).kind, FaultKind::TooDeep);
    let narrative =
        format!("<text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'>{}", "<p>".repeat(200_000));
    assert_eq!(inner(&narrative).kind, FaultKind::TooDeep);
    let wide: String = (0..1_000).map(|n| format!(" a{n}='1'")).collect();
    assert_eq!(inner(&format!("<active{wide}/>")).kind, FaultKind::TooLong);
    let spaces: String = (0..63).map(|n| format!(" xmlns:a{n}='urn:{n}'")).collect();
    let nested = format!("<extension url='a'{spaces}><extension url='b' xmlns:b='urn:1' xmlns:c='urn:2'/></extension>");
    assert_eq!(inner(&nested).kind, FaultKind::TooLong);
    let small = Limits { bytes: 10, ..Limits::default() };
    assert_eq!(read(b"<Patient xmlns='http://hl7.org/fhir'/>", &small).unwrap_err().kind, FaultKind::TooLong);
    let few = Limits { elements: 10, ..Limits::default() };
    let many = format!("<Patient xmlns='http://hl7.org/fhir'>{}</Patient>", "<name/>".repeat(100));
    assert_eq!(read(many.as_bytes(), &few).unwrap_err().kind, FaultKind::TooLong);
    assert_eq!(tree::read(many.as_bytes(), &few).unwrap_err().kind, FaultKind::TooLong);
    // Wide documents take time by their length, not by its square.
    let long = format!("<Patient xmlns='http://hl7.org/fhir'>{}</Patient>", "<name id='a'/>".repeat(200_000));
    assert!(read(long.as_bytes(), &Limits { elements: 1_000_000, ..Limits::default() }).is_ok());
    assert!(tree::read(long.as_bytes(), &Limits { elements: 1_000_000, ..Limits::default() }).is_ok());
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn namespaces_are_not_multiplied() {
    let body = |around: &str, inner: &str| {
        format!(
            "<Patient xmlns=\"http://hl7.org/fhir\" {around}><text><status value=\"generated\"/>\
             <div xmlns=\"http://www.w3.org/1999/xhtml\">{inner}</div></text></Patient>"
        )
    };
    // 1 MiB of namespace, used ten thousand times.
    let long = body(&format!("xmlns:x=\"{}\"", "A".repeat(1 << 20)), &"<p x:a=\"\"/>".repeat(10_000));
    let fault = refused(&long);
    assert_eq!(fault.kind, FaultKind::TooLong, "{fault}");
    assert!(fault.message.english.contains("256"), "{fault}");
    assert_eq!(tree::read(long.as_bytes(), &Limits::default()).unwrap_err().kind, FaultKind::TooLong);
    // Within a document the declared prefix is in force: it is not said again below.
    let uri = format!("urn:{}", "u".repeat(240));
    let around = format!("xmlns:x=\"{uri}\"");
    let nested = body(&around, &format!("<p x:a=\"\">{}</p>", "<b x:a=\"\"/>".repeat(1_000)));
    let value = read(nested.as_bytes(), &Limits::default()).unwrap();
    let div = value["text"]["div"].as_str().unwrap();
    assert_eq!(div.matches(&uri).count(), 1);
    // Beside each other they must say it each, and that is counted.
    let wide = body(&around, &"<p x:a=\"\"/>".repeat(2_000));
    let few = Limits { bytes: 100_000, ..Limits::default() };
    assert_eq!(read(wide.as_bytes(), &few).unwrap_err().kind, FaultKind::TooLong);
    assert!(read(wide.as_bytes(), &Limits::default()).is_ok());
    let of_elements = body(&around, &"<x:p/>".repeat(2_000));
    assert_eq!(read(of_elements.as_bytes(), &few).unwrap_err().kind, FaultKind::TooLong);
}

#[test]
fn encodings_but_two_are_refused_by_name() {
    let gb = "<?xml version=\"1.0\" encoding=\"GB18030\"?><Patient xmlns=\"http://hl7.org/fhir\"/>";
    let fault = refused(gb);
    assert_eq!((fault.kind, fault.code()), (FaultKind::Encoding, "not-supported"));
    assert!(fault.message.english.contains("GB18030"));
    let broken =
        read(b"<Patient xmlns=\"http://hl7.org/fhir\">\n<id value=\"\xc3\x28\"/></Patient>", &Limits::default())
            .unwrap_err();
    assert_eq!((broken.kind, broken.position.map(|p| p.line)), (FaultKind::Utf8, Some(2)));
}
