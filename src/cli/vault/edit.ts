import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { reasonOf } from '../../diagnostics/reason.js';
import { nameOfThisProcess } from '../../files/process-names.js';
import { replaceFile } from '../../files/replace-file.js';
import { folderIn } from '../../model/home-folder.js';
import { printMessage } from '../terminal/output.js';
import type { VaultOptions } from './keyring.js';
import { onVaults, openFiles, readFile } from './on-vaults.js';
import { encryptText } from './sealing-password.js';

/**
 * Opens an encrypted file in an editor: `provision vault edit`. The result is encrypted with the same password and id.
 * The text is in a folder that only its owner can enter, which is deleted however this ends.
 */
export function editAction(file: string, request: VaultOptions): Promise<number> {
  return onVaults(request, async (keyring) => {
    for (const { text, bytes, label, password } of await openFiles([file], keyring)) {
      const edited = await edit(basename(file), bytes);
      if (edited.equals(bytes)) {
        printMessage(`${file}: unchanged`);
        continue;
      }
      await putBack(file, text, encryptText(edited, { label, password }));
      printMessage(`${file}: encrypted again`);
    }
  });
}

async function edit(name: string, bytes: Buffer): Promise<Buffer> {
  const folder = mkdtempSync(nameOfThisProcess(join(folderIn(process.env, 'XDG_RUNTIME_DIR') ?? tmpdir(), 'vault-')));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const path = join(folder, name);
    writeFileSync(path, bytes, { mode: 0o600 });
    await runEditor(path);
    return readFileSync(path);
  } finally {
    remove();
    process.removeListener('exit', remove);
  }
}

async function runEditor(path: string): Promise<void> {
  const name = process.env.EDITOR || 'vi';
  // In place of the shell, so that a signal reaches it; not where it begins with variables of its own (`A=b vi`).
  const exec = /^\w+=/.test(name) ? '' : 'exec ';
  const editor = spawn('sh', ['-c', `${exec}${name} "$1"`, 'sh', path], { stdio: 'inherit' });
  const end = (signal: NodeJS.Signals) => {
    editor.kill(signal);
    process.exit(130);
  };
  // The editor has the terminal, and answers to Ctrl-C itself.
  const handlers = { SIGINT: () => {}, SIGTERM: end, SIGHUP: end };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  try {
    const [status, signal]: unknown[] = await once(editor, 'exit');
    if (status === 0) return;
    throw new Error(`the editor (${name}) failed: ${signal ?? `exit status ${status}`}; the file is unchanged`);
  } finally {
    for (const [signal, handler] of Object.entries(handlers)) process.removeListener(signal, handler);
  }
}

/**
 * Replaces the file. Where that fails, or somebody else has changed it meanwhile, the edit is not lost but saved
 * elsewhere.
 */
async function putBack(file: string, before: string, after: string): Promise<void> {
  let reason: string;
  try {
    if (readFile(file).toString('latin1') === before) {
      await replaceFile(file, after);
      return;
    }
    reason = 'somebody else has changed it meanwhile';
  } catch (error) {
    reason = reasonOf(error);
  }
  const elsewhere = join(mkdtempSync(join(tmpdir(), 'vault-edit-')), basename(file));
  writeFileSync(elsewhere, after, { mode: 0o600 });
  throw new Error(`${file} was not replaced: ${reason}; your text is in ${elsewhere}, encrypted`);
}
