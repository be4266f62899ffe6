//! The one component of the page, and the views that it shows.
//!
//! Yew compiles its whole machinery once a component. So there is one, [`Part`], which shows any [`View`]: a struct that
//! is its own properties. What a view keeps from one drawing to the next it asks its [`Keeps`] for, by position, as one
//! does with hooks: always the same things in the same order.

use std::{
    any::{Any, type_name},
    cell::{Cell, Ref, RefCell},
    fmt::Display,
    rc::Rc,
};
use yew::{
    html::Scope,
    prelude::*,
    virtual_dom::{VComp, VList, VNode},
};

/// Something that is drawn anew by itself. Equal views look alike and are not drawn again.
pub trait View: PartialEq + 'static {
    /// Draws it.
    fn draw(&self, keeps: &mut Keeps) -> Html;
}

/// A view whose type is not known.
trait AnyView: Any {
    fn draw_any(&self, keeps: &mut Keeps) -> Html;
    fn equals(&self, other: &dyn AnyView) -> bool;
}

impl<V: View> AnyView for V {
    fn draw_any(&self, keeps: &mut Keeps) -> Html {
        self.draw(keeps)
    }
    fn equals(&self, other: &dyn AnyView) -> bool {
        (other as &dyn Any).downcast_ref::<V>().is_some_and(|other| self == other)
    }
}

/// The view that a part shows.
#[derive(Properties)]
pub struct Shown {
    view: Rc<dyn AnyView>,
}

impl Shown {
    /// Shows this view.
    pub fn new(view: impl View) -> Self {
        Self { view: Rc::new(view) }
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.view.equals(&*other.view)
    }
}

/// A view as a node of the page.
pub fn part<V: View>(view: V) -> Html {
    place(Rc::new(view), type_name::<V>().into(), None)
}

/// A view with a key: in a list it tells it from its neighbours, and with another key it begins anew.
pub fn keyed<V: View>(key: impl Display, view: V) -> Html {
    let key = key.to_string();
    place(Rc::new(view), format!("{} {key}", type_name::<V>()).into(), Some(key.into()))
}

/// Within a list of its own, the name of its type is a part of the view's key: it never inherits what another kind has
/// kept, nor what one with another key has. (Yew does not look at the keys of lists outside of lists with keys.)
fn place(view: Rc<dyn AnyView>, name: yew::virtual_dom::Key, key: Option<yew::virtual_dom::Key>) -> Html {
    let component = VComp::new::<Part>(Rc::new(Shown { view }), Some(name));
    VNode::from(VList::with_children(vec![component.into()], key))
}

/// The component.
pub struct Part {
    keeps: RefCell<Keeps>,
}

impl Component for Part {
    type Message = ();
    type Properties = Shown;

    fn create(context: &Context<Self>) -> Self {
        let redraw = Redraw(context.link().clone());
        Self { keeps: RefCell::new(Keeps { redraw, kept: vec![], next: 0, due: vec![] }) }
    }

    fn view(&self, context: &Context<Self>) -> Html {
        let mut keeps = self.keeps.borrow_mut();
        keeps.next = 0;
        context.props().view.draw_any(&mut keeps)
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        for due in std::mem::take(&mut self.keeps.get_mut().due) {
            due.run();
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        let keeps = self.keeps.get_mut();
        keeps.due.clear();
        keeps.kept.drain(..).for_each(drop);
    }
}

/// Draws a view again, soon.
#[derive(Clone)]
pub struct Redraw(Scope<Part>);

impl Redraw {
    /// Draws it again.
    pub fn request(&self) {
        self.0.send_message(());
    }
}

/// What a view keeps from one drawing to the next.
pub struct Keeps {
    redraw: Redraw,
    kept: Vec<Rc<dyn Any>>,
    next: usize,
    due: Vec<Due>,
}

/// Something with the key for which it was made.
struct Made {
    key: RefCell<Box<dyn Key>>,
    /// Of a memo what was made; of an effect what is dropped when it ends.
    value: RefCell<Rc<dyn Any>>,
}

/// An effect that is to run after this drawing.
struct Due {
    made: Rc<Made>,
    run: Box<dyn FnOnce() -> Rc<dyn Any>>,
}

impl Due {
    fn run(self) {
        // The old one ends before the new one begins.
        drop(self.made.value.replace(Rc::new(())));
        let value = (self.run)();
        self.made.value.replace(value);
    }
}

impl Keeps {
    /// The way to have this view drawn again.
    pub fn redraw(&self) -> Redraw {
        self.redraw.clone()
    }

    /// The thing whose turn it is, made where it is not there yet.
    fn any(&mut self, make: &mut dyn FnMut() -> Rc<dyn Any>) -> Rc<dyn Any> {
        let at = self.next;
        self.next += 1;
        if at == self.kept.len() {
            self.kept.push(make());
        }
        Rc::clone(&self.kept[at])
    }

    /// Something that is made once.
    pub fn once<T: 'static>(&mut self, make: impl FnOnce() -> T) -> Rc<T> {
        let mut make = Some(make);
        let kept = self.any(&mut || match make.take() {
            Some(make) => Rc::new(make()),
            None => Rc::new(()),
        });
        downcast(kept)
    }

