//! What rows are about that may wait to be written.

use crate::TypeCode;

/// Who asks for it must see the rows that wait, and who writes it twice sends what he wrote first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum About {
    /// A resource: its row, its versions, its search rows.
    Key(i64),
    /// Type and packed id in the directory.
    Place(TypeCode, Vec<u8>),
    /// A subject's own row.
    Subject(i64),
    /// To whom a subject belongs.
    Member(i64),
    /// Who belongs to whom, of anybody.
    Members,
    /// Subjects under a number.
    Block(i64),
    /// A subject under a number.
    Noted(i64, i64),
    /// A claim of this kind and key.
    Claim(String, String),
    /// Claims of anybody.
    Claims,
}
