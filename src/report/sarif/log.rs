//! A run of a log as it is written, in the words of SARIF. Places are by far the most of it, so they are no loose values.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::places::{Flows, Related, Steps};
use crate::catalog::{Confidence, Severity};

/// A run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Log<'a> {
    pub(super) tool: Value,
    pub(super) automation_details: Value,
    pub(super) invocations: [Value; 1],
    pub(super) artifacts: &'a [Value],
    pub(super) logical_locations: &'a [Logical<'a>],
    pub(super) results: Vec<Outcome<'a>>,
    pub(super) column_kind: &'static str,
    pub(super) language: &'a str,
}

/// A result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome<'f> {
    pub(super) rule_id: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    pub(super) kind: &'static str,
    pub(super) level: &'static str,
    pub(super) rank: f64,
    pub(super) message: Message<'f>,
    pub(super) locations: Vec<Location<'f>>,
    pub(super) partial_fingerprints: Fingerprints<'f>,
    pub(super) related_locations: Related<'f>,
    #[serde(skip_serializing_if = "Flows::is_empty")]
    pub(super) code_flows: Flows<'f>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) suppressions: Option<[Suppression<'f>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline_state: Option<&'static str>,
    pub(super) occurrence_count: usize,
    pub(super) properties: Properties<'f>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fingerprints<'f> {
    #[serde(rename = "candor/v1")]
    pub(super) own: &'f str,
    pub(super) primary_location_line_hash: String,
}

#[derive(Serialize)]
pub(super) struct Suppression<'f> {
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) justification: &'f str,
}

#[derive(Serialize)]
pub(super) struct Properties<'f> {
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) class: &'f str,
    pub(super) data: &'f [String],
    pub(super) permissions: &'f [String],
    pub(super) sdks: &'f [String],
}

#[derive(Serialize)]
pub(super) struct Message<'f> {
    pub(super) text: Cow<'f, str>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the words are those of SARIF")]
pub(super) struct Location<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) physical_location: Option<Physical<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logical_locations: Option<[Logical<'f>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Message<'f>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical<'f> {
    pub(super) artifact_location: Artifact<'f>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region<'f>>,
}

#[derive(Serialize)]
pub(super) struct Artifact<'f> {
    pub(super) uri: &'f str,
    pub(super) index: usize,
}

/// Lines of a text, or a byte of a file.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Region<'f> {
    #[serde(rename_all = "camelCase")]
    Lines {
        start_line: u32,
        end_line: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        snippet: Option<Message<'f>>,
    },
    #[serde(rename_all = "camelCase")]
    Bytes { byte_offset: u64, byte_length: u64 },
}

/// A class, a member or whose code it is; an index stands for what the run's own list says of it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Cow<'f, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fully_qualified_name: Option<Cow<'f, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decorated_name: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeFlow<'f> {
    pub(super) thread_flows: [ThreadFlow<'f>; 1],
}

#[derive(Serialize)]
pub(super) struct ThreadFlow<'f> {
    pub(super) locations: Steps<'f>,
}

#[derive(Serialize)]
pub(super) struct Step<'f> {
    pub(super) location: Location<'f>,
}
