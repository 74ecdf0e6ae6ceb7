import { type Connection, ConnectionError } from '../../connection/connection.js';
import type { Transport } from '../../connection/process.js';
import { hostConnection } from '../../connection/shell/host-connection.js';
import { explainError, isHostFailure } from '../../engine/explain-error.js';
import { excessText } from '../../engine/reply.js';
import type { PlayHost } from '../../model/play.js';
import { sh } from '../../sh.js';
import { type Examined, type Finding, notice, ok, problem } from './finding.js';
import { hostFindings, hostScript } from './host-script.js';

/** Seconds for login and start-up files. */
const shellSeconds = 20;

/** Connects to a host as a run would, examines it, and disconnects. Nothing is written there. */
export async function examineHost({ name, settings }: PlayHost): Promise<Examined> {
  const examined = (findings: readonly Finding[], unreachable = false) => ({ host: name, unreachable, findings });
  let transport: Transport;
  try {
    transport =
      settings.connection === 'local'
        ? (await import('../../connection/local.js')).localTransport()
        : await (await import('../../connection/ssh/ssh.js')).sshTransport(settings);
  } catch (error) {
    return examined([failure(error)], true);
  }
  const { user, where, login } = transport;
  const findings = [ok(`${user} can log in to ${where}${login === undefined ? '' : ` ${login}`}`)];
  const { becomePassword, connectTimeout } = settings;
  const connection = hostConnection(transport, { becomePassword, shellDeadline: connectTimeout + shellSeconds });
  try {
    const from = Date.now();
    const [reply] = await connection.probe([{ script: hostScript, deadline: 30 }], false);
    const asked = { from, to: Date.now() };
    if (reply === undefined || reply.timedOut) findings.push(problem('its shell does not answer within 30 s'));
    else if (reply.leftOut !== undefined)
      findings.push(problem(`the output of its checks could not be read: ${excessText(reply.leftOut)}`));
    else findings.push(...hostFindings(reply.stdout, asked));
    findings.push(await sudoFinding(connection, user, settings));
    return examined(findings);
  } catch (error) {
    const unreachable = error instanceof ConnectionError && !isHostFailure(error.problem);
    return examined([...findings, failure(error)], unreachable);
  } finally {
    await connection.close();
  }
}

async function sudoFinding(
  connection: Connection,
  user: string,
  { become, becomeUser, becomePassword }: PlayHost['settings'],
): Promise<Finding> {
  if (!become)
    return user === 'root'
      ? ok('root needs no sudo')
      : notice('sudo was not tried: become is not set for this host', 'try it with -b');
  try {
    const [reply] = await connection.probe([{ script: sh`id -un` }], { user: becomeUser });
    if (reply?.leftOut !== undefined)
      return problem(`the output of id for ${becomeUser} could not be read: ${excessText(reply.leftOut)}`);
    const became = reply?.stdout.trim();
    if (becomeUser === user) return ok(`${user} is the user of its tasks: no sudo is needed`);
    return became === becomeUser
      ? ok(`${user} becomes ${becomeUser}${becomePassword === undefined ? ' without a password' : ''}`)
      : problem(`becoming ${becomeUser} gave a shell of ${became}`);
  } catch (error) {
    if (error instanceof ConnectionError && isHostFailure(error.problem)) return failure(error);
    throw error;
  }
}

function failure(error: unknown): Finding {
  const { message, hint } = explainError(error);
  return problem(message, hint);
}
