//! The parts of the catalog, as they are typed.

use clap::ValueEnum;

use crate::report;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Section {
    /// Data types
    Data,
    /// Ways in which code obtains them
    Sources,
    /// Permissions of the platform and of vendors
    Permissions,
    /// Third-party SDKs
    Sdks,
    /// Packers, hot-fixes, plug-in and hybrid frameworks
    Markers,
    /// Rules
    Rules,
    /// Types of app, and the data that each needs
    AppTypes,
}

impl From<Section> for report::Section {
    fn from(section: Section) -> Self {
        match section {
            Section::Data => Self::Data,
            Section::Sources => Self::Sources,
            Section::Permissions => Self::Permissions,
            Section::Sdks => Self::Sdks,
            Section::Markers => Self::Markers,
            Section::Rules => Self::Rules,
            Section::AppTypes => Self::AppTypes,
        }
    }
}
