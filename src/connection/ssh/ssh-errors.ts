import { ConnectionError } from '../connection.js';

/** Circumstances of a link that could not be opened. */
export interface DialFailure {
  readonly where: string;
  readonly host: string;
  readonly user: string;
  /** Seconds in which it should have answered. */
  readonly seconds: number;
  /** Login methods that were offered, and those that could not be. */
  readonly tried: readonly string[];
  /** Set where the host refused all of them. */
  readonly isExhausted: boolean;
}

/** Returns the error of a link that could not be opened. */
export function dialError(error: unknown, failure: DialFailure): ConnectionError {
  const { where, host, user, seconds, tried, isExhausted } = failure;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const level = error instanceof Error && 'level' in error ? error.level : undefined;
  // sshd's own words: a disconnection has no field that says why.
  const isTooMany = /too many authentication failures/i.test(message);
  if (isTooMany || isExhausted) {
    const offered = tried.length === 0 ? 'there is nothing to log in with' : `tried: ${tried.join('; ')}`;
    return new ConnectionError(
      'authentication',
      `${where} does not let ${user} in (${offered})`,
      isTooMany
        ? 'name the right key (variable identity_file, or IdentityFile with IdentitiesOnly yes in ssh_config): it gave up after several'
        : 'check the variables user and identity_file, or load the key into ssh-agent',
    );
  }
  // The words may be a ProxyCommand's, which has nothing else to say it with.
  if (code === 'ETIMEDOUT' || level === 'client-timeout' || /timed out/i.test(message)) {
    return new ConnectionError(
      'timeout',
      `${where} did not answer within ${seconds} s`,
      'check that the host is up, and that this is its address',
    );
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConnectionError(
        'unresolved',
        `the name ${host} cannot be resolved on this machine`,
        'set its address with the host variable `host`',
      );
    case 'ECONNREFUSED':
      return new ConnectionError(
        'refused',
        `${where} refused the connection`,
        'check that sshd runs there, on this port',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new ConnectionError(
        'refused',
        `there is no route to ${where} (${code})`,
        'check that the host is up, and that this is its address',
      );
  }
  return new ConnectionError('refused', `${where}: ${message}`);
}
