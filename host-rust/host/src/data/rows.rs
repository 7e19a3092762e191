//! What queries and feeds answer.

use cu_abi::status::ErrorClass;

use super::table::elements;
use crate::error::Error;
use crate::value::Value;

/// Rows of one page of [`Each`].
const PAGE_ROWS: i64 = 1000;

/// The rows that a query found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The rows, or the aggregates.
    pub rows: Vec<Value>,
    /// The key of each row.
    pub keys: Vec<Value>,
    /// Where the next page begins, for `after`; `None` when there are no more rows.
    pub cursor: Option<Value>,
}

impl Rows {
    pub(super) fn read(values: Vec<Value>) -> Result<Rows, Error> {
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or_default();
        let (rows, keys, cursor) = (elements(next()), elements(next()), next());
        Ok(Rows { rows, keys, cursor: if cursor.is_nil() { None } else { Some(cursor) } })
    }
}

/// What changed in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Changes {
    /// The changes, and the position of the last one.
    Kept {
        /// Where to go on.
        position: i64,
        /// Each is a table.
        changes: Vec<Value>,
    },
    /// The changes behind that position are not kept any more.
    Lost {
        /// Of the last change of all.
        position: i64,
        /// Why.
        problem: String,
    },
}

/// Every row that a query finds, as key and row, page by page. After an error there are no more.
pub struct Each<'a> {
    query: Box<dyn FnMut(Value) -> Result<Rows, Error> + 'a>,
    spec: Value,
    page: std::vec::IntoIter<(Value, Value)>,
    cursor: Option<Value>,
    /// The most rows of a page: fewer when one was too large.
    most: i64,
    /// Rows that may still come; none where there is no limit.
    left: Option<i64>,
    is_over: bool,
}

impl<'a> Each<'a> {
    pub(super) fn new(spec: Value, query: impl FnMut(Value) -> Result<Rows, Error> + 'a) -> Each<'a> {
        let left = spec.get("limit").and_then(Value::as_i64);
        Each {
            query: Box::new(query),
            spec,
            page: Vec::new().into_iter(),
            cursor: None,
            most: PAGE_ROWS,
            left,
            is_over: false,
        }
    }

    /// Reads the next page; one that is too large again with half of its rows.
    fn turn(&mut self) -> Result<(), Error> {
        let Rows { rows, keys, cursor } = loop {
            let limit = self.left.map_or(self.most, |left| left.min(self.most));
            let spec = self.page_spec(limit);
            match (self.query)(spec) {
                Err(error) if limit > 1 && is_too_large(&error) => self.most = (limit + 1) / 2,
                answer => break answer?,
            }
        };
        self.left = self.left.map(|left| left - rows.len() as i64);
        self.is_over = cursor.is_none() || self.left.is_some_and(|left| left <= 0);
        self.cursor = cursor;
        self.page = keys.into_iter().zip(rows).collect::<Vec<_>>().into_iter();
        Ok(())
    }

    fn page_spec(&self, limit: i64) -> Value {
        let mut pairs: Vec<(Value, Value)> = match &self.spec {
            Value::Table(pairs) => pairs.clone(),
            _ => Vec::new(),
        };
        let is_replaced = |key: &Value| {
            matches!(key.as_str(), Some("limit"))
                || (self.cursor.is_some() && matches!(key.as_str(), Some("after" | "offset")))
        };
        pairs.retain(|(key, _)| !is_replaced(key));
        pairs.push(("limit".into(), limit.into()));
        pairs.extend(self.cursor.clone().map(|cursor| ("after".into(), cursor)));
        Value::Table(pairs)
    }
}

/// Whether fewer rows, or fewer operations, could be answered.
pub(super) fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::Lua(error) if matches!(error.class, Some(ErrorClass::Result | ErrorClass::Memory)))
}

impl Iterator for Each<'_> {
    type Item = Result<(Value, Value), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.page.next() {
                return Some(Ok(row));
            }
            if self.is_over || self.left == Some(0) {
                return None;
            }
            if let Err(error) = self.turn() {
                self.is_over = true;
                return Some(Err(error));
            }
        }
    }
}
