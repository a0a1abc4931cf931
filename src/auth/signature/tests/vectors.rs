//! Requests as the vendor's own SDK signed and sent them: `huaweicloudsdkdws` 3.1.219 for Python,
//! and its signer alone for forms that its calls do not have.

/// The pair that signed.
pub(super) const ACCESS_KEY: &str = "SLAK0123456789ABCDEF";
pub(super) const SECRET_KEY: &str =
    "3c9f0d1e5b7a48c2a6e4f0918273645546372819f0e4a62c8a75b1e0d9f03c14";
const AGENT: &str = "huaweicloud-usdk-python/3.0; os/Linux##1_SMP_PREEMPT_DYNAMIC_@0#x86_64 python/3.11.7 impl/CPython; app/25027536-2cfe-466a-9f27-e3e6782b7c3a";

/// A request, its signed headers in their order, and the signature.
pub(super) struct Vector {
    pub(super) request: &'static str,
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) body: &'static str,
    pub(super) signature: &'static str,
}

pub(super) const VECTORS: &[Vector] = &[
    Vector {
        request: "POST /v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots",
        headers: &[
            ("content-type", "application/json;charset=utf-8"),
            ("host", "127.0.0.1:48213"),
            ("user-agent", AGENT),
            ("x-project-id", "89cd04f168b84af6be287f71730fdb4b"),
            ("x-sdk-date", "20261122T045950Z"),
        ],
        body: r#"{"snapshot": {"name": "snapshot-1", "cluster_id": "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90", "description": "Schnappschu\u00df \u2116 3"}}"#,
        signature: "09f0317f0e5e690b5f2e470d4d477f5952601575c71a03d0e34ec8071411323c",
    },
    Vector {
        request: "GET /v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots",
        headers: &[
            ("content-type", "application/json"),
            ("host", "127.0.0.1:48213"),
            ("user-agent", AGENT),
            ("x-project-id", "89cd04f168b84af6be287f71730fdb4b"),
            ("x-sdk-date", "20261122T045950Z"),
        ],
        body: "",
        signature: "222f2df4b14abf76c8042771dfb62c40e44163e6b94d659561ad6471af981613",
    },
    Vector {
        request: "GET /v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
        headers: &[
            ("content-type", "application/json"),
            ("host", "127.0.0.1:48213"),
            ("user-agent", AGENT),
            ("x-project-id", "89cd04f168b84af6be287f71730fdb4b"),
            ("x-sdk-date", "20261122T045950Z"),
        ],
        body: "",
        signature: "62ebf51232ee663fb4bf2eac5e90e07b8ce07a96b4694f1d141d039aa0fcf95b",
    },
    Vector {
        request: "GET /v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/snapshots?limit=10&offset=0&sort_dir=desc&sort_key=created%20at",
        headers: &[
            ("content-type", "application/json"),
            ("host", "127.0.0.1:48213"),
            ("user-agent", AGENT),
            ("x-project-id", "89cd04f168b84af6be287f71730fdb4b"),
            ("x-sdk-date", "20261122T045950Z"),
        ],
        body: "",
        signature: "8cbfaeced062ae0d002390f032162c32e086b34ea82d44c89de8a5ea68f72845",
    },
    Vector {
        request: "POST /v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/actions",
        headers: &[
            ("content-type", "application/json;charset=utf-8"),
            ("host", "127.0.0.1:48213"),
            ("user-agent", AGENT),
            ("x-project-id", "89cd04f168b84af6be287f71730fdb4b"),
            ("x-sdk-date", "20261122T045950Z"),
        ],
        body: r#"{"restore": {"name": "dws-2"}}"#,
        signature: "6700c7d27b707f628e95d04ea8ecd33348f2b19c13ce03820011ae455564f65a",
    },
    Vector {
        request: "DELETE /v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
        headers: &[
            ("content-type", "application/json"),
            ("host", "127.0.0.1:48213"),
            ("user-agent", AGENT),
            ("x-project-id", "89cd04f168b84af6be287f71730fdb4b"),
            ("x-sdk-date", "20261122T045950Z"),
        ],
        body: "",
        signature: "b2c5e65dc141b20f57344d6b8a4dbf0bbbb40e4406fd07ebfa4567ae9c99dd55",
    },
    Vector {
        request: "GET /v1.0/p/a~b-c._d/?a=0&a=1&b=2&c%20d=%2B%2F%3D~",
        headers: &[
            ("host", "ledger.example:7878"),
            ("x-sdk-date", "20260131T120000Z"),
        ],
        body: "",
        signature: "c82b3a7f6fa6ae49053ede2d3bd4f69f7137d280523479717db79620cc8c2a0d",
    },
    Vector {
        request: "GET /v1.0/p/with%20space/%C3%A9?empty=&%C3%9F=%C3%B6%26%C3%BC",
        headers: &[
            ("host", "ledger.example:7878"),
            ("x-custom", "two  words"),
            ("x-sdk-date", "20260131T120000Z"),
        ],
        body: "",
        signature: "416719f0204be5c30ff5e0ed27af5c833774de5a3d2094e7050a13978223507e",
    },
    Vector {
        request: "POST /",
        headers: &[
            ("content-type", "application/json"),
            ("host", "ledger.example:7878"),
            ("x-sdk-date", "20260131T120000Z"),
        ],
        body: r#"{"a":1}"#,
        signature: "f2facc1344891d6a05eff948e356130da8975f49e54350f3ca281a2f840409a4",
    },
];
