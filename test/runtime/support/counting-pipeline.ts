/** Counts the records of each key in a store and writes each new count. */
import type { GeneratedPipeline, ManifestStore } from '../../../runtime/abi/index.js'
import { handWritten, type HandWritten } from './hand-written-pipeline.js'

export const countsChangelog = (applicationId: string): string => `${applicationId}-counts-changelog`

export const counting = (
  options: Pick<HandWritten, 'applicationId' | 'inputs' | 'output' | 'onError'>,
  onValue: (value: string) => void = () => undefined,
  location?: 'disk',
): GeneratedPipeline => {
  const store: ManifestStore = {
    name: 'counts',
    subTopology: 0,
    kind: 'key-value',
    columns: 1,
    bucketMs: 0,
    ranges: false,
    changelog: { topic: countsChangelog(options.applicationId), config: { 'cleanup.policy': 'compact' } },
    location,
  }
  return handWritten({
    ...options,
    stores: [store],
    map: (value, { key, timestamp, stores }) => {
      const counts = stores.table('counts')
      const bytes = key ?? Buffer.alloc(0)
      const slot = counts.insert(bytes, 0, bytes.length, timestamp)
      counts.setNumber(slot, 0, counts.number(slot, 0) + 1)
      onValue(String(value))
      return Buffer.from(`${bytes.toString()}=${counts.number(slot, 0)}`)
    },
  })
}
