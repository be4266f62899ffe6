//! The state of an open topic: the session, what is selected, whether it plays; and the one way in which it changes,
//! [`Lab::act`].

use sim::{
    Event, LinkId, MessageId, MomentId, NodeId, Refusal, Scenario, Session, Verdict,
    address::{self, Address},
    scene::Target,
};
use std::{
    cell::{Ref, RefCell},
    rc::Rc,
};
use yew::prelude::*;

/// What is selected, on every view at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Selection {
    /// A node.
    Node(NodeId),
    /// A message in flight.
    Message(MessageId),
    /// A link.
    Link(LinkId),
    /// A part of a node.
    Part(NodeId, sim::PartId),
    /// The event after so many steps of the branch in view.
    Event(u32),
}

impl Selection {
    /// What a hit on a picture selects; nothing for a pile, which opens, or the line of now.
    pub fn of(target: &Target) -> Option<Self> {
        match *target {
            Target::Node(id) => Some(Self::Node(id)),
            Target::Part(node, part) => Some(Self::Part(node, part)),
            Target::Link(id) => Some(Self::Link(id)),
            Target::Message(id) | Target::Pending(id) => Some(Self::Message(id)),
            Target::Event(depth) | Target::Arrowhead(depth) => Some(Self::Event(depth)),
            Target::Pile(_) | Target::Now => None,
        }
    }
}

/// The clock beside each node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Badge {
    /// None.
    None,
    /// The Lamport stamp of the latest event.
    #[default]
    Lamport,
    /// The vector stamp.
    Vector,
    /// The reading of the node's own clock.
    Physical,
}

/// What is drawn over the network and the space–time diagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overlays {
    /// The links.
    pub links: bool,
    /// Who waits for whom.
    pub waits_for: bool,
    /// Past and future of the selected event.
    pub causality: bool,
    /// The clock beside each node.
    pub badge: Badge,
}

impl Default for Overlays {
    fn default() -> Self {
        Self { links: true, waits_for: true, causality: true, badge: Badge::Lamport }
    }
}

/// How fast Play goes, in words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Speed {
    /// Time to explain.
    Slow,
    /// Time to watch.
    Normal,
    /// Time to see what happens.
    Fast,
    /// As many events a frame as there is time for.
    Unbounded,
}

impl Speed {
    /// All of them, slowest first.
    pub const ALL: [Self; 4] = [Self::Slow, Self::Normal, Self::Fast, Self::Unbounded];

    /// The word on the control.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Normal => "normal",
            Self::Fast => "fast",
            Self::Unbounded => "as fast as it goes",
        }
    }

    /// How long the motion of one step takes, in milliseconds.
    pub fn step_millis(self) -> f64 {
        match self {
            Self::Slow => 1_000.0,
            Self::Normal => 500.0,
            Self::Fast => 140.0,
            Self::Unbounded => 0.0,
        }
    }
}

/// The tabs of the inspector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tab {
    /// What just happened and what can happen next.
    Now,
    /// The fields of the nodes.
    State,
    /// The properties.
    Checks,
    /// What it costs.
    Cost,
    /// What can be plotted.
    Charts,
    /// The article.
    Read,
}

/// What a pointer does on the stage in edit mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tool {
    /// Drag nodes.
    Move,
    /// A click adds a node.
    AddNode,
    /// A drag from node to node adds a link.
    Connect,
    /// A click deletes a node or a link.
    Delete,
    /// A line drawn across the network partitions it.
    Partition,
}

/// What the user does.
#[derive(Clone, Debug)]
pub enum Action {
    /// One step of Play.
    Step,
    /// One step back.
    Back,
    /// So many steps forward or back on the branch in view.
    Jump(i64),
    /// To the moment after so many steps.
    Seek(u32),
    /// To a moment of any branch.
    GoTo(MomentId),
    /// Take this event now.
    Take(Event),
    /// Put this request to a node.
    Ask(NodeId, serde_json::Value),
    /// Separate these nodes from the others.
    Partition(Vec<NodeId>),
    /// Replace the policy.
    SetPolicy(serde_json::Value),
    /// Move the event at a depth behind another.
    Postpone(u32, u32),
    /// Play, or pause.
    TogglePlay,
    /// Change the speed.
    SetSpeed(Speed),
    /// Pause on interesting events, or not.
    TogglePausing,
    /// Select something, or nothing.
    Select(Option<Selection>),
    /// Show this tab.
    Show(Tab),
    /// Change what is drawn over the network.
    Overlay(Overlays),
    /// Edit with this tool, or stop editing.
    Edit(Option<Tool>),
    /// Start a changed scenario with the same events as far as they apply.
    Restart(Box<Scenario>),
    /// Start the scenario from its beginning.
    Reset,
    /// Name the present moment.
    Bookmark(String),
    /// Put another session in the place of this one.
    Replace(Box<SessionSlot>),
    /// Nothing but drawing anew.
    Refresh,
}

/// A session on its way into the lab; only moved, never copied or compared.
pub struct SessionSlot(pub RefCell<Option<Session>>);

impl Clone for SessionSlot {
    fn clone(&self) -> Self {
        Self(RefCell::new(self.0.borrow_mut().take()))
    }
}

impl std::fmt::Debug for SessionSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a session")
    }
}

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
        Self {
            overlays: Overlays::default(),
            session,
            own,
            selection: None,
            playing: false,
            speed: Speed::Normal,
            pausing: true,
            tab: Tab::Now,
            tool: None,
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
                Ok(event) => self.take(event, now),
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
            Action::Select(selection) => self.selection = selection,
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
                    self.jumped();
                }
            }
            Action::Refresh => {}
        }
        self.drop_stale_selection();
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
            return false;
        }
        if self.speed != Speed::Unbounded {
            self.version += 1;
            self.step(now);
            self.pause_if_interesting();
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
    }
}

/// The lab as components hold it: shared, and different whenever something has changed.
#[derive(Clone)]
pub struct LabHandle {
    lab: Rc<RefCell<Lab>>,
    version: u64,
    dispatch: Callback<Action>,
}

impl PartialEq for LabHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.lab, &other.lab) && self.version == other.version
    }
}

impl LabHandle {
    /// A handle at the lab's present version.
    pub fn new(lab: &Rc<RefCell<Lab>>, dispatch: Callback<Action>) -> Self {
        Self { version: lab.borrow().version, lab: Rc::clone(lab), dispatch }
    }
    /// The lab, to be looked at.
    pub fn get(&self) -> Ref<'_, Lab> {
        self.lab.borrow()
    }
    /// The shared cell, for the drawing loop.
    pub fn cell(&self) -> Rc<RefCell<Lab>> {
        Rc::clone(&self.lab)
    }
    /// Does something.
    pub fn act(&self, action: Action) {
        self.dispatch.emit(action);
    }
    /// A callback that does something.
    pub fn on<E: 'static>(&self, action: impl Fn() -> Action + 'static) -> Callback<E> {
        let dispatch = self.dispatch.clone();
        Callback::from(move |_| dispatch.emit(action()))
    }
}

/// The props of a component that needs nothing but the lab.
#[derive(Clone, PartialEq, Properties)]
pub struct LabProps {
    /// The lab.
    pub lab: LabHandle,
}
