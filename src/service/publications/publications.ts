import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.js';
import type { Vendor, VendorApp } from '../../publish/vendors/vendor.js';
import type { PublicationComparison } from '../jobs/child/child-request.js';
import { type JobProgram, lookAt } from '../jobs/job-process.js';
import { lookProblem } from '../jobs/look-problem.js';
import { notFound, Problem } from '../problem.js';

/** Comparisons at a time: each is a process. */
const mostComparisons = 2;

/** Application of a vendor. */
export interface VendorPublication {
  readonly vendor: Vendor;
  readonly app: VendorApp;
}

/** Publications of the service: what the file of vendors has, read when somebody asks. */
export class Publications {
  readonly #program: JobProgram;
  /** File of vendors; undefined: there is none. */
  readonly file: string | undefined;
  #comparing = 0;

  constructor(program: JobProgram, file: string | undefined) {
    this.#program = program;
    this.file = file;
  }

  /** Lists all vendors. @throws Problem where the file has errors, each with its place */
  async vendors(): Promise<readonly Vendor[]> {
    const { file } = this;
    if (file === undefined) return [];
    if (!existsSync(file)) throw new Problem('unprocessable', `the file of vendors, ${basename(file)}, is not there`);
    // Nothing that reads YAML is loaded before somebody asks.
    const { readVendors } = await import('../../publish/vendors/read-vendors.js');
    try {
      return readVendors(file);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const errors = error.diagnostics.map(({ message, hint, place }) => ({
        pointer: place === undefined ? '' : `${basename(place.file)}:${place.line}:${place.column}`,
        detail: hint === undefined ? message : `${message} (${hint})`,
      }));
      const all = errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
      throw new Problem('unprocessable', all.slice(0, 2000), { errors: errors.slice(0, 50) });
    }
  }

  /** Finds an application. @throws Problem where there is none */
  async require(vendorName: string, appName: string): Promise<VendorPublication> {
    const vendor = (await this.vendors()).find((each) => each.vendor === vendorName);
    const app = vendor?.apps.find((each) => each.app === appName);
    if (vendor === undefined || app === undefined) throw notFound(`publication ${vendorName}/${appName}`);
    return { vendor, app };
  }

  /** Compares source, store and redirect file of an application, by a process of its own. @throws Problem */
  async compare({ vendor: { vendor }, app: { app } }: VendorPublication): Promise<PublicationComparison> {
    const { file } = this;
    if (file === undefined) throw notFound(`publication ${vendor}/${app}`);
    if (this.#comparing >= mostComparisons)
      throw new Problem('too-many-requests', 'others are being compared: ask again', {
        headers: { 'Retry-After': '5' },
      });
    this.#comparing += 1;
    try {
      const answer = await lookAt(this.#program, { work: 'compare', vendors: file, vendor, app }, `${vendor}/${app}`);
      if ('comparison' in answer) return answer.comparison;
      throw lookProblem(answer);
    } finally {
      this.#comparing -= 1;
    }
  }
}
