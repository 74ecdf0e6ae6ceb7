import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { groups, provisionCommand } from '../../src/cli/command.js';
import { pagesOfDocs, readPage } from './pages.js';

it.each(pagesOfDocs().filter((page) => commandsOf(page).length > 0))('%s has commands that exist', async (page) => {
  const problems = await Promise.all(commandsOf(page).map(problemsOf));
  expect(problems.flat()).toEqual([]);
});

it('finds options and subcommands that are not there', async () => {
  expect(await problemsOf('site.yaml --chek -D')).toEqual(['--chek in "provision site.yaml --chek -D"']);
  expect(await problemsOf('registry pong REGISTRY')).toEqual(['pong in "provision registry pong REGISTRY"']);
  expect(await problemsOf('images sync LIST --from A --to B --prun')).toHaveLength(1);
});

/** Arguments of `provision` in lines of code and in spans of code. */
function commandsOf(page: string): readonly string[] {
  const found = readPage(page).matchAll(
    /(?:^ {4}(?:npm ci && )?|^|`)(?:npx (?:--no )?)?provision ([a-zA-Z.][^`\n#]*)/gm,
  );
  return [...found].map(([, rest = '']) => rest.replace(/ \| .*/, '').trim()).filter((rest) => !/^[A-Z]+$/.test(rest));
}

async function problemsOf(line: string): Promise<readonly string[]> {
  const words = line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
  const [name = '', ...rest] = words;
  const group = await groups.get(name)?.(() => {});
  if (group === undefined)
    return unknownOptions(
      provisionCommand(async () => {}),
      words,
      line,
    );
  if (group.commands.length === 0) return unknownOptions(group, rest, line);
  const named = (rest[0] ?? '').split('|').filter((word) => /^[a-z]/.test(word));
  return named.flatMap((each) => {
    const command = group.commands.find((one) => one.name() === each || one.aliases().includes(each));
    // A group that takes words itself has any of them: publish BUCKET APP SOURCE.
    if (command === undefined && group.registeredArguments.length > 0) return unknownOptions(group, rest, line);
    return command === undefined ? [`${each} in "provision ${line}"`] : unknownOptions(command, rest.slice(1), line);
  });
}

function unknownOptions(command: Command, words: readonly string[], line: string): readonly string[] {
  const known = ['-h', '--help', ...command.options.flatMap(({ short, long }) => [short, long])];
  return words
    .filter((word) => /^--?[a-zA-Z]/.test(word))
    .map((word) => word.replace(/[=|,].*$/, '').replace(/^(-v)v+$/, '$1'))
    .filter((word) => !known.includes(word))
    .map((word) => `${word} in "provision ${line}"`);
}
