//! Any arguments of any tool are checked, and what passes makes a request that stays within its path.
#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use fusionauth_mcp::fusionauth::{dialect::DIALECT, tools::DOCUMENT};
use gateway::call::{
    arguments::{
        check, object,
        policy::{Policy, UnknownProperties},
    },
    request::build,
};
use libfuzzer_sys::fuzz_target;
use openapi_tools::describe::view::View;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_at_checked(2) else { return };
    let index = usize::from(choice[0]) << 8 | usize::from(choice[1]);
    let operation = DOCUMENT.operations[index % DOCUMENT.operations.len()];
    let Ok(value) = serde_json::from_slice(rest) else { return };
    let Ok(arguments) = object(value) else { return };
    let policy = Policy {
        unknown_properties: [UnknownProperties::Refuse, UnknownProperties::Warn, UnknownProperties::Pass][index % 3],
        dialect: &DIALECT,
        is_offered: &|_| true,
        now: UNIX_EPOCH + Duration::from_secs(1_764_028_800),
    };
    let view = View { document: &DOCUMENT, operation, hidden_parameter: None };
    if let Ok(checked) = check(view, &policy, arguments) {
        let request = build(&DOCUMENT, operation, &checked, None);
        let path = request.target.split('?').next().unwrap_or_default();
        assert_eq!(path.split('/').count(), operation.path.len() + 1, "{path}");
        assert!(path.split('/').all(|segment| segment != "." && segment != ".."), "{path}");
        assert!(request.target.bytes().all(|byte| byte.is_ascii_graphic()), "{}", request.target);
    }
});
