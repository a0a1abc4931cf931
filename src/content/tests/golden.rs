//! Golden vectors: the bytes of nodes, the roots of trees and the text of values, as they must
//! stay for ever. Never edit a file in `golden/`: a change of one means that roots recorded in
//! ledgers no longer hold, and needs a new format beside the old.

use super::*;

/// Fails with the whole text when it is not the file's, to the byte.
fn check(file: &str, expected: &str, text: &str) {
    assert!(
        text == expected,
        "golden/{file} is not what the code makes:\n{text}"
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn items(count: u64) -> impl Iterator<Item = Entry> {
    (0..count).map(|number| {
        let kind = [Kind::Record, Kind::Image, Kind::Video][number as usize % 3];
        entry(&format!("item-{number:09}"), kind, number)
    })
}

#[test]
fn nodes_are_hashed_and_stored_as_they_always_were() {
    let few = build(items(3), Keep::Nodes).nodes;
    let many = build(items(60), Keep::Nodes).nodes;
    let mut text = format!(
        "{}\nempty root {}\n",
        TreeParameters::parameters_text(),
        empty_root()
    );
    for (name, node) in [
        ("root of one leaf", &few[0]),
        ("leaf", &many[0]),
        ("root over leaves", &many[many.len() - 1]),
    ] {
        let mut body = Vec::new();
        stored::encode(node.node(), &mut body);
        let (canonical, body) = (hex(node.node().bytes()), hex(&body));
        text += &format!(
            "\n{name}\nhash {}\ncanonical {canonical}\nstored {body}\n",
            node.hash()
        );
    }
    check("nodes.txt", include_str!("../golden/nodes.txt"), &text);
}

#[test]
fn the_same_items_have_the_root_they_always_had() {
    let mut text = String::new();
    for count in [0, 1, 2, 10, 100, 1_000, 20_000] {
        let root = build(items(count), Keep::RootOnly).root;
        text += &format!("{count} items: {root}\n");
    }
    let mut long: Vec<Entry> = (0..300)
        .map(|number| entry(&format!("{:0>1000}", number), Kind::Record, number))
        .collect();
    long.push(entry("\u{1F427}", Kind::Video, 0));
    text += &format!(
        "long keys: {}\n",
        build(long.into_iter(), Keep::RootOnly).root
    );
    check("roots.txt", include_str!("../golden/roots.txt"), &text);
}

#[test]
fn values_have_the_text_they_always_had() {
    let golden = include_str!("../golden/values.txt");
    let mut text = String::new();
    for input in golden
        .lines()
        .filter_map(|line| line.strip_prefix("input "))
    {
        let (data, media) = value::parse(input.as_bytes()).unwrap();
        let canonical = value::canonical(&data, media.as_ref()).unwrap();
        let digest = Digest::of(&canonical);
        let canonical = String::from_utf8(canonical).unwrap();
        text += &format!("input {input}\ncanonical {canonical}\ndigest {digest}\n\n");
    }
    check("values.txt", golden, &text);
}
