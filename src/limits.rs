//! Every bound on untrusted input, in one place, each with its reason.

/// Uncompressed bytes of one archive entry. A DEX file is bound to 2³² bytes by its header; no published one passes
/// 64 MiB, and resources.arsc of the largest apps stays under 64 MiB too.
pub const MAX_ENTRY_BYTES: u64 = 1 << 29;

/// The largest ratio that deflate can reach (RFC 1951: 258 bytes from a two-bit code), so an entry never inflates to
/// more than this many times its compressed bytes, whatever its header claims.
pub const MAX_DEFLATE_RATIO: u64 = 1032;

/// Entries of one archive that are looked at. Android itself refuses more than 65,535 without zip64.
pub const MAX_ENTRIES: usize = 1 << 20;

/// DEX files of one package that are read. ART warns from 100 on (`DexFileLoader`, `kWarnOnManyDexFilesThreshold`); the
/// largest published apps have some sixty.
pub const MAX_CODE_FILES: usize = 512;

/// Uncompressed bytes of all DEX files of one package: they are in memory together.
pub const MAX_CODE_BYTES: u64 = 1 << 30;

/// Packages inside one split set.
pub const MAX_PARTS: usize = 512;

/// Packages, archives and DEX files inside a package that are opened.
pub const MAX_NESTED: usize = 256;

/// Levels of packages inside packages.
pub const MAX_NESTED_DEPTH: usize = 3;

/// Bytes of all files inside a package that are opened, and of the DEX files in them, inflated.
pub const MAX_NESTED_BYTES: u64 = 1 << 28;

/// Bytes of all scripts of a package that are read, inflated. One with a thousand megabytes of them is a game's data.
pub const MAX_SCRIPT_BYTES: u64 = 1 << 30;

/// How many times its compressed bytes a nested file may have. Archives hardly compress, DEX files to a third, scripts to
/// a tenth.
pub const MAX_NESTED_RATIO: u64 = 32;

/// Bytes that a nested file may have whatever its compressed size.
pub const MIN_NESTED_BYTES: u64 = 1 << 20;

/// Bytes of one disclosure or catalog file that a person wrote.
pub const MAX_TEXT_BYTES: u64 = 16 << 20;

/// Bytes of all resources of a package in which texts are looked for. The resources of the largest apps that hold texts
/// stay under half of that.
pub const MAX_SHOWN_BYTES: u64 = 64 << 20;

/// Files of resources in which texts are looked for.
pub const MAX_SHOWN_FILES: usize = 1 << 14;

/// Bytes of one scan that an earlier run wrote. The largest packages give a tenth of that.
pub const MAX_SCAN_BYTES: u64 = 1 << 28;

/// Issues that are kept for one package; the rest are counted in a last one.
pub const MAX_ISSUES: usize = 200;

/// Dynamic symbols of one native library that are looked at. The largest libraries of published apps (browser engines)
/// have under 100,000.
pub const MAX_SYMBOLS: usize = 1 << 20;
