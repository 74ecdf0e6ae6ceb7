import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Plan, Ref, Reply, Resource } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { absolutePath, needs } from '../path/path-params.js';
import { pathNeeds } from '../path/refs.js';

const params = z
  .strictObject({
    cmd: z.string().min(1).optional().describe('Shell script to run'),
    argv: z
      .array(z.union([z.string(), z.number()]).transform(String))
      .min(1)
      .optional()
      .describe('Command and arguments, without a shell'),
    creates: absolutePath
      .optional()
      .describe('Path that must exist afterwards; the command is not run when it exists already'),
    removes: absolutePath
      .optional()
      .describe('Path that must not exist afterwards; the command is not run when it does not exist'),
    unless: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Script that must succeed afterwards; the command is not run when it succeeds already. It must not change anything',
      ),
    only_if: z
      .string()
      .min(1)
      .optional()
      .describe('Script that must succeed for the command to run. It must not change anything'),
    always: z.boolean().default(false).describe('Run every time, and report a change'),
    chdir: absolutePath.optional().describe('Directory to run in'),
    stdin: z.string().optional().describe('Standard input'),
    timeout: z.number().positive().max(604_800).default(600).describe('Seconds that it may take at most'),
    needs,
    provides: needs.describe('References that it may change, for check mode: `path:/etc/x`'),
  })
  .refine(({ cmd, argv }) => (cmd === undefined) !== (argv === undefined), {
    error: 'needs cmd or argv, and not both',
    path: ['cmd'],
  })
  .refine(({ always, ...guards }) => always || hasGuard(guards), {
    error: 'would run every time: add creates, removes, unless or only_if, or set `always: true`',
    path: ['cmd'],
  });

function hasGuard(guards: { creates?: unknown; removes?: unknown; unless?: unknown; only_if?: unknown }): boolean {
  return (guards.creates ?? guards.removes ?? guards.unless ?? guards.only_if) !== undefined;
}

interface CommandState {
  readonly createsExists: boolean;
  readonly removesExists: boolean;
  readonly unlessHolds: boolean;
  readonly onlyIfHolds: boolean;
}

/**
 * Shell command, with guards that decide whether it runs. `register` keeps what it printed: rc, stdout, stderr.
 *
 * @example command({ cmd: 'exportfs -ra', always: true })
 */
export const command = defineResource({
  kind: 'command',
  summary: 'Run a command, unless its guards say that it need not run',
  params,
  create: (params): Resource<CommandState> => {
    const { creates, removes } = params;
    return {
      kind: 'command',
      id: firstLine(params.cmd ?? params.argv?.join(' ') ?? ''),
      provides: [
        ...params.provides,
        ...[creates, removes].flatMap((path): Ref[] => (path === undefined ? [] : [`path:${path}`])),
      ],
      needs: [...params.needs, ...[creates, removes].flatMap((path) => (path === undefined ? [] : pathNeeds(path)))],
      staging: 'skip',
      probe: () => probe(params),
      parse,
      plan: (state) => plan(state, params),
      // As Ansible has it for a command that wasn't needed; what it says when it runs takes their place.
      result: () => ({ rc: 0, stdout: '', stdout_lines: [], stderr: '' }),
    };
  },
});

/** Returns the first line of a script, as much of it as fits a title. */
function firstLine(script: string): string {
  const line = script.trim().split('\n')[0] ?? '';
  return line.length <= 200 ? line : `${line.slice(0, 199).trimEnd()}…`;
}

type Params = z.output<typeof command.params>;

function probe({ creates, removes, unless, only_if, chdir }: Params): Sh {
  const at = chdir === undefined ? sh`:` : sh`cd ${chdir} 2>/dev/null`;
  return joinSh([
    ...(creates === undefined ? [] : [sh`if [ -e ${creates} ] || [ -L ${creates} ]; then echo 'creates yes'; fi`]),
    ...(removes === undefined ? [] : [sh`if [ -e ${removes} ] || [ -L ${removes} ]; then echo 'removes yes'; fi`]),
    ...(unless === undefined
      ? []
      : [sh`if (${at} && sh -c ${unless}) >/dev/null 2>&1 </dev/null; then echo 'unless yes'; fi`]),
    ...(only_if === undefined
      ? []
      : [sh`if (${at} && sh -c ${only_if}) >/dev/null 2>&1 </dev/null; then echo 'only_if yes'; fi`]),
    sh`echo end`,
  ]);
}

function parse(reply: Reply): CommandState {
  const lines = new Set(reply.stdout.split('\n'));
  if (!lines.has('end')) throw new Error(`could not find out whether the command needs to run: ${reply.stderr.trim()}`);
  return {
    createsExists: lines.has('creates yes'),
    removesExists: lines.has('removes yes'),
    unlessHolds: lines.has('unless yes'),
    onlyIfHolds: lines.has('only_if yes'),
  };
}

function plan(state: CommandState, params: Params): Plan<CommandState> {
  const note = params.always ? undefined : reasonNotTo(state, params);
  if (note !== undefined) return { verdict: 'ok', note };
  const { cmd, argv = [], chdir, stdin, timeout } = params;
  const run = cmd === undefined ? sh`${argv}` : sh`sh -c ${cmd}`;
  const script = chdir === undefined ? run : sh`cd ${chdir} && ${run}`;
  return {
    verdict: 'change',
    summary: 'run',
    apply: { via: 'sh', script, deadline: timeout, ...(stdin === undefined ? {} : { stdin }) },
    verify: (after) => (params.always ? undefined : unmetGuard(after, params)),
  };
}

function reasonNotTo(state: CommandState, { creates, removes, unless, only_if }: Params): string | undefined {
  if (creates !== undefined && state.createsExists) return `${creates} exists`;
  if (removes !== undefined && !state.removesExists) return `${removes} does not exist`;
  if (unless !== undefined && state.unlessHolds) return '`unless` succeeded';
  if (only_if !== undefined && !state.onlyIfHolds) return '`only_if` failed';
  return undefined;
}

function unmetGuard(after: CommandState, { creates, removes, unless }: Params): string | undefined {
  if (creates !== undefined && !after.createsExists) return `${creates} still does not exist`;
  if (removes !== undefined && after.removesExists) return `${removes} still exists`;
  if (unless !== undefined && !after.unlessHolds) return '`unless` still fails';
  return undefined;
}
