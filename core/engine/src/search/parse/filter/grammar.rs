//! The grammar of `_filter`: from text to a tree of tests.

use meridian_model::both;
use meridian_model::language::Both;

use crate::search::fault::{Fault, shown};

/// Parentheses and brackets inside one another.
const DEEPEST: usize = 20;
const MOST_TESTS: usize = 60;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Test { path: Vec<Step>, op: String, value: String },
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
}

/// A part of a path: `name`, `name[filter]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) inside: Option<Box<Node>>,
}

pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let mut scan = Scan { rest: text, whole: text, tests: 0 };
    let node = scan.filter(0)?;
    scan.blank();
    if scan.rest.is_empty() {
        Ok(node)
    } else {
        Err(scan.wrong(&both!("something follows that is no `and` or `or`", "之后应是 `and` 或 `or`")))
    }
}

struct Scan<'t> {
    rest: &'t str,
    whole: &'t str,
    tests: usize,
}

impl<'t> Scan<'t> {
    fn wrong(&self, says: &Both) -> Fault {
        let before = self.whole.len() - self.rest.len();
        let at = self.whole.get(..before).unwrap_or_default().chars().count() + 1;
        Fault::wrong(match shown(self.rest).as_str() {
            "" => both!("{}, at the end (character {at})", "末尾（第 {at} 个字符）：{}", says),
            rest => both!("{}, at `{rest}` (character {at})", "`{rest}` 处（第 {at} 个字符）：{}", says),
        })
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, mark: char) -> bool {
        self.blank();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// `word` if it stands here by itself.
    fn word(&mut self, word: &str) -> bool {
        self.blank();
        let Some(rest) = self.rest.strip_prefix(word) else { return false };
        let ends = rest.chars().next().is_none_or(|c| c.is_whitespace() || c == '(');
        if ends {
            self.rest = rest;
        }
        ends
    }

    fn filter(&mut self, depth: usize) -> Result<Node, Fault> {
        if depth > DEEPEST {
            return Err(self.wrong(&both!("too many parentheses inside one another", "括号嵌套太深")));
        }
        let mut node = self.term(depth)?;
        loop {
            if self.word("and") {
                let next = self.term(depth)?;
                node = match node {
                    Node::And(mut nodes) => {
                        nodes.push(next);
                        Node::And(nodes)
                    }
                    node => Node::And(vec![node, next]),
                };
            } else if self.word("or") {
                let next = self.term(depth)?;
                node = match node {
                    Node::Or(mut nodes) => {
                        nodes.push(next);
                        Node::Or(nodes)
                    }
                    node => Node::Or(vec![node, next]),
                };
            } else {
                return Ok(node);
            }
        }
    }

    fn term(&mut self, depth: usize) -> Result<Node, Fault> {
        if self.take('(') {
            return self.closed(depth, ')');
        }
        let before = self.rest;
        if self.word("not") {
            if self.take('(') {
                return Ok(Node::Not(Box::new(self.closed(depth, ')')?)));
            }
            self.rest = before;
            return Err(self.wrong(&both!("`not` wants parentheses behind it", "`not` 之后应有括号")));
        }
        self.test(depth)
    }

    fn closed(&mut self, depth: usize, mark: char) -> Result<Node, Fault> {
        let node = self.filter(depth + 1)?;
        if self.take(mark) { Ok(node) } else { Err(self.wrong(&both!("a `{mark}` is missing", "缺少 `{mark}`"))) }
    }

    fn test(&mut self, depth: usize) -> Result<Node, Fault> {
        self.tests += 1;
        if self.tests > MOST_TESTS {
            return Err(self.wrong(&both!("too many tests", "条件太多")));
        }
        let mut path = vec![self.step(depth)?];
        while let Some(rest) = self.rest.strip_prefix('.') {
            self.rest = rest;
            path.push(self.step(depth)?);
        }
        self.blank();
        let op = self.until(|c| !c.is_ascii_alphabetic());
        if op.is_empty() || !self.rest.starts_with(char::is_whitespace) {
            return Err(
                self.wrong(&both!("an operator such as `eq` and a value are missing", "缺少 `eq` 一类的运算符和值"))
            );
        }
        self.blank();
        let value = self.value()?;
        Ok(Node::Test { path, op: op.to_ascii_lowercase(), value })
    }

    fn step(&mut self, depth: usize) -> Result<Step, Fault> {
        self.blank();
        let name = self.until(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':')));
        if name.is_empty() {
            return Err(self.wrong(&both!("the name of a parameter is missing", "缺少参数名")));
        }
        let inside = match self.rest.strip_prefix('[') {
            None => None,
            Some(rest) => {
                self.rest = rest;
                Some(Box::new(self.closed(depth, ']')?))
            }
        };
        Ok(Step { name: name.to_owned(), inside })
    }

    fn until(&mut self, ends: impl FnMut(char) -> bool) -> &'t str {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// A JSON string, or everything up to a blank or a `)` or `]` that was opened outside.
    fn value(&mut self) -> Result<String, Fault> {
        if !self.rest.starts_with('"') {
            let mut open = 0;
            // What is opened in the word itself is closed in it: `mm[Hg]`.
            let word = self.until(|c| {
                match c {
                    '[' | '(' => open += 1,
                    ']' | ')' => open -= 1,
                    _ => {}
                }
                c.is_whitespace() || open < 0
            });
            return if word.is_empty() {
                Err(self.wrong(&both!("a value is missing", "缺少值")))
            } else {
                Ok(word.to_owned())
            };
        }
        let mut strings = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
        let Some(Ok(text)) = strings.next() else {
            return Err(
                self.wrong(&both!("the text has no end or is no JSON string", "文字没有结束，或不是 JSON 字符串"))
            );
        };
        let end = strings.byte_offset();
        if text.contains('\0') {
            return Err(self.wrong(&both!("the text holds a NUL", "文字中有 NUL 字符")));
        }
        self.rest = self.rest.get(end..).unwrap_or_default();
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(node: &Node) -> String {
        let all = |nodes: &[Node], mark: &str| nodes.iter().map(told).collect::<Vec<_>>().join(mark);
        match node {
            Node::Test { path, op, value } => {
                let step = |step: &Step| match &step.inside {
                    None => step.name.clone(),
                    Some(inside) => format!("{}[{}]", step.name, told(inside)),
                };
                format!("{} {op} {value}", path.iter().map(step).collect::<Vec<_>>().join("."))
            }
            Node::And(nodes) => format!("({})", all(nodes, " & ")),
            Node::Or(nodes) => format!("({})", all(nodes, " | ")),
            Node::Not(node) => format!("!{}", told(node)),
        }
    }

    fn tree(text: &str) -> String {
        told(&read(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}")))
    }

    #[test]
    fn tests_are_joined_from_left_to_right() {
        assert_eq!(tree("a eq 1"), "a eq 1");
        assert_eq!(tree("a eq 1 or b eq 2 and c eq 3"), "((a eq 1 | b eq 2) & c eq 3)");
        assert_eq!(tree("a eq 1 or (b eq 2 and c eq 3)"), "(a eq 1 | (b eq 2 & c eq 3))");
        assert_eq!(tree("not (a eq 1) and not(b eq 2)"), "(!a eq 1 & !b eq 2)");
        assert_eq!(tree("a eq 1 and b eq 2 and c eq 3"), "(a eq 1 & b eq 2 & c eq 3)");
    }

    #[test]
    fn paths_and_values_take_their_forms() {
        assert_eq!(tree(r#"name co "a ) \"b\"" and x eq y"#), r#"(name co a ) "b" & x eq y)"#);
        assert_eq!(tree("subject:Patient.name co pet"), "subject:Patient.name co pet");
        assert_eq!(tree("related[type eq \"x\"].target pr true"), "related[type eq x].target pr true");
        assert_eq!(
            tree("_has:Observation:patient:code eq http://loinc.org|1234-5"),
            "_has:Observation:patient:code eq http://loinc.org|1234-5"
        );
        assert_eq!(tree("(birthdate ge 2014-10-10)"), "birthdate ge 2014-10-10");
        assert_eq!(tree("(a eq 5|u|mm[Hg]) or b[c eq x].d eq y"), "(a eq 5|u|mm[Hg] | b[c eq x].d eq y)");
    }

    #[test]
    fn what_is_no_filter_is_told() {
        for text in [
            "",
            "a",
            "a eq",
            "a eq ",
            "eq 1",
            "a eq 1 and",
            "(a eq 1",
            "a eq 1)",
            "not a eq 1",
            "a eq \"x",
            "a[b eq 1.c eq 2",
            "a eq 1 b eq 2",
            "a. eq 1",
            "a [b eq 1] eq 2",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"(".repeat(5000)).is_err());
        assert!(read(&format!("{}a eq 1", "a eq 1 and ".repeat(400))).is_err());
    }

    proptest! {
        #[test]
        fn any_text_gives_an_answer(text in "[a-z ()\\[\\].\"\\\\]{0,60}|.{0,60}") {
            let _ = read(&text);
        }
    }
}
