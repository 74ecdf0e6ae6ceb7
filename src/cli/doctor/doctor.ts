import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { inParallel } from '../../engine/run/in-parallel.js';
import type { PlayHost } from '../../model/play.js';
import { guardOutput } from '../../report/streams/redacted-stream.js';
import { keyPassphrases } from '../site/key-passphrases.js';
import { becomePassword } from '../terminal/become-password.js';
import { complainOf } from '../terminal/complain.js';
import { printJson, printText } from '../terminal/output.js';
import type { VaultOptions } from '../vault/keyring.js';
import type { Examined } from './finding.js';
import { examineHost } from './host.js';
import { hostsOf } from './hosts.js';
import { examineMachine } from './machine.js';
import { examinedText, examinedValue, summary } from './text.js';

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

/** Looks at this machine and at the hosts of an inventory, says what is wrong, and gives the exit status. */
export async function doctorAction(request: DoctorRequest): Promise<number> {
  if (request.output !== 'json') guardOutput(process.stdout, currentSecrets());
  try {
    const hosts = request.inventory.length === 0 ? [] : await ready(await hostsOf(request), request);
    const all: Examined[] = [];
    const tell = (examined: Examined) => {
      all.push(examined);
      if (request.output === 'json') printJson(examinedValue(examined));
      else printText(examinedText(examined, request, process.stdout));
    };
    tell({ host: undefined, unreachable: false, findings: await examineMachine() });
    await inParallel(hosts, request.forks, async (host) => tell(await examineHost(host)));
    if (request.output === 'lines') printText(summary(all));
    return exitStatus(all);
  } catch (error) {
    return complainOf(error, request);
  }
}

/** With the passwords that are asked for once. */
async function ready(hosts: readonly PlayHost[], request: DoctorRequest): Promise<PlayHost[]> {
  const diagnostics = new Diagnostics();
  const password = await becomePassword(request.askBecomePass, diagnostics);
  const settings = hosts.map((host) => host.settings);
  const passphrases = await keyPassphrases(settings, diagnostics);
  diagnostics.throwIfAny();
  for (const secret of [password, ...passphrases.values()]) if (secret !== undefined) currentSecrets().add(secret);
  return hosts.map((host) => ({
    ...host,
    settings: { ...host.settings, passphrases, becomePassword: host.settings.becomePassword ?? password },
  }));
}

function exitStatus(all: readonly Examined[]): number {
  const isIll = ({ findings }: Examined) => findings.some(({ level }) => level === 'problem');
  const unwilling = all.some((each) => !each.unreachable && isIll(each));
  const unreachable = all.some((each) => each.unreachable);
  return (unwilling ? 2 : 0) + (unreachable ? 4 : 0);
}
