//! A workstation and what its disk is good for: nothing at all, pages and temporary files, programs too, a cache of files,
//! or a complete file system of its own. The same work is done five times, and what goes to the file server is counted.

mod checks;

use crate::sorted::Map;
use crate::{
    Algorithm, Context, Datum, Gauge, NodeId, Offer, Process, Setup, Status, Tone, View, Wait,
    algorithm::{Bug, Kind, NodeShape, Parameter, PolicyKind, Unit},
    json::{Json, Read, Wrong},
    process::Field,
    property::Property,
    read_record, read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const FROM_DISK: &str = "what the disk holds is not fetched";

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "model/workstation",
    title: "What a disk is good for",
    summary: "A workstation without a disk gets everything from the file server. What does it save to put what on a disk?",
    kind: Kind::Laboratory,
    sources: &[
        "A. S. Tanenbaum: Distributed Operating Systems, 1995, section 4.2: the workstation model",
        "M. Nelson, B. Welch, J. Ousterhout: Caching in the Sprite Network File System. ACM Transactions on Computer Systems 6 (1), 1988",
    ],
    texts: texts!("model/workstation", "workstation", ["five-disks", "one-by-one", "old-copy", "server-down"]),
    parameters: &[size("page", "a page", 4), size("program", "a program", 200), size("file", "a file", 50)],
    policy: Some(PolicyKind { read, default: r#"{"disk": "nothing"}"#, fields: FIELDS }),
    scenarios: &["five-disks", "one-by-one", "old-copy", "server-down"],
    properties: &[
        Property::monitor::<checks::FromDisk>(FROM_DISK),
        Property::monitor::<checks::Latest>("a user reads what was written last").not_promised(),
        Property::eventually("every question to the server is answered", checks::all_answered),
    ],
    costs: checks::COSTS,
    bugs: &[Bug {
        id: "asks-anyway",
        title: "programs are fetched although they are on the disk",
        lesson: "The disk was bought and nobody looks at it. Only the traffic shows it: everything works.",
        breaks: FROM_DISK,
        scenario: "five-disks",
    }],
    plots: checks::PLOTS,
    node_prefix: "W",
    node_shape: NodeShape::Machine,
    configure,
    spawn: |_, _| Arc::new(Machine::default()),
    ..Algorithm::EMPTY
};

const fn size(name: &'static str, label: &'static str, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Count, min: 1, max: 1_000_000, default }
}

/// Who has the files.
const SERVER: NodeId = NodeId(0);

/// What a disk is used for; each one for what the one before is, and more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Disk {
    Nothing,
    Paging,
    Programs,
    Cache,
    Everything,
}

const DISKS: [(&str, Disk); 5] = [
    ("nothing", Disk::Nothing),
    ("paging", Disk::Paging),
    ("programs", Disk::Programs),
    ("cache", Disk::Cache),
    ("everything", Disk::Everything),
];

impl Read for Disk {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let found = DISKS.iter().find(|(word, _)| json.as_str() == Some(word)).map(|&(_, disk)| disk);
        found.ok_or_else(|| Wrong::expected("nothing, paging, programs, cache or everything", json))
    }
}

/// What all disks are used for that the configuration does not name.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Policy {
    disk: Disk,
}

read_record!(Policy { disk = Disk::Nothing });

const FIELDS: &[Field] = &[Field {
    name: "disk",
    label: "disks are used for",
    unit: "nothing|paging|programs|cache|everything",
    min: 0,
    max: 4,
    default: 0,
}];

fn read(json: &Json) -> Result<Datum, String> {
    Policy::read(json).map(Datum::new).map_err(|wrong| wrong.to_string())
}

/// What the scenario says besides: the disks of single workstations, from W1 on.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Config {
    disks: Vec<Disk>,
}

read_record!(Config { disks = vec![] });

fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let config = Config::read(json).map_err(|wrong| wrong.to_string())?;
    if config.disks.len() >= nodes as usize {
        return Err(format!("`disks`: {} workstations, but the scenario has {}", config.disks.len(), nodes - 1));
    }
    Ok(Some(Datum::new(config)))
}

/// What a workstation needs now and then.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
enum Item {
    /// A page of memory that was put away, or one that is to be put away.
    Page,
    /// A program, to be run.
    Program,
    /// A file with this number.
    File(u32),
}

/// The file server, or a workstation.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
struct Machine {
    /// Files that are here, with the number of their version: at the server all, elsewhere copies or files of its own.
    files: Map<u32, u32>,
    /// Questions to the server that have not been answered.
    open: u32,
    /// What was sent from here with contents in it, in KB.
    sent: u64,
    /// What its user has done: pages, programs run, files read and written; and how often the disk was enough.
    pages: u32,
    programs: u32,
    reads: u32,
    writes: u32,
    /// Of these, what went to the server.
    fetched: Counts,
}

