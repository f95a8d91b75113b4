//! The MCP library's own client reads the skills as an agent does: lists them, gets each, and verifies every file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::process::Stdio;

use rmcp::{
    ClientLifecycleMode, ClientServiceExt,
    model::{
        GetSkillRequestParams, ProtocolVersion, ReadResourceRequestParams, ResourceContents, SkillResources,
        validate_skills,
    },
};
use serde_json::Value;
use tokio::process::Command;

#[tokio::test]
async fn every_skill_is_what_its_manifest_says() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_fusionauth-mcp"))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let streams = (server.stdout.take().unwrap(), server.stdin.take().unwrap());
    let lifecycle = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    let client = ().serve_with_lifecycle(streams, lifecycle).await.unwrap();
    let skills = client.list_all_skills().await.unwrap();
    assert_eq!(skills.len(), 23);
    validate_skills(&skills).unwrap();
    for listed in skills {
        let skill = client.get_skill(GetSkillRequestParams::new(&listed.uri)).await.unwrap().skill;
        assert_eq!(skill, listed);
        let SkillResources::Files(files) = &skill.resources else { panic!("{}: no manifest", skill.uri) };
        for file in files {
            let read = client.read_resource(ReadResourceRequestParams::new(&file.uri)).await.unwrap();
            let [ResourceContents::TextResourceContents { text, .. }] = read.contents.as_slice() else {
                panic!("{}: {:?}", file.uri, read.contents)
            };
            file.verify(text.as_bytes()).unwrap();
            if file.uri == skill.uri {
                // A host holds what is listed against what the file says of itself.
                let head = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap().0;
                let written: Value = serde_saphyr::from_str(head).unwrap();
                assert_eq!(serde_json::to_value(&skill.frontmatter).unwrap(), written, "{}", skill.uri);
            }
        }
    }
    client.cancel().await.unwrap();
}
