//! Reports as other programs read them: every form of every fixture keeps to the form's own rules, whatever a package or a
//! policy says.

mod files;
mod hostile;
mod junit;
mod valid;
