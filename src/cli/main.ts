#!/usr/bin/env node
/*
 * Imports nothing before it knows that this Node can run it, so that an old one gets a sentence and no stack trace.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`provision needs Node 20.19 or newer; this is ${process.version} (${process.execPath})`);
  process.exitCode = 1;
} else {
  if (major >= 22) (await import('./compile-cache.js')).enableCompileCache();
  const { runCommand } = await import('./command.js');
  await runCommand(process.argv);
}

export {};
