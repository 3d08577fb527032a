//! Metric math: expressions over metrics, as CloudWatch evaluates them, in their simple half.
//!
//! ```text
//! expression = term { ("+" | "-") term }
//! term       = factor { ("*" | "/") factor }
//! factor     = number | name | "-" factor | "(" expression ")" | function
//! function   = "FILL" "(" expression "," (number | "REPEAT" | "LINEAR") ")"
//!            | ("AVG" | "SUM" | "MIN" | "MAX" | "ABS" | "CEIL" | "FLOOR") "(" expression ")"
//! ```
//!
//! A name stands for a series with one value a period, some of them missing. Rules that surprise:
//! arithmetic between two series takes a missing value as 0 as long as the other series has one; a
//! division by zero gives no value; AVG, SUM, MIN and MAX of a series are one number, taken over
//! the values that are there. FILL with LINEAR fills gaps between two values only, with REPEAT
//! only after a first value.

use crate::json;
use std::collections::BTreeMap;
use std::fmt;

/// One value a period, `None` where one is missing.
pub type Series = Vec<Option<f64>>;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression(Node);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Metric(String),
    Negated(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Fill(Box<Node>, Filler),
    Function(Function, Box<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Filler {
    Number(f64),
    Repeat,
    Linear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Average,
    Sum,
    Minimum,
    Maximum,
    Absolute,
    Ceiling,
    Floor,
}

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum MathValue {
    /// One number for all periods; `None` if it cannot be told.
    Scalar(Option<f64>),
    /// One value a period.
    Series(Series),
}

/// Why an expression cannot be read or evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MathError {
    /// Something else was expected.
    Syntax {
        /// Where, counted in bytes from 0.
        at: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// No metric has this name.
    UnknownMetric {
        /// The name.
        name: String,
    },
    /// Two series have different lengths.
    Lengths {
        /// Of the one.
        left: usize,
        /// Of the other.
        right: usize,
    },
    /// Brackets and signs are nested too deeply.
    TooDeep,
    /// The text is too long.
    TooLong {
        /// Its bytes.
        bytes: usize,
    },
    /// An alarm's expression may use ten metrics.
    TooManyMetrics {
        /// How many it uses.
        count: usize,
    },
}

impl fmt::Display for MathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { at, expected } => write!(f, "expected {expected} at character {at}"),
            Self::UnknownMetric { name } => {
                write!(f, "there is no metric \"{name}\": name one that the alarm has")
            }
            Self::Lengths { left, right } => {
                write!(f, "series of {left} and of {right} periods: use one period for all")
            }
            Self::TooDeep => write!(f, "more than {DEPTH_MAX} brackets in one another: use fewer"),
            Self::TooLong { bytes } => {
                write!(f, "the expression has {bytes} characters: use {LENGTH_MAX} at most")
            }
            Self::TooManyMetrics { count } => {
                write!(f, "{count} metrics: an alarm may use {METRICS_MAX}")
            }
        }
    }
}

impl std::error::Error for MathError {}

const DEPTH_MAX: u32 = 64;
/// Longest expression, as CloudWatch has it.
const LENGTH_MAX: usize = 1_024;
/// Most metrics in the expression of one alarm.
const METRICS_MAX: usize = 10;

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// The first place that does not fit the grammar, or more metrics than an alarm may have.
    pub fn parse(text: &str) -> Result<Self, MathError> {
        if text.len() > LENGTH_MAX {
            return Err(MathError::TooLong { bytes: text.len() });
        }
        let mut parser = Parser { text, at: 0, depth: 0 };
        let node = parser.expression()?;
        parser.skip_space();
        if parser.at < text.len() {
            return Err(parser.expected("an operator or the end"));
        }
        let expression = Self(node);
        let count = expression.metrics().len();
        if count > METRICS_MAX {
            return Err(MathError::TooManyMetrics { count });
        }
        Ok(expression)
    }

    /// Names of the metrics used, without repetition, in alphabetical order.
    pub fn metrics(&self) -> Vec<&str> {
        fn collect<'a>(node: &'a Node, names: &mut Vec<&'a str>) {
            match node {
                Node::Number(_) => {}
                Node::Metric(name) => names.push(name),
                Node::Negated(inner) | Node::Fill(inner, _) | Node::Function(_, inner) => {
                    collect(inner, names);
                }
                Node::Binary(_, left, right) => {
                    collect(left, names);
                    collect(right, names);
                }
            }
        }
        let mut names = Vec::new();
        collect(&self.0, &mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The value, given the series of each metric.
    ///
    /// # Errors
    ///
    /// A metric that is not given, or series of different lengths.
    pub fn evaluate(&self, metrics: &BTreeMap<String, Series>) -> Result<MathValue, MathError> {
        evaluate(&self.0, metrics)
    }
}

