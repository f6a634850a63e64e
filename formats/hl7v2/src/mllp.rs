//! MLLP framing as a state machine without I/O: `VT … FS CR` in, messages out, in any chunks.

/// Start of a block.
pub const VT: u8 = 0x0b;
/// End of a block, followed by [`CR`].
pub const FS: u8 = 0x1c;
pub const CR: u8 = 0x0d;
/// The default bound of a frame: 20 MiB.
pub const DEFAULT_LIMIT: usize = 20 << 20;
/// How much of a broken frame is kept so that its header can be seen.
const KEPT: usize = 4096;

/// What came out of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A whole message, without its frame.
    Frame(Vec<u8>),
    /// A frame that grew over the limit; told once, at that moment. The rest of it is skipped.
    Oversize { head: Vec<u8> },
    /// A frame that ended without its end block: another began inside it, or the stream closed.
    Broken { head: Vec<u8> },
    /// Bytes outside of any frame, told when the frame after them begins or the stream closes.
    Garbage { bytes: u64 },
}

/// The decoder of one connection. Holds at most `limit` bytes.
#[derive(Debug)]
pub struct Decoder {
    limit: usize,
    state: State,
    buffer: Vec<u8>,
    /// An FS was read and it is not yet known whether it ends the frame.
    ending: bool,
    garbage: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Outside,
    Inside,
    /// Over the limit: waits for the end block.
    Skipping,
}

impl Decoder {
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, state: State::Outside, buffer: Vec::new(), ending: false, garbage: 0 }
    }

    /// Bytes held now.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// The beginning of the frame that is being read, enough to see its header.
    #[must_use]
    pub fn head(&self) -> Vec<u8> {
        head(&self.buffer)
    }

    /// Bytes outside of frames since the last one.
    #[must_use]
    pub fn garbage(&self) -> u64 {
        self.garbage
    }

    /// In the middle of a frame.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.state != State::Outside
    }

    /// Takes the next bytes of the stream and gives what they complete, in order.
    #[must_use]
    pub fn feed(&mut self, mut bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some((&first, rest)) = bytes.split_first() {
            if self.state == State::Outside {
                bytes = rest;
                self.outside(first, &mut events);
                continue;
            }
            if self.ending {
                bytes = rest;
                self.after_fs(first, &mut events);
                continue;
            }
            // The run up to the next byte that means something is taken at once.
            let run = bytes.iter().position(|b| *b == FS || *b == VT).unwrap_or(bytes.len());
            let (plain, tail) = bytes.split_at(run);
            self.take(plain, &mut events);
            match tail.split_first() {
                Some((&FS, tail)) => {
                    self.ending = true;
                    bytes = tail;
                }
                Some((_, tail)) => {
                    self.restart(&mut events);
                    bytes = tail;
                }
                None => bytes = tail,
            }
        }
        events
    }

    /// The stream closed: what is left over. An FS at the very end counts as the end of its frame.
    #[must_use]
    pub fn finish(&mut self) -> Option<Event> {
        let state = std::mem::replace(&mut self.state, State::Outside);
        let buffer = std::mem::take(&mut self.buffer);
        let (ending, garbage) = (std::mem::take(&mut self.ending), std::mem::take(&mut self.garbage));
        match state {
            State::Inside if ending => Some(Event::Frame(buffer)),
            State::Inside => Some(Event::Broken { head: head(&buffer) }),
            State::Skipping => None,
            State::Outside => (garbage > 0).then_some(Event::Garbage { bytes: garbage }),
        }
    }

    fn outside(&mut self, byte: u8, events: &mut Vec<Event>) {
        if byte == VT {
            if self.garbage > 0 {
                events.push(Event::Garbage { bytes: std::mem::take(&mut self.garbage) });
            }
            self.state = State::Inside;
        } else if byte != CR && byte != b'\n' {
            // Line ends between frames are usual (keyboards, scripts) and no garbage.
            self.garbage += 1;
        }
    }

    /// The byte after an FS: CR (or LF) ends the frame, VT ends it and begins the next, all else was content.
    fn after_fs(&mut self, byte: u8, events: &mut Vec<Event>) {
        self.ending = false;
        match byte {
            CR | b'\n' | VT => {
                if self.state == State::Inside {
                    events.push(Event::Frame(std::mem::take(&mut self.buffer)));
                }
                self.state = if byte == VT { State::Inside } else { State::Outside };
            }
            FS => {
                self.take(&[FS], events);
                self.ending = true;
            }
            _ => self.take(&[FS, byte], events),
        }
    }

    /// A VT inside a frame: its sender gave up and began again.
    fn restart(&mut self, events: &mut Vec<Event>) {
        if self.state == State::Inside {
            events.push(Event::Broken { head: head(&self.buffer) });
        }
        self.buffer = Vec::new();
        self.state = State::Inside;
    }

    fn take(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        if self.state != State::Inside {
            return;
        }
        if self.buffer.len() + bytes.len() > self.limit {
            let missing = KEPT.saturating_sub(self.buffer.len()).min(bytes.len());
            self.buffer.extend_from_slice(bytes.get(..missing).unwrap_or_default());
            events.push(Event::Oversize { head: head(&self.buffer) });
            self.buffer = Vec::new();
            self.state = State::Skipping;
            return;
        }
        let wanted = self.buffer.len() + bytes.len();
        if wanted > self.buffer.capacity() {
            // Doubling, but never beyond the limit.
            let capacity = (self.buffer.capacity() * 2).clamp(wanted, self.limit.max(wanted));
            self.buffer.reserve_exact(capacity - self.buffer.len());
        }
        self.buffer.extend_from_slice(bytes);
    }
}

