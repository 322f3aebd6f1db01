// How each file's rows become questions, and which fields an answer accounts for.
//
// A reading is a question to the primitive and, for each derived field, how the answer gives it.
// The formula of each algorithm stands in its vector file.

/** Who hashes UTF-8 where the JavaScript SDK hashes UTF-16. */
const UTF8 = { growthbook_v1: 'growthbook_v1_utf8', growthbook_v2: 'growthbook_v2_utf8' };

const HIGHEST_60_BITS = 2 ** 60 - 1;

export const readings = {
  configcat_sha1_7: (row) => [
    read('configcat_sha1_7', { prefix: row.settingKey, unit: row.userAttribute }),
  ],

  devcycle: (row) => {
    const target = { prefix: row.targetId, unit: row.bucketingValue, seed: 1 };
    return [
      read('murmur3_32', { unit: row.targetId, seed: 1 }, ['targetSeed']),
      read('devcycle', target, ['bucketHash', 'bucket']),
      read('devcycle', { ...target, suffix: '_rollout' }, ['rolloutHash', 'rollout']),
    ];
  },

  eppo_md5_shard: (row) => [
    read('eppo_md5_shard', { prefix: `${row.salt}-`, unit: row.subject, space: row.totalShards }),
  ],

  featurevisor: (row) => [read('featurevisor', { unit: row.bucketKey, seed: row.seed })],

  flagd_fractional_v1: (row) => {
    const { weights } = row;
    const index = ({ position }) =>
      firstWhere(weights, (cumulative, total) => position < (100 * cumulative) / total);
    return [flagd('flagd_fractional_v1', row, { index }), together(row)];
  },

  flagd_fractional_v2: (row) => [
    flagd('flagd_fractional_v2', row, shareOf(row.weights)),
    together(row),
  ],

  flagd_fractional_v3: (row) => {
    const space = sum(row.weights);
    const value =
      'explicitBucketBy' in row
        ? { unit: row.explicitBucketBy }
        : { prefix: row.flagKey, unit: row.unit };
    // The bytes that the value becomes give the same hash only when they are the same bytes.
    const bytes = new Uint8Array(Buffer.from(row.cbor_hex, 'hex'));
    const reading = read('flagd_fractional_v3', { ...value, seed: row.seed, space });
    return [
      // A row with a value of its own may still name the flag and the unit that it replaces.
      { ...withMore(reading, shareOf(row.weights)), ignored: ['flagKey', 'unit', 'implicit'] },
      read('murmur3_32', { unit: bytes, seed: row.seed }, ['hash']),
    ];
  },

  flagsmith_md5: (row) => {
    const once = `${row.objectId},${row.identityKey}`;
    const repeated = Array(row.iterations).fill(once).join(',');
    return [
      read('flagsmith_md5', { prefix: `${row.objectId},`, unit: row.identityKey }),
      // The first 32 bits of the MD5 of so many repetitions.
      {
        question: { algorithm: 'eppo_md5_shard', unit: repeated, space: 1 },
        expect: { iterations: ({ hash }) => iterationsIf(row, BigInt(hash)) },
      },
    ];
  },

  flipt_crc32: (row) => [
    read('flipt_crc32', { prefix: row.flagKey, unit: row.entityId, space: 1000 }, [
      'variantHash',
      'variantBucket',
    ]),
    read('flipt_crc32', { unit: row.entityId, suffix: row.flagKey, space: 100 }, [
      'booleanHash',
      'booleanBucket',
    ]),
  ],

  growthbook_namespace: (row) => [
    read('growthbook_namespace', { unit: row.value, suffix: `__${row.namespace}` }),
  ],

  growthbook_v1: (row) => growthbook('growthbook_v1', row, { unit: row.value, suffix: row.seed }),

  growthbook_v2: (row) => growthbook('growthbook_v2', row, { prefix: row.seed, unit: row.value }),

  launchdarkly_sha1_15: (row) => {
    const prefix = 'seed' in row ? `${row.seed}.` : `${row.key}.${row.salt}.`;
    const reading = read('launchdarkly_sha1_15', { prefix, unit: row.value });
    return [
      withMore(reading, {
        bucket_f32: ({ hash }) =>
          Math.fround(Math.fround(Number(hash)) / Math.fround(HIGHEST_60_BITS)),
        bucket_100000: ({ position }) => Math.trunc(position * 100_000),
      }),
    ];
  },

  murmur3_32: (row) => {
    if ('bytes_hex' in row) {
      const unit = new Uint8Array(Buffer.from(row.bytes_hex, 'hex'));
      return [read('murmur3_32', { unit, seed: row.seed }, ['hash'])];
    }
    const reading = read('murmur3_32', { unit: row.input, seed: row.seed }, ['hash']);
    const { input } = row;
    return [withMore(reading, { utf8_hex: () => Buffer.from(input, 'utf8').toString('hex') })];
  },

  optimizely: (row) => [
    read('optimizely', { unit: row.bucketingId, suffix: row.parentId, seed: row.seed }),
  ],

  posthog_sha1_15: (row) => {
    const rollout = { prefix: `${row.flagKey}.`, unit: row.bucketingValue };
    return [
      read('posthog_sha1_15', rollout),
      read('posthog_sha1_15', { ...rollout, suffix: 'variant' }, ['variantHash', 'variantBucket']),
    ];
  },

  statsig_sha256: (row) => [
    read(
      'statsig_sha256',
      { prefix: `${row.specSalt}.${row.ruleSalt}.`, unit: row.unitId, space: 10_000 },
      ['passHash', 'passBucket'],
    ),
    read('statsig_sha256', { prefix: `${row.specSalt}.`, unit: row.unitId, space: 1000 }, [
      'userBucketHash',
      'userBucket',
    ]),
  ],

  unleash_rollout: (row) => [
    read('unleash_rollout', {
      prefix: `${row.groupId}:`,
      unit: row.stickinessValue,
      seed: row.seed,
    }),
  ],

  unleash_rollout_non_ascii: (row) => {
    const group = { prefix: `${row.groupId}:`, unit: row.stickinessValue };
    return [
      read('unleash_rollout', group, [undefined, 'bucket_utf8']),
      read('unleash_rollout_non_ascii', group, [undefined, 'bucket_utf16_low_byte']),
    ];
  },

  unleash_variant: (row) => [
    read('unleash_variant', {
      prefix: `${row.groupId}:`,
      unit: row.stickinessValue,
      seed: row.seed,
      space: row.totalWeight,
    }),
  ],
};

