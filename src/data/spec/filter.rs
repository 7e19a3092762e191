//! `where`: what a row has to match.
//!
//! A table is a list of filters, a map from path to what is asked of the field, or both: all of them have to match. `any`, `all`
//! and `none` are filters inside. With a key `field` it is the long form of a single test.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_abi::tags;

use crate::budget::{self, cost};
#[cfg(feature = "bigint")]
use crate::codec::big;
use crate::data::component::Class;
use crate::data::pattern;
use crate::data::program::{Operator, tag};
use crate::data::spec::compiler::{Compiled, Compiler};
use crate::lua::kind::Kind;

/// How deep filters may lie in each other.
const DEPTH: usize = 16;

impl Compiler<'_, '_> {
    /// Appends the nodes of a filter, all of which have to match.
    pub(super) fn filter(&mut self, index: c_int) -> Compiled {
        self.children(index, tag::ALL, DEPTH)
    }

    /// Appends the nodes of the filters in the table at `table`, for a node of the kind `around`.
    fn children(&mut self, table: c_int, around: u8, depth: usize) -> Compiled {
        self.want_table(table, "filter")?;
        if depth == 0 {
            return self.refuse("filters in more than 16 others");
        }
        if self.find_key(table, b"field") {
            return self.long_form(table);
        }
        self.lua.push_nil();
        while self.lua.next(table) {
            let (key, value) = (self.lua.top() - 1, self.lua.top());
            let done = match self.lua.kind(key) {
                Kind::String => self.entry(self.lua.bytes(key), value, around, depth),
                Kind::Number if self.lua.is_integer(key) => self.inner(tag::ALL, value, around, depth - 1),
                _ => self.refuse_kind("path as the key of a filter", key),
            };
            self.under(key, done)?;
            self.lua.set_top(key);
        }
        Ok(())
    }

    /// Whether the table has a string as a key. It is left on the stack, with its value, when it has.
    pub(super) fn find_key(&mut self, table: c_int, wanted: &[u8]) -> bool {
        self.lua.push_nil();
        while self.lua.next(table) {
            budget::spend(cost::PART);
            if self.lua.string(-2) == wanted {
                return true;
            }
            self.lua.pop(1);
        }
        false
    }

    /// What lies under a name in a filter.
    fn entry(&mut self, name: &[u8], value: c_int, around: u8, depth: usize) -> Compiled {
        match name {
            b"any" => self.inner(tag::ANY, value, around, depth - 1),
            b"all" => self.inner(tag::ALL, value, around, depth - 1),
            b"none" => self.inner(tag::NONE, value, around, depth - 1),
            path => self.field(path, value),
        }
    }

    /// A node of that kind, or only what is in it, when it would stand in another one of its kind.
    fn inner(&mut self, kind: u8, value: c_int, around: u8, depth: usize) -> Compiled {
        if kind == around && kind != tag::NONE {
            return self.children(value, around, depth);
        }
        self.to.out.push(&[kind]);
        let opened = self.to.open();
        self.children(value, kind, depth)?;
        self.to.close(opened);
        Ok(())
    }

    /// The tests of a field: a value that it equals, or a list of operators and what they take.
    fn field(&mut self, path: &[u8], value: c_int) -> Compiled {
        self.to.out.push(&[tag::FIELD]);
        let opened = self.to.open();
        self.path(path)?;
        if self.is_plain_table(value) {
            self.tests(value)?;
        } else {
            self.test(Operator::Equal, value)?;
        }
        self.to.close(opened);
        Ok(())
    }

    /// `{operator, value, operator, value...}`
    fn tests(&mut self, list: c_int) -> Compiled {
        let length = self.lua.raw_length(list) as i64;
        if length == 0 || length % 2 != 0 || self.count(list) != length {
            return self.refuse("list of operators and values expected, such as {\">=\", 25}");
        }
        for at in (1..=length).step_by(2) {
            self.lua.raw_get_at(list, at);
            let operator = self.operator(self.lua.top());
            let operator = self.numbered(at, operator)?;
            self.lua.raw_get_at(list, at + 1);
            let done = self.test(operator, self.lua.top());
            self.numbered(at + 1, done)?;
            self.lua.pop(2);
        }
        Ok(())
    }

    /// How many keys a table has.
    pub(super) fn count(&self, table: c_int) -> i64 {
        let mut count = 0;
        self.lua.push_nil();
        while self.lua.next(table) {
            budget::spend(1);
            count += 1;
            self.lua.pop(1);
        }
        count
    }

    fn operator(&mut self, index: c_int) -> Compiled<Operator> {
        budget::spend(cost::PART);
        let name = self.want_string(index, "operator")?;
        match Operator::named(name) {
            Some(operator) => Ok(operator),
            None => self.refuse_named("unknown operator ", name, ""),
        }
    }

