use pennon_ruleset::{EnvelopeError, Header, key_id, open, seal};
use proptest::prelude::*;

fn sealed(environment: &str, plan: &[u8]) -> Vec<u8> {
    let header = Header {
        environment: environment.to_owned(),
        revision: 7,
        issued_ms: 1_764_028_800_000,
        expires_ms: 0,
        key_id: key_id(&[1; 32]),
    };
    seal(&header, plan, |signed| {
        [u8::try_from(signed.len() % 251).unwrap(); 64]
    })
    .unwrap()
}

#[test]
fn bytes_are_where_the_format_puts_them() {
    let bytes = sealed("env_a", b"plan");
    assert_eq!(&bytes[..10], b"PNV1\x05env_a");
    assert_eq!(bytes[10..18], 7_u64.to_le_bytes());
    assert_eq!(bytes[18..26], 1_764_028_800_000_u64.to_le_bytes());
    assert_eq!(bytes[26..34], [0; 8]);
    assert_eq!(bytes[66..74], key_id(&[1; 32]));
    assert_eq!(bytes[74..138], [74; 64]);
    assert_eq!(&bytes[138..], b"plan");
}

#[test]
fn an_environment_id_longer_than_its_length_byte_is_refused() {
    let header = Header {
        environment: "e".repeat(256),
        revision: 0,
        issued_ms: 0,
        expires_ms: 0,
        key_id: [0; 8],
    };
    assert_eq!(
        seal(&header, b"", |_| [0; 64]),
        Err(EnvelopeError::Environment)
    );
}

proptest! {
    #[test]
    fn opening_gives_back_what_was_sealed(environment in "[a-z_å]{0,40}", plan: Vec<u8>) {
        let bytes = sealed(&environment, &plan);
        let opened = open(&bytes).unwrap();
        prop_assert_eq!(&opened.header.environment, &environment);
        prop_assert_eq!(opened.header.revision, 7);
        prop_assert_eq!(opened.plan, &plan[..]);
        prop_assert_eq!(opened.signature, [u8::try_from(opened.signed.len() % 251).unwrap(); 64]);
    }

    #[test]
    fn a_cut_or_changed_envelope_is_refused_or_says_something_else(at in 0_usize..150, bit in 0_u8..8) {
        let bytes = sealed("env_a", b"plan with twelve bytes");
        prop_assert!(open(&bytes[..at]).is_err());
        let mut changed = bytes.clone();
        changed[at] ^= 1 << bit;
        if let Ok(opened) = open(&changed) {
            prop_assert!(opened != open(&bytes).unwrap());
        }
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = open(&bytes);
    }
}
