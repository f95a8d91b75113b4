//! How the values of parameters are written (OpenAPI 3.1, "Style Values"; RFC 6570).

use openapi_tools::model::operation::{Form, Parameter, Style};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::call::arguments::values::Values;

/// Everything but RFC 3986's unreserved characters, so that a value stays within its segment or query value.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What `allowReserved` leaves as it is. What would end the value, or the query, is encoded all the same.
const UNRESERVED: &AsciiSet = &RESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';');

/// Adds the value of a path parameter.
pub fn path(target: &mut String, parameter: &Parameter, values: &Values) {
    let style = parameter.style;
    let encode = |text: &str| encoded(text, style);
    let entries: Vec<_> = values.entries().map(|(key, text)| (encode(key), encode(text))).collect();
    let name = encode(parameter.wire_name);
    let pair_mark = if style.explode { '=' } else { ',' };
    let pairs = || entries.iter().map(|(key, text)| format!("{key}{pair_mark}{text}"));
    let texts = || values.iter().map(|text| encode(text));
    let pieces: Vec<String> = if entries.is_empty() { texts().collect() } else { pairs().collect() };
    match style.form {
        Form::Label => {
            let mark = if style.explode { "." } else { "," };
            target.push('.');
            target.push_str(&pieces.join(mark));
        }
        Form::Matrix if style.explode && !entries.is_empty() => {
            pairs().for_each(|pair| target.extend([";", &pair]));
        }
        Form::Matrix if style.explode => {
            pieces.iter().for_each(|piece| target.extend([";", &name, "=", piece]));
        }
        Form::Matrix => target.extend([";", &name, "=", &pieces.join(",")]),
        _ => target.push_str(&pieces.join(",")),
    }
}

/// The pairs of name and value that a query parameter, or a field of a form, becomes; neither is encoded, but for what
/// separates the items of one value.
pub fn pairs(name: &str, style: Style, values: &Values) -> Vec<(String, Piece)> {
    let has_entries = values.entries().next().is_some();
    let separator = match style.form {
        Form::SpaceDelimited => "%20",
        Form::TabDelimited => "%09",
        Form::PipeDelimited => "%7C",
        _ => ",",
    };
    let named = |name: String, text: &str| (name, Piece::Text(text.to_owned()));
    match style.form {
        Form::DeepObject if has_entries => {
            values.entries().map(|(path, text)| named(format!("{name}{path}"), text)).collect()
        }
        Form::DeepObject if values.is_list() => values.iter().map(|text| named(format!("{name}[]"), text)).collect(),
        Form::DeepObject | Form::Json => values.iter().map(|text| named(name.to_owned(), text)).collect(),
        _ if style.explode && has_entries => values.entries().map(|(key, text)| named(key.to_owned(), text)).collect(),
        _ if style.explode || !values.is_list() && !has_entries => {
            values.iter().map(|text| named(name.to_owned(), text)).collect()
        }
        _ => {
            let texts: Vec<String> = if has_entries {
                values.entries().flat_map(|(key, text)| [key, text]).map(|text| encoded(text, style)).collect()
            } else {
                values.iter().map(|text| encoded(text, style)).collect()
            };
            vec![(name.to_owned(), Piece::Encoded(texts.join(separator)))]
        }
    }
}

/// The value of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Text(String),
    /// Several items, percent-encoded, with what separates them.
    Encoded(String),
}

/// Adds pairs to a query.
pub fn query(query: &mut String, parameter: &Parameter, values: &Values) {
    for (name, piece) in pairs(parameter.wire_name, parameter.style, values) {
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(utf8_percent_encode(&name, RESERVED));
        query.push('=');
        match piece {
            Piece::Text(text) => query.push_str(&encoded(&text, parameter.style)),
            Piece::Encoded(text) => query.push_str(&text),
        }
    }
}

/// Adds the value of a parameter that is the whole query (OpenAPI 3.2, "Parameter Object": `in: querystring`): the entries
/// of an object as pairs, or a text as it is.
pub fn query_string(query: &mut String, parameter: &Parameter, values: &Values) {
    if values.entries().next().is_some() {
        return self::query(query, parameter, values);
    }
    for text in values.iter() {
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(utf8_percent_encode(text, QUERY));
    }
}

/// What stands in a query as it is: pairs stay pairs.
const QUERY: &AsciiSet = &UNRESERVED.remove(b'=').remove(b'&').remove(b'+').remove(b'%');

/// The value of a header: RFC 6570's simple expansion, not encoded.
pub fn header(parameter: &Parameter, values: &Values) -> String {
    let mark = if parameter.style.explode { '=' } else { ',' };
    let pairs: Vec<_> = values.entries().map(|(key, text)| format!("{key}{mark}{text}")).collect();
    if pairs.is_empty() { values.iter().cloned().collect::<Vec<_>>().join(",") } else { pairs.join(",") }
}

/// The cookies of a parameter, each `name=value`.
pub fn cookies(parameter: &Parameter, values: &Values) -> Vec<String> {
    let pairs = pairs(parameter.wire_name, parameter.style, values).into_iter();
    let pairs = pairs.map(|(name, piece)| match piece {
        Piece::Text(text) => format!("{name}={}", encoded(&text, parameter.style)),
        Piece::Encoded(text) => format!("{name}={text}"),
    });
    pairs.collect()
}

fn encoded(text: &str, style: Style) -> String {
    utf8_percent_encode(text, if style.allows_reserved { UNRESERVED } else { RESERVED }).to_string()
}