    /// `{field = path, op = operator, value = value}`; its key `field` and the value are on top.
    fn long_form(&mut self, table: c_int) -> Compiled {
        let (mut operator, mut has_value) = (Operator::Equal, false);
        let field = self.lua.top();
        let path = self.want_string(field, "path");
        let path = self.named("field", path)?;
        // Kept, as the operator may come behind it.
        self.lua.push_nil();
        let operand = self.lua.top();
        self.lua.push_nil();
        while self.lua.next(table) {
            budget::spend(cost::PART);
            let (key, value) = (self.lua.top() - 1, self.lua.top());
            let done = match self.lua.string(key) {
                b"field" => Ok(()),
                b"op" => self.operator(value).map(|found| operator = found),
                b"value" => {
                    has_value = true;
                    self.lua.copy(value, operand);
                    Ok(())
                }
                _ => self.refuse("unknown key beside 'field', 'op' and 'value'"),
            };
            self.under(key, done)?;
            self.lua.set_top(key);
        }
        if !has_value {
            return self.refuse("'value' is missing");
        }
        self.to.out.push(&[tag::FIELD]);
        let opened = self.to.open();
        let parsed = self.path(path);
        self.named("field", parsed)?;
        let done = self.test(operator, operand);
        self.named("value", done)?;
        self.to.close(opened);
        Ok(())
    }

    /// Appends a test.
    fn test(&mut self, operator: Operator, value: c_int) -> Compiled {
        self.to.out.push(&[operator as u8]);
        let opened = self.to.open();
        match operator {
            Operator::Between => {
                self.want_table(value, "list of two values")?;
                if self.lua.raw_length(value) != 2 || self.count(value) != 2 {
                    return self.refuse("list of two values expected");
                }
                let least = self.element(value, 1)?;
                if self.element(value, 2)? != least {
                    return self.refuse("two values of one type expected");
                }
            }
            Operator::In => {
                self.want_table(value, "list of values")?;
                let length = self.lua.raw_length(value) as i64;
                if self.count(value) != length {
                    return self.refuse("list of values expected");
                }
                for at in 1..=length {
                    self.element(value, at)?;
                }
            }
            Operator::StartsWith | Operator::EndsWith | Operator::Matches => {
                let text = self.want_string(value, "string")?;
                if operator == Operator::Matches
                    && let Err(problem) = pattern::check(text)
                {
                    return self.refuse_because("malformed pattern: ", problem);
                }
                self.literal(value)?;
            }
            Operator::Exists => {
                if self.lua.kind(value) != Kind::Boolean {
                    return self.refuse_kind("boolean", value);
                }
                self.literal(value)?;
            }
            _ => {
                self.literal(value)?;
            }
        }
        self.to.close(opened);
        Ok(())
    }

    /// Appends an element of a list.
    fn element(&mut self, list: c_int, at: i64) -> Compiled<Class> {
        self.lua.raw_get_at(list, at);
        let done = self.literal(self.lua.top());
        self.lua.pop(1);
        self.numbered(at, done)
    }

    /// Appends a value, encoded.
    fn literal(&mut self, index: c_int) -> Compiled<Class> {
        budget::spend(cost::PART);
        let (lua, out) = (self.lua, &mut self.to.out);
        match lua.kind(index) {
            Kind::String => {
                let bytes = lua.bytes(index);
                budget::spend(bytes.len());
                out.push(&[tags::STRING]);
                out.push(&(bytes.len() as u32).to_le_bytes());
                out.push(bytes);
                Ok(Class::String)
            }
            Kind::Number if lua.is_integer(index) => {
                out.push(&[tags::INTEGER]);
                out.push(&lua.integer(index).to_le_bytes());
                Ok(Class::Number)
            }
            Kind::Number => {
                out.push(&[tags::FLOAT]);
                out.push(&lua.number(index).to_le_bytes());
                Ok(Class::Number)
            }
            Kind::Boolean => {
                out.push(&[tags::BOOLEAN, u8::from(lua.boolean(index))]);
                Ok(Class::Boolean)
            }
            #[cfg(not(feature = "bigint"))]
            _ => self.refuse_kind("string, number or boolean", index),
            #[cfg(feature = "bigint")]
            _ => {
                let Some(big) = big::view(lua, index) else {
                    return self.refuse_kind("string, number or boolean", index);
                };
                budget::spend(4 * big.limbs.len());
                out.push(&[tags::BIG_INTEGER]);
                // Zeros at its most significant end mean nothing.
                out.push(&(1 + 4 * big.limbs.len() as u32).to_le_bytes());
                out.push(&[u8::from(big.negative)]);
                for limb in big.limbs {
                    out.push(&limb.to_le_bytes());
                }
                Ok(Class::Number)
            }
        }
    }
}