/// How often what went over the network.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
struct Counts {
    pages: u32,
    programs: u32,
    files: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Send me this.
    Fetch(Item),
    /// Here it is, so many KB; of a file, which version.
    Data { item: Item, kilobytes: u32, version: u32 },
    /// Keep this: so many KB.
    Store { item: Item, kilobytes: u32 },
    /// It is kept; of a file, as which version.
    Stored { item: Item, version: u32 },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Fetch a page that was put away.
    Page,
    /// Run a program.
    Run,
    /// Read a file.
    Read { file: u32 },
    /// Write a file.
    Write { file: u32 },
}

read_variants!(Request { Page, Run, Read { file }, Write { file } });

/// Files that there are.
const FILES: u32 = 9;

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A user has read this version of a file.
    HasRead { file: u32, version: u32 },
    /// A user has written this version.
    HasWritten { file: u32, version: u32 },
}

impl Process for Machine {
    type Message = Message;
    type Timer = crate::process::Never;
    type Request = Request;
    type Output = Output;

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if ctx.me() == SERVER {
            return ctx.note("Nobody works at the file server.");
        }
        let disk = disk(ctx.me(), ctx.policy(), ctx.setup());
        match request {
            Request::Page => {
                self.pages += 1;
                self.need(Item::Page, disk >= Disk::Paging, ctx);
            }
            Request::Run => {
                self.programs += 1;
                self.need(Item::Program, disk >= Disk::Programs && !ctx.setup().variant("asks-anyway"), ctx);
            }
            Request::Read { file } => {
                self.reads += 1;
                let here = disk == Disk::Everything || disk == Disk::Cache && self.files.contains_key(&file);
                self.need(Item::File(file), here, ctx);
            }
            Request::Write { file } => {
                self.writes += 1;
                self.write(file, disk, ctx);
            }
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Fetch(item) => {
                ctx.line("serve");
                let kilobytes = kilobytes(item, ctx);
                self.sent += u64::from(kilobytes);
                let version = self.version(item);
                ctx.note(format_args!("The server sends {kilobytes} KB to {}.", ctx.name(from)));
                ctx.send(from, Message::Data { item, kilobytes, version });
            }
            Message::Store { item, .. } => {
                ctx.line("store");
                let version = self.version(item) + 1;
                if let Item::File(file) = item {
                    self.files.insert(file, version);
                }
                ctx.note(format_args!("The server keeps it. {} may go on.", ctx.name(from)));
                ctx.send(from, Message::Stored { item, version });
            }
            Message::Data { item, kilobytes, version } => {
                ctx.line("arrive");
                self.open -= 1;
                ctx.note(format_args!("{kilobytes} KB have come over the network."));
                if let Item::File(file) = item {
                    self.keep_copy(file, version, ctx);
                    ctx.output(Output::HasRead { file, version });
                }
            }
            Message::Stored { item, version } => {
                ctx.line("arrive");
                self.open -= 1;
                if let Item::File(file) = item {
                    self.keep_copy(file, version, ctx);
                    ctx.output(Output::HasWritten { file, version });
                }
            }
        }
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        if view.me == SERVER {
            return vec![];
        }
        let file = Field { name: "file", label: "file", unit: "", min: 1, max: FILES.into(), default: 1 };
        vec![
            Offer::ready("Fetch a page", Request::Page),
            Offer::ready("Run a program", Request::Run),
            Offer::ready("Read file 1", Request::Read { file: 1 }),
            Offer::ready("Write file 1", Request::Write { file: 1 }),
            Offer::form("Read a file", "Read", vec![file.clone()]),
            Offer::form("Write a file", "Write", vec![file]),
        ]
    }

    fn check(&self, request: &Request, view: &View<'_>) -> Result<(), String> {
        match request {
            _ if view.me == SERVER => Err("Nobody works at the file server.".to_owned()),
            Request::Read { file } | Request::Write { file } if !(1..=FILES).contains(file) => {
                Err(format!("There are files 1 to {FILES}."))
            }
            _ => Ok(()),
        }
    }

    fn status(&self) -> Status {
        let (word, tone) = if self.open > 0 { ("waits", Tone::Waiting) } else { ("ready", Tone::Idle) };
        Status::new(word, tone)
    }

    fn status_in(&self, view: &View<'_>) -> Status {
        if view.me == SERVER {
            return Status::new("file server", Tone::Idle).detail(format!("{} KB sent", self.sent));
        }
        let disk = disk(view.me, view.policy.and_then(Datum::get), view.setup);
        let word = DISKS.iter().find(|(_, known)| *known == disk).map_or("", |(word, _)| word);
        let traffic = self.traffic(view.setup);
        let gauge = Gauge { name: "KB over the network", value: traffic as u32, full: 1_000, marks: vec![] };
        self.status().detail(format!("disk: {word}; {traffic} KB")).gauge(gauge)
    }

    fn waits_for(&self) -> Vec<Wait> {
        (self.open > 0).then(|| Wait::node(SERVER, "an answer")).into_iter().collect()
    }

    fn telling(message: &Message) -> String {
        let name = |item: &Item| match item {
            Item::Page => "PAGE".to_owned(),
            Item::Program => "PROGRAM".to_owned(),
            Item::File(file) => format!("FILE {file}"),
        };
        match message {
            Message::Fetch(item) => format!("GET {}", name(item)),
            Message::Data { item, kilobytes, .. } => format!("{}, {kilobytes} KB", name(item)),
            Message::Store { item, kilobytes } => format!("PUT {}, {kilobytes} KB", name(item)),
            Message::Stored { item, .. } => format!("{} KEPT", name(item)),
        }
    }
}

