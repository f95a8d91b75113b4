//! Bodies that are compressed, and bodies that cannot be read.

use std::io::Read;

use flate2::{
    Compression,
    bufread::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use serde_json::json;

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer},
    recorder::{Recorder, Reply},
};

const JSON: &str = r#"{"user":{"firstName":"Zoë","lastName":"Zoë and Zoë and Zoë and Zoë","fullName":"Zoë and Zoë and Zoë and Zoë and Zoë"}}"#;

/// What Zstandard's and Brotli's own programs make of [`JSON`], so that these are not only read by what wrote them.
const ZSTD: &str = "28b52ffd2480e50100e4027b2275736572223a7b2266697273744e616d65223a225a6fc3ab222c226c6120616e6420222c2266756c6c227d7d0400600150298645d1d7319da9f07dcf";
const BROTLI: &str = "1b7f00402c8fb7a16dc358117d454445d8334b4f87e22b91bd06112163933a6fab1556572c7dc966a6556ec38e7160b4f835ec83ee3808ed3196f11196b45425f4e697bae04d08aa387e1bec65";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn all_of(mut encoder: impl Read) -> Vec<u8> {
    let mut encoded = Vec::new();
    encoder.read_to_end(&mut encoded).unwrap();
    encoded
}

fn gzip(data: &[u8]) -> Vec<u8> {
    all_of(GzEncoder::new(data, Compression::best()))
}

fn zlib(data: &[u8]) -> Vec<u8> {
    all_of(ZlibEncoder::new(data, Compression::best()))
}

fn deflate(data: &[u8]) -> Vec<u8> {
    all_of(DeflateEncoder::new(data, Compression::best()))
}

