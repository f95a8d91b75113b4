//! Checks of string formats.

/// Whether `value` is a UUID in its usual form: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12 (RFC 9562).
pub fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether `value` has the form of a date, `YYYY-MM-DD` (RFC 3339, `full-date`); whether the day exists is not
/// checked.
pub fn is_date(value: &str) -> bool {
    value.len() == 10
        && value.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_ten_characters() {
        assert!(is_date("1999-12-31"));
        for wrong in ["", "31.12.1999", "1999-12-31T00:00:00Z", "99-12-31", "1999/12/31"] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_usual_form_only() {
        assert!(is_uuid("3C219E58-ed0e-4b18-ad48-f4f92793ae32"));
        for wrong in ["", "3c219e58ed0e4b18ad48f4f92793ae32", "3c219e58-ed0e-4b18-ad48-f4f92793ae3g", "{3c219e58}"] {
            assert!(!is_uuid(wrong), "{wrong}");
        }
    }
}
