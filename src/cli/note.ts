/** Says on standard error what may be worth knowing, over a line of progress where one is drawn. */
export function note(line: string): void {
  process.stderr.write(`${process.stderr.isTTY === true ? '\r\x1b[2K' : ''}note: ${line}\n`);
}
