use std::path::PathBuf;

use pennon_core::{Algorithm, Bucket, Bucketing, Cbor, Unit, murmur3_x86_32};
use serde_json::Value;

/// `PENNON_VECTORS`, else `../shared/vectors` beside the repository.
fn folder() -> PathBuf {
    std::env::var_os("PENNON_VECTORS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"),
        PathBuf::from,
    )
}

#[test]
fn every_row_of_every_file() {
    let folder = folder().join("bucketing");
    let Ok(files) = std::fs::read_dir(&folder) else {
        assert!(
            std::env::var_os("PENNON_VECTORS").is_none(),
            "no vectors in {}",
            folder.display()
        );
        println!(
            "BUCKETING VECTORS NOT FOUND in {}: nothing was compared",
            folder.display()
        );
        return;
    };
    let mut rows = 0;
    for file in files.map(|file| file.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let suite: Value = serde_json::from_str(&text).unwrap();
        let algorithm = suite["algorithm"].as_str().unwrap();
        for row in suite["rows"].as_array().unwrap() {
            check(algorithm, row);
            rows += 1;
        }
    }
    println!("bucketing: {rows} rows agree");
    assert!(rows > 0);
}

fn check(algorithm: &str, row: &Value) {
    for (field, expected, actual) in compared(algorithm, row) {
        let expected = match expected {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let agrees = expected == actual
            || expected.parse::<f64>().is_ok_and(|expected| {
                actual.parse::<f64>().unwrap().to_bits() == expected.to_bits()
            });
        assert!(agrees, "{algorithm} {field}: {actual} in {row}");
    }
}

/// Fields of the row, as they are and as we compute them.
fn compared<'r>(algorithm: &str, row: &'r Value) -> Vec<(&'static str, &'r Value, String)> {
    let with = |prefix: &str, unit: &str, suffix: &str, space: u64| {
        bucket(
            algorithm,
            row,
            prefix,
            Unit::Text(unit.as_bytes()),
            suffix,
            space,
        )
    };
    let text = |field: &str| match &row[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let both = |bucket: Bucket| {
        vec![
            ("hash", &row["hash"], bucket.hash.to_string()),
            ("bucket", &row["bucket"], bucket.position.to_string()),
        ]
    };
    match algorithm {
        "murmur3_32" => {
            let seed = u32::try_from(row["seed"].as_u64().unwrap()).unwrap();
            let bytes = row["input"].as_str().map_or_else(
                || hex(row["bytes_hex"].as_str().unwrap()),
                |input| input.as_bytes().to_vec(),
            );
            vec![(
                "hash",
                &row["hash"],
                murmur3_x86_32(&bytes, seed).to_string(),
            )]
        }
        "unleash_rollout" | "unleash_variant" => {
            let prefix = format!("{}:", text("groupId"));
            let space = row["totalWeight"].as_u64().unwrap_or_default();
            both(with(&prefix, &text("stickinessValue"), "", space))
        }
        "unleash_rollout_non_ascii" => {
            let prefix = format!("{}:", text("groupId"));
            let unit = text("stickinessValue");
            let utf8 = bucket(
                "unleash_rollout",
                row,
                &prefix,
                Unit::Text(unit.as_bytes()),
                "",
                0,
            );
            let low = with(&prefix, &unit, "", 0);
            vec![
                ("utf8", &row["bucket_utf8"], utf8.position.to_string()),
                (
                    "low byte",
                    &row["bucket_utf16_low_byte"],
                    low.position.to_string(),
                ),
            ]
        }
        "flagd_fractional_v1" | "flagd_fractional_v2" | "flagd_fractional_v3" => {
            flagd(algorithm, row)
        }
        "featurevisor" => both(with("", &text("bucketKey"), "", 0)),
        "optimizely" => both(with("", &text("bucketingId"), &text("parentId"), 0)),
        "devcycle" => {
            let unit = text("bucketingValue");
            let bucket = with(&text("targetId"), &unit, "", 0);
            let rollout = with(&text("targetId"), &unit, "_rollout", 0);
            vec![
                ("bucketHash", &row["bucketHash"], bucket.hash.to_string()),
                ("bucket", &row["bucket"], bucket.position.to_string()),
                ("rolloutHash", &row["rolloutHash"], rollout.hash.to_string()),
                ("rollout", &row["rollout"], rollout.position.to_string()),
            ]
        }
        "growthbook_v1" | "growthbook_v2" => growthbook(algorithm, row),
        "growthbook_namespace" => {
            let suffix = format!("__{}", text("namespace"));
            both(with("", &text("value"), &suffix, 0))
        }
        "posthog_sha1_15" => {
            let prefix = format!("{}.", text("flagKey"));
            let variant = with(&prefix, &text("bucketingValue"), "variant", 0);
            let mut fields = both(with(&prefix, &text("bucketingValue"), "", 0));
            fields.push(("variantHash", &row["variantHash"], variant.hash.to_string()));
            fields.push((
                "variantBucket",
                &row["variantBucket"],
                variant.position.to_string(),
            ));
            fields
        }
        "launchdarkly_sha1_15" => {
            let prefix = if row["seed"].is_null() {
                format!("{}.{}.", text("key"), text("salt"))
            } else {
                format!("{}.", text("seed"))
            };
            both(with(&prefix, &text("value"), "", 0))
        }
        "configcat_sha1_7" => both(with(&text("settingKey"), &text("userAttribute"), "", 0)),
        "eppo_md5_shard" => {
            let space = row["totalShards"].as_u64().unwrap();
            both(with(
                &format!("{}-", text("salt")),
                &text("subject"),
                "",
                space,
            ))
        }
        "flagsmith_md5" => both(with(
            &format!("{},", text("objectId")),
            &text("identityKey"),
            "",
            0,
        )),
        "statsig_sha256" => {
            let prefix = format!("{}.{}.", text("specSalt"), text("ruleSalt"));
            let pass = with(&prefix, &text("unitId"), "", 10_000);
            let user = with(
                &format!("{}.", text("specSalt")),
                &text("unitId"),
                "",
                1_000,
            );
            vec![
                ("passHash", &row["passHash"], pass.hash.to_string()),
                ("passBucket", &row["passBucket"], pass.position.to_string()),
                (
                    "userBucketHash",
                    &row["userBucketHash"],
                    user.hash.to_string(),
                ),
                ("userBucket", &row["userBucket"], user.position.to_string()),
            ]
        }
        "flipt_crc32" => {
            let variant = with(&text("flagKey"), &text("entityId"), "", 1_000);
            let boolean = with("", &text("entityId"), &text("flagKey"), 100);
            vec![
                ("variantHash", &row["variantHash"], variant.hash.to_string()),
                (
                    "variantBucket",
                    &row["variantBucket"],
                    variant.position.to_string(),
                ),
                ("booleanHash", &row["booleanHash"], boolean.hash.to_string()),
                (
                    "booleanBucket",
                    &row["booleanBucket"],
                    boolean.position.to_string(),
                ),
            ]
        }
        other => panic!("no reader for the rows of `{other}`"),
    }
}

fn bucket(
    algorithm: &str,
    row: &Value,
    prefix: &str,
    unit: Unit<'_>,
    suffix: &str,
    space: u64,
) -> Bucket {
    let algorithm = Algorithm::from_name(algorithm).unwrap();
    let seed = row["seed"]
        .as_u64()
        .map_or(algorithm.usual_seed(), |seed| u32::try_from(seed).unwrap());
    Bucketing {
        algorithm,
        prefix: prefix.as_bytes(),
        suffix: suffix.as_bytes(),
        seed,
        space: u32::try_from(space).unwrap(),
    }
    .bucket(unit)
}

fn flagd<'r>(algorithm: &str, row: &'r Value) -> Vec<(&'static str, &'r Value, String)> {
    let weights: Vec<u64> = row["weights"]
        .as_array()
        .unwrap()
        .iter()
        .map(|weight| weight.as_u64().unwrap())
        .collect();
    let space = weights.iter().sum();
    let mut encoded = Vec::new();
    let bucket = if row["implicit"] == true {
        let unit = Unit::Text(row["unit"].as_str().unwrap().as_bytes());
        bucket(
            algorithm,
            row,
            row["flagKey"].as_str().unwrap(),
            unit,
            "",
            space,
        )
    } else if algorithm == "flagd_fractional_v3" {
        let mut cbor = Cbor::default();
        write(&mut cbor, &row["explicitBucketBy"]);
        encoded = cbor.into_bytes();
        bucket(algorithm, row, "", Unit::Cbor(&encoded), "", space)
    } else {
        let unit = Unit::Text(row["hashInput"].as_str().unwrap().as_bytes());
        bucket(algorithm, row, "", unit, "", space)
    };
    let mut end = 0;
    let index = weights.iter().position(|weight| {
        end += weight;
        #[expect(clippy::cast_precision_loss, reason = "small weights")]
        let end = match algorithm {
            "flagd_fractional_v1" => end as f64 * 100.0 / space as f64,
            _ => end as f64,
        };
        bucket.position < end
    });
    let mut fields = vec![
        ("hash", &row["hash"], bucket.hash.to_string()),
        ("bucket", &row["bucket"], bucket.position.to_string()),
        ("index", &row["index"], index.unwrap().to_string()),
    ];
    if !encoded.is_empty() {
        let hex: Vec<_> = encoded.iter().map(|byte| format!("{byte:02x}")).collect();
        let hex = hex.concat();
        fields.push(("cbor_hex", &row["cbor_hex"], hex));
    }
    fields
}

