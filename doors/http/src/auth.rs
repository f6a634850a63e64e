//! Sign-in with a password, the session cookie, and sign-out.

use meridian_model::both;

use std::net::SocketAddr;

use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use meridian_engine::{Caller, Request};
use meridian_identity::{Open, SignInError, User};
use serde_json::{Value, json};

use crate::caller::{COOKIE, check_csrf, cookie, fault, now};
use crate::negotiate::is_json_body;
use crate::problem::Problem;
use crate::state::Http;

/// Longer is no name and no password.
const LONGEST: usize = 4096;

#[derive(serde::Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

/// `POST /auth/sign-in`
pub(crate) async fn sign_in(
    State(state): State<Http>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    is_json_body(&headers)?;
    let body = crate::body::read(&state, &headers, body, LONGEST).await?;
    let wrong = |_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            both!("a username and a password are expected", "应给出 username 和 password"),
        )
    };
    let Credentials { username, password } = serde_json::from_slice(&body.bytes).map_err(wrong)?;
    match state.identity.sign_in(&username, &password, peer.ip(), now()).await {
        Ok(signed) => {
            let seconds = (signed.expires - now()).max(0) / 1000;
            let set = set_cookie(&state, &signed.cookie_secret, seconds);
            let body = Json(account(&state, &signed.user, &signed.csrf).await);
            Ok(([(header::SET_COOKIE, set)], body).into_response())
        }
        Err(SignInError::Throttled { retry_after }) => Err(Problem::Http {
            status: StatusCode::TOO_MANY_REQUESTS,
            code: "throttled",
            says: both!(
                "too many failed attempts; try again in {} s",
                "失败次数太多，请 {} 秒后再试",
                retry_after.as_secs()
            ),
            retry_after: Some(retry_after.as_secs()),
        }),
        Err(SignInError::Wrong) => Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "login",
            both!("the name or the password is wrong", "用户名或密码不对"),
        )),
        Err(error) => {
            tracing::warn!(%error, "a sign-in could not be decided");
            Err(Problem::Http {
                status: StatusCode::SERVICE_UNAVAILABLE,
                code: "transient",
                says: both!("signing in is not possible right now", "暂时不能登录，请稍后再试"),
                retry_after: Some(2),
            })
        }
    }
}

/// `GET /auth/me`
pub(crate) async fn me(State(state): State<Http>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let (_, open) = open(&state, &headers).await?;
    Ok(Json(account(&state, &open.user, &open.csrf).await))
}

/// `POST /auth/sign-out`
pub(crate) async fn sign_out(State(state): State<Http>, headers: HeaderMap) -> Result<Response, Problem> {
    let (secret, open) = open(&state, &headers).await?;
    check_csrf(&open, &headers)?;
    state.identity.sign_out(&secret).await.map_err(fault)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, set_cookie(&state, "", 0))]).into_response())
}

async fn open(state: &Http, headers: &HeaderMap) -> Result<(String, std::sync::Arc<Open>), Problem> {
    let secret = cookie(headers).ok_or_else(Problem::sign_in)?;
    let open = state.identity.by_cookie(secret, now()).await.map_err(fault)?;
    Ok((secret.to_owned(), open.ok_or_else(Problem::sign_in)?))
}

fn set_cookie(state: &Http, secret: &str, seconds: i64) -> HeaderValue {
    let secure = if state.secure { "; Secure" } else { "" };
    let text = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

async fn account(state: &Http, user: &User, csrf: &str) -> Value {
    json!({
        "user": {
            "username": user.username,
            "display": user.display,
            "role": user.role.as_str(),
            "institution": {"code": user.institution, "name": institution(state, &user.institution).await}
        },
        "csrf": csrf
    })
}

/// The name of an institution in the register, or its code.
async fn institution(state: &Http, code: &str) -> String {
    let caller = Caller::system("sign-in", code, "sign-in");
    let identifier = format!("https://meridian.example/id/institution|{code}");
    let params = vec![("identifier".to_owned(), identifier), ("_count".to_owned(), "1".to_owned())];
    let request = Request { kind: "Organization".to_owned(), params, lenient: false };
    let found = meridian_engine::search(&state.engine, &caller, &request).await.ok();
    let body = found.and_then(|answer| answer.hits.into_iter().next()).map(|hit| hit.served.body);
    let name = body.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
    let name = name.and_then(|value| value.get("name").and_then(Value::as_str).map(str::to_owned));
    name.unwrap_or_else(|| code.to_owned())
}
