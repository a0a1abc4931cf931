//! Settings, as a person gives them.

use super::*;

fn flags(listen: Option<&str>) -> Layer {
    Layer {
        listen: listen.map(str::to_owned),
        ..Layer::default()
    }
}

fn settled(layer: Layer) -> Result<Settings, ConfigFault> {
    settle(layer, Layer::default(), Layer::default())
}

#[test]
fn a_flag_counts_before_the_environment_before_the_file_before_the_default() {
    let environment = |port: Option<&str>| {
        let listen = port.map(|port| ("SNAPLEDGER_LISTEN", format!("127.0.0.1:{port}")));
        let variables = [("SNAPLEDGER_DATA", String::new())]
            .into_iter()
            .chain(listen);
        Layer::of_environment(variables.map(|(name, text)| (name.to_owned(), text)))
            .expect("an environment")
    };
    let file = |port: Option<&str>| {
        let listen = port.map(|port| format!("listen = \"127.0.0.1:{port}\""));
        Layer::of_toml(&listen.unwrap_or_default()).expect("a file")
    };
    for (flag, variable, line, expected) in [
        (Some("127.0.0.1:1"), Some("2"), Some("3"), 1),
        (None, Some("2"), Some("3"), 2),
        (None, None, Some("3"), 3),
        (None, None, None, 7878),
    ] {
        let settings = settle(flags(flag), environment(variable), file(line)).expect("settings");
        assert_eq!(settings.listen.port(), expected);
        assert_eq!(
            settings.data,
            PathBuf::from(DATA_DEFAULT),
            "an empty variable says nothing"
        );
    }
}

#[test]
fn a_file_has_the_names_of_the_environment() {
    let text = "data = \"d\"\nlisten = \"[::1]:9\"\nlog = \"sqlite\"\nbootstrap_key = \"k\"\n\
                insecure_no_auth = false\ntrace = \"debug\"\ntrace_format = \"json\"\n";
    let settings = settled(Layer::of_toml(text).expect("a file")).expect("settings");
    assert_eq!(settings.data, PathBuf::from("d"));
    assert!(matches!(settings.log, LogChoice::Sqlite));
    assert_eq!(settings.telling.form, TellingForm::Json);
    assert!(matches!(settings.access, Access::Keys(Some(key)) if key.reveal() == "k"));
    assert!(
        Layer::of_toml("dato = \"d\"")
            .expect_err("a misspelt name")
            .contains("dato")
    );
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_to_do() {
    let with = |name: &str, value: &str| {
        Layer::of_environment([(name.to_owned(), value.to_owned())]).and_then(settled)
    };
    for (name, value, expected) in [
        (
            "SNAPLEDGER_LISTEN",
            "7878",
            "should be an IP address with a port",
        ),
        (
            "SNAPLEDGER_LISTEN",
            "localhost:x",
            "should be an IP address with a port",
        ),
        ("SNAPLEDGER_LOG", "mysql://u:secret@h/d", "should be sqlite"),
        ("SNAPLEDGER_BOOTSTRAP_KEY", "two words", "choose another"),
        (
            "SNAPLEDGER_INSECURE_NO_AUTH",
            "maybe",
            "should be true or false",
        ),
        ("SNAPLEDGER_TRACE_FORMAT", "xml", "should be text or json"),
        (
            "SNAPLEDGER_CORS_ORIGINS",
            "https://a.example,*",
            "should be origins as a browser writes them",
        ),
        (
            "SNAPLEDGER_LIMIT_DEPTH_MAX",
            "0",
            "should be a whole number from 1 to 64",
        ),
        ("SNAPLEDGER_LIMIT_DEPHT_MAX", "9", "no limit \"depht_max\""),
        (
            "SNAPLEDGER_LIMIT_INTROSPECTION",
            "no",
            "should be true or false",
        ),
    ] {
        let fault = with(name, value).expect_err(value).to_string();
        assert!(fault.contains(expected), "{name}={value}: {fault}");
        assert!(!fault.contains("secret"), "{fault}");
    }
}

#[test]
fn everyone_is_let_in_only_where_no_other_machine_can_connect() {
    for (listen, is_allowed) in [
        ("127.0.0.1:1", true),
        ("[::1]:1", true),
        ("localhost:1", true),
        ("0.0.0.0:1", false),
    ] {
        let layer = Layer {
            insecure_no_auth: Some(true),
            ..flags(Some(listen))
        };
        assert_eq!(settled(layer).is_ok(), is_allowed, "{listen}");
        assert!(settled(flags(Some(listen))).is_ok());
    }
}

/// A secret that is long enough, and can be looked for.
fn hushed(what: &str) -> String {
    format!("hush-{what}-0123456789-0123456789-0123456789")
}

#[test]
fn secrets_are_taken_from_the_environment_a_file_or_a_mounted_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let mounted = folder.path().join("jwt");
    std::fs::write(&mounted, format!("{}\n", hushed("jwt"))).expect("written");
    let path = mounted.display().to_string();
    let environment = [
        ("SNAPLEDGER_JWT_SECRET_FILE".to_owned(), path),
        ("SNAPLEDGER_SEAL_KEY".to_owned(), hushed("seal")),
    ];
    let layer = Layer::of_environment(environment).expect("an environment");
    let secrets = settled(layer).expect("settings").secrets;
    let told = |secret: Option<Secret>| secret.map(|secret| secret.reveal().to_owned());
    assert_eq!(told(secrets.jwt_secret), Some(hushed("jwt")));
    assert_eq!(told(secrets.seal_key), Some(hushed("seal")));
    let file = format!(
        "jwt_secret = {:?}\nseal_key = {:?}",
        hushed("jwt"),
        hushed("seal")
    );
    let secrets = settled(Layer::of_toml(&file).expect("a file")).expect("settings");
    assert_eq!(told(secrets.secrets.jwt_secret), Some(hushed("jwt")));
}

