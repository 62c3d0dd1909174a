//! A run of a log as it is written. Places are by far the most of it, so they are no loose values.

use serde::Serialize;
use serde_json::Value;

/// A run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Log<'a> {
    pub(super) tool: Value,
    pub(super) automation_details: Value,
    pub(super) invocations: [Value; 1],
    pub(super) artifacts: &'a [Value],
    pub(super) results: Vec<Outcome<'a>>,
    pub(super) column_kind: &'static str,
    pub(super) language: &'a str,
}

/// What was found.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome<'f> {
    pub(super) rule_id: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    pub(super) kind: &'static str,
    pub(super) level: &'static str,
    pub(super) rank: f64,
    pub(super) message: Message,
    pub(super) locations: Value,
    pub(super) partial_fingerprints: Value,
    pub(super) related_locations: Vec<Location<'f>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) code_flows: Vec<CodeFlow<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) suppressions: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline_state: Option<&'static str>,
    pub(super) occurrence_count: usize,
    pub(super) properties: Value,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the words are those of SARIF")]
pub(super) struct Location<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) physical_location: Option<Physical<'f>>,
    pub(super) logical_locations: [Logical<'f>; 1],
    pub(super) message: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical<'f> {
    pub(super) artifact_location: Artifact<'f>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region>,
}

#[derive(Serialize)]
pub(super) struct Artifact<'f> {
    pub(super) uri: &'f str,
    pub(super) index: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) byte_offset: u64,
    pub(super) byte_length: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical<'f> {
    pub(super) fully_qualified_name: String,
    pub(super) decorated_name: &'f str,
    pub(super) kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeFlow<'f> {
    pub(super) thread_flows: [ThreadFlow<'f>; 1],
}

#[derive(Serialize)]
pub(super) struct ThreadFlow<'f> {
    pub(super) locations: Vec<Step<'f>>,
}

#[derive(Serialize)]
pub(super) struct Step<'f> {
    pub(super) location: Location<'f>,
}
