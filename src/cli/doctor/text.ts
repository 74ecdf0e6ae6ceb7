import { visibleBlock, visibleLine } from '../../diagnostics/printable.js';
import { type Colour, painter } from '../../report/text/paint.js';
import { count } from '../../text/count.js';
import { wantsColour } from '../terminal/colour.js';
import type { Examined, Finding, Level } from './finding.js';

const colours: Readonly<Record<Level, Colour>> = { ok: 'green', note: 'yellow', problem: 'red' };

/** What was found, for people: of a host that is well only that, unless more is asked for. */
export function examinedText(
  { host, findings }: Examined,
  { verbose, color }: { readonly verbose: number; readonly color?: boolean },
  stream: { readonly isTTY?: boolean },
): string {
  const paint = painter(wantsColour(stream, color));
  const name = paint('bold', host === undefined ? 'this machine' : visibleLine(host));
  const told = host === undefined || verbose > 0 ? findings : findings.filter(({ level }) => level !== 'ok');
  if (told.length === 0) return `${name}  ${paint('green', 'ok')}\n`;
  const lines = told.flatMap(({ level, message, hint }) => [
    `  ${paint(colours[level], level.padEnd(7))}  ${visibleBlock(message)}`,
    ...(hint === undefined ? [] : [`           ${paint('dim', visibleBlock(hint))}`]),
  ]);
  return `${[name, ...lines].join('\n')}\n`;
}

/** The same for programs. */
export function examinedValue({ host, unreachable, findings }: Examined) {
  return { host: host ?? null, unreachable, findings };
}

/** The last line. */
export function summary(all: readonly Examined[]): string {
  const findings = all.flatMap((each): readonly Finding[] => each.findings);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const unreachable = all.filter((each) => each.unreachable).length;
  const hosts = all.filter(({ host }) => host !== undefined).length;
  const of = hosts === 0 ? '' : `; ${hosts - unreachable} of ${hosts} hosts can be reached`;
  return `${problems === 0 ? 'nothing is in the way' : count(problems, 'problem')}${of}\n`;
}
