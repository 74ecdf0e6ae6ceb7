import { InputError } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { RegistryError } from '../../registry/registry-error.js';

/** Returns the input error of an address, file or database that can't be used; a bug stays the error it is. */
export function startError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof InputError) return error;
  if (error instanceof RegistryError) return error; // With its advice.
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE' && 'port' in error) {
    const where = 'address' in error ? `${String(error.address)}:` : '';
    return new RegistryError('input', `cannot listen on ${where}${String(error.port)}: another program does`);
  }
  const path = 'path' in error ? `${String(error.path)}: ` : '';
  return new RegistryError('input', code === undefined ? error.message : `${path}${reasonOf(error)}`, { cause: error });
}
