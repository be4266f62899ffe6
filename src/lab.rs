//! The state of an open topic: the session, what is selected, whether it plays; and the one way in which it changes,
//! [`Lab::act`].

mod action;
mod choices;
mod handle;
mod relations;

pub use action::{Action, SessionSlot};
pub use choices::{Badge, Overlays, Selection, Speed, Tab, Tool, takes_parts};
pub use handle::LabHandle;
pub use relations::Relations;

use sim::{
    Event, Refusal, Scenario, Session, Verdict,
    address::{self, Address},
};

/// How the present moment was reached: what the pictures make of it.
#[derive(Clone, Default)]
pub enum Change {
    /// By a jump, or by many events at once.
    #[default]
    Jump,
    /// By the step that the session tells.
    Forward,
    /// By taking this step back.
    Back(Box<sim::Step>),
}

/// The motion between two moments.
#[derive(Clone, Copy, Debug)]
pub struct Moving {
    /// When it began, on the page's clock in milliseconds.
    pub since: f64,
    /// How long it takes, in milliseconds.
    pub millis: f64,
}

impl Moving {
    /// How far it is, from 0 to 1, eased in and out.
    pub fn phase(&self, now: f64) -> f32 {
        let x = ((now - self.since) / self.millis.max(1.0)).clamp(0.0, 1.0);
        (x * x * (3.0 - 2.0 * x)) as f32
    }
    /// Whether it is over.
    pub fn is_over(&self, now: f64) -> bool {
        now - self.since >= self.millis
    }
}

/// The state of an open topic.
pub struct Lab {
    /// The session.
    pub session: Session,
    /// The scenario as the page knows it: its name in a link is enough while the session's is the same.
    pub own: Option<Scenario>,
    /// What is selected.
    pub selection: Option<Selection>,
    /// What happened before what, as far as it is wanted.
    pub relations: Relations,
    /// Whether it plays.
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
    /// Whether Play pauses on interesting events.
    pub pausing: bool,
    /// The tab of the inspector.
    pub tab: Tab,
    /// What is drawn over the network.
    pub overlays: Overlays,
    /// The tool of edit mode, if on.
    pub tool: Option<Tool>,
    /// The motion of the latest step, while it lasts.
    pub moving: Option<Moving>,
    /// What a screen reader is told.
    pub announcement: String,
    /// What the user is told, until the next action: a refusal, what was left out.
    pub message: Option<String>,
    /// Whether the system or the user wants less motion.
    pub reduced_motion: bool,
    /// How the present moment was reached.
    pub change: Change,
    /// Raised whenever `change` is new.
    pub changes: u64,
    /// Raised with every change that components must see.
    version: u64,
}

impl Lab {
    /// A lab over a session.
    pub fn new(session: Session, own: Option<Scenario>) -> Self {
        // A bench is there to be edited.
        let tool = takes_parts(session.world()).then_some(Tool::Move);
        Self {
            overlays: Overlays::new(session.world()),
            session,
            own,
            selection: None,
            relations: Relations::default(),
            playing: false,
            speed: Speed::Normal,
            pausing: true,
            tab: Tab::Now,
            tool,
            moving: None,
            announcement: String::new(),
            message: None,
            reduced_motion: false,
            change: Change::Jump,
            changes: 0,
            version: 0,
        }
    }

    /// A number that is different whenever something has changed that components must see.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The address of the present moment.
    pub fn address(&self) -> Address {
        address::write(&self.session, self.own.as_ref())
    }

