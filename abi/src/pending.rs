//! Computes that wait for a function of the host: what `compute` returns for one, and the record that goes on with it.
//!
//! The one value of the response, in place of results:
//!
//! ```text
//! offset 0   u8        0C
//! offset 1   i64       ticket, which no other wait in the instance has
//! offset 9   ...       to the end: a call record ([`crate::call`]) as for a function that is not waited for
//! ```
//!
//! What `compute` takes in place of source, to go on:
//!
//! ```text
//! offset 0   3 bytes   1B 'C' 'u'
//! offset 3   u8        version = 1
//! offset 4   u8        flags = 2
//! offset 5   i64       ticket
//! offset 13  ...       the answer to the call ([`crate::functions`]); or 02: the compute is cancelled
//! ```

use crate::call::{FLAG_ANSWER, SIGNATURE, VERSION, is_call};
use crate::functions::{ANSWER_CANCEL, ANSWER_ERROR, ANSWER_RESULTS};
use crate::malformed::{Malformed, Problem};
use crate::tags;
use crate::value::Writer;

/// Where a ticket begins in a pending value.
const TICKET_AT: usize = 1;

/// Where the call record begins in a pending value.
pub const CALL_AT: usize = TICKET_AT + size_of::<i64>();

/// Where a ticket begins in a record that goes on.
const ANSWERED_AT: usize = SIGNATURE.len() + 2;

/// Where the answer begins in a record that goes on.
pub const ANSWER_AT: usize = ANSWERED_AT + size_of::<i64>();

/// A call of the host for which a compute waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending<'a> {
    /// What tells this wait from others.
    pub ticket: i64,
    /// A call record.
    pub call: &'a [u8],
}

impl<'a> Pending<'a> {
    /// Reads the values of a response; none if they are results.
    pub fn read(values: &'a [u8]) -> Option<Pending<'a>> {
        if values.first() != Some(&tags::PENDING) {
            return None;
        }
        Some(Pending { ticket: ticket_at(values, TICKET_AT)?, call: values.get(CALL_AT..)? })
    }

    /// What stands in front of the call record.
    pub fn head(ticket: i64) -> [u8; CALL_AT] {
        let mut head = [tags::PENDING; CALL_AT];
        head[TICKET_AT..].copy_from_slice(&ticket.to_le_bytes());
        head
    }
}

/// What becomes of a compute that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered<'a> {
    /// That of the wait.
    pub ticket: i64,
    /// An answer, whose values are not checked; none: the compute is cancelled.
    pub answer: Option<&'a [u8]>,
}

impl<'a> Answered<'a> {
    /// Whether the bytes are meant as such a record.
    #[inline]
    pub fn is_one(bytes: &[u8]) -> bool {
        is_call(bytes) && bytes.get(SIGNATURE.len() + 1) == Some(&FLAG_ANSWER)
    }

    /// The ticket in what is meant as such a record, whatever the answer is.
    pub fn ticket(bytes: &[u8]) -> Option<i64> {
        if Answered::is_one(bytes) { ticket_at(bytes, ANSWERED_AT) } else { None }
    }

    /// Reads a record.
    pub fn read(record: &'a [u8]) -> Result<Answered<'a>, Malformed> {
        if record.get(SIGNATURE.len()) != Some(&VERSION) {
            return Err(Malformed::new(SIGNATURE.len(), Problem::CallVersion));
        }
        let ticket = ticket_at(record, ANSWERED_AT).ok_or(Malformed::new(record.len(), Problem::CutOff))?;
        let answer = record.get(ANSWER_AT..).unwrap_or_default();
        match answer {
            [] => Err(Malformed::new(ANSWER_AT, Problem::CutOff)),
            [ANSWER_CANCEL] => Ok(Answered { ticket, answer: None }),
            [ANSWER_CANCEL, ..] => Err(Malformed::new(ANSWER_AT + 1, Problem::BytesAfter)),
            [ANSWER_RESULTS | ANSWER_ERROR, ..] => Ok(Answered { ticket, answer: Some(answer) }),
            _ => Err(Malformed::new(ANSWER_AT, Problem::AnswerForm)),
        }
    }

    /// Writes what stands in front of the answer.
    pub fn write_head(writer: &mut Writer<'_>, ticket: i64) {
        writer.bytes(&SIGNATURE);
        writer.bytes(&[VERSION, FLAG_ANSWER]);
        writer.bytes(&ticket.to_le_bytes());
    }

    /// The record that cancels a compute.
    pub fn cancel(ticket: i64) -> [u8; ANSWER_AT + 1] {
        let mut record = [ANSWER_CANCEL; ANSWER_AT + 1];
        let mut writer = Writer::new(&mut record);
        Answered::write_head(&mut writer, ticket);
        record
    }
}

fn ticket_at(bytes: &[u8], at: usize) -> Option<i64> {
    let (ticket, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(i64::from_le_bytes(*ticket))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut buffer = [0; 64];
        let whole = [&Pending::head(-7)[..], b"call"].concat();
        assert_eq!(Pending::read(&whole), Some(Pending { ticket: -7, call: b"call" }));
        let mut writer = Writer::new(&mut buffer);
        Answered::write_head(&mut writer, i64::MAX);
        writer.bytes(&[ANSWER_ERROR, tags::NIL]);
        let record = writer.written().expect("it fits");
        assert!(Answered::is_one(record));
        assert_eq!((Answered::ticket(record), Answered::ticket(b"return 1")), (Some(i64::MAX), None));
        let read = Answered { ticket: i64::MAX, answer: Some(&[ANSWER_ERROR, tags::NIL]) };
        assert_eq!(Answered::read(record), Ok(read));

        let cancel = Answered::cancel(3);
        assert_eq!(Answered::read(&cancel), Ok(Answered { ticket: 3, answer: None }));
        assert_eq!(Pending::read(&[tags::NIL]), None);
    }

    #[test]
    fn a_record_that_is_cut_anywhere_is_malformed() {
        let cancel = Answered::cancel(3);
        for length in SIGNATURE.len()..cancel.len() {
            assert!(Answered::read(&cancel[..length]).is_err(), "{length} bytes");
        }
        let mut longer = [0; ANSWER_AT + 2];
        longer[..cancel.len()].copy_from_slice(&cancel);
        assert_eq!(Answered::read(&longer), Err(Malformed::new(ANSWER_AT + 1, Problem::BytesAfter)));
        longer[ANSWER_AT] = 3;
        assert_eq!(Answered::read(&longer), Err(Malformed::new(ANSWER_AT, Problem::AnswerForm)));
    }
}
