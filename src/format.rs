//! Checks of string formats.

/// Whether `value` is a UUID in its usual form: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12 (RFC 9562).
pub fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_form_only() {
        assert!(is_uuid("3C219E58-ed0e-4b18-ad48-f4f92793ae32"));
        for wrong in ["", "3c219e58ed0e4b18ad48f4f92793ae32", "3c219e58-ed0e-4b18-ad48-f4f92793ae3g", "{3c219e58}"] {
            assert!(!is_uuid(wrong), "{wrong}");
        }
    }
}