#[test]
fn secrets_that_could_be_guessed_or_are_told_twice_are_refused() {
    let check = |variables: &[(&str, &str)], expected: &str| {
        let variables = variables.iter();
        let variables = variables.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let settled = Layer::of_environment(variables).and_then(settled);
        let fault = settled.expect_err(expected).to_string();
        assert!(fault.contains(expected), "{fault}");
        assert!(!fault.contains("hush"), "{fault}");
    };
    let short = "hush-of-thirty-one-bytes-012345";
    check(
        &[("SNAPLEDGER_JWT_SECRET", short)],
        "jwt_secret must have at least 32 bytes",
    );
    check(
        &[("SNAPLEDGER_SEAL_KEY", short)],
        "seal_key must have at least 32 bytes",
    );
    let twice = [
        ("SNAPLEDGER_SEAL_KEY", "hush"),
        ("SNAPLEDGER_SEAL_KEY_FILE", "/nowhere"),
    ];
    check(&twice, "leave one of them out");
    check(&twice[1..], "/nowhere cannot be read");
}

#[test]
fn no_layer_and_no_settings_print_a_secret() {
    let layer = Layer {
        bootstrap_key: Some(hushed("key")),
        jwt_secret: Some(hushed("jwt")),
        seal_key: Some(hushed("seal")),
        ..Layer::default()
    };
    assert!(!format!("{layer:?}").contains("hush"));
    assert!(!format!("{:?}", settled(layer)).contains("hush"));
}

#[test]
fn a_limit_is_the_same_from_every_source_and_the_nearest_counts() {
    let file = "[limits]\ndepth_max = 3\naliases_max = 4\nintrospection = false\n";
    let environment = [
        ("SNAPLEDGER_LIMIT_DEPTH_MAX", "5"),
        ("SNAPLEDGER_LIMIT_IDLE_MS_MAX", "1500"),
    ];
    let environment = environment.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let flags = ["depth_max=6".to_owned()];
    let flags = Layer {
        limits: Layer::limits_of_flags(&flags).expect("flags"),
        ..Layer::default()
    };
    let environment = Layer::of_environment(environment).expect("an environment");
    let file = Layer::of_toml(file).expect("a file");
    let limits = settle(flags, environment, file).expect("settings").limits;
    assert_eq!(
        (limits.graph.gate.depth_max, limits.graph.gate.aliases_max),
        (6, 4)
    );
    assert!(!limits.graph.introspection);
    assert_eq!(limits.server.idle_time_max.as_millis(), 1_500);
    let fault = Layer::limits_of_flags(&["depth_max".to_owned()]).expect_err("no value");
    assert!(fault.to_string().contains("as depth_max=10"), "{fault}");
}

#[test]
fn origins_are_a_list_in_a_file_and_separated_by_commas_in_the_environment() {
    let text = "cors_origins = [\"https://a.example\", \"http://localhost:3000\"]";
    let variable = "https://a.example, http://localhost:3000,";
    let variable = ("SNAPLEDGER_CORS_ORIGINS".to_owned(), variable.to_owned());
    let layers = [
        Layer::of_toml(text).expect("a file"),
        Layer::of_environment([variable]).expect("an environment"),
    ];
    for layer in layers {
        let origins = settled(layer).expect("settings").origins;
        let origins: Vec<String> = origins.iter().map(ToString::to_string).collect();
        assert_eq!(origins, ["https://a.example", "http://localhost:3000"]);
    }
}
