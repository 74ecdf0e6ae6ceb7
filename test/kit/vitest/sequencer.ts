import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { type Job, startOrder } from './start-order.js';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));

/** Seconds that long files took on two quiet cores, beside the others. What is not named takes about one. */
const seconds: Readonly<Record<string, number>> = JSON.parse(
  readFileSync(new URL('seconds.json', import.meta.url), 'utf8'),
);

/**
 * Starts first what takes longest, the files that wait for it included: a long file, or one of many that hold the same
 * host, would else run alone at the end. The pure files come in one piece, as only neighbours share a process. They use
 * the processors while the others wait for hosts: by one worker at first, then by each that has ended its long file.
 */
export default class LongestChainFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const isPure = ({ project }: TestSpecification) => /^(pure|scripts)$/.test(project.name);
    const pure = await super.sort(specifications.filter(isPure));
    const others = specifications.filter((each) => !isPure(each));
    const workers = this.ctx.config.maxWorkers;
    const ordered = startOrder(others.map(jobOf), workers).flatMap(({ index }) => others[index] ?? []);
    const ahead = Math.max(1, workers - 1);
    return [...ordered.slice(0, ahead), ...pure, ...ordered.slice(ahead)];
  }
}

/** Needs of a file, as its text says: hosts that it holds by name, and how many of the pool. */
function jobOf({ moduleId }: TestSpecification, index: number): Job & { readonly index: number } {
  const text = readFileSync(moduleId, 'utf8');
  const held = [...text.matchAll(/^holding\(([^)]*)\)/gm)].flatMap(([, names = '']) => names.split(/,\s*/));
  const pooled = Number(/\btakeHosts\((\d)\)/.exec(text)?.[1] ?? 0);
  return { index, seconds: seconds[relative(checkout, moduleId)] ?? 1, held, pooled };
}
