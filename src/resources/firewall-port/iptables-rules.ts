import { network, type PortRule, ports } from './port-rule.js';

/** Lists the rules of the chain INPUT, in order, from the output of `iptables -S` or `iptables-save`. */
export function inputRules(text: string): readonly string[] {
  return filterTable(text).filter((line) => line.startsWith('-A INPUT '));
}

/**
 * Tells whether a rule lets through just this, however it is written: with `state` or `conntrack` or neither, with a
 * comment.
 */
export function opens(line: string, rule: PortRule): boolean {
  const words = splitRule(line).slice(2);
  const found = new Map<string, string>();
  for (let index = 0; index < words.length; index += 2) {
    const word = words[index] ?? '';
    if (word !== '-m') found.set(word, words[index + 1] ?? '');
  }
  const state = found.get('--ctstate') ?? found.get('--state') ?? 'NEW';
  const known = ['--comment', '-p', '-s', '--dport', '--ctstate', '--state', '-j'];
  const source = found.get('-s');
  return (
    [...found.keys()].every((word) => known.includes(word)) &&
    found.get('-j') === 'ACCEPT' &&
    found.get('-p') === rule.proto &&
    found.get('--dport') === ports(rule, ':') &&
    state.split(',').includes('NEW') &&
    (source === undefined ? undefined : network(source)) === rule.source
  );
}

/** Splits a rule into words as iptables takes them; those that hold blanks are printed in quotes. */
export function splitRule(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g)].map(([whole, inner]) => inner ?? whole);
}

/** Edits the file of saved rules: puts a rule before all others of INPUT, or removes every one that opens the port. */
export function editSaved(text: string, open: boolean, rule: PortRule, line: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const from = lines.indexOf('*filter');
  const end = from < 0 ? -1 : lines.indexOf('COMMIT', from);
  const inFilter = (index: number) => index > from && index < end;
  if (!open) {
    const left = lines.filter((each, index) => !(inFilter(index) && each.startsWith('-A INPUT ') && opens(each, rule)));
    return left.length === lines.length ? text : `${left.join('\n')}\n`;
  }
  if (end < 0) return `${text}*filter\n${line}\nCOMMIT\n`;
  const first = lines.findIndex((each, index) => inFilter(index) && each.startsWith('-A '));
  return `${lines.toSpliced(first < 0 ? end : first, 0, line).join('\n')}\n`;
}

/** Returns the lines of the table `filter`; `iptables -S` prints one table, without its name. */
function filterTable(text: string): readonly string[] {
  const lines = text.split('\n');
  const from = lines.indexOf('*filter');
  if (from < 0) return lines;
  const end = lines.indexOf('COMMIT', from);
  return lines.slice(from, end < 0 ? lines.length : end);
}
