//! Any text as a document is refused or becomes operations that can be listed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use openapi_tools::{
    describe::{
        input_schema::{Detail, input_schema},
        output_schema::output_schema,
        outline::Outline,
        parts::Parts,
        signature::{Notation, signature},
        view::View,
    },
    load::{
        bundle::NoLibrary,
        foreign::{Origin, read},
        rules::Rules,
        source::{self, Overlay},
    },
};

fuzz_target!(|text: &str| {
    let _ = source::load(text, &[Overlay { name: "overlay", text }]);
    let origin = Origin { place: "document", library: &NoLibrary };
    let Ok(lowered) = read(text, origin, &[], &Rules::default()) else { return };
    let document = &lowered.document;
    for operation in document.operations {
        let view = View { document, operation, hidden_parameter: None };
        for detail in [Detail::Compact, Detail::Full] {
            input_schema(view, detail);
            output_schema(view, detail);
        }
        signature(view, 4000);
        Outline::of(&[view]).texts(20);
        Parts::of(view, true).text(&mut Notation::default(), 4000);
        assert!(operation.name.len() <= 64, "{}", operation.name);
    }
});
