//! The part of JSON Schema that OpenAPI documents use, as values that can stand in a `static`.

/// A schema (OpenAPI 3.0.3, "Schema Object").
///
/// Built by the `const` functions, so that generated code reads like the document:
/// `Schema::object(&[Property::new("id", Schema::string().format("uuid"))])`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schema {
    /// What values it allows.
    pub kind: Kind,
    /// What it means.
    pub description: Option<&'static str>,
    /// Whether the value, and all within it, is a secret.
    pub secret: bool,
    /// Why no value can be made up for this secret, and what to do instead. `None` where a random value will do.
    pub never_generated: Option<&'static str>,
    /// Whether an object that is there cannot be without it: null would not remove it.
    pub not_null: bool,
    /// The longest string, in characters, where there is a limit.
    pub max_length: Option<usize>,
    /// Whether `null` is a value of its own. Where it is not, it means that the value is absent.
    pub nullable: bool,
    /// Whether the upstream sets it, so that no request has it (`readOnly`).
    pub read_only: bool,
    /// Whether only requests have it, and no answer (`writeOnly`).
    pub write_only: bool,
    /// What an object may have beside its named properties.
    pub rest: Rest,
    /// Keywords of JSON Schema that this model has no word for, as the text of a JSON object.
    pub constraints: Option<&'static str>,
    /// What people say when they want to set it. Tools are found by it; nobody reads it.
    pub wishes: &'static [&'static str],
}

/// What an object may have beside its named properties.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rest {
    /// The document is silent.
    Unstated,
    /// Nothing (`additionalProperties: false`).
    Nothing,
    /// Properties of this type.
    Of(&'static Schema),
}

/// What values a schema allows. `null` is allowed everywhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Any JSON value.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer {
        /// `int32` or `int64`.
        format: Option<&'static str>,
    },
    /// Any number.
    Number,
    /// A string.
    String {
        /// `uuid`, `date`, `uri`, …
        format: Option<&'static str>,
        /// The values allowed, or `None` for all.
        values: Option<&'static [&'static str]>,
    },
    /// A list.
    Array {
        /// What each item is.
        items: &'static Schema,
        /// Whether no value may stand twice.
        unique: bool,
    },
    /// An object with named properties. Others may be there as well.
    Object {
        /// The properties that the document names, the most important first.
        properties: &'static [Property],
    },
    /// An object with keys of the caller's choice.
    Map {
        /// What each value is.
        values: &'static Schema,
    },
    /// An object of one of several kinds, told apart by one of its properties.
    OneOf {
        /// The property that tells.
        discriminator: &'static str,
        /// The kinds.
        variants: &'static [Variant],
    },
    /// One of these values, not all of which are strings.
    Enum {
        /// The values as JSON texts.
        values: &'static [&'static str],
    },
    /// What one of several schemas allows.
    Union {
        /// The schemas.
        branches: &'static [Schema],
    },
    /// The document's schema of that name.
    Reference(&'static str),
}

/// A property of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Property {
    /// The key.
    pub name: &'static str,
    /// Whether an object without it is wrong.
    pub required: bool,
    /// How many people care for it.
    pub importance: Importance,
    /// What it holds.
    pub schema: Schema,
}

/// How many people care for a property: what is short shows the first ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Importance {
    /// What identifies an object, what it needs, and what is set often.
    First,
    /// Anything else.
    Ordinary,
    /// What hardly a call has.
    Rare,
}

/// One kind of a [`Kind::OneOf`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// The discriminator's value.
    pub value: &'static str,
    /// The document's schema of that kind.
    pub reference: &'static str,
}

impl Schema {
    const fn of(kind: Kind) -> Self {
        Self {
            kind,
            description: None,
            secret: false,
            never_generated: None,
            not_null: false,
            max_length: None,
            nullable: false,
            read_only: false,
            write_only: false,
            rest: Rest::Unstated,
            constraints: None,
            wishes: &[],
        }
    }

    /// Any JSON value.
    pub const fn any() -> Self {
        Self::of(Kind::Any)
    }

    /// `true` or `false`.
    pub const fn boolean() -> Self {
        Self::of(Kind::Boolean)
    }

