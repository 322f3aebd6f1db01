// Reads the totals of an environment.
import type { Sums } from './people.ts';
import type { Project } from './project.ts';
import { FLAGS } from './project.ts';

/** A sum over subjects; see docs/events.md. */
export interface Cell {
  readonly flag: string;
  readonly unit: string;
  readonly epoch: number;
  readonly variant: string;
  readonly metric: string;
  readonly dimension: string;
  readonly n: number;
  readonly y: number;
  readonly yy: number;
}

/** All cells of a flag. */
export async function cells(project: Project, flag: string): Promise<readonly Cell[]> {
  const query = `?flag=${encodeURIComponent(flag)}`;
  return (await project.must('GET', `${project.path}/totals${query}`)).cells;
}

/** Sums by `flag/unit/group/variant/figure`, over days and strata. */
export async function foundSums(project: Project): Promise<Sums> {
  const sums: Sums = new Map();
  for (const flag of Object.keys(FLAGS)) {
    for (const cell of await cells(project, flag)) {
      if (cell.dimension !== 'total') continue;
      for (const [figure, amount] of Object.entries(figures(cell))) {
        const name = `${flag}/${cell.unit}/${cell.epoch}/${cell.variant}/${figure}`;
        sums.set(name, (sums.get(name) ?? 0) + amount);
      }
    }
  }
  return sums;
}

function figures(cell: Cell): Record<string, number> {
  // The metrics of a key are told apart by how they count: `paid@1f2e3d4c`.
  const [metric = ''] = cell.metric.split('@');
  switch (metric) {
    case 'exposed':
      return { exposed: cell.n };
    case 'paid':
    case 'orders':
      return { [metric]: cell.y };
    case 'revenue':
      return { revenue: cell.y, 'revenue²': cell.yy };
    default:
      return {};
  }
}