/** A question whose raw hash and position stand in the named fields. */
function read(algorithm, parts, [hash, position] = ['hash', 'bucket']) {
  const expect = {};
  if (hash !== undefined) {
    expect[hash] = (answer) => answer.hash;
  }
  if (position !== undefined) {
    expect[position] = (answer) => answer.position;
  }
  return { question: { algorithm, ...parts }, expect };
}

function withMore(reading, more) {
  return { ...reading, expect: { ...reading.expect, ...more } };
}

/** Byte-based SDKs differ only outside ASCII, and only there has a row fields of their own. */
function growthbook(algorithm, row, parts) {
  const fields = 'hash_utf8' in row ? ['hash_utf8', 'bucket_utf8'] : ['hash', 'bucket'];
  return [read(algorithm, parts), read(UTF8[algorithm], parts, fields)];
}

function flagd(algorithm, row, more) {
  const parts = { prefix: row.flagKey, unit: row.unit, seed: row.seed, space: sum(row.weights) };
  return withMore(read(algorithm, parts), more);
}

/** The row's own joined text gives the same hash. */
function together(row) {
  return read('murmur3_32', { unit: row.hashInput, seed: row.seed }, ['hash']);
}

function shareOf(weights) {
  return {
    index: ({ position }) => firstWhere(weights, (cumulative) => position < cumulative),
  };
}

/** The first weight whose cumulative sum passes; the last one catches the rest. */
function firstWhere(weights, passes) {
  const total = sum(weights);
  let cumulative = 0;
  const index = weights.findIndex((weight) => {
    cumulative += weight;
    return passes(cumulative, total);
  });
  return index < 0 ? weights.length - 1 : index;
}

function sum(weights) {
  return weights.reduce((total, weight) => total + weight, 0);
}

function iterationsIf(row, highest32Bits) {
  return BigInt(row.hash) >> 96n === highest32Bits ? row.iterations : 'another number';
}
