//! Many dots at once, pixel by pixel.
//!
//! Without a graphics card a browser takes about 20 ms for the paths of 5,000 dots, and 2 ms to take
//! over a picture that is ready. So where there are many, each dot is a stamp: its cover of every
//! pixel is worked out once for each place between the pixels, and put down by a few additions.

/// Places between two pixels, in each direction, for which there is a stamp.
const PLACES: usize = 4;

/// A colour: red, green, blue.
pub(super) type Rgb = [u8; 3];

/// The colour that `text` says, if it says it as `#rrggbb`.
pub(super) fn colour_of(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    if digits.starts_with('+') {
        return None;
    }
    let word = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = word.to_be_bytes();
    Some([red, green, blue])
}

/// What a dot looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    /// Radius of the whole dot, pixels.
    pub(super) radius: f64,
    /// Its colour.
    pub(super) colour: Rgb,
    /// Radius and colour of what is inside, for a ring.
    pub(super) inside: Option<(f64, Rgb)>,
}

/// One pixel of a stamp: its colour, and how much of what was there it covers.
#[derive(Clone, Copy, Debug)]
struct Ink {
    colour: Rgb,
    cover: u8,
}

/// A look, ready to be put down.
#[derive(Debug)]
pub(super) struct Stamp {
    /// Pixels from the dot's centre to the stamp's left and upper edge.
    reach: f64,
    /// Pixels in a row and in a column.
    side: usize,
    /// The pixels of each place, row by row.
    ink: Vec<Ink>,
}

impl Stamp {
    pub(super) fn new(look: Look) -> Self {
        let reach = (look.radius + 1.0).max(1.0).ceil();
        let side = 2 * reach as usize + 1;
        let places = (0..PLACES).flat_map(|down| (0..PLACES).map(move |right| (right, down)));
        let ink = places.flat_map(|place| {
            let middle = |place: usize| reach + (place as f64 + 0.5) / PLACES as f64;
            let (x, y) = (middle(place.0), middle(place.1));
            let pixels = (0..side).flat_map(move |row| (0..side).map(move |column| (column, row)));
            pixels.map(move |(column, row)| {
                let (right, down) = (column as f64 + 0.5 - x, row as f64 + 0.5 - y);
                look.ink((right * right + down * down).sqrt())
            })
        });
        Self { reach, side, ink: ink.collect() }
    }
}

impl Look {
    /// The pixel whose middle is so far from the dot's.
    fn ink(&self, distance: f64) -> Ink {
        let cover = |radius: f64| (radius + 0.5 - distance).clamp(0.0, 1.0);
        let outer = cover(self.radius);
        let colour = self.inside.map_or(self.colour, |(radius, inside)| {
            mix(self.colour, inside, (cover(radius) * 255.0) as u8)
        });
        Ink { colour, cover: (outer * 255.0).round() as u8 }
    }
}

/// So many 255th parts of the way from one colour to another.
fn mix(from: Rgb, to: Rgb, part: u8) -> Rgb {
    let part = i32::from(part);
    std::array::from_fn(|channel| {
        let (a, b) = (i32::from(from[channel]), i32::from(to[channel]));
        (a + (b - a) * part / 255) as u8
    })
}

/// A picture of dots. Where there is none it is clear.
#[derive(Debug, Default)]
pub(super) struct Pixels {
    width: usize,
    height: usize,
    /// Red, green, blue and opacity, row by row.
    pixels: Vec<[u8; 4]>,
}

impl Pixels {
    /// Clears the picture, which has this size from now on.
    pub(super) fn clear(&mut self, width: u32, height: u32) {
        (self.width, self.height) = (width as usize, height as usize);
        self.pixels.clear();
        self.pixels.resize(self.width * self.height, [0; 4]);
    }

    /// Red, green, blue and opacity of each pixel, row by row.
    pub(super) fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }

    /// Puts a dot's middle at `x`, `y`, in pixels from the upper left corner. What is outside the
    /// picture is left out.
    pub(super) fn put(&mut self, stamp: &Stamp, x: f64, y: f64) {
        let near =
            |at: f64, size: usize| (-stamp.reach - 1.0..size as f64 + stamp.reach).contains(&at);
        if !near(x, self.width) || !near(y, self.height) {
            return;
        }
        let (left, top) = (x.floor(), y.floor());
        let place = |rest: f64| ((rest * PLACES as f64) as usize).min(PLACES - 1);
        let place = place(y - top) * PLACES + place(x - left);
        let area = stamp.side * stamp.side;
        let Some(ink) = stamp.ink.get(place * area..(place + 1) * area) else { return };
        let (left, top) = ((left - stamp.reach) as isize, (top - stamp.reach) as isize);
        for (row, ink) in (top..).zip(ink.chunks_exact(stamp.side)) {
            if !(0..self.height as isize).contains(&row) {
                continue;
            }
            // Columns of the stamp that are in the picture.
            let first = (-left).clamp(0, stamp.side as isize) as usize;
            let start = row as usize * self.width;
            let from = (left + first as isize) as usize;
            let room = self.width.saturating_sub(from);
            let pixels = self.pixels.get_mut(start + from..start + from + room);
            for (pixel, ink) in pixels.into_iter().flatten().zip(&ink[first..]) {
                ink.lay_on(pixel);
            }
        }
    }
}

