//! Units against values that UCUM or physics gives.

use proptest::prelude::*;

use super::*;

fn converted(value: &str, from: &str, to: &str) -> String {
    convert(value, from, to).map_or_else(|fault| fault.to_string(), |number| number.to_text(10))
}

#[test]
fn what_is_the_same_is_the_same() {
    for (one, other) in [
        (("1", "g/L"), ("0.1", "g/dL")),
        (("1", "g/L"), ("1000", "mg/L")),
        (("1.10", "mmol/L"), ("1.1", "mol/m3")),
        (("7.2", "10*9/L"), ("7.2", "10*3/uL")),
        (("5", "{cells}/uL"), ("5000000", "/L")),
        (("120", "mm[Hg]"), ("12", "cm[Hg]")),
        (("37", "Cel"), ("310.15", "K")),
        (("98.6", "[degF]"), ("37", "Cel")),
        (("1", "[iU]/L"), ("1", "[IU]/L")),
        (("60", "/min"), ("1", "Hz")),
        (("1", "kg.m/s2"), ("1", "N")),
        (("30", "dB[SPL]"), ("3", "B[SPL]")),
        (("1", "[in_i]"), ("25.4", "mm")),
        (("36", "10*-2"), ("36", "%")),
        (("1", "m2/m"), ("1", "m")),
    ] {
        assert_eq!(canonical(one.0, one.1), canonical(other.0, other.1), "{one:?} {other:?}");
        assert!(canonical(one.0, one.1).is_some(), "{one:?}");
    }
    assert_eq!(canonical("1", "g/L"), Some((1000.0, "m-3.g".to_owned())));
    assert_eq!(canonical("7.4", "[pH]"), Some((7.4, "[pH]".to_owned())));
    assert_eq!((canonical_code("mg/dL"), canonical_code("%")), (Some("m-3.g".to_owned()), Some("1".to_owned())));
    for (value, code) in [("1", "mgs"), ("1", ""), ("x", "mg"), ("1e999", "mg"), ("1", "公斤")] {
        assert_eq!(canonical(value, code), None, "{value} {code}");
    }
}

#[test]
fn numbers_convert() {
    for (value, from, to, expected) in [
        ("98.6", "[degF]", "Cel", "37"),
        ("37", "Cel", "[degF]", "98.6"),
        ("0", "K", "Cel", "-273.15"),
        ("80", "[degRe]", "Cel", "100"),
        ("1", "[lb_av]", "kg", "0.45359237"),
        ("180", "[lb_av]", "kg", "81.6466266"),
        ("6", "[ft_i]", "cm", "182.88"),
        ("1", "atm", "mm[Hg]", "760.0021002"),
        ("40", "k[iU]/mL", "[iU]/L", "40000000"),
        ("1", "cal", "J", "4.184"),
        ("7", "[pH]", "mol/L", "0.0000001"),
        ("0.0000001", "mol/L", "[pH]", "7"),
        ("3", "B[W]", "kW", "1"),
        ("20", "dB[V]", "V", "10"),
        ("8", "bit_s", "1", "256"),
        ("100", "[p'diop]", "deg", "45"),
        ("45", "deg", "%[slope]", "100"),
        ("4", "m2/s4/Hz", "[m/s2/Hz^(1/2)]", "2"),
        ("1", "a", "d", "365.25"),
        ("1", "By", "bit", "8"),
        ("1", "KiBy", "By", "1024"),
        ("2", "[hp'_C]", "1", "0.0001"),
        ("1", "mol", "1", "6.02214076e23"),
        ("-5", "mm", "m", "-0.005"),
        ("0", "mg", "g", "0"),
        ("1", "g", "m", "`g` and `m` measure different things"),
        ("-1", "mol/L", "[pH]", "the number has no place on the scale of `[pH]`"),
        ("1", "[iU]", "1", "`[iU]` and `1` measure different things"),
    ] {
        assert_eq!(converted(value, from, to), expected, "{value} {from} {to}");
    }
    assert_eq!((commensurable("mg/dL", "kg/m3"), commensurable("mg", "mL")), (Ok(true), Ok(false)));
}

#[test]
fn the_grammar_is_ucums() {
    for code in [
        "1",
        "m",
        "10*",
        "10^9/L",
        "10*-3",
        "4.[pi].10*-7.N/A2",
        "/100{WBC}",
        "{rbc}",
        "m[H2O]{35Cel}",
        "(8.h){shift}",
        "kg/(m.s2)",
        "/m2",
        "mL/min/{1.73_m2}",
        "[arb'U]/mL",
        "u[IU]/mL",
        "mmol/mol{creat}",
        "m3.kg-1.s-2",
        "cm[H2O]/L/s",
        "[lb_ap]",
        "s+2",
        "mg{a'b\"c}",
        "dam",
        "%{0to3Hours}",
        "B[10.nV]",
        "10.Cel",
        "mCel",
        "nmol/h/mg{prot}",
        "2.m.5",
        "[in_i'H2O]",
        "m.s-1",
    ] {
        assert_eq!(validate(code), Ok(()), "{code}");
    }
    for code in [
        "", " ", "m m", "m/", "/", ".m", "m..s", "m//s", "(m", "m)", "()", "{a", "a}", "{a{b}}", "m^2", "m2m", "[ppp]",
        "m-", "2m", "meter", "k%", "k[in_i]", "Cel2", "Cel/s", "m.Cel", "0.m", "1.5m", "{a b}", "{重}", "mg/{}x", "[",
        "]", "m[H2O", "1/Cel", "K10*2", "m2-1", "=", "mg=",
    ] {
        assert!(validate(code).is_err(), "{code}");
    }
    assert_eq!(validate("m s"), Err(Fault::Unexpected { at: 2, what: "` `".to_owned() }));
    assert_eq!(validate("k[in_i]"), Err(Fault::NotMetric("[in_i]".to_owned())));
    assert_eq!(validate("foo/m"), Err(Fault::Unknown("foo".to_owned())));
    assert_eq!(validate("m1000"), Err(Fault::TooLarge));
    assert!(validate(&"Gm999.".repeat(40)).is_err() && validate(&"(".repeat(200)).is_err());
    assert_eq!(validate(&"m".repeat(300)), Err(Fault::TooLong));
}

