// Reads the raw log of an environment: every line that was ever archived.
import { gunzipSync } from 'node:zlib';
import type { Project } from './project.ts';

export interface LogLine {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Writes what the shards still hold to the archive, and reads all of it. */
export async function logLines(project: Project): Promise<LogLine[]> {
  await project.must('POST', `${project.path}/log/flush`);
  const lines: LogLine[] = [];
  for (const name of await fileNames(project)) {
    const text = gunzipSync(await file(project, name)).toString();
    lines.push(
      ...text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    );
  }
  return lines;
}

/** Names of all files of the archive, in order. */
export async function fileNames(project: Project): Promise<string[]> {
  const names: string[] = [];
  let after: string | null = '';
  while (after !== null) {
    const query: string = after === '' ? '' : `?after=${encodeURIComponent(after)}`;
    const page = await project.must('GET', `${project.path}/log${query}`);
    names.push(...page.files.map(({ name }: { name: string }) => name));
    after = page.next ?? null;
  }
  return names;
}

/** Bytes of one file. */
export async function file(project: Project, name: string): Promise<Uint8Array> {
  const response = await fetch(`${project.machine.control}${project.path}/log/${name}`, {
    headers: { Authorization: `Bearer ${project.token}` },
  });
  if (!response.ok) throw new Error(`the archive answers ${response.status} for ${name}`);
  return new Uint8Array(await response.arrayBuffer());
}
