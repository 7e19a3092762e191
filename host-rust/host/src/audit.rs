//! A file of audit events: one line of JSON for each event.
//!
//! Invariant: a line is written whole, or the write is an error; lines that are there never change. For the same event,
//! name and time, `AuditLog` of host-js writes the same bytes.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use cu_abi::events::field;

use crate::error::{Cause, Error};
use crate::event::{Clock, EventKind, system_clock};
use crate::value::Value;

/// Writes audit events to the end of a file. [`Options`] takes a log for an instance; a handler of events can have
/// another one.
pub struct AuditLog {
    path: PathBuf,
    file: File,
    name: Option<String>,
    sync: bool,
    clock: Clock,
    /// The last write failed, so the last line may not be whole.
    is_torn: bool,
}

impl AuditLog {
    /// Opens a file to add lines. A missing file is created; on Unix only its owner can use it.
    pub fn open(path: impl AsRef<Path>) -> Result<AuditLog, Error> {
        let path = path.as_ref();
        let opened = appending().open(path);
        let file = opened.map_err(|error| Error::Open { file: path.to_owned(), cause: Cause::of(error) })?;
        let clock = system_clock();
        Ok(AuditLog { path: path.to_owned(), file, name: None, sync: false, clock, is_torn: false })
    }

    /// Writes this name of the instance into each line, as the field `instance`.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> AuditLog {
        self.name = Some(name.into());
        self
    }

    /// Puts each line on the disk before the script continues.
    #[must_use]
    pub fn synced(mut self) -> AuditLog {
        self.sync = true;
        self
    }

    /// For tests: the clock for the field `time`, in place of the real time.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> AuditLog {
        self.clock = clock;
        self
    }

    /// Writes an audit event; ignores every other event.
    pub fn write(&mut self, event: &Value) -> Result<(), Error> {
        if event.get(field::KIND).and_then(Value::as_str) != Some(EventKind::Audit.name()) {
            return Ok(());
        }
        let path = self.path.clone();
        let failed = |cause: Cause| Error::Audit { file: path.clone(), cause };
        let milliseconds = (self.clock)();
        let time = iso_time(milliseconds)
            .ok_or_else(|| failed(format!("the clock tells {milliseconds} milliseconds").into()))?;
        let line = line(&time, self.name.as_deref(), event.as_table().unwrap_or_default());
        // After a failed write the file may end within a line, so the next line starts with a newline.
        let start = if self.is_torn { "\n" } else { "" };
        self.is_torn = true;
        self.file.write_all([start, &line].concat().as_bytes()).map_err(|error| failed(Cause::of(error)))?;
        self.is_torn = false;
        if self.sync {
            self.file.sync_all().map_err(|error| failed(Cause::of(error)))?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn appending() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    const OWNER_ONLY: u32 = 0o600;
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(OWNER_ONLY);
    options
}

#[cfg(not(unix))]
fn appending() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    options
}

/// The time, the name if there is one, and the fields of the event in their order, without `kind`.
fn line(time: &str, name: Option<&str>, event: &[(Value, Value)]) -> String {
    let mut line = String::from("{\"time\":");
    quote(&mut line, time);
    if let Some(name) = name {
        line.push_str(",\"instance\":");
        quote(&mut line, name);
    }
    for (field, value) in event.iter().filter(|(name, _)| name.as_str() != Some(field::KIND)) {
        line.push(',');
        quote(&mut line, &text(field));
        line.push(':');
        match value {
            Value::Integer(number) => line.push_str(&number.to_string()),
            other => quote(&mut line, &text(other)),
        }
    }
    line.push_str("}\n");
    line
}

