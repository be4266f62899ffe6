//! The tables of a bench: to be read, or filled in. A number that is refused stays in its cell, with the reason below the
//! table; what a spreadsheet has copied can be pasted into any cell.

use super::{
    controls::{Deed, button, input},
    stage::ask,
};
use crate::{
    lab::LabHandle,
    markup::{html, truth},
    view::{Keeps, State, View, part},
};
use sim::{Cell, Edit, NodeId, Row, Table, Tone, World, bench};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};
use yew::{Callback, Html};

/// Whether there is something to read or to fill in.
pub fn has_tables(world: &World) -> bool {
    world.members().iter().any(|&id| !tables(world, id).is_empty())
}

/// Whether there is something to look at beside tables.
pub fn has_picture(world: &World) -> bool {
    let several = world.members().len() > 1;
    several
        || world.nodes().iter().any(|node| !node.process().parts().is_empty() || !node.process().addable().is_empty())
}

/// Whether some table has more than can be said in a few lines.
pub fn is_filled_in(world: &World) -> bool {
    world.members().iter().any(|&id| tables(world, id).iter().any(|table| !table.columns.is_empty()))
}

/// Whether all is on one node, with tables: what it does has no space–time diagram to speak of.
pub fn is_of_one_node(world: &World) -> bool {
    world.members().len() == 1 && has_tables(world)
}

/// Whether there are tables and nothing else.
pub fn is_alone(world: &World) -> bool {
    has_tables(world) && !has_picture(world)
}

fn tables(world: &World, id: NodeId) -> Vec<Table> {
    world.node(id).map_or_else(Vec::new, |node| node.process().tables(&world.view(id)))
}

/// All tables: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn board(lab: &LabHandle) -> Html {
    part(Board { lab: lab.clone() })
}

#[derive(PartialEq)]
struct Board {
    lab: LabHandle,
}

/// What was refused: in which table of which node, at which cell, what stood there, and why.
#[derive(Clone, PartialEq)]
struct Refused {
    node: NodeId,
    table: &'static str,
    cell: (u32, u32),
    text: String,
    why: String,
    /// The change of the lab after which it was: what is undone is refused no more.
    change: u64,
}

type Kept = State<Option<Refused>>;

/// What was refused, as long as nothing has changed since.
fn current(lab: &LabHandle, refused: &Kept) -> Option<Refused> {
    refused.get().filter(|known| known.change == lab.get().changes)
}

impl View for Board {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let refused: Kept = keeps.state(|| None);
        let state = self.lab.get();
        let world = state.session.world();
        let all = world.members().iter().flat_map(|&id| tables(world, id).into_iter().map(move |table| (id, table)));
        html! {
            <div class="board" tabindex="0" role="region" aria-label="Tables">
                { for all.map(|(id, table)| draw_table(&self.lab, id, &Rc::new(table), &refused)) }
            </div>
        }
    }
}

fn draw_table(lab: &LabHandle, id: NodeId, table: &Rc<Table>, refused: &Kept) -> Html {
    let here = current(lab, refused).filter(|known| known.node == id && known.table == table.id);
    let why = here.as_ref().map(|refused| refused.why.clone());
    let class = if table.columns.is_empty() { "bench-table findings" } else { "bench-table" };
    html! {
        <section {class} key={format!("{}-{}", id.0, table.id)}>
            <table>
                <caption>{ &table.title }</caption>
                if !table.columns.is_empty() {
                    <thead><tr><td></td>{ for table.columns.iter().map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                }
                <tbody>
                    { for table.rows.iter().enumerate().map(|(index, row)| draw_row(lab, (id, table), (index as u32, row), refused)) }
                </tbody>
            </table>
            { size_buttons(lab, id, table) }
            <p class="cell-error" role="alert">{ why.unwrap_or_default() }</p>
        </section>
    }
}

/// A row and a column more or less.
fn size_buttons(lab: &LabHandle, id: NodeId, table: &Table) -> Html {
    let name = || table.id.to_owned();
    let mut all: Vec<(String, Edit)> = vec![];
    let (rows, columns) = (table.rows.len() as u32, table.columns.len() as u32);
    if let Some(next) = &table.next_row {
        all.push((format!("+ {next}"), Edit::AddRow { table: name() }));
        if let Some(last) = table.rows.last().filter(|_| rows > 1) {
            all.push((format!("− {}", last.name), Edit::RemoveRow { table: name(), row: rows - 1 }));
        }
    }
    if let Some(next) = &table.next_column {
        all.push((format!("+ {next}"), Edit::AddColumn { table: name() }));
        // What is only to be read stays.
        let filled = |column: &usize| {
            table.rows.iter().any(|row| row.cells.get(*column).is_some_and(|cell| cell.limits.is_some()))
        };
        if let Some(last) = (0..table.columns.len()).rev().find(filled).filter(|_| columns > 1) {
            let edit = Edit::RemoveColumn { table: name(), column: last as u32 };
            all.push((format!("− {}", table.columns[last]), edit));
        }
    }
    if all.is_empty() {
        return html! {};
    }
    html! { <div class="deeds sizes">{ for all.into_iter().map(|(label, edit)| button(&deed(lab, id, label, edit))) }</div> }
}

/// A button that makes an edit, or says why not.
pub fn deed(lab: &LabHandle, id: NodeId, label: String, edit: Edit) -> Deed {
    let refused = refusal(lab, id, &edit);
    let action = {
        let lab = lab.clone();
        Callback::from(move |()| ask(&lab, id, edit.clone()))
    };
    Deed { label: label.into(), action, refused, warning: None }
}

/// Why an edit is refused now, if it is.
fn refusal(lab: &LabHandle, id: NodeId, edit: &Edit) -> Option<String> {
    let state = lab.get();
    let world = state.session.world();
    let process = world.node(id)?.process();
    let request = process.edit(edit.clone())?;
    match process.read_request(&request) {
        Ok(request) => process.check(&request, &world.view(id)).err(),
        Err(wrong) => Some(wrong),
    }
}

fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Idle => "",
        Tone::Waiting => "tone-waiting",
        Tone::Active => "tone-active",
        Tone::Done => "tone-done",
        Tone::Failed => "tone-failed",
        Tone::Violated => "tone-violated",
    }
}