    /// A state: when it changes, the view is drawn again.
    pub fn state<T: 'static>(&mut self, make: impl FnOnce() -> T) -> State<T> {
        State { value: self.once(|| RefCell::new(make())), redraw: self.redraw() }
    }

    /// A reference to an element of the page.
    pub fn node(&mut self) -> NodeRef {
        (*self.once(NodeRef::default)).clone()
    }

    /// What was made for the key whose turn it is, and whether that is another one than at the last drawing.
    fn made(&mut self, key: Box<dyn Key>) -> (Rc<Made>, bool) {
        let made =
            self.any(&mut || Rc::new(Made { key: RefCell::new(Box::new(Never)), value: RefCell::new(Rc::new(())) }));
        let made: Rc<Made> = downcast(made);
        let new = !made.key.borrow().equals(&*key);
        if new {
            made.key.replace(key);
        }
        (made, new)
    }

    /// Something that is made anew whenever its key changes.
    pub fn memo<K: PartialEq + 'static, T: 'static>(&mut self, key: K, make: impl FnOnce() -> T) -> Rc<T> {
        let (made, new) = self.made(Box::new(key));
        if new {
            made.value.replace(Rc::new(make()));
        }
        let value = Rc::clone(&made.value.borrow());
        downcast(value)
    }

    /// Does something after this drawing, whenever the key has changed. What it returns is dropped when the key changes
    /// again, and when the view is taken away.
    pub fn effect<K: PartialEq + 'static, T: 'static>(&mut self, key: K, run: impl FnOnce() -> T + 'static) {
        self.due_for(Box::new(key), Box::new(move || Rc::new(run())));
    }

    /// Does something after every drawing.
    pub fn always(&mut self, run: impl FnOnce() + 'static) {
        self.due_for(
            Box::new(Never),
            Box::new(move || {
                run();
                Rc::new(())
            }),
        );
    }

    fn due_for(&mut self, key: Box<dyn Key>, run: Box<dyn FnOnce() -> Rc<dyn Any>>) {
        let (made, new) = self.made(key);
        if new {
            self.due.push(Due { made, run });
        }
    }
}

/// What is compared to know whether something must be made anew.
trait Key: Any {
    fn equals(&self, other: &dyn Key) -> bool;
}

impl<K: PartialEq + 'static> Key for K {
    fn equals(&self, other: &dyn Key) -> bool {
        (other as &dyn Any).downcast_ref::<K>().is_some_and(|other| self == other)
    }
}

/// A key that is always another one.
struct Never;

impl PartialEq for Never {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

fn downcast<T: 'static>(kept: Rc<dyn Any>) -> Rc<T> {
    kept.downcast().unwrap_or_else(|_| panic!("a view asks for what it keeps in another order than before"))
}

/// A state of a view.
pub struct State<T> {
    value: Rc<RefCell<T>>,
    redraw: Redraw,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self { value: Rc::clone(&self.value), redraw: self.redraw.clone() }
    }
}

impl<T: 'static> State<T> {
    /// What it is now.
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.value.borrow().clone()
    }

    /// What it is now, to be looked at.
    pub fn look(&self) -> Ref<'_, T> {
        self.value.borrow()
    }

    /// Changes it. The same again changes nothing.
    pub fn set(&self, value: T)
    where
        T: PartialEq,
    {
        if *self.value.borrow() != value {
            self.value.replace(value);
            self.redraw.request();
        }
    }

    /// Changes it in its place.
    pub fn change(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.borrow_mut());
        self.redraw.request();
    }
}

/// Does something when it is dropped: the end of an effect.
pub struct AtEnd<F: FnMut()>(pub F);

impl<F: FnMut()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A value that several views read, wherever they are: whoever has read it is drawn again when it changes.
pub struct Signal<T>(Rc<Read<T>>);

struct Read<T> {
    value: RefCell<T>,
    readers: RefCell<Vec<(u32, Redraw)>>,
    number: Cell<u32>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T: Clone + PartialEq + 'static> Signal<T> {
    /// A signal that begins so.
    pub fn new(value: T) -> Self {
        Self(Rc::new(Read { value: RefCell::new(value), readers: RefCell::default(), number: Cell::new(0) }))
    }

    /// What it is now.
    pub fn get(&self) -> T {
        self.0.value.borrow().clone()
    }

    /// Changes it.
    pub fn set(&self, value: T) {
        if *self.0.value.borrow() != value {
            self.0.value.replace(value);
            self.0.readers.borrow().iter().for_each(|(_, redraw)| redraw.request());
        }
    }

    /// What it is now, for a view that is to follow it for as long as it is there.
    pub fn read(&self, keeps: &mut Keeps) -> T {
        let redraw = keeps.redraw();
        keeps.once(|| self.subscribe(redraw));
        self.get()
    }

    fn subscribe(&self, redraw: Redraw) -> AtEnd<impl FnMut() + use<T>> {
        let signal = self.clone();
        let number = signal.0.number.replace(signal.0.number.get() + 1);
        signal.0.readers.borrow_mut().push((number, redraw));
        AtEnd(move || signal.0.readers.borrow_mut().retain(|(known, _)| *known != number))
    }
}
