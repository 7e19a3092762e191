//! Calendar time in UTC, the only time zone, and `strftime` in the C locale.
//!
//! Invariant: between `Calendar` and seconds since 1970 both ways are exact for every year that
//! fits an `i32`, in the proleptic Gregorian calendar.

use super::decimal;
use super::output::Output;
use core::sync::atomic::{AtomicPtr, Ordering};

/// `struct tm` of `include/time.h`, field by field.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// 0 to 60.
    pub second: i32,
    /// 0 to 59.
    pub minute: i32,
    /// 0 to 23.
    pub hour: i32,
    /// 1 to 31.
    pub day: i32,
    /// 0 to 11.
    pub month: i32,
    /// Years since 1900.
    pub year: i32,
    /// 0 to 6 from Sunday.
    pub weekday: i32,
    /// 0 to 365.
    pub yearday: i32,
    /// Always 0.
    pub daylight_saving: i32,
}

const DAY_SECONDS: i64 = 86_400;
/// Days of 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;
/// Days from 1 March of year 0 to 1 January 1970.
const EPOCH_DAYS: i64 = 719_468;

/// `gmtime`; `None` when the year does not fit.
pub fn from_seconds(seconds: i64) -> Option<Calendar> {
    let days = seconds.div_euclid(DAY_SECONDS);
    let in_day = seconds.rem_euclid(DAY_SECONDS) as i32;
    // Years that begin in March have their leap day at the end.
    let from_march = days + EPOCH_DAYS;
    let era = from_march.div_euclid(ERA_DAYS);
    let day_of_era = from_march.rem_euclid(ERA_DAYS);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    let year = era * 400 + year_of_era + i64::from(month < 2);
    Some(Calendar {
        second: in_day % 60,
        minute: in_day / 60 % 60,
        hour: in_day / 3_600,
        day: day as i32,
        month: month as i32,
        year: i32::try_from(year - 1900).ok()?,
        weekday: (days + 4).rem_euclid(7) as i32,
        yearday: (days - days_before(year, 0)) as i32,
        daylight_saving: 0,
    })
}

/// Days from 1970 to the first day of a month (0 to 11).
fn days_before(year: i64, month: i64) -> i64 {
    let month_from_march = (month + 10) % 12;
    let year = year - i64::from(month < 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month_from_march + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * ERA_DAYS + day_of_era - EPOCH_DAYS
}

/// `mktime`: the seconds of a calendar time whose fields may lie outside their ranges, and the
/// same time with all fields in range; `None` when its year does not fit.
pub fn to_seconds(calendar: &Calendar) -> Option<(i64, Calendar)> {
    let month = i64::from(calendar.month);
    let year = i64::from(calendar.year) + 1900 + month.div_euclid(12);
    let days = days_before(year, month.rem_euclid(12)) + i64::from(calendar.day) - 1;
    let seconds = days * DAY_SECONDS
        + i64::from(calendar.hour) * 3_600
        + i64::from(calendar.minute) * 60
        + i64::from(calendar.second);
    Some((seconds, from_seconds(seconds)?))
}

/// A function that returns the time in milliseconds since 1970.
pub type ClockSource = fn() -> f64;

/// The only state of this library. One thread makes a plain load and store of it.
static CLOCK_SOURCE: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Sets the source of the time for `time` and `clock`. Without a source the time is always 0.
pub fn set_clock_source(source: ClockSource) {
    CLOCK_SOURCE.store(source as *mut (), Ordering::Relaxed);
}

/// Milliseconds since 1970.
fn milliseconds() -> f64 {
    let source = CLOCK_SOURCE.load(Ordering::Relaxed);
    if source.is_null() {
        return 0.0;
    }
    // SAFETY: what is not null was a `ClockSource` in `set_clock_source`, the only place that stores.
    let source: ClockSource = unsafe { core::mem::transmute(source) };
    source()
}

/// `time`: whole seconds since 1970.
pub fn now() -> i64 {
    let milliseconds = milliseconds();
    let seconds = (milliseconds / 1_000.0) as i64;
    // The cast rounds towards zero.
    seconds - i64::from(seconds as f64 * 1_000.0 > milliseconds)
}

/// `clock`, in `CLOCKS_PER_SEC` (millionths of a second). It is the time since 1970 and not since
/// some start, so that it depends only on the clock source. Differences are the same.
pub fn clock() -> i64 {
    (milliseconds() * 1_000.0) as i64
}

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `strftime` with the conversions of C99, without a terminating zero. Returns the length of the
/// text, or `None` when it does not fit `buffer`.
pub fn format(buffer: &mut [u8], format: &[u8], calendar: &Calendar) -> Option<usize> {
    let room = buffer.len();
    let mut writer = TimeWriter(Output::new(buffer));
    writer.format(format, calendar);
    let length = writer.0.length();
    (length <= room).then_some(length)
}

/// The conversions, appended to a text.
struct TimeWriter<'a>(Output<'a>);

