import { blobCases } from './blob-cases.js';
import type { Case } from './case.js';
import { deleteCases } from './delete-cases.js';
import { errorCases } from './error-cases.js';
import { listingCases } from './listing-cases.js';
import { manifestCases } from './manifest-cases.js';
import { suiteCases } from './suite-cases.js';
import { uploadCases } from './upload-cases.js';

/** What the conformance suite of distribution-spec 1.1 (and what its main branch adds) asks, as cases of our own. */
export const cases: readonly Case[] = [
  ...listingCases,
  ...blobCases,
  ...uploadCases,
  ...manifestCases,
  ...errorCases,
  ...deleteCases,
  ...suiteCases,
];
