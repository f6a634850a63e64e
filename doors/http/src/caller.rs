//! Whose request it is, known before its body is read.

use axum::http::{HeaderMap, Method, StatusCode, header};
use meridian_engine::{Caller, Role};
use meridian_identity::Open;
use meridian_model::both;
use meridian_model::reference::is_id;

use crate::problem::Problem;
use crate::state::Http;

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "meridian_session";
/// Operators may act for an institution by naming it.
const FOR_INSTITUTION: &str = "x-meridian-institution";

/// Pages name the Patient whose record is open; a write about anybody else is then refused.
const ABOUT: &str = "x-meridian-patient";

/// The caller behind a request.
///
/// # Errors
/// 401 without a valid session or token; 403 when an unsafe request with a cookie lacks its CSRF token.
pub(crate) async fn caller(
    state: &Http,
    method: &Method,
    headers: &HeaderMap,
    request: &str,
) -> Result<Caller, Problem> {
    let open = match bearer(headers) {
        Some(secret) => state.identity.by_bearer(secret, now()).await.map_err(fault)?,
        None => {
            let secret = cookie(headers).ok_or_else(Problem::sign_in)?;
            let open = state.identity.by_cookie(secret, now()).await.map_err(fault)?;
            if let Some(open) = &open
                && !matches!(*method, Method::GET | Method::HEAD)
            {
                check_csrf(open, headers)?;
            }
            open
        }
    };
    let open = open.ok_or_else(Problem::sign_in)?;
    let mut caller = Caller {
        actor: open.user.username.clone(),
        display: open.user.display.clone(),
        role: open.user.role,
        institution: open.user.institution.clone(),
        request: request.to_owned(),
        about: about(headers)?,
    };
    if let Some(institution) = headers.get(FOR_INSTITUTION).and_then(|value| value.to_str().ok()) {
        let known = (1..=32).contains(&institution.len())
            && institution.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if caller.role != Role::Operator || !known {
            let says = both!(
                "this caller may not act for the institution in {FOR_INSTITUTION}",
                "当前用户不能以 {FOR_INSTITUTION} 中的机构名义操作"
            );
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", says));
        }
        institution.clone_into(&mut caller.institution);
    }
    Ok(caller)
}

/// The Patient that a request says it is about.
fn about(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(ABOUT) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let id = text.strip_prefix("Patient/").unwrap_or(text);
    if !is_id(id) {
        let says = both!("{ABOUT} is not the id of a Patient", "{ABOUT} 不是 Patient 的 id");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", says));
    }
    Ok(Some(id.to_owned()))
}

pub(crate) fn check_csrf(open: &Open, headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if open.csrf_is(sent) {
        return Ok(());
    }
    let says = both!(
        "a request that changes something needs the X-CSRF-Token of its session",
        "修改类请求要带会话的 X-CSRF-Token"
    );
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", says))
}

pub(crate) fn fault(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "sessions cannot be read");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "exception",
        both!("the server could not do this; its log says why", "服务器内部出错，未能完成；原因见服务器日志"),
    )
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, secret)| secret)
}

/// Milliseconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
