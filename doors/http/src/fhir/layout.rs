//! JSON laid out for people while it passes: nothing of it is held but where it stands.

use axum::body::{Body, Bytes, HttpBody};
use futures_util::{StreamExt, stream};

/// What is laid out at a time, in bytes: indentation may make much of little.
const PIECE: usize = 16 << 10;

/// The body laid out; a small one whole, so that its length can be told.
pub(super) async fn laid_out(body: Body) -> Result<Body, axum::Error> {
    let mut layout = Layout::default();
    if body.size_hint().exact().is_some_and(|size| size <= PIECE as u64) {
        let bytes = axum::body::to_bytes(body, PIECE).await?;
        let mut out = Vec::with_capacity(bytes.len() * 2);
        layout.pass(&bytes, &mut out);
        return Ok(out.into());
    }
    let pieces = body.into_data_stream().flat_map(|frame| stream::iter(pieces(frame)));
    let laid_out = pieces.map(move |piece| {
        piece.map(|piece| {
            let mut out = Vec::with_capacity(piece.len() * 2);
            layout.pass(&piece, &mut out);
            Bytes::from(out)
        })
    });
    Ok(Body::from_stream(laid_out))
}

fn pieces(frame: Result<Bytes, axum::Error>) -> impl Iterator<Item = Result<Bytes, axum::Error>> {
    let mut left = Some(frame);
    std::iter::from_fn(move || match left.take()? {
        Ok(mut bytes) => {
            let piece = bytes.split_to(bytes.len().min(PIECE));
            left = (!bytes.is_empty()).then_some(Ok(bytes));
            Some(Ok(piece))
        }
        Err(error) => Some(Err(error)),
    })
}

/// Where in a document it stands.
#[derive(Default)]
struct Layout {
    depth: usize,
    in_text: bool,
    /// The last byte of a text was a backslash.
    escaped: bool,
    /// An object or a list has begun and nothing stands in it yet.
    opened: bool,
}

impl Layout {
    fn pass(&mut self, json: &[u8], out: &mut Vec<u8>) {
        for byte in json.iter().copied() {
            if self.in_text {
                self.in_text = self.escaped || byte != b'"';
                self.escaped = !self.escaped && byte == b'\\';
                out.push(byte);
                continue;
            }
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => {}
                b'{' | b'[' => {
                    self.begin(out);
                    out.push(byte);
                    self.depth += 1;
                    self.opened = true;
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if !std::mem::take(&mut self.opened) {
                        self.line(out);
                    }
                    out.push(byte);
                }
                b',' => {
                    out.push(byte);
                    self.line(out);
                }
                b':' => out.extend_from_slice(b": "),
                other => {
                    self.begin(out);
                    out.push(other);
                    self.in_text = other == b'"';
                }
            }
        }
    }

    /// Something stands in what was opened.
    fn begin(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.opened) {
            self.line(out);
        }
    }

    fn line(&self, out: &mut Vec<u8>) {
        out.push(b'\n');
        out.resize(out.len() + 2 * self.depth, b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    proptest! {
        #[test]
        fn it_is_laid_out_like_a_value(texts in proptest::collection::vec("[a-z\\\\\"{},:\\[\\] \n]{0,8}", 0..6), cut in 1..40_usize) {
            let value: Value = json!({"a": texts, "b": {}, "c": [], "d": {"e": [1, -2.5e3, true, null, {"f": texts}]}, "é": "🜚"});
            let (mut layout, mut out) = (Layout::default(), Vec::new());
            for piece in value.to_string().as_bytes().chunks(cut) {
                layout.pass(piece, &mut out);
            }
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string_pretty(&value).unwrap());
        }
    }

    #[tokio::test]
    async fn a_long_body_passes_piece_by_piece() {
        let value = json!({"a": (0..50_000).collect::<Vec<_>>()});
        let mut body = laid_out(value.to_string().into()).await.unwrap().into_data_stream();
        let (mut all, mut largest) = (Vec::new(), 0);
        while let Some(piece) = body.next().await {
            let piece = piece.unwrap();
            largest = largest.max(piece.len());
            all.extend_from_slice(&piece);
        }
        assert!(largest < 8 * PIECE, "{largest}");
        assert_eq!(String::from_utf8(all).unwrap(), serde_json::to_string_pretty(&value).unwrap());
    }
}
