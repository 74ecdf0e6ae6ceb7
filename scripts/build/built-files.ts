import type { RolldownOutput } from 'rolldown';

/** Result of a bundle: names of its files below the folder it was written to, and files of other packages in them. */
export interface BuiltFiles {
  readonly names: readonly string[];
  readonly foreignModules: readonly string[];
}

/** Returns what a bundle wrote. */
export function builtFiles(output: RolldownOutput['output']): BuiltFiles {
  const modules = output.flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []));
  return {
    names: output.map(({ fileName }) => fileName),
    foreignModules: modules.filter((id) => id.includes('/node_modules/')),
  };
}
