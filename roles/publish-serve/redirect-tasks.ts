import { join, posix } from 'node:path';
import {
  directory,
  file,
  type HostContext,
  InputError,
  type RedirectFiles,
  readRedirectFiles,
  type TaskItem,
} from '../../src/index.js';
import type { PublishVars } from './vars.js';

/** Redirect files of the controller. */
export interface LocalRedirects extends Pick<RedirectFiles, 'files'> {
  readonly folder: string;
}

/** Reads the redirect files that are to be copied; undefined: none are. @throws InputError with all that is wrong in them */
export function localRedirects(vars: PublishVars, host: HostContext): LocalRedirects | undefined {
  const { publish_serve_redirects: named } = vars;
  if (named === undefined) return undefined;
  const folder = host.files.file(named);
  const { files, errors } = readRedirectFiles(folder);
  if (errors.length > 0) throw new InputError(errors);
  return { folder, files };
}

/** Returns the tasks that copy redirect files. The service looks at them itself, so that nothing is restarted. */
export function redirectTasks(vars: PublishVars, { folder, files }: LocalRedirects): readonly TaskItem[] {
  const { publish_serve_data_dir: data, publish_serve_force: force } = vars;
  const folders = [...new Set(files.flatMap(({ path }) => foldersOf(path)))].sort();
  return [
    ...folders.map((path) => directory({ path: `${data}/${path}` })),
    ...files.map(({ path }) =>
      file({
        path: `${data}/${path}`,
        src: join(folder, path),
        mode: '0644',
        // The service would go on serving a copy.
        backup: false,
        force,
        force_variable: 'publish_serve_force',
        update: true,
      }),
    ),
  ];
}

/** Returns the folders that a path lies in, from the outermost. */
function foldersOf(path: string): readonly string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? [] : [...foldersOf(folder), folder];
}
