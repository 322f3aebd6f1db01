import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Admin, createAdmin } from './admin.ts';

const demo = join(import.meta.dirname, '../../examples/react-app/demo');

type DemoProject = {
  key: string;
  name: string;
  environment: { key: string; name: string };
  attributes: Record<string, unknown>;
  lists: string[];
  segments: string[];
  metrics: string[];
  flags: string[];
};

/** The demo project on a fresh control Worker, and a client key for it. */
export type Seeded = { readonly admin: Admin; readonly key: string };

/** Writes the example's demo project through the admin API, as `cargo xtask dev` does. */
export async function seedDemo(control: string, token: string): Promise<Seeded> {
  const project = (await readJson('project')) as DemoProject;
  const admin = createAdmin(control, token, project.key, project.environment.key);
  await admin.create('/projects', { key: project.key, name: project.name });
  await admin.create(`/projects/${project.key}/environments`, project.environment);
  for (const [name, attribute] of Object.entries(project.attributes)) {
    await admin.write(`attributes/${name}`, attribute);
  }
  for (const kind of ['lists', 'segments', 'metrics'] as const) {
    for (const id of project[kind])
      await admin.write(`${kind}/${id}`, await readJson(`${kind}/${id}`));
  }
  for (const key of project.flags) await admin.writeFlag(key, await readJson(`flags/${key}`));
  return { admin, key: await admin.clientKey() };
}

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(demo, `${name}.json`), 'utf8'));
}
