//! Text in the drawing. SVG neither wraps nor cuts, so the page does.

/// Width of an average character of the system's sans-serif face, as a share of the font's size.
const LATIN: f64 = 0.55;
/// Hangul and other wide characters fill a square, nearly.
const WIDE: f64 = 0.95;

/// `text`, cut with an ellipsis to about `width` at a font of `size` pixels.
pub(crate) fn cut(text: &str, width: f64, size: f64) -> String {
    let advance = |c: char| if c >= '\u{1100}' { WIDE * size } else { LATIN * size };
    if text.chars().map(advance).sum::<f64>() <= width {
        return text.to_owned();
    }
    let mut used = advance('…');
    let fits = |c: &char| {
        used += advance(*c);
        used <= width
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_short_ones_are_not() {
        assert_eq!(cut("Web servers", 200.0, 13.0), "Web servers");
        assert_eq!(cut("Web servers of the shop", 80.0, 13.0), "Web serve…");
        assert_eq!(cut("웹 서버 그룹 이름이 길다", 80.0, 13.0), "웹 서버 그…");
        assert_eq!(cut("", 80.0, 13.0), "");
    }
}
