import { askSecret } from '../../../src/cli/terminal/ask-secret.js';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { findBecomePassword } from '../../../src/library/session/become-password.js';

/* Asks as `-K` does, and prints what came of it. */
const diagnostics = new Diagnostics();
const options = { ask: true, askSecret: process.stdin.isTTY ? askSecret : undefined };
const password = await findBecomePassword(options, diagnostics);
console.log(JSON.stringify({ length: password?.length, errors: diagnostics.all }));
process.exit(0);
