//! What lowering must know about an API that its document does not say.

/// The rules of one API. The default takes any document as it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules<'a> {
    /// What the paths begin with before the part that tells their area, such as `/api/`: the area of `/api/user/{userId}`
    /// is then `user`. The area of other paths is their first segment.
    pub area_prefix: Option<&'a str>,
    /// The media type that the body of a PATCH is sent as where the document says `application/json`.
    pub patch_media_type: Option<&'a str>,
    /// How much of the document is somebody else's work.
    pub authorship: Authorship,
    /// What the names of a foreign document's tools begin with, so that they are no other source's.
    pub name_prefix: &'a str,
    /// Names that no tool of a foreign document has, in any case: they are taken.
    pub taken_names: &'a [&'a str],
}

/// Who wrote the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Authorship {
    /// We did, by overlays: whatever is not understood exactly is a fault, names and texts are used as they are.
    Ours,
    /// Somebody else: what can be mended is mended, names are made where they are missing, texts are shortened.
    #[default]
    Foreign,
}

impl Rules<'static> {
    /// FusionAuth's rules.
    ///
    /// FusionAuth appends to arrays when it merges an `application/json` PATCH. The standard merge (RFC 7396) replaces
    /// them, so that is what a PATCH is sent as.
    pub const FUSIONAUTH: Self = Self {
        area_prefix: Some("/api/"),
        patch_media_type: Some("application/merge-patch+json"),
        authorship: Authorship::Ours,
        name_prefix: "",
        taken_names: &[],
    };
}
