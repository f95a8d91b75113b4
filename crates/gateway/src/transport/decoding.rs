//! Bodies as they were before the upstream compressed them (RFC 9110, section 8.4).
//!
//! The memory is bounded: by the limit after each coding, and by what a coding itself remembers (8 MiB for Zstandard,
//! RFC 9659; 16 MiB for Brotli, RFC 7932; less for the others).

use std::io::{self, Cursor, Read};

use brotli_decompressor::{BrotliDecoderParameter, Decompressor};
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::{
    StreamingDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};

/// The codings that are understood, as `Accept-Encoding` has them.
pub const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// The codings of one body that are undone, one after the other. Nobody compresses twice but to make work.
const MAX_CODINGS: usize = 2;

/// The largest window of a Zstandard frame in bytes (RFC 9659).
const MAX_ZSTD_WINDOW: u64 = 8 << 20;

/// Why a body cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodingFault {
    /// Codings that were not asked for.
    #[error("its content encoding `{0}` was not requested (only {ACCEPTED})")]
    Unknown(String),
    /// It is not what its coding says.
    #[error("its content encoding is {coding}, but it is not {coding} ({cause})")]
    Broken {
        /// The coding.
        coding: &'static str,
        /// What the decoder reports.
        cause: String,
    },
    /// It is larger than the limit.
    #[error("it is too large")]
    TooLarge,
}

/// A way to compress a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    /// The coding of that name; case does not matter, and `x-gzip` is `gzip` (RFC 9110, section 8.4.1).
    fn named(name: &str) -> Option<Self> {
        let names = [
            ("gzip", Self::Gzip),
            ("x-gzip", Self::Gzip),
            ("deflate", Self::Deflate),
            ("br", Self::Brotli),
            ("zstd", Self::Zstd),
        ];
        names.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, coding)| coding)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// The body before it was encoded as `Content-Encoding` says. No body is none, however it is encoded.
///
/// # Errors
/// It is something else, or is longer than `limit` bytes after any of its codings.
pub fn decode(encoding: &str, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, DecodingFault> {
    let names = encoding.split(',').map(str::trim);
    let names: Vec<_> = names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity")).collect();
    let codings: Option<Vec<_>> = names.iter().map(|name| Coding::named(name)).collect();
    let codings = codings.filter(|codings| codings.len() <= MAX_CODINGS);
    let Some(codings) = codings else { return Err(DecodingFault::Unknown(encoding.to_owned())) };
    // They are listed in the order in which they were applied.
    codings.into_iter().rev().try_fold(body, |body, coding| undo(coding, &body, limit))
}

/// Whether a body with that `Content-Encoding` is as it was.
pub fn is_plain(encoding: &str) -> bool {
    encoding.split(',').map(str::trim).all(|name| name.is_empty() || name.eq_ignore_ascii_case("identity"))
}

fn undo(coding: Coding, body: &[u8], limit: usize) -> Result<Vec<u8>, DecodingFault> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let decoded = match coding {
        Coding::Gzip => read(MultiGzDecoder::new(body), limit),
        // RFC 9110 means zlib's format. Some servers send what is in it alone.
        Coding::Deflate if is_zlib(body) => read(ZlibDecoder::new(body), limit),
        Coding::Deflate => read(DeflateDecoder::new(body), limit),
        Coding::Brotli => {
            let mut decoder = Decompressor::new(body, BUFFER_BYTES);
            // Windows of up to 1 GiB are an extension, which `br` does not mean.
            decoder.set_parameter(BrotliDecoderParameter::BROTLI_DECODER_PARAM_LARGE_WINDOW, 0);
            read(decoder, limit)
        }
        Coding::Zstd => zstd(body, limit),
    };
    decoded.map_err(|fault| match fault {
        Fault::TooLarge => DecodingFault::TooLarge,
        Fault::Broken(cause) => DecodingFault::Broken { coding: coding.name(), cause },
    })
}

/// The input that the Brotli decoder reads at a time.
const BUFFER_BYTES: usize = 16 << 10;

/// Whether it begins as zlib's format does (RFC 1950, section 2.2).
fn is_zlib(body: &[u8]) -> bool {
    let [method, flags, ..] = body else { return false };
    method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
}

