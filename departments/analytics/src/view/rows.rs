//! The rows of one resource, after the processing algorithm of SQL on FHIR.

use std::cell::Cell as Counter;

use meridian_fhirpath::{Collection, Context, Item, Moment, Node, Purse, STEPS};
use meridian_model::Value;
use meridian_model::both;
use meridian_model::language::Both;

use super::fault::Fault;
use super::names::ROW_INDEX;
use super::{Column, Over, Path, Select, View};

/// At most so many cells are made on the way to the rows of one resource, each value of a collection counted: products of
/// several `forEach` grow fast.
const MOST_CELLS: usize = 2_000_000;
/// What all expressions together may spend on one resource: ten times what one may.
const MOST_STEPS: u64 = 10 * STEPS;
/// `repeat` goes no deeper.
const DEEPEST: usize = 128;

/// What stands in one column of one row. It borrows from the resource.
#[derive(Debug, Clone)]
pub enum Cell<'a> {
    Null,
    One(Item<'a>),
    /// Of a column that is a collection.
    Many(Collection<'a>),
}

impl Cell<'_> {
    /// As how many cells it counts.
    fn weight(&self) -> usize {
        match self {
            Cell::Null | Cell::One(_) => 1,
            Cell::Many(all) => 1 + all.len(),
        }
    }
}

/// Rows of equal width.
#[derive(Debug)]
pub struct Rows<'a> {
    width: usize,
    count: usize,
    cells: Vec<Cell<'a>>,
}

impl<'a> Rows<'a> {
    fn of(width: usize) -> Self {
        Self { width, count: 0, cells: Vec::new() }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Row by row, the cells in the order of the columns.
    pub fn iter(&self) -> impl Iterator<Item = &[Cell<'a>]> {
        (0..self.count).map(|row| self.row(row))
    }

    fn row(&self, row: usize) -> &[Cell<'a>] {
        self.cells.get(row * self.width..(row + 1) * self.width).unwrap_or_default()
    }
}

/// What all expressions of one resource share.
struct Run<'a> {
    context: Context<'a>,
    columns: &'a [Column],
    /// Cells that were made so far.
    made: Counter<usize>,
}

impl View {
    /// The rows that this view makes of a resource; none of one that it is not of, or that its `where` leaves out.
    ///
    /// # Errors
    /// The first fault, with its place in the view: several values for a column that holds one, a value of another
    /// type than the column's, a `where` that is not true or false, an expression that fails or costs too much.
    pub fn rows<'a>(&'a self, resource: &'a Value, now: Option<Moment>) -> Result<Rows<'a>, Fault> {
        let mut rows = Rows::of(self.root.width);
        if resource.get("resourceType").and_then(Value::as_str) != Some(self.resource.as_str()) {
            return Ok(rows);
        }
        let mut context = Context::new(resource).purse(&Purse::new(MOST_STEPS));
        if let Some(now) = now {
            context = context.now(now);
        }
        for constant in &self.constants {
            let item = Item::node(Node::of(&constant.value, constant.kind));
            context = context.variable(&constant.name, vec![item]);
        }
        let run = Run { context, columns: &self.columns, made: Counter::new(0) };
        let focus = Item::resource(resource);
        for path in &self.wheres {
            if !run.holds(path, &focus)? {
                return Ok(rows);
            }
        }
        run.select(&self.root, 0, &focus, 0, &mut rows)?;
        Ok(rows)
    }
}

