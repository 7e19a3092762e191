//! Lines of JSON.
//!
//! ```text
//! {"cu":"tables","version":1}                      the first line of a whole file
//! {"table":1,"key":"users","value":{"$table":3}}   a row of a table of scripts
//! {"table":2147483651,"raw":["01..","04.."]}       key and value as bytes, in hexadecimal digits: a row of the module's own
//!                                                  tables, or one that no value stands for
//! {"rows":2}                                       the last line: what is cut lacks it
//!
//! {"key":"ada","value":{"name":"Ada"}}             a row of one table, with what is in its tables
//! ```
//!
//! Invariant: what a line says is what is stored: a row whose value would not come back byte for byte is written as bytes.

use cu_abi::tables;
use cu_host::Value;

use cu_host::json;

pub const HEAD: &str = "{\"cu\":\"tables\",\"version\":1}\n";

/// What a line of a whole file says.
pub enum Line {
    Head,
    Row { table: u32, key: Vec<u8>, value: Vec<u8> },
    End { rows: u64 },
}

pub fn end(rows: u64) -> String {
    format!("{{\"rows\":{rows}}}\n")
}

/// A row of a whole file.
pub fn row(table: u32, key: &[u8], value: &[u8]) -> String {
    let readable = if table < tables::SYSTEM_FIRST { as_values(key, value) } else { None };
    match readable {
        Some((key, value)) => format!("{{\"table\":{table},\"key\":{key},\"value\":{value}}}\n"),
        None => format!("{{\"table\":{table},\"raw\":[\"{}\",\"{}\"]}}\n", digits(key), digits(value)),
    }
}

fn as_values(key: &[u8], value: &[u8]) -> Option<(String, String)> {
    let name = json::written(&Value::decode_key(key).ok()?, None);
    let content = Value::decode_stored(value).ok()?;
    let text = json::written(&content, None);
    let is_same_key = json::read(name.as_bytes()).ok()?.encode_key().ok()? == key;
    let is_same_value = json::read(text.as_bytes()).ok()?.encode().ok()? == content.encode().ok()?;
    // A string that is stored compressed has other bytes, and is the same.
    let is_canonical = content.encode().ok()? == value || matches!(content, Value::String(_));
    (is_same_key && is_same_value && is_canonical).then_some((name, text))
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a line of a whole file.
pub fn read(line: &[u8]) -> Result<Line, String> {
    const NO_LINE: &str = "it is no line of an export";
    let object = Value::from_json(line).ok_or("it is no JSON")?;
    let names: Vec<&str> = object.as_table().unwrap_or_default().iter().filter_map(|(name, _)| name.as_str()).collect();
    let number = |name: &str| object.get(name).and_then(Value::as_i64);
    let value = |name: &str| json::meaning(object.get(name).cloned().unwrap_or_default());
    let has = |wanted: &[&str]| names.len() == wanted.len() && wanted.iter().all(|name| names.contains(name));
    if has(&["cu", "version"]) {
        return match (object.get("cu").and_then(Value::as_str), number("version")) {
            (Some("tables"), Some(1)) => Ok(Line::Head),
            (Some("tables"), Some(version)) => Err(format!("version 1 is wanted, found {version}")),
            _ => Err(NO_LINE.to_owned()),
        };
    }
    if has(&["rows"]) {
        let rows = number("rows").and_then(|rows| u64::try_from(rows).ok()).ok_or(NO_LINE)?;
        return Ok(Line::End { rows });
    }
    let table = number("table").and_then(|id| u32::try_from(id).ok()).ok_or(NO_LINE)?;
    if table == tables::CONTROL || table == tables::IO || table >= tables::HOST_FIRST {
        return Err(format!("table {table} is none that is exported"));
    }
    if has(&["table", "raw"]) {
        let raw = object.get("raw").unwrap_or(&Value::Nil);
        let part = |at: i64| raw.at(at).and_then(Value::as_str).and_then(json::bytes);
        let (key, value) = (part(1).ok_or(NO_LINE)?, part(2).ok_or(NO_LINE)?);
        return Ok(Line::Row { table, key, value });
    }
    if !has(&["table", "key", "value"]) || table >= tables::SYSTEM_FIRST {
        return Err(NO_LINE.to_owned());
    }
    let key = value("key")?.encode_key().map_err(|error| error.to_string())?;
    let value = value("value")?.encode().map_err(|error| error.to_string())?;
    Ok(Line::Row { table, key, value })
}

/// Reads a row of one table.
pub fn read_entry(line: &[u8]) -> Result<(Value, Value), String> {
    let object = Value::from_json(line).ok_or("it is no JSON, or its tables are nested too deep")?;
    let (Some(key), Some(value), Some([_, _])) = (object.get("key"), object.get("value"), object.as_table()) else {
        return Err("it is no row: {\"key\":...,\"value\":...}".to_owned());
    };
    let (key, value) = (json::meaning(key.clone())?, json::meaning(value.clone())?);
    match reference(&key).or_else(|| reference(&value)) {
        Some(what) => Err(format!("{what} is nothing outside of its file")),
        None => Ok((key, value)),
    }
}

/// What in a value belongs to one store.
pub fn reference(value: &Value) -> Option<String> {
    match value {
        Value::External(_) => Some("a table that is within itself, or deeper than is read,".to_owned()),
        Value::Function(_) => Some("a stored function".to_owned()),
        Value::Table(pairs) => pairs.iter().find_map(|(key, value)| reference(key).or_else(|| reference(value))),
        _ => None,
    }
}
