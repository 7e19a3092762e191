//! A page for people: homes, requests, latency. It has no script, and asks for itself again every few seconds.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;

use super::ask::Ask;
use crate::app::App;
use crate::tokens::Scope;

/// Homes that are shown.
const HOMES: usize = 20;

const STYLE: &str = include_str!("status.css");

/// `GET /`.
pub async fn page(State(app): State<Arc<App>>, ask: Ask) -> Response {
    let caller = match ask.caller(Scope::Status) {
        Ok(caller) => caller,
        Err(problem) => return ask.refuse(problem),
    };
    let mut response = Response::new(html(&app, |home| caller.reaches(home)).into());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // Whatever a home is called, nothing of it runs here.
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    headers.insert("content-security-policy", HeaderValue::from_static(policy));
    response
}

fn html(app: &App, shows: impl Fn(&str) -> bool) -> String {
    let (metrics, pool) = (&app.metrics, app.pool.figures());
    let requests = metrics.requests();
    let total: u64 = requests.iter().map(|(_, count)| count).sum();
    let failed: u64 = requests.iter().filter(|((_, status), _)| *status >= 500).map(|(_, count)| count).sum();
    let age = metrics.age();
    let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"5\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>cu server</title><style>{STYLE}</style></head><body>\
         <h1>cu server</h1><p class=\"note\">{} · up {} · this page renews itself every 5 seconds</p><ul class=\"figures\">",
        if app.is_closing() { "closing" } else { "running" },
        time(age)
    );
    let figures = [
        ("homes open", pool.open.to_string()),
        ("requests", total.to_string()),
        ("requests a second", format!("{:.1}", total as f64 / age.as_secs_f64().max(1.0))),
        ("failed (5xx)", failed.to_string()),
        ("waiting", pool.waiting.to_string()),
        ("streams", load(&metrics.streams).to_string()),
        ("homes evicted", pool.evicted.to_string()),
        ("denied", load(&metrics.denied).to_string()),
    ];
    for (name, figure) in figures {
        let _ = write!(out, "<li><b>{figure}</b> {name}</li>");
    }
    out += "</ul><h2>Latency</h2>";
    latency(&mut out, &metrics.times());
    out += "<h2>Requests</h2><table><thead><tr><th>Route</th><th>Status</th><th>Requests</th></tr></thead><tbody>";
    for ((route, status), count) in &requests {
        let class = if *status >= 500 { " class=\"bad\"" } else { "" };
        let _ = write!(out, "<tr{class}><td><code>{}</code></td><td>{status}</td><td>{count}</td></tr>", text(route));
    }
    out += "</tbody></table><h2>Homes used last</h2><table><thead><tr><th>Home</th><th>Idle</th></tr></thead><tbody>";
    let homes: Vec<_> = app.pool.open(usize::MAX).into_iter().filter(|(name, _)| shows(name)).take(HOMES).collect();
    for (name, idle) in &homes {
        let _ = write!(out, "<tr><td><code>{}</code></td><td>{}</td></tr>", text(name), time(*idle));
    }
    if homes.is_empty() {
        out += "<tr><td colspan=\"2\">None is open.</td></tr>";
    }
    out + "</tbody></table></body></html>\n"
}

/// A bar for each range of times, as long as its part of all requests.
fn latency(out: &mut String, times: &[(Option<u64>, u64)]) {
    let total = times.last().map_or(0, |(_, total)| *total);
    if total == 0 {
        *out += "<p>No request yet.</p>";
        return;
    }
    *out += "<table><tbody>";
    let mut before = 0;
    for (end, up_to) in times {
        let count = up_to - before;
        before = *up_to;
        if count == 0 {
            continue;
        }
        let name = match end {
            Some(micros) if *micros < 1_000 => format!("up to {micros} µs"),
            Some(micros) => format!("up to {} ms", *micros as f64 / 1e3),
            None => "more".to_owned(),
        };
        let part = count as f64 / total as f64 * 100.0;
        let _ = write!(
            out,
            "<tr><td>{name}</td><td class=\"bar\"><i style=\"width:{part:.1}%\"></i></td><td>{count}</td><td>{part:.1} %</td></tr>"
        );
    }
    *out += "</tbody></table>";
}

fn time(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds < 60 => format!("{seconds} s"),
        seconds if seconds < 3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

/// A text that is no markup.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
