/** What a terminal shows after these bytes: enough of one for what reports print (cursor up, erase below, colours). */
export function screen(bytes: string): string[] {
  const lines = [''];
  let row = 0;
  let column = 0;
  const put = (text: string) => {
    const line = (lines[row] ?? '').padEnd(column);
    lines[row] = line.slice(0, column) + text + line.slice(column + text.length);
    column += text.length;
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are controlled with them
  for (const [token, count = '', action] of bytes.matchAll(/\u001B\[\??([\d;]*)([A-Za-z])|\r|\n|[^\u001B\r\n]+/g)) {
    if (token === '\r') column = 0;
    else if (token === '\n') row += 1;
    else if (action === undefined) put(token);
    else if (action === 'F') [row, column] = [Math.max(0, row - Number(count || 1)), 0];
    else if (action === 'J') {
      lines.length = row + 1;
      lines[row] = (lines[row] ?? '').slice(0, column);
    } else if (!'mhl'.includes(action)) throw new Error(`this screen doesn't know ${JSON.stringify(token)}`);
    lines[row] ??= '';
  }
  return lines.map((line) => line.trimEnd());
}
