import { ConnectionError } from '../connection.js';

export interface DialFailure {
  readonly where: string;
  readonly host: string;
  readonly user: string;
  /** Seconds it was given. */
  readonly seconds: number;
  /** What was offered to log in with, and what could not be. */
  readonly tried: readonly string[];
}

/** Words for what kept a link from coming about. */
export function dialError(error: unknown, failure: DialFailure): ConnectionError {
  const { where, host, user, seconds, tried } = failure;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (/authentication methods failed|too many authentication failures/i.test(message)) {
    const offered = tried.length === 0 ? 'there is nothing to log in with' : `tried: ${tried.join('; ')}`;
    return new ConnectionError(
      'authentication',
      `${where} does not let ${user} in (${offered})`,
      /too many/i.test(message)
        ? 'it gave up after several keys: name the right one (variable identity_file, or IdentityFile with IdentitiesOnly yes in ssh_config)'
        : 'check the variables user and identity_file, or load the key into ssh-agent',
    );
  }
  if (/timed out/i.test(message) || code === 'ETIMEDOUT') {
    return new ConnectionError(
      'timeout',
      `${where} did not answer within ${seconds} s`,
      'is the host up, and is this its address?',
    );
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConnectionError(
        'unresolved',
        `the name ${host} is not known here`,
        'set its address with the host variable `host`',
      );
    case 'ECONNREFUSED':
      return new ConnectionError('refused', `${where} refused the connection`, 'is sshd running there, on this port?');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new ConnectionError(
        'refused',
        `there is no way to ${where} (${code})`,
        'is the host up, and is this its address?',
      );
  }
  return new ConnectionError('refused', `${where}: ${message}`);
}
