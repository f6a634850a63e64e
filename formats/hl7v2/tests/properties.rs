//! What must hold for any input: writing is undone by reading, nothing panics, chunks do not matter.

use meridian_hl7v2::{
    Delimiters, Dtm, Header, Limits, Offset, Path, Writer, charset, mllp, parse, parse_batch, unescape,
};
use proptest::prelude::*;

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9 ]{1,8}",
        "[|^~\\\\&.#*A-Za-z王秀英\u{1c}\u{0b}\n]{1,10}",
        any::<String>().prop_map(|s| s.chars().take(12).collect()),
    ]
}

fn delimiters() -> impl Strategy<Value = Delimiters> {
    prop_oneof![
        Just(Delimiters::default()),
        Just(Delimiters {
            field: '#',
            component: '*',
            repetition: '!',
            escape: '%',
            sub_component: '$',
            truncation: None
        }),
    ]
}

proptest! {
    #[test]
    fn reading_undoes_writing(
        delims in delimiters(),
        values in prop::collection::vec(((1u16..30, 1u16..4, 1u16..6, 1u16..3), leaf()), 1..20),
    ) {
        let mut w = Writer::with_delimiters(&Header { kind: ("ADT", "A01", ""), ..Header::default() }, delims);
        let pid = w.segment("PID");
        for (at, value) in &values {
            pid.put(*at, value);
        }
        let written = w.finish();
        let read = parse(written.text(), &Limits::default()).unwrap();
        prop_assert_eq!(&read, &written);
        let mut last: std::collections::HashMap<(u16, u16, u16, u16), &String> = std::collections::HashMap::new();
        for (at, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
            last.insert(*at, value);
        }
        for ((field, rep, comp, sub), value) in last {
            let part = read.first("PID").field(field.into()).rep(rep.into()).comp(comp.into()).sub(sub.into());
            // Line ends have one form in HL7, and "" means "delete".
            let expected = value.replace("\r\n", "\n").replace('\r', "\n");
            let got = part.text().map(std::borrow::Cow::into_owned);
            prop_assert_eq!(got, (expected != "\"\"").then_some(expected));
        }
    }

    #[test]
    fn reading_never_panics_and_is_stable(bytes in prop::collection::vec(any::<u8>(), 0..400), with_header in any::<bool>()) {
        let bytes = if with_header { [b"MSH|^~\\&|A|B\rPID|".as_slice(), &bytes].concat() } else { bytes };
        let (text, _) = charset::decode(&bytes, charset::Assumed::Nothing);
        let limits = Limits { bytes: 300, segments: 5, field_bytes: 50 };
        if let Ok(messages) = parse_batch(&text, &limits) {
            for message in messages {
                let again = parse(message.text(), &Limits::default()).unwrap();
                prop_assert_eq!(&again, &message);
                for segment in message.all() {
                    for n in 0..=segment.fields() + 1 {
                        for rep in segment.field(n).reps() {
                            for comp in rep.comps() {
                                let _ = (comp.text(), comp.flat(), comp.is_empty(), comp.sub(2).text());
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn small_readers_never_panic(text in any::<String>(), stamp in "[0-9+.\\-/: TZ]{0,24}") {
        let _ = (Path::parse(&text), unescape(&text, &Delimiters::default()).len(), Delimiters::sniff(&text));
        for text in [&text, &stamp] {
            if let Some(time) = Dtm::parse(text) {
                prop_assert!(time.date_time(Offset::CHINA).len() >= 4);
            }
            let _ = meridian_hl7v2::time::time_of_day(text);
        }
    }

    #[test]
    fn chunks_do_not_matter(
        pieces in prop::collection::vec(prop_oneof![
            Just(vec![mllp::VT]), Just(vec![mllp::FS]), Just(vec![mllp::CR]), Just(vec![mllp::FS, mllp::CR]),
            prop::collection::vec(any::<u8>(), 0..12),
        ], 0..40),
        cuts in prop::collection::vec(1usize..7, 1..40),
    ) {
        let stream = pieces.concat();
        let mut whole = mllp::Decoder::new(16);
        let mut expected = whole.feed(&stream);
        expected.extend(whole.finish());
        let mut cut = mllp::Decoder::new(16);
        let mut got = Vec::new();
        let mut rest = stream.as_slice();
        for size in cuts.iter().cycle() {
            if rest.is_empty() { break; }
            let (chunk, tail) = rest.split_at((*size).min(rest.len()));
            got.extend(cut.feed(chunk));
            prop_assert!(cut.buffered() <= 16);
            rest = tail;
        }
        got.extend(cut.finish());
        // How much of an oversize frame was seen when it was told depends on the chunks; nothing else does.
        let plain = |events: Vec<mllp::Event>| events.into_iter().map(|event| match event {
            mllp::Event::Oversize { .. } => mllp::Event::Oversize { head: Vec::new() },
            other => other,
        }).collect::<Vec<_>>();
        prop_assert_eq!(plain(got), plain(expected));
    }

    #[test]
    fn frames_survive_framing(messages in prop::collection::vec("[ -~\r\n王]{0,40}", 0..6)) {
        let stream: Vec<u8> = messages.iter().flat_map(|m| mllp::frame(m.as_bytes())).collect();
        let events = mllp::Decoder::new(1 << 16).feed(&stream);
        let frames: Vec<mllp::Event> = messages.iter().map(|m| mllp::Event::Frame(m.clone().into_bytes())).collect();
        prop_assert_eq!(events, frames);
    }
}
