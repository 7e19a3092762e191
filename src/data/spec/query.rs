//! All of a specification beside `where`.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::budget;
use crate::data::program::{By, Kind, Parts, Section, flag};
use crate::data::spec::compiler::{Compiled, Compiler, Refused};
use crate::data::{cursor, digest};
use crate::lua::kind::Kind as LuaKind;

/// The most rows of one call.
pub const MOST_ROWS: i64 = 10_000;

/// The most fields that rows are ordered by.
const MOST_ORDERS: i64 = 8;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Rows, keys and a cursor.
    Query,
    /// Rows without an end.
    Each,
    /// The first row.
    First,
    /// Whether there is a row; of a filter.
    Exists,
    /// How many there are; of a filter.
    Count,
}

/// The keys of a specification, by their place on the stack.
const KEYS: [&str; 13] = [
    "where", "order", "limit", "offset", "after", "select", "distinct", "count", "sum", "min", "max", "average",
    "group",
];
const WHERE: usize = 0;
const ORDER: usize = 1;
const LIMIT: usize = 2;
const OFFSET: usize = 3;
const AFTER: usize = 4;
const SELECT: usize = 5;
const DISTINCT: usize = 6;
const COUNT: usize = 7;
const SUM: usize = 8;
const GROUP: usize = 12;

/// Where the values of a specification are.
#[derive(Clone, Copy)]
struct Places(c_int);

impl Places {
    fn at(self, key: usize) -> c_int {
        self.0 + key as c_int
    }
}

impl Compiler<'_, '_> {
    /// Writes the whole program.
    pub(super) fn all(&mut self, index: c_int, table: u32, form: Form) -> Compiled {
        let limit = match form {
            Form::First | Form::Exists => 1,
            Form::Query => MOST_ROWS as u32,
            Form::Each | Form::Count => u32::MAX,
        };
        self.to.head.limit = limit;
        if let Form::Count | Form::Exists = form {
            if !matches!(self.lua.kind(index), LuaKind::None | LuaKind::Nil) {
                self.filter(index)?;
            }
            for section in Section::ALL {
                self.to.end(section);
            }
            self.to.head.flags = flag::NO_CURSOR | if form == Form::Count { flag::ONLY_COUNT } else { flag::ANY_ROW };
            return Ok(());
        }
        let places = Places(self.lua.top() + 1);
        for _ in KEYS {
            self.lua.push_nil();
        }
        if !matches!(self.lua.kind(index), LuaKind::None | LuaKind::Nil) {
            self.take_apart(index, places)?;
        }
        self.sections(places, table, form)
    }

    /// Copies the values to their places.
    fn take_apart(&mut self, index: c_int, places: Places) -> Compiled {
        self.want_table(index, "table")?;
        self.lua.push_nil();
        while self.lua.next(index) {
            let (key, value) = (self.lua.top() - 1, self.lua.top());
            let name = self.lua.string(key);
            match KEYS.iter().position(|known| known.as_bytes() == name) {
                Some(at) => self.lua.copy(value, places.at(at)),
                None if self.lua.kind(key) == LuaKind::String => {
                    return self.refuse_named("unknown key ", name, "");
                }
                None => return self.refuse("the key of an option is a string"),
            }
            self.lua.set_top(key);
        }
        Ok(())
    }

    fn has(&self, places: Places, key: usize) -> bool {
        self.lua.kind(places.at(key)) != LuaKind::Nil
    }

    fn sections(&mut self, places: Places, table: u32, form: Form) -> Compiled {
        if self.has(places, WHERE) {
            let done = self.filter(places.at(WHERE));
            self.named("where", done)?;
        }
        self.to.end(Section::Where);
        let distinct = places.at(DISTINCT);
        let is_distinct = match self.lua.kind(distinct) {
            LuaKind::Boolean => self.lua.boolean(distinct),
            kind => kind != LuaKind::Nil,
        };
        let is_grouped = (COUNT..=GROUP).any(|key| self.has(places, key));
        let select =
            places.at(if is_distinct && self.lua.kind(distinct) != LuaKind::Boolean { DISTINCT } else { SELECT });
        if !is_distinct && !is_grouped {
            let done = self.columns(select);
            self.named("select", done)?;
        }
        self.to.end(Section::Select);
        if is_distinct || is_grouped {
            self.groups(places, select, form, is_distinct, is_grouped)?;
        }
        for section in [Section::Group, Section::Aggregates] {
            if !(is_distinct || is_grouped) {
                self.to.end(section);
            }
        }
        let done = self.orders(places.at(ORDER));
        self.named("order", done)?;
        self.to.end(Section::Order);
        self.limits(places, form)?;
        let program = self.to.program();
        self.to.head.digest = digest::of(table, program.section(Section::Where), program.section(Section::Order));
        if self.has(places, AFTER) {
            let done = self.after(places.at(AFTER));
            self.named("after", done)?;
        }
        self.to.end(Section::After);
        Ok(())
    }

