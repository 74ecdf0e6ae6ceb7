import { type Client, readClients } from './read-clients.js';

/** One directory shared with one client. */
export interface Export extends Client {
  readonly path: string;
}

/** Lines of exports(5), or of the server's table, which is written alike. What can't be read is nobody's export. */
export function readExports(text: string): Export[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const [, quoted, plain = '', rest = ''] = /^\s*(?:"([^"]*)"|([^\s#"]\S*))(.*)$/s.exec(line) ?? [];
      const path = unescapedPath(quoted ?? plain);
      const clients = readClients(rest.replace(/(^|\s)#.*/, ''));
      return path === '' || typeof clients === 'string' ? [] : clients.map((client) => ({ path, ...client }));
    });
}

/** Reads a path as exports(5) has it: a backslash and three octal digits stand for a byte. */
export function unescapedPath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** An export as a line of exports(5) has it. */
export function named({ path, host, options }: Export): string {
  return `${path} ${host}(${options.join(',')})`;
}
