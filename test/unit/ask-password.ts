import { becomePassword } from '../../src/cli/terminal/become-password.js';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';

/* Asks as `-K` does, and prints what came of it. */
const diagnostics = new Diagnostics();
const password = await becomePassword(true, diagnostics);
console.log(JSON.stringify({ length: password?.length, mistakes: diagnostics.all }));
process.exit(0);
