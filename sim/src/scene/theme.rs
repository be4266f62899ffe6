//! THE THEME TABLE: the one place where a role gets a colour, for the light, the dark and the projector theme.
//!
//! Both painters and the page's style sheet read it. The palette is colour-blind safe, after Okabe and Ito. A test checks
//! every row's contrast by its [use](Use); marks that are too pale for their ground are painted with an edge of ink.

use crate::Tone;
use std::fmt::{self, Write};

/// What a colour is for. Shapes name roles, never colours.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// Text and outlines.
    Ink,
    /// Text that may wait.
    Quiet,
    /// What the network and the space–time diagram are drawn on.
    Stage,
    /// The page.
    Paper,
    /// Side panels.
    Panel,
    /// Hairlines between areas. They carry no meaning.
    Rule,
    /// Outlines of controls.
    Edge,
    /// Links and life lines.
    Link,
    /// The ring of a state.
    Tone(Tone),
    /// The inside of a state.
    ToneFill(Tone),
    /// Arrows of the k-th kind of message.
    Hue(u8),
    /// Capsules of the k-th kind of message.
    HueFill(u8),
    /// Who waits for whom.
    WaitsFor,
    /// A cycle of those.
    Cycle,
    /// Who holds what.
    HeldBy,
    /// What is moving to another node.
    Migrating,
    /// Jobs, and the filled part of a gauge.
    Job,
    /// Thresholds across a gauge.
    Threshold,
    /// What just happened.
    Happened,
    /// The ground of the line of pseudocode that just ran.
    Lit,
    /// What is selected.
    Selected,
    /// The word of a verdict that holds.
    Good,
    /// The word of a verdict that is broken.
    Bad,
}

/// What a role is used for, which says what contrast it needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// A ground: [`Use::Text`] must be readable on it.
    Ground,
    /// Text on any ground: 4.5, on the projector 7.
    Text,
    /// A mark that is seen by itself on the stage: 3, on the projector 7.
    Mark,
    /// A mark that is always painted with an edge of ink, or an outline of ink around it.
    Edged,
    /// A fill with text of ink on it: 4.5, on the projector 7.
    Fill,
    /// The outline of a control: 3.
    Control,
    /// A decoration without meaning.
    Decoration,
}

