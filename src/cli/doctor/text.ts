import { visibleBlock, visibleLine } from '../../diagnostics/printable.js';
import { type Colour, painter } from '../../report/text/paint.js';
import { count } from '../../text/count.js';
import { wantsColour } from '../terminal/colour.js';
import type { Examined, Finding, Level } from './finding.js';

const colours: Readonly<Record<Level, Colour>> = { ok: 'green', note: 'yellow', problem: 'red' };

/** Prints findings for people: of a host in order only that, unless more is wanted. */
export function examinedText(
  { host, findings }: Examined,
  { verbose, color }: { readonly verbose: number; readonly color?: boolean },
  stream: { readonly isTTY?: boolean },
): string {
  const paint = painter(wantsColour(stream, color));
  const name = paint('bold', host === undefined ? 'this machine' : visibleLine(host));
  const shown = host === undefined || verbose > 0 ? findings : findings.filter(({ level }) => level !== 'ok');
  if (shown.length === 0) return `${name}  ${paint('green', 'ok')}\n`;
  const lines = shown.flatMap(({ level, message, hint }) => [
    `  ${paint(colours[level], level.padEnd(7))}  ${visibleBlock(message)}`,
    ...(hint === undefined ? [] : [`           ${paint('dim', visibleBlock(hint))}`]),
  ]);
  return `${[name, ...lines].join('\n')}\n`;
}

/** Returns findings for programs. */
export function examinedValue({ host, unreachable, findings }: Examined) {
  return { host: host ?? null, unreachable, findings };
}

/** Returns the last line. */
export function summary(all: readonly Examined[]): string {
  const findings = all.flatMap((each): readonly Finding[] => each.findings);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const unreachable = all.filter((each) => each.unreachable).length;
  const hosts = all.filter(({ host }) => host !== undefined).length;
  const of = hosts === 0 ? '' : `; ${hosts - unreachable} of ${hosts} hosts can be reached`;
  return `${problems === 0 ? 'no problems' : count(problems, 'problem')}${of}\n`;
}