fn response(status: u16, headers: &[(&'static str, &str)], body: Vec<u8>) -> Reply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Reply::Response { status, headers, body }
}

fn encoded(status: u16, encoding: &str, body: Vec<u8>) -> Reply {
    response(status, &[("Content-Type", "application/json"), ("Content-Encoding", encoding)], body)
}

/// Calls a tool of an upstream that answers so.
fn call(reply: Reply, tool: &str, more: &[(&str, &str)]) -> ToolAnswer {
    let upstream = Recorder::start(move |_| reply.clone());
    let url = upstream.url();
    let environment = [&[("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "key")], more].concat();
    Client::connect(&environment).call(tool, json!({ "userId": USER_ID }))
}

fn read_user(reply: Reply) -> ToolAnswer {
    call(reply, "retrieveUserWithId", &[])
}

#[test]
fn compressed_answers_are_asked_for_and_read() {
    let upstream = Recorder::agreeable();
    Client::of_upstream(&upstream.url()).call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert_eq!(upstream.take()[0].header("accept-encoding"), Some("gzip, deflate, br, zstd"));
    for (encoding, body) in [
        ("gzip", gzip(JSON.as_bytes())),
        ("x-gzip", gzip(JSON.as_bytes())),
        ("GZIP", gzip(JSON.as_bytes())),
        ("deflate", zlib(JSON.as_bytes())),
        ("deflate", deflate(JSON.as_bytes())),
        ("br", bytes(BROTLI)),
        ("zstd", bytes(ZSTD)),
        ("deflate, gzip", gzip(&zlib(JSON.as_bytes()))),
        ("identity", JSON.as_bytes().to_vec()),
    ] {
        let answer = read_user(encoded(200, encoding, body));
        assert_eq!((answer.text, answer.is_error), (format!("200 OK\n{JSON}"), false), "{encoding}");
    }
}

#[test]
fn compressed_errors_and_empty_bodies_are_read_too() {
    let errors = gzip(br#"{"generalErrors":[{"code":"[bad]","message":"Bad."}]}"#);
    let answer = read_user(encoded(400, "gzip", errors));
    assert!(answer.is_error && answer.text.starts_with("400: Bad. [bad]"), "{}", answer.text);
    for encoding in ["gzip", "br", "zstd", "deflate", "compress"] {
        let answer = call(encoded(200, encoding, Vec::new()), "deleteUserWithId", &[]);
        assert_eq!((answer.text.as_str(), answer.is_error), ("200 OK, empty body", false), "{encoding}");
    }
}

#[test]
fn what_cannot_be_decoded_is_an_error() {
    for (encoding, body) in [
        ("compress", b"\x1f\x9d\x90\x61".to_vec()),
        ("snappy", JSON.as_bytes().to_vec()),
        ("gzip, exi", gzip(JSON.as_bytes())),
        ("br\u{202e}", bytes(BROTLI)),
    ] {
        for tool in ["retrieveUserWithId", "deleteUserWithId"] {
            let answer = call(encoded(200, encoding, body.clone()), tool, &[]);
            let expected = format!("200, but the answer cannot be read: its content encoding `{}", &encoding[..2]);
            assert!(answer.is_error && answer.text.starts_with(&expected), "{}", answer.text);
            assert!(answer.text.contains("was not requested (only gzip, deflate, br, zstd)"), "{}", answer.text);
            assert!(!answer.text.contains('\n') && !answer.text.contains('\u{202e}'), "{:?}", answer.text);
        }
    }
    for (encoding, body) in [
        ("gzip", JSON.as_bytes().to_vec()),
        ("deflate", b"\xff\xff\xff".to_vec()),
        ("br", gzip(JSON.as_bytes())),
        ("zstd", gzip(JSON.as_bytes())),
        ("gzip", gzip(JSON.as_bytes())[..20].to_vec()),
        ("zstd", bytes(ZSTD)[..20].to_vec()),
    ] {
        let answer = read_user(encoded(200, encoding, body));
        let expected =
            format!("200, but the answer cannot be read: its content encoding is {encoding}, but it is not {encoding}");
        assert!(answer.is_error && answer.text.starts_with(&expected), "{encoding}: {}", answer.text);
    }
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let bomb = gzip(&vec![b' '; 32 << 20]);
    assert!(bomb.len() < 100_000);
    for (encoding, body) in [("gzip", bomb.clone()), ("gzip, gzip", gzip(&bomb))] {
        let answer = call(encoded(200, encoding, body), "retrieveUserWithId", &[]);
        assert!(answer.is_error, "{}", answer.text);
        assert!(answer.text.starts_with("200, but the answer is larger than 16777216 bytes"), "{}", answer.text);
    }
    let small = format!(r#"{{"a":"{}"}}"#, "x".repeat(1_000));
    let [fits, is_too_large] = ["1008", "1007"].map(|limit| {
        let reply = encoded(200, "gzip", gzip(small.as_bytes()));
        call(reply, "retrieveUserWithId", &[("MAX_RESPONSE_BYTES", limit)])
    });
    assert_eq!((fits.text, fits.is_error), (format!("200 OK\n{small}"), false));
    assert!(is_too_large.text.starts_with("200, but the answer is larger than 1007 bytes"), "{}", is_too_large.text);
}

#[test]
fn what_is_not_utf_8_is_an_error() {
    let wide = |big: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(JSON.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let utf_32: Vec<u8> = JSON.chars().flat_map(|character| u32::from(character).to_le_bytes()).collect();
    let wide_ascii: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let unreadable: [(&str, Vec<u8>, &str); 9] = [
        ("application/json", wide(false, true), "in UTF-16 or UTF-32"),
        ("application/json", wide(true, true), "in UTF-16 or UTF-32"),
        ("application/json;charset=UTF-16", wide_ascii.clone(), "in UTF-16 or UTF-32"),
        ("text/plain", wide_ascii, "in UTF-16 or UTF-32"),
        ("application/json", utf_32, "that are not UTF-8"),
        ("application/json;charset=ISO-8859-1", b"{\"name\":\"Zo\xeb\"}".to_vec(), "that are not UTF-8 text"),
        ("application/json", b"{\"name\":\"\xed\xa0\xbd\"}".to_vec(), "that are not UTF-8 text"),
        ("application/zip", b"PK\xff\xfe".to_vec(), "that are not UTF-8 text"),
        ("application/zip", b"PK\x05\x06\0\0\0\0".to_vec(), "that are not text"),
    ];
    for (content_type, body, expected) in unreadable {
        let length = body.len();
        for tool in ["retrieveUserWithId", "deleteUserWithId"] {
            let answer = call(response(200, &[("Content-Type", content_type)], body.clone()), tool, &[]);
            let expected = format!("200 OK; the body is {length} bytes {expected}");
            assert!(answer.is_error && answer.text.starts_with(&expected), "{}", answer.text);
            assert!(answer.text.ends_with(", and is not shown") && !answer.text.contains('\n'), "{}", answer.text);
        }
    }
    let failed = read_user(response(500, &[], b"\xff".to_vec()));
    assert!(failed.is_error && failed.text.starts_with("500: FusionAuth failed"), "{}", failed.text);
    assert!(
        failed.text.ends_with("; the body is 1 bytes that are not UTF-8 text, and is not shown"),
        "{}",
        failed.text
    );
    let filtered = Recorder::start(|_| response(200, &[], b"{\"a\":\"\xff\"}".to_vec()));
    let answer =
        Client::of_upstream(&filtered.url()).call("retrieveUserWithId", json!({ "userId": USER_ID, "jq": "." }));
    assert!(answer.is_error && answer.text.contains("not UTF-8 text"), "{}", answer.text);
}

/// RFC 9110, section 8.6: servers may demand a length (411) where a request usually has a body.
#[test]
fn a_write_without_a_body_says_so() {
    let upstream = Recorder::start(|request| {
        let has_length = request.header("content-length") == Some("0");
        if ["POST", "PUT", "PATCH"].contains(&&*request.method) && !has_length {
            Reply::empty(411)
        } else {
            Reply::json(200, "{}")
        }
    });
    let mut client = Client::of_upstream(&upstream.url());
    for (tool, arguments) in [
        ("regenerateReactorKeys", json!({})),
        ("refreshUserSearchIndex", json!({})),
        ("refreshEntitySearchIndex", json!({})),
        ("generateTwoFactorRecoveryCodesWithId", json!({ "userId": USER_ID })),
        ("updateUserVerifyEmail", json!({ "email": "a@example.com" })),
    ] {
        let answer = client.call(tool, arguments);
        assert!(!answer.is_error, "{tool}: {}", answer.text);
        let request = upstream.take().remove(0);
        assert_eq!((request.header("content-length"), request.header("content-type")), (Some("0"), None), "{tool}");
        assert_eq!(request.header("transfer-encoding"), None, "{tool}");
    }
    for tool in ["retrieveUserWithId", "deleteUserWithId"] {
        client.call(tool, json!({ "userId": USER_ID }));
        assert_eq!(upstream.take()[0].header("content-length"), None, "{tool}");
    }
}
