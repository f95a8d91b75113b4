//! How many objects an answer has.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// What an answer itself has, in words: an empty list and a filter that matches nothing are told apart by it.
pub fn described(json: &str) -> String {
    let number = |count: usize| if count == 1 { "1 object".to_owned() } else { format!("{count} objects") };
    match serde_json::from_str::<Top>(json) {
        Ok(Top::List(count)) => format!("the answer itself has {}", number(count)),
        Ok(Top::Object(parts)) => {
            let lists: Vec<_> = parts.iter().filter_map(|(name, part)| Some((name, part.list?))).collect();
            let objects: Vec<_> =
                parts.iter().filter(|(_, part)| part.is_object).map(|(name, _)| format!("`{name}`")).collect();
            match (lists.is_empty(), objects.is_empty()) {
                (false, _) => {
                    let lists: Vec<_> =
                        lists.iter().map(|(name, count)| format!("{} in `{name}`", number(*count))).collect();
                    format!("the answer itself has {}", lists.join(", "))
                }
                (true, false) => format!("the answer itself has {}: {}", number(objects.len()), objects.join(", ")),
                (true, true) => "the answer itself has no objects".to_owned(),
            }
        }
        Ok(Top::Other) | Err(_) => "the answer itself has no objects".to_owned(),
    }
}

enum Top {
    List(usize),
    Object(Vec<(String, Part)>),
    Other,
}

/// What stands under a key.
struct Part {
    /// How many values, where it is a list.
    list: Option<usize>,
    is_object: bool,
}

macro_rules! scalars {
    ($value:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}

fn count<'de, A: SeqAccess<'de>>(mut items: A) -> Result<usize, A::Error> {
    let mut count = 0;
    while items.next_element::<IgnoredAny>()?.is_some() {
        count += 1;
    }
    Ok(count)
}

impl<'de> Deserialize<'de> for Top {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Top;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Top, A::Error> {
                count(items).map(Top::List)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Top, A::Error> {
                let mut parts = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    parts.push(entry);
                }
                Ok(Top::Object(parts))
            }
            scalars!(Top::Other);
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Part;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Part, A::Error> {
                Ok(Part { list: Some(count(items)?), is_object: false })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Part, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Part { list: None, is_object: true })
            }
            scalars!(Part { list: None, is_object: false });
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn lists_objects_and_nothing_are_told_apart() {
        for (json, expected) in [
            (r#"{"total":7,"users":[{"a":[1]},{}]}"#, "2 objects in `users`"),
            (r#"{"users":[],"total":0}"#, "0 objects in `users`"),
            (r#"{"a":[1],"b":[{}],"c":{}}"#, "1 object in `a`, 1 object in `b`"),
            (r#"{"user":{"id":"\ud83d"}}"#, "1 object: `user`"),
            ("[{},{},{}]", "3 objects"),
            ("{}", "no objects"),
            ("7", "no objects"),
        ] {
            assert_eq!(described(json), format!("the answer itself has {expected}"), "{json}");
        }
    }
}
