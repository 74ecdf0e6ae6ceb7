import { expect, test } from 'vitest';
import { ClosedFolders } from './closed-folders.js';

test('each request for the catalogue logged every folder that cannot be read', () => {
  const lines: string[] = [];
  const closed = new ClosedFolders((line) => lines.push(line));
  for (let request = 0; request < 3; request += 1) {
    closed.report('/a', new Error('EACCES'));
    closed.report('/b', new Error('EIO'));
  }
  expect(lines).toEqual(['/a is left out: Error: EACCES', '/b is left out: Error: EIO']);
  closed.report('/a', new Error('ESTALE'));
  closed.recordRead('/b');
  closed.report('/b', new Error('EIO'));
  expect(lines.slice(2)).toEqual(['/a is left out: Error: ESTALE', '/b is left out: Error: EIO']);
});