/// Why one coding cannot be undone.
enum Fault {
    TooLarge,
    Broken(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

fn read(decoder: impl Read, limit: usize) -> Result<Vec<u8>, Fault> {
    let mut decoded = Vec::new();
    read_more(decoder, &mut decoded, limit)?;
    Ok(decoded)
}

fn read_more(decoder: impl Read, decoded: &mut Vec<u8>, limit: usize) -> Result<(), Fault> {
    let room = limit.saturating_sub(decoded.len()).saturating_add(1);
    decoder.take(u64::try_from(room).unwrap_or(u64::MAX)).read_to_end(decoded)?;
    if decoded.len() > limit { Err(Fault::TooLarge) } else { Ok(()) }
}

/// All frames of a Zstandard body (RFC 8878, section 3).
fn zstd(body: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    let mut rest = Cursor::new(body);
    let mut decoded = Vec::new();
    while usize::try_from(rest.position()).is_ok_and(|position| position < body.len()) {
        match StreamingDecoder::new_with_max_window_size(&mut rest, MAX_ZSTD_WINDOW) {
            Ok(decoder) => read_more(decoder, &mut decoded, limit)?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                rest.set_position(rest.position().saturating_add(length.into()));
            }
            Err(error) => return Err(Fault::Broken(error.to_string())),
        }
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use flate2::{
        Compression,
        bufread::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::{prelude::*, proptest};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    const LIMIT: usize = 1 << 20;

    fn all_of(mut encoder: impl Read) -> Vec<u8> {
        let mut encoded = Vec::new();
        encoder.read_to_end(&mut encoded).unwrap();
        encoded
    }

    fn gzip(data: &[u8]) -> Vec<u8> {
        all_of(GzEncoder::new(data, Compression::best()))
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        all_of(ZlibEncoder::new(data, Compression::best()))
    }

    fn deflate(data: &[u8]) -> Vec<u8> {
        all_of(DeflateEncoder::new(data, Compression::best()))
    }

    fn zstd(data: &[u8]) -> Vec<u8> {
        compress_to_vec(data, CompressionLevel::Fastest)
    }

    fn brotli(data: &[u8]) -> Vec<u8> {
        let mut encoded = Vec::new();
        brotli::BrotliCompress(&mut &data[..], &mut encoded, &brotli::enc::BrotliEncoderParams::default()).unwrap();
        encoded
    }

    fn all(data: &[u8]) -> [(&'static str, Vec<u8>); 5] {
        [
            ("gzip", gzip(data)),
            ("deflate", zlib(data)),
            ("deflate", deflate(data)),
            ("br", brotli(data)),
            ("zstd", zstd(data)),
        ]
    }

    #[test]
    fn a_bomb_ends_at_the_limit() {
        let zeros = vec![0; 16 << 20];
        for (encoding, body) in all(&zeros) {
            assert!(body.len() < LIMIT / 8, "{encoding}: {}", body.len());
            assert_eq!(decode(encoding, body.clone(), LIMIT), Err(DecodingFault::TooLarge), "{encoding}");
            assert_eq!(decode(&format!("gzip, {encoding}"), body, LIMIT), Err(DecodingFault::TooLarge), "{encoding}");
        }
        // Much that comes to nothing.
        let nothing = gzip(&gzip(b"").repeat(1 << 17));
        assert_eq!(decode("gzip, gzip", nothing, LIMIT), Err(DecodingFault::TooLarge));
    }

    #[test]
    fn exactly_the_limit_is_not_too_large() {
        for (encoding, body) in all(&vec![7; LIMIT]) {
            assert_eq!(decode(encoding, body.clone(), LIMIT).map(|decoded| decoded.len()), Ok(LIMIT), "{encoding}");
            assert_eq!(decode(encoding, body, LIMIT - 1), Err(DecodingFault::TooLarge), "{encoding}");
        }
    }

    #[test]
    fn bodies_may_have_several_parts() {
        assert_eq!(decode("gzip", [gzip(b"a"), gzip(b"b")].concat(), LIMIT).unwrap(), b"ab");
        let skippable = [&0x184d_2a50_u32.to_le_bytes()[..], &3_u32.to_le_bytes(), b"xyz"].concat();
        let frames = [zstd(b"a"), skippable, zstd(b"b")].concat();
        assert_eq!(decode("zstd", frames, LIMIT).unwrap(), b"ab");
        let endless = [&0x184d_2a50_u32.to_le_bytes()[..], &u32::MAX.to_le_bytes()].concat();
        assert_eq!(decode("zstd", endless, LIMIT).unwrap(), b"");
    }

    /// Frames that want 1 GiB of memory.
    #[test]
    fn a_window_may_not_be_large() {
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x01, 0x00, 0x00];
        let fault = decode("zstd", frame.to_vec(), LIMIT).unwrap_err();
        assert!(matches!(&fault, DecodingFault::Broken { cause, .. } if cause.contains("window")), "{fault:?}");
        let parameters = brotli::enc::BrotliEncoderParams {
            large_window: true,
            lgwin: 30,
            ..brotli::enc::BrotliEncoderParams::default()
        };
        let mut stream = Vec::new();
        brotli::BrotliCompress(&mut &b"a"[..], &mut stream, &parameters).unwrap();
        let fault = decode("br", stream, LIMIT).unwrap_err();
        assert!(matches!(fault, DecodingFault::Broken { .. }), "{fault:?}");
    }

    #[test]
    fn names_are_those_of_the_standard() {
        for encoding in ["GZIP", "x-gzip", " gzip ", "identity, gzip", ",gzip,"] {
            assert_eq!(decode(encoding, gzip(b"a"), LIMIT).unwrap(), b"a", "{encoding}");
        }
        assert_eq!(decode("deflate, gzip", gzip(&zlib(b"a")), LIMIT).unwrap(), b"a");
        for encoding in ["compress", "gzip, compress", "gzip, gzip, gzip", "\u{fffd}", "*"] {
            assert_eq!(decode(encoding, gzip(b"a"), LIMIT), Err(DecodingFault::Unknown(encoding.to_owned())));
        }
        for encoding in ["", "identity", "Identity, "] {
            assert!(is_plain(encoding), "{encoding}");
        }
    }

    #[test]
    fn half_a_body_is_broken() {
        let data: Vec<u8> =
            (0..4_000_u32).flat_map(|number| (number.wrapping_mul(number) ^ number).to_le_bytes()).collect();
        for (encoding, body) in all(&data) {
            let half = body[..body.len() / 2].to_vec();
            let fault = decode(encoding, half, LIMIT).unwrap_err();
            assert!(matches!(fault, DecodingFault::Broken { .. }), "{encoding}: {fault:?}");
            assert_eq!(decode(encoding, Vec::new(), LIMIT).unwrap(), b"", "{encoding}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_comes_back(data in prop::collection::vec(any::<u8>(), 0..5_000)) {
            for (encoding, body) in all(&data) {
                prop_assert_eq!(decode(encoding, body, LIMIT).unwrap(), data.clone());
            }
        }

        #[test]
        fn anything_ends(body in prop::collection::vec(any::<u8>(), 0..500), encoding in "gzip|deflate|br|zstd") {
            let _ = decode(&encoding, body, LIMIT);
        }
    }
}
