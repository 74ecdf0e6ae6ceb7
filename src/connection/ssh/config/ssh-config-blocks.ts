import { readTextFile } from '../../../diagnostics/read-text.js';
import { starsTest } from '../../../patterns/wildcards.js';

/**
 * Returns a classifier of hosts that ssh_config treats alike, as the same `Host` lines match them: ssh is run once for
 * each class. Undefined where names alone don't tell: `Match`, tokens, canonical names.
 *
 * @param debug standard error of `ssh -v -G`, which names the files that it has read
 */
export function hostBlocks(debug: string): ((name: string) => string) | undefined {
  const files = [...debug.matchAll(/^debug\d: Reading configuration data (.*)$/gm)].map(([, file = '']) => file.trim());
  const lines = files.flatMap((file) => linesOf(file));
  if (lines.some((line) => special.test(line))) return undefined;
  const blocks = lines.flatMap((line) => {
    const [, patterns] = /^host(?:\s+|\s*=\s*)(.*)$/i.exec(line) ?? [];
    return patterns === undefined ? [] : [patterns.split(/\s+/)];
  });
  return (name) => blocks.map((patterns) => (matches(patterns, name) ? 'y' : 'n')).join('');
}

const special = /^match\b|^canonicalizehostname\b|^host\b.*[",]|%/i;

function linesOf(file: string): string[] {
  try {
    return readTextFile(file)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch {
    return ['match']; // An unreadable file may contain anything.
  }
}

/** Matches a name as ssh_config(5) does: a negated pattern that matches rules the line out. */
function matches(patterns: readonly string[], name: string): boolean {
  const matching = patterns.filter((pattern) => starsTest(pattern.replace(/^!/, ''))(name));
  return matching.length > 0 && !matching.some((pattern) => pattern.startsWith('!'));
}