impl Machine {
    fn version(&self, item: Item) -> u32 {
        match item {
            Item::File(file) => self.files.get(&file).copied().unwrap_or(0),
            _ => 0,
        }
    }

    /// Its user needs this.
    fn need(&mut self, item: Item, here: bool, ctx: &mut Context<'_, Self>) {
        let me = ctx.name(ctx.me());
        if here {
            ctx.line("disk");
            ctx.note(format_args!("{me} has it on its own disk."));
            if let Item::File(file) = item {
                ctx.output(Output::HasRead { file, version: self.version(item) });
            }
            return;
        }
        ctx.line("fetch");
        ctx.note(format_args!("{me} gets it from the file server."));
        self.open += 1;
        match item {
            Item::Page => self.fetched.pages += 1,
            Item::Program => self.fetched.programs += 1,
            Item::File(_) => self.fetched.files += 1,
        }
        ctx.send(SERVER, Message::Fetch(item));
    }

    /// Its user writes a file.
    fn write(&mut self, file: u32, disk: Disk, ctx: &mut Context<'_, Self>) {
        let (item, me) = (Item::File(file), ctx.name(ctx.me()));
        if disk == Disk::Everything {
            ctx.line("own-file");
            let version = self.version(item) + 1;
            self.files.insert(file, version);
            ctx.note(format_args!("{me} writes its own file {file}. Nobody else has that file."));
            return ctx.output(Output::HasWritten { file, version });
        }
        ctx.line("put");
        let kilobytes = kilobytes(item, ctx);
        ctx.note(format_args!("{me} sends {kilobytes} KB to the file server."));
        self.open += 1;
        self.fetched.files += 1;
        self.sent += u64::from(kilobytes);
        ctx.send(SERVER, Message::Store { item, kilobytes });
    }

    /// A cache keeps what has gone over the network.
    fn keep_copy(&mut self, file: u32, version: u32, ctx: &mut Context<'_, Self>) {
        if disk(ctx.me(), ctx.policy(), ctx.setup()) == Disk::Cache {
            ctx.line("cache");
            ctx.note(format_args!(
                "A copy of file {file} stays on the disk. Whether it is still right, nobody will ask."
            ));
            self.files.insert(file, version);
        }
    }

    /// What has gone over the network for this workstation, in KB, once all is answered.
    fn traffic(&self, setup: &Setup) -> u64 {
        let of = |count: u32, name: &str| u64::from(count) * setup.parameter(name).max(0).cast_unsigned();
        of(self.fetched.pages, "page") + of(self.fetched.programs, "program") + of(self.fetched.files, "file")
    }
}

/// What the disk of a workstation is used for.
fn disk(node: NodeId, policy: Option<&Policy>, setup: &Setup) -> Disk {
    let named = setup.config::<Config>().and_then(|config| config.disks.get(node.index().wrapping_sub(1)));
    named.copied().unwrap_or_else(|| policy.map_or(Disk::Nothing, |policy| policy.disk))
}

fn kilobytes(item: Item, ctx: &Context<'_, Machine>) -> u32 {
    let name = match item {
        Item::Page => "page",
        Item::Program => "program",
        Item::File(_) => "file",
    };
    ctx.setup().parameter(name).max(0) as u32
}
