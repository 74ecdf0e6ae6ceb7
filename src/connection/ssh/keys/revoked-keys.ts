import { readFileBytes } from '../../../diagnostics/read-text.js';
import { reasonOf } from '../../../diagnostics/reason.js';
import { ConnectionError } from '../../connection.js';

/**
 * Tells whether a key is on the list that ssh_config names (RevokedHostKeys): public keys, one a line.
 *
 * @throws ConnectionError when the list can't be read: ssh refuses every host then, and so must this
 */
export function isRevoked(file: string, key: Buffer): boolean {
  const unusable = (why: string) => {
    const message = `the list of revoked host keys ${file} ${why}, so that no host key can be trusted`;
    return new ConnectionError('host-key-changed', message, 'see RevokedHostKeys in ssh_config');
  };
  let content: Buffer;
  try {
    content = readFileBytes(file);
  } catch (error) {
    throw unusable(`cannot be read (${error instanceof Error && 'code' in error ? error.code : reasonOf(error)})`);
  }
  if (content.subarray(0, 6).toString('latin1') === 'SSHKRL')
    throw unusable('is a KRL, which is not supported (a list of public keys is)');
  const encoded = key.toString('base64');
  return content
    .toString('utf8')
    .split('\n')
    .some((line) => !line.trimStart().startsWith('#') && line.split(/\s+/).includes(encoded));
}
