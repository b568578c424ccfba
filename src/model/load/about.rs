//! Loads what a file says beside its rules, from a tree that was checked against the language.

use crate::date::{Date, Duration};
use crate::format::tree::{Key, Kind, Node};
use crate::model::about::{
    About, Accepted, Effective, Example, Expected, MatrixStatus, Review, Source, Towards,
};
use crate::model::load::one_paragraph;
use crate::profile::Value;

impl About {
    pub(crate) fn of(root: &Node) -> Self {
        let scalar = |key: &str| {
            root.get(key)
                .and_then(Node::text)
                .unwrap_or_default()
                .to_owned()
        };
        let items = |key: &str| root.get(key).map(Node::items).unwrap_or_default().iter();
        Self {
            id: scalar("id"),
            // Both were checked with the language.
            version: semver::Version::parse(&scalar("version"))
                .unwrap_or_else(|_| semver::Version::new(0, 0, 0)),
            version_text: scalar("version"),
            title: scalar("title"),
            description: root.get("about").and_then(Node::text).map(str::to_owned),
            status: match scalar("status").as_str() {
                "sourced" => MatrixStatus::Sourced,
                "illustrative" => MatrixStatus::Illustrative,
                _ => MatrixStatus::Local,
            },
            effective: effective(root),
            sources: sources(root),
            notice: items("notice")
                .filter_map(Node::text)
                .map(one_paragraph)
                .collect(),
            review: review(root),
            accepted: items("accept").map(accepted).collect(),
            examples: items("examples").map(example).collect(),
        }
    }
}

fn effective(root: &Node) -> Option<Effective> {
    let effective = root.get("effective")?;
    let date = |key| {
        effective
            .get(key)
            .and_then(Node::text)
            .and_then(|text| text.parse::<Date>().ok())
    };
    Some(Effective {
        from: date("from"),
        until: date("until"),
    })
}

fn review(root: &Node) -> Review {
    let text = |key| {
        root.get("review")
            .and_then(|review| review.get(key))
            .and_then(Node::text)
    };
    Review {
        within: text("within").and_then(Duration::parse),
        only: match text("direction") {
            Some("up") => Some(Towards::Up),
            Some("down") => Some(Towards::Down),
            _ => None,
        },
    }
}

fn sources(root: &Node) -> Vec<Source> {
    let entries = root.get("sources").map(Node::entries).unwrap_or_default();
    let source = |(key, node): &(Key, Node)| {
        let text = |key| node.get(key).and_then(Node::text).map(str::to_owned);
        Source {
            name: key.text.clone(),
            title: text("title").unwrap_or_default(),
            publisher: text("publisher"),
            url: text("url"),
            date: text("date"),
            licence: text("licence"),
            note: text("note"),
        }
    };
    entries.iter().map(source).collect()
}

fn accepted(node: &Node) -> Accepted {
    let text = |key: &str| {
        let written = node.get(key).and_then(Node::text);
        written.unwrap_or_default().to_owned()
    };
    Accepted {
        finding: text("finding"),
        of: text("of"),
        reason: text("reason"),
        place: node.place,
    }
}

fn example(node: &Node) -> Example {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let entries = |key: &str| node.get(key).map(Node::entries).unwrap_or_default().iter();
    Example {
        title: text("title").unwrap_or_default().to_owned(),
        as_at: text("as_at").and_then(|date| date.parse().ok()),
        profile: entries("profile")
            .map(|(key, node)| (key.text.as_str(), value(node)))
            .collect(),
        expected: entries("expect")
            .map(|(key, node)| (key.text.clone(), expected(node)))
            .collect(),
        place: node.place,
    }
}

fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar { text, plain: true } if ["", "null", "~"].contains(&text.as_str()) => {
            Value::Missing
        }
        Kind::Scalar { text, .. } => Value::Text(text.clone()),
        _ if node
            .items()
            .iter()
            .any(|item| matches!(item.kind, Kind::Map(_))) =>
        {
            let event = |item: &Node| {
                let fields = item.entries().iter();
                fields
                    .map(|(key, node)| (key.text.as_str(), value(node)))
                    .collect()
            };
            Value::Events(node.items().iter().map(event).collect())
        }
        _ => Value::Members(texts(node)),
    }
}

fn expected(node: &Node) -> Expected {
    match node.text() {
        Some(text) => Expected::One(text.to_owned()),
        None => Expected::List(texts(node)),
    }
}

fn texts(list: &Node) -> Vec<String> {
    let texts = list.items().iter().filter_map(Node::text);
    texts.map(str::to_owned).collect()
}