/// The sign before a row's heading, so that its tone is not a colour alone.
fn tone_sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Idle => "",
        Tone::Waiting => "… ",
        Tone::Active => "▸ ",
        Tone::Done => "✓ ",
        Tone::Failed | Tone::Violated => "✗ ",
    }
}

fn draw_row(lab: &LabHandle, (id, table): (NodeId, &Rc<Table>), (index, row): (u32, &Row), refused: &Kept) -> Html {
    let cells = row.cells.iter().enumerate().map(|(column, cell)| {
        if cell.limits.is_none() {
            return html! { <td>{ &cell.text }</td> };
        }
        html! { <td>{ draw_cell(lab, (id, table), (index, column as u32), cell, refused) }</td> }
    });
    let press = row.button.clone().map(|(label, why)| {
        let edit = Edit::Press { table: table.id.to_owned(), row: index };
        let known = Deed { refused: why, ..deed(lab, id, label, edit) };
        html! { <td class="row-button">{ button(&known) }</td> }
    });
    html! {
        <tr class={tone_class(row.tone)}>
            <th scope="row">{ tone_sign(row.tone) }{ &row.name }</th>
            { for cells }
            { for press.into_iter() }
        </tr>
    }
}

fn draw_cell(
    lab: &LabHandle,
    (id, table): (NodeId, &Rc<Table>),
    (row, column): (u32, u32),
    cell: &Cell,
    refused: &Kept,
) -> Html {
    let wrong = current(lab, refused)
        .filter(|known| known.node == id && known.table == table.id && known.cell == (row, column));
    let write = {
        let (lab, table, refused) = (lab.clone(), Rc::clone(table), refused.clone());
        Callback::from(move |text: String| write(&lab, (id, &table), (row, column), text, &refused))
    };
    let onchange = {
        let write = write.clone();
        Callback::from(move |event: Event| {
            if let Some(field) = input(&event) {
                write.emit(field.value());
            }
        })
    };
    // What a spreadsheet has copied has several cells; a single number is an input like any other.
    let onpaste = Callback::from(move |event: Event| {
        let Some(text) = pasted(&event) else { return };
        if text.trim().contains(['\t', '\n', ';', ',']) {
            event.prevent_default();
            write.emit(text);
        }
    });
    let label = format!("{}, {}, {}", table.title, table.rows[row as usize].name, heading(table, column));
    let value = wrong.as_ref().map_or_else(|| cell.text.clone(), |wrong| wrong.text.clone());
    html! {
        <input type="text" inputmode="numeric" class="cell" aria-label={label} aria-invalid={truth(wrong.is_some())}
            data-cell={format!("{}-{row}-{column}", table.id)} {value} {onchange} {onpaste} onkeydown={Callback::from(move_by_keys)} />
    }
}

fn heading(table: &Table, column: u32) -> &str {
    table.columns.get(column as usize).map_or("", String::as_str)
}

/// The text that is being pasted.
fn pasted(event: &Event) -> Option<String> {
    let data = js_sys::Reflect::get(event.as_ref(), &"clipboardData".into()).ok()?;
    let data: web_sys::DataTransfer = data.dyn_into().ok()?;
    data.get_data("text/plain").ok()
}

/// Writes a number, or a block of them, from a cell on. What is refused stays in view.
fn write(lab: &LabHandle, (id, table): (NodeId, &Table), (row, column): (u32, u32), text: String, refused: &Kept) {
    let refuse = |why: String, text: String| {
        refused.set(Some(Refused {
            node: id,
            table: table.id,
            cell: (row, column),
            text,
            why,
            change: lab.get().changes,
        }));
    };
    let values = match bench::block(&text) {
        Ok(values) => values,
        Err(why) => return refuse(why, text),
    };
    let edit = Edit::Write { table: table.id.to_owned(), row, column, values };
    // A block that is refused is not put into one cell.
    let shown = if text.trim().contains(['\t', '\n']) {
        table.rows[row as usize].cells[column as usize].text.clone()
    } else {
        text
    };
    if let Some(why) = refusal(lab, id, &edit) {
        return refuse(why, shown);
    }
    refused.set(None);
    ask(lab, id, edit);
}

/// The arrow keys up and down, and Enter, move from cell to cell of a column.
#[allow(clippy::needless_pass_by_value)] // as a callback takes it
fn move_by_keys(event: KeyboardEvent) {
    let by = match event.key().as_str() {
        "ArrowUp" => -1,
        "ArrowDown" | "Enter" => 1,
        _ => return,
    };
    let Some(cell) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return };
    let name = cell.get_attribute("data-cell").unwrap_or_default();
    let mut words = name.rsplitn(3, '-');
    let (Some(column), Some(row), Some(table)) = (words.next(), words.next(), words.next()) else { return };
    let Ok(row) = row.parse::<i32>() else { return };
    event.prevent_default();
    // What was typed counts when the field is left.
    let _ = cell.blur();
    let next = format!("[data-cell=\"{table}-{}-{column}\"]", row + by);
    let found = crate::dom::document()
        .query_selector(&next)
        .ok()
        .flatten()
        .or_else(|| crate::dom::document().query_selector(&format!("[data-cell=\"{name}\"]")).ok().flatten());
    if let Some(next) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        let _ = next.focus();
    }
}
