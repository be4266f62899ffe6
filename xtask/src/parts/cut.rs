//! Cuts a module into the one that comes with the first load, and one for each part.
//!
//! The parts share the memory, the globals and the function table of the first. A part imports what it calls there;
//! its own functions are reached through the table, in the places that they had before the cut: it writes itself in
//! when it is instantiated. A direct call into a part goes through a stub in the first module that calls the same
//! place. Constant data that only a part refers to lies in that part, at the address that it had.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use walrus::ir::{Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, FunctionBuilder, FunctionId, FunctionKind, GlobalKind,
    ImportedFunction, Module, ModuleConfig, TableId,
};

use crate::failure::{Failure, Outcome};
use crate::parts::{Part, line};

/// Where a part finds what it needs of the first module: `{ first: instance.exports }`. What it needs of a part before
/// it is found under that part's name.
const FIRST: &str = "first";

/// What is to be cut: functions by their index in the module, and ranges of addresses, with the part they go to.
pub struct Plan {
    /// The parts.
    pub parts: Vec<Part>,
    /// The part of each function that has one, by its name.
    pub functions: HashMap<String, usize>,
    /// The data of each part, sorted.
    pub data: Vec<Vec<Range<u32>>>,
}

/// What the first module and the parts have to agree on.
struct Seams {
    /// The part of each function, by index.
    part_of: Vec<Option<usize>>,
    /// The places in the function table of the parts' functions.
    places: BTreeMap<usize, Vec<u32>>,
    /// Functions of parts that are called directly from elsewhere.
    stubs: BTreeSet<usize>,
    /// For each part the functions outside of it that it calls.
    wanted: Vec<BTreeSet<usize>>,
    /// How long the table was, and is.
    table: (u32, u32),
}

/// The first module, and the parts.
pub struct Cut {
    /// What comes with the first load.
    pub first: Vec<u8>,
    /// The parts, in the order of the plan.
    pub parts: Vec<Vec<u8>>,
}

/// Cuts the module as planned.
pub fn cut(bytes: &[u8], plan: &Plan) -> Outcome<Cut> {
    let module = parse(bytes)?;
    let seams = find_seams(&module, plan)?;
    let parts =
        (0..plan.parts.len()).map(|part| make_part(parse(bytes)?, &seams, plan, part)).collect::<Outcome<_>>()?;
    Ok(Cut { first: make_first(module, &seams, plan)?, parts })
}

/// The names of the functions that the page may call from outside.
pub fn roots(bytes: &[u8]) -> Outcome<Vec<String>> {
    let module = parse(bytes)?;
    let exported = module.exports.iter().filter_map(|export| match export.item {
        walrus::ExportItem::Function(function) => Some(function),
        _ => None,
    });
    Ok(exported.chain(module.start).filter_map(|function| module.funcs.get(function).name.clone()).collect())
}

fn parse(bytes: &[u8]) -> Outcome<Module> {
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    let parsed = config.parse(bytes);
    let mut module = parsed.map_err(|error| Failure::new(format!("cannot read the module to be cut: {error:#}")))?;
    // What the linker left for `needs` has done its work.
    let sections: Vec<_> = module.customs.iter().map(|(id, section)| (id, section.name().to_owned())).collect();
    for (id, name) in sections {
        if name == "linking" || name.starts_with("reloc.") {
            module.customs.delete(id);
        }
    }
    Ok(module)
}

fn find_seams(module: &Module, plan: &Plan) -> Outcome<Seams> {
    let count = module.funcs.iter().map(|function| function.id().index() + 1).max().unwrap_or(0);
    let mut part_of = vec![None; count];
    // What the page's JavaScript provides stays with the first module, which hands it on.
    for (id, _) in module.funcs.iter_local() {
        let name = module.funcs.get(id).name.as_ref();
        part_of[id.index()] = name.and_then(|name| plan.functions.get(name)).copied();
    }
    let table = module.tables.get(function_table(module)?);
    let mut seams = Seams {
        part_of,
        places: BTreeMap::new(),
        stubs: BTreeSet::new(),
        wanted: vec![BTreeSet::new(); plan.parts.len()],
        table: (table.initial as u32, table.initial as u32),
    };
    for (place, function) in filled_places(module)? {
        if seams.part_of[function.index()].is_some() {
            seams.places.entry(function.index()).or_default().push(place);
        }
    }
    for (caller, body) in module.funcs.iter_local() {
        let mut callees = Callees(BTreeSet::new());
        dfs_in_order(&mut callees, body, body.entry_block());
        let part = seams.part_of[caller.index()];
        for callee in callees.0 {
            let of = seams.part_of[callee];
            if of == part {
                continue;
            }
            if of.is_some_and(|of| !part.is_some_and(|part| line(&plan.parts, part).any(|base| base == of))) {
                seams.stubs.insert(callee);
            }
            if let Some(part) = part {
                seams.wanted[part].insert(callee);
            }
        }
    }
    for stub in &seams.stubs {
        seams.places.entry(*stub).or_insert_with(|| {
            seams.table.1 += 1;
            vec![seams.table.1 - 1]
        });
    }
    Ok(seams)
}

