//! The first registration of a resident at an institution.

use super::membership::Membership;
use super::rates::{
    ADDRESS_OLD, BIRTH_SWAPPED, CENTRE_INSURANCE, CENTRE_NO_IDENTITY, CORRECTED, FORMER_CENTRE_INSURANCE_ONLY,
    HOSPITAL_NO_IDENTITY, IDENTITY_MISTYPED, IDENTITY_OLD, IDENTITY_OLD_BEFORE, NAME_CUT, NAME_DOT, NAME_MISHEARD,
    NAME_MISREAD, NAME_SPACED, NAME_VARIANT, PHONE_STALE, PHONE_WIDE, SEX_WRONG,
};
use super::{Flaw, Registration, slip};
use crate::draw::{Rng, Stream, between, chance, key, rng};
use crate::institution::{Institution, Kind, Protocol};
use crate::people::person::{Address, Name, Person};
use crate::people::{address, casting, identity};
use crate::region::Region;

/// The generator of one registration; `second` numbers have one of their own.
pub(super) fn clerk(region: &Region, person: &Person, institution: &Institution, second: u64) -> Rng {
    let stream = key(region.seed(), Stream::Registration, person.index);
    rng(stream, Stream::Registration, u64::from(institution.letter) | second << 8)
}

/// How an institution writes house numbers: each has its habit.
fn habit(institution: &Institution, mut address: Address) -> Address {
    match institution.code {
        "CJ02" => address.house = address.house.replace('栋', "-").replace('室', ""),
        "CJ03" => address.house = address.house.replace('栋', "幢"),
        _ => {}
    }
    address
}

/// The truth, as a register without any error would have it.
pub(super) fn plain(person: &Person, institution: &Institution, number: u64) -> Registration {
    Registration {
        institution: institution.code,
        record_number: identity::record_number(institution.letter, number),
        name: person.name.clone(),
        sex: person.sex,
        birth: person.birth,
        identity_number: Some(person.identity_number.clone()),
        insurance_number: None,
        phone: Some(person.phone.clone()),
        address: habit(institution, person.address.clone()),
        second: false,
        window: None,
        merged: None,
        corrected: None,
        flaws: Vec::new(),
    }
}

/// One slip in the name, or none: a register has at most one.
fn misname(rng: &mut Rng, region: &Region, name: &Name) -> Option<(Name, Flaw)> {
    if name.dotted {
        let dot = if chance(rng, 0.5) { '•' } else { '．' };
        let other = Name { given: format!("{}{dot}{}", name.given, name.family), family: String::new(), dotted: false };
        return chance(rng, NAME_DOT).then_some((other, Flaw::NameDot));
    }
    let mut at = rng.f64();
    let names = region.names();
    type Slip<'a> = (f64, Flaw, &'a dyn Fn(&mut Rng) -> Option<Name>);
    let slips: [Slip<'_>; 5] = [
        (NAME_MISHEARD, Flaw::NameMisheard, &|rng| names.misheard(rng, name)),
        (NAME_MISREAD, Flaw::NameMisread, &|rng| names.misread(rng, name)),
        (NAME_VARIANT, Flaw::NameVariant, &|rng| names.old_writing(rng, name)),
        (NAME_CUT, Flaw::NameCut, &|_| slip::cut(name)),
        (NAME_SPACED, Flaw::NameSpaced, &|rng| slip::spaced(rng, name)),
    ];
    for (rate, flaw, make) in slips {
        if at < rate {
            return make(rng).map(|name| (name, flaw));
        }
        at -= rate;
    }
    None
}