#[test]
fn decimals_are_written_as_asked() {
    let text = |number: &str, digits| Exact::read(number).unwrap().to_text(digits);
    for (number, digits, expected) in [
        ("123456", 3, "123000"),
        ("9.996", 3, "10"),
        ("0.00012345", 2, "0.00012"),
        ("0.5", 9, "0.5"),
        ("-2.5", 1, "-2"),
        ("3.5", 1, "4"),
        ("1e30", 5, "1e30"),
        ("1.25e-9", 2, "1.2e-9"),
        ("100", 2, "100"),
    ] {
        assert_eq!(text(number, digits), expected, "{number}");
    }
    for wrong in ["", "-", ".", "1.2.3", "1e", "e5", "0x1", "1 ", "٣"] {
        assert!(Exact::read(wrong).is_err(), "{wrong}");
    }
}

const CODES: [&str; 10] =
    ["mg/dL", "mmol/L", "Cel", "[degF]", "[pH]", "mm[Hg]", "10*9/L", "[lb_av]", "[iU]/mL", "dB[SPL]"];
const LINEAR: [&str; 8] = ["mg/dL", "mmol/L", "/min", "mm[Hg]", "10*9/L", "[lb_av]", "ug/kg/h", "[in_i]"];

#[test]
fn common_numbers_go_the_quick_way() {
    for (value, code) in
        [("5.5", "mmol/L"), ("72", "/min"), ("120", "mm[Hg]"), ("0.85", "mg/dL"), ("36.60", "kg"), ("-3", "%")]
    {
        assert!(unit(code).unwrap().quick(value).is_some(), "{value} {code}");
    }
}

proptest! {
    #[test]
    fn the_canonical_number_grows_with_the_value(a in -1e12..1e12_f64, b in -1e12..1e12_f64, at in 0..CODES.len()) {
        let number = |value: f64| canonical(&value.to_string(), CODES[at]).unwrap().0;
        prop_assert_eq!(a.partial_cmp(&b), number(a).partial_cmp(&number(b)));
    }

    #[test]
    fn there_and_back_is_the_same(value in -1_000_000..1_000_000_i64, scale in 0..6_u32) {
        let text = format!("{value}e-{scale}");
        for (from, to) in [("Cel", "[degF]"), ("mg/dL", "g/L"), ("[lb_av]", "kg"), ("[ft_i]", "[mi_us]")] {
            let there = convert(&text, from, to).unwrap();
            prop_assert_eq!(unit(from).unwrap().of_base(&unit(to).unwrap().to_base(&there).unwrap()).unwrap(), Exact::read(&text).unwrap());
        }
    }

    #[test]
    fn the_nearest_f64_is_the_one_of_the_decimal(digits in "-?[0-9]{1,25}(\\.[0-9]{1,25})?(e-?[0-9]{1,2})?") {
        let nearest = Exact::read(&digits).unwrap().to_f64().unwrap();
        prop_assert_eq!(nearest + 0.0, digits.parse::<f64>().unwrap() + 0.0);
    }

    #[test]
    fn the_quick_way_gives_the_same(digits in "-?[0-9]{1,20}(\\.[0-9]{1,20})?", at in 0..LINEAR.len()) {
        let unit = unit(LINEAR[at]).unwrap();
        if let Some(quick) = unit.quick(&digits) {
            prop_assert_eq!(quick, unit.canonical(&Exact::read(&digits).unwrap()).to_f64().unwrap());
        }
    }

    #[test]
    fn any_text_gives_an_answer(text in "[a-zA-Z0-9.*/^+(){}\\[\\]%' -]{0,24}|\\PC{0,12}") {
        let _ = (validate(&text), canonical("1.5", &text), Exact::read(&text));
    }
}

#[test]
fn ever_new_units_do_not_keep_out_those_that_are_used() {
    for nth in 0..10_000 {
        let _ = unit(&format!("no-unit-{nth}"));
        let _ = unit(&format!("{{n{nth}}}/L"));
    }
    let (first, again) = (unit("mmol/L").unwrap(), unit("mmol/L").unwrap());
    assert!(Arc::ptr_eq(&first, &again), "it is taken apart once");
}
