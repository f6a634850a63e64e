//! The functions, by name: what each takes, and where it is done.

mod aggregates;
mod boundaries;
mod codes;
mod collections;
mod conversion;
mod dates;
mod fhir;
mod filters;
mod math;
mod patterns;
mod strings;
mod tree;
mod utility;

use std::ops::RangeInclusive;

use crate::ast::{Call, Expr};
use crate::eval::{Eval, Scope};
use crate::fault::Fault;
use crate::item::{Collection, Item};

use crate::eval::{single, wrong};

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal $most:expr;)*) => {
        /// A function that an expression may call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Function {
            $($variant,)*
        }

        impl Function {
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        /// The function of this name and how many arguments it takes.
        pub(crate) fn named(name: &str) -> Option<(Function, RangeInclusive<usize>)> {
            Some(match name {
                $($name => (Function::$variant, $least..=$most),)*
                _ => return None,
            })
        }
    };
}

functions! {
    // Existence
    Empty "empty" 0 0;
    Exists "exists" 0 1;
    All "all" 1 1;
    AllTrue "allTrue" 0 0;
    AnyTrue "anyTrue" 0 0;
    AllFalse "allFalse" 0 0;
    AnyFalse "anyFalse" 0 0;
    SubsetOf "subsetOf" 1 1;
    SupersetOf "supersetOf" 1 1;
    Count "count" 0 0;
    Distinct "distinct" 0 0;
    IsDistinct "isDistinct" 0 0;
    // Filtering and projection
    Where "where" 1 1;
    Select "select" 1 1;
    Sort "sort" 0 usize::MAX;
    Repeat "repeat" 1 1;
    RepeatAll "repeatAll" 1 1;
    OfType "ofType" 1 1;
    Coalesce "coalesce" 1 usize::MAX;
    // Subsetting and combining
    Single "single" 0 0;
    First "first" 0 0;
    Last "last" 0 0;
    Tail "tail" 0 0;
    Skip "skip" 1 1;
    Take "take" 1 1;
    Intersect "intersect" 1 1;
    Exclude "exclude" 1 1;
    Union "union" 1 1;
    Combine "combine" 1 2;
    // Conversion
    Iif "iif" 2 3;
    ToBoolean "toBoolean" 0 0;
    ConvertsToBoolean "convertsToBoolean" 0 0;
    ToInteger "toInteger" 0 0;
    ConvertsToInteger "convertsToInteger" 0 0;
    ToLong "toLong" 0 0;
    ConvertsToLong "convertsToLong" 0 0;
    ToDecimal "toDecimal" 0 0;
    ConvertsToDecimal "convertsToDecimal" 0 0;
    ToDate "toDate" 0 1;
    ConvertsToDate "convertsToDate" 0 1;
    ToDateTime "toDateTime" 0 1;
    ConvertsToDateTime "convertsToDateTime" 0 1;
    ToTime "toTime" 0 0;
    ConvertsToTime "convertsToTime" 0 0;
    ToQuantity "toQuantity" 0 1;
    ConvertsToQuantity "convertsToQuantity" 0 1;
    ToString "toString" 0 0;
    ConvertsToString "convertsToString" 0 0;
    // Strings
    IndexOf "indexOf" 1 1;
    LastIndexOf "lastIndexOf" 1 1;
    Substring "substring" 1 2;
    StartsWith "startsWith" 1 1;
    EndsWith "endsWith" 1 1;
    Contains "contains" 1 1;
    Upper "upper" 0 0;
    Lower "lower" 0 0;
    Replace "replace" 2 2;
    Matches "matches" 1 2;
    MatchesFull "matchesFull" 1 2;
    ReplaceMatches "replaceMatches" 2 3;
    Length "length" 0 0;
    ToChars "toChars" 0 0;
    Encode "encode" 0 1;
    Decode "decode" 0 1;
    Escape "escape" 0 1;
    Unescape "unescape" 0 1;
    Trim "trim" 0 0;
    Split "split" 1 1;
    Join "join" 0 1;
    // Math
    Abs "abs" 0 0;
    Ceiling "ceiling" 0 0;
    Exp "exp" 0 0;
    Floor "floor" 0 0;
    Ln "ln" 0 0;
    Log "log" 1 1;
    Power "power" 1 1;
    Round "round" 0 1;
    Sqrt "sqrt" 0 0;
    Truncate "truncate" 0 0;
    // Tree
    Children "children" 0 0;
    Descendants "descendants" 0 0;
    Pathname "pathname" 0 1;
    // Utility
    Trace "trace" 1 2;
    Now "now" 0 0;
    Today "today" 0 0;
    TimeOfDay "timeOfDay" 0 0;
    DefineVariable "defineVariable" 1 2;
    LowBoundary "lowBoundary" 0 1;
    HighBoundary "highBoundary" 0 1;
    Precision "precision" 0 0;
    YearOf "yearOf" 0 0;
    MonthOf "monthOf" 0 0;
    DayOf "dayOf" 0 0;
    HourOf "hourOf" 0 0;
    MinuteOf "minuteOf" 0 0;
    SecondOf "secondOf" 0 0;
    MillisecondOf "millisecondOf" 0 0;
    TimezoneOffsetOf "timezoneOffsetOf" 0 0;
    DateOf "dateOf" 0 0;
    TimeOf "timeOf" 0 0;
    Duration "duration" 2 2;
    Difference "difference" 2 2;
    Not "not" 0 0;
    Comparable "comparable" 1 1;
    // Types
    Is "is" 1 1;
    As "as" 1 1;
    Type "type" 0 0;
    // Aggregates
    Aggregate "aggregate" 1 2;
    Sum "sum" 0 0;
    Min "min" 0 0;
    Max "max" 0 0;
    Avg "avg" 0 0;
    // FHIR
    Extension "extension" 1 1;
    HasValue "hasValue" 0 0;
    GetValue "getValue" 0 0;
    Resolve "resolve" 0 0;
    CheckModifiers "checkModifiers" 0 usize::MAX;
    ConformsTo "conformsTo" 1 1;
    MemberOf "memberOf" 1 1;
    Subsumes "subsumes" 1 4;
    SubsumedBy "subsumedBy" 1 1;
    HtmlChecks "htmlChecks" 0 0;
    Expand "expand" 1 2;
    Lookup "lookup" 1 2;
    ValidateVs "validateVS" 2 3;
    ValidateCs "validateCS" 2 3;
    Translate "translate" 2 3;
    // SQL on FHIR
    GetResourceKey "getResourceKey" 0 0;
    GetReferenceKey "getReferenceKey" 0 1;
}