/// Collects whom a function calls or refers to.
struct Callees(BTreeSet<usize>);

impl Visitor<'_> for Callees {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.0.insert(function.index());
    }
}

fn function_table(module: &Module) -> Outcome<TableId> {
    let table = module.tables.main_function_table().map_err(|error| Failure::new(format!("{error:#}")))?;
    table.ok_or_else(|| Failure::new("the module has no function table, so it cannot be cut"))
}

/// The filled places of the function table.
fn filled_places(module: &Module) -> Outcome<BTreeMap<u32, FunctionId>> {
    let mut filled = BTreeMap::new();
    for element in module.elements.iter() {
        match (&element.kind, &element.items) {
            (
                ElementKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. },
                ElementItems::Functions(functions),
            ) => {
                filled.extend((start.cast_unsigned()..).zip(functions.iter().copied()));
            }
            (ElementKind::Declared, _) => {}
            _ => return Err(Failure::new("the function table is filled in a way that this build cannot cut")),
        }
    }
    Ok(filled)
}

fn make_first(mut module: Module, seams: &Seams, plan: &Plan) -> Outcome<Vec<u8>> {
    let table = function_table(&module)?;
    let ids = ids(&module);
    for stub in &seams.stubs {
        make_stub(&mut module, ids[stub], table, seams.places[stub][0]);
    }
    // A place of a part that has not come is empty for the program: whoever calls it traps, and the guard tells.
    let mut missing = FunctionBuilder::new(&mut module.types, &[], &[]);
    missing.func_body().unreachable();
    let missing = missing.finish(vec![], &mut module.funcs);
    let mut filled = filled_places(&module)?;
    for function in filled.values_mut() {
        if seams.part_of[function.index()].is_some() {
            *function = missing;
        }
    }
    refill(&mut module, table, &filled);
    let grown = module.tables.get_mut(table);
    grown.initial = u64::from(seams.table.1);
    grown.maximum = grown.maximum.map(|_| u64::from(seams.table.1));

    for wanted in seams.wanted.iter().flatten().collect::<BTreeSet<_>>() {
        if seams.part_of[*wanted].is_none() || seams.stubs.contains(wanted) {
            module.exports.add(&wanted.to_string(), ids[wanted]);
        }
    }
    let (memories, globals, tables) = shared(&module);
    for memory in memories {
        module.exports.add(&format!("m{}", memory.index()), memory);
    }
    for global in globals {
        module.exports.add(&format!("g{}", global.index()), global);
    }
    for table in tables {
        module.exports.add(&format!("t{}", table.index()), table);
    }
    let segments: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for segment in segments {
        let segment = module.data.get_mut(segment);
        if let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = segment.kind {
            for range in plan.data.iter().flatten() {
                for byte in within(range, start.cast_unsigned(), segment.value.len()) {
                    segment.value[byte] = 0;
                }
            }
        }
    }
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

fn make_part(mut module: Module, seams: &Seams, plan: &Plan, part: usize) -> Outcome<Vec<u8>> {
    let table = function_table(&module)?;
    let ids = ids(&module);
    let exports: Vec<_> = module.exports.iter().map(walrus::Export::id).collect();
    exports.into_iter().for_each(|export| module.exports.delete(export));
    module.start = None;

    for wanted in &seams.wanted[part] {
        let base = seams.part_of[*wanted].filter(|of| line(&plan.parts, part).any(|base| base == *of));
        let from = base.map_or(FIRST, |base| plan.parts[base].name.as_str());
        import_function(&mut module, ids[wanted], (from, &wanted.to_string()));
    }
    for (later, wanted) in seams.wanted.iter().enumerate() {
        if line(&plan.parts, later).skip(1).any(|base| base == part) {
            for wanted in wanted.iter().filter(|wanted| seams.part_of[**wanted] == Some(part)) {
                if module.exports.get_exported_func(ids[wanted]).is_none() {
                    module.exports.add(&wanted.to_string(), ids[wanted]);
                }
            }
        }
    }
    let (memories, globals, tables) = shared(&module);
    for memory in memories {
        let import = module.imports.add(FIRST, &format!("m{}", memory.index()), memory);
        let memory = module.memories.get_mut(memory);
        memory.import = Some(import);
        memory.data_segments.clear();
    }
    for global in globals {
        let import = module.imports.add(FIRST, &format!("g{}", global.index()), global);
        module.globals.get_mut(global).kind = GlobalKind::Import(import);
    }
    for shared in tables {
        let import = module.imports.add(FIRST, &format!("t{}", shared.index()), shared);
        module.tables.get_mut(shared).import = Some(import);
    }
    let own = seams.places.iter().filter(|(function, _)| seams.part_of[**function] == Some(part));
    let filled = own.flat_map(|(function, places)| places.iter().map(|place| (*place, ids[function]))).collect();
    module.tables.get_mut(table).initial = u64::from(seams.table.1);
    let grown = module.tables.get_mut(table);
    grown.maximum = grown.maximum.map(|_| u64::from(seams.table.1));
    refill(&mut module, table, &filled);
    keep_data(&mut module, &plan.data[part])?;
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// The module's functions by their index: the same in every copy of the module.
fn ids(module: &Module) -> HashMap<usize, FunctionId> {
    module.funcs.iter().map(|function| (function.id().index(), function.id())).collect()
}

/// What first module and parts share beside functions.
fn shared(module: &Module) -> (Vec<walrus::MemoryId>, Vec<walrus::GlobalId>, Vec<TableId>) {
    (
        module.memories.iter().map(walrus::Memory::id).collect(),
        module.globals.iter().map(walrus::Global::id).collect(),
        module.tables.iter().map(walrus::Table::id).collect(),
    )
}

/// Gives a function a new body that calls whatever is at this place of the table.
fn make_stub(module: &mut Module, function: FunctionId, table: TableId, place: u32) {
    let ty = module.funcs.get(function).ty();
    let (parameters, results) = (module.types.get(ty).params().to_vec(), module.types.get(ty).results().to_vec());
    let arguments: Vec<_> = parameters.iter().map(|parameter| module.locals.add(*parameter)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    let mut body = builder.func_body();
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.i32_const(place.cast_signed()).call_indirect(ty, table);
    module.funcs.get_mut(function).kind = FunctionKind::Local(builder.local_func(arguments));
}

/// Makes a function of this module one that comes from another.
fn import_function(module: &mut Module, function: FunctionId, (from, name): (&str, &str)) {
    let ty = module.funcs.get(function).ty();
    if let FunctionKind::Import(old) = &module.funcs.get(function).kind {
        let old = old.import;
        module.imports.delete(old);
    }
    let import = module.imports.add(from, name, function);
    module.funcs.get_mut(function).kind = FunctionKind::Import(ImportedFunction { import, ty });
}

/// Replaces whatever fills the function table.
fn refill(module: &mut Module, table: TableId, filled: &BTreeMap<u32, FunctionId>) {
    let old: Vec<_> = module.elements.iter().map(walrus::Element::id).collect();
    old.into_iter().for_each(|element| module.elements.delete(element));
    module.tables.get_mut(table).elem_segments.clear();
    let mut runs: Vec<(u32, Vec<FunctionId>)> = vec![];
    for (place, function) in filled {
        match runs.last_mut() {
            Some((start, run)) if *start + run.len() as u32 == *place => run.push(*function),
            _ => runs.push((*place, vec![*function])),
        }
    }
    for (start, run) in runs {
        let offset = ConstExpr::Value(Value::I32(start.cast_signed()));
        let element = module.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(run));
        module.tables.get_mut(table).elem_segments.insert(element);
    }
}

/// Leaves only these addresses of the data.
fn keep_data(module: &mut Module, kept: &[Range<u32>]) -> Outcome<()> {
    let old: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    let mut pieces = vec![];
    for segment in module.data.iter() {
        let DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(start)) } = segment.kind else {
            return Err(Failure::new("the module's data lie in a way that this build cannot cut"));
        };
        for range in kept {
            let bytes = within(range, start.cast_unsigned(), segment.value.len());
            if !bytes.is_empty() {
                pieces.push((memory, start + bytes.start as i32, segment.value[bytes].to_vec()));
            }
        }
    }
    old.into_iter().for_each(|segment| module.data.delete(segment));
    for (memory, start, bytes) in pieces {
        let offset = ConstExpr::Value(Value::I32(start));
        let segment = module.data.add(DataKind::Active { memory, offset }, bytes);
        module.memories.get_mut(memory).data_segments.insert(segment);
    }
    Ok(())
}

