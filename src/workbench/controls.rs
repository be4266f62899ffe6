//! Small controls that several panels are made of: buttons that say why they cannot be pressed, chips that select what
//! they name, forms of numbers.

use crate::{
    lab::{Action, LabHandle, Selection},
    markup::{decimal, html, truth},
    view::{Keeps, View, part},
};
use sim::{Event, MessageId, Micros, NodeId, Payloads, World, narrate};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, InputEvent, SubmitEvent};
use yew::{AttrValue, Callback, Html};

/// Something that the user can do, or the reason why not.
#[derive(Clone, PartialEq)]
pub struct Deed {
    /// What the button says.
    pub label: AttrValue,
    /// What it does.
    pub action: Callback<()>,
    /// Why it cannot be done now, if so.
    pub refused: Option<String>,
    /// Which assumption it breaks, to be read before it is done.
    pub warning: Option<String>,
}

impl Deed {
    /// A deed that can always be done.
    pub fn new(lab: &LabHandle, label: impl Into<AttrValue>, action: Action) -> Self {
        Self { label: label.into(), action: lab.on(action), refused: None, warning: None }
    }

    /// Takes an event, where the world allows it.
    pub fn event(lab: &LabHandle, label: impl Into<AttrValue>, event: Event) -> Self {
        let state = lab.get();
        let (world, payloads) = (state.session.world(), state.session.payloads());
        Self::judged(lab, label, event, world, payloads)
    }

    fn judged(lab: &LabHandle, label: impl Into<AttrValue>, event: Event, world: &World, payloads: &Payloads) -> Self {
        let refused = world.refusal(event, payloads);
        let warning = if refused.is_none() { narrate::warning(world, event) } else { None };
        Self { refused, warning, ..Self::new(lab, label, Action::Take(event)) }
    }

    /// With a reason not to do it.
    #[must_use]
    pub fn refused_if(mut self, refused: bool, reason: impl Into<String>) -> Self {
        if refused {
            self.refused = Some(reason.into());
        }
        self
    }
}

/// Deeds in a row, and below them, once each, why some cannot be done and what others break.
pub fn deeds(deeds: &[Deed]) -> Html {
    html! { <div class="deeds">{ for deeds.iter().map(button) }</div>{ notes(deeds.iter()) } }
}

/// Why some of these cannot be done and what others break, once each. Each button says the same to a screen reader.
pub fn notes<'a>(deeds: impl Iterator<Item = &'a Deed>) -> Html {
    let mut notes: Vec<(&str, bool, String)> = Vec::new();
    for deed in deeds {
        let Some((sentence, warns)) = note_of(deed) else { continue };
        match notes.iter_mut().find(|(known, ..)| *known == sentence) {
            Some((.., labels)) => {
                labels.push_str(", ");
                labels.push_str(&deed.label);
            }
            None => notes.push((sentence, warns, deed.label.to_string())),
        }
    }
    if notes.is_empty() {
        return html! {};
    }
    html! {
        <ul class="deed-notes" aria-hidden="true">
            { for notes.into_iter().map(|(sentence, warns, labels)| html! {
                <li>if warns { { warning_mark() } }<b>{ labels }</b>{ ": " }{ sentence }</li>
            }) }
        </ul>
    }
}

fn note_of(deed: &Deed) -> Option<(&str, bool)> {
    match (&deed.refused, &deed.warning) {
        (Some(reason), _) => Some((reason, false)),
        (None, Some(warning)) => Some((warning, true)),
        _ => None,
    }
}

/// The button of a deed. One that cannot be pressed keeps the focus and says why to a screen reader.
pub fn button(deed: &Deed) -> Html {
    let refused = deed.refused.is_some();
    let onclick = (!refused).then(|| deed.action.clone());
    let warns = note_of(deed).is_some_and(|(_, warns)| warns);
    let spoken = note_of(deed).map(|(sentence, _)| format!(". {sentence}"));
    html! {
        <button type="button" class="deed" aria-disabled={refused.then_some("true")} {onclick}>
            if warns { { warning_mark() } }
            { &deed.label }
            if let Some(sentence) = spoken { <span class="visually-hidden">{ sentence }</span> }
        </button>
    }
}

