//! Packages made in memory: whole ones, broken ones, bombs.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// A header and the bytes of a file.
fn file(name: &str, bytes: &[u8], said: u64) -> Vec<u8> {
    let mut header = vec![0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..136].copy_from_slice(format!("{said:011o}\0").as_bytes());
    header[156] = b'0';
    header[257..262].copy_from_slice(b"ustar");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header.extend_from_slice(bytes);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

fn packed(files: &[Vec<u8>]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for file in files {
        encoder.write_all(file).unwrap();
    }
    encoder.write_all(&[0; 1024]).unwrap();
    encoder.finish().unwrap()
}

fn manifest(version: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"name":"a.b","version":"1.0.0","fhirVersions":["{version}"],"dependencies":{{"hl7.fhir.r4.core":"4.0.1"}}}}"#
    );
    file("package/package.json", text.as_bytes(), text.len() as u64)
}

#[test]
fn conformance_resources_are_read_and_examples_left_aside() {
    let set = br#"{"resourceType":"ValueSet","url":"http://a/b","text":{"status":"empty"}}"#;
    let files = [
        file("package/ValueSet-b.json", set, set.len() as u64),
        manifest("4.0.1"),
        file("package/example/Patient-1.json", b"{}", 2),
        file("package/Patient-1.json", br#"{"resourceType":"Patient"}"#, 26),
        file("package/broken.json", b"{", 1),
    ];
    let package = read(&packed(&files), &Limits::default()).unwrap();
    assert_eq!((package.name.as_str(), package.version.as_str()), ("a.b", "1.0.0"));
    assert_eq!(package.dependencies, [("hl7.fhir.r4.core".to_owned(), "4.0.1".to_owned())]);
    assert_eq!(package.of_type("ValueSet").count(), 1);
    assert_eq!((package.resources.len(), package.left.len()), (1, 1));
    assert!(package.resources[0].get("text").is_none());
}

/// A name is only a name: nothing is ever written, and what leads out of the package is not read.
#[test]
fn names_that_lead_elsewhere_are_left_aside() {
    let set = br#"{"resourceType":"ValueSet","url":"http://a/b"}"#;
    let names =
        ["package/../../etc/a.json", "../package/a.json", "/package/a.json", "package/./../a.json", "/etc/a.json"];
    let mut files = vec![manifest("4.0.1")];
    files.extend(names.iter().map(|name| file(name, set, set.len() as u64)));
    let package = read(&packed(&files), &Limits::default()).unwrap();
    assert_eq!((package.resources.len(), package.left.len()), (0, 0));
}

#[test]
fn bombs_and_broken_archives_are_refused_by_name() {
    let small = Limits { packed: 1 << 20, unpacked: 1 << 20, file: 1 << 16, files: 10 };
    let says = |bytes: &[u8]| read(bytes, &small).unwrap_err().to_string();
    // A file that unfolds far beyond its packed size.
    let zeros = vec![b' '; 4 << 20];
    assert!(says(&packed(&[file("other/a.json", &zeros, zeros.len() as u64)])).contains("unfolds to more than 1 MB"));
    assert!(says(&packed(&[file("package/a.json", &zeros, zeros.len() as u64)])).contains("more than 64 kB"));
    // A size that is only said.
    assert!(says(&packed(&[file("package/a.json", b"", 0o7_7777_7777)])).contains("more than"));
    assert!(says(&packed(&[file("package/a.json", b"x", 40_000)])).contains("in the middle"));
    let many: Vec<_> = (0..20).map(|at| file(&format!("package/{at}.txt"), b"", 0)).collect();
    assert!(says(&packed(&many)).contains("more than 10 files"));
    assert!(says(b"not gzip").contains("can't be unpacked"));
    assert!(says(&packed(&[vec![7; 512]])).contains("no tar archive"));
    assert!(says(&packed(&[])).contains("no package/package.json"));
    assert!(says(&packed(&[manifest("5.0.0")])).contains("5.0.0"));
    let broken = file("package/package.json", b"{\"name\":", 8);
    assert!(says(&packed(&[broken])).starts_with("package/package.json: "));
    // Cut off anywhere, it is never taken for a whole one.
    let whole = packed(&[manifest("4.0.1"), file("package/a.json", &zeros[..9_000], 9_000)]);
    for end in (1..whole.len() - 8).step_by(7) {
        assert!(read(&whole[..end], &small).is_err(), "{end} of {} bytes", whole.len());
    }
    assert!(says(&vec![0; 2 << 20]).contains("more than 1 MB"));
}