    /// Does what the user does. `now` is the page's clock in milliseconds.
    pub fn act(&mut self, action: Action, now: f64) {
        self.version += 1;
        self.message = None;
        let before = self.session.depth();
        match action {
            Action::Step => self.step(now),
            Action::Take(event) => self.take(event, now),
            Action::Ask(node, json) => match self.session.request(node, json) {
                Ok(event) => self.take(event, now),
                Err(refusal) => self.refuse(&refusal),
            },
            Action::Partition(side) => {
                let event = self.session.partition(side);
                self.take(event, now);
            }
            Action::SetPolicy(json) => match self.session.policy(json) {
                Ok(event) => {
                    // A policy may be changed while the run plays, and it plays on.
                    let playing = self.playing;
                    self.take(event, now);
                    self.playing = playing;
                }
                Err(refusal) => self.refuse(&refusal),
            },
            Action::Back => self.back(now),
            Action::Jump(steps) => {
                let target = (i64::from(before) + steps).clamp(0, i64::from(self.session.end())) as u32;
                self.visit(|session| session.seek(target));
            }
            Action::Seek(depth) => self.visit(|session| session.seek(depth)),
            Action::GoTo(moment) => self.visit(|session| session.go_to(moment)),
            Action::Postpone(depth, until) => self.postpone(depth, until),
            Action::TogglePlay => {
                self.playing = !self.playing;
                self.announcement = if self.playing { "Playing.".into() } else { "Paused.".into() };
            }
            Action::SetSpeed(speed) => self.speed = speed,
            Action::TogglePausing => self.pausing = !self.pausing,
            Action::Select(selection) => self.select(selection),
            Action::Compare(other) => self.compare(other),
            Action::ToggleCut => self.relations.toggle_cut(&self.session),
            Action::MoveCut(node, depth) => {
                let cut = self.relations.cut.take();
                self.relations.cut = cut.map(|cut| cut.moved(node, depth));
            }
            Action::MendCut => {
                let cut = self.relations.cut.take();
                self.relations.cut = cut.map(|cut| self.relations.log().mended(&cut));
            }
            Action::LookForCut => match self.relations.look_for_cut(&self.session) {
                Ok(told) => self.announcement = told,
                Err(why) => self.refuse(&Refusal(why)),
            },
            Action::Show(tab) => self.tab = tab,
            Action::Overlay(overlays) => self.overlays = overlays,
            Action::Edit(tool) => self.tool = tool,
            Action::Restart(scenario) => self.restart(*scenario),
            Action::Reset => self.visit(|session| session.seek(0)),
            Action::Bookmark(name) => self.session.bookmark(name),
            Action::Replace(slot) => {
                if let Some(session) = slot.0.into_inner() {
                    self.session = session;
                    self.selection = None;
                    self.relations.reset();
                    self.jumped();
                }
            }
            Action::Refresh => {}
        }
        self.drop_stale_selection();
    }

    /// Selects something; where two events are to be compared, the second of them.
    fn select(&mut self, selection: Option<Selection>) {
        match (self.selection, selection) {
            (Some(Selection::Event(_)), Some(Selection::Event(other))) if self.relations.comparing => {
                self.compare(Some(other));
            }
            // A press on what is selected already begins a drag, mostly.
            (before, after) if before == after => {}
            _ => {
                self.selection = selection;
                (self.relations.other, self.relations.comparing) = (None, false);
            }
        }
    }

    /// Compares the selected event with another one; without one, with the next that is selected, or no longer.
    fn compare(&mut self, other: Option<u32>) {
        let Some(Selection::Event(event)) = self.selection else {
            self.selection = other.map(Selection::Event);
            return;
        };
        let asks = other.is_none() && self.relations.other.is_none() && !self.relations.comparing;
        self.relations.other = other.filter(|&other| other != event);
        self.relations.comparing = asks;
        if asks {
            self.announcement = "Select the event to compare it with.".into();
        }
    }

    /// The node that is selected, or of which a part or an event is.
    pub fn selected_node(&self) -> Option<sim::NodeId> {
        match self.selection? {
            Selection::Node(id) | Selection::Part(id, _) => Some(id),
            Selection::Event(depth) => self.relations.log().node(depth),
            Selection::Message(_) | Selection::Link(_) => None,
        }
    }

    /// Finds out what happened before what, where that is wanted; whether components must see it.
    fn relate(&mut self, clock: &mut dyn FnMut() -> f64) -> bool {
        let event = match self.selection {
            Some(Selection::Event(depth)) if self.overlays.causality => Some(depth),
            _ => None,
        };
        let records = self.session.setup().algorithm.records.is_some();
        let before = self.relations.reading();
        match self.relations.read(&self.session, (event, records), clock) {
            Some(words) => {
                if !words.is_empty() {
                    self.announcement = words;
                }
                self.version += 1;
                true
            }
            None => before != self.relations.reading(),
        }
    }

    fn back(&mut self, now: f64) {
        let undone = self.session.step().clone();
        let had = self.session.depth() > 0;
        self.visit(Session::back);
        if had {
            self.change = Change::Back(Box::new(undone));
            self.moving = Some(Moving { since: now, millis: 250.0 });
        }
    }

    /// The pictures start anew from the present moment.
    fn jumped(&mut self) {
        self.moving = None;
        self.change = Change::Jump;
        self.changes += 1;
    }

    fn visit(&mut self, go: impl FnOnce(&mut Session) -> bool) {
        self.playing = false;
        go(&mut self.session);
        self.jumped();
        self.announcement = format!("Step {} of {}. {}", self.session.depth(), self.session.end(), self.headline());
    }

    fn step(&mut self, now: f64) {
        match self.session.step_forward() {
            Ok(Some(_)) => self.stepped(now),
            Ok(None) => {
                self.playing = false;
                self.message = Some(match self.session.world().held_by_user() {
                    Some(held) => format!("Nothing can happen by itself. {held}"),
                    None => "Nothing can happen by itself any more. Ask a process for something, or go back.".into(),
                });
            }
            Err(refusal) => self.refuse(&refusal),
        }
    }

    fn take(&mut self, event: Event, now: f64) {
        self.playing = false;
        match self.session.take(event) {
            Ok(()) => self.stepped(now),
            Err(refusal) => self.refuse(&refusal),
        }
    }

