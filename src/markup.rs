//! Markup: the same language as Yew's `html!`, compiled to calls of a builder.
//!
//! Yew's macro writes every element out as code of its own, some hundred bytes a tag. Here a tag is a call, and so is an
//! attribute; the elements that come of it are Yew's. Components have no tags: they are written `{ part(View { … }) }`.

use std::{cell::RefCell, fmt::Display, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{Event, FocusEvent, InputEvent, KeyboardEvent, MouseEvent, PointerEvent, SubmitEvent, WheelEvent};
use yew::{
    AttrValue, Callback, Html, NodeRef,
    virtual_dom::{AttributeOrProperty, Attributes, Key, Listener, ListenerKind, VList, VTag, VText},
};

/// Elements as they are written: `html! { <p class="x">{ text }</p> }`.
macro_rules! html {
    () => { yew::Html::default() };
    (@ $to:ident) => {};
    // Ends.
    (@ $to:ident </> $($rest:tt)*) => { $to.close(); $crate::markup::html!(@ $to $($rest)*); };
    (@ $to:ident </ $name:ident > $($rest:tt)*) => { $to.close(); $crate::markup::html!(@ $to $($rest)*); };
    // Beginnings.
    (@ $to:ident <> $($rest:tt)*) => { $to.open_list(); $crate::markup::html!(@ $to $($rest)*); };
    (@ $to:ident < $name:ident $($rest:tt)*) => {
        $to.open(stringify!($name)); $crate::markup::html!(@tag $to $($rest)*);
    };
    // Conditions.
    (@ $to:ident if $($rest:tt)*) => { $crate::markup::html!(@if $to [] $($rest)*); };
    // Contents.
    (@ $to:ident { for $items:expr } $($rest:tt)*) => {
        $to.open_list();
        IntoIterator::into_iter($items).for_each(|item| $crate::markup::Content::put(item, &mut $to));
        $to.close();
        $crate::markup::html!(@ $to $($rest)*);
    };
    (@ $to:ident { $text:literal } $($rest:tt)*) => { $to.words($text); $crate::markup::html!(@ $to $($rest)*); };
    (@ $to:ident { $($content:tt)* } $($rest:tt)*) => {
        $crate::markup::Content::put({ $($content)* }, &mut $to); $crate::markup::html!(@ $to $($rest)*);
    };
    (@ $to:ident $text:literal) => { $to.words($text); };
    // Within a tag.
    (@tag $to:ident /> $($rest:tt)*) => { $to.close(); $crate::markup::html!(@ $to $($rest)*); };
    (@tag $to:ident > $($rest:tt)*) => { $crate::markup::html!(@ $to $($rest)*); };
    (@tag $to:ident { $name:ident } $($rest:tt)*) => {
        $crate::markup::Value::put($name, stringify!($name), &mut $to); $crate::markup::html!(@tag $to $($rest)*);
    };
    (@tag $to:ident key = $value:tt $($rest:tt)*) => { $to.key($value); $crate::markup::html!(@tag $to $($rest)*); };
    (@tag $to:ident ref = $value:tt $($rest:tt)*) => { $to.node($value); $crate::markup::html!(@tag $to $($rest)*); };
    (@tag $to:ident $a:tt = $($rest:tt)*) => { $crate::markup::html!(@value $to (stringify!($a)) $($rest)*); };
    (@tag $to:ident $a:tt - $b:tt = $($rest:tt)*) => {
        $crate::markup::html!(@value $to (concat!(stringify!($a), "-", stringify!($b))) $($rest)*)
    };
    (@value $to:ident ($name:expr) $value:literal $($rest:tt)*) => {
        $crate::markup::Value::put($value, $name, &mut $to); $crate::markup::html!(@tag $to $($rest)*);
    };
    (@value $to:ident ($name:expr) { $($value:tt)* } $($rest:tt)*) => {
        $crate::markup::Value::put({ $($value)* }, $name, &mut $to); $crate::markup::html!(@tag $to $($rest)*);
    };
    // A condition ends at the first braces.
    (@if $to:ident [$($test:tt)*] { $($then:tt)* } else { $($other:tt)* } $($rest:tt)*) => {
        if $($test)* {
            $to.open_list(); $crate::markup::html!(@ $to $($then)*); $to.close();
        } else {
            $to.open_list(); $crate::markup::html!(@ $to $($other)*); $to.close();
        }
        $crate::markup::html!(@ $to $($rest)*);
    };
    (@if $to:ident [$($test:tt)*] { $($then:tt)* } $($rest:tt)*) => {
        // There or not, it is one node: what follows keeps its position.
        $to.open_list();
        if $($test)* { $crate::markup::html!(@ $to $($then)*); }
        $to.close();
        $crate::markup::html!(@ $to $($rest)*);
    };
    (@if $to:ident [$($test:tt)*] $next:tt $($rest:tt)*) => { $crate::markup::html!(@if $to [$($test)* $next] $($rest)*); };
    // The whole.
    ($($all:tt)+) => {{
        let mut to = $crate::markup::Builder::default();
        $crate::markup::html!(@ to $($all)+);
        to.finish()
    }};
}
pub(crate) use html;

/// An element, or a list of nodes, that is being written.
#[derive(Default)]
struct Open {
    /// The element; nothing for a list.
    tag: Option<VTag>,
    names: Vec<&'static str>,
    values: Vec<Option<AttributeOrProperty>>,
    listeners: Vec<Option<Rc<dyn Listener>>>,
    children: Vec<Html>,
}

/// Builds elements, one after the other.
#[derive(Default)]
pub struct Builder {
    done: Vec<Html>,
    open: Vec<Open>,
}

impl Builder {
    /// Begins an element.
    #[inline(never)]
    pub fn open(&mut self, name: &'static str) {
        self.open.push(Open { tag: Some(VTag::new(name)), ..Open::default() });
    }

    /// Begins a list of nodes without an element around them.
    #[inline(never)]
    pub fn open_list(&mut self) {
        self.open.push(Open::default());
    }

    /// Ends what was begun last.
    #[inline(never)]
    pub fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let node = match open.tag {
            None => VList::with_children(open.children, None).into(),
            Some(mut tag) => {
                if !open.names.is_empty() {
                    let (keys, values) = (interned(&open.names), open.values.into_boxed_slice());
                    tag.attributes = Attributes::Dynamic { keys, values };
                }
                if !open.listeners.is_empty() {
                    tag.set_listeners(open.listeners.into_boxed_slice());
                }
                if !open.children.is_empty() {
                    tag.add_children(open.children);
                }
                tag.into()
            }
        };
        self.node_done(node);
    }

    /// A node that is complete.
    #[inline(never)]
    pub fn node_done(&mut self, node: Html) {
        let into = self.open.last_mut().map_or(&mut self.done, |open| &mut open.children);
        into.push(node);
    }

    /// Words that stand in the program.
    #[inline(never)]
    pub fn words(&mut self, words: &'static str) {
        self.node_done(VText::new(words).into());
    }

    /// Words.
    #[inline(never)]
    pub fn text(&mut self, text: AttrValue) {
        self.node_done(VText::new(text).into());
    }

    /// An attribute of the element that was begun last.
    #[inline(never)]
    pub fn attribute(&mut self, name: &'static str, value: Option<AttrValue>) {
        let Some(open) = self.open.last_mut() else { return };
        let Some(tag) = &mut open.tag else { return };
        if name == "value" && tag.tag() == "input" {
            tag.set_value(value);
            return;
        }
        open.names.push(name);
        open.values.push(value.map(AttributeOrProperty::Attribute));
    }

    /// An attribute that is there or not.
    #[inline(never)]
    pub fn flag(&mut self, name: &'static str, on: bool) {
        match self.open.last_mut() {
            Some(Open { tag: Some(tag), .. }) if name == "checked" => tag.set_checked(on),
            _ => self.attribute(name, on.then_some(AttrValue::Static(name))),
        }
    }

    /// What is to happen on an event: `onclick`.
    #[inline(never)]
    pub fn listen(&mut self, name: &'static str, run: Rc<dyn Fn(Event)>) {
        if let Some(open) = self.open.last_mut() {
            open.listeners.push(Some(Rc::new(On { name: &name[2..], run })));
        }
    }

    /// The key of the element that was begun last.
    pub fn key(&mut self, key: impl Into<Key>) {
        self.set_key(key.into());
    }

    #[inline(never)]
    fn set_key(&mut self, key: Key) {
        if let Some(Open { tag: Some(tag), .. }) = self.open.last_mut() {
            tag.key = Some(key);
        }
    }

    /// The reference that is to lead to the element that was begun last.
    #[inline(never)]
    pub fn node(&mut self, node: NodeRef) {
        if let Some(Open { tag: Some(tag), .. }) = self.open.last_mut() {
            tag.node_ref = node;
        }
    }

    /// What was written.
    #[inline(never)]
    pub fn finish(mut self) -> Html {
        if self.done.len() == 1 { self.done.swap_remove(0) } else { VList::with_children(self.done, None).into() }
    }
}

