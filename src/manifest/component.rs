//! `<application>` and what is inside: components, their filters, meta-data.

use super::element::{
    APP_COMPONENT_FACTORY, AUTHORITIES, BACKUP_AGENT, DEBUGGABLE, ENABLED, EXPORTED, Element, HAS_CODE, HOST, ICON,
    IS_SPLIT_REQUIRED, LABEL, NAME, NETWORK_SECURITY_CONFIG, PERMISSION, PROCESS, RESOURCE, SCHEME, TARGET_ACTIVITY,
    USES_CLEARTEXT_TRAFFIC, VALUE, Value,
};
use super::package::Scope;
use super::{Component, ComponentKind, IntentFilter, Manifest, MetaData};

/// Reads `<application>` into `manifest`.
pub(super) fn read_application(element: &Element, scope: &mut Scope<'_>, manifest: &mut Manifest) {
    manifest.label = scope.text(element, LABEL);
    manifest.icon = element.get(ICON).and_then(|icon| scope.resources.raster(icon));
    manifest.application = scope.class(element, NAME);
    manifest.component_factory = scope.class(element, APP_COMPONENT_FACTORY);
    manifest.backup_agent = scope.class(element, BACKUP_AGENT);
    manifest.debuggable = scope.boolean(element, DEBUGGABLE).unwrap_or(false);
    manifest.disabled = !scope.boolean(element, ENABLED).unwrap_or(true);
    manifest.without_code = !scope.boolean(element, HAS_CODE).unwrap_or(true);
    manifest.requires_splits |= scope.boolean(element, IS_SPLIT_REQUIRED).unwrap_or(false);
    manifest.cleartext = scope.boolean(element, USES_CLEARTEXT_TRAFFIC);
    manifest.network_security_path = scope.text(element, NETWORK_SECURITY_CONFIG);
    for child in &element.children {
        match component_kind(&child.name) {
            Some(kind) => manifest.components.extend(read_component(child, kind, scope)),
            None if child.name == "meta-data" => manifest.meta_data.extend(read_meta_data(child, scope)),
            None => {}
        }
    }
}

fn component_kind(tag: &str) -> Option<ComponentKind> {
    Some(match tag {
        "activity" => ComponentKind::Activity,
        "activity-alias" => ComponentKind::ActivityAlias,
        "service" => ComponentKind::Service,
        "receiver" => ComponentKind::Receiver,
        "provider" => ComponentKind::Provider,
        _ => return None,
    })
}

/// A component; one without a name can never run.
fn read_component(element: &Element, kind: ComponentKind, scope: &mut Scope<'_>) -> Option<Component> {
    let Some(name) = scope.class(element, NAME) else {
        scope.issues.push(element.offset, format!("<{}> has no name", element.name));
        return None;
    };
    let is_alias = kind == ComponentKind::ActivityAlias;
    Some(Component {
        kind,
        name,
        target: if is_alias { scope.class(element, TARGET_ACTIVITY) } else { None },
        enabled: scope.boolean(element, ENABLED).unwrap_or(true),
        exported: scope.boolean(element, EXPORTED),
        process: scope.text(element, PROCESS),
        permission: scope.text(element, PERMISSION),
        authorities: if kind == ComponentKind::Provider { scope.list(element, AUTHORITIES) } else { Vec::new() },
        filters: element.named("intent-filter").map(|filter| read_filter(filter, scope)).collect(),
        meta_data: element.named("meta-data").filter_map(|data| read_meta_data(data, scope)).collect(),
    })
}

fn read_filter(element: &Element, scope: &mut Scope<'_>) -> IntentFilter {
    let mut filter = IntentFilter::default();
    for child in &element.children {
        match child.name.as_str() {
            "action" => filter.actions.extend(scope.text(child, NAME)),
            "category" => filter.categories.extend(scope.text(child, NAME)),
            "data" => {
                let (scheme, host) = (scope.text(child, SCHEME), scope.text(child, HOST));
                if scheme.is_some() || host.is_some() {
                    filter.data.push(format!("{}://{}", scheme.unwrap_or_default(), host.unwrap_or_default()));
                }
            }
            _ => {}
        }
    }
    filter
}

/// A `<meta-data>`: its value as Android gives it to the app, or the name of the resource that it hands over.
fn read_meta_data(element: &Element, scope: &mut Scope<'_>) -> Option<MetaData> {
    let Some(name) = scope.text(element, NAME) else {
        scope.issues.push(element.offset, "<meta-data> has no name");
        return None;
    };
    let value = match (element.get(VALUE), element.get(RESOURCE)) {
        (Some(value), _) => match (scope.resources.resolve(value), value) {
            (None, Value::Reference(reference)) => scope.resources.name(reference),
            (resolved, value) => resolved.as_ref().unwrap_or(value).text().into_owned(),
        },
        (None, Some(Value::Reference(reference))) => scope.resources.name(reference),
        (None, Some(value)) => value.text().into_owned(),
        (None, None) => String::new(),
    };
    Some(MetaData { name, value })
}
