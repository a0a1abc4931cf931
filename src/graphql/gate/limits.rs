//! The limits of the gate: what one document may ask for at most.
//!
//! Every limit is a number with a sentence that says what it protects. An operator may set each but
//! the rows of a page, which are part of the contract.

use super::cost::Cost;

/// What one document, with its variables, may ask for at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateLimits {
    /// Words and signs of the text. Keeps everything after it short: all else is linear in them.
    pub tokens_max: u64,
    /// Brackets open at once. The parser calls itself for each and would overflow its stack at
    /// some 300 in a debug build, on a thread of 2 MiB.
    pub open_brackets_max: u64,
    /// Bytes of comments, spaces and commas, which are no tokens and yet are read many times.
    pub ignored_bytes_max: u64,
    /// Fields within each other, fragments expanded. Resolvers nest as deep.
    pub depth_max: u64,
    /// As `depth_max`, for fields of the schema itself, counted from `__schema` or `__type`.
    pub introspection_depth_max: u64,
    /// Selections within each other, those of fields, inline fragments and spreads alike. The
    /// engine calls itself for each.
    pub nesting_max: u64,
    /// Aliases of one operation, fragments expanded.
    pub aliases_max: u64,
    /// Fields at the root of one operation, fragments expanded. Each is a command or a query.
    pub root_fields_max: u64,
    /// Directives of one operation, fragments expanded.
    pub directives_max: u64,
    /// Fields of all operations together, fragments expanded. The engine walks all of them.
    pub expanded_fields_max: u64,
    /// Spreads of all operations together, expanded: they may be many where fields are few.
    pub expanded_spreads_max: u64,
    /// What an operation may cost: 1 an object, 0.1 a leaf, times the rows of its page.
    pub cost_max: Cost,
    /// As `cost_max`, for fields of the schema itself, whose lists are as long as the schema.
    pub introspection_cost_max: Cost,
    /// Lists and objects within each other in the variables: items may be 64 deep, and lie in an
    /// input.
    pub variables_depth_max: u64,
    /// Rows of a page for which none are asked: what the resolvers give.
    pub page_rows_default: u64,
    /// Rows that are counted at most for one page. The resolvers refuse to give more.
    pub page_rows_max: u64,
    /// Documents that are remembered, the least recently used forgotten first.
    pub remembered_documents_max: usize,
    /// Bytes that all remembered documents may take together, as far as they can be told.
    pub remembered_bytes_max: usize,
    /// Bytes of a text that is remembered: longer ones carry their data within and come once.
    pub remembered_text_bytes_max: usize,
}

impl Default for GateLimits {
    fn default() -> Self {
        Self {
            tokens_max: 2_000,
            open_brackets_max: 100,
            ignored_bytes_max: 64 << 10,
            depth_max: 12,
            introspection_depth_max: 15,
            nesting_max: 32,
            aliases_max: 30,
            root_fields_max: 30,
            directives_max: 50,
            expanded_fields_max: 5_000,
            expanded_spreads_max: 5_000,
            cost_max: Cost::of_objects(10_000),
            introspection_cost_max: Cost::of_objects(100_000),
            variables_depth_max: 80,
            page_rows_default: 50,
            page_rows_max: 500,
            remembered_documents_max: 1_000,
            remembered_bytes_max: 16 << 20,
            remembered_text_bytes_max: 16 << 10,
        }
    }
}