/// The mark of what breaks an assumption: a triangle with a sign in it, never a colour alone.
pub fn warning_mark() -> Html {
    html! {
        <svg class="warning-mark" viewBox="0 0 16 16" role="img" aria-label="Breaks an assumption:">
            <path d="M8 1.5 15 14.5H1z" /><path class="sign" d="M8 6v4.2M8 11.7v1.4" />
        </svg>
    }
}

/// A node by its name; pressing it selects the node.
pub fn node_chip(lab: &LabHandle, world: &World, id: NodeId) -> Html {
    let selection = Selection::Node(id);
    chip(lab, selection, world.name(id).to_owned().into())
}

/// A message in flight by what it says; pressing it selects the message.
pub fn message_chip(lab: &LabHandle, world: &World, id: MessageId) -> Html {
    let words =
        world.flight(id).map_or_else(|| id.to_string(), |flight| narrate::message_of(world, id, &flight.payload));
    chip(lab, Selection::Message(id), words.into())
}

/// Something that pressing selects.
pub fn chip(lab: &LabHandle, selection: Selection, label: AttrValue) -> Html {
    let selected = lab.get().selection == Some(selection);
    html! {
        <button type="button" class="chip" aria-pressed={truth(selected)}
            onclick={lab.on(Action::Select(Some(selection)))}>{ label }</button>
    }
}

/// The `count` items with the smallest keys, in the order of their keys. Smaller code than sorting all of them, and there
/// may be thousands.
pub fn first<K: Ord, T>(items: impl Iterator<Item = (K, T)>, count: usize) -> Vec<T> {
    let mut kept: Vec<(K, T)> = Vec::with_capacity(count + 1);
    for item in items {
        let place = kept.iter().rposition(|(key, _)| *key <= item.0).map_or(0, |index| index + 1);
        if place < count {
            kept.insert(place, item);
            kept.truncate(count);
        }
    }
    kept.into_iter().map(|(_, item)| item).collect()
}

/// A time as lists show it: past 10 ms, tenths of a millisecond do.
pub fn time(at: Micros) -> String {
    if at.0 < 10_000 || at == Micros::NEVER { at.to_string() } else { Micros((at.0 + 50) / 100 * 100).to_string() }
}

/// A part of a panel under a title of its own.
pub fn section(id: &'static str, class: &'static str, title: &str, body: Html) -> Html {
    html! { <section class={class} aria-labelledby={id}><h2 id={id}>{ title }</h2>{ body }</section> }
}

/// A sentence that may wait.
pub fn quiet(text: impl Into<AttrValue>) -> Html {
    html! { <p class="quiet">{ text.into() }</p> }
}

/// The field that an event comes from.
pub fn input(event: &impl AsRef<web_sys::Event>) -> Option<HtmlInputElement> {
    event.as_ref().target()?.dyn_into().ok()
}

/// The position chosen in the list that an event comes from.
pub fn chosen(event: &impl AsRef<web_sys::Event>) -> Option<usize> {
    let select: HtmlSelectElement = event.as_ref().target()?.dyn_into().ok()?;
    usize::try_from(select.selected_index()).ok()
}

/// A list to choose from, with a label before it.
pub fn select<W: AsRef<str>>(label: &str, words: &[W], at: usize, on_choose: Callback<usize>) -> Html {
    let onchange = Callback::from(move |event: web_sys::Event| {
        if let Some(index) = chosen(&event) {
            on_choose.emit(index);
        }
    });
    html! {
        <label class="field">
            <span class="field-label">{ label }</span>
            <select {onchange}>
                { for words.iter().enumerate().map(|(index, word)| html! { <option selected={index == at}>{ word.as_ref() }</option> }) }
            </select>
        </label>
    }
}

