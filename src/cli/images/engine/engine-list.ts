import type { EngineName } from '../../../registry/engine/engine.js';
import { findEngine } from '../../../registry/engine/find-engine.js';
import { count } from '../../../text/count.js';
import { formatBytes } from '../../../text/format-bytes.js';
import { printJson, printLines } from '../../terminal/output.js';

/** Prints the images that a container engine has, a name a line. @returns the exit status */
export async function printEngineImages(name: EngineName | undefined, json: boolean): Promise<number> {
  const { engine } = await findEngine(name, []);
  const images = await engine.list();
  if (json) {
    printJson({ engine: engine.name, images }, 2);
    return 0;
  }
  const rows = images
    .flatMap(({ names, id, size, created }) => {
      const [, hex = id] = id.split(':');
      const about = [
        hex.slice(0, 12),
        ...(size === undefined ? [] : [formatBytes(size)]),
        ...(created === undefined ? [] : [created.slice(0, 10)]),
      ];
      return (names.length === 0 ? ['(no name)'] : names).map((each) => [each, about.join('  ')] as const);
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(0, ...rows.map(([each]) => each.length));
  printLines([
    ...rows.map(([each, about]) => `${each.padEnd(width)}  ${about}`),
    `${engine.name}: ${count(images.length, 'image')}; push some with: provision images push NAME… --to REGISTRY`,
  ]);
  return 0;
}