/// Puts the errors of a clerk into a registration.
pub(super) fn err(
    rng: &mut Rng,
    region: &Region,
    person: &Person,
    institution: &Institution,
    written: &mut Registration,
) {
    let hospital = institution.kind == Kind::Hospital;
    let draws: [f64; 6] = std::array::from_fn(|_| rng.f64());
    let [mistyped, old, swap, sex, stale, wide] = draws;
    let of_age = person.birth.year() < IDENTITY_OLD_BEFORE;
    if let Some(number) = written.identity_number.clone() {
        if mistyped < IDENTITY_MISTYPED {
            written.identity_number = Some(slip::mistype(rng, &number));
            written.flaws.push(Flaw::IdentityNumberMistyped);
        } else if hospital && of_age && old < IDENTITY_OLD {
            written.identity_number = slip::old_number(&number);
            written.flaws.push(Flaw::IdentityNumberOld);
        }
    }
    if let Some((name, flaw)) = misname(rng, region, &person.name) {
        written.name = name;
        written.flaws.push(flaw);
    }
    let today = region.today();
    if swap < BIRTH_SWAPPED
        && let Some(birth) = slip::swapped(person.birth).filter(|birth| *birth <= today)
    {
        written.birth = birth;
        written.flaws.push(Flaw::BirthSwapped);
    }
    if sex < SEX_WRONG {
        written.sex = person.sex.other();
        written.flaws.push(Flaw::SexWrong);
    }
    if stale < PHONE_STALE {
        written.phone = (stale < PHONE_STALE / 2.0).then(|| identity::phone(person.index + 50_000_000));
        written.flaws.push(Flaw::PhoneStale);
    } else if wide < PHONE_WIDE {
        written.phone = written.phone.as_deref().map(slip::wide);
        written.flaws.push(Flaw::PhoneWide);
    }
}

/// How `institution` wrote `person` down. `former` is set for the centre before a move.
pub(super) fn first(
    region: &Region,
    person: &Person,
    institution: &Institution,
    known: &Membership,
    former: bool,
) -> Registration {
    let mut rng = clerk(region, person, institution, 0);
    let exact = casting::cast(person.index).is_some_and(|cast| cast.everywhere);
    let hospital = institution.kind == Kind::Hospital;
    let mut written = plain(person, institution, person.index);
    let draws: [f64; 4] = std::array::from_fn(|_| rng.f64());
    let [no_identity, insurance, only, stayed] = draws;
    let before = known.former.filter(|_| hospital && !exact && stayed < ADDRESS_OLD).map(|(code, _)| code);
    let old_home = if former { Some(institution.code) } else { before };
    if old_home.is_some() {
        // the house before the move is one house, whoever writes it down
        let mut home = crate::draw::rng(region.seed(), Stream::Household, person.household ^ 0xf0_0000_0000);
        written.address = habit(institution, address::house(&mut home, region.streets(), old_home));
        written.flaws.push(Flaw::AddressFormer);
    }
    if hospital || insurance < CENTRE_INSURANCE {
        written.insurance_number = Some(person.insurance_number.clone());
    }
    // the tour's centre before the move knows the insurance number only: the hospital's record joins the two
    if former && (if exact { person.index == 0 } else { only < FORMER_CENTRE_INSURANCE_ONLY }) {
        written.identity_number = None;
        written.insurance_number = Some(person.insurance_number.clone());
        written.flaws.push(Flaw::NoIdentityNumber);
    }
    if exact {
        return written;
    }
    let missing = if hospital { HOSPITAL_NO_IDENTITY } else { CENTRE_NO_IDENTITY };
    if written.identity_number.is_some() && no_identity < missing {
        written.identity_number = None;
        written.flaws.push(Flaw::NoIdentityNumber);
    }
    err(&mut rng, region, person, institution, &mut written);
    let wrong = written.flaws.iter().any(|flaw| matches!(flaw, Flaw::PhoneStale | Flaw::AddressFormer));
    let (corrects, back) = (chance(&mut rng, CORRECTED), between(&mut rng, 5, 300));
    if institution.protocol == Protocol::Hl7v2 && wrong && corrects {
        written.corrected = Some(region.today().plus(-back));
    }
    written
}
