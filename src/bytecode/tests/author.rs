//! Writes random programs: nested blocks, loops, jumps, captured variables, calls.

use std::fmt::Write;

use cu_random::Random;

/// A program in the making.
pub struct Author {
    pub random: Random,
    pub source: String,
    variables: usize,
    labels: usize,
}

impl Author {
    /// Writes the program of round `round`, its blocks nested up to `depth`.
    pub fn write(round: u64, depth: usize) -> Author {
        let random = Random::from_environment(round);
        let mut author = Author { random, source: String::new(), variables: 0, labels: 0 };
        author.block(depth, 0);
        author
    }

    fn variable(&mut self) -> String {
        match self.variables {
            0 => "g".into(),
            count => format!("v{}", self.random.below(count)),
        }
    }

    fn expression(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 5 } else { 18 };
        let kind = self.random.below(kinds);
        let mut one = || self.expression(depth.saturating_sub(1));
        match kind {
            0 | 1 => self.variable(),
            2 => ["1", "2.5", "'s'", "nil", "true", "70000", "..."][self.random.below(7)].into(),
            3 | 4 => format!("g{}", self.random.below(400)),
            5 => format!("{}.f", self.variable()),
            6 => format!("({})[{}]", one(), one()),
            7 => format!("({} and {})", one(), one()),
            8 => format!("({} or {})", one(), one()),
            9 => format!("({} .. {} .. {})", one(), one(), one()),
            10 => format!("({} < {})", one(), one()),
            11 => format!("(not {})", one()),
            12 => format!("{{{}, x = {}, {}}}", one(), one(), one()),
            13 => format!("f({}, {})", one(), one()),
            14 => format!("{}:m({})", self.variable(), self.expression(depth - 1)),
            15 => format!("({} + 1 - {})", one(), one()),
            16 => format!("(function(...) {} = {} return {} end)", self.variable(), self.variable(), self.variable()),
            _ => format!("({} == {})", one(), one()),
        }
    }

    fn block(&mut self, depth: usize, loops: usize) {
        let outer = self.variables;
        let label = self.labels;
        self.labels += 1;
        for _ in 0..1 + self.random.below(5) {
            self.statement(depth, loops, label);
        }
        match self.random.below(8) {
            0 => self.source += "do return f(...) end ",
            1 if loops > 0 => self.source += "break ",
            _ => {}
        }
        writeln!(self.source, "::l{label}::").expect("writes");
        self.variables = outer;
    }

    fn statement(&mut self, depth: usize, loops: usize, label: usize) {
        let kinds = if depth == 0 { 6 } else { 13 };
        let kind = self.random.below(kinds);
        let (value, other) = (self.expression(3), self.expression(2));
        let variable = self.variable();
        let new = self.variables;
        match kind {
            0 | 1 => {
                let attribute = if self.random.below(12) == 0 { " <close>" } else { "" };
                self.source += &format!("local v{new}{attribute} = {value}\n");
                self.variables += 1;
            }
            2 => self.source += &format!("{variable}.x, {variable}[{other}] = {value}\n"),
            3 => self.source += &format!("if {value} then goto l{label} end\n"),
            4 => self.source += &format!("f({value}, {other})\n"),
            5 if loops > 0 => self.source += &format!("if {value} then break end\n"),
            5 => self.source += &format!("if {value} then return {other}, {value} end\n"),
            _ => self.nesting(kind, depth, loops, &value, &other),
        }
    }

    fn nesting(&mut self, kind: usize, depth: usize, loops: usize, value: &str, other: &str) {
        let new = self.variables;
        let (opening, variables, looping, closing) = match kind {
            6 => (format!("while {value} do"), 0, true, "end".into()),
            7 => ("repeat".into(), 0, true, format!("until {other}")),
            8 => (format!("for v{new} = {value}, {other} do"), 1, true, "end".into()),
            9 => (format!("for v{new}, v{} in {value} do", new + 1), 2, true, "end".into()),
            10 => (format!("if {value} then"), 0, false, format!("else f({other}) end")),
            11 => ("do".into(), 0, false, "end".into()),
            _ => (format!("local function v{new}(v{}, ...)", new + 1), 2, false, "end".into()),
        };
        self.source += &format!("{opening}\n");
        self.variables += variables;
        let inside = if kind == 12 { 0 } else { loops + usize::from(looping) };
        self.block(depth - 1, inside);
        self.source += &format!("{closing}\n");
        self.variables = new + usize::from(kind == 12);
    }
}
