//! Wrong usage, in words; numbers of options.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

/// What is wrong with the command line.
#[derive(Debug)]
pub struct Usage(pub String);

pub fn seconds(option: &str, text: &str) -> Result<Duration, Usage> {
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| Usage(format!("{option} takes a number of seconds, not '{text}'")))
}

pub fn number<T: FromStr + PartialOrd + Display>(option: &str, text: &str, least: T, most: T) -> Result<T, Usage> {
    let number = text.parse().ok().filter(|number| (&least..=&most).contains(&number));
    number.ok_or_else(|| Usage(format!("{option} takes a whole number from {least} to {most}, not '{text}'")))
}
