//! A document as a tree, and the two ways in which it is written out.

/// A piece of a YAML document.
#[derive(Clone, Debug)]
pub enum Node {
    /// A number, boolean or date: never quoted.
    Plain(String),
    /// Text: quoted where it has to be, and now and then where it need not be.
    Text(String),
    /// A list, whose order has a meaning.
    List(Vec<Node>),
    /// A map whose order says nothing.
    Map(Vec<(Node, Node)>),
    /// A map whose entries may use the ones before them.
    Ordered(Vec<(Node, Node)>),
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Maps in the order of the tree, without comments.
    AsGiven,
    /// Free maps in another order, with comments.
    Rearranged,
}

/// Writes the document. The seed decides between quotes, and between `{ … }` and indented lines.
pub fn print(document: &Node, layout: Layout, seed: u64) -> String {
    let mut writer = Writer {
        layout,
        state: seed,
    };
    match document {
        Node::Map(entries) | Node::Ordered(entries) => {
            let entries = writer.arranged(document, entries);
            writer.block_map(&entries, 0, true)
        }
        other => writer.flow(other),
    }
}

struct Writer {
    layout: Layout,
    state: u64,
}

impl Writer {
    /// Returns a number below `count`. The numbers are the same for the same seed. For the seed 0 it is always the last, which is the plainest choice.
    fn below(&mut self, count: usize) -> usize {
        if self.state == 0 {
            return count - 1;
        }
        self.state = mixed(self.state);
        usize::try_from(self.state % u64::try_from(count).expect("a count fits 64 bits"))
            .expect("less than the count")
    }

    fn arranged<'n>(&mut self, node: &Node, entries: &'n [(Node, Node)]) -> Vec<&'n (Node, Node)> {
        let mut entries: Vec<&(Node, Node)> = entries.iter().collect();
        if self.layout == Layout::Rearranged && matches!(node, Node::Map(_)) {
            for position in (1..entries.len()).rev() {
                let other = self.below(position + 1);
                entries.swap(position, other);
            }
        }
        entries
    }

    fn block_map(
        &mut self,
        entries: &[&(Node, Node)],
        indent: usize,
        with_comments: bool,
    ) -> String {
        let margin = " ".repeat(indent);
        let mut text = String::new();
        for (key, value) in entries {
            if with_comments && self.comments_here() {
                text = text + &margin + "# { of: the panel }\n";
            }
            let key = self.flow(key);
            text = text + &margin + &key + ":" + &self.block_value(value, indent);
        }
        text
    }

    /// Returns what follows the colon, with the end of the line.
    fn block_value(&mut self, value: &Node, indent: usize) -> String {
        let spread = indent == 0 || self.below(3 + indent) == 0;
        match value {
            Node::Map(entries) | Node::Ordered(entries) if spread && !entries.is_empty() => {
                let entries = self.arranged(value, entries);
                format!("\n{}", self.block_map(&entries, indent + 2, true))
            }
            Node::List(items) if spread && !items.is_empty() => {
                let items: String = items
                    .iter()
                    .map(|item| self.block_item(item, indent + 2))
                    .collect();
                format!("\n{items}")
            }
            other => {
                let text = self.flow(other);
                let comment = if self.comments_here() {
                    "   # as agreed: { not: data }"
                } else {
                    ""
                };
                format!(" {text}{comment}\n")
            }
        }
    }

    fn block_item(&mut self, item: &Node, indent: usize) -> String {
        let margin = " ".repeat(indent);
        match item {
            Node::Map(entries) if !entries.is_empty() && self.below(3) == 0 => {
                let entries = self.arranged(item, entries);
                let map = self.block_map(&entries, indent + 2, false);
                format!("{margin}- {}", map.trim_start())
            }
            other => format!("{margin}- {}\n", self.flow(other)),
        }
    }

    fn flow(&mut self, node: &Node) -> String {
        match node {
            Node::Plain(text) => text.clone(),
            Node::Text(text) => self.text(text),
            Node::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.flow(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Node::Map(entries) | Node::Ordered(entries) => {
                let entries = self.arranged(node, entries);
                let entries: Vec<String> = entries
                    .into_iter()
                    .map(|(key, value)| format!("{}: {}", self.flow(key), self.flow(value)))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }

    fn text(&mut self, text: &str) -> String {
        let plainly = if self.layout == Layout::Rearranged {
            2
        } else {
            8
        };
        match self.below(plainly + 2) {
            0 => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            choice if choice == 1 || !may_be_plain(text) => {
                format!("'{}'", text.replace('\'', "''"))
            }
            _ => text.to_owned(),
        }
    }

    fn comments_here(&mut self) -> bool {
        self.layout == Layout::Rearranged && self.below(4) == 0
    }
}

/// Returns whether every YAML reader takes the words for text.
fn may_be_plain(text: &str) -> bool {
    const OTHERWISE: [&str; 10] = [
        "true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan",
    ];
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "_-. ".contains(letter))
        && !text.ends_with(' ')
        && !OTHERWISE.contains(&text.to_ascii_lowercase().as_str())
}

/// Returns the step of the `SplitMix64` generator, which is also a good hash of one number.
pub fn mixed(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
