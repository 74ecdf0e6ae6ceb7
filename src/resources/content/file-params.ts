import { z } from 'zod';
import {
  absolutePath,
  backup,
  forceParams,
  mode,
  needs,
  pathGroup,
  pathOwner,
  secretContent,
  unsafeWrites,
  validate,
} from '../path/path-params.js';

/** Parameters of every resource that writes a file: ownership, validation, and the fate of the file that it replaces. */
export const fileParams = {
  owner: pathOwner.optional(),
  group: pathGroup.optional(),
  mode: mode.optional().describe('Permissions, quoted: "0644"; a new file has 0644'),
  validate: validate.optional(),
  backup,
  unsafe_writes: unsafeWrites,
  ...forceParams,
};

/** Parameters of resources that give a file all its content. */
export const contentParams = {
  ...fileParams,
  mode: mode.optional().describe('Permissions, quoted: "0644"; a new file has 0644, or 0600 if secret'),
  secret: secretContent,
  needs,
};

/** Parameters of the resources that edit a part of a file. */
export const editParams = {
  path: absolutePath.describe('The file'),
  create: z.boolean().default(false).describe('Create the file if it does not exist'),
  ...fileParams,
  needs,
};
