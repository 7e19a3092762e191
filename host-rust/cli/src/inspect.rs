//! `cu inspect [WAY]`: what is in a home, as a tree with sizes, functions, indexes and schemas.
//!
//! Invariant: the file is only read; what is shown is bounded, and where something is left out, that is said.

use cu_host::{Error, Home, Instance, ReadOptions, Value, class};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::show;
use crate::paint::Paint;
use crate::session;
use cu_host::json;

/// What `--depth` and `--limit` are without a number.
const DEPTH: u32 = 3;
const LIMIT: u32 = 20;

/// Bytes of a whole tree: some 2,500 nodes, more than a person reads, in a quarter of the module's memory.
const BYTES: u32 = 375_000;

/// Characters of a string that are shown.
const TEXT: usize = 60;

pub fn inspect(arguments: &Arguments) -> Result<(), Failure> {
    let way = arguments.only_operand()?;
    let way = way.map_or(&b"_home"[..], std::ffi::OsStr::as_encoded_bytes);
    let mut instance = session::reading(arguments, "inspect")?;
    let homes = instance.homes()?;
    let after = arguments.after.clone().unwrap_or_default();
    let nodes = session::chunk(&mut instance, "inspect", include_str!("inspect/tree.lua"), |call| {
        let call = call.way(way).value(arguments.depth.unwrap_or(DEPTH)).value(arguments.limit.unwrap_or(LIMIT));
        call.value(BYTES).value(after)
    })?;
    let nodes: Vec<&Value> = nodes.value().as_table().into_iter().flatten().map(|(_, node)| node).collect();
    let way = String::from_utf8_lossy(way).into_owned();
    let text = if arguments.json {
        Json { instance: &mut instance }.tree(&way, &homes, &nodes)?
    } else {
        Text { paint: Paint::of_output(), instance: &mut instance }.tree(&way, &homes, &nodes)?
    };
    show(text.as_bytes())
}

/// Fields of a node (`inspect/tree.lua`).
fn number(node: &Value, field: &str) -> Option<i64> {
    node.get(field)?.as_i64()
}

fn text<'a>(node: &'a Value, field: &str) -> Option<&'a str> {
    node.get(field)?.as_str()
}

fn is(node: &Value, field: &str) -> bool {
    node.get(field).and_then(Value::as_bool) == Some(true)
}

fn level(node: &Value) -> usize {
    number(node, "level").and_then(|level| usize::try_from(level).ok()).unwrap_or_default()
}

fn nil() -> &'static Value {
    &Value::Nil
}

/// Entries of a home, from the store: the module shows only the one that is open.
fn size(instance: &mut Instance, home: &Home) -> Result<u32, Error> {
    Ok(instance.store().size(home.id)?)
}

/// The name of the class of a node. It is read from the store: a script does not see the metatable if that has a field `__metatable`.
fn class_name(instance: &mut Instance, node: &Value) -> Result<Option<String>, Error> {
    match node.get("value") {
        Some(Value::External(id)) => class::name_of(instance.store(), *id),
        _ => Ok(None),
    }
}

struct Text<'a> {
    paint: Paint,
    instance: &'a mut Instance,
}

impl Text<'_> {
    fn tree(&mut self, way: &str, homes: &[Home], nodes: &[&Value]) -> Result<String, Error> {
        let mut shown = String::new();
        // Which levels go on below the node: those have a line down to their next node.
        for (index, node) in nodes.iter().enumerate() {
            let level = level(node);
            let goes_on = |of: usize| {
                nodes[index + 1..]
                    .iter()
                    .map(|next| self::level(next))
                    .take_while(|next| *next >= of)
                    .any(|next| next == of)
            };
            let mut branch: String = (1..level).map(|of| if goes_on(of) { "│  " } else { "   " }).collect();
            if level > 0 {
                branch += if goes_on(level) { "├─ " } else { "└─ " };
            }
            let name = match node.get("key") {
                None if level == 0 => way.to_owned(),
                None if !is(node, "more") => "[metatable]".to_owned(),
                name => key(name.unwrap_or(nil())),
            };
            shown += &format!("{}{}\n", self.paint.faint(&branch), self.node(&name, node)?);
        }
        if homes.len() > 1 || homes.iter().any(|home| home.name.is_some()) {
            shown += "\nhomes\n";
            for home in homes {
                let name =
                    home.name.as_ref().map_or("(no name)".to_owned(), |name| plain(&String::from_utf8_lossy(name)));
                let entries = entries(i64::from(size(self.instance, home)?));
                shown += &format!("  {}  table {}, {entries}\n", self.paint.blue(&name), home.id);
            }
        }
        Ok(shown)
    }

    fn node(&mut self, name: &str, node: &Value) -> Result<String, Error> {
        if is(node, "more") {
            let from = node
                .get("after")
                .filter(|_| level(node) == 1)
                .map(|key| format!(": --after '{}'", json::written(key, None)));
            return Ok(self.paint.faint(&format!("... more{}", from.unwrap_or_default())));
        }
        if let Some(problem) = text(node, "problem") {
            return Ok(self.paint.red(&format!("cannot be read: {}; cu verify says more", plain(problem))));
        }
        let value = node.get("value").unwrap_or(nil());
        Ok(match text(node, "kind") {
            Some("table") => format!("{}  {}", self.paint.blue(name), self.paint.faint(&self.about_table(node)?)),
            Some("function") => format!("{name}  {}", self.paint.yellow(&about_function(node))),
            Some("string") => format!("{name} = {}", self.paint.green(&about_string(node))),
            _ => format!("{name} = {}", self.paint.cyan(&plain(&value.to_string()))),
        })
    }

    fn about_table(&mut self, node: &Value) -> Result<String, Error> {
        let mut parts = vec![entries(number(node, "entries").unwrap_or_default())];
        if let Some(class) = class_name(self.instance, node)? {
            parts.push(format!("class {}", shortened(&plain(&class))));
        }
        for (_, index) in node.get("indexes").and_then(Value::as_table).into_iter().flatten() {
            let unique = if is(index, "unique") { " unique" } else { "" };
            let kind = text(index, "kind").unwrap_or_default();
            let count = number(index, "entries").unwrap_or_default();
            parts.push(format!("index {} ({kind}{unique}, {count})", plain(text(index, "name").unwrap_or_default())));
        }
        if let Some(schema) = node.get("schema") {
            let whole = self.instance.read(schema, ReadOptions { depth: 0, ..ReadOptions::default() })?;
            parts.push(format!("schema {}", shortened(&plain(&whole.to_string()))));
        }
        if node.get("feed").is_some() {
            parts.push("feed".to_owned());
        }
        if let Some(version) = number(node, "version") {
            parts.push(format!("version {version}"));
        }
        if is(node, "again") {
            parts.push("shown above".to_owned());
        }
        Ok(parts.join(", "))
    }
}

