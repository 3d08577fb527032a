//! How the page shows in a frame of another page: by its query, such as `?embed&autorun&hide=dock`.

/// What the query asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Embed {
    /// Only the drawing and the run: nothing can be changed and nothing is kept.
    pub read_only: bool,
    /// The run starts by itself.
    pub autorun: bool,
    /// The run's controls do not show.
    pub hide_dock: bool,
    /// The guided tour plays by itself.
    pub tour: bool,
}

impl Embed {
    /// Reads the query of an address, with or without its `?`. What it does not know it ignores, as
    /// sites add parameters of their own.
    pub fn from_query(query: &str) -> Self {
        let mut embed = Self::default();
        for part in query.trim_start_matches('?').split('&') {
            let (name, value) = part.split_once('=').unwrap_or((part, "1"));
            let on = !matches!(value, "0" | "false" | "no");
            match name {
                "embed" => embed.read_only = on,
                "autorun" => embed.autorun = on,
                "tour" => embed.tour = on,
                "hide" => embed.hide_dock = value.split(',').any(|panel| panel == "dock"),
                _ => {}
            }
        }
        embed
    }

    /// The query that [`Self::from_query`] reads; empty for a page of its own.
    pub fn query(self) -> String {
        let parts = [
            (self.read_only, "embed"),
            (self.autorun, "autorun"),
            (self.hide_dock, "hide=dock"),
            (self.tour, "tour"),
        ];
        let parts: Vec<&str> = parts.into_iter().filter_map(|(on, it)| on.then_some(it)).collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// The HTML that shows a design in another page. `page` is the address without query and
    /// fragment.
    pub fn snippet(self, page: &str, fragment: &str, title: &str) -> String {
        let mut safe = String::with_capacity(title.len());
        for c in title.chars() {
            match c {
                '&' => safe.push_str("&amp;"),
                '"' => safe.push_str("&quot;"),
                '<' => safe.push_str("&lt;"),
                c => safe.push(c),
            }
        }
        let query = self.query().replace('&', "&amp;");
        format!(
            "<iframe src=\"{page}{query}#{fragment}\" title=\"{safe}\" width=\"100%\" \
             height=\"480\" style=\"border:1px solid #d9dee5;border-radius:8px\" \
             loading=\"lazy\"></iframe>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_as_they_are_written() {
        for i in 0..16 {
            let (read_only, autorun) = (i & 1 > 0, i & 2 > 0);
            let embed = Embed { read_only, autorun, hide_dock: i & 4 > 0, tour: i & 8 > 0 };
            assert_eq!(Embed::from_query(&embed.query()), embed);
        }
        let odd = Embed::from_query("?utm_source=x&embed=0&autorun=true&hide=a,dock&&=");
        assert_eq!(odd, Embed { autorun: true, hide_dock: true, ..Embed::default() });
    }

    #[test]
    fn a_title_cannot_break_out_of_the_snippet() {
        let embed = Embed { read_only: true, autorun: true, ..Embed::default() };
        let snippet = embed.snippet("https://a.example/", "v1.x", "\"><script>&");
        assert!(snippet.contains("src=\"https://a.example/?embed&amp;autorun#v1.x\""), "{snippet}");
        assert!(snippet.contains("title=\"&quot;>&lt;script>&amp;\""), "{snippet}");
    }
}
