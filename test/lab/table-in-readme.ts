import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));

/** Writes a table into test/README.md, between the comments `NAME` and `end of NAME`. */
export function writeTableInReadme(name: string, heading: readonly string[], rows: readonly string[]): void {
  const text = readFileSync(readme, 'utf8');
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
  const [head = '', rest = ''] = text.split(start);
  const tail = rest.slice(rest.indexOf(end));
  const lines = [`| ${heading.join(' | ')} |`, `|${' --- |'.repeat(heading.length)}`, ...rows];
  writeFileSync(readme, `${head}${start}\n${lines.join('\n')}\n\n${tail}`);
}
