import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { splitPattern } from '../../inventory/split-pattern.js';
import { Session } from '../../library/session/session.js';
import type { PlayHost } from '../../model/play.js';
import { guardOutput } from '../../report/streams/redacted-stream.js';
import { inParallel } from '../../text/in-parallel.js';
import { terminalInput } from '../terminal/ask-secret.js';
import { complainOf } from '../terminal/complain.js';
import { printJson, printText } from '../terminal/output.js';
import { type VaultOptions, vaultOptions } from '../vault/keyring.js';
import type { Examined } from './finding.js';
import { examineHost } from './host.js';
import { examineMachine } from './machine.js';
import { examinedText, examinedValue, summary } from './text.js';

/** Options of `provision doctor`. */
export interface DoctorRequest extends VaultOptions {
  readonly inventory: readonly string[];
  readonly limit: readonly string[];
  readonly forks: number;
  readonly user?: string;
  readonly privateKey?: string;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly askBecomePass: boolean;
  readonly verbose: number;
  readonly output: 'lines' | 'json';
  readonly color?: boolean;
}

/** Examines this machine and the hosts of an inventory, prints what is wrong, and returns the exit status. */
export async function doctorAction(request: DoctorRequest): Promise<number> {
  if (request.output !== 'json') guardOutput(process.stdout, currentSecrets());
  try {
    const hosts = request.inventory.length === 0 ? [] : await loadHosts(request);
    const all: Examined[] = [];
    const report = (examined: Examined) => {
      all.push(examined);
      if (request.output === 'json') printJson(examinedValue(examined));
      else printText(examinedText(examined, request, process.stdout));
    };
    report({ host: undefined, unreachable: false, findings: await examineMachine() });
    await inParallel(hosts, request.forks, async (host) => report(await examineHost(host)));
    if (request.output === 'lines') printText(summary(all));
    return exitStatus(all);
  } catch (error) {
    return complainOf(error, request);
  }
}

/** Returns the hosts of a play over the whole inventory, with how each is reached. @throws InputError */
async function loadHosts(request: DoctorRequest): Promise<PlayHost[]> {
  const { inventory, limit, user, privateKey, become, becomeUser } = request;
  const session = new Session(
    {
      site: [{ hosts: 'all', gather_facts: false }],
      inventory,
      check: true,
      ...(limit.length === 0 ? {} : { limit: limit.flatMap(splitPattern).join(',') }),
      ...(user === undefined ? {} : { user }),
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(become === undefined ? {} : { become }),
      ...(becomeUser === undefined ? {} : { becomeUser }),
      askBecomePassword: request.askBecomePass,
      ...vaultOptions(request),
      askSecret: terminalInput(),
    },
    currentSecrets(),
  );
  const { plays } = await session.load();
  await session.findPasswords(plays);
  const hosts = plays.flatMap((play) => play.hosts);
  return hosts.map((host) => ({ ...host, settings: session.withPasswords(host.settings) }));
}

function exitStatus(all: readonly Examined[]): number {
  const isIll = ({ findings }: Examined) => findings.some(({ level }) => level === 'problem');
  const unwilling = all.some((each) => !each.unreachable && isIll(each));
  const unreachable = all.some((each) => each.unreachable);
  return (unwilling ? 2 : 0) + (unreachable ? 4 : 0);
}
