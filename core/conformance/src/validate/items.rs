//! The values of one element in JSON: a value with what stands beside it under `_name`.

use serde_json::Value;

/// One value of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    /// Null where only the sibling is there.
    pub(super) value: &'a Value,
    /// Id and extensions of a primitive.
    pub(super) sibling: Option<&'a Value>,
}

static NULL: Value = Value::Null;

impl<'a> Item<'a> {
    pub(super) fn of(value: &'a Value) -> Self {
        Self { value, sibling: None }
    }

    /// By this we know an item again: values don't move while they are validated.
    pub(super) fn address(&self) -> usize {
        let value = if self.value.is_null() { self.sibling.unwrap_or(self.value) } else { self.value };
        std::ptr::from_ref(value).addr()
    }
}

/// What stands under a key and under its `_key`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pair<'a> {
    pub(super) value: Option<&'a Value>,
    pub(super) sibling: Option<&'a Value>,
}

impl<'a> Pair<'a> {
    pub(super) fn is_list(&self) -> bool {
        matches!((self.value, self.sibling), (Some(Value::Array(_)), _) | (None, Some(Value::Array(_))))
    }

    /// The values in order; what is neither value nor sibling is left out, with its place kept for the others.
    pub(super) fn items(&self) -> Vec<(Option<usize>, Item<'a>)> {
        if !self.is_list() {
            return vec![(None, Item { value: self.value.unwrap_or(&NULL), sibling: self.sibling })];
        }
        let (values, siblings) = (rows(self.value), rows(self.sibling));
        let count = values.len().max(siblings.len());
        let one = |at: usize| {
            let sibling = siblings.get(at).filter(|sibling| !sibling.is_null());
            (Some(at), Item { value: values.get(at).unwrap_or(&NULL), sibling })
        };
        (0..count).map(one).collect()
    }
}

fn rows(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}
