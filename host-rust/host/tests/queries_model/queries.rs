//! Random queries, asked in every way, and what the model says of them.

use cu_host::{Rows, Value};

use crate::filter::{Order, order_value, select};
use crate::values::{Rank, at, rank_at, text};
use crate::{TABLE, World, random};

impl World<'_> {
    /// A query with all that is asked of it.
    pub fn query(&mut self) {
        let rows = self.home.rows();
        let filter = random::filter(&self.home.indexes, &mut self.random);
        let order = random::order(&mut self.random);
        let found = select(&rows, filter.as_ref(), &order);
        let asked = filter.as_ref().map(|filter| filter.value(&mut self.random));
        let mut spec = Vec::new();
        spec.extend(asked.clone().map(|filter| ("where", filter)));
        if !order.is_empty() {
            spec.push(("order", order_value(&order)));
        }
        let asked = asked.unwrap_or_default();
        let whole = with(&spec, &[]);
        self.pages(&spec, &found);

        let answer = self.instance().data().count(TABLE, asked.clone());
        assert_eq!(self.sound(answer, &whole), found.len() as u64, "{}: {whole}", self.context);
        let answer = self.instance().data().exists(TABLE, asked);
        assert_eq!(self.sound(answer, &whole), !found.is_empty(), "{}: {whole}", self.context);
        let answer = self.instance().data().first(TABLE, whole.clone());
        let first = self.sound(answer, &whole).map(|(key, row)| (text(&key), text(&row)));
        assert_eq!(first, found.first().map(|(key, row)| (text(key), text(row))), "{}: {whole}", self.context);

        let how = self.instance().data().explain(TABLE, whole.clone());
        let how = self.sound(how, &whole);
        let number = |name| how.get(name).and_then(Value::as_i64).unwrap() as usize;
        assert_eq!(number("returned"), found.len(), "{}: {whole}: {how}", self.context);
        assert!(number("cost") > 0 && number("examined") >= found.len(), "{}: {whole}: {how}", self.context);
        let plan = how.get("plan").and_then(Value::as_str).unwrap();
        assert!(["scan", "index", "intersection"].contains(&plan), "{}: {how}", self.context);
        assert!(plan != "scan" || number("examined") == rows.len(), "{}: {whole}: {how}", self.context);
        self.used += usize::from(plan != "scan");
        self.groups(&spec, &select(&rows, filter.as_ref(), &Order::new()));
    }

    /// Page by page, by cursors, and all with `each`.
    fn pages(&mut self, spec: &[(&str, Value)], found: &[&(Value, Value)]) {
        let limit = 1 + self.random.below(9);
        let offset = if self.random.one_in(3) { self.random.below(5) } else { 0 };
        let mut left = found.get(offset..).unwrap_or_default();
        let mut cursor = None;
        loop {
            let mut more = vec![("limit", Value::Integer(limit as i64))];
            more.push(match cursor.take() {
                Some(cursor) => ("after", cursor),
                None => ("offset", Value::Integer(offset as i64)),
            });
            let spec = with(spec, &more);
            let answer = self.instance().data().query(TABLE, spec.clone());
            let page = self.sound(answer, &spec);
            let (wanted, rest) = left.split_at(limit.min(left.len()));
            self.same(&page, wanted, &spec);
            assert_eq!(page.cursor.is_some(), !rest.is_empty(), "{}: a cursor of {spec}", self.context);
            (left, cursor) = (rest, page.cursor);
            if cursor.is_none() {
                break;
            }
        }
        let spec = with(spec, &[("offset", Value::Integer(offset as i64)), ("limit", Value::Integer(limit as i64))]);
        let answer: Result<Vec<_>, _> = self.instance().data().each(TABLE, spec.clone()).collect();
        let (keys, rows) = self.sound(answer, &spec).into_iter().unzip();
        let wanted: Vec<_> = found.iter().skip(offset).take(limit).copied().collect();
        self.same(&Rows { rows, keys, cursor: None }, &wanted, &spec);
    }

    /// Distinct values and groups. Of values that are equal, such as 1 and 1.0, any may stand for all.
    fn groups(&mut self, spec: &[(&str, Value)], rows: &[&(Value, Value)]) {
        let spec: Vec<_> = spec.iter().filter(|(name, _)| *name == "where").cloned().collect();
        let path = self.random.one_of(&["a", "b", "in.x", "list.1"]);
        let of = self.random.one_of(&["a", "c", "gone"]);
        let mut groups: Vec<(Rank, Vec<&Value>)> = Vec::new();
        for (_, row) in rows {
            let rank = rank_at(row, path);
            match groups.iter_mut().find(|(known, _)| *known == rank) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((rank, vec![row])),
            }
        }
        groups.sort_by(|(one, _), (other, _)| one.cmp(other));
        let named = |name: &str, value: Option<&Value>| value.map(|value| (Value::from(name), value.clone()));
        let table = |pairs: Vec<Option<(Value, Value)>>| ranks(&Value::Table(pairs.into_iter().flatten().collect()));
        let value = |rows: &[&Value]| named(path, at(rows[0], path));

        let distinct = with(&spec, &[("distinct", path.into())]);
        let answer = self.instance().data().query(TABLE, distinct.clone());
        let wanted: Vec<_> = groups.iter().map(|(_, rows)| table(vec![value(rows)])).collect();
        let found: Vec<_> = self.sound(answer, &distinct).rows.iter().map(ranks).collect();
        assert_eq!(found, wanted, "{}: {distinct}", self.context);

        let counted =
            with(&spec, &[("group", path.into()), ("count", true.into()), ("min", of.into()), ("max", of.into())]);
        let answer = self.instance().data().query(TABLE, counted.clone());
        let row = |(_, rows): &(Rank, Vec<&Value>)| {
            let count = Value::Integer(rows.len() as i64);
            let numbers = || rows.iter().filter_map(|row| at(row, of)).filter(|value| is_number(value));
            let min = numbers().reduce(|best, next| if rank(next) < rank(best) { next } else { best });
            let max = numbers().reduce(|best, next| if rank(next) > rank(best) { next } else { best });
            table(vec![value(rows), named("count", Some(&count)), named("min", min), named("max", max)])
        };
        let wanted: Vec<_> = groups.iter().map(row).collect();
        let found: Vec<_> = self.sound(answer, &counted).rows.iter().map(ranks).collect();
        assert_eq!(found, wanted, "{}: {counted}", self.context);
    }
}

fn rank(value: &Value) -> Rank {
    Rank::of(Some(value))
}

fn is_number(value: &Value) -> bool {
    rank(value).is_like(&rank(&0.into())) && !rank(value).is_nan()
}

/// The fields of a row as far as they differ from others.
fn ranks(row: &Value) -> Vec<(String, Rank)> {
    let mut fields: Vec<_> =
        row.as_table().unwrap_or_default().iter().map(|(name, value)| (name.to_string(), rank(value))).collect();
    fields.sort();
    fields
}

/// A spec with more in it.
fn with(spec: &[(&str, Value)], more: &[(&str, Value)]) -> Value {
    Value::Table(spec.iter().chain(more).map(|(name, value)| ((*name).into(), value.clone())).collect())
}
