//! Tables, sound and broken.

use serde_json::json;

use super::*;

const LINE_BYTES_MAX: usize = 2 << 20;

type Found = Vec<Result<(u64, String, Value), Broken>>;

fn all(text: &[u8], key: Option<&str>) -> Found {
    let mut rows = Rows::of(text, key.map(str::to_owned), LINE_BYTES_MAX);
    let items = (&mut rows).map(|numbered| {
        numbered.map(|numbered| match numbered.change {
            Change::Put(item) => (numbered.line, item.key.expect("a key"), item.data),
            Change::Delete(_) => panic!("a row puts"),
        })
    });
    items.collect()
}

fn row(line: u64, key: &str, data: Value) -> Result<(u64, String, Value), Broken> {
    Ok((line, key.to_owned(), data))
}

#[test]
fn rows_become_items_keyed_by_column_or_by_number() {
    let text = b"\xEF\xBB\xBFid,mass,sex\nx1,3750,male\nx2,,\n";
    let expected = [
        row(2, "x1", json!({"id": "x1", "mass": 3750, "sex": "male"})),
        row(3, "x2", json!({"id": "x2", "mass": null, "sex": null})),
    ];
    assert_eq!(all(text, None), expected);
    assert_eq!(all(b"key,n\na,1\n", None), [row(2, "a", json!({"n": 1}))]);
    assert_eq!(
        all(b"n\n7\n", None),
        [row(2, "0000000001", json!({"n": 7}))]
    );
    assert_eq!(
        all(b"n,m\n7,b\n", Some("m")),
        [row(2, "b", json!({"n": 7, "m": "b"}))]
    );
}

#[test]
fn a_quoted_cell_may_hold_line_breaks_and_lines_are_counted_through_it() {
    for end in ["\n", "\r\n"] {
        let lines = ["k,t", "a,\"x", "y\"\"z\"", "b,w", "c,v", "d"];
        let found = all(lines.join(end).as_bytes(), Some("k"));
        let quoted = format!("x{end}y\"z");
        let expected = [
            row(2, "a", json!({"k": "a", "t": quoted})),
            row(4, "b", json!({"k": "b", "t": "w"})),
            row(5, "c", json!({"k": "c", "t": "v"})),
        ];
        assert_eq!(found[..3], expected, "{end:?}");
        let Err(Broken::Line { line: 6, message }) = &found[3] else {
            panic!("{found:?}")
        };
        assert!(message.contains("1 cells"), "{message}");
    }
}

#[test]
fn a_broken_table_says_where() {
    for (text, key, line, expected) in [
        (&b""[..], None, 1, "begins with a header"),
        (b"a,,b\n1,2,3\n", None, 1, "column 2 has no name"),
        (b"a,a\n1,2\n", None, 1, "twice"),
        (b"a,b\n1,2\n", Some("c"), 1, "no column \"c\""),
        (b"a,b\n1,2\n1,2,3\n", None, 3, "3 cells"),
        (b"a,b\n1,2\n3,\xff\n", None, 3, "not UTF-8"),
    ] {
        let found = all(text, key);
        let Some(Err(Broken::Line {
            line: number,
            message,
        })) = found.last()
        else {
            panic!("{expected}: {found:?}")
        };
        assert_eq!(*number, line, "{expected}");
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_quote_that_is_never_closed_is_not_read_to_the_end() {
    let mut text = b"a\n1\n\"".to_vec();
    text.resize(5 * LINE_BYTES_MAX, b'x');
    let found = all(&text, None);
    assert_eq!(found.last(), Some(&Err(Broken::TooLong { line: 3 })));
}
