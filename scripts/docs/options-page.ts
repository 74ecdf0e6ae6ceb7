import type { Command } from 'commander';
import { groups, provisionCommand } from '../../src/cli/command.js';
import { fenced, page } from './markdown.js';

/** Returns the page of commands: usage, arguments and options of each. */
export async function optionsPage(): Promise<string> {
  // One after the other: of a module that two import at once, jiti gives the second one before it has its own imports.
  const others: Command[] = [];
  for (const group of groups.values()) others.push(await group(() => {}));
  const commands = [provisionCommand(async () => {}), ...others].flatMap((command) => withSubcommands(command, []));
  return page(
    'Commands and options',
    'As `--help` prints them.',
    ...commands.flatMap(({ name, command }) => [
      `## ${name}`,
      `${command.description()}`,
      fenced('text', helpOf(name, command)),
    ]),
  );
}

interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

function withSubcommands(command: Command, above: readonly string[]): readonly NamedCommand[] {
  const names = [...above, command.name()];
  return [
    { name: names.join(' '), command },
    ...subcommands(command).flatMap((below) => withSubcommands(below, names)),
  ];
}

/** Returns the commands of a group, but for `help`, which commander adds to each. */
function subcommands(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help');
}

/** Returns usage, arguments and options; of a group of commands their names, as each has a part of its own. */
function helpOf(name: string, command: Command): string {
  const help = command.createHelp();
  const options = help.groupItems(
    [...command.options],
    help.visibleOptions(command),
    ({ helpGroupHeading }) => helpGroupHeading ?? 'Options:',
  );
  const below = subcommands(command).map((each) => line(each.name(), help.subcommandDescription(each)));
  return [
    `${name} ${command.usage()}`,
    ...(below.length === 0 ? [] : ['', 'Commands:', ...below]),
    ...titled(
      'Arguments:',
      help.visibleArguments(command).map((each) => line(each.name(), help.argumentDescription(each))),
    ),
    ...[...options].flatMap(([title, group]) =>
      titled(
        title,
        group.map((option) => line(option.flags, help.optionDescription(option))),
      ),
    ),
  ].join('\n');
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function line(name: string, description: string): string {
  return `  ${name.padEnd(28)}  ${description}`.trimEnd();
}
