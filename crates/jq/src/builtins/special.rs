//! Functions whose arguments are filters that they run themselves.

/// A function that takes filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Special {
    Empty,
    Select,
    Path,
    Paths,
    GetPath,
    Pick,
    Delete,
    Recurse,
    Range,
    RangeFrom,
    RangeStep,
    Limit,
    First,
    Last,
    IsEmpty,
    Any,
    All,
    AddOf,
    SortBy,
    GroupBy,
    UniqueBy,
    MinBy,
    MaxBy,
    Walk,
    Substitute,
    SubstituteAll,
    FromStream,
    Debug,
    Halt,
}

const ALL: [(&str, usize, Special); 37] = {
    use Special as S;
    [
        ("empty", 0, S::Empty),
        ("select", 1, S::Select),
        ("path", 1, S::Path),
        ("paths", 0, S::Paths),
        ("getpath", 1, S::GetPath),
        ("pick", 1, S::Pick),
        ("del", 1, S::Delete),
        ("recurse", 1, S::Recurse),
        ("range", 1, S::Range),
        ("range", 2, S::RangeFrom),
        ("range", 3, S::RangeStep),
        ("limit", 2, S::Limit),
        ("first", 1, S::First),
        ("last", 1, S::Last),
        ("isempty", 1, S::IsEmpty),
        ("any", 0, S::Any),
        ("any", 1, S::Any),
        ("any", 2, S::Any),
        ("all", 0, S::All),
        ("all", 1, S::All),
        ("all", 2, S::All),
        ("add", 1, S::AddOf),
        ("sort_by", 1, S::SortBy),
        ("group_by", 1, S::GroupBy),
        ("unique_by", 1, S::UniqueBy),
        ("min_by", 1, S::MinBy),
        ("max_by", 1, S::MaxBy),
        ("walk", 1, S::Walk),
        ("sub", 2, S::Substitute),
        ("sub", 3, S::Substitute),
        ("gsub", 2, S::SubstituteAll),
        ("gsub", 3, S::SubstituteAll),
        ("fromstream", 1, S::FromStream),
        ("debug", 0, S::Debug),
        ("debug", 1, S::Debug),
        ("stderr", 0, S::Debug),
        ("halt", 0, S::Halt),
    ]
};

impl Special {
    /// The function of that name with that many arguments.
    pub fn of(name: &str, arguments: usize) -> Option<Self> {
        ALL.iter().find(|(known, count, _)| *known == name && *count == arguments).map(|(_, _, special)| *special)
    }

    /// All names, with the number of arguments.
    pub fn names() -> impl Iterator<Item = (&'static str, usize)> {
        ALL.iter().map(|(name, count, _)| (*name, *count))
    }

    /// Whether it always has exactly one output or an error.
    pub fn is_single(self) -> bool {
        matches!(
            self,
            Self::IsEmpty
                | Self::Any
                | Self::All
                | Self::AddOf
                | Self::SortBy
                | Self::GroupBy
                | Self::UniqueBy
                | Self::MinBy
                | Self::MaxBy
                | Self::Pick
                | Self::Delete
        )
    }
}