    /// A whole number.
    pub const fn integer() -> Self {
        Self::of(Kind::Integer { format: None })
    }

    /// Any number.
    pub const fn number() -> Self {
        Self::of(Kind::Number)
    }

    /// A string.
    pub const fn string() -> Self {
        Self::of(Kind::String { format: None, values: None })
    }

    /// One of these strings.
    pub const fn one_string_of(values: &'static [&'static str]) -> Self {
        Self::of(Kind::String { format: None, values: Some(values) })
    }

    /// A list.
    pub const fn array(items: &'static Schema) -> Self {
        Self::of(Kind::Array { items, unique: false })
    }

    /// A list in which no value stands twice.
    pub const fn set(items: &'static Schema) -> Self {
        Self::of(Kind::Array { items, unique: true })
    }

    /// An object with these properties, and perhaps others.
    pub const fn object(properties: &'static [Property]) -> Self {
        Self::of(Kind::Object { properties })
    }

    /// An object with keys of the caller's choice.
    pub const fn map(values: &'static Schema) -> Self {
        Self::of(Kind::Map { values })
    }

    /// An object of one of several kinds.
    pub const fn one_of(discriminator: &'static str, variants: &'static [Variant]) -> Self {
        Self::of(Kind::OneOf { discriminator, variants })
    }

    /// One of these values, given as JSON texts.
    pub const fn one_value_of(values: &'static [&'static str]) -> Self {
        Self::of(Kind::Enum { values })
    }

    /// What one of these schemas allows.
    pub const fn union(branches: &'static [Self]) -> Self {
        Self::of(Kind::Union { branches })
    }

    /// The document's schema of that name.
    pub const fn reference(name: &'static str) -> Self {
        Self::of(Kind::Reference(name))
    }

    /// The same with a format; only integers and strings have one.
    pub const fn format(self, format: &'static str) -> Self {
        let kind = match self.kind {
            Kind::Integer { .. } => Kind::Integer { format: Some(format) },
            Kind::String { values, .. } => Kind::String { format: Some(format), values },
            kind => kind,
        };
        Self { kind, ..self }
    }

    /// The same, now secret.
    pub const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The same, a secret that cannot be made up. `advice` says why, and what to do instead.
    pub const fn never_generated(self, advice: &'static str) -> Self {
        Self { never_generated: Some(advice), ..self }
    }

    /// The same, now nothing that null could remove.
    pub const fn not_null(self) -> Self {
        Self { not_null: true, ..self }
    }

    /// The same with a longest string, in characters.
    pub const fn max_length(self, length: usize) -> Self {
        Self { max_length: Some(length), ..self }
    }

    /// The same, now with `null` as a value of its own.
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// The same, now set by the upstream alone.
    pub const fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }

    /// The same, now in requests alone.
    pub const fn write_only(self) -> Self {
        Self { write_only: true, ..self }
    }

    /// The same with nothing beside the named properties.
    pub const fn closed(self) -> Self {
        Self { rest: Rest::Nothing, ..self }
    }

    /// The same with properties of this type beside the named ones.
    pub const fn rest(self, rest: &'static Self) -> Self {
        Self { rest: Rest::Of(rest), ..self }
    }

    /// The same with more keywords of JSON Schema, as the text of a JSON object.
    pub const fn constraints(self, keywords: &'static str) -> Self {
        Self { constraints: Some(keywords), ..self }
    }

    /// The same, found by these phrases.
    pub const fn wishes(self, wishes: &'static [&'static str]) -> Self {
        Self { wishes, ..self }
    }

    /// The same with a description.
    pub const fn describe(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }
}

impl Property {
    /// A property that may be left out.
    pub const fn new(name: &'static str, schema: Schema) -> Self {
        Self { name, required: false, importance: Importance::Ordinary, schema }
    }

    /// The same, now one of the first.
    pub const fn first(self) -> Self {
        Self { importance: Importance::First, ..self }
    }

    /// The same, now one that hardly a call has.
    pub const fn rare(self) -> Self {
        Self { importance: Importance::Rare, ..self }
    }

    /// The same, now required.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

impl Variant {
    /// The kind that `value` stands for.
    pub const fn new(value: &'static str, reference: &'static str) -> Self {
        Self { value, reference }
    }
}