fn head(buffer: &[u8]) -> Vec<u8> {
    buffer.get(..KEPT).unwrap_or(buffer).to_vec()
}

/// A message in its frame.
#[must_use]
pub fn frame(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 3);
    out.push(VT);
    out.extend_from_slice(message);
    out.extend_from_slice(&[FS, CR]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(limit: usize, chunks: &[&[u8]]) -> Vec<Event> {
        let mut decoder = Decoder::new(limit);
        let mut events: Vec<Event> = chunks.iter().flat_map(|chunk| decoder.feed(chunk)).collect();
        events.extend(decoder.finish());
        events
    }

    #[test]
    fn frames_come_out_whole_however_they_are_cut() {
        let stream = [frame(b"one"), frame(b"two\x1cstill two")].concat();
        let expected = vec![Event::Frame(b"one".to_vec()), Event::Frame(b"two\x1cstill two".to_vec())];
        assert_eq!(all(100, &[&stream]), expected);
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(all(100, &bytes), expected);
    }

    #[test]
    fn garbage_half_frames_and_restarts_are_told() {
        assert_eq!(
            all(100, &[b"junk\x0bha", b"lf\x0bwhole\x1c\r\x0brest"]),
            [
                Event::Garbage { bytes: 4 },
                Event::Broken { head: b"half".to_vec() },
                Event::Frame(b"whole".to_vec()),
                Event::Broken { head: b"rest".to_vec() }
            ]
        );
        assert_eq!(all(100, &[b"\r\n\r\n\x0bx\x1c\n"]), [Event::Frame(b"x".to_vec())]);
        assert_eq!(all(100, &[b"\x0bx\x1c"]), [Event::Frame(b"x".to_vec())]);
        assert_eq!(all(100, &[b"\x0ba\x1c\x0bb\x1c\r"]), [Event::Frame(b"a".to_vec()), Event::Frame(b"b".to_vec())]);
    }

    #[test]
    fn a_frame_over_the_limit_is_skipped_and_the_next_one_read() {
        let mut decoder = Decoder::new(8);
        let events = decoder.feed(b"\x0bMSH|^~\\&|far too long");
        assert_eq!(events, [Event::Oversize { head: b"MSH|^~\\&|far too long".to_vec() }]);
        assert_eq!(decoder.buffered(), 0);
        assert_eq!(decoder.feed(&[b'x'; 10_000]), []);
        assert_eq!(decoder.feed(b"\x1c\r\x0b12345678\x1c\r"), [Event::Frame(b"12345678".to_vec())]);
    }
}
