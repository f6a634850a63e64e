//! One resident's truth, made from the household and the resident's own stream.

use super::household::{self, Member, Place};
use super::person::{Address, Name, Person, Relative, Role, Scheme, Sex};
use super::{address, birth, identity};
use crate::draw::{Rng, Stream, chance, rng};
use crate::region::Region;

/// Below this age a child has the telephone of a parent (assumed).
const OWN_PHONE_FROM: i32 = 13;
/// Share of people of 75 and over who give a relative's telephone (assumed).
const OLD_WITHOUT_PHONE: f64 = 0.25;

/// What a household shares.
struct Home {
    husband: &'static str,
    wife: &'static str,
    address: Address,
}

fn home(region: &Region, place: Place) -> Home {
    let mut rng = rng(region.seed(), Stream::Household, place.household ^ 0x5eed_0000_0000);
    let husband = region.names().surname(&mut rng);
    let wife = region.names().surname(&mut rng);
    // the tour's household lives where the first centre is at home, so that the second is the one before the move
    let centre = (place.household == 0).then_some("CJ11");
    Home { husband, wife, address: address::house(&mut rng, region.streets(), centre) }
}

fn own_rng(region: &Region, index: u64) -> Rng {
    rng(region.seed(), Stream::Person, index)
}

/// The name of the member in a slot; a younger twin's follows the elder's.
fn name_of(region: &Region, home: &Home, place: Place, index: u64, member: &Member) -> Name {
    let Member { role, sex, birth: born, twin_of } = *member;
    let mut rng = own_rng(region, index);
    let names = region.names();
    if let Some(slot) = twin_of {
        let elder = place.first + u64::from(slot);
        let first = household::member(region.seed(), region.today(), elder);
        return names.twin(&mut rng, &name_of(region, home, place, elder, &first), sex, born.year());
    }
    // a grandmother brings her own surname; a child has the father's
    let family = match (role, sex) {
        (Role::Grandparent, Sex::Female) => names.surname(&mut rng),
        (Role::Head | Role::Spouse, Sex::Female) => home.wife,
        _ => home.husband,
    };
    names.full(&mut rng, family, sex, born.year())
}

fn phone_of(index: u64, place: Place, age: i32) -> String {
    let shares = age < OWN_PHONE_FROM || (age >= 75 && (index.is_multiple_of((1.0 / OLD_WITHOUT_PHONE) as u64)));
    identity::phone(if shares && place.slot > 0 { place.first } else { index })
}

/// The truth about resident `index`.
pub(crate) fn person(region: &Region, index: u64) -> Person {
    let (seed, today) = (region.seed(), region.today());
    let place = household::locate(seed, index);
    let home = home(region, place);
    let member = birth::settled(seed, today, index);
    let age = member.birth.age_on(today);
    let mut twin = member.twin_of.map(|slot| place.first + u64::from(slot));
    let relatives = (0..u64::from(place.size))
        .map(|slot| place.first + slot)
        .filter(|other| *other != index)
        .map(|other| {
            let member = household::member(seed, today, other);
            if let Some(slot) = member.twin_of
                && place.first + u64::from(slot) == index
            {
                twin = Some(other);
            }
            let age = member.birth.age_on(today);
            Relative {
                index: other,
                birth: member.birth,
                name: name_of(region, &home, place, other, &member),
                role: member.role,
                sex: member.sex,
                phone: phone_of(other, place, age),
                age,
            }
        })
        .collect::<Vec<_>>();
    let mut rng = rng(seed, Stream::Person, index ^ 0x0b1d_0000_0000);
    let couple = relatives.iter().any(|r| matches!(r.role, Role::Spouse | Role::Head));
    let employee = age >= 20 && chance(&mut rng, 0.58);
    Person {
        index,
        household: place.household,
        role: member.role,
        name: name_of(region, &home, place, index, &member),
        sex: member.sex,
        birth: member.birth,
        identity_number: identity::identity_number(index, member.birth, member.sex),
        insurance_number: identity::insurance_number(index),
        scheme: if employee { Scheme::Employee } else { Scheme::Resident },
        phone: phone_of(index, place, age),
        address: home.address,
        married: couple && matches!(member.role, Role::Head | Role::Spouse) && age >= 22,
        twin,
        relatives,
    }
}
