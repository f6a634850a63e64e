//! Where in a resource the validation is: as text only when there is something to say.

use serde_json::Value;

use super::items::Item;

/// An element on the way from the root; on the stack of the walk, without allocation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) above: Option<&'p Place<'p>>,
    /// The name of the element, or of the type at a root.
    pub(super) name: &'p str,
    /// The type that was chosen for a choice.
    pub(super) chosen: Option<&'p str>,
    pub(super) index: Option<usize>,
    /// The type of what stands here: `HumanName`, `Patient.contact`, `Patient`.
    pub(super) kind: &'p str,
    /// This is a resource: paths of definitions begin here.
    pub(super) is_resource: bool,
    pub(super) depth: usize,
    pub(super) item: Item<'p>,
}

impl<'p> Place<'p> {
    pub(super) fn root(kind: &'p str, value: &'p Value) -> Self {
        Self {
            above: None,
            name: kind,
            chosen: None,
            index: None,
            kind,
            is_resource: true,
            depth: 0,
            item: Item::of(value),
        }
    }

    /// The FHIRPath of this place: `Observation.component[1].value.ofType(Quantity).code`.
    pub(super) fn text(&self) -> String {
        let mut text = self.above.map(|above| above.text() + ".").unwrap_or_default();
        text.push_str(self.name);
        if let Some(index) = self.index {
            text.push_str(&format!("[{index}]"));
        }
        if let Some(chosen) = self.chosen {
            text.push_str(&format!(".ofType({chosen})"));
        }
        text
    }

    /// The place without numbers, from the resource that it is in: `Observation.component.code.coding`.
    pub(super) fn plain(&self) -> String {
        match self.above.filter(|_| !self.is_resource) {
            Some(above) => format!("{}.{}", above.plain(), self.name),
            None => self.kind.to_owned(),
        }
    }

    /// The names that definitions have for this element: from each type around it, `Patient.contact.name`,
    /// `HumanName`; the nearest first.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = vec![self.kind.to_owned()];
        let mut below = String::new();
        let mut place = self;
        while !place.is_resource {
            let Some(above) = place.above else { break };
            below = if below.is_empty() { place.name.to_owned() } else { format!("{}.{below}", place.name) };
            names.push(format!("{}.{below}", above.kind));
            if place.chosen.is_some() {
                names.push(format!("{}.{below}[x]", above.kind));
            }
            place = above;
        }
        names
    }
}

/// How a resource stands in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within<'a> {
    Nothing,
    /// In `contained`.
    Resource,
    /// In the entry of a Bundle, with its fullUrl.
    Entry(Option<&'a str>),
    /// In a Parameters or elsewhere whole: it stands for itself.
    Itself,
}

/// The resource in which the validation is, and those around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) resource: &'a Value,
    pub(super) kind: &'a str,
    pub(super) around: Option<&'a Frame<'a>>,
    pub(super) within: Within<'a>,
}

impl<'a> Frame<'a> {
    /// The resource that holds this one in `contained`, or the resource itself.
    pub(super) fn holder(&self) -> &Frame<'a> {
        match (self.within, self.around) {
            (Within::Resource, Some(around)) => around.holder(),
            _ => self,
        }
    }
}
