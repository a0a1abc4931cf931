//! The plan of a document's cost: what depends on its text is summed up, and only the pages that
//! variables ask for are open.
//!
//! With variables, one pass over the plan gives the cost: each step once, after those it stands
//! on. A fragment is one step, however often it is spread.

use async_graphql::{Name, Value};

use super::cost::Cost;
use super::index::{FieldEntry, Sizing};
use super::rows::Rows;

/// What a selection costs: once, and again for every row of the page that it is selected on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    once: Cost,
    a_row: Cost,
}

impl Weight {
    const fn and(self, other: Self) -> Self {
        Self {
            once: self.once.and(other.once),
            a_row: self.a_row.and(other.a_row),
        }
    }

    const fn with(self, cost: Cost, is_a_row: bool) -> Self {
        if is_a_row {
            let a_row = self.a_row.and(cost);
            return Self { a_row, ..self };
        }
        let once = self.once.and(cost);
        Self { once, ..self }
    }

    /// The cost on a page of so many rows.
    pub const fn on_a_page(self, rows: u64) -> Cost {
        self.once.and(self.a_row.times(rows))
    }
}

/// What a selection costs: known, or what a step of the plan says once the variables are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priced {
    /// Known from the text.
    Known(Weight),
    /// As this step says.
    Step(usize),
}

impl Default for Priced {
    fn default() -> Self {
        Self::Known(Weight::default())
    }
}

/// What the rows of a field multiply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Multiplied {
    /// The field itself: it gives a list.
    Itself,
    /// The lists right below it: it gives a page.
    Below,
}

/// A field whose cost is told by its rows and by what is selected on it.
#[derive(Debug, Clone)]
pub struct FieldPrice {
    rows: Rows,
    multiplied: Multiplied,
    is_a_row: bool,
    itself: Cost,
    below: Priced,
}

impl FieldPrice {
    /// A field of which nothing is known but whether something is selected on it.
    pub fn unknown(itself: Cost, below: Priced) -> Self {
        Self {
            rows: Rows::exactly(1),
            multiplied: Multiplied::Below,
            is_a_row: false,
            itself,
            below,
        }
    }

    /// A field that gives so many rows.
    pub fn known(entry: &FieldEntry, rows: Rows, itself: Cost, below: Priced) -> Self {
        let multiplied = if entry.is_list {
            Multiplied::Itself
        } else {
            Multiplied::Below
        };
        Self {
            rows,
            multiplied,
            is_a_row: entry.is_list && entry.sizing == Sizing::Once,
            itself,
            below,
        }
    }

    const fn cost(&self, rows: u64, below: Weight) -> Cost {
        match self.multiplied {
            Multiplied::Itself => self.itself.and(below.on_a_page(1)).times(rows),
            Multiplied::Below => self.itself.and(below.on_a_page(rows)),
        }
    }
}

/// A part of a sum that only variables tell.
#[derive(Debug, Clone)]
enum Open {
    /// All that a step costs.
    Step(usize),
    /// A field.
    Field(FieldPrice),
}

/// What one selection costs, while it is summed up.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    known: Weight,
    open: Vec<Open>,
}

impl Sum {
    /// Adds a field.
    pub fn add_field(&mut self, field: FieldPrice) {
        match (field.rows.known(), field.below) {
            (Some(rows), Priced::Known(below)) => {
                let cost = field.cost(rows, below);
                self.known = self.known.with(cost, field.is_a_row);
            }
            (None, _) | (_, Priced::Step(_)) => self.open.push(Open::Field(field)),
        }
    }

    /// Adds what is spread or included here.
    pub fn add_selection(&mut self, priced: Priced) {
        match priced {
            Priced::Known(weight) => self.known = self.known.and(weight),
            Priced::Step(step) => self.open.push(Open::Step(step)),
        }
    }
}

/// The plan of a document's cost.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Each names only steps before it.
    steps: Vec<Sum>,
}

impl Plan {
    /// Ends a sum: it is known, or becomes a step.
    pub fn close(&mut self, sum: Sum) -> Priced {
        if sum.open.is_empty() {
            return Priced::Known(sum.known);
        }
        self.steps.push(sum);
        Priced::Step(self.steps.len() - 1)
    }

    /// How many parts of sums there are to look at when variables are known.
    pub fn open_parts(&self) -> usize {
        self.steps.iter().map(|sum| sum.open.len()).sum()
    }

    /// What a selection costs with these variables.
    pub fn weight<'v>(
        &self,
        priced: Priced,
        variables: &impl Fn(&Name) -> Option<&'v Value>,
    ) -> Weight {
        let last = match priced {
            Priced::Known(weight) => return weight,
            Priced::Step(last) => last,
        };
        let mut weights: Vec<Weight> = Vec::with_capacity(last + 1);
        for sum in &self.steps[..=last] {
            let weight = sum.open.iter().fold(sum.known, |weight, open| match open {
                Open::Step(step) => weight.and(weights[*step]),
                Open::Field(field) => {
                    let below = match field.below {
                        Priced::Known(below) => below,
                        Priced::Step(step) => weights[step],
                    };
                    let cost = field.cost(field.rows.given(variables), below);
                    weight.with(cost, field.is_a_row)
                }
            });
            weights.push(weight);
        }
        weights[last]
    }
}
