//! Who needs what in a linked module: its functions and its pieces of constant data, and the references between them.
//!
//! Read from the symbols and relocations that the linker leaves when it is asked to (`--emit-relocs`): a reference
//! that is not there does not exist, so that nothing is guessed from bytes.

use std::collections::HashMap;
use std::ops::Range;

use wasmparser::{KnownCustom, Linking, Parser, Payload, RelocationEntry, SymbolInfo};

use crate::failure::{Failure, Outcome, While as _};

/// A function or a piece of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A function, by its mangled name.
    Function(String),
    /// Bytes at these addresses of the memory.
    Data(Range<u32>),
}

/// The nodes of a module, and whom each of them refers to.
#[derive(Debug, Default)]
pub struct Needs {
    /// Functions by their index in the module, then data.
    pub nodes: Vec<Node>,
    /// For each node the nodes that it refers to.
    pub edges: Vec<Vec<usize>>,
}

/// What is collected on the way through the sections.
#[derive(Default)]
struct Reader<'a> {
    section: u32,
    imports: usize,
    names: HashMap<u32, &'a str>,
    /// Where the bodies lie, counted from the start of the code section, and the index of that section.
    bodies: Vec<Range<usize>>,
    code: (u32, usize),
    /// Segments: address, and where their bytes lie in the data section.
    segments: Vec<(u32, Range<usize>)>,
    data: (u32, usize),
    symbols: Vec<SymbolInfo<'a>>,
    relocations: Vec<(u32, RelocationEntry)>,
}

/// Reads a module that was linked with `--emit-relocs` and kept its names.
pub fn read(module: &[u8]) -> Outcome<Needs> {
    let mut reader = Reader::default();
    for payload in Parser::new(0).parse_all(module) {
        reader.take(&payload.to(|| "read the linked module".into())?).to(|| "read the linked module".into())?;
    }
    if reader.symbols.is_empty() || reader.relocations.is_empty() {
        return Err(Failure::new("the linked module has no relocations: was it linked without --emit-relocs?"));
    }
    Ok(reader.into_needs())
}

impl<'a> Reader<'a> {
    fn take(&mut self, payload: &Payload<'a>) -> wasmparser::Result<()> {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    self.imports += usize::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionStart { range, .. } => self.code = (self.section, range.start),
            Payload::CodeSectionEntry(body) => {
                self.bodies.push(body.range().start - self.code.1..body.range().end - self.code.1);
                return Ok(());
            }
            Payload::DataSection(section) => {
                self.data = (self.section, section.range().start);
                for segment in section.clone() {
                    self.take_segment(&segment?)?;
                }
            }
            Payload::CustomSection(custom) => self.take_custom(custom.as_known())?,
            _ => {}
        }
        // The parser tells of the version and the end, too; only what has an id is a section.
        self.section += u32::from(payload.as_section().is_some());
        Ok(())
    }

    fn take_segment(&mut self, segment: &wasmparser::Data<'a>) -> wasmparser::Result<()> {
        let mut address = 0;
        if let wasmparser::DataKind::Active { offset_expr, .. } = &segment.kind
            && let wasmparser::Operator::I32Const { value } = offset_expr.get_operators_reader().read()?
        {
            address = value.cast_unsigned();
        }
        let end = segment.range.end - self.data.1;
        self.segments.push((address, end - segment.data.len()..end));
        Ok(())
    }

    fn take_custom(&mut self, section: KnownCustom<'a>) -> wasmparser::Result<()> {
        match section {
            KnownCustom::Name(names) => {
                for name in names {
                    if let wasmparser::Name::Function(map) = name? {
                        for naming in map {
                            let naming = naming?;
                            self.names.insert(naming.index, naming.name);
                        }
                    }
                }
            }
            KnownCustom::Linking(linking) => {
                for part in linking.subsections() {
                    if let Linking::SymbolTable(symbols) = part? {
                        self.symbols = symbols.into_iter().collect::<wasmparser::Result<_>>()?;
                    }
                }
            }
            KnownCustom::Reloc(relocations) => {
                for entry in relocations.entries() {
                    self.relocations.push((relocations.section_index(), entry?));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn into_needs(self) -> Needs {
        let functions = self.imports + self.bodies.len();
        let mut nodes: Vec<Node> = (0..functions)
            .map(|index| Node::Function((*self.names.get(&(index as u32)).unwrap_or(&"")).to_owned()))
            .collect();
        let mut pieces: HashMap<Range<u32>, usize> = HashMap::new();
        let targets: Vec<Option<usize>> = self
            .symbols
            .iter()
            .map(|symbol| match symbol {
                SymbolInfo::Func { index, .. } => Some(*index as usize),
                SymbolInfo::Data { symbol: Some(defined), .. } => {
                    let start = self.segments.get(defined.index as usize)?.0 + defined.offset;
                    let piece = start..start + defined.size;
                    Some(*pieces.entry(piece.clone()).or_insert_with(|| {
                        nodes.push(Node::Data(piece));
                        nodes.len() - 1
                    }))
                }
                _ => None,
            })
            .collect();
        let mut sorted: Vec<(Range<u32>, usize)> = pieces.into_iter().collect();
        sorted.sort_by_key(|(piece, _)| (piece.start, piece.end));
        let mut edges = vec![vec![]; nodes.len()];
        for (section, entry) in &self.relocations {
            // A relocation of a type has a type's index, not a symbol's.
            if entry.ty == wasmparser::RelocationType::TypeIndexLeb {
                continue;
            }
            let Some(Some(to)) = targets.get(entry.index as usize) else { continue };
            if let Some(from) = self.holder(*section, entry.offset as usize, &sorted) {
                edges[from].push(*to);
            }
        }
        Needs { nodes, edges }
    }

    /// The node whose bytes hold this place of a section.
    fn holder(&self, section: u32, offset: usize, pieces: &[(Range<u32>, usize)]) -> Option<usize> {
        if section == self.code.0 {
            let after = self.bodies.partition_point(|body| body.start <= offset);
            return after.checked_sub(1).map(|body| body + self.imports);
        }
        if section != self.data.0 {
            return None;
        }
        let (start, bytes) = self.segments.iter().find(|(_, bytes)| bytes.contains(&offset))?;
        let address = start + (offset - bytes.start) as u32;
        let after = pieces.partition_point(|(piece, _)| piece.start <= address);
        let (piece, node) = &pieces[after.checked_sub(1)?];
        piece.contains(&address).then_some(*node)
    }
}