/// One number of a form.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// What stands beside it.
    pub label: AttrValue,
    /// Its unit; empty where there is none. Of a choice its words, as in [`sim::process::Field`].
    pub unit: AttrValue,
    /// The least value allowed.
    pub min: f64,
    /// The greatest value allowed.
    pub max: f64,
    /// What stands there at first.
    pub value: f64,
    /// Whether only whole numbers are allowed.
    pub whole: bool,
}

impl Entry {
    /// A whole number.
    pub fn whole(label: impl Into<AttrValue>, unit: impl Into<AttrValue>, range: (i64, i64), value: i64) -> Self {
        let (min, max) = (range.0 as f64, range.1 as f64);
        Self { label: label.into(), unit: unit.into(), min, max, value: value as f64, whole: true }
    }

    /// A number that may have a fraction.
    pub fn real(label: impl Into<AttrValue>, unit: impl Into<AttrValue>, range: (f64, f64), value: f64) -> Self {
        Self { label: label.into(), unit: unit.into(), min: range.0, max: range.1, value, whole: false }
    }

    /// Whether it is a question of yes or no: 1 or 0.
    fn is_flag(&self) -> bool {
        self.whole && self.unit.is_empty() && self.min.abs() < 0.5 && self.max < 1.5
    }

    /// Why this number is not allowed, if so.
    fn error(&self, value: f64) -> Option<String> {
        let fits = (self.min..=self.max).contains(&value) && !(self.whole && value.fract() != 0.0);
        let kind = if self.whole { "a whole number" } else { "a number" };
        // NaN, which stands for a text that is no number, is in no range.
        (!fits).then(|| format!("{kind} from {} to {}", decimal(self.min), decimal(self.max)))
    }
}

/// A form of numbers, with the error beside the field that has one.
#[derive(PartialEq)]
pub struct NumberForm {
    /// Its fields.
    pub entries: Vec<Entry>,
    /// What the button says; without a button, every change counts at once.
    pub submit: Option<AttrValue>,
    /// Called with the numbers, once all of them are allowed.
    pub on_submit: Callback<Vec<f64>>,
}

/// A form of numbers whose button says `submit`.
pub fn form(entries: Vec<Entry>, submit: impl Into<AttrValue>, on_submit: impl Fn(Vec<f64>) + 'static) -> Html {
    part(NumberForm { entries, submit: Some(submit.into()), on_submit: Callback::from(on_submit) })
}

/// A form of numbers in which every change counts at once.
pub fn live_form(entries: Vec<Entry>, on_submit: impl Fn(Vec<f64>) + 'static) -> Html {
    part(NumberForm { entries, submit: None, on_submit: Callback::from(on_submit) })
}

/// What stands in a form.
#[derive(Default)]
struct Written {
    /// For which fields.
    entries: Vec<Entry>,
    /// The text of each field as written, and the number that it is.
    fields: Vec<(AttrValue, f64)>,
    /// Whether it was to be sent.
    tried: bool,
}

impl View for NumberForm {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        // Not a state: a change follows its input at once, and must see it.
        let written = keeps.once(|| RefCell::new(Written::default()));
        let redraw = keeps.redraw();
        if written.borrow().entries != self.entries {
            // What the fields stand for has changed elsewhere: by a step, by going back, by another selection.
            let fields = self.entries.iter().map(|entry| (decimal(entry.value).into(), entry.value)).collect();
            written.replace(Written { entries: self.entries.clone(), fields, tried: false });
        }
        let send = {
            let (written, redraw, on_submit) = (Rc::clone(&written), redraw.clone(), self.on_submit.clone());
            Callback::from(move |()| {
                let values = written.borrow_mut().values();
                if let Some(values) = values {
                    on_submit.emit(values);
                }
                redraw.request();
            })
        };
        let onsubmit = send.reform(|event: SubmitEvent| event.prevent_default());
        let live = self.submit.is_none().then_some(&send);
        let fields = self.entries.iter().enumerate().map(|(index, entry)| {
            let oninput = {
                let (written, redraw) = (Rc::clone(&written), redraw.clone());
                Callback::from(move |event: InputEvent| {
                    if let Some(field) = input(&event) {
                        written.borrow_mut().write(index, &field);
                    } else if let Some(word) = chosen(&event) {
                        written.borrow_mut().choose(index, word);
                    }
                    redraw.request();
                })
            };
            let state = written.borrow();
            let (text, value) = state.fields[index].clone();
            field(entry, text, value, state.tried, oninput, live.cloned())
        });
        html! {
            <form class="numbers" novalidate=true {onsubmit}>
                { for fields }
                if let Some(label) = &self.submit { <button type="submit" class="deed">{ label }</button> }
            </form>
        }
    }
}

