//! Figures for a person, beside earlier ones.
//!
//! Invariant: a difference in time is named only where it is larger than the spread of both.

use super::figures::{Figures, KINDS, Span};

pub fn text(figures: &Figures, before: Option<&Figures>) -> String {
    let mut text = format!("{}\n", head(figures));
    if let Some(before) = before {
        text += &format!("before: {}\n", head(before));
    }
    let width = KINDS.iter().map(|kind| kind.len()).max().unwrap_or(0);
    for (at, kind) in KINDS.iter().enumerate() {
        let span = figures.spans[at];
        let line = format!("{kind:width$}  {}{}", amount(kind, span.median), spread(kind, span));
        text += &match before.map(|before| before.spans[at]) {
            Some(before) => format!("{line}; {}\n", change(kind, span, before)),
            None => format!("{line}\n"),
        };
    }
    text
}

fn head(figures: &Figures) -> String {
    let name = figures.name.lines().next().unwrap_or_default();
    format!("{}: {} runs with {}", crate::inspect::shortened(name), figures.runs, figures.engine)
}

/// How far the runs lie apart, if they do.
fn spread(kind: &str, span: Span) -> String {
    if span.least == span.most {
        return String::new();
    }
    let [lower, upper, least, most] =
        [span.lower, span.upper, span.least, span.most].map(|number| amount(kind, number));
    format!(" (half of them {lower} to {upper}, all {least} to {most})")
}

fn change(kind: &str, now: Span, before: Span) -> String {
    let was = amount(kind, before.median);
    if now.median == before.median {
        return "as before".to_owned();
    }
    let is_within = |number: u64, span: Span| (span.lower..=span.upper).contains(&number);
    if is_within(now.median, before) || is_within(before.median, now) {
        return format!("no difference that can be told from {was}");
    }
    let word = if now.median > before.median { "more" } else { "less" };
    if before.median == 0 {
        return format!("{word} than {was}");
    }
    let part = 100.0 * (now.median as f64 - before.median as f64).abs() / before.median as f64;
    let digits = if part < 10.0 { 1 } else { 0 };
    format!("{part:.digits$} % {word} than {was}")
}

/// A number with its unit.
fn amount(kind: &str, number: u64) -> String {
    match kind {
        "time" => time(number),
        "memory" => format!("{number} bytes"),
        _ => number.to_string(),
    }
}

/// Nanoseconds, with three digits.
fn time(nanoseconds: u64) -> String {
    let mut number = nanoseconds as f64;
    let mut unit = "ns";
    for larger in ["us", "ms", "s"] {
        if number < 999.5 {
            break;
        }
        (number, unit) = (number / 1000.0, larger);
    }
    let digits = match number {
        _ if unit == "ns" => 0,
        number if number < 9.995 => 2,
        number if number < 99.95 => 1,
        _ => 0,
    };
    format!("{number:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        for (nanoseconds, text) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1000, "1.00 us"),
            (12_345, "12.3 us"),
            (999_499, "999 us"),
            (999_500, "1.00 ms"),
            (3_129_999, "3.13 ms"),
            (61_000_000_000, "61.0 s"),
            (6_100_000_000_000, "6100 s"),
        ] {
            assert_eq!(time(nanoseconds), text);
        }
    }

    #[test]
    fn only_what_is_larger_than_the_spread_is_a_difference() {
        let span =
            |median: u64, half: u64| Span { median, lower: median - half, upper: median + half, least: 0, most: 9 };
        assert_eq!(change("time", span(1000, 10), span(1000, 10)), "as before");
        assert_eq!(change("time", span(1005, 10), span(1000, 1)), "no difference that can be told from 1.00 us");
        assert_eq!(change("time", span(1005, 1), span(1000, 10)), "no difference that can be told from 1.00 us");
        assert_eq!(change("time", span(1500, 10), span(1000, 10)), "50 % more than 1.00 us");
        assert_eq!(change("reads", span(985, 0), span(1000, 0)), "1.5 % less than 1000");
        assert_eq!(change("writes", span(3, 0), span(0, 0)), "more than 0");
    }
}
