//! The pages: files of the web app, embedded in the program. Every address that is no file is the app itself.

use meridian_model::both;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// What the page has in the place of its nonce.
const NONCE: &str = "__CSP_NONCE__";

/// Everything that no other route takes.
pub(crate) async fn page(method: Method, uri: Uri) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "not-supported",
            both!("pages are only read", "网页只能读取"),
        )
        .into_response();
    }
    let path = uri.path().trim_start_matches('/');
    match Files::get(path) {
        Some(file) if path != "index.html" => asset(path, file),
        _ if path.starts_with("assets/") => {
            Problem::new(StatusCode::NOT_FOUND, "not-found", both!("this file is not here", "没有这个文件"))
                .into_response()
        }
        _ => index(),
    }
}

fn asset(path: &str, file: EmbeddedFile) -> Response {
    let kind = file.metadata.mimetype().to_owned();
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned())];
    (headers, Body::from(file.data.into_owned())).into_response()
}

fn index() -> Response {
    let Some(file) = Files::get("index.html") else {
        let says = both!(
            "the pages were not built into this program; `make demo` builds them",
            "程序中没有网页，请用 `make demo` 构建"
        );
        return Problem::new(StatusCode::NOT_FOUND, "not-found", says).into_response();
    };
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let html = String::from_utf8_lossy(&file.data).replace(NONCE, &nonce);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; \
         font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
