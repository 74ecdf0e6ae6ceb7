import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Reads a regular file of bounded size; a device, a pipe or a folder is not one, and is not waited for.
 *
 * @param followLink whether the last part of the path may be a link
 * @throws Error of the system call, or one that says what is wrong with the file
 */
export function readBoundedFile(path: string, mostBytes: number, followLink: boolean): string {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  const handle = openSync(path, O_RDONLY | O_NONBLOCK | (followLink ? 0 : O_NOFOLLOW));
  try {
    if (!fstatSync(handle).isFile()) throw new Error('it is no regular file');
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(handle, bytes, length, bytes.length - length, null);
    if (length > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(handle);
  }
}
