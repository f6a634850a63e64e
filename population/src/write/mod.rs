//! A region as bytes for files: transaction Bundles, NDJSON by type, HL7 v2 by institution, CSV by kind, and the truth.
//!
//! Pure: what is made here is named and handed over; whoever asked puts it into files. Residents are asked for in
//! blocks, so that several workers can make them and nothing but a block is held.

mod csv;
mod ids;
mod kinds;

use crate::feed::Feed;
use crate::region::Region;
use crate::registration::Registration;
use crate::render::fhir;
use crate::resident::Resident;
use crate::truth;
use ids::Ids;
use serde_json::Value;
use std::collections::BTreeMap;

/// A form in which a region is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// A transaction Bundle for each resident and institution: what an institution would post.
    Bundles,
    /// A file for each resource type, one resource a line, with ids and resolved references: the shape of a bulk export.
    Ndjson,
    /// A file for each institution that speaks it: segments end with CR, messages with LF, no MLLP frame.
    Hl7v2,
    /// A file for each kind (patients, visits, results, …): RFC 4180, UTF-8 without a byte order mark, with a header.
    Csv,
}

/// What is wanted of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub formats: Vec<Format>,
    /// Also `truth.jsonl` (who is who) and `outbreaks.jsonl`.
    pub truth: bool,
    /// Registrations without lives.
    pub demographics_only: bool,
}

impl Wanted {
    fn has(&self, format: Format) -> bool {
        self.formats.contains(&format)
    }
}

/// Bytes for files, by their name below the region's folder (`/` separates folders).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    /// To be appended, blocks in their order.
    pub streams: BTreeMap<String, Vec<u8>>,
    /// Whole files.
    pub files: Vec<(String, Vec<u8>)>,
    /// Resources in all formats together (a message counts as in [`Feed::resources`]).
    pub resources: u64,
}

impl Pieces {
    fn stream(&mut self, name: String) -> &mut Vec<u8> {
        self.streams.entry(name).or_default()
    }

    fn line(&mut self, name: String, value: &Value) {
        let out = self.stream(name);
        out.extend_from_slice(value.to_string().as_bytes());
        out.push(b'\n');
    }
}

/// Makes the pieces of one region.
pub struct Writer<'r> {
    region: &'r Region,
    wanted: Wanted,
    ids: Ids,
}

impl<'r> Writer<'r> {
    #[must_use]
    pub fn new(region: &'r Region, wanted: Wanted) -> Self {
        Self { region, ids: Ids::of(region), wanted }
    }

    /// What it was asked to make.
    #[must_use]
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// What comes before all residents: headers, master data, outbreaks.
    #[must_use]
    pub fn beginning(&self) -> Pieces {
        let mut pieces = Pieces::default();
        if self.wanted.has(Format::Csv) {
            let kinds = kinds::KINDS.iter().filter(|kind| !self.wanted.demographics_only || kind.demographic);
            for kind in kinds {
                csv::header(kind, pieces.stream(csv::file(kind)));
            }
        }
        for (number, (institution, bundle)) in (1..).zip(self.region.set_up()) {
            self.bundle(&mut pieces, institution, &format!("000-set-up-{number:02}"), bundle);
        }
        if self.wanted.truth {
            pieces.stream("truth.jsonl".to_owned());
            pieces.stream("outbreaks.jsonl".to_owned());
            for outbreak in self.region.outbreaks() {
                pieces.line("outbreaks.jsonl".to_owned(), &outbreak.to_json());
            }
        }
        pieces
    }

    /// The residents `from..to`.
    #[must_use]
    pub fn residents(&self, from: u64, to: u64) -> Pieces {
        let mut pieces = Pieces::default();
        for index in from..to.min(self.region.count()) {
            if self.wanted.demographics_only {
                self.demographics(&mut pieces, index);
            } else {
                self.resident(&mut pieces, &self.region.resident(index));
            }
        }
        pieces
    }

    fn resident(&self, pieces: &mut Pieces, resident: &Resident) {
        let formats = [Format::Bundles, Format::Ndjson, Format::Csv];
        if formats.iter().any(|format| self.wanted.has(*format)) {
            for registration in &resident.registrations {
                let Some(institution) = self.region.institution(registration.institution) else { continue };
                let bundle = fhir::bundle(self.region, resident, registration, institution);
                self.bundle(pieces, institution.code, &bundle_name(resident.truth.index, registration), bundle);
            }
        }
        if self.wanted.has(Format::Hl7v2) {
            for feed in resident.feeds(self.region) {
                pieces.resources += if matches!(feed, Feed::Hl7v2 { .. }) { feed.resources() as u64 } else { 0 };
                if let Feed::Hl7v2 { institution, bytes, .. } = feed {
                    let out = pieces.stream(format!("hl7v2/{institution}.hl7"));
                    out.extend_from_slice(&bytes);
                    out.push(b'\n');
                }
            }
        }
        if self.wanted.truth {
            pieces.line("truth.jsonl".to_owned(), &truth::row(&resident.truth, &resident.registrations));
        }
    }

    fn demographics(&self, pieces: &mut Pieces, index: u64) {
        let one = self.region.demographic(index);
        for registration in &one.registrations {
            if let Some(bundle) = one.bundle(self.region, registration) {
                self.bundle(pieces, registration.institution, &bundle_name(index, registration), bundle);
            }
        }
        if self.wanted.truth {
            pieces.line("truth.jsonl".to_owned(), &truth::row(&one.truth, &one.registrations));
        }
    }

    /// One transaction in all the forms that are made of transactions.
    fn bundle(&self, pieces: &mut Pieces, institution: &'static str, name: &str, bundle: Value) {
        if self.wanted.has(Format::Bundles) {
            pieces.resources += ids::entries(&bundle).len() as u64;
            pieces.files.push((format!("bundles/{institution}/{name}.json"), bundle.to_string().into_bytes()));
        }
        let (ndjson, csv) = (self.wanted.has(Format::Ndjson), self.wanted.has(Format::Csv));
        if !ndjson && !csv {
            return;
        }
        for resource in self.ids.resolved(bundle, institution) {
            let kind = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default();
            if ndjson {
                pieces.resources += 1;
                pieces.line(format!("ndjson/{kind}.ndjson"), &resource);
            }
            if csv {
                for kind in kinds::KINDS.iter().filter(|k| k.of == kind) {
                    pieces.resources += u64::from(!ndjson);
                    csv::rows(kind, &resource, institution, pieces.stream(csv::file(kind)));
                }
            }
        }
    }
}

/// A thousand residents a folder; a second number at the same institution is another file.
fn bundle_name(index: u64, registration: &Registration) -> String {
    let second = if registration.second { format!("-{}", registration.record_number) } else { String::new() };
    format!("{:04}/{index:07}{second}", index / 1_000)
}

#[cfg(test)]
mod tests;