    /// The columns of groups and distinct rows, and what is computed of a group.
    fn groups(&mut self, places: Places, select: c_int, form: Form, is_distinct: bool, is_grouped: bool) -> Compiled {
        if form == Form::Each {
            return self.refuse("groups and distinct rows are for ext.query");
        }
        if is_grouped && (is_distinct || self.has(places, SELECT)) {
            return self.refuse("select and distinct do not go with groups");
        }
        self.to.head.flags |= flag::GROUPS | flag::NO_CURSOR;
        if is_distinct {
            let done = if self.lua.kind(select) == LuaKind::Nil {
                self.refuse("true goes with select")
            } else {
                self.columns(select)
            };
            self.named("distinct", done)?;
        } else {
            let done = self.listed(places.at(GROUP), &mut |this, text, _| this.column(text, text));
            self.named("group", done)?;
            if !self.has(places, GROUP) {
                self.to.head.flags |= flag::ONE_GROUP;
            }
        }
        self.to.end(Section::Group);
        let counted = self.want_boolean(places.at(COUNT));
        if self.named("count", counted)? {
            self.to.head.flags |= flag::COUNT;
        }
        for (at, (name, kind)) in Kind::ALL.into_iter().enumerate() {
            let done = self.listed(places.at(SUM + at), &mut |this, text, is_listed| {
                this.to.out.push(&[kind as u8, u8::from(is_listed)]);
                this.column(text, text)
            });
            self.named(name, done)?;
        }
        self.to.end(Section::Aggregates);
        if self.has(places, AFTER) {
            return self.refuse("after: groups and distinct rows have no cursor; offset goes on");
        }
        Ok(())
    }

    /// Calls `each` with every path of a list, or with the one that there is.
    fn listed(&mut self, index: c_int, each: &mut dyn FnMut(&mut Self, &[u8], bool) -> Compiled) -> Compiled {
        match self.lua.kind(index) {
            LuaKind::Nil => return Ok(()),
            LuaKind::String => return each(self, self.lua.bytes(index), false),
            _ => self.want_table(index, "path or list of paths")?,
        }
        self.lua.push_nil();
        while self.lua.next(index) {
            let (key, value) = (self.lua.top() - 1, self.lua.top());
            let done = match self.want_string(value, "path") {
                Ok(text) if self.lua.is_integer(key) => each(self, text, true),
                Ok(_) => self.refuse("a list has no such key"),
                Err(Refused) => Err(Refused),
            };
            self.under(key, done)?;
            self.lua.set_top(key);
        }
        Ok(())
    }

    /// Appends the order: a path, `{field = path, desc = boolean}`, or a list of these.
    fn orders(&mut self, index: c_int) -> Compiled {
        match self.lua.kind(index) {
            LuaKind::Nil => return Ok(()),
            LuaKind::String => return self.order(index),
            _ => self.want_table(index, "path, {field = path, desc = boolean} or a list of these")?,
        }
        let top = self.lua.top();
        let is_single = self.find_key(index, b"field");
        self.lua.set_top(top);
        if is_single {
            return self.order(index);
        }
        let length = self.lua.raw_length(index) as i64;
        if self.count(index) != length || length == 0 {
            return self.refuse("a list of paths expected");
        }
        if length > MOST_ORDERS {
            return self.refuse("more than 8 fields");
        }
        for at in 1..=length {
            self.lua.raw_get_at(index, at);
            let done = self.order(self.lua.top());
            self.lua.set_top(top);
            self.numbered(at, done)?;
        }
        Ok(())
    }

    /// Appends a field of the order.
    fn order(&mut self, index: c_int) -> Compiled {
        if self.lua.kind(index) == LuaKind::String {
            return self.by(self.lua.bytes(index), false);
        }
        self.want_table(index, "path")?;
        let (mut path, mut descends) = (None, false);
        self.lua.push_nil();
        while self.lua.next(index) {
            let (key, value) = (self.lua.top() - 1, self.lua.top());
            let done = match self.lua.string(key) {
                b"field" => self.want_string(value, "path").map(|text| path = Some(text)),
                b"desc" => self.want_boolean(value).map(|wanted| descends = wanted),
                _ => self.refuse("unknown key beside 'field' and 'desc'"),
            };
            self.under(key, done)?;
            self.lua.set_top(key);
        }
        match path {
            Some(path) => self.by(path, descends),
            None => self.refuse("'field' is missing"),
        }
    }