impl Ink {
    #[inline]
    fn lay_on(self, pixel: &mut [u8; 4]) {
        let [red, green, blue, opacity] = *pixel;
        let [red, green, blue] = match (self.cover, opacity) {
            (0, _) => return,
            (255, _) | (_, 0) => self.colour,
            (cover, _) => mix([red, green, blue], self.colour, cover),
        };
        *pixel = [red, green, blue, opacity.max(self.cover)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREEN: Rgb = [0, 158, 115];
    const RED: Rgb = [213, 94, 0];
    const PAPER: Rgb = [246, 247, 249];

    fn disc(radius: f64) -> Stamp {
        Stamp::new(Look { radius, colour: GREEN, inside: None })
    }

    fn picture(width: u32, height: u32) -> Pixels {
        let mut pixels = Pixels::default();
        pixels.clear(width, height);
        pixels
    }

    #[test]
    fn colours_are_read_as_the_theme_writes_them() {
        assert_eq!(colour_of("#009e73"), Some(GREEN));
        for text in ["", "#fff", "009e73", "#00zz73", "#+09e73", "rgb(0, 0, 0)", "#009e7é"] {
            assert_eq!(colour_of(text), None, "{text}");
        }
    }

    /// The pixels of a disc cover its area, wherever it lies between them.
    #[test]
    fn a_dot_is_as_large_as_it_should_be() {
        for radius in [1.6, 3.2, 4.8, 9.6] {
            for (x, y) in [(20.0, 20.0), (20.3, 19.9), (20.74, 20.51)] {
                let mut pixels = picture(40, 40);
                pixels.put(&disc(radius), x, y);
                let covered: f64 =
                    pixels.pixels.iter().map(|pixel| f64::from(pixel[3]) / 255.0).sum();
                let area = std::f64::consts::PI * radius * radius;
                assert!((covered / area - 1.0).abs() < 0.06, "{radius}: {covered} of {area}");
                let middle = pixels.pixels.iter().zip(0..).filter(|(pixel, _)| pixel[3] > 0);
                let (sum, count) = middle.fold((0.0, 0.0), |(sum, count), (pixel, at)| {
                    let weight = f64::from(pixel[3]);
                    (sum + weight * (f64::from(at % 40) + 0.5), count + weight)
                });
                assert!((sum / count - x).abs() < 0.15, "{radius} at {x}: {}", sum / count);
            }
        }
    }

    #[test]
    fn a_ring_has_the_paper_inside() {
        let look = Look { radius: 5.0, colour: RED, inside: Some((3.0, PAPER)) };
        let mut pixels = picture(21, 21);
        pixels.put(&disc(6.0), 10.5, 10.5);
        pixels.put(&Stamp::new(look), 10.5, 10.5);
        let at = |x: usize, y: usize| pixels.pixels[y * 21 + x];
        assert_eq!(at(10, 10), [PAPER[0], PAPER[1], PAPER[2], 255]);
        assert_eq!(at(14, 10), [RED[0], RED[1], RED[2], 255]);
        assert_eq!(at(10, 4), [GREEN[0], GREEN[1], GREEN[2], at(10, 4)[3]]);
        assert_eq!(at(0, 0), [0; 4]);
    }

    /// Partly or wholly outside, at any edge, at any place that a window has.
    #[test]
    fn what_is_outside_is_left_out() {
        let whole = 12.0 * 9.0;
        for (x, y) in [(0.0, 0.0), (-2.0, 4.0), (12.9, 4.0), (6.0, -3.1), (6.0, 9.9), (11.99, 8.99)]
        {
            let mut pixels = picture(12, 9);
            pixels.put(&disc(4.0), x, y);
            let painted = pixels.pixels.iter().filter(|pixel| pixel[3] > 0).count();
            assert!(painted > 0 && (painted as f64) < whole, "{x} {y}: {painted}");
        }
        for far in [-1e9, -40.0, 60.0, 1e9, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut pixels = picture(12, 9);
            pixels.put(&disc(4.0), far, 4.0);
            pixels.put(&disc(4.0), 4.0, far);
            let painted = pixels.pixels.iter().any(|pixel| pixel[3] > 0);
            assert!(!painted, "{far}");
        }
        let mut nothing = picture(0, 0);
        nothing.put(&disc(4.0), 0.0, 0.0);
        assert!(nothing.bytes().is_empty());
    }
}
