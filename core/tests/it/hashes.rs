use pennon_core::{Algorithm, Bucketing, Unit, murmur3_x86_32, parse_date};

#[test]
fn murmur3_agrees_with_the_murmur3_crate() {
    let bytes: Vec<u8> = (0..=255).collect();
    for len in 0..bytes.len() {
        for seed in [0, 1, 42, 86_028_157, u32::MAX] {
            let expected = murmur3::murmur3_32(&mut &bytes[..len], seed).unwrap();
            assert_eq!(murmur3_x86_32(&bytes[..len], seed), expected);
        }
    }
}

fn hash(algorithm: Algorithm, text: &str) -> u128 {
    let bucketing = Bucketing {
        algorithm,
        prefix: b"",
        suffix: b"",
        seed: 0,
        space: 0,
    };
    bucketing.bucket(Unit::Text(text.as_bytes())).hash
}

/// RFC 1321 A.5, FIPS 180 examples, the check value of CRC-32.
#[test]
fn known_answers() {
    let long = "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
    assert_eq!(
        hash(Algorithm::FlagsmithMd5, "message digest"),
        0xf96b_697d_7cb7_938d_525a_2f31_aaf1_61d0
    );
    assert_eq!(
        hash(Algorithm::FlagsmithMd5, long),
        0x57ed_f4a2_2be3_c955_ac49_da2e_2107_b67a
    );
    assert_eq!(hash(Algorithm::PosthogSha1, "abc"), 0xa99_93e3_6470_6816);
    assert_eq!(
        hash(
            Algorithm::PosthogSha1,
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        ),
        0x849_83e4_41c3_bd26
    );
    assert_eq!(hash(Algorithm::StatsigSha256, "abc"), 0xba78_16bf_8f01_cfea);
    assert_eq!(
        hash(
            Algorithm::StatsigSha256,
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        ),
        0x248d_6a61_d206_38b8
    );
    assert_eq!(hash(Algorithm::FliptCrc32, "123456789"), 0xcbf4_3926);
    assert_eq!(hash(Algorithm::GrowthbookV1Utf8, "a"), 0xe40c_292c);
}

/// The worked numbers of `docs/bucketing.md`.
#[test]
fn worked_numbers() {
    let seed = |purpose| murmur3_x86_32(format!("new-checkout/{purpose}").as_bytes(), 0);
    assert_eq!(
        (seed("split"), seed("gate")),
        (2_804_050_706, 1_045_828_740)
    );
    for (unit, split, gate) in [
        ("user-1", 3_997_935_079, 2_525_433_547),
        ("user-42", 1_055_512_052, 1_364_527_774),
        ("bob", 1_023_682_638, 2_906_943_008),
        ("Zoë", 1_761_547_485, 2_638_890_917),
    ] {
        assert_eq!(murmur3_x86_32(unit.as_bytes(), seed("split")), split);
        assert_eq!(murmur3_x86_32(unit.as_bytes(), seed("gate")), gate);
    }
}

#[test]
fn names_and_codes_lead_back() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        assert_eq!(Algorithm::from_code(algorithm.code()), Some(algorithm));
    }
    assert_eq!(Algorithm::from_code(u32::MAX), None);
}

#[test]
fn dates() {
    let cases = [
        ("1970-01-01T00:00:00Z", Some(0)),
        ("1969-12-31T23:59:59.999Z", Some(-1)),
        ("2000-02-29T00:00:00Z", Some(951_782_400_000)),
        ("2025-11-25T09:00:00+02:30", Some(1_764_052_200_000)),
        ("2016-12-31T23:59:60Z", Some(1_483_228_800_000)),
        ("0000-01-01T00:00:00Z", Some(-62_167_219_200_000)),
        ("9999-12-31T23:59:59.9999Z", Some(253_402_300_799_999)),
        ("2025-11-25t09:00:00.1z", Some(1_764_061_200_100)),
        ("1900-02-29T00:00:00Z", None),
        ("2025-04-31T00:00:00Z", None),
        ("2025-13-01T00:00:00Z", None),
        ("2025-00-01T00:00:00Z", None),
        ("2025-01-01T24:00:00Z", None),
        ("2025-01-01T00:00:61Z", None),
        ("2025-01-01T00:00:00", None),
        ("2025-01-01T00:00:00.Z", None),
        ("2025-01-01T00:00:00+1:00", None),
        ("2025-01-01T00:00:00+24:00", None),
        ("2025-01-01T00:00:00Zx", None),
        ("2025-01-01 00:00:00Z", None),
        ("2025-01-01", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_date(text.as_bytes()), expected, "{text}");
    }
}
