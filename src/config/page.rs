//! The page of settings: made from the tables, so that it cannot say other than they do.

use std::fmt::Write;

use super::limits::{ROWS, Section};

/// A setting that is no limit: its name, its flag, its default, and a sentence.
struct Setting {
    name: &'static str,
    flag: &'static str,
    default: &'static str,
    says: &'static str,
}

/// The settings that are no limits.
#[rustfmt::skip]
const SETTINGS: &[Setting] = &[
    Setting { name: "data", flag: "`--data DIR`", default: "`data`",
        says: "The folder that holds the log and the caches." },
    Setting { name: "listen", flag: "`--listen ADDRESS:PORT`", default: "`127.0.0.1:7878`",
        says: "The address to listen on." },
    Setting { name: "log", flag: "`--log LOG`", default: "`sqlite`",
        says: "Where the log is: `sqlite`, a file in the data folder; or one that nodes share, as \
               `postgres://…` or `kurrentdb://…` (docs/clusters.md). An address with a password \
               belongs into the environment or a file." },
    Setting { name: "bootstrap_key", flag: "none: others could see it", default: "none",
        says: "A key that is the admin of every project." },
    Setting { name: "jwt_secret", flag: "none", default: "none",
        says: "The secret of at least 32 bytes with which HS256 JWTs are signed." },
    Setting { name: "seal_key", flag: "none", default: "a file of its own",
        says: "The key of at least 32 bytes that seals the key store; the same on every node." },
    Setting { name: "insecure_no_auth", flag: "`--insecure-no-auth`", default: "`false`",
        says: "Lets everyone in as admin; only on a loopback address, for trying out." },
    Setting { name: "cors_origins", flag: "`--cors-origin ORIGIN`, repeated", default: "none",
        says: "Origins whose pages may ask, as `https://app.example`; a list in a file, \
               separated by commas in the environment." },
    Setting { name: "media_root", flag: "`--media-root DIR`", default: "none",
        says: "A folder: the files in it that items point to are handed out to whoever may read \
               the items." },
    Setting { name: "trace", flag: "`--trace FILTER`", default: "`info`",
        says: "What is told on stderr, as `info` or `snapledger=debug`." },
    Setting { name: "trace_format", flag: "`--trace-format FORM`", default: "`text`",
        says: "How it is told: `text` or `json`." },
];

const SECTIONS: [Section; 6] = [
    Section::Connections,
    Section::Requests,
    Section::Documents,
    Section::Subscriptions,
    Section::Rest,
    Section::Callers,
];

const HEAD: &str = "\
# Settings

`snapledger serve` takes each setting as a flag, from the environment, or from the TOML file of
`--config` (`SNAPLEDGER_CONFIG`); the first that says something counts, in this order. What is
misspelt or out of its range is refused at the start. This page is printed by
`snapledger settings`.

A key or secret is no flag, since other users of the machine could see it; in the environment it may
also be read from a file, named by the variable with `_FILE` after it. So may `log`.

| name in the file | in the environment | flag | default | |
| --- | --- | --- | --- | --- |
";

const LIMITS: &str = "
# Limits

A limit is set by `--limit NAME=VALUE`, by `SNAPLEDGER_LIMIT_NAME` (its name in capitals), or in
the file:

```toml
[limits]
depth_max = 10
rate_limit_cost_per_second = 500
```
";

/// The page, in Markdown.
pub fn settings_page() -> String {
    let mut page = HEAD.to_owned();
    for setting in SETTINGS {
        let Setting {
            name,
            flag,
            default,
            says,
        } = setting;
        let variable = format!("SNAPLEDGER_{}", name.to_ascii_uppercase());
        line(
            &mut page,
            &[&code(name), &code(&variable), flag, default, says],
        );
    }
    page.push_str(LIMITS);
    for section in SECTIONS {
        let title = format!("\n## {section}\n\n| name | default | from | to | |\n");
        page.push_str(&title);
        page.push_str("| --- | --- | --- | --- | --- |\n");
        for row in ROWS.iter().filter(|row| row.section == section) {
            let default = format!("{} {}", row.default_text(), row.unit);
            let (least, most) = row.edges();
            line(
                &mut page,
                &[&code(row.name), default.trim_end(), &least, &most, row.says],
            );
        }
    }
    page
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn line(page: &mut String, cells: &[&str]) {
    for cell in cells {
        // A text can always grow.
        let _ = write!(page, "| {cell} ");
    }
    page.push_str("|\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layer;

    #[test]
    fn the_page_in_docs_is_what_the_tables_say() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == settings_page(),
            "make docs/settings.md anew: snapledger settings > docs/settings.md"
        );
    }

    #[test]
    fn every_name_that_a_file_may_have_is_on_the_page() {
        // Whoever misspells a name is told all that there are.
        let told = Layer::of_toml("misspelt = 1").expect_err("no such name");
        let names: Vec<&str> = told.split('`').skip(3).step_by(2).collect();
        assert!(
            names.contains(&"data") && names.contains(&"limits"),
            "{told}"
        );
        for name in names.into_iter().filter(|name| *name != "limits") {
            let is_there = SETTINGS.iter().any(|setting| setting.name == name);
            assert!(is_there, "{name} is not on the page");
        }
    }

    #[test]
    fn every_row_is_on_the_page_once() {
        let page = settings_page();
        for row in ROWS {
            let named = format!("| `{}` |", row.name);
            assert_eq!(page.matches(&named).count(), 1, "{named}");
        }
    }
}
