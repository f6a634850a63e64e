//! The places of a visit: `Encounter.location` as a history, newest last.

use serde_json::{Value, json};

use super::super::place::set;

/// On a place that is not the bed: `temporary` (the patient is there, the bed is kept) or `pending`.
pub(super) const ROLE: &str = "https://meridian.example/extension/location-role";

/// The list while it is worked on.
pub(super) struct Places {
    items: Vec<Value>,
}

impl Places {
    pub(super) fn of(visit: &Value) -> Self {
        Self { items: visit.get("location").and_then(Value::as_array).cloned().unwrap_or_default() }
    }

    pub(super) fn put(self, visit: &mut Value) {
        let Some(members) = visit.as_object_mut() else { return };
        if self.items.is_empty() {
            members.shift_remove("location");
        } else {
            members.insert("location".to_owned(), Value::Array(self.items));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The bed (or room) now.
    fn current(&self) -> Option<usize> {
        self.items.iter().rposition(|item| status(item) == "active" && role(item).is_empty())
    }

    /// The last one that was left.
    fn former(&self) -> Option<usize> {
        self.items.iter().rposition(|item| status(item) == "completed" && role(item).is_empty())
    }

    fn find(&self, place: &Value, wanted: &str) -> Option<usize> {
        self.items.iter().rposition(|item| status(item) == wanted && same(item, place))
    }

    /// The patient's place from `start` on, if it is another one than before, which ends at `when`.
    pub(super) fn move_to(&mut self, place: &Value, when: Option<&str>, start: Option<&str>) {
        if let Some(current) = self.current() {
            if self.items.get(current).is_some_and(|item| same(item, place)) {
                return;
            }
            self.end(current, when);
        }
        let waiting = ["planned", "reserved"].into_iter().find_map(|wanted| self.find(place, wanted));
        if let Some(waiting) = waiting {
            self.items.remove(waiting);
        }
        self.items.push(item(place, "active", "", start, None));
    }

    /// Where the patient was before, if it is not known.
    pub(super) fn came_from(&mut self, prior: &Value, when: Option<&str>) {
        if !self.items.iter().any(|known| same(known, prior) && matches!(status(known), "active" | "completed")) {
            let at = self.items.iter().position(|item| status(item) == "active").unwrap_or(self.items.len());
            self.items.insert(at, item(prior, "completed", "", None, when));
        }
    }

    /// A place that waits: planned (before an admission) or reserved (pending).
    pub(super) fn expect(&mut self, place: &Value, as_status: &str) {
        let waits = |item: &Value| status(item) == as_status && role(item) != "temporary";
        self.items.retain(|item| !waits(item));
        let role = if as_status == "reserved" { "pending" } else { "" };
        self.items.push(item(place, as_status, role, None, None));
    }

    /// On the way to a temporary place.
    pub(super) fn depart_to(&mut self, place: &Value) {
        self.items.retain(|item| !(role(item) == "temporary" && status(item) == "planned"));
        self.items.push(item(place, "planned", "temporary", None, None));
    }

    /// Arrived at a temporary place.
    pub(super) fn arrive_at(&mut self, place: &Value, when: Option<&str>) {
        self.items.retain(|item| !(role(item) == "temporary" && status(item) == "planned"));
        let there = |item: &Value| role(item) == "temporary" && status(item) == "active" && same(item, place);
        if !self.items.iter().any(there) {
            self.items.push(item(place, "active", "temporary", when, None));
        }
    }

    /// Back from temporary places: from one of them, or from all.
    pub(super) fn back_from(&mut self, place: Option<&Value>, when: Option<&str>) {
        self.items.retain(|item| !(role(item) == "temporary" && status(item) == "planned"));
        for item in &mut self.items {
            if role(item) == "temporary" && status(item) == "active" && place.is_none_or(|place| same(item, place)) {
                complete(item, when);
            }
        }
    }

    /// The patient is nowhere any more.
    pub(super) fn leave(&mut self, when: Option<&str>) {
        self.items.retain(|item| !matches!(status(item), "planned" | "reserved"));
        for item in &mut self.items {
            if status(item) == "active" {
                complete(item, when);
            }
        }
    }

    /// A visit of the past of which one place is told.
    pub(super) fn was_at(&mut self, place: &Value, start: Option<&str>, end: Option<&str>) {
        self.items.push(item(place, "completed", "", start, end));
    }

    /// The transfer did not take place: the bed before it is the bed again.
    pub(super) fn undo_move(&mut self, place: Option<&Value>, start: Option<&str>) {
        let Some(current) = self.current() else { return self.return_to(place, start) };
        let taken = self.items.get(current).cloned().unwrap_or_default();
        // Some senders repeat the bed of the transfer in PV1-3.
        let place = place.filter(|place| !(self.former().is_some() && same(&taken, place)));
        if place.is_some_and(|place| same(&taken, place)) || (place.is_none() && self.former().is_none()) {
            return;
        }
        self.items.remove(current);
        self.return_to(place, start);
    }

    /// The former place (or the one that is named) is the place again, as if it had not been left.
    pub(super) fn return_to(&mut self, place: Option<&Value>, start: Option<&str>) {
        let found = match place {
            Some(place) => self.find(place, "completed"),
            None => self.former(),
        };
        if let Some(item) = found.map(|at| self.items.remove(at)) {
            let mut again = item;
            if let Some(members) = again.as_object_mut() {
                members.insert("status".to_owned(), json!("active"));
                if let Some(period) = members.get_mut("period").and_then(Value::as_object_mut) {
                    period.shift_remove("end");
                    if period.is_empty() {
                        members.shift_remove("period");
                    }
                }
            }
            self.items.push(again);
        } else if let Some(place) = place {
            self.items.push(item(place, "active", "", start, None));
        }
    }

    fn end(&mut self, at: usize, when: Option<&str>) {
        if let Some(item) = self.items.get_mut(at) {
            complete(item, when);
        }
    }
}

fn item(place: &Value, status: &str, role: &str, start: Option<&str>, end: Option<&str>) -> Value {
    let mut out = json!({"location": place, "status": status});
    let mut period = json!({});
    for (name, time) in [("start", start), ("end", end)] {
        if let Some(time) = time {
            set(&mut period, name, json!(time));
        }
    }
    if period.as_object().is_some_and(|period| !period.is_empty()) {
        set(&mut out, "period", period);
    }
    if !role.is_empty() {
        set(&mut out, "extension", json!([{"url": ROLE, "valueCode": role}]));
    }
    out
}

fn complete(item: &mut Value, when: Option<&str>) {
    set(item, "status", json!("completed"));
    let started = item.pointer("/period/start").and_then(Value::as_str);
    if let Some(when) = when.filter(|when| started.is_none_or(|started| super::time::in_order(started, when))) {
        set(item, "period.end", json!(when));
    }
}

fn status(item: &Value) -> &str {
    item.get("status").and_then(Value::as_str).unwrap_or_default()
}

fn role(item: &Value) -> &str {
    let extensions = item.get("extension").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let ours = extensions.iter().find(|one| one.get("url").and_then(Value::as_str) == Some(ROLE));
    ours.and_then(|one| one.get("valueCode")).and_then(Value::as_str).unwrap_or_default()
}

/// The same place by its number, else by its words.
fn same(item: &Value, place: &Value) -> bool {
    let there = item.get("location").unwrap_or(&Value::Null);
    match (there.pointer("/identifier/value"), place.pointer("/identifier/value")) {
        (Some(one), Some(other)) => one == other,
        (None, None) => there.get("display") == place.get("display"),
        _ => false,
    }
}
