//! What a machine shows, and what can be asked of it.

use super::{HOME, Machine, Message, Program, Request, rules, rules::Strategy, source::Phase};
use crate::{NodeId, Offer, Part, PartId, PartKind, Status, Tone, View, Wait};

/// The number of the process among the parts: beyond those of all pages.
const PROCESS: PartId = PartId(rules::MOST_PAGES as u32);

impl Machine {
    pub(super) fn show(&self) -> Status {
        let here = self.memory.iter().flatten().count();
        let (word, tone, detail) = match (&self.program, &self.outgoing, &self.incoming) {
            _ if self.serves => ("file server", Tone::Idle, counted(self.asked.len(), "page") + " wanted"),
            (Some(program), outgoing, _) => self.show_process(program, outgoing.as_ref().map(|out| out.phase)),
            (None, _, Some(incoming)) => {
                ("P is coming", Tone::Idle, counted(incoming.came as usize, "page") + " received")
            }
            (None, ..) if self.ended.is_some() => ("P has ended", Tone::Done, String::new()),
            (None, ..) if here > 0 => ("P has left", Tone::Idle, counted(here, "page") + " of P left here"),
            _ => ("idle", Tone::Idle, String::new()),
        };
        let detail = match (self.owner, detail.is_empty()) {
            (false, _) => detail,
            (true, true) => "the owner is here".to_owned(),
            (true, false) => format!("the owner is here; {detail}"),
        };
        Status::new(word, tone).detail(detail)
    }

    fn show_process(&self, program: &Program, phase: Option<Phase>) -> (&'static str, Tone, String) {
        let to_go = self.outgoing.as_ref().map_or(0, |outgoing| outgoing.queue.len());
        let round = self.outgoing.as_ref().map_or(0, |outgoing| outgoing.round);
        match (phase, program.awaits) {
            (_, Some(page)) => ("P waits", Tone::Waiting, format!("for page {page}")),
            (Some(Phase::Sent), _) => ("P is frozen", Tone::Waiting, "until the target is ready".into()),
            (Some(Phase::ToDisk), _) => ("P is frozen", Tone::Waiting, "until all is on the disk".into()),
            (Some(Phase::Frozen), _) => ("P is frozen", Tone::Waiting, counted(to_go, "page") + " to go"),
            (Some(_), _) => ("P runs", Tone::Active, format!("round {round}, {} to go", counted(to_go, "page"))),
            (None, _) => ("P runs", Tone::Active, counted(program.done as usize, "access") + " made"),
        }
    }

    pub(super) fn waits(&self) -> Vec<Wait> {
        let page = self.program.as_ref().and_then(|program| {
            let page = program.awaits?;
            Some(Wait::node(program.place[page as usize], format!("page {page}")))
        });
        let target = self.outgoing.as_ref().and_then(|outgoing| match outgoing.phase {
            Phase::Sent => Some(Wait::node(outgoing.to, "its word that it has everything")),
            Phase::ToDisk => Some(Wait::node(self.server?, "its word that all is on the disk")),
            _ => None,
        });
        page.into_iter().chain(target).collect()
    }

    pub(super) fn shown_parts(&self) -> Vec<Part> {
        let process = match (&self.program, &self.ended) {
            (Some(program), _) if program.frozen => Some((Tone::Waiting, "frozen")),
            (Some(program), _) if program.awaits.is_some() => Some((Tone::Waiting, "waits for a page")),
            (Some(_), _) => Some((Tone::Active, "runs")),
            (None, Some(_)) => Some((Tone::Done, "has ended")),
            (None, None) => None,
        };
        let process = process.map(|(tone, word)| part(PROCESS, "P".into(), PartKind::Process, tone, word));
        let last = self.program.as_ref().and_then(|program| program.last);
        let page = |(page, frame): (u32, &Option<rules::Frame>)| {
            let coming = self.incoming.as_ref().and_then(|incoming| incoming.pages.get(&page));
            let (tone, word) = match frame.as_ref().or(coming) {
                Some(_) if last == Some(page) => (Tone::Active, "page just used"),
                Some(frame) if frame.dirty => (Tone::Waiting, "changed page"),
                Some(_) => (Tone::Done, "unchanged page"),
                None => (Tone::Idle, "page not here"),
            };
            part(PartId(page), page.to_string(), PartKind::Page, tone, word)
        };
        process.into_iter().chain((0..).zip(&self.memory).map(page)).collect()
    }

    pub(super) fn offers(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let offer = |label: String, request: Request| {
            let refusal = self.refusal(&request, view);
            Offer::ready(label, request).refused_if(refusal.is_some(), refusal.unwrap_or_default())
        };
        let others = view.members.iter().filter(|&&to| to != view.me && Some(to) != self.server);
        let move_to = |&to: &NodeId| offer(format!("Move P to {}", view.setup.name(to)), Request::Migrate { to });
        let mut offers: Vec<_> = others.filter(|_| self.program.is_some()).map(move_to).collect();
        if !self.serves && view.me != HOME {
            let request = if self.owner { Request::LetOwnerGo } else { Request::WelcomeOwner };
            offers.push(offer(label(&request).unwrap_or_default(), request));
        }
        offers
    }

    /// Why this cannot be asked now.
    pub(super) fn refusal(&self, request: &Request, view: &View<'_>) -> Option<String> {
        let why = match (request, &self.program) {
            (Request::Migrate { .. }, None) => "P is not here.",
            (Request::Migrate { .. }, _) if self.outgoing.is_some() => "P is moving already.",
            (Request::Migrate { .. }, Some(program)) if program.awaits.is_some() => "P waits for a page.",
            (Request::Migrate { to }, _)
                if *to == view.me || Some(*to) == self.server || !view.members.contains(to) =>
            {
                "P moves to another machine, not to the file server."
            }
            (Request::Migrate { .. }, _) if self.server.is_none() && Strategy::of(view.setup) == Strategy::Flushing => {
                "Flushing needs a file server: a third node."
            }
            (Request::WelcomeOwner | Request::LetOwnerGo, _) if self.serves => "A file server has no owner.",
            (Request::WelcomeOwner, _) if self.owner => "The owner is here already.",
            (Request::LetOwnerGo, _) if !self.owner => "The owner is not here.",
            _ => return None,
        };
        Some(why.to_owned())
    }
}

fn counted(count: usize, what: &str) -> String {
    let end = match (count, what.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{count} {what}{end}")
}

fn part(id: PartId, name: String, kind: PartKind, tone: Tone, word: &str) -> Part {
    Part { id, name, kind, tone, word: word.to_owned() }
}

/// What the button of a request says, where that does not depend on the names of machines.
pub fn label(request: &Request) -> Option<String> {
    match request {
        Request::Migrate { .. } => None,
        Request::WelcomeOwner => Some("Welcome the owner back".to_owned()),
        Request::LetOwnerGo => Some("Let the owner go".to_owned()),
    }
}

/// What a capsule says.
pub fn telling(message: &Message) -> String {
    match message {
        Message::Page { page, .. } | Message::Fetched { page, .. } => format!("PAGE {page}"),
        Message::State { .. } => "STATE".to_owned(),
        Message::Ready { .. } => "READY".to_owned(),
        Message::Commit { .. } => "COMMIT".to_owned(),
        Message::Abort { .. } => "ABORT".to_owned(),
        Message::Refuse { .. } => "REFUSED".to_owned(),
        Message::Fetch { page } => format!("PAGE {page}?"),
        Message::Flush { page, .. } => format!("FLUSH {page}"),
        Message::Flushed { .. } => "ON DISK".to_owned(),
    }
}
