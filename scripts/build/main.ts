/*
 * Builds dist: what the checkout runs and what the package has, but for its types. `npm run build`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCommand } from './bundle.js';
import { removeLeftovers } from './leftovers.js';
import { licensesOf } from './licenses.js';
import { dist } from './places.js';
import { bundleRegistryProgram } from './registry-program.js';
import { buildWeb } from './web.js';

const licenses = 'LICENSES.txt';

const [command, program, web] = await Promise.all([bundleCommand(), bundleRegistryProgram(), buildWeb()]);
writeFileSync(join(dist, licenses), licensesOf(command.foreignModules));
removeLeftovers([...command.names, ...program, ...web, licenses]);
