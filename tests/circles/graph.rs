//! Files, and which uses which.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Files by their names, with those that each uses.
#[derive(Debug, Default)]
pub struct Graph {
    uses: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Adds a file.
    pub fn file(&mut self, name: &str) {
        self.uses.entry(name.to_owned()).or_default();
    }

    /// One file uses another one.
    pub fn use_of(&mut self, user: &str, used: &str) {
        if user != used {
            self.uses.entry(user.to_owned()).or_default().insert(used.to_owned());
        }
    }

    pub fn files(&self) -> usize {
        self.uses.len()
    }

    pub fn uses(&self) -> usize {
        self.uses.values().map(BTreeSet::len).sum()
    }

    /// A shortest circle, if there is any; its first file is its last one, too.
    pub fn circle(&self) -> Option<Vec<String>> {
        self.uses.keys().filter_map(|file| self.way_back(file)).min_by_key(Vec::len)
    }

    fn way_back(&self, start: &String) -> Option<Vec<String>> {
        let mut from: BTreeMap<&String, &String> = BTreeMap::new();
        let mut waiting = VecDeque::from([start]);
        while let Some(file) = waiting.pop_front() {
            for used in self.uses.get(file).into_iter().flatten() {
                if !from.contains_key(used) {
                    from.insert(used, file);
                    waiting.push_back(used);
                }
            }
        }
        let mut way = vec![start.clone()];
        let mut at = *from.get(start)?;
        while at != start {
            way.push(at.clone());
            at = from[at];
        }
        way.push(start.clone());
        way.reverse();
        Some(way)
    }
}
