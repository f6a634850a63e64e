//! What somebody wants written.

use std::sync::Arc;

use meridian_access::Act;
use meridian_model::outcome::Issue;

use super::{Edit, Sent};
use crate::meaning::structures;

/// One write that somebody asks for.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub ask: Ask,
    /// How other entries of a transaction refer to this one.
    pub full_url: Option<String>,
    /// Where the entry stands in what was sent (`Bundle.entry[3]`), for issues; empty for a single resource.
    pub place: String,
    /// Why nothing new may come of it, where a condition decides whether something does.
    pub unfit: Option<Arc<[Issue]>>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Create {
        kind: &'static str,
        resource: Sent,
        /// The query of `If-None-Exist`.
        if_none_exist: Option<String>,
    },
    /// A `PUT` on an id; makes the resource if it is not there.
    Update {
        kind: &'static str,
        id: String,
        resource: Sent,
        if_match: Option<i64>,
    },
    /// A `PUT` on a query.
    UpdateWhere {
        kind: &'static str,
        query: String,
        resource: Sent,
        if_match: Option<i64>,
    },
    /// A change of what is there.
    Edit {
        kind: &'static str,
        id: String,
        edit: Arc<dyn Edit>,
        if_match: Option<i64>,
    },
    /// The same on a query.
    EditWhere {
        kind: &'static str,
        query: String,
        edit: Arc<dyn Edit>,
        if_match: Option<i64>,
    },
    Delete {
        kind: &'static str,
        id: String,
        if_match: Option<i64>,
    },
    /// A `DELETE` on a query, which may meet at most so many.
    DeleteWhere {
        kind: &'static str,
        query: String,
        most: u32,
        if_match: Option<i64>,
    },
}

impl Ask {
    /// Whether something comes of it only when its condition meets nothing.
    pub(crate) fn is_create_if_none(&self) -> bool {
        matches!(self, Ask::Create { if_none_exist: Some(_), .. })
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Ask::Create { kind, .. }
            | Ask::Update { kind, .. }
            | Ask::UpdateWhere { kind, .. }
            | Ask::Edit { kind, .. }
            | Ask::EditWhere { kind, .. }
            | Ask::Delete { kind, .. }
            | Ask::DeleteWhere { kind, .. } => kind,
        }
    }

    /// The search that decides what is written.
    pub(super) fn condition(&self) -> Option<&str> {
        match self {
            Ask::Create { if_none_exist: query, .. } => query.as_deref(),
            Ask::UpdateWhere { query, .. } | Ask::EditWhere { query, .. } | Ask::DeleteWhere { query, .. } => {
                Some(query)
            }
            Ask::Update { .. } | Ask::Edit { .. } | Ask::Delete { .. } => None,
        }
    }

    pub(super) fn act(&self) -> Act {
        match self {
            Ask::Create { .. } => Act::Create,
            Ask::Update { .. } | Ask::UpdateWhere { .. } | Ask::Edit { .. } | Ask::EditWhere { .. } => Act::Update,
            Ask::Delete { .. } | Ask::DeleteWhere { .. } => Act::Delete,
        }
    }

    /// Whether what is sent has about so many bytes at most. What an edit makes is not known.
    pub(super) fn is_light(&self, most: usize) -> bool {
        let edits = matches!(self, Ask::Edit { .. } | Ask::EditWhere { .. });
        self.resource().map_or(!edits, |resource| resource.is_light(most))
    }

    /// Whether what it does to a resource, or what is asked of it, may take long.
    pub(super) fn is_dear(&self) -> bool {
        let edits = matches!(self, Ask::Edit { edit, .. } | Ask::EditWhere { edit, .. } if edit.is_dear());
        edits || structures::writes_one(self)
    }

    /// The resource that was sent.
    pub(crate) fn resource(&self) -> Option<&Sent> {
        match self {
            Ask::Create { resource, .. } | Ask::Update { resource, .. } | Ask::UpdateWhere { resource, .. } => {
                Some(resource)
            }
            Ask::Edit { .. } | Ask::EditWhere { .. } | Ask::Delete { .. } | Ask::DeleteWhere { .. } => None,
        }
    }
}
