//! Rows in, nodes out: the one place where a node is made from rows.
//!
//! An `Assembler` gathers the rows of one level and closes a node where the boundary rule says; a
//! `Stack` of them raises closed nodes level by level until one node is left, the root. Neither
//! may ever reorder rows: who calls brings them in strictly ascending order of keys.

use super::canonical::{Domain, HEADER_BYTES, header, row_key, write_entry};
use super::chunker::{Extent, TreeParameters, ends_node};
use super::entry::{Entry, Place};
use super::node::Node;

/// Gathers rows of one level into nodes.
pub(super) struct Assembler {
    parameters: TreeParameters,
    level: u8,
    bytes: Vec<u8>,
    offsets: Vec<u16>,
    places: Vec<Place>,
}

impl Assembler {
    pub(super) fn new(parameters: TreeParameters, level: u8) -> Self {
        let bytes = vec![0; HEADER_BYTES];
        let offsets = vec![HEADER_BYTES as u16];
        Self {
            parameters,
            level,
            bytes,
            offsets,
            places: Vec::new(),
        }
    }

    /// Whether the last row closed a node, or none came yet.
    pub(super) fn is_empty(&self) -> bool {
        self.offsets.len() == 1
    }

    /// Takes a canonical row; answers the node that it ends. `place` counts on level 0 only.
    pub(super) fn push_row(&mut self, row: &[u8], place: Place) -> Option<Node> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(row);
        self.close_row(start, place)
    }

    fn push_entry(&mut self, entry: &Entry) -> Option<Node> {
        let start = self.bytes.len();
        write_entry(&mut self.bytes, entry);
        self.close_row(start, entry.place)
    }

    fn push_child(&mut self, child: &Node) -> Option<Node> {
        let start = self.bytes.len();
        child.write_row(&mut self.bytes);
        self.close_row(start, Place::default())
    }

    fn close_row(&mut self, start: usize, place: Place) -> Option<Node> {
        let end = self.bytes.len();
        let Ok(offset) = u16::try_from(end) else {
            unreachable!("a node ends with the row that reaches bytes_max, 16,384 at most")
        };
        if self.level == 0 {
            self.places.push(place);
        }
        let extent = Extent {
            entries: self.offsets.len() as u32,
            start: (start - HEADER_BYTES) as u32,
            end: (end - HEADER_BYTES) as u32,
        };
        self.offsets.push(offset);
        let ends = ends_node(
            &self.parameters,
            self.level,
            row_key(&self.bytes[start..]),
            extent,
        );
        if ends { self.flush() } else { None }
    }

    /// Closes the node of the rows so far, if there are any: the last of a level.
    pub(super) fn flush(&mut self) -> Option<Node> {
        if self.is_empty() {
            return None;
        }
        let rows = (self.offsets.len() - 1) as u16;
        let header = header(Domain::of_level(self.level), self.level, rows);
        self.bytes[..HEADER_BYTES].copy_from_slice(&header);
        let node = Node::new(&self.bytes, &self.offsets, &self.places);
        self.bytes.truncate(HEADER_BYTES);
        self.offsets.truncate(1);
        self.places.clear();
        Some(node)
    }
}

struct Level {
    assembler: Assembler,
    /// The first node of the topmost level: it is the root unless a second one comes.
    first: Option<Node>,
}

/// Where closed nodes go, lowest levels first; what it fails with stops the work.
pub(super) type Sink<'a, E> = dyn FnMut(Node) -> Result<(), E> + 'a;

/// Raises rows of a base level to one root.
pub(super) struct Stack {
    parameters: TreeParameters,
    levels: Vec<Level>,
}

impl Stack {
    /// A stack whose rows are of level `base`: 0 takes entries, others children.
    pub(super) fn new(parameters: TreeParameters, base: u8) -> Self {
        let assembler = Assembler::new(parameters, base);
        Self {
            parameters,
            levels: vec![Level {
                assembler,
                first: None,
            }],
        }
    }

    pub(super) fn push_entry<E>(&mut self, entry: &Entry, sink: &mut Sink<E>) -> Result<(), E> {
        match self.levels[0].assembler.push_entry(entry) {
            Some(node) => self.rise(0, node, sink),
            None => Ok(()),
        }
    }

    pub(super) fn push_child<E>(&mut self, child: &Node, sink: &mut Sink<E>) -> Result<(), E> {
        match self.levels[0].assembler.push_child(child) {
            Some(node) => self.rise(0, node, sink),
            None => Ok(()),
        }
    }

    /// Takes up a closed node of the level at `index`, and what it closes above.
    fn rise<E>(&mut self, mut index: usize, node: Node, sink: &mut Sink<E>) -> Result<(), E> {
        let mut risen = node;
        loop {
            if index + 1 == self.levels.len() {
                let Some(first) = self.levels[index].first.take() else {
                    self.levels[index].first = Some(risen);
                    return Ok(());
                };
                let level = first.level() + 1;
                let mut assembler = Assembler::new(self.parameters, level);
                let closed = assembler.push_child(&first);
                assert!(
                    closed.is_none(),
                    "an interior node has at least two children"
                );
                self.levels.push(Level {
                    assembler,
                    first: None,
                });
                sink(first)?;
            }
            let closed = self.levels[index + 1].assembler.push_child(&risen);
            sink(risen)?;
            let Some(above) = closed else { return Ok(()) };
            risen = above;
            index += 1;
        }
    }

    /// Closes every level; answers the top node in the root domain, none if no row came.
    pub(super) fn finish<E>(mut self, sink: &mut Sink<E>) -> Result<Option<Node>, E> {
        let mut index = 0;
        loop {
            if let Some(node) = self.levels[index].assembler.flush() {
                self.rise(index, node, sink)?;
            }
            if index + 1 == self.levels.len() {
                return Ok(self.levels[index].first.take().map(|top| top.to_root()));
            }
            index += 1;
        }
    }
}