impl<'a> Run<'a> {
    fn evaluate(&self, path: &'a Path, focus: &Item<'a>, index: usize) -> Result<Collection<'a>, Fault> {
        let fault = |fault: meridian_fhirpath::Fault| Fault::new(path.at.as_str(), Both::of(&fault));
        if path.is_index {
            return Ok(vec![index_item(index)]);
        }
        if path.indexed {
            let context = self.context.clone().variable(ROW_INDEX, vec![index_item(index)]);
            return path.expression.evaluate(focus.clone(), &context).map_err(fault);
        }
        path.expression.evaluate(focus.clone(), &self.context).map_err(fault)
    }

    fn holds(&self, path: &'a Path, focus: &Item<'a>) -> Result<bool, Fault> {
        let found = self.evaluate(path, focus, 0)?;
        let truth = |item: &Item<'a>| match item {
            Item::Boolean(value) => Some(*value),
            Item::Node(node) => node.value().as_bool(),
            _ => None,
        };
        match found.as_slice() {
            [] => Ok(false),
            [one] => truth(one).ok_or_else(|| {
                Fault::new(
                    path.at.as_str(),
                    both!("true or false is expected of a `where`", "`where` 的结果应为 true 或 false"),
                )
            }),
            _ => Err(Fault::new(
                path.at.as_str(),
                both!(
                    "true or false is expected of a `where`, not several values",
                    "`where` 的结果应为 true 或 false，不能有多个值"
                ),
            )),
        }
    }

    /// The rows of a select whose first column is number `first`.
    fn select(
        &self,
        select: &'a Select,
        first: usize,
        focus: &Item<'a>,
        index: usize,
        out: &mut Rows<'a>,
    ) -> Result<(), Fault> {
        let foci = match &select.over {
            Over::Itself => return self.one(select, first, focus, index, out),
            Over::Each(path) | Over::EachOrNull(path) => self.evaluate(path, focus, index)?,
            Over::Repeat(paths) => {
                let mut found = Vec::new();
                self.repeat(paths, focus, index, 0, &mut found)?;
                found
            }
        };
        if foci.is_empty() && matches!(select.over, Over::EachOrNull(_)) {
            self.make(select.width, path_of(&select.over))?;
            nulls(select, &mut out.cells);
            out.count += 1;
            return Ok(());
        }
        for (index, focus) in foci.iter().enumerate() {
            self.one(select, first, focus, index, out)?;
        }
        Ok(())
    }

    /// All that the paths lead to, again and again: each before what it leads to.
    fn repeat(
        &self,
        paths: &'a [Path],
        focus: &Item<'a>,
        index: usize,
        depth: usize,
        found: &mut Collection<'a>,
    ) -> Result<(), Fault> {
        for path in paths {
            for child in self.evaluate(path, focus, index)? {
                if depth >= DEEPEST || found.len() >= MOST_CELLS {
                    return Err(Fault::new(path.at.as_str(), both!("this leads on and on", "`repeat` 没有尽头")));
                }
                found.push(child.clone());
                self.repeat(paths, &child, index, depth + 1, found)?;
            }
        }
        Ok(())
    }

    /// The rows of one element: its columns, joined with the rows of each select in it and with those of its union.
    fn one(
        &self,
        select: &'a Select,
        first: usize,
        focus: &Item<'a>,
        index: usize,
        out: &mut Rows<'a>,
    ) -> Result<(), Fault> {
        let begin = out.cells.len();
        for (path, column) in select.columns.iter().zip(self.columns.iter().skip(first)) {
            let mut found = self.evaluate(path, focus, index)?;
            if path.joins && found.is_empty() {
                found.push(Item::text(""));
            }
            let cell = cell(column, path, found)?;
            self.make(cell.weight(), &path.at)?;
            out.cells.push(cell);
        }
        if select.selects.is_empty() && select.unions.is_empty() {
            out.count += 1;
            return Ok(());
        }
        let mut parts = Vec::with_capacity(select.selects.len() + 1);
        let mut next = first + select.columns.len();
        for inner in &select.selects {
            let mut rows = Rows::of(inner.width);
            self.select(inner, next, focus, index, &mut rows)?;
            next += inner.width;
            parts.push(rows);
        }
        if let Some(width) = select.unions.first().map(|branch| branch.width) {
            let mut rows = Rows::of(width);
            for branch in &select.unions {
                self.select(branch, next, focus, index, &mut rows)?;
            }
            parts.push(rows);
        }
        if parts.iter().all(|part| part.count == 1) {
            out.cells.extend(parts.into_iter().flat_map(|part| part.cells));
            out.count += 1;
            return Ok(());
        }
        let own = out.cells.split_off(begin);
        self.product(&own, &parts, select.width, out)
    }

    /// Counts cells before they are made.
    fn make(&self, cells: usize, at: &str) -> Result<(), Fault> {
        let made = self.made.get().saturating_add(cells);
        self.made.set(made);
        if made > MOST_CELLS {
            return Err(Fault::new(
                at,
                both!("one resource gives more than {MOST_CELLS} cells", "一个资源产生的单元格超过 {MOST_CELLS} 个"),
            ));
        }
        Ok(())
    }

    /// Each row of each part with each row of the others, those of the first part slowest.
    fn product(&self, own: &[Cell<'a>], parts: &[Rows<'a>], width: usize, out: &mut Rows<'a>) -> Result<(), Fault> {
        let total = parts.iter().fold(1_usize, |total, part| total.saturating_mul(part.count));
        let mut cells = total.saturating_mul(own.iter().map(Cell::weight).sum::<usize>().max(1));
        for part in parts {
            let times = total.checked_div(part.count).unwrap_or_default();
            let weight: usize = part.cells.iter().map(Cell::weight).sum();
            cells = cells.saturating_add(times.saturating_mul(weight));
        }
        self.make(cells, "select")?;
        out.cells.reserve(total * width);
        for number in 0..total {
            out.cells.extend_from_slice(own);
            let mut below = total;
            let mut rest = number;
            for part in parts {
                below /= part.count.max(1);
                let row = rest / below.max(1);
                rest %= below.max(1);
                out.cells.extend_from_slice(part.row(row));
            }
        }
        out.count += total;
        Ok(())
    }
}

fn index_item(index: usize) -> Item<'static> {
    Item::integer(i64::try_from(index).unwrap_or(i64::MAX))
}

/// The row of a `forEachOrNull` that found nothing.
fn nulls(select: &Select, out: &mut Vec<Cell<'_>>) {
    for path in &select.columns {
        out.push(if path.is_index { Cell::One(index_item(0)) } else { Cell::Null });
    }
    for inner in &select.selects {
        nulls(inner, out);
    }
    // All branches have the same columns; what the first one calls the index is bound.
    if let Some(branch) = select.unions.first() {
        nulls(branch, out);
    }
}

/// Where the expression stands that is gone through.
fn path_of(over: &Over) -> &str {
    match over {
        Over::Each(path) | Over::EachOrNull(path) => &path.at,
        Over::Itself | Over::Repeat(_) => "select",
    }
}

fn cell<'a>(column: &Column, path: &Path, found: Collection<'a>) -> Result<Cell<'a>, Fault> {
    let fault = |says: Both| Fault::new(path.at.as_str(), both!("column `{}`: {}", "列 `{}`：{}", column.name, says));
    if let Some(odd) = found.iter().find(|item| !column.kind.holds(item)) {
        let (_, is) = odd.type_name();
        return Err(fault(both!("{} is expected, this is {is}", "应是{}，现在是 {is}", column.kind.name())));
    }
    if column.collection {
        return Ok(Cell::Many(found));
    }
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (None, _) => Ok(Cell::Null),
        (Some(one), None) => Ok(Cell::One(one)),
        (Some(_), Some(_)) => {
            Err(fault(both!("several values, where `collection` is not true", "有多个值，而 `collection` 不是 true")))
        }
    }
}
