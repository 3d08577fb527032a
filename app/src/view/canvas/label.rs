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

/// `text` in at most `rows` lines of about `width`, broken at spaces where there are any; what does
/// not fit ends with an ellipsis.
pub(crate) fn wrapped(text: &str, width: f64, size: f64, rows: usize) -> Vec<String> {
    let advance = |c: char| if c >= '\u{1100}' { WIDE * size } else { LATIN * size };
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut used) = (String::new(), 0.0);
        for word in paragraph.split_inclusive(' ') {
            let length: f64 = word.trim_end().chars().map(advance).sum();
            if used > 0.0 && used + length > width {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            for c in word.chars() {
                if used > 0.0 && used + advance(c) > width && c != ' ' {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(c);
                used += advance(c);
            }
        }
        lines.push(line);
        if lines.len() > rows {
            break;
        }
    }
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some(last) = lines.last_mut() {
            last.push('…');
            *last = cut(last, width, size);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_wrapped_at_spaces_and_end_where_there_is_no_room() {
        let lines = wrapped("watch the alarm\nthen p99", 80.0, 13.0, 9);
        assert_eq!(lines, ["watch the ", "alarm", "then p99"]);
        assert_eq!(wrapped("가나다라마바사", 40.0, 13.0, 9), ["가나다", "라마바", "사"]);
        let lines = wrapped("one two three four", 60.0, 13.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
    }

    #[test]
    fn long_names_are_cut_and_short_ones_are_not() {
        assert_eq!(cut("Web servers", 200.0, 13.0), "Web servers");
        assert_eq!(cut("Web servers of the shop", 80.0, 13.0), "Web serve…");
        assert_eq!(cut("웹 서버 그룹 이름이 길다", 80.0, 13.0), "웹 서버 그…");
        assert_eq!(cut("", 80.0, 13.0), "");
    }
}