fn evaluate(node: &Node, metrics: &BTreeMap<String, Series>) -> Result<MathValue, MathError> {
    match node {
        Node::Number(number) => Ok(MathValue::Scalar(Some(*number))),
        Node::Metric(name) => metrics
            .get(name)
            .map(|series| MathValue::Series(series.clone()))
            .ok_or_else(|| MathError::UnknownMetric { name: name.clone() }),
        Node::Negated(inner) => Ok(evaluate(inner, metrics)?.map(|value| -value)),
        Node::Binary(operator, left, right) => {
            combine(*operator, evaluate(left, metrics)?, evaluate(right, metrics)?)
        }
        Node::Fill(inner, filler) => Ok(match evaluate(inner, metrics)? {
            MathValue::Series(series) => MathValue::Series(fill(series, *filler)),
            scalar @ MathValue::Scalar(_) => scalar,
        }),
        Node::Function(function, inner) => Ok(function.apply(evaluate(inner, metrics)?)),
    }
}

fn combine(operator: Operator, left: MathValue, right: MathValue) -> Result<MathValue, MathError> {
    use MathValue::{Scalar, Series};
    Ok(match (left, right) {
        (Scalar(left), Scalar(right)) => {
            Scalar(left.zip(right).and_then(|(left, right)| operator.apply(left, right)))
        }
        (Series(left), Scalar(right)) => {
            Series(left.into_iter().map(|left| operator.apply(left?, right?)).collect())
        }
        (Scalar(left), Series(right)) => {
            Series(right.into_iter().map(|right| operator.apply(left?, right?)).collect())
        }
        (Series(left), Series(right)) if left.len() != right.len() => {
            return Err(MathError::Lengths { left: left.len(), right: right.len() });
        }
        (Series(left), Series(right)) => {
            let pair = |(left, right): (Option<f64>, Option<f64>)| match (left, right) {
                (None, None) => None,
                (left, right) => operator.apply(left.unwrap_or(0.0), right.unwrap_or(0.0)),
            };
            Series(left.into_iter().zip(right).map(pair).collect())
        }
    })
}

impl Operator {
    fn apply(self, left: f64, right: f64) -> Option<f64> {
        let value = match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
        };
        value.is_finite().then_some(value)
    }
}

impl Function {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "AVG" => Self::Average,
            "SUM" => Self::Sum,
            "MIN" => Self::Minimum,
            "MAX" => Self::Maximum,
            "ABS" => Self::Absolute,
            "CEIL" => Self::Ceiling,
            "FLOOR" => Self::Floor,
            _ => return None,
        })
    }

    fn apply(self, value: MathValue) -> MathValue {
        let fold = |value: MathValue, f: fn(f64, f64) -> f64| match value {
            MathValue::Series(series) => series.into_iter().flatten().reduce(f),
            MathValue::Scalar(scalar) => scalar,
        };
        match self {
            Self::Absolute => value.map(f64::abs),
            Self::Ceiling => value.map(f64::ceil),
            Self::Floor => value.map(f64::floor),
            Self::Sum => MathValue::Scalar(fold(value, |a, b| a + b)),
            Self::Minimum => MathValue::Scalar(fold(value, f64::min)),
            Self::Maximum => MathValue::Scalar(fold(value, f64::max)),
            Self::Average => {
                let count = match &value {
                    MathValue::Series(series) => series.iter().flatten().count(),
                    MathValue::Scalar(_) => 1,
                };
                MathValue::Scalar(fold(value, |a, b| a + b).map(|sum| sum / count as f64))
            }
        }
    }
}

impl MathValue {
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::Scalar(value) => Self::Scalar(value.map(f)),
            Self::Series(series) => {
                Self::Series(series.into_iter().map(|value| value.map(&f)).collect())
            }
        }
    }
}