impl<'a> Eval<'_, 'a> {
    /// Calls a function on a collection.
    pub(crate) fn call(
        &mut self,
        call: &Call,
        input: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        use Function as F;
        self.budget.spend(1)?;
        match call.function {
            F::Where | F::Select | F::Sort | F::Repeat | F::RepeatAll | F::OfType | F::Coalesce | F::Iif => {
                self.filter(call, input, scope)
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
            | F::Count
            | F::Distinct
            | F::IsDistinct
            | F::Single
            | F::First
            | F::Last
            | F::Tail
            | F::Skip
            | F::Take
            | F::Intersect
            | F::Exclude
            | F::Union
            | F::Combine
            | F::Not => self.collection(call, input, scope),
            F::ToBoolean
            | F::ConvertsToBoolean
            | F::ToInteger
            | F::ConvertsToInteger
            | F::ToLong
            | F::ConvertsToLong
            | F::ToDecimal
            | F::ConvertsToDecimal
            | F::ToDate
            | F::ConvertsToDate
            | F::ToDateTime
            | F::ConvertsToDateTime
            | F::ToTime
            | F::ConvertsToTime
            | F::ToQuantity
            | F::ConvertsToQuantity
            | F::ToString
            | F::ConvertsToString => self.conversion(call, &input, scope),
            F::Matches | F::MatchesFull | F::ReplaceMatches => self.pattern(call, &input, scope),
            F::Encode | F::Decode | F::Escape | F::Unescape => self.coded(call, &input, scope),
            F::IndexOf
            | F::LastIndexOf
            | F::Substring
            | F::StartsWith
            | F::EndsWith
            | F::Contains
            | F::Upper
            | F::Lower
            | F::Replace
            | F::Length
            | F::ToChars
            | F::Trim
            | F::Split
            | F::Join => self.string(call, &input, scope),
            F::Abs | F::Ceiling | F::Exp | F::Floor | F::Ln | F::Log | F::Power | F::Round | F::Sqrt | F::Truncate => {
                self.maths(call, &input, scope)
            }
            F::Children | F::Descendants | F::Pathname => self.tree(call, &input, scope),
            F::LowBoundary | F::HighBoundary | F::Precision => self.boundary(call, &input, scope),
            F::YearOf
            | F::MonthOf
            | F::DayOf
            | F::HourOf
            | F::MinuteOf
            | F::SecondOf
            | F::MillisecondOf
            | F::TimezoneOffsetOf
            | F::DateOf
            | F::TimeOf
            | F::Duration
            | F::Difference
            | F::Now
            | F::Today
            | F::TimeOfDay => self.dates(call, &input, scope),
            F::Aggregate | F::Sum | F::Min | F::Max | F::Avg => self.aggregates(call, &input, scope),
            F::Trace | F::DefineVariable | F::Comparable | F::Is | F::As | F::Type => self.utility(call, input, scope),
            F::Extension
            | F::HasValue
            | F::GetValue
            | F::Resolve
            | F::CheckModifiers
            | F::ConformsTo
            | F::MemberOf
            | F::Subsumes
            | F::SubsumedBy
            | F::HtmlChecks
            | F::Expand
            | F::Lookup
            | F::ValidateVs
            | F::ValidateCs
            | F::Translate
            | F::GetResourceKey
            | F::GetReferenceKey => self.fhir(call, input, scope),
        }
    }

    /// An argument as a collection; it is evaluated in the scope of the call, not of its input.
    pub(crate) fn argument(&mut self, call: &Call, at: usize, scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        match call.args.get(at) {
            Some(Expr::Literal(item)) => Ok(vec![item.clone()]),
            Some(argument) => self.inside(argument, scope),
            None => Ok(Vec::new()),
        }
    }

    /// An argument as one item.
    pub(crate) fn one(&mut self, call: &Call, at: usize, scope: Scope<'_, 'a>) -> Result<Option<Item<'a>>, Fault> {
        let mut found = self.argument(call, at, scope)?;
        single(&found, call.place, ("an argument", "参数"))?;
        Ok(found.pop())
    }

    /// An argument as a String.
    pub(crate) fn text(&mut self, call: &Call, at: usize, scope: Scope<'_, 'a>) -> Result<Option<Item<'a>>, Fault> {
        match self.one(call, at, scope)? {
            Some(item) if item.str().is_none() => Err(wrong(&item, ("a String", "String"), call.place)),
            item => Ok(item),
        }
    }

    /// An argument as an Integer.
    pub(crate) fn integer(&mut self, call: &Call, at: usize, scope: Scope<'_, 'a>) -> Result<Option<i64>, Fault> {
        let found = self.argument(call, at, scope)?;
        self.integer_of(&found, call.place, ("an argument", "参数"))
    }

    /// The criterion of a call for one item of its input.
    pub(crate) fn holds(
        &mut self,
        criterion: &Expr,
        item: &Item<'a>,
        index: usize,
        scope: Scope<'_, 'a>,
        place: usize,
    ) -> Result<Option<bool>, Fault> {
        let known = self.defined.len();
        let answer = self.condition(criterion, scope.of(item, index), place);
        self.defined.truncate(known);
        answer
    }
}
