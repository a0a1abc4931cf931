//! The items of an import, read one after the other out of its content: CSV with a header, or one
//! JSON object a line. Tells what is wrong in words, with the line; puts nothing anywhere.

use serde_json::{Map, Value};

use super::asked::{Import, ImportFormat, ItemInput};
use crate::rest::items::records::Records;
use crate::rest::items::source::Broken;

/// The most bytes of one record or line: more than any item has.
const ROW_BYTES_MAX: usize = 2 << 20;
const GROUND_TRUTHS: &[&str] = &[
    "ground_truth",
    "groundtruth",
    "expected_output",
    "expectedoutput",
];
const OUTPUTS: &[&str] = &[
    "output",
    "model_output",
    "modeloutput",
    "prediction",
    "generated_output",
    "generatedoutput",
];

/// The items of an import as they are read.
type Rows<'a> = Box<dyn Iterator<Item = Result<ItemInput, String>> + Send + 'a>;

/// The items of an import, up to the first that cannot be read.
pub(super) fn rows(import: &Import) -> Rows<'_> {
    let rows: Result<Rows<'_>, String> = match import.format {
        ImportFormat::Csv => csv(&import.content).map(|rows| Box::new(rows) as _),
        ImportFormat::Jsonl => Ok(Box::new(json_lines(&import.content))),
    };
    match rows {
        Ok(rows) => rows,
        Err(message) => Box::new(std::iter::once(Err(message))),
    }
}

/// Which cell of a record is what.
struct Cells {
    input: usize,
    ground_truth: Option<usize>,
    output: Option<usize>,
}

fn csv(content: &str) -> Result<impl Iterator<Item = Result<ItemInput, String>>, String> {
    let mut records = Records::of(content.as_bytes(), ROW_BYTES_MAX);
    let header = match records.read().map_err(told)? {
        None => None,
        Some(_) => Some(header(&texts(&records))?),
    };
    let mut has_broken = false;
    Ok(std::iter::from_fn(move || {
        let header = header.as_ref().filter(|_| !has_broken)?;
        let read = loop {
            match records.read() {
                // As an empty line is: cells of blanks make no item.
                Ok(Some(_))
                    if texts(&records).iter().all(String::is_empty) && records.len() == 1 => {}
                Ok(Some(line)) => break Ok(line),
                Ok(None) => return None,
                Err(broken) => break Err(told(broken)),
            }
        };
        let item = read.map(|_| {
            let mut texts = texts(&records);
            let mut cell = |at: usize| texts.get_mut(at).map(std::mem::take).unwrap_or_default();
            let filled = |text: String| (!text.is_empty()).then_some(Some(text));
            ItemInput {
                input: Some(cell(header.input)),
                ground_truth: header.ground_truth.and_then(|at| filled(cell(at))),
                output: header.output.and_then(|at| filled(cell(at))),
            }
        });
        has_broken = item.is_err();
        Some(item)
    }))
}

/// The cells of the record that was read, without the blanks around them.
fn texts(records: &Records<&[u8]>) -> Vec<String> {
    let cells = records.cells();
    // Cells are cut out of text at ASCII characters, so they are text.
    cells
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .collect()
}

fn header(names: &[String]) -> Result<Cells, String> {
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let place = |wanted: &[&str]| {
        let mut wanted = wanted.iter();
        wanted.find_map(|wanted| names.iter().position(|name| name == wanted))
    };
    let input = place(&["input"]);
    Ok(Cells {
        input: input.ok_or("CSV import requires a header row with at least an 'input' column")?,
        ground_truth: place(GROUND_TRUTHS),
        output: place(OUTPUTS),
    })
}

fn told(broken: Broken) -> String {
    match broken {
        Broken::Line { line, message } => format!("Invalid CSV: line {line}: {message}"),
        Broken::TooLong { line } => {
            format!("Invalid CSV: line {line} is longer than {ROW_BYTES_MAX} bytes")
        }
        Broken::Stalled | Broken::Body(_) => "Invalid CSV: it cannot be read".to_owned(),
    }
}

fn json_lines(content: &str) -> impl Iterator<Item = Result<ItemInput, String>> {
    let lines = content.lines().enumerate();
    lines.filter_map(|(index, line)| {
        let line = line.trim();
        (!line.is_empty())
            .then(|| json_line(line).map_err(|why| format!("{why} (line {})", index + 1)))
    })
}

