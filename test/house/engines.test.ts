import { readFileSync } from 'node:fs';
import semver from 'semver';
import { expect, it } from 'vitest';

/** Reads a JSON file of the repository. */
const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));

it('every package that is installed or bundled runs on the oldest Node that the tool promises', () => {
  const oldest = semver.minVersion(read('package.json').engines.node)?.version ?? '';
  const packages: [string, { engines?: { node?: string } }][] = Object.entries(read('package-lock.json').packages);
  expect(packages.length).toBeGreaterThan(100);
  const refusing = packages.flatMap(([name, { engines }]) =>
    engines?.node === undefined || semver.satisfies(oldest, engines.node) ? [] : [`${name}: ${engines.node}`],
  );
  expect(refusing).toEqual([]);
});