/// The names of an element's attributes as a slice that stays: Yew compares elements by its address. There is one for each
/// kind of element that the program writes, so that what is kept is bounded.
fn interned(names: &[&'static str]) -> &'static [&'static str] {
    thread_local! {
        static KNOWN: RefCell<Vec<&'static [&'static str]>> = const { RefCell::new(vec![]) };
    }
    KNOWN.with_borrow_mut(|known| {
        // By address and length: equal names at another place are another kind of element, which is never wrong.
        let same = |slice: &&[&'static str]| {
            slice.len() == names.len() && slice.iter().zip(names).all(|(one, other)| std::ptr::eq(*one, *other))
        };
        if let Some(slice) = known.iter().copied().find(|slice| same(slice)) {
            return slice;
        }
        let slice: &'static [&'static str] = Vec::leak(names.to_vec());
        known.push(slice);
        slice
    })
}

/// A listener of an element.
struct On {
    name: &'static str,
    run: Rc<dyn Fn(Event)>,
}

impl Listener for On {
    fn kind(&self) -> ListenerKind {
        ListenerKind::other(self.name.into())
    }
    fn handle(&self, event: Event) {
        (self.run)(event);
    }
    fn passive(&self) -> bool {
        false
    }
}

/// What an attribute can be.
pub trait Value {
    /// Gives it to the element that was begun last.
    fn put(self, name: &'static str, to: &mut Builder);
}

impl Value for &'static str {
    fn put(self, name: &'static str, to: &mut Builder) {
        to.attribute(name, Some(AttrValue::Static(self)));
    }
}