fn json_line(line: &str) -> Result<ItemInput, &'static str> {
    let parsed = serde_json::from_str(line);
    let parsed: Value = parsed.map_err(|_| "Invalid JSONL: could not parse one of the lines")?;
    let needed = "Each JSONL line must contain at least an 'input' field";
    let Value::Object(members) = parsed else {
        return Err(needed);
    };
    let input = members.get("input").and_then(Value::as_str).ok_or(needed)?;
    Ok(ItemInput {
        input: Some(input.to_owned()),
        ground_truth: member(&members, GROUND_TRUTHS),
        output: member(&members, OUTPUTS),
    })
}

/// The first member of one of these names, whatever the case, as text; none when it is empty.
fn member(members: &Map<String, Value>, names: &[&str]) -> Option<Option<String>> {
    let named = |name: &&str| {
        let mut members = members.iter();
        let found = members.find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null());
        found.map(|(_, value)| value)
    };
    let text = match names.iter().find_map(named)? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (!text.is_empty()).then_some(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, Option<&'static str>, Option<&'static str>);

    #[track_caller]
    fn check(format: ImportFormat, content: &str, expected: Result<&[Row], &str>) {
        let content = content.to_owned();
        let import = Import { format, content };
        let found: Result<Vec<ItemInput>, String> = rows(&import).collect();
        match (&found, expected) {
            (Ok(found), Ok(expected)) => {
                let told = |text: &Option<Option<String>>| text.clone().flatten();
                let found: Vec<_> = found
                    .iter()
                    .map(|row| {
                        (
                            row.input.clone(),
                            told(&row.ground_truth),
                            told(&row.output),
                        )
                    })
                    .collect();
                let expected: Vec<_> = expected
                    .iter()
                    .map(|(input, truth, output)| {
                        let owned = |text: &Option<&str>| text.map(str::to_owned);
                        (Some((*input).to_owned()), owned(truth), owned(output))
                    })
                    .collect();
                assert_eq!(found, expected);
            }
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => panic!("{found:?} is not {expected:?}"),
        }
    }

    #[test]
    fn a_csv_names_its_columns_in_any_case() {
        let csv = |content, expected| check(ImportFormat::Csv, content, expected);
        csv("input\na\n", Ok(&[("a", None, None)]));
        csv(
            "Ground_Truth, INPUT ,prediction\nx,a,o\n,b,\n\n\"y, z\",\"c \"\"d\"\"\",\"two\nlines\"",
            Ok(&[
                ("a", Some("x"), Some("o")),
                ("b", None, None),
                ("c \"d\"", Some("y, z"), Some("two\nlines")),
            ]),
        );
        csv(
            "\u{feff}input,expectedOutput,model_output\r\n é ,1,2\r\n",
            Ok(&[("é", Some("1"), Some("2"))]),
        );
        csv("output,input\no\n", Ok(&[("", None, Some("o"))]));
        csv("input\n", Ok(&[]));
        csv(" \n\n", Err("'input' column"));
        csv("\n", Ok(&[]));
        csv("question\na\n", Err("'input' column"));
        csv("input\n\"a\n", Err("line 2: a quoted cell is never closed"));
        csv("input\na\n\"b\" c\n", Err("line 3"));
    }

    #[test]
    fn a_json_line_has_an_input_and_may_have_more() {
        let json = |content, expected| check(ImportFormat::Jsonl, content, expected);
        json(
            concat!(
                r#"{"input":"a","groundTruth":"x","output":"o","more":1}"#,
                "\r\n\n",
                r#"{"input":"","expected_output":5}"#,
                "\n",
                r#"{"input":"c","ground_truth":"","groundTruth":null,"model_output":{"a":[1]}}"#,
            ),
            Ok(&[
                ("a", Some("x"), Some("o")),
                ("", Some("5"), None),
                ("c", None, Some(r#"{"a":[1]}"#)),
            ]),
        );
        json(" \n", Ok(&[]));
        json(
            "{\"input\":\"a\"}\n{",
            Err("could not parse one of the lines (line 2)"),
        );
        json("{\"input\":1}", Err("at least an 'input' field (line 1)"));
        json("[\"a\"]", Err("at least an 'input' field"));
        json("{\"question\":\"a\"}", Err("at least an 'input' field"));
    }
}
