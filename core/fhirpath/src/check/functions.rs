//! What is known of the result of a call.

use meridian_model::both;
use meridian_model::language::Both;

use super::{Check, Known, Type, in_order, literal, typed};
use crate::ast::Call;
use crate::fault::Fault;
use crate::functions::Function;
use crate::types::{System, types};

impl Check {
    pub(super) fn call(&mut self, call: &Call, input: &Known, this: &Known) -> Result<Known, Fault> {
        use Function as F;
        let semantic = |says: Both| Err(Fault::semantic(call.place, says));
        // Arguments that look at each item of the input see it as `$this`, others what the call sees.
        let by_item = matches!(
            call.function,
            F::Where
                | F::Select
                | F::Exists
                | F::All
                | F::Repeat
                | F::RepeatAll
                | F::Sort
                | F::Iif
                | F::Aggregate
                | F::Trace
                | F::DefineVariable
        );
        let mut arguments = Vec::with_capacity(call.args.len());
        for argument in &call.args {
            arguments.push(self.expr(argument, if by_item { input } else { this })?);
        }
        let mut results = arguments.into_iter();
        let (first, second, third) = (results.next(), results.next(), results.next());
        let first = first.unwrap_or(Known::anything());
        Ok(match call.function {
            F::Where
            | F::Single
            | F::Distinct
            | F::Intersect
            | F::Exclude
            | F::Trace
            | F::DefineVariable
            | F::CheckModifiers => input.clone(),
            F::Sort => Known { ordered: true, ..input.clone() },
            F::First | F::Last | F::Tail | F::Skip | F::Take => {
                in_order(input, call.place)?;
                input.clone()
            }
            F::Select => first,
            F::Repeat | F::RepeatAll => {
                // What is found the first time is looked at again.
                let again = match call.args.first() {
                    Some(projection) => self.expr(projection, &first)?,
                    None => first.clone(),
                };
                first.with(again)
            }
            F::Union | F::Combine => input.clone().with(first),
            F::Coalesce => second.into_iter().chain(third).chain(results).fold(first, Known::with),
            F::Iif => {
                if !first.may(|one| one.system() == Some(System::Boolean)) {
                    return semantic(both!(
                        "the criterion of `iif()` must be a Boolean, not {}",
                        "`iif()` 的条件必须是 Boolean，不能是 {}",
                        first.names()
                    ));
                }
                let of = second.unwrap_or(Known::anything());
                third.map_or(of.clone(), |third| of.with(third))
            }
            F::OfType | F::As => match &call.of_type {
                Some(of_type) => typed(of_type)?,
                None => Known::anything(),
            },
            F::Is => {
                if let Some(of_type) = &call.of_type {
                    typed(of_type)?;
                }
                Known::system(System::Boolean)
            }
            F::Empty
            | F::Exists
            | F::All
            | F::AllTrue
            | F::AnyTrue
            | F::AllFalse
            | F::AnyFalse
            | F::SubsetOf
            | F::SupersetOf
            | F::IsDistinct
            | F::Not
            | F::HasValue
            | F::ConformsTo
            | F::MemberOf
            | F::HtmlChecks
            | F::Comparable
            | F::ConvertsToBoolean
            | F::ConvertsToInteger
            | F::ConvertsToLong
            | F::ConvertsToDecimal
            | F::ConvertsToDate
            | F::ConvertsToDateTime
            | F::ConvertsToTime
            | F::ConvertsToQuantity
            | F::ConvertsToString
            | F::ToBoolean => Known::system(System::Boolean),
            F::Count
            | F::ToInteger
            | F::Precision
            | F::YearOf
            | F::MonthOf
            | F::DayOf
            | F::HourOf
            | F::MinuteOf
            | F::SecondOf
            | F::MillisecondOf
            | F::Duration
            | F::Difference => Known::system(System::Integer),
            F::ToLong => Known::system(System::Long),
            F::ToDecimal | F::TimezoneOffsetOf | F::Exp | F::Ln | F::Log | F::Power | F::Sqrt => {
                Known::system(System::Decimal)
            }
            F::ToDate | F::Today | F::DateOf => Known::system(System::Date),
            F::ToDateTime | F::Now => Known::system(System::DateTime),
            F::ToTime | F::TimeOfDay | F::TimeOf => Known::system(System::Time),
            F::ToQuantity => Known::system(System::Quantity),
            F::ToString | F::Join | F::Pathname | F::GetResourceKey | F::GetReferenceKey => {
                Known::system(System::String)
            }
            F::IndexOf | F::LastIndexOf | F::Length => of_text(call, input, System::Integer)?,
            F::StartsWith | F::EndsWith | F::Contains | F::Matches | F::MatchesFull => {
                of_text(call, input, System::Boolean)?
            }
            F::Substring
            | F::Upper
            | F::Lower
            | F::Replace
            | F::ReplaceMatches
            | F::ToChars
            | F::Encode
            | F::Decode
            | F::Escape
            | F::Unescape
            | F::Trim
            | F::Split => of_text(call, input, System::String)?,
            F::Type => Known::system(System::TypeInfo),
            F::Extension => {
                if call.args.first().and_then(literal) == Some("") {
                    return semantic(both!("an extension has a URL", "extension 要写明 URL"));
                }
                Known::of(Type::Fhir(types().named("Extension")))
            }
            F::Children | F::Descendants => Known { types: None, ordered: false },
            F::Resolve
            | F::GetValue
            | F::Aggregate
            | F::Sum
            | F::Min
            | F::Max
            | F::Avg
            | F::Abs
            | F::Ceiling
            | F::Floor
            | F::Round
            | F::Truncate
            | F::LowBoundary
            | F::HighBoundary
            | F::Subsumes
            | F::SubsumedBy
            | F::Expand
            | F::Lookup
            | F::ValidateVs
            | F::ValidateCs
            | F::Translate => Known::anything(),
        })
    }
}

/// A function of Strings, with the type of its result.
fn of_text(call: &Call, input: &Known, result: System) -> Result<Known, Fault> {
    if input.may(|one| one.system() == Some(System::String)) {
        return Ok(Known::system(result));
    }
    Err(Fault::semantic(
        call.place,
        both!("a String is wanted here, not {}", "此处应是 String，不能是 {}", input.names()),
    ))
}
