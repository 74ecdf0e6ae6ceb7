import { readTextFile } from '../../../diagnostics/read-text.js';
import { starsTest } from '../../../patterns/wildcards.js';

/**
 * Tells which hosts ssh_config treats alike, so that ssh is asked once for all of them: those that the same `Host` lines
 * mean. Undefined where that can't be told from names alone: `Match`, tokens, canonical names.
 *
 * @param debug what `ssh -v -G` says on standard error: the files that it has read
 */
export function hostBlocks(debug: string): ((name: string) => string) | undefined {
  const files = [...debug.matchAll(/^debug\d: Reading configuration data (.*)$/gm)].map(([, file = '']) => file.trim());
  const lines = files.flatMap((file) => linesOf(file));
  if (lines.some((line) => special.test(line))) return undefined;
  const blocks = lines.flatMap((line) => {
    const [, patterns] = /^host(?:\s+|\s*=\s*)(.*)$/i.exec(line) ?? [];
    return patterns === undefined ? [] : [patterns.split(/\s+/)];
  });
  return (name) => blocks.map((patterns) => (means(patterns, name) ? 'y' : 'n')).join('');
}

const special = /^match\b|^canonicalizehostname\b|^host\b.*[",]|%/i;

function linesOf(file: string): string[] {
  try {
    return readTextFile(file)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch {
    return ['match']; // What can't be read here may say anything.
  }
}

/** As ssh_config(5): one that is negated and matches rules the line out. */
function means(patterns: readonly string[], name: string): boolean {
  const matching = patterns.filter((pattern) => starsTest(pattern.replace(/^!/, ''))(name));
  return matching.length > 0 && !matching.some((pattern) => pattern.startsWith('!'));
}