impl TimeWriter<'_> {
    /// A number of at least `width` characters, its sign among them.
    #[inline(never)]
    fn number(&mut self, value: i64, width: usize, padding: u8) {
        let mut digits = [0; 20];
        let digits = decimal::write_integer(value.unsigned_abs(), &mut digits);
        if value < 0 {
            self.0.write(b"-");
        }
        self.0.repeat(padding, width.saturating_sub(digits.len() + usize::from(value < 0)));
        self.0.write(digits);
    }

    /// A name, or its first three letters; `?` when the number has none.
    #[inline(never)]
    fn name(&mut self, names: &[&str], number: i32, short: bool) {
        let name = usize::try_from(number).ok().and_then(|number| names.get(number));
        let text = name.map_or("?", |name| name);
        let length = if short { text.len().min(3) } else { text.len() };
        self.0.write(text.as_bytes().get(..length).unwrap_or_default());
    }

    fn format(&mut self, format: &[u8], calendar: &Calendar) {
        let mut rest = format;
        while let Some((byte, after)) = rest.split_first() {
            rest = match (byte, after) {
                // The modifiers for other calendars and digits change nothing in the C locale.
                (b'%', [b'E' | b'O', conversion, after @ ..] | [conversion, after @ ..]) => {
                    self.convert(*conversion, calendar);
                    after
                }
                _ => {
                    self.0.write(&[*byte]);
                    after
                }
            };
        }
    }

    fn convert(&mut self, conversion: u8, calendar: &Calendar) {
        let two = |writer: &mut Self, value: i32| writer.number(i64::from(value), 2, b'0');
        let year = i64::from(calendar.year) + 1900;
        let hour_of_12 = (i64::from(calendar.hour) + 11).rem_euclid(12) + 1;
        match conversion {
            b'a' => self.name(&WEEKDAYS, calendar.weekday, true),
            b'A' => self.name(&WEEKDAYS, calendar.weekday, false),
            b'b' | b'h' => self.name(&MONTHS, calendar.month, true),
            b'B' => self.name(&MONTHS, calendar.month, false),
            b'c' => self.format(b"%a %b %e %H:%M:%S %Y", calendar),
            b'C' => self.number(year.div_euclid(100), 1, b'0'),
            b'd' => two(self, calendar.day),
            b'D' | b'x' => self.format(b"%m/%d/%y", calendar),
            b'e' => self.number(i64::from(calendar.day), 2, b' '),
            b'F' => self.format(b"%Y-%m-%d", calendar),
            b'g' => self.number(week_year(calendar).0.rem_euclid(100), 2, b'0'),
            b'G' => self.number(week_year(calendar).0, 1, b'0'),
            b'H' => two(self, calendar.hour),
            b'I' => self.number(hour_of_12, 2, b'0'),
            b'j' => self.number(i64::from(calendar.yearday) + 1, 3, b'0'),
            b'm' => self.number(i64::from(calendar.month) + 1, 2, b'0'),
            b'M' => two(self, calendar.minute),
            b'n' => self.0.write(b"\n"),
            b'p' => self.0.write(if calendar.hour < 12 { b"AM" } else { b"PM" }),
            b'r' => self.format(b"%I:%M:%S %p", calendar),
            b'R' => self.format(b"%H:%M", calendar),
            b'S' => two(self, calendar.second),
            b't' => self.0.write(b"\t"),
            b'T' | b'X' => self.format(b"%H:%M:%S", calendar),
            b'u' => self.number((i64::from(calendar.weekday) + 6).rem_euclid(7) + 1, 1, b'0'),
            b'U' => self.number(week_of_year(calendar, 0), 2, b'0'),
            b'V' => self.number(week_year(calendar).1, 2, b'0'),
            b'w' => self.number(i64::from(calendar.weekday), 1, b'0'),
            b'W' => self.number(week_of_year(calendar, 1), 2, b'0'),
            b'y' => self.number(year.rem_euclid(100), 2, b'0'),
            b'Y' => self.number(year, 1, b'0'),
            b'z' => self.0.write(b"+0000"),
            b'Z' => self.0.write(b"UTC"),
            b'%' => self.0.write(b"%"),
            other => self.0.write(&[b'%', other]),
        }
    }
}

/// The week of the year, which begins on the first `first_weekday`; days before it are in week 0.
fn week_of_year(calendar: &Calendar, first_weekday: i64) -> i64 {
    let since_start = (i64::from(calendar.weekday) - first_weekday).rem_euclid(7);
    (i64::from(calendar.yearday) + 7 - since_start) / 7
}

/// The ISO 8601 year and week: a week belongs to the year of its Thursday.
fn week_year(calendar: &Calendar) -> (i64, i64) {
    let year = i64::from(calendar.year) + 1900;
    let since_monday = (i64::from(calendar.weekday) + 6).rem_euclid(7);
    let thursday = i64::from(calendar.yearday) - since_monday + 3;
    let length = |year| days_before(year + 1, 0) - days_before(year, 0);
    if thursday < 0 {
        return (year - 1, (thursday + length(year - 1)) / 7 + 1);
    }
    if thursday >= length(year) {
        return (year + 1, (thursday - length(year)) / 7 + 1);
    }
    (year, thursday / 7 + 1)
}
