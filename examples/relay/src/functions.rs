//! What routes may call: `host.vault.fetch` and the rest (README.md, "A route").
//!
//! Invariant: no function gives a script a byte of a secret. They answer what [`upstream`](crate::upstream) has redacted, and
//! signatures.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use cu_host::{Args, EventKind, Options, Permissions, Value, json};
use tokio::task::JoinSet;

use crate::answer::Head;
use crate::hex::hex;
use crate::refusal::Reason;
use crate::upstream::Asked;
use crate::vault::{Secret, Use};
use crate::work::Job;

/// Bytes of an answer that a script gets as a text.
const TEXT: usize = 256 * 1024;

const NAMES: [&str; 8] = [
    "answer.begin",
    "answer.send",
    "json.read",
    "json.write",
    "stream.read",
    "vault.fetch",
    "vault.sign",
    "vault.verify",
];

/// Functions of these names that answer nothing, for where no request is.
pub fn stubs() -> Options {
    NAMES.into_iter().fold(Options::default(), |options, name| {
        options.function(name, |_| Err::<(), _>("a request is wanted for this"))
    })
}

/// The functions for a request, and what its script may not do.
pub fn options(job: &Arc<Job>) -> Options {
    let used = Arc::clone(&job.open.used);
    let options = Options {
        instructions: Some(job.open.instructions),
        time_limit: Some(job.left()),
        stop: Some(Arc::clone(&job.stop)),
        permissions: Permissions::new().read_only(),
        clock: Some(Options::system_clock()),
        events: vec![EventKind::Usage],
        on_event: Some(Box::new(move |event| {
            let instructions =
                event.get("instructions").and_then(Value::as_i64).and_then(|number| u64::try_from(number).ok());
            used.instructions.fetch_add(instructions.unwrap_or(0), Ordering::Relaxed);
        })),
        ..Options::default()
    };
    let options = options
        .function("json.read", |args: Args| json::read(args.at(0).as_bytes().ok_or("a text is wanted")?))
        .function("json.write", |args: Args| Ok::<_, String>(json::written(args.at(0), None)));
    let options = synchronous(options, job, "vault.sign", |job, args| {
        let (secret, text) = signed(job, args)?;
        Ok(hex(secret.sign(text).as_ref()).into())
    });
    let options = synchronous(options, job, "vault.verify", |job, args| {
        let (secret, text) = signed(job, args)?;
        let digits = args.at(2).as_str().unwrap_or_default();
        let signature = crate::hex::unhex::<32>(digits);
        Ok(signature.is_some_and(|signature| secret.verify(text, &signature)).into())
    });
    let options = synchronous(options, job, "answer.begin", |job, args| {
        let status = args.at(0).as_i64().ok_or("the status is a number")?;
        job.sending.begin(Head::new(status, args.at(1).as_bytes().ok_or("the type is a text")?)?)?;
        Ok(Value::Nil)
    });
    let options = asynchronous(options, job, "answer.send", |job, args| async move {
        let piece = args.at(0).as_bytes().ok_or("a text is wanted")?.to_vec();
        if job.sending.begun().is_none() {
            return Err("host.answer.begin comes first".into());
        }
        job.send(piece).await.map_err(|stop| job.stopped(stop))?;
        Ok(Value::Nil)
    });
    let options = asynchronous(options, job, "stream.read", |job, args| async move {
        let number = args.at(0).as_i64().ok_or("the number of a stream is wanted")?;
        let mut body =
            job.take_stream(number).ok_or_else(|| format!("there is no stream {number}, or it is being read"))?;
        let piece = body.next().await?;
        if piece.is_some() {
            job.put_stream(number, body);
        }
        Ok(piece.map_or(Value::Nil, Value::String))
    });
    asynchronous(options, job, "vault.fetch", |job, args| async move { fetch(&job, &args).await })
}

async fn fetch(job: &Arc<Job>, args: &Args) -> Result<Value, String> {
    let (name, secret) = secret(job, args)?;
    let asked = Asked::read(args.at(1))?;
    let is_stream = asked.is_stream;
    job.open.call(job.limits.calls).await.map_err(|refusal| {
        if refusal.reason == Reason::Quota {
            job.refused(&refusal);
        }
        refusal.message
    })?;
    job.audit("upstream_asked", &[("secret", name.into())]);
    let answer = job.upstreams.ask(secret, asked, job.deadline).await?;
    let mut fields = vec![("status", i64::from(answer.status).into()), ("headers", answer.headers)];
    if is_stream {
        fields.push(("stream", job.new_stream(answer.body).into()));
    } else {
        fields.push(("body", Value::String(answer.body.all(TEXT).await?)));
    }
    Ok(fields.into_iter().collect())
}

fn secret<'a>(job: &'a Job, args: &'a Args) -> Result<(&'a str, &'a Secret), String> {
    let name = args.at(0).as_str().ok_or("the name of a secret is wanted")?;
    let secret = job.vault.secrets.get(name).ok_or_else(|| format!("there is no secret '{name}'"))?;
    Ok((name, secret))
}

/// A secret for signatures, and a text. One for an upstream signs nothing: what another program takes for its signature is not
/// known here.
fn signed<'a>(job: &'a Job, args: &'a Args) -> Result<(&'a Secret, &'a [u8]), String> {
    let (name, secret) = secret(job, args)?;
    if secret.purpose != Use::Sign {
        return Err(format!("the secret '{name}' is for an upstream, not for signatures"));
    }
    Ok((secret, args.at(1).as_bytes().ok_or("the text is a string")?))
}

fn synchronous(
    options: Options,
    job: &Arc<Job>,
    name: &str,
    act: impl Fn(&Job, &Args) -> Result<Value, String> + Send + 'static,
) -> Options {
    let job = Arc::clone(job);
    options.function(name, move |args: Args| act(&job, &args))
}

/// A function that works on the threads for input and output, so that a script that computes for long keeps none waiting.
fn asynchronous<F: Future<Output = Result<Value, String>> + Send + 'static>(
    options: Options,
    job: &Arc<Job>,
    name: &str,
    act: impl Fn(Arc<Job>, Args) -> F + Send + 'static,
) -> Options {
    let job = Arc::clone(job);
    options.async_function(name, move |args: Args| {
        // Ends what it has when it is dropped.
        let mut tasks = JoinSet::new();
        tasks.spawn_on(act(Arc::clone(&job), args), &job.io);
        async move {
            let done = tasks.join_next().await;
            done.and_then(Result::ok).unwrap_or_else(|| Err("the relay failed in this function".to_owned()))
        }
    })
}