/// Writes a string, with U+FFFD for bytes that are not UTF-8. The module's events have only strings and integers; any
/// other value is written in Lua's notation.
fn text(value: &Value) -> String {
    value.as_bytes().map_or_else(|| value.to_string(), |bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// Adds a JSON string, as `JSON.stringify` writes it.
fn quote(line: &mut String, text: &str) {
    line.push('"');
    for character in text.chars() {
        match character {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\u{8}' => line.push_str("\\b"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\u{c}' => line.push_str("\\f"),
            '\r' => line.push_str("\\r"),
            '\0'..' ' => line.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => line.push(character),
        }
    }
    line.push('"');
}

/// The time farthest from 1970 that JavaScript's `Date` can hold, in milliseconds.
const FARTHEST: f64 = 8.64e15;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Writes milliseconds since 1970 as `Date.toISOString` does; `None` beyond its range.
fn iso_time(milliseconds: f64) -> Option<String> {
    if !(-FARTHEST..=FARTHEST).contains(&milliseconds) {
        return None;
    }
    let whole = milliseconds.trunc() as i64;
    let (year, month, day) = date(whole.div_euclid(DAY));
    let rest = whole.rem_euclid(DAY);
    let (hour, minute) = (rest / HOUR, rest % HOUR / MINUTE);
    let (second, millisecond) = (rest % MINUTE / SECOND, rest % SECOND);
    let year = if (0..=9999).contains(&year) { format!("{year:04}") } else { format!("{year:+07}") };
    Some(format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"))
}

/// Year, month and day of a number of days since 1970, in the Gregorian calendar.
///
/// The count starts at 1 March of the year 0, so that a leap day is the last day of its year: eras of 400 years have
/// the same number of days, and from March on the lengths of the months repeat every 153 days.
fn date(days: i64) -> (i64, i64, i64) {
    const TO_1970: i64 = 719_468;
    const YEAR: i64 = 365;
    const FOUR_YEARS: i64 = 4 * YEAR + 1;
    const CENTURY: i64 = 25 * FOUR_YEARS - 1;
    const ERA: i64 = 4 * CENTURY + 1;
    const FIVE_MONTHS: i64 = 153;
    let days = days + TO_1970;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / (FOUR_YEARS - 1) + of_era / CENTURY - of_era / (ERA - 1)) / YEAR;
    let of_year = of_era - (YEAR * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / FIVE_MONTHS;
    let day = of_year - (FIVE_MONTHS * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_date_to_iso_string() {
        for (milliseconds, time) in [
            (0.0, "1970-01-01T00:00:00.000Z"),
            (-1.0, "1969-12-31T23:59:59.999Z"),
            (-0.5, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000.0, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000.0, "2000-03-01T00:00:00.000Z"),
            (1_000_000_000_000.9, "2001-09-09T01:46:40.000Z"),
            (1_767_323_045_006.0, "2026-01-02T03:04:05.006Z"),
            (4_107_542_399_999.0, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000.0, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999.0, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000.0, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000.0, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001.0, "-000001-12-31T23:59:59.999Z"),
            (FARTHEST, "+275760-09-13T00:00:00.000Z"),
            (-FARTHEST, "-271821-04-20T00:00:00.000Z"),
        ] {
            assert_eq!(iso_time(milliseconds).as_deref(), Some(time), "{milliseconds}");
        }
        for milliseconds in [f64::NAN, f64::INFINITY, FARTHEST + 1.0] {
            assert_eq!(iso_time(milliseconds), None, "{milliseconds}");
        }
    }

    #[test]
    fn each_day_of_a_thousand_years_follows_the_one_before() {
        let leaps = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let mut expected = (1600, 1, 1);
        for days in -135_140..230_103 {
            assert_eq!(date(days), expected);
            let (year, month, day) = expected;
            let last = match month {
                2 => 28 + i64::from(leaps(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, day) if day == last => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
        assert_eq!(expected, (2600, 1, 1));
    }

    #[test]
    fn strings_are_those_of_json_stringify() {
        for (text, json) in [
            ("", r#""""#),
            ("a\"b\\c/", r#""a\"b\\c/""#),
            ("\0\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1f} \u{7f}", "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f \u{7f}\""),
            ("\u{85}\u{2028}\u{2029}\u{feff}é😀", "\"\u{85}\u{2028}\u{2029}\u{feff}é😀\""),
        ] {
            let mut line = String::new();
            quote(&mut line, text);
            assert_eq!(line, json);
        }
    }

    #[test]
    fn a_line_has_time_name_and_fields_in_their_order() {
        let event = Value::from([
            ("kind", Value::from("audit")),
            ("action", "limit_hit".into()),
            ("sequence", 7.into()),
            ("message", b"cut \xf0\x9f\x98 and \xff"[..].into()),
            ("value", i64::MIN.into()),
            ("new", vec![true].into()),
        ]);
        let fields = event.as_table().unwrap();
        let rest = "\"action\":\"limit_hit\",\"sequence\":7,\"message\":\"cut \u{fffd} and \u{fffd}\",\
                    \"value\":-9223372036854775808,\"new\":\"{true}\"}\n";
        assert_eq!(line("T", None, fields), format!("{{\"time\":\"T\",{rest}"));
        assert_eq!(line("T", Some("a\n"), fields), format!("{{\"time\":\"T\",\"instance\":\"a\\n\",{rest}"));
    }
}