#[cfg(test)]
mod tests {
    use openapi_tools::model::{operation::Location, schema::Schema};
    use serde_json::{Value, json};

    use super::*;

    fn parameter(location: Location, form: Form, explode: bool) -> Parameter {
        Parameter {
            name: "color",
            former_name: None,
            wire_name: "color",
            location,
            prefix: None,
            required: false,
            description: None,
            is_common: false,
            style: Style { form, explode, allows_reserved: false },
            schema: Schema::any(),
        }
    }

    /// The table of OpenAPI 3.1, "Style Examples".
    #[test]
    fn styles_are_written_as_openapi_shows_them() {
        let (string, array, object) =
            (json!("blue"), json!(["blue", "black", "brown"]), json!({ "A": 100, "B": 200, "C": 150 }));
        let cases: [(Location, Form, bool, &Value, &str); 24] = [
            (Location::Path, Form::Matrix, false, &string, ";color=blue"),
            (Location::Path, Form::Matrix, false, &array, ";color=blue,black,brown"),
            (Location::Path, Form::Matrix, false, &object, ";color=A,100,B,200,C,150"),
            (Location::Path, Form::Matrix, true, &array, ";color=blue;color=black;color=brown"),
            (Location::Path, Form::Matrix, true, &object, ";A=100;B=200;C=150"),
            (Location::Path, Form::Label, false, &string, ".blue"),
            (Location::Path, Form::Label, false, &array, ".blue,black,brown"),
            (Location::Path, Form::Label, false, &object, ".A,100,B,200,C,150"),
            (Location::Path, Form::Label, true, &array, ".blue.black.brown"),
            (Location::Path, Form::Label, true, &object, ".A=100.B=200.C=150"),
            (Location::Path, Form::Simple, false, &array, "blue,black,brown"),
            (Location::Path, Form::Simple, false, &object, "A,100,B,200,C,150"),
            (Location::Path, Form::Simple, true, &object, "A=100,B=200,C=150"),
            (Location::Query, Form::Form, false, &string, "color=blue"),
            (Location::Query, Form::Form, false, &array, "color=blue,black,brown"),
            (Location::Query, Form::Form, false, &object, "color=A,100,B,200,C,150"),
            (Location::Query, Form::Form, true, &array, "color=blue&color=black&color=brown"),
            (Location::Query, Form::Form, true, &object, "A=100&B=200&C=150"),
            (Location::Query, Form::SpaceDelimited, false, &array, "color=blue%20black%20brown"),
            (Location::Query, Form::SpaceDelimited, false, &object, "color=A%20100%20B%20200%20C%20150"),
            (Location::Query, Form::PipeDelimited, false, &array, "color=blue%7Cblack%7Cbrown"),
            (Location::Query, Form::TabDelimited, false, &array, "color=blue%09black%09brown"),
            (Location::Query, Form::DeepObject, true, &object, "color%5BA%5D=100&color%5BB%5D=200&color%5BC%5D=150"),
            (Location::Query, Form::Json, true, &object, "color=%7B%22A%22%3A100%2C%22B%22%3A200%2C%22C%22%3A150%7D"),
        ];
        for (location, form, explode, value, expected) in cases {
            let parameter = parameter(location, form, explode);
            let values = Values::of(&parameter, value.clone());
            let mut written = String::new();
            match location {
                Location::Path => path(&mut written, &parameter, &values),
                _ => query(&mut written, &parameter, &values),
            }
            assert_eq!(written, expected, "{form:?} {explode} {value}");
        }
    }

    #[test]
    fn headers_and_cookies_hold_lists_and_objects() {
        let header_parameter = parameter(Location::Header, Form::Simple, false);
        let object = json!({ "A": 1, "B": "x y" });
        assert_eq!(header(&header_parameter, &Values::of(&header_parameter, json!(["a", "b"]))), "a,b");
        assert_eq!(header(&header_parameter, &Values::of(&header_parameter, object.clone())), "A,1,B,x y");
        let cookie = parameter(Location::Cookie, Form::Form, true);
        assert_eq!(cookies(&cookie, &Values::of(&cookie, json!("a b;c"))), ["color=a%20b%3Bc"]);
        assert_eq!(cookies(&cookie, &Values::of(&cookie, object)), ["A=1", "B=x%20y"]);
    }

    #[test]
    fn a_deep_object_has_any_depth() {
        let parameter = parameter(Location::Query, Form::DeepObject, true);
        let mut written = String::new();
        query(&mut written, &parameter, &Values::of(&parameter, json!({ "a": { "b": [1, 2] }, "c": true })));
        let decoded = percent_encoding::percent_decode_str(&written).decode_utf8_lossy().into_owned();
        assert_eq!(decoded, "color[a][b][]=1&color[a][b][]=2&color[c]=true");
        let mut written = String::new();
        query(&mut written, &parameter, &Values::of(&parameter, json!(["x", "y"])));
        assert_eq!(written, "color%5B%5D=x&color%5B%5D=y");
    }

    #[test]
    fn reserved_characters_stay_where_they_may() {
        let mut parameter = parameter(Location::Query, Form::Form, true);
        parameter.style.allows_reserved = true;
        let mut written = String::new();
        query(&mut written, &parameter, &Values::of(&parameter, json!("a/b?c=d&e#f g+%")));
        assert_eq!(written, "color=a/b?c%3Dd%26e%23f%20g%2B%25");
    }
}
