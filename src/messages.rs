//! Messages: sentences for the user that do not stop anything.

use gloo_timers::callback::Timeout;
use std::rc::Rc;
use yew::prelude::*;

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

impl Reducible for Said {
    type Action = Say;

    fn reduce(self: Rc<Self>, say: Say) -> Rc<Self> {
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
        Rc::new(Self(messages))
    }
}

/// The messages in view and how one is dismissed, as a context.
#[derive(Clone, PartialEq)]
pub struct Notices {
    /// The messages.
    pub said: Said,
    /// Dismisses the message of this number.
    pub forget: Callback<u32>,
}

/// The messages in view. They stand on the page or, while a dialogue makes the page inert, in the dialogue.
#[component]
pub fn Messages() -> Html {
    let Some(Notices { said, forget }) = use_context() else { return html! {} };
    let one = |(number, text): &(u32, AttrValue)| {
        html! { <Message key={*number} number={*number} text={text.clone()} on_close={forget.clone()} /> }
    };
    html! { <div class="messages" role="status">{ for said.0.iter().map(one) }</div> }
}

#[derive(Clone, PartialEq, Properties)]
struct MessageProps {
    number: u32,
    text: AttrValue,
    on_close: Callback<u32>,
}

/// One message. It goes by itself after a time, but not while it is pointed at or has the focus.
#[component]
fn Message(props: &MessageProps) -> Html {
    let number = props.number;
    let held = use_state_eq(|| false);
    use_effect_with((props.on_close.clone(), *held), {
        let letters = props.text.chars().count() as u32;
        move |(on_close, held)| {
            let on_close = on_close.clone();
            let millis = MESSAGE_MILLIS.0 + MESSAGE_MILLIS.1 * letters;
            let timer = (!held).then(|| Timeout::new(millis, move || on_close.emit(number)));
            move || drop(timer)
        }
    });
    let hold = |on: bool| {
        let held = held.setter();
        Callback::from(move |()| held.set(on))
    };
    html! {
        <p class="message" onpointerenter={hold(true).reform(|_: PointerEvent| ())} onpointerleave={hold(false).reform(|_: PointerEvent| ())}
            onfocusin={hold(true).reform(|_: FocusEvent| ())} onfocusout={hold(false).reform(|_: FocusEvent| ())}>
            <span>{ &props.text }</span>
            <button class="quiet" onclick={props.on_close.reform(move |_: MouseEvent| number)}>{ "Dismiss" }</button>
        </p>
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
        let mut messages = Rc::new(Said::default());
        for text in ["a", "b", "a", "c", "d"] {
            messages = messages.reduce(Say::This(text.into()));
        }
        assert_eq!(texts(&messages), ["a", "c", "d"]);
        let first = messages.0[0].0;
        messages = messages.reduce(Say::Forget(first));
        assert_eq!(texts(&messages), ["c", "d"]);
    }
}
