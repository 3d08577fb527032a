//! Where things are on the drawing of a Worker: clients on the left, the balancer, and its origins on
//! the right, one below the other. Widths of wires are shares.

use super::Live;

/// Width of a card.
pub const CARD_WIDTH: f64 = 240.0;
/// Height of a card.
pub const CARD_HEIGHT: f64 = 76.0;
const GAP: f64 = 20.0;
const MARGIN: f64 = 16.0;
const COLUMN: f64 = 340.0;
/// Clients and balancer are narrower than origins.
const HUB_WIDTH: f64 = 150.0;

/// A card's left upper corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Card {
    /// From the left.
    pub x: f64,
    /// From above.
    pub y: f64,
}

/// A wire between two cards.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// The path, as SVG writes it.
    pub path: String,
    /// How thick it is.
    pub width: f64,
    /// Requests go over it.
    pub is_used: bool,
}

/// The drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Where the requests come from.
    pub clients: Card,
    /// The Worker.
    pub balancer: Card,
    /// The origins, in their order.
    pub origins: Vec<Card>,
    /// From the clients to the balancer, then to each origin.
    pub wires: Vec<Wire>,
}

impl Picture {
    /// The drawing of what is known.
    pub fn of(live: &Live) -> Self {
        let count = live.status.origins.len();
        let step = CARD_HEIGHT + GAP;
        let height = 2.0 * MARGIN + count.max(1) as f64 * step - GAP;
        let middle = (height - CARD_HEIGHT) / 2.0;
        let clients = Card { x: MARGIN, y: middle };
        let balancer = Card { x: MARGIN + COLUMN - 100.0, y: middle };
        let x = balancer.x + COLUMN - 90.0;
        let origins: Vec<Card> =
            (0..count).map(|nth| Card { x, y: MARGIN + nth as f64 * step }).collect();
        let rate: f64 = live.figures.iter().map(|figures| figures.rate_per_s).sum();
        let mut wires = vec![wire(clients, balancer, if rate > 0.0 { 1.0 } else { 0.0 })];
        wires.extend(
            origins
                .iter()
                .zip(live.rows())
                .map(|(&card, (_, figures))| wire(balancer, card, figures.share.unwrap_or(0.0))),
        );
        let width = x + CARD_WIDTH + MARGIN;
        Self { width, height, clients, balancer, origins, wires }
    }
}

fn wire(from: Card, to: Card, share: f64) -> Wire {
    let (x1, y1) = (from.x + HUB_WIDTH, from.y + CARD_HEIGHT / 2.0);
    let (x2, y2) = (to.x, to.y + CARD_HEIGHT / 2.0);
    let bend = (x2 - x1) / 2.0;
    let path = format!(
        "M{x1:.0} {y1:.0} C{:.0} {y1:.0} {:.0} {y2:.0} {x2:.0} {y2:.0}",
        x1 + bend,
        x2 - bend
    );
    Wire { path, width: 1.5 + 8.5 * share.clamp(0.0, 1.0), is_used: share > 0.0 }
}
