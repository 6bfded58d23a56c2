/** Packages that only building needs are optional peers: a production install leaves them out. */
import { createRequire } from 'node:module'
import { UsageError } from './usage-error.js'

/** Fails with what to install, before a stack trace of the loader would. */
export function requirePeer(name: 'ts-morph' | 'esbuild' | 'chokidar'): void {
  try {
    createRequire(import.meta.url).resolve(name)
  } catch {
    throw new UsageError(`building needs the package ${name}`, 'npm install --save-dev ts-morph esbuild chokidar')
  }
}