fn about_function(node: &Value) -> String {
    let Some(source) = text(node, "source") else {
        return format!("function {} of the library", plain(text(node, "library").unwrap_or("?")));
    };
    let number = |field| number(node, field).unwrap_or_default();
    let lines = match (number("first"), number("last")) {
        (0, _) => String::new(),
        (first, last) if first == last => format!(":{first}"),
        (first, last) => format!(":{first}-{last}"),
    };
    let counted = |number: i64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let (parameters, upvalues) = (counted(number("parameters"), "parameter"), counted(number("upvalues"), "upvalue"));
    format!("function {}{lines}, {parameters}, {upvalues}", plain(source))
}

fn about_string(node: &Value) -> String {
    let bytes = number(node, "bytes").unwrap_or_default();
    let list = Value::from(vec![node.get("value").unwrap_or(nil()).clone()]).to_string();
    let quoted = plain(&list[1..list.len() - 1]);
    match quoted.char_indices().nth(TEXT) {
        // The quote is closed: what follows is no part of the string.
        Some((end, _)) if quoted.chars().count() > TEXT => format!("{}\"... ({bytes} bytes)", &quoted[..end]),
        _ => quoted,
    }
}

fn entries(count: i64) -> String {
    format!("{count} {}", if count == 1 { "entry" } else { "entries" })
}

/// A text that is cut where it becomes too long.
pub fn shortened(text: &str) -> String {
    let start: String = text.chars().take(TEXT).collect();
    if start.len() < text.len() { start + "..." } else { start }
}

/// A key as it would be in a constructor.
fn key(key: &Value) -> String {
    let pair = Value::Table(vec![(key.clone(), true.into())]).to_string();
    match pair.strip_prefix('{').and_then(|pair| pair.strip_suffix(" = true}")) {
        Some(key) => plain(key),
        // The key 1 needs no name in a constructor.
        None => format!("[{}]", plain(&key.to_string())),
    }
}

/// Text that neither breaks the line nor speaks to the terminal.
pub fn plain(text: &str) -> String {
    let plain = |char: char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() };
    text.chars().map(plain).collect()
}

struct Json<'a> {
    instance: &'a mut Instance,
}

impl Json<'_> {
    fn tree(&mut self, way: &str, homes: &[Home], nodes: &[&Value]) -> Result<String, Error> {
        let mut shown = Vec::new();
        for home in homes {
            let name = home.name.as_ref().map_or(Value::Nil, |name| Value::String(name.clone()));
            let name = json::written(&name, None);
            shown.push(format!("{{\"id\":{},\"name\":{name},\"entries\":{}}}", home.id, size(self.instance, home)?));
        }
        let tree = self.nodes(nodes)?.into_iter().next().unwrap_or_default();
        Ok(format!("{{\"way\":{},\"tree\":{tree},\"homes\":[{}]}}\n", json::quoted(way), shown.join(",")))
    }

    /// Nodes of one level, each with those below it.
    fn nodes(&mut self, nodes: &[&Value]) -> Result<Vec<String>, Error> {
        let Some(first) = nodes.first() else { return Ok(Vec::new()) };
        let top = level(first);
        let starts: Vec<usize> =
            (0..nodes.len()).filter(|index| level(nodes[*index]) == top).chain([nodes.len()]).collect();
        let mut shown = Vec::new();
        for range in starts.windows(2) {
            shown.push(self.node(nodes[range[0]], &nodes[range[0] + 1..range[1]])?);
        }
        Ok(shown)
    }

    fn node(&mut self, node: &Value, below: &[&Value]) -> Result<String, Error> {
        let mut fields = Vec::new();
        for (name, value) in node.as_table().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            if name != "level" {
                // References stay: what is in a table is in its nodes.
                fields.push(format!("{}:{}", json::quoted(name), json::written(value, None)));
            }
        }
        if let Some(class) = class_name(self.instance, node)? {
            fields.push(format!("\"class\":{}", json::quoted(&class)));
        }
        fields.sort();
        if !below.is_empty() {
            fields.push(format!("\"children\":[{}]", self.nodes(below)?.join(",")));
        }
        Ok(format!("{{{}}}", fields.join(",")))
    }
}