    /// Appends a path that is ordered by, or what it names of groups.
    fn by(&mut self, text: &[u8], descends: bool) -> Compiled {
        let program = self.to.program();
        if !program.has(flag::GROUPS) {
            self.to.out.push(&[u8::from(descends), By::PATH]);
            return self.path(text);
        }
        let (mut columns, mut found) = (Parts(program.section(Section::Group)), None);
        let mut number = 0_u16;
        while let Some((name, _)) = columns.column() {
            if name == text {
                found = Some((By::COLUMN, number));
            }
            number += 1;
        }
        let mut aggregates = Parts(program.section(Section::Aggregates));
        number = 0;
        while let Some(aggregate) = aggregates.aggregate() {
            // `sum`, or `sum.age` of several.
            let rest = text.strip_prefix(aggregate.kind.name().as_bytes());
            let is_it = match rest {
                Some([]) => !aggregate.is_listed,
                Some([b'.', name @ ..]) => aggregate.is_listed && name == aggregate.name,
                _ => false,
            };
            if is_it && found.is_none() {
                found = Some((By::AGGREGATE, number));
            }
            number += 1;
        }
        if found.is_none() && text == b"count" && program.has(flag::COUNT) {
            found = Some((By::COUNT, 0));
        }
        // What does not fit cannot be looked at, and is compiled again.
        match found.or((self.to.out.check().is_err()).then_some((By::COUNT, 0))) {
            Some((kind, number)) => {
                self.to.out.push(&[u8::from(descends), kind]);
                self.to.out.push(&number.to_le_bytes());
                Ok(())
            }
            None => self.refuse_named("", text, " is no field of these groups"),
        }
    }

    /// Appends the place that a cursor names.
    fn after(&mut self, index: c_int) -> Compiled {
        let text = self.want_string(index, "cursor")?;
        budget::spend(text.len());
        if self.to.out.check().is_err() {
            // The program is compiled again; it takes no more than this.
            self.to.out.push(text);
            return Ok(());
        }
        match cursor::read(text, self.to.head.digest, &mut self.to.out) {
            Ok(()) => Ok(()),
            Err(problem) => self.refuse(problem),
        }
    }

    fn limits(&mut self, places: Places, form: Form) -> Compiled {
        if self.has(places, LIMIT) {
            let most = if form == Form::Each { i64::from(u32::MAX - 1) } else { MOST_ROWS };
            let limit = self.lua.whole(places.at(LIMIT)).filter(|_| self.lua.kind(places.at(LIMIT)) == LuaKind::Number);
            match limit {
                Some(limit) if (1..=most).contains(&limit) => {
                    if form != Form::First {
                        self.to.head.limit = limit as u32;
                    }
                }
                _ if form == Form::Each => return self.refuse("limit: a whole number from 1 expected"),
                _ => {
                    return self
                        .refuse("limit: a whole number from 1 to 10000 expected; ext.each goes through more rows");
                }
            }
        }
        if self.has(places, OFFSET) {
            let offset =
                self.lua.whole(places.at(OFFSET)).filter(|_| self.lua.kind(places.at(OFFSET)) == LuaKind::Number);
            match offset {
                Some(offset) if offset >= 0 => self.to.head.offset = offset as u64,
                _ => return self.refuse("offset: a whole number from 0 expected"),
            }
        }
        if form == Form::First {
            self.to.head.flags |= flag::NO_CURSOR;
        }
        Ok(())
    }

    /// Appends the columns of a projection: a path, a list of paths, or a map from name to path.
    fn columns(&mut self, index: c_int) -> Compiled {
        match self.lua.kind(index) {
            LuaKind::Nil => return Ok(()),
            LuaKind::String => return self.column(self.lua.bytes(index), self.lua.bytes(index)),
            _ => self.want_table(index, "list of paths")?,
        }
        let start = self.to.out.length();
        self.lua.push_nil();
        while self.lua.next(index) {
            let (key, value) = (self.lua.top() - 1, self.lua.top());
            let done = match self.want_string(value, "path") {
                Ok(path) if self.lua.is_integer(key) => self.column(path, path),
                Ok(path) if self.lua.kind(key) == LuaKind::String => self.column(self.lua.bytes(key), path),
                Ok(_) => self.refuse("a column's name is a string"),
                Err(Refused) => Err(Refused),
            };
            self.under(key, done)?;
            self.lua.set_top(key);
        }
        if self.to.out.length() == start {
            return self.refuse("at least one path expected");
        }
        Ok(())
    }
}