/// A colour: red, green, blue.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour(pub u32);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}
impl fmt::Debug for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Colour {
    /// The relative luminance of WCAG 2.
    pub fn luminance(self) -> f64 {
        let channel = |shift: u32| {
            let value = f64::from(self.0 >> shift & 0xff) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }
    /// The contrast of WCAG 2, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

/// A set of colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
    /// Black on white, larger.
    Projector,
}

struct Row(Role, &'static str, Use, [u32; 3]);

/// How many hues kinds of messages have.
pub const HUES: usize = 6;

/// Role, name in the style sheet, use, and its colour in the light, the dark and the projector theme.
#[rustfmt::skip]
static TABLE: [Row; Role::COUNT] = [
    Row(Role::Ink,                       "ink",            Use::Text,       [0x1b_1f24, 0xf2_f4f7, 0x00_0000]),
    Row(Role::Quiet,                     "quiet",          Use::Text,       [0x58_606b, 0xa9_b1bc, 0x3a_3a3a]),
    Row(Role::Stage,                     "stage",          Use::Ground,     [0xff_ffff, 0x14_171c, 0xff_ffff]),
    Row(Role::Paper,                     "paper",          Use::Ground,     [0xfb_fbf8, 0x0f_1216, 0xff_ffff]),
    Row(Role::Panel,                     "panel",          Use::Ground,     [0xf2_f2ef, 0x1b_1f26, 0xf5_f5f5]),
    Row(Role::Rule,                      "rule",           Use::Decoration, [0xd9_d9d4, 0x34_3a44, 0x8a_8a8a]),
    Row(Role::Edge,                      "edge",           Use::Control,    [0x7c_838d, 0x76_808d, 0x4a_4a4a]),
    Row(Role::Link,                      "link",           Use::Mark,       [0x8a_9099, 0x78_818e, 0x55_5555]),
    Row(Role::Tone(Tone::Idle),          "idle",           Use::Mark,       [0x1b_1f24, 0xf2_f4f7, 0x00_0000]),
    Row(Role::Tone(Tone::Waiting),       "waiting",        Use::Edged,      [0xe6_9f00, 0xf0_b429, 0xe6_9f00]),
    Row(Role::Tone(Tone::Active),        "active",         Use::Edged,      [0x00_9e73, 0x2c_c295, 0x00_7a58]),
    Row(Role::Tone(Tone::Done),          "done",           Use::Edged,      [0x00_72b2, 0x5b_b4f0, 0x00_5a8e]),
    Row(Role::Tone(Tone::Failed),        "failed",         Use::Mark,       [0x6b_7280, 0x98_a1ad, 0x4f_4f4f]),
    Row(Role::Tone(Tone::Violated),      "violated",       Use::Edged,      [0xd5_5e00, 0xff_7f3f, 0xc0_4a00]),
    Row(Role::ToneFill(Tone::Idle),      "idle-fill",      Use::Fill,       [0xff_ffff, 0x14_171c, 0xff_ffff]),
    Row(Role::ToneFill(Tone::Waiting),   "waiting-fill",   Use::Fill,       [0xff_f3d6, 0x4a_3500, 0xff_f0c8]),
    Row(Role::ToneFill(Tone::Active),    "active-fill",    Use::Fill,       [0xbf_e5d9, 0x0b_4a38, 0xb5_e6d6]),
    Row(Role::ToneFill(Tone::Done),      "done-fill",      Use::Fill,       [0xd6_e8f5, 0x0f_3c5c, 0xcc_e4f6]),
    Row(Role::ToneFill(Tone::Failed),    "failed-fill",    Use::Fill,       [0xed_eef0, 0x2a_2f37, 0xe6_e6e6]),
    Row(Role::ToneFill(Tone::Violated),  "violated-fill",  Use::Fill,       [0xfa_dccb, 0x5a_2200, 0xff_d8c2]),
    Row(Role::Hue(0),                    "hue-0",          Use::Mark,       [0x8e_4a75, 0xd9_a0c4, 0x6e_2f57]),
    Row(Role::Hue(1),                    "hue-1",          Use::Mark,       [0x00_72b2, 0x6c_bdf2, 0x00_4c80]),
    Row(Role::Hue(2),                    "hue-2",          Use::Mark,       [0x8a_7a00, 0xe6_da4a, 0x54_4a00]),
    Row(Role::Hue(3),                    "hue-3",          Use::Mark,       [0x00_795a, 0x3c_c9a0, 0x00_4f3b]),
    Row(Role::Hue(4),                    "hue-4",          Use::Mark,       [0xb8_4e00, 0xff_9a62, 0x7a_3300]),
    Row(Role::Hue(5),                    "hue-5",          Use::Mark,       [0x5b_636e, 0xa9_b1bc, 0x46_4646]),
    Row(Role::HueFill(0),                "hue-0-fill",     Use::Fill,       [0xe6_d3e0, 0x5a_2f4c, 0xee_d2e6]),
    Row(Role::HueFill(1),                "hue-1-fill",     Use::Fill,       [0xd3_e9f8, 0x0f_4264, 0xcc_e8fc]),
    Row(Role::HueFill(2),                "hue-2-fill",     Use::Fill,       [0xf8_f2b0, 0x4d_4700, 0xfa_f4a6]),
    Row(Role::HueFill(3),                "hue-3-fill",     Use::Fill,       [0xcb_ebdf, 0x0a_4b3c, 0xc2_f0e0]),
    Row(Role::HueFill(4),                "hue-4-fill",     Use::Fill,       [0xfb_ddc8, 0x5c_2e10, 0xff_dcc2]),
    Row(Role::HueFill(5),                "hue-5-fill",     Use::Fill,       [0xe4_e6e9, 0x3a_414c, 0xe2_e2e2]),
    Row(Role::WaitsFor,                  "waits-for",      Use::Edged,      [0xe6_9f00, 0xf0_b429, 0xe6_9f00]),
    Row(Role::Cycle,                     "cycle",          Use::Edged,      [0xd5_5e00, 0xff_7f3f, 0xd5_5e00]),
    Row(Role::HeldBy,                    "held-by",        Use::Mark,       [0x7c_838d, 0x8a_93a0, 0x55_5555]),
    Row(Role::Migrating,                 "migrating",      Use::Mark,       [0x00_72b2, 0x6c_bdf2, 0x00_4c80]),
    Row(Role::Job,                       "job",            Use::Edged,      [0x56_b4e9, 0x2f_7fb0, 0x56_b4e9]),
    Row(Role::Threshold,                 "threshold",      Use::Mark,       [0xc4_5200, 0xff_9a62, 0x8a_3600]),
    Row(Role::Happened,                  "happened",       Use::Mark,       [0xb3_7600, 0xf6_c65b, 0x6b_4700]),
    Row(Role::Lit,                       "lit",            Use::Fill,       [0xff_f3d6, 0x43_3208, 0xff_efc2]),
    Row(Role::Selected,                  "selected",       Use::Mark,       [0x0b_57d0, 0x8a_b4f8, 0x00_3a9e]),
    Row(Role::Good,                      "good",           Use::Text,       [0x00_6b50, 0x4c_d3ac, 0x00_4a37]),
    Row(Role::Bad,                       "bad",            Use::Text,       [0xa8_3e00, 0xff_9a62, 0x7a_2e00]),
];

impl Role {
    /// How many there are.
    pub const COUNT: usize = 43;

    /// Its row in the table: what a painter that keeps its own colours looks up.
    pub const fn index(self) -> usize {
        match self {
            Self::Ink => 0,
            Self::Quiet => 1,
            Self::Stage => 2,
            Self::Paper => 3,
            Self::Panel => 4,
            Self::Rule => 5,
            Self::Edge => 6,
            Self::Link => 7,
            Self::Tone(tone) => 8 + tone as usize,
            Self::ToneFill(tone) => 14 + tone as usize,
            Self::Hue(hue) => 20 + hue as usize % HUES,
            Self::HueFill(hue) => 26 + hue as usize % HUES,
            Self::WaitsFor => 32,
            Self::Cycle => 33,
            Self::HeldBy => 34,
            Self::Migrating => 35,
            Self::Job => 36,
            Self::Threshold => 37,
            Self::Happened => 38,
            Self::Lit => 39,
            Self::Selected => 40,
            Self::Good => 41,
            Self::Bad => 42,
        }
    }

    /// All of them, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }
    /// Its name in the style sheet, without the two hyphens.
    pub fn name(self) -> &'static str {
        TABLE[self.index()].1
    }
    /// What it is used for.
    pub fn used_for(self) -> Use {
        TABLE[self.index()].2
    }
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Projector];

