//! A test per rule of SEMANTICS.md that concerns the engine, named after it. Rules 4 (size of an event), 18 to 20, 25 and
//! 26 stand with the modules that keep them; 27 is tested in a browser.

mod channels;
mod words;

mod members;
mod nodes;
mod properties;
mod randomness;
mod state;
mod time;
