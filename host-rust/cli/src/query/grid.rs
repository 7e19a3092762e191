//! Rows as a table of text: a column for each field, as wide as it has to be.

use cu_host::Value;

use crate::inspect::plain;
use crate::paint::Paint;

/// Columns of the terminal that a field may take.
const WIDTH: usize = 40;

/// Cells in rows, under names.
pub struct Grid {
    names: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Default)]
struct Cell {
    text: String,
    is_number: bool,
}

impl Grid {
    /// Rows with their keys, if they have any. A row that is no table is the field `value`.
    pub fn of<'a>(rows: impl Iterator<Item = (&'a Value, Option<&'a Value>)>) -> Grid {
        let mut names: Vec<String> = Vec::new();
        let mut cells = Vec::new();
        for (row, key) in rows {
            let mut line = Vec::new();
            let mut put = |name: String, value: &Value| {
                let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                });
                line.resize(line.len().max(at + 1), Cell::default());
                line[at] = Cell::of(value);
            };
            if let Some(key) = key {
                put("(key)".to_owned(), key);
            }
            match row.as_table() {
                Some(fields) => {
                    let mut fields: Vec<_> =
                        fields.iter().map(|(name, value)| (shortened(&name.to_string()), value)).collect();
                    fields.sort_by(|one, other| one.0.cmp(&other.0));
                    fields.into_iter().for_each(|(name, value)| put(name, value));
                }
                None => put("value".to_owned(), row),
            }
            cells.push(line);
        }
        Grid { names, rows: cells }
    }

    pub fn text(mut self) -> String {
        let count = self.names.len();
        self.rows.iter_mut().for_each(|row| row.resize(count, Cell::default()));
        let length = |text: &str| text.chars().count();
        let width = |at: usize| {
            self.rows.iter().map(|row| length(&row[at].text)).chain([length(&self.names[at])]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..count).map(width).collect();
        let paint = Paint::of_output();
        let mut text = String::new();
        if count > 0 {
            let is_of_numbers = |at: usize| {
                let mut cells = self.rows.iter().map(|row| &row[at]).filter(|cell| !cell.text.is_empty()).peekable();
                cells.peek().is_some() && cells.all(|cell| cell.is_number)
            };
            let names = self.names.iter().zip(&widths).enumerate().map(|(at, (name, width))| {
                if is_of_numbers(at) { format!("{name:>width$}") } else { format!("{name:width$}") }
            });
            text += &(paint.blue(names.collect::<Vec<_>>().join("  ").trim_end()) + "\n");
        }
        for row in &self.rows {
            let cells = row.iter().zip(&widths).map(|(cell, width)| {
                if cell.is_number { format!("{:>width$}", cell.text) } else { format!("{:width$}", cell.text) }
            });
            text += &(cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n");
        }
        text
    }
}

impl Cell {
    fn of(value: &Value) -> Cell {
        let is_number = matches!(value, Value::Integer(_) | Value::Float(_) | Value::BigInteger { .. });
        Cell { text: shortened(&value.to_string()), is_number }
    }
}

/// One line of text, cut where it becomes too wide.
fn shortened(text: &str) -> String {
    let text = plain(text);
    if text.chars().count() <= WIDTH { text } else { text.chars().take(WIDTH - 3).collect::<String>() + "..." }
}