    fn stepped(&mut self, now: f64) {
        let millis = if self.playing { self.speed.step_millis() } else { self.speed.step_millis().clamp(250.0, 600.0) };
        self.moving = (millis > 0.0).then_some(Moving { since: now, millis });
        self.change = Change::Forward;
        self.changes += 1;
        self.announcement = self.headline();
        if let Some(broke) = self.session.step().broke {
            self.announcement = format!("{} {}", self.announcement, broke.sentence());
        }
    }

    fn headline(&self) -> String {
        sim::narrate::headline(self.session.step(), self.session.world(), self.session.payloads())
    }

    fn refuse(&mut self, refusal: &Refusal) {
        self.playing = false;
        self.message = Some(refusal.0.clone());
        self.announcement.clone_from(&refusal.0);
    }

    fn postpone(&mut self, depth: u32, until: u32) {
        self.playing = false;
        match self.session.postpone(depth, until) {
            Ok(left_out) if left_out.is_empty() => {}
            Ok(left_out) => {
                let (world, payloads) = (self.session.world(), self.session.payloads());
                let names: Vec<String> =
                    left_out.iter().map(|left| sim::narrate::event(world, payloads, left.event)).collect();
                self.message = Some(format!("No longer possible, and left out: {}.", names.join("; ")));
            }
            Err(refusal) => self.refuse(&refusal),
        }
        self.jumped();
        self.announcement = self.headline();
    }

    fn restart(&mut self, scenario: Scenario) {
        match self.session.restart(scenario) {
            Ok(restarted) => {
                if let Some(left) = restarted.stopped_at {
                    let what = sim::narrate::event(self.session.world(), self.session.payloads(), left.event);
                    self.message = Some(format!(
                        "Restarted up to step {}: then “{what}” was not possible. {}",
                        left.depth - 1,
                        left.reason
                    ));
                }
                self.session = restarted.session;
                self.playing = false;
                self.jumped();
            }
            Err(error) => self.message = Some(error.to_string()),
        }
    }

    /// Whether a frame at this time takes an event.
    pub fn will_play(&self, now: f64) -> bool {
        self.playing && self.moving.is_none_or(|moving| moving.is_over(now))
    }

    /// Plays what a frame allows; whether components must see it.
    pub fn tick(&mut self, now: f64, mut clock: impl FnMut() -> f64) -> bool {
        if self.moving.is_some_and(|moving| moving.is_over(now)) {
            self.moving = None;
        }
        if !self.playing || self.moving.is_some() {
            return self.relate(&mut clock);
        }
        if self.speed != Speed::Unbounded {
            self.version += 1;
            self.step(now);
            self.pause_if_interesting();
            self.relate(&mut clock);
            return true;
        }
        // Eight milliseconds leave time to draw within a frame.
        let (start, mut played) = (clock(), 0);
        while clock() - start < 8.0 && self.playing {
            let milestones = self.session.setup().algorithm.milestones;
            let pausing = self.pausing;
            let broken: Vec<bool> = self.session.verdicts().iter().map(Verdict::is_broken).collect();
            let outcome = self.session.play(200, |step, _, verdicts| {
                pausing
                    && (step.outputs().any(|output| milestones.contains(&output.kind()))
                        || verdicts.iter().zip(&broken).any(|(now, before)| now.is_broken() && !before))
            });
            match outcome {
                Ok(count) => {
                    played += count;
                    if count < 200 {
                        self.playing = false;
                    }
                }
                Err(refusal) => self.refuse(&refusal),
            }
        }
        self.version += 1;
        self.jumped();
        self.relate(&mut clock);
        played > 0 || !self.playing
    }

    /// Pauses where a property broke, or a process told something that matters.
    fn pause_if_interesting(&mut self) {
        let here = self.session.moment(self.session.here());
        let interesting = here.has(sim::Moment::MILESTONE) || (here.has(sim::Moment::VERDICT) && self.any_broken());
        if self.playing && self.pausing && interesting {
            self.playing = false;
            self.announcement = format!("Paused. {}", self.headline());
        }
    }

    fn any_broken(&self) -> bool {
        self.session.verdicts().iter().any(Verdict::is_broken)
    }

    /// A message that has arrived cannot stay selected.
    fn drop_stale_selection(&mut self) {
        let world = self.session.world();
        let gone = match self.selection {
            Some(Selection::Message(id)) => world.flight(id).is_none(),
            Some(Selection::Node(id)) => !world.members().contains(&id),
            Some(Selection::Link(id)) => world.link(id).is_none_or(|link| link.removed),
            Some(Selection::Event(depth)) => depth > self.session.end(),
            Some(Selection::Part(node, _)) => !world.members().contains(&node),
            None => false,
        };
        if gone {
            self.selection = None;
        }
        let end = self.session.end();
        self.relations.other = self.relations.other.filter(|&other| other <= end);
    }
}
