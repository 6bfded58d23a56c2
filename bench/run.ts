/** `npm run bench`: prints its figures as JSON. Nothing is asserted about them: machines differ. */
import { cpus } from 'node:os'
import { inMemory } from './in-memory/in-memory.js'

const result = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  inMemory: await inMemory([]),
}
console.log(JSON.stringify(result, undefined, 2))