impl Value for String {
    fn put(self, name: &'static str, to: &mut Builder) {
        to.attribute(name, Some(self.into()));
    }
}

impl Value for AttrValue {
    fn put(self, name: &'static str, to: &mut Builder) {
        to.attribute(name, Some(self));
    }
}

impl Value for bool {
    fn put(self, name: &'static str, to: &mut Builder) {
        to.flag(name, self);
    }
}

impl Value for Option<&'static str> {
    fn put(self, name: &'static str, to: &mut Builder) {
        to.attribute(name, self.map(AttrValue::Static));
    }
}

impl Value for Option<String> {
    fn put(self, name: &'static str, to: &mut Builder) {
        to.attribute(name, self.map(AttrValue::from));
    }
}

impl Value for Option<AttrValue> {
    fn put(self, name: &'static str, to: &mut Builder) {
        to.attribute(name, self);
    }
}

/// What a callback of an element can be told.
pub trait Heard: 'static {
    /// Makes it from the browser's event.
    fn heard(event: Event) -> Self;
}

impl Heard for () {
    fn heard(_: Event) {}
}

impl Heard for Event {
    fn heard(event: Event) -> Self {
        event
    }
}

macro_rules! heard {
    ($($kind:ident)*) => { $(
        impl Heard for $kind {
            fn heard(event: Event) -> Self {
                event.unchecked_into()
            }
        }
    )* };
}
heard!(FocusEvent InputEvent KeyboardEvent MouseEvent PointerEvent SubmitEvent WheelEvent);

impl<E: Heard> Value for Callback<E> {
    fn put(self, name: &'static str, to: &mut Builder) {
        to.listen(name, Rc::new(move |event| self.emit(E::heard(event))));
    }
}

