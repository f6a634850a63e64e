//! Statements for PostgreSQL in which the numbers of our own (types, parameters, how many rows) stand in the text: a plan
//! that is kept knows them, and what was asked for is a value.

use std::fmt::{Display, Formatter, Write};

use sea_query::{PostgresQueryBuilder, QueryBuilder, QueryStatementWriter, SqlWriter, Value, Values};

#[derive(Default)]
pub(crate) struct Pinned {
    text: String,
    values: Vec<Value>,
}

impl Pinned {
    pub(crate) fn build(statement: &impl QueryStatementWriter) -> (String, Values) {
        let mut pinned = Pinned::default();
        statement.build_collect_any_into(&PostgresQueryBuilder, &mut pinned);
        (pinned.text, Values(pinned.values))
    }
}

/// Of the numbers only ours have no sign.
fn own(value: &Value) -> Option<u64> {
    match value {
        Value::SmallUnsigned(Some(number)) => Some(u64::from(*number)),
        Value::Unsigned(Some(number)) => Some(u64::from(*number)),
        Value::BigUnsigned(Some(number)) => Some(*number),
        _ => None,
    }
}

impl SqlWriter for Pinned {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, _: &T) {
        let written = match own(&value) {
            Some(number) => write!(self.text, "{number}"),
            None => {
                self.values.push(value);
                write!(self.text, "${}", self.values.len())
            }
        };
        debug_assert!(written.is_ok(), "a text takes what is written");
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

impl Write for Pinned {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.text.write_str(text)
    }
}

impl Display for Pinned {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use sea_query::{Expr, ExprTrait, Query};

    use super::*;

    #[test]
    fn what_was_asked_for_is_a_value() {
        let mut select = Query::select();
        select
            .column("key")
            .from("string")
            .and_where(Expr::col("param").eq(7_u32))
            .and_where(Expr::col("folded").eq("a"));
        select.and_where(Expr::col("key").gt(5_i64)).limit(3);
        let (text, values) = Pinned::build(&select);
        assert_eq!(text, r#"SELECT "key" FROM "string" WHERE "param" = 7 AND "folded" = $1 AND "key" > $2 LIMIT 3"#);
        assert_eq!(values.0, [Value::from("a"), Value::from(5_i64)]);
    }
}
