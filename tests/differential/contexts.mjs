// Random contexts: whom a request is about, and what is known of them.

const DAY = 86_400_000;

/** A context; dates lie away from every boundary, so that a slow machine decides alike. */
export function createContext(random, now) {
  const context = {
    distinctId: `user-${random.below(1000)}`,
    personProperties: properties(random, now),
    groups: {},
    groupProperties: {},
  };
  for (const type of ['company', 'project']) {
    if (random.chance(0.5)) {
      context.groups[type] = `${type}-${random.below(50)}`;
      context.groupProperties[type] = properties(random, now);
    }
  }
  if (random.chance(0.5)) {
    context.personProperties.$device_id = `device-${random.below(50)}`;
  }
  return context;
}

function properties(random, now) {
  const known = {};
  const add = (name, values) => {
    if (random.chance(0.7)) {
      known[name] = random.pick(values);
    }
  };
  const texts = ['pro', 'PRO', 'free', 'x@acme.io', '', 'banana', 'bananana'];
  add('plan', [...texts, null, true, false]);
  add('name', [...texts, 'åland', 'ÅLAND']);
  add('premium', [true, false, 'true', 'TRUE', 'false', 'yes', '', null]);
  add('seats', [1, 9, 10, 2.5, '10', '9.5', '11', -3, 0]);
  add('seen', [
    '2024-01-01T00:00:01Z',
    '2023-12-31',
    '2024-06-30T11:59:59Z',
    '2024-06-30T10:00:01Z',
    ago(now, 10),
    ago(now, 15),
    ago(now, 29),
    ago(now, 31),
    ago(now, 500),
    ago(now, 2000),
  ]);
  add('version', [
    '1.2.3',
    '1.2.4',
    '1.3.0',
    '2.0.0',
    '0.2.3',
    '0.2.9',
    '0.0.3',
    '10.0.1',
    '9.9.9',
  ]);
  return known;
}

function ago(now, days) {
  return new Date(now - (days + 0.4) * DAY).toISOString();
}
