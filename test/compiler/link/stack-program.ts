/**
 * Runs in a process of its own, bundled by source-maps.test.ts: feeds text records to a compiled pipeline and prints, for
 * each that fails, the error and the first places of its stack that are not ours.
 */
import { fileURLToPath } from 'node:url'
import { Stop, type GeneratedPipeline } from '../../../runtime/abi/index.js'
import { BatchCursor, buildBatch } from '../../../runtime/kafka/record-batch/index.js'
import { StoreSet } from '../../../runtime/state/store-set.js'
import { MemoryOutputs } from '../../../testing/memory-outputs.js'
import { MemorySchemas } from '../../../testing/memory-schemas.js'

const [module = '', ...values] = process.argv.slice(2)
const { default: pipeline } = (await import(module)) as { readonly default: GeneratedPipeline }

const task = pipeline.createTask(0, {
  partition: 0,
  outputs: new MemoryOutputs(pipeline.manifest, () => 1),
  schemas: new MemorySchemas(pipeline.manifest),
  stores: StoreSet.of(pipeline.manifest.stores, 0),
  globals: StoreSet.ofGlobals(pipeline.manifest.globalTables),
  log: { print: () => undefined },
  now: () => 0,
  isIdle: () => true,
  deadline: Infinity,
})
for (const value of values) {
  const key = Buffer.from('k')
  const batch = buildBatch([{ key, value: Buffer.from(value), timestamp: 1, headers: [] }])
  for (const one of new BatchCursor(batch)) {
    const { buffer, view, start, end, ...section } = one.records()
    const stop = task.process(0, buffer, view, start, end, { ...section, fromOffset: 0 }, Infinity)
    if (stop === Stop.RecordError) console.log(`${value}: ${placesOf(task.error)}`)
  }
}

function placesOf(error: unknown): string {
  const [message, ...frames] = (error instanceof Error ? (error.stack ?? '') : String(error)).split('\n')
  const root = fileURLToPath(new URL('.', import.meta.url))
  const places = frames.map((frame) => /\(?([^\s()]+:\d+:\d+)\)?$/.exec(frame)?.[1] ?? '')
  const own = places.map((place) => place.replace(/^file:\/\//, '')).filter((place) => place.startsWith(root))
  return [message, ...own.map((place) => place.slice(root.length))].join(' | ')
}