    /// Its name in addresses, in local storage and in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Projector => "projector",
        }
    }
    /// The theme of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
    /// How much larger texts, nodes and lines are than in the light theme.
    pub fn scale(self) -> f32 {
        if self == Self::Projector { 1.6 } else { 1.0 }
    }
    /// The colour of a role.
    pub fn colour(self, role: Role) -> Colour {
        Colour(TABLE[role.index()].3[self as usize])
    }
    /// Its colours as custom properties of a style sheet: `--ink:#1b1f24;…`.
    pub fn properties(self) -> String {
        Role::all().fold(String::new(), |mut text, role| {
            let _ = write!(text, "--{}:{};", role.name(), self.colour(role));
            text
        })
    }
}

/// The part of the page's style sheet that gives every role its colour, in every theme. `data-theme` on the root
/// chooses; where it is missing, the system does.
pub fn style_sheet() -> String {
    let [light, dark, projector] = Theme::ALL.map(Theme::properties);
    format!(
        ":root{{color-scheme:light;--scale:1;{light}}}\n\
         @media (prefers-color-scheme:dark){{:root:not([data-theme]){{color-scheme:dark;{dark}}}}}\n\
         :root[data-theme=dark]{{color-scheme:dark;{dark}}}\n\
         :root[data-theme=projector]{{--scale:1.6;{projector}}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_stands_in_its_own_row_under_its_own_name() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0.index(), index, "{:?}", row.0);
            assert_eq!(TABLE.iter().filter(|other| other.1 == row.1).count(), 1, "{}", row.1);
        }
    }

    #[test]
    fn every_colour_has_the_contrast_that_its_use_needs() {
        for theme in Theme::ALL {
            let far = theme == Theme::Projector;
            let (text, mark) = if far { (7.0, 7.0) } else { (4.5, 3.0) };
            let grounds = || Role::all().filter(|role| role.used_for() == Use::Ground);
            for role in Role::all() {
                let colour = theme.colour(role);
                let against = |other: Role, least: f64| {
                    let contrast = colour.contrast(theme.colour(other));
                    assert!(
                        contrast >= least,
                        "{theme:?}: {role:?} {colour} on {other:?} has {contrast:.2}, needs {least}"
                    );
                };
                match role.used_for() {
                    Use::Text => grounds().for_each(|ground| against(ground, text)),
                    Use::Mark => against(Role::Stage, mark),
                    Use::Control => grounds().for_each(|ground| against(ground, 3.0)),
                    Use::Fill | Use::Ground => against(Role::Ink, text),
                    Use::Edged | Use::Decoration => {}
                }
            }
        }
    }

    #[test]
    fn the_lit_line_is_readable() {
        for theme in Theme::ALL {
            assert!(theme.colour(Role::Lit).contrast(theme.colour(Role::Ink)) >= 7.0, "{theme:?}");
        }
    }

    #[test]
    fn the_style_sheet_names_every_role_in_every_theme() {
        let sheet = style_sheet();
        for role in Role::all() {
            assert_eq!(sheet.matches(&format!("--{}:#", role.name())).count(), 4, "{role:?}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Colour(0).contrast(Colour(0xff_ffff)) - 21.0).abs() < 1e-9);
        assert!((Colour(0xe6_9f00).contrast(Colour(0xff_ffff)) - 2.2).abs() < 0.1);
    }
}
