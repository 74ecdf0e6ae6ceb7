/** Returns a table in Markdown; columns that are empty in every row are left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = head.map((_title, at) => rows.some((row) => (row[at] ?? '') !== ''));
  const line = (cells: readonly string[]) =>
    `| ${cells
      .filter((_cell, at) => used[at])
      .map(cell)
      .join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

/** Returns a text as code of a line. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** Returns lines of code, set off. */
export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** Returns a page: title, a note that it is not to be edited, and its parts. */
export function page(title: string, ...parts: readonly string[]): string {
  return [`# ${title}`, '<!-- Made from the code by `npm run docs`. -->', ...parts].join('\n\n').concat('\n');
}