impl Written {
    /// The numbers, if all are allowed.
    fn values(&mut self) -> Option<Vec<f64>> {
        self.tried = true;
        let fine = self.entries.iter().zip(&self.fields).all(|(entry, (_, value))| entry.error(*value).is_none());
        fine.then(|| self.fields.iter().map(|(_, value)| *value).collect())
    }

    fn choose(&mut self, index: usize, word: usize) {
        if let Some(place) = self.fields.get_mut(index) {
            *place = (word.to_string().into(), word as f64);
        }
    }

    fn write(&mut self, index: usize, field: &HtmlInputElement) {
        if let Some(place) = self.fields.get_mut(index) {
            let flag = field.type_() == "checkbox";
            let number = if flag { f64::from(u8::from(field.checked())) } else { field.value_as_number() };
            *place = (field.value().into(), number);
        }
    }
}

fn field(
    entry: &Entry,
    text: AttrValue,
    value: f64,
    tried: bool,
    oninput: Callback<InputEvent>,
    onchange: Option<Callback<()>>,
) -> Html {
    if entry.is_flag() {
        return html! {
            <label class="field flag">
                <input type="checkbox" checked={value > 0.5} {oninput} {onchange} />
                <span class="field-label">{ &entry.label }</span>
            </label>
        };
    }
    if entry.unit.contains('|') {
        return choice(entry, value, oninput, onchange);
    }
    let error = entry.error(value).filter(|_| tried);
    let step = if entry.whole { "1" } else { "any" };
    html! {
        <label class="field">
            <span class="field-label">{ &entry.label }</span>
            <input type="number" {step} min={decimal(entry.min)} max={decimal(entry.max)} value={text}
                {oninput} {onchange} aria-invalid={error.is_some().then_some("true")} />
            <span class="unit">{ &entry.unit }</span>
            if let Some(error) = error { <span class="field-error" role="alert">{ error }</span> }
        </label>
    }
}

/// One of a few words.
fn choice(entry: &Entry, value: f64, oninput: Callback<InputEvent>, onchange: Option<Callback<()>>) -> Html {
    let option = |(index, word): (usize, &str)| {
        html! { <option selected={index as i64 == value.round() as i64}>{ word.to_owned() }</option> }
    };
    html! {
        <label class="field">
            <span class="field-label">{ &entry.label }</span>
            <select {oninput} {onchange}>{ for entry.unit.split('|').enumerate().map(option) }</select>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_digits_that_help() {
        assert_eq!(time(Micros(1_116_852)), "1116.9 ms");
        assert_eq!(time(Micros(9_125)), "9.125 ms");
        assert_eq!(time(Micros(20_000)), "20 ms");
    }

    #[test]
    fn the_first_come_in_order_and_equal_ones_as_they_came() {
        let items = [(5, 'e'), (1, 'a'), (3, 'x'), (3, 'y'), (2, 'b')];
        assert_eq!(first(items.into_iter(), 4), ['a', 'b', 'x', 'y']);
        assert_eq!(first(items.into_iter(), 0), Vec::<char>::new());
    }

    #[test]
    fn a_field_says_what_is_allowed() {
        let whole = Entry::whole("n", "", (1, 9), 3);
        assert_eq!(whole.error(9.0), None);
        assert_eq!(whole.error(0.0).as_deref(), Some("a whole number from 1 to 9"));
        assert!(whole.error(2.5).is_some() && whole.error(f64::NAN).is_some());
        assert_eq!(Entry::real("loss", "%", (0.0, 100.0), 0.0).error(12.5), None);
    }
}
