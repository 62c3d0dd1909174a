//! The catalog: its files are canonical, its entries hold together, its look-ups find what they should, and a fault in
//! a file laid over it is named.

mod entries;
mod explanations;
mod facts;
mod files;
mod look_ups;
mod overlay;
