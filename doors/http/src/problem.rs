//! Errors as HTTP: a status and an OperationOutcome.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use meridian_engine::{Class, EngineError};
use meridian_model::both;
use meridian_model::language::{Both, Language};
use meridian_model::outcome::{Issue, outcome_in};

use crate::negotiate::FHIR_JSON;

/// Why a request was not answered as it wished.
#[derive(Debug)]
pub(crate) enum Problem {
    Engine(EngineError),
    /// A matter of the protocol.
    Http {
        status: StatusCode,
        code: &'static str,
        says: Both,
        retry_after: Option<u64>,
    },
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, says: Both) -> Problem {
        Problem::Http { status, code, says, retry_after: None }
    }

    pub(crate) fn sign_in() -> Problem {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "login",
            both!("sign in, or send a valid bearer token", "请先登录，或发送有效的令牌（Bearer token）"),
        )
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Problem {
        Problem::Engine(error)
    }
}

fn status(class: Class) -> StatusCode {
    match class {
        Class::NotFound => StatusCode::NOT_FOUND,
        Class::Gone => StatusCode::GONE,
        Class::Denied => StatusCode::FORBIDDEN,
        Class::Invalid | Class::NotSupported => StatusCode::BAD_REQUEST,
        Class::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Class::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        Class::Precondition => StatusCode::PRECONDITION_FAILED,
        Class::Conflict => StatusCode::CONFLICT,
        Class::TooCostly | Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Class::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.told(Language::default())
    }
}

impl Problem {
    /// The answer, for who reads `language`.
    pub(crate) fn told(self, language: Language) -> Response {
        let (status, issues, retry_after) = match self {
            Problem::Engine(error) => {
                if error.class() == Class::Internal {
                    tracing::error!(error = %error, "a use-case failed");
                }
                let retry = (error.class() == Class::Unavailable).then_some(1);
                (status(error.class()), error.issues(), retry)
            }
            Problem::Http { status, code, says, retry_after } => (status, vec![Issue::error(code, says)], retry_after),
        };
        let body = outcome_in(&issues, language).to_string();
        let mut response = (status, [(header::CONTENT_TYPE, FHIR_JSON)], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = header::HeaderValue::from_static("Bearer realm=\"meridian\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        response
    }
}
