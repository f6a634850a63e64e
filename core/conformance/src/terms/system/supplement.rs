//! A code system with what a supplement says of its concepts.

use meridian_model::both;

use std::sync::OnceLock;

use super::lists::Lists;
use super::{CodeSystem, Designation, Property};
use crate::terms::fault::Fault;

impl CodeSystem {
    /// This system with the designations and properties of `supplement`, whose own displays count as designations in its
    /// language. Codes that this system does not have are left aside: a supplement adds none.
    pub(in crate::terms) fn supplemented(&self, supplement: &CodeSystem) -> Result<CodeSystem, Fault> {
        let large =
            || Fault::too_costly(both!("the texts of {} are more than 4 GB", "{} 的文字超过 4 GB", self.head.url));
        let by = u32::try_from(self.text.len()).map_err(|_| large())?;
        let mut text = self.text.clone();
        text.push_str(&supplement.text);
        u32::try_from(text.len()).map_err(|_| large())?;

        let mut labels = self.labels.clone();
        let mut label = |wanted: &str| -> Option<u16> {
            let at = labels.iter().position(|label| label == wanted).unwrap_or_else(|| {
                labels.push(wanted.to_owned());
                labels.len() - 1
            });
            u16::try_from(at).ok()
        };
        let mut keys = self.keys.clone();
        let (mut designations, mut properties) =
            (self.designations.pairs(self.len()), self.properties.pairs(self.len()));
        for theirs in 0..supplement.len() {
            let Some(own) = self.find(supplement.code(theirs)) else { continue };
            let display = supplement.at(theirs).filter(|_| supplement.display(theirs).is_some());
            if let Some(value) = display.and_then(|concept| concept.display.moved(by)) {
                let language = supplement.head.language.as_deref().and_then(&mut label);
                designations.push((own, Designation { language, usage: None, value }));
            }
            for theirs in supplement.designations.of(theirs) {
                let mut again = |at: Option<u16>| {
                    let text = supplement.labels.get(usize::from(at?))?;
                    label(text)
                };
                let (language, usage) = (again(theirs.language), again(theirs.usage));
                if let Some(value) = theirs.value.moved(by) {
                    designations.push((own, Designation { language, usage, value }));
                }
            }
            for theirs in supplement.properties.of(theirs) {
                let Some(key) = supplement.keys.get(usize::from(theirs.key)) else { continue };
                let at = keys.iter().position(|own| own.code == key.code).unwrap_or_else(|| {
                    keys.push(key.clone());
                    keys.len() - 1
                });
                if let (Ok(key), Some(value)) = (u16::try_from(at), theirs.value.moved(by)) {
                    properties.push((own, Property { key, kind: theirs.kind, value }));
                }
            }
        }
        let concepts = self.concepts.len();
        Ok(CodeSystem {
            head: self.head.clone(),
            keys,
            concepts: self.concepts.clone(),
            sorted: self.sorted.clone(),
            text,
            labels,
            parents: self.parents.clone(),
            children: self.children.clone(),
            properties: Lists::of_pairs(properties, concepts),
            designations: Lists::of_pairs(designations, concepts),
            find: OnceLock::new(),
        })
    }
}
