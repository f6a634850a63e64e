//! Many short lists in one.

use std::ops::Range;

/// A part of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::terms) struct Span {
    at: u32,
    len: u32,
}

impl Span {
    pub(super) fn new(at: usize, len: usize) -> Option<Span> {
        Some(Span { at: u32::try_from(at).ok()?, len: u32::try_from(len).ok()? })
    }

    pub(super) fn range(self) -> Range<usize> {
        let at = self.at as usize;
        at..at + self.len as usize
    }

    /// The same part where the text begins later.
    pub(super) fn moved(self, by: u32) -> Option<Span> {
        Some(Span { at: self.at.checked_add(by)?, len: self.len })
    }
}

/// A list for each concept.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists<T> {
    items: Vec<T>,
    /// Where the list of each concept ends.
    ends: Vec<u32>,
}

impl<T: Copy> Lists<T> {
    /// Of pairs of a concept and an item; items keep their order.
    pub(super) fn of_pairs(mut pairs: Vec<(u32, T)>, concepts: usize) -> Lists<T> {
        if pairs.is_empty() {
            return Lists { items: Vec::new(), ends: Vec::new() };
        }
        pairs.sort_by_key(|(concept, _)| *concept);
        let mut ends = vec![0_u32; concepts];
        for (concept, _) in &pairs {
            if let Some(end) = ends.get_mut(*concept as usize) {
                *end += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        Lists { items: pairs.into_iter().map(|(_, item)| item).collect(), ends }
    }

    pub(super) fn of(&self, concept: u32) -> &[T] {
        let at = concept as usize;
        let Some(end) = self.ends.get(at) else { return &[] };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.items.get(start as usize..*end as usize).unwrap_or_default()
    }

    /// The pairs that it was made of.
    pub(super) fn pairs(&self, concepts: u32) -> Vec<(u32, T)> {
        (0..concepts).flat_map(|concept| self.of(concept).iter().map(move |item| (concept, *item))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_concept_has_its_own_list() {
        let lists = Lists::of_pairs(vec![(2, 'c'), (0, 'a'), (2, 'd'), (0, 'b')], 4);
        assert_eq!(
            (lists.of(0), lists.of(1), lists.of(2), lists.of(3)),
            (&['a', 'b'][..], &[][..], &['c', 'd'][..], &[][..])
        );
        assert_eq!(lists.of(9), &[]);
        assert_eq!(lists.pairs(4), [(0, 'a'), (0, 'b'), (2, 'c'), (2, 'd')]);
        assert_eq!(Lists::<char>::of_pairs(Vec::new(), 4).of(1), &[]);
    }
}