impl<E: Heard> Value for Option<Callback<E>> {
    fn put(self, name: &'static str, to: &mut Builder) {
        if let Some(callback) = self {
            Value::put(callback, name, to);
        }
    }
}

/// What can stand in an element.
pub trait Content {
    /// Puts it at the end of what was begun last.
    fn put(self, to: &mut Builder);
}

impl Content for Html {
    fn put(self, to: &mut Builder) {
        to.node_done(self);
    }
}

impl Content for AttrValue {
    fn put(self, to: &mut Builder) {
        to.text(self);
    }
}

impl Content for String {
    fn put(self, to: &mut Builder) {
        to.text(self.into());
    }
}

impl Content for &AttrValue {
    fn put(self, to: &mut Builder) {
        to.text(self.clone());
    }
}

impl Content for &String {
    fn put(self, to: &mut Builder) {
        Content::put(self.as_str(), to);
    }
}

impl Content for &str {
    fn put(self, to: &mut Builder) {
        to.text(self.to_owned().into());
    }
}

impl Content for u64 {
    fn put(self, to: &mut Builder) {
        number(&self, to);
    }
}

fn number(number: &dyn Display, to: &mut Builder) {
    to.text(number.to_string().into());
}

impl<T: Content> Content for Option<T> {
    fn put(self, to: &mut Builder) {
        match self {
            Some(content) => Content::put(content, to),
            // Nothing is a node as well, so that what follows keeps its position.
            None => to.node_done(Html::default()),
        }
    }
}

/// The word of a state that is on or off: `aria-pressed={truth(on)}`.
pub fn truth(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

/// Classes that an element has: those that are not empty.
pub fn classes(names: &[&str]) -> String {
    let mut all = String::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(name);
    }
    all
}

/// A number with at most three digits after its point. The standard library's printing of floats is a twentieth of the
/// laboratory; only the charts need it.
pub fn decimal(value: f64) -> String {
    let thousandths = (value * 1000.0).round() as i64;
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
    let text = format!("{sign}{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Markup of our own making, as text: never what anybody has typed.
pub fn raw(markup: &str) -> Html {
    Html::from_html_unchecked(markup.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use yew::virtual_dom::VNode;

    fn tag(node: &Html) -> &VTag {
        let VNode::VTag(tag) = node else { panic!("{node:?} is no element") };
        tag
    }

    fn children(node: &Html) -> Vec<Html> {
        match node {
            VNode::VList(list) => list.to_vec(),
            _ => tag(node).children().map(children).unwrap_or_default(),
        }
    }

    #[test]
    fn elements_have_the_attributes_that_are_there() {
        let none = None::<&'static str>;
        let id = "i".to_owned();
        let written = html! { <input type="text" aria-label={id} title={none} hidden=true readonly=false value="v" /> };
        let mut found: Vec<(&str, &str)> = tag(&written).attributes.iter().collect();
        found.sort_unstable();
        assert_eq!(found, [("aria-label", "i"), ("hidden", "hidden"), ("type", "text")]);
        assert_eq!(tag(&written).value().map(AttrValue::as_str), Some("v"));
    }

    #[test]
    fn what_may_be_missing_keeps_its_place() {
        for there in [true, false] {
            let word = there.then_some("x");
            let written = html! { <p>if there { <b></b><i></i> }{ word }{ for ["y"; 3] }<u>{ "z" }</u></p> };
            let nodes = children(&written);
            assert_eq!(nodes.len(), 4);
            assert_eq!(children(&nodes[0]).len(), if there { 2 } else { 0 });
            assert_eq!(children(&nodes[2]).len(), 3);
            assert_eq!(tag(&nodes[3]).tag(), "u");
        }
    }

    #[test]
    fn equal_kinds_of_elements_share_the_names_of_their_attributes() {
        let one = |text: &str| html! { <a href={text.to_owned()} class="c"></a> };
        let keys = |node: &Html| match &tag(node).attributes {
            Attributes::Dynamic { keys, .. } => keys.as_ptr(),
            other => panic!("{other:?}"),
        };
        assert_eq!(keys(&one("x")), keys(&one("y")));
    }
}
