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
  /** Questions that it asks at the login and that nothing here answers. */
  readonly unanswered: readonly string[];
  /** Set where the host refused all of them. */
  readonly isExhausted: boolean;
  /** Set where the host closed the connection: before it had said its name and key, or while a login was under way. */
  readonly closed: 'early' | 'at-login' | undefined;
  /** Words of the host for whoever logs in, such as those of /etc/nologin. */
  readonly words: string;
}

const none = { tried: [], unanswered: [], isExhausted: false, closed: undefined, words: '' } as const;

/** Returns the circumstances of a link before anything is known of it. */
export function newDialFailure(known: Pick<DialFailure, 'where' | 'host' | 'user' | 'seconds'>): DialFailure {
  return { ...none, ...known };
}

/** Returns the error of a link that could not be opened. */
export function dialError(error: unknown, failure: DialFailure): ConnectionError {
  const { problem, message, hint } = explainDial(error, failure);
  return new ConnectionError(problem, message, hint, { cause: error });
}

function explainDial(error: unknown, failure: DialFailure): ConnectionError {
  const { where, host, user, seconds, tried, unanswered, isExhausted, closed } = failure;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const level = error instanceof Error && 'level' in error ? error.level : undefined;
  // sshd's own words: a disconnection has no field that says why.
  const isTooMany = /too many authentication failures/i.test(message);
  if (isTooMany || isExhausted) {
    const offered = tried.length === 0 ? 'there is nothing to log in with' : `tried: ${tried.join('; ')}`;
    const asked = unanswered.map((question) => `"${question}"`).join(', ');
    const message = `${where} does not let ${user} in (${offered}${asked === '' ? '' : `; it also asked for ${asked}`})`;
    if (asked !== '' && !isTooMany)
      return new ConnectionError(
        'authentication',
        message,
        'only one password is given, to the question for it: log in with a key, or with an account that needs no code and no new password',
      );
    return new ConnectionError(
      'authentication',
      message,
      isTooMany
        ? 'name the right key (variable identity_file, or IdentityFile with IdentitiesOnly yes in ssh_config): it gave up after several'
        : 'check the variables user and identity_file, or load the key into ssh-agent',
    );
  }
  if (closed !== undefined) return closedError(failure);
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

/** Most characters of what a host says, in a message. */
const mostOfWords = 300;

function closedError({ where, user, closed, words }: DialFailure): ConnectionError {
  const line = words.replace(/\s+/g, ' ').trim();
  const quoted = line === '' ? '' : `: ${line.length > mostOfWords ? `${line.slice(0, mostOfWords)}…` : line}`;
  return closed === 'at-login'
    ? new ConnectionError(
        'closed',
        `${where} closed the connection during the login of ${user}${quoted}`,
        'see whether the account has expired (chage -l), /etc/nologin exists, or the host is just booting; its sshd logs why',
      )
    : new ConnectionError(
        'refused',
        `${where} closed the connection before the login${quoted}`,
        'check that this is the port of an sshd; one that is just starting or has too many logins at a time (MaxStartups) takes more in a moment',
      );
}