fn growthbook<'r>(algorithm: &str, row: &'r Value) -> Vec<(&'static str, &'r Value, String)> {
    let (seed, value) = (
        row["seed"].as_str().unwrap(),
        row["value"].as_str().unwrap(),
    );
    let (prefix, suffix) = match algorithm {
        "growthbook_v1" => ("", seed),
        _ => (seed, ""),
    };
    // The seed of these rows is text around the unit, not the seed of a hash.
    let bucket = |name: &str| {
        bucket(
            name,
            &Value::Null,
            prefix,
            Unit::Text(value.as_bytes()),
            suffix,
            0,
        )
    };
    let units = bucket(algorithm);
    let mut fields = vec![
        ("hash", &row["hash"], units.hash.to_string()),
        ("bucket", &row["bucket"], units.position.to_string()),
    ];
    if !row["hash_utf8"].is_null() {
        let utf8 = bucket(&format!("{algorithm}_utf8"));
        fields.push(("hash_utf8", &row["hash_utf8"], utf8.hash.to_string()));
        fields.push((
            "bucket_utf8",
            &row["bucket_utf8"],
            utf8.position.to_string(),
        ));
    }
    fields
}

/// Map keys in ascending order of their encoded bytes: shorter ones first.
fn write(cbor: &mut Cbor, value: &Value) {
    match value {
        Value::Null => cbor.null(),
        Value::Bool(value) => cbor.boolean(*value),
        Value::Number(number) => cbor.number(number.as_f64().unwrap()),
        Value::String(text) => cbor.text(text),
        Value::Array(values) => {
            cbor.array(values.len() as u64);
            for value in values {
                write(cbor, value);
            }
        }
        Value::Object(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().collect();
            pairs.sort_by_key(|(key, _)| (key.len(), key.as_bytes()));
            cbor.map(pairs.len() as u64);
            for (key, value) in pairs {
                cbor.text(key);
                write(cbor, value);
            }
        }
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
