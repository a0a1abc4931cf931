//! Trees that nobody should make: each is refused by `verify`, by name, and never followed
//! blindly.

use super::canonical::{Domain, header, write_child, write_entry};
use super::*;

/// A node of these rows, whatever they are.
fn forged(domain: Domain, level: u8, rows: &[Vec<u8>]) -> NewNode {
    let mut bytes = header(domain, level, rows.len() as u16).to_vec();
    bytes[1] = domain.code();
    let mut offsets = vec![bytes.len() as u16];
    for row in rows {
        bytes.extend_from_slice(row);
        offsets.push(bytes.len() as u16);
    }
    let places = if level == 0 {
        vec![Place::default(); rows.len()]
    } else {
        Vec::new()
    };
    NewNode(std::sync::Arc::new(Node::new(&bytes, &offsets, &places)))
}

fn leaf_row(key: &str) -> Vec<u8> {
    let mut row = Vec::new();
    write_entry(&mut row, &entry(key, Kind::Record, 1));
    row
}

fn child_row(node: &NewNode) -> Vec<u8> {
    let mut row = Vec::new();
    node.node().write_row(&mut row);
    row
}

fn check(nodes: &[NewNode], damaged: &NewNode) {
    let store = MemoryNodes::new();
    store.insert(nodes);
    let root = nodes[nodes.len() - 1].hash();
    assert_eq!(verify(&store, root), Err(Fault::Damaged(damaged.hash())));
}

#[test]
fn a_leaf_with_wrong_keys_is_refused() {
    for keys in [
        &["b", "a"][..],
        &["a", "a"],
        &[""],
        &["a\n"],
        &["a", "b", "aa"],
    ] {
        let rows: Vec<Vec<u8>> = keys.iter().map(|key| leaf_row(key)).collect();
        let root = forged(Domain::Root, 0, &rows);
        check(std::slice::from_ref(&root), &root);
    }
    let root = forged(Domain::Root, 0, &[leaf_row("a"), leaf_row("b")]);
    let store = MemoryNodes::new();
    store.insert(std::slice::from_ref(&root));
    assert_eq!(
        verify(&store, root.hash()).map(|totals| totals.items()),
        Ok(2)
    );
}

#[test]
fn a_tree_cut_by_other_parameters_is_refused() {
    let keys = (0..300).map(|number| entry(&format!("key {number:03}"), Kind::Record, 1));
    let grown = build::build_with(SMALL, keys, Keep::Nodes);
    let store = MemoryNodes::new();
    store.insert(&grown.nodes);
    assert_eq!(
        verify::verify_with(&SMALL, &store, grown.root),
        Ok(grown.totals)
    );
    assert!(matches!(verify(&store, grown.root), Err(Fault::Damaged(_))));
}

#[test]
fn a_row_that_lies_about_its_child_is_refused() {
    let keys = (0..60).map(|number| entry(&format!("key {number:03}"), Kind::Record, 1));
    let mut nodes = build(keys, Keep::Nodes).nodes;
    let top = nodes.pop().unwrap();
    assert_eq!(top.node().level(), 1);
    let true_rows: Vec<Vec<u8>> = (0..top.node().len())
        .map(|at| top.node().row(at).to_vec())
        .collect();
    let (first, totals) = (&nodes[0], nodes[0].node().totals());
    let more = Totals {
        records: totals.records + 1,
        ..totals
    };
    for (key, totals) in [(first.node().last_key(), more), (b"key 000", totals)] {
        let mut rows = true_rows.clone();
        rows[0].clear();
        write_child(&mut rows[0], key, &first.hash(), &totals);
        let forged_nodes = [nodes.clone(), vec![forged(Domain::Root, 1, &rows)]].concat();
        let store = MemoryNodes::new();
        store.insert(&forged_nodes);
        let root = forged_nodes[forged_nodes.len() - 1].hash();
        assert!(matches!(verify(&store, root), Err(Fault::Damaged(_))));
    }
}

#[test]
fn a_child_of_another_level_or_in_the_root_domain_is_never_followed() {
    let leaf = forged(Domain::Leaf, 0, &[leaf_row("a")]);
    let root_leaf = forged(Domain::Root, 0, &[leaf_row("b")]);
    let two_above = forged(Domain::Root, 2, &[child_row(&leaf), child_row(&leaf)]);
    let over_root = forged(
        Domain::Root,
        1,
        &[child_row(&root_leaf), child_row(&root_leaf)],
    );
    let one_child = forged(Domain::Root, 1, &[child_row(&leaf)]);
    let no_root = forged(Domain::Interior, 1, &[child_row(&leaf), child_row(&leaf)]);
    let nodes = [leaf.clone(), root_leaf.clone()];
    for (top, damaged) in [
        (&two_above, &leaf),
        (&over_root, &root_leaf),
        (&one_child, &one_child),
        (&no_root, &no_root),
    ] {
        check(&[&nodes[..], std::slice::from_ref(top)].concat(), damaged);
    }
    let store = MemoryNodes::new();
    store.insert(&[leaf.clone(), root_leaf, two_above.clone(), no_root.clone()]);
    let fault = Fault::Damaged(leaf.hash());
    let root = two_above.hash();
    assert_eq!(get(&store, root, "a"), Err(fault.clone()));
    assert_eq!(rank(&store, root, "a"), Err(fault.clone()));
    assert_eq!(walk(&store, root, None).next(), Some(Err(fault.clone())));
    let edits = vec![Edit::Delete("a".into())];
    assert_eq!(
        edit(&store, root, &edits).map(|grown| grown.root),
        Err(fault)
    );
    assert_eq!(
        totals(&store, no_root.hash()),
        Err(Fault::Damaged(no_root.hash()))
    );
}
