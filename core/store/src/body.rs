//! Bodies at rest: compressed one by one, so that any of them is read alone.

use std::cell::RefCell;

use crate::StoreError;

const RAW: u8 = 0;
const ZSTD: u8 = 1;
const LEVEL: i32 = 1;
/// Shorter bodies are kept as they are.
const WORTH_IT: usize = 128;
/// No body can be larger; a stored length above it is a damaged row, not a reason to allocate.
const MAX_BODY: usize = 256 << 20;

/// A resource's JSON as it is stored: one byte of form, four of length, the data.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Body(Vec<u8>);

thread_local! {
    static PRESS: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    static LIFT: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

impl Body {
    /// Compresses `json`.
    pub fn of(json: &[u8]) -> Body {
        let packed = if json.len() >= WORTH_IT { press(json) } else { None };
        let (form, data) = match &packed {
            Some(data) if data.len() < json.len() => (ZSTD, data.as_slice()),
            _ => (RAW, json),
        };
        let mut bytes = Vec::with_capacity(data.len() + 5);
        bytes.push(form);
        bytes.extend_from_slice(&u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(data);
        Body(bytes)
    }

    /// The JSON as it was sent to the store.
    ///
    /// # Errors
    /// `Body` when the stored bytes are damaged.
    pub fn json(&self) -> Result<Vec<u8>, StoreError> {
        let damaged = || StoreError::Body("damaged".into());
        let [form, a, b, c, d, data @ ..] = self.0.as_slice() else {
            return if self.0.is_empty() { Ok(Vec::new()) } else { Err(damaged()) };
        };
        let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        match *form {
            RAW if data.len() == length => Ok(data.to_vec()),
            ZSTD if length <= MAX_BODY => lift(data, length).filter(|json| json.len() == length).ok_or_else(damaged),
            _ => Err(damaged()),
        }
    }

    /// How many bytes the JSON has.
    pub fn weight(&self) -> usize {
        match self.0.as_slice() {
            [_, a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d]) as usize,
            _ => 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn stored(bytes: Vec<u8>) -> Body {
        Body(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn press(json: &[u8]) -> Option<Vec<u8>> {
    PRESS.with_borrow_mut(|slot| {
        if slot.is_none() {
            let mut new = zstd::bulk::Compressor::new(LEVEL).ok()?;
            new.include_checksum(true).ok()?; // a flipped bit is an error, not another record
            *slot = Some(new);
        }
        slot.as_mut()?.compress(json).ok()
    })
}

fn lift(data: &[u8], length: usize) -> Option<Vec<u8>> {
    LIFT.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Decompressor::new().ok();
        }
        slot.as_mut()?.decompress(data, length).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_damaged_body_is_an_error() {
        let mut body = Body::of("{\"resourceType\":\"Patient\"}".repeat(20).as_bytes());
        body.0.truncate(20);
        assert!(body.json().is_err());
        assert!(Body::stored(vec![ZSTD, 255, 255, 255, 255, 1]).json().is_err());
        assert!(Body::stored(vec![9, 0]).json().is_err());
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(json in proptest::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert_eq!(Body::of(&json).json().unwrap(), json);
        }
    }
}
