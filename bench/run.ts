/**
 * `npm run bench`: prints its figures as JSON. Nothing is asserted about them: machines differ.
 */
import { cpus } from 'node:os'
import { loadPipeline } from '../runtime/index.js'
import { endToEnd } from './end-to-end/end-to-end.js'
import { compiled } from './in-memory/compiled.js'
import { inMemory } from './in-memory/in-memory.js'
import { rebuild } from './rebuild.js'
import { openSetting } from './setting.js'

const setting = await openSetting()
try {
  const result = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    build: { processMs: setting.coldBuildMs, ...(await rebuild(setting.project)) },
    inMemory: await inMemory([compiled(await loadPipeline(setting.pipeline))]),
    endToEnd: await endToEnd(setting),
  }
  console.log(JSON.stringify(result, undefined, 2))
} finally {
  await setting.close()
}