/// The bytes of a segment of this length at `start` that lie in a range of addresses.
fn within(range: &Range<u32>, start: u32, length: usize) -> Range<usize> {
    let end = start + length as u32;
    let (from, to) = (range.start.clamp(start, end), range.end.clamp(start, end));
    (from - start) as usize..(to - start) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{RefType, ValType};

    /// A module in which `main` calls `gate`, which calls `inner` and JavaScript; `inner` has a place in the table.
    fn module() -> Vec<u8> {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let table = module.tables.add_local(false, 2, Some(2), RefType::FUNCREF);
        let plain = module.types.add(&[], &[ValType::I32]);
        let (script, _) = module.add_import_func("page", "script", plain);
        let function = |module: &mut Module, name: &str, callees: &[FunctionId]| {
            let mut builder = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
            builder.name(name.to_owned());
            for callee in callees {
                builder.func_body().call(*callee).drop();
            }
            builder.func_body().i32_const(16);
            builder.finish(vec![], &mut module.funcs)
        };
        let inner = function(&mut module, "inner", &[]);
        let gate = function(&mut module, "gate", &[inner, script]);
        let main = function(&mut module, "main", &[gate]);
        module.exports.add("main", main);
        refill(&mut module, table, &BTreeMap::from([(1, inner)]));
        let offset = ConstExpr::Value(Value::I32(16));
        let data = module.data.add(DataKind::Active { memory, offset }, b"firstpart".to_vec());
        module.memories.get_mut(memory).data_segments.insert(data);
        module.emit_wasm()
    }

    fn plan(functions: &[&str]) -> Plan {
        let functions = functions.iter().map(|name| ((*name).to_owned(), 0)).collect();
        let part = Part { name: "later".to_owned(), gates: vec!["gate".to_owned()], after: None };
        Plan { parts: vec![part], functions, data: vec![vec![21..25]] }
    }

    fn names(module: &Module) -> BTreeSet<&str> {
        module.funcs.iter_local().filter_map(|(id, _)| module.funcs.get(id).name.as_deref()).collect()
    }

    #[test]
    fn functions_and_data_go_to_their_part() {
        let cut = cut(&module(), &plan(&["gate", "inner"])).expect("it can be cut");
        let (first, part) = (parse(&cut.first).expect("valid"), parse(&cut.parts[0]).expect("valid"));
        assert_eq!(names(&first), BTreeSet::from(["main", "gate"]), "the gate's name stays with its stub");
        assert_eq!(names(&part), BTreeSet::from(["gate", "inner"]));
        let bytes = |module: &Module| module.data.iter().map(|data| data.value.clone()).collect::<Vec<_>>();
        assert_eq!(bytes(&first), [b"first\0\0\0\0".to_vec()]);
        assert_eq!(bytes(&part), [b"part".to_vec()]);
    }

    #[test]
    fn a_part_writes_itself_into_the_table_and_imports_only_from_the_first() {
        let cut = cut(&module(), &plan(&["gate", "inner"])).expect("it can be cut");
        let (first, part) = (parse(&cut.first).expect("valid"), parse(&cut.parts[0]).expect("valid"));
        let filled = |module: &Module| filled_places(module).expect("plain").into_keys().collect::<Vec<_>>();
        assert_eq!(filled(&part), [1, 2], "the place that it had, and one for the stub");
        assert_eq!(filled(&first), [1]);
        assert!(part.imports.iter().all(|import| import.module == FIRST));
        let offered: BTreeSet<_> = first.exports.iter().map(|export| export.name.clone()).collect();
        assert!(part.imports.iter().all(|import| offered.contains(&import.name)), "{offered:?}");
    }

    #[test]
    fn without_parts_nothing_is_lost() {
        let cut =
            cut(&module(), &Plan { parts: vec![], functions: HashMap::new(), data: vec![] }).expect("it can be cut");
        assert_eq!(names(&parse(&cut.first).expect("valid")), BTreeSet::from(["main", "gate", "inner"]));
    }
}