fn fill(mut series: Series, filler: Filler) -> Series {
    let mut last: Option<(usize, f64)> = None;
    for i in 0..series.len() {
        let Some(value) = series[i] else {
            match filler {
                Filler::Number(number) => series[i] = Some(number),
                Filler::Repeat => series[i] = last.map(|(_, value)| value),
                Filler::Linear => {}
            }
            continue;
        };
        if let (Filler::Linear, Some((from, before))) = (filler, last) {
            let slope = (value - before) / (i - from) as f64;
            for (step, gap) in series[from + 1..i].iter_mut().enumerate() {
                *gap = Some(before + slope * (step + 1) as f64);
            }
        }
        last = Some((i, value));
    }
    series
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl Parser<'_> {
    fn expected(&self, expected: &'static str) -> MathError {
        MathError::Syntax { at: self.at, expected }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Takes `symbol` if it comes next.
    fn eat(&mut self, symbol: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(symbol);
        self.at += if found { symbol.len_utf8() } else { 0 };
        found
    }

    fn expect(&mut self, symbol: char, expected: &'static str) -> Result<(), MathError> {
        if self.eat(symbol) { Ok(()) } else { Err(self.expected(expected)) }
    }

    /// Takes the longest run of characters that satisfy `wanted`.
    fn run(&mut self, wanted: fn(char) -> bool) -> &str {
        self.skip_space();
        let from = self.at;
        self.at += self.rest().find(|c| !wanted(c)).unwrap_or(self.rest().len());
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn expression(&mut self) -> Result<Node, MathError> {
        let mut left = self.term()?;
        loop {
            let operator = if self.eat('+') {
                Operator::Add
            } else if self.eat('-') {
                Operator::Subtract
            } else {
                return Ok(left);
            };
            left = Node::Binary(operator, Box::new(left), Box::new(self.term()?));
        }
    }

    fn term(&mut self) -> Result<Node, MathError> {
        let mut left = self.factor()?;
        loop {
            let operator = if self.eat('*') {
                Operator::Multiply
            } else if self.eat('/') {
                Operator::Divide
            } else {
                return Ok(left);
            };
            left = Node::Binary(operator, Box::new(left), Box::new(self.factor()?));
        }
    }

    fn factor(&mut self) -> Result<Node, MathError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(MathError::TooDeep);
        }
        self.skip_space();
        let node = match self.rest().chars().next() {
            Some('-') => {
                self.at += 1;
                Node::Negated(Box::new(self.factor()?))
            }
            Some('(') => {
                self.at += 1;
                let inner = self.expression()?;
                self.expect(')', "\")\"")?;
                inner
            }
            Some('0'..='9' | '.') => Node::Number(self.number()?),
            Some('a'..='z' | 'A'..='Z' | '_') => self.name()?,
            _ => return Err(self.expected("a number, a metric or \"(\"")),
        };
        self.depth -= 1;
        Ok(node)
    }

    fn number(&mut self) -> Result<f64, MathError> {
        let digits = self.run(|c| c.is_ascii_digit() || c == '.');
        json::number(digits).ok_or_else(|| self.expected("a number"))
    }

    fn name(&mut self) -> Result<Node, MathError> {
        let name = self.run(|c| c.is_ascii_alphanumeric() || c == '_').to_owned();
        if !self.eat('(') {
            return Ok(Node::Metric(name));
        }
        let function = Function::named(&name);
        if function.is_none() && name != "FILL" {
            return Err(self.expected("AVG, SUM, MIN, MAX, ABS, CEIL, FLOOR or FILL before \"(\""));
        }
        let inner = Box::new(self.expression()?);
        let node = match function {
            Some(function) => Node::Function(function, inner),
            None => {
                self.expect(',', "\",\"")?;
                Node::Fill(inner, self.filler()?)
            }
        };
        self.expect(')', "\")\"")?;
        Ok(node)
    }

    fn filler(&mut self) -> Result<Filler, MathError> {
        self.skip_space();
        if self.rest().starts_with(|c: char| c.is_ascii_alphabetic()) {
            return match self.run(|c| c.is_ascii_alphabetic()) {
                "REPEAT" => Ok(Filler::Repeat),
                "LINEAR" => Ok(Filler::Linear),
                _ => Err(self.expected("REPEAT, LINEAR or a number")),
            };
        }
        let sign = if self.eat('-') { -1.0 } else { 1.0 };
        self.number().map(|number| Filler::Number(sign * number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, metrics: &[(&str, &[Option<f64>])]) -> Result<MathValue, MathError> {
        let metrics = metrics.iter().map(|(name, series)| ((*name).to_owned(), series.to_vec()));
        Expression::parse(text)?.evaluate(&metrics.collect())
    }

    #[test]
    fn arithmetic_and_gaps() {
        let gaps: &[_] = &[Some(1.0), None, None, Some(4.0), None];
        let other: &[_] = &[Some(2.0), Some(0.0), None, None, Some(8.0)];
        let series = |values: [Option<f64>; 5]| Ok(MathValue::Series(values.to_vec()));
        let (a, b) = (("a", gaps), ("b", other));
        let cases = [
            ("a + b", [Some(3.0), Some(0.0), None, Some(4.0), Some(8.0)]),
            ("a / b", [Some(0.5), None, None, None, Some(0.0)]),
            ("-(a - 2) * 10", [Some(10.0), None, None, Some(-20.0), None]),
            ("FILL(a, REPEAT)", [Some(1.0), Some(1.0), Some(1.0), Some(4.0), Some(4.0)]),
            ("FILL(a, LINEAR)", [Some(1.0), Some(2.0), Some(3.0), Some(4.0), None]),
            ("FILL(a, -1)", [Some(1.0), Some(-1.0), Some(-1.0), Some(4.0), Some(-1.0)]),
            ("a * AVG(b) - 1", [Some(7.0 / 3.0), None, None, Some(37.0 / 3.0), None]),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text, &[a, b]), series(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let cases = [("", 0), ("a b", 2), ("(a", 2), ("FILL(a)", 6), ("SQRT(a)", 5), ("1.2.3", 5)];
        for (text, at) in cases {
            let error = Expression::parse(text).unwrap_err();
            assert!(matches!(error, MathError::Syntax { at: found, .. } if found == at), "{error}");
        }
        let deep = "(".repeat(100);
        assert_eq!(Expression::parse(&deep), Err(MathError::TooDeep));
        let many = (0..11).map(|i| format!("m{i}")).collect::<Vec<_>>().join("+");
        assert_eq!(Expression::parse(&many), Err(MathError::TooManyMetrics { count: 11 }));
    }
}
