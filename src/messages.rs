//! Messages: sentences for the user that do not stop anything.

use crate::{
    markup::html,
    view::{Keeps, Signal, View, keyed},
};
use gloo_timers::callback::Timeout;
use yew::{AttrValue, Callback, Html};

/// How long a message stays at least, and for each of its letters, in milliseconds.
const MESSAGE_MILLIS: (u32, u32) = (8_000, 80);
/// Messages that are shown at once.
const MESSAGES: usize = 3;

/// The messages in view, each with a number of its own.
#[derive(Clone, Default, PartialEq)]
pub struct Said(Vec<(u32, AttrValue)>);

/// What changes them.
pub enum Say {
    /// A new one.
    This(String),
    /// One that has been read.
    Forget(u32),
}

impl Said {
    fn apply(&self, say: Say) -> Self {
        let mut messages = self.0.clone();
        match say {
            Say::This(text) => {
                let number = messages.last().map_or(0, |(number, _)| number + 1);
                // The same again needs no second line, only more time.
                messages.retain(|(_, known)| *known != text);
                messages.push((number, text.into()));
                let surplus = messages.len().saturating_sub(MESSAGES);
                messages.drain(..surplus);
            }
            Say::Forget(number) => messages.retain(|(known, _)| *known != number),
        }
        Self(messages)
    }
}

thread_local! {
    static SAID: Signal<Said> = Signal::new(Said(vec![]));
}

/// Changes the messages in view.
pub fn say(what: Say) {
    SAID.with(|said| said.set(said.get().apply(what)));
}

/// The messages in view. They stand on the page or, while a dialogue makes the page inert, in the dialogue.
#[derive(PartialEq)]
pub struct Messages;

impl View for Messages {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let said = SAID.with(Signal::clone).read(keeps);
        let one = |(number, text): &(u32, AttrValue)| keyed(*number, Message { number: *number, text: text.clone() });
        html! { <div class="messages" role="status">{ for said.0.iter().map(one) }</div> }
    }
}

/// One message. It goes by itself after a time, but not while it is pointed at or has the focus.
#[derive(PartialEq)]
struct Message {
    number: u32,
    text: AttrValue,
}

impl View for Message {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let number = self.number;
        let held = keeps.state(|| false);
        let millis = MESSAGE_MILLIS.0 + MESSAGE_MILLIS.1 * self.text.chars().count() as u32;
        let on = held.get();
        keeps.effect(on, move || (!on).then(|| Timeout::new(millis, move || say(Say::Forget(number)))));
        let hold = |on: bool| {
            let held = held.clone();
            Callback::from(move |()| held.set(on))
        };
        html! {
            <p class="message" onpointerenter={hold(true)} onpointerleave={hold(false)} onfocusin={hold(true)} onfocusout={hold(false)}>
                <span>{ &self.text }</span>
                <button class="quiet" onclick={Callback::from(move |()| say(Say::Forget(number)))}>{ "Dismiss" }</button>
            </p>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(messages: &Said) -> Vec<&str> {
        messages.0.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn messages_are_few_each_once_and_can_be_dismissed() {
        let mut messages = Said::default();
        for text in ["a", "b", "a", "c", "d"] {
            messages = messages.apply(Say::This(text.into()));
        }
        assert_eq!(texts(&messages), ["a", "c", "d"]);
        let first = messages.0[0].0;
        messages = messages.apply(Say::Forget(first));
        assert_eq!(texts(&messages), ["c", "d"]);
    }
}
