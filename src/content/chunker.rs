//! The boundary rule: which entry is the last of its node.
//!
//! The rule looks at an entry's key, at the sizes of the rows of its node so far (which depend on
//! keys only) and at nothing else, so the same keys make the same nodes however they came, and a
//! changed value moves no boundary. It must never look at a value, a neighbour to the right, or a
//! floating-point number: `exp` differs between platforms, and boundaries are part of the format.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The sizes of the nodes of one sort. Sizes are bytes of canonical rows, without the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeShape {
    /// No node ends before it has this many bytes.
    pub bytes_min: u32,
    /// The scale of the distribution: nodes have about nine tenths of it on average.
    pub bytes_target: u32,
    /// A node ends with the entry that reaches this.
    pub bytes_max: u32,
    /// No node ends before it has this many entries.
    pub entries_min: u32,
}

/// What decides the shape of a tree. Part of the format: a ledger records the text of it when it
/// is founded, and another text means other roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeParameters {
    /// Nodes of level 0.
    pub leaf: NodeShape,
    /// Nodes of every other level.
    pub interior: NodeShape,
    /// The seed of the boundary hash at level 0; level `n` has this plus `n`.
    pub salt: u64,
}

impl TreeParameters {
    /// The parameters of every ledger.
    pub const FORMAT: Self = Self {
        leaf: NodeShape {
            bytes_min: 128,
            bytes_target: 1024,
            bytes_max: 4096,
            entries_min: 1,
        },
        interior: NodeShape {
            bytes_min: 512,
            bytes_target: 4096,
            bytes_max: 16384,
            entries_min: 2,
        },
        salt: 0x5EED_0F5A_A91E_D6E7,
    };

    /// The stable text of [`Self::FORMAT`], to be recorded when a ledger is founded.
    pub fn parameters_text() -> String {
        Self::FORMAT.text()
    }

    /// These parameters as text: `prolly-1 xxh3 weibull-4 leaf=MIN/TARGET/MAX/ENTRIES …`.
    pub fn text(&self) -> String {
        let shape = |shape: &NodeShape| {
            let NodeShape {
                bytes_min,
                bytes_target,
                bytes_max,
                entries_min,
            } = shape;
            format!("{bytes_min}/{bytes_target}/{bytes_max}/{entries_min}")
        };
        let (leaf, interior) = (shape(&self.leaf), shape(&self.interior));
        format!(
            "prolly-1 xxh3 weibull-4 leaf={leaf} interior={interior} salt={:016x}",
            self.salt
        )
    }

    /// The shape of the nodes of this level.
    pub(super) const fn shape(&self, level: u8) -> &NodeShape {
        if level == 0 {
            &self.leaf
        } else {
            &self.interior
        }
    }
}

/// The rows of a node so far, as the rule sees them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// Rows, with the one asked about.
    pub entries: u32,
    /// Bytes of the rows before the one asked about.
    pub start: u32,
    /// Bytes of the rows, with the one asked about.
    pub end: u32,
}

/// Whether the row with this key, the last of `extent`, ends its node.
///
/// The size of a node follows a Weibull distribution with shape 4 and scale `bytes_target`, taken
/// row by row by its hazard: of the draws of 32 bits, a share of `(end⁴ − start⁴) / target⁴` ends
/// the node here. Growing hazard makes sizes gather round the target; a large row has a large
/// share, so sizes do not depend on how long keys are.
pub(super) fn ends_node(
    parameters: &TreeParameters,
    level: u8,
    key: &[u8],
    extent: Extent,
) -> bool {
    let shape = parameters.shape(level);
    if extent.entries < shape.entries_min || extent.end < shape.bytes_min {
        return false;
    }
    if extent.end >= shape.bytes_max {
        return true;
    }
    let draw = xxh3_64_with_seed(key, parameters.salt.wrapping_add(u64::from(level))) >> 32;
    let fourth = |bytes: u32| u64::from(bytes).pow(4);
    let hazard = u128::from(fourth(extent.end) - fourth(extent.start)) << 32;
    u128::from(draw) * u128::from(fourth(shape.bytes_target)) < hazard
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes of the nodes that `count` rows of `row_bytes` make at a level.
    fn node_sizes(level: u8, row_bytes: u32, count: u32) -> Vec<u32> {
        let mut sizes = Vec::new();
        let mut extent = Extent::default();
        for number in 0..count {
            let key = format!("item-{number:09}");
            let end = extent.end + row_bytes;
            extent = Extent {
                entries: extent.entries + 1,
                start: extent.end,
                end,
            };
            if ends_node(&TreeParameters::FORMAT, level, key.as_bytes(), extent) {
                sizes.push(extent.end);
                extent = Extent::default();
            }
        }
        sizes
    }

    #[test]
    fn the_text_of_the_format_is_stable() {
        assert_eq!(
            TreeParameters::parameters_text(),
            "prolly-1 xxh3 weibull-4 leaf=128/1024/4096/1 interior=512/4096/16384/2 \
             salt=5eed0f5aa91ed6e7"
        );
    }

    #[test]
    fn sizes_gather_round_the_target_however_long_the_rows() {
        for (level, row_bytes, low, high) in [
            (0, 53, 850, 1000),
            (0, 200, 850, 1050),
            (0, 1063, 1063, 1500),
            (1, 80, 3500, 3900),
            (1, 1090, 3200, 4400),
        ] {
            let sizes = node_sizes(level, row_bytes, 200_000);
            let mean = sizes.iter().sum::<u32>() / sizes.len() as u32;
            assert!(
                (low..=high).contains(&mean),
                "level {level}, {row_bytes} B: mean {mean}"
            );
            let shape = TreeParameters::FORMAT.shape(level);
            for size in sizes {
                assert!(size >= shape.bytes_min && size < shape.bytes_max + row_bytes);
                assert!(size >= shape.entries_min * row_bytes);
            }
        }
    }

    #[test]
    fn a_level_has_its_own_draws() {
        let ends = |level| {
            let extent = Extent {
                entries: 9,
                start: 700,
                end: 800,
            };
            let parameters = TreeParameters {
                interior: TreeParameters::FORMAT.leaf,
                ..TreeParameters::FORMAT
            };
            let ended = |number: &u32| {
                ends_node(
                    &parameters,
                    level,
                    format!("key {number}").as_bytes(),
                    extent,
                )
            };
            (0..1000).filter(ended).collect::<Vec<_>>()
        };
        assert_ne!(ends(1), ends(2));
    }
}
