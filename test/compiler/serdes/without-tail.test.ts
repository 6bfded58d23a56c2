import { describe, expect, it } from 'vitest'
import { string, topic } from '../../../dsl/index.js'
import { testDriver } from '../../../testing/index.js'
import { memoryId } from '../../../testing/memory-schemas.js'
import { lock } from '../frontend/project.js'
import { build } from '../support/compile-project.js'

const items = { name: 'items', type: 'int' }
const versionOf = (...fields: readonly object[]) => ({ type: 'record', name: 'Value', fields })
const newest = versionOf(items)

describe('values that are copied to a sink of the same schema', () => {
  it('may have anything behind what the reader knows, as where fields are read', async () => {
    const locked = lock({
      'in-value': [versionOf(items, { name: 'gone', type: 'string' }), newest],
      'out-value': [newest],
    })
    const text = [
      `import { avro, pipeline, string, topic } from 'millrace'`,
      `import type { Int } from 'millrace/types'`,
      `const both = { key: string(), value: avro<{ items: Int }>() }`,
      `export const copying = pipeline('copying', (p) => {`,
      `  p.stream(topic('in', both)).to(topic('out', both))`,
      `})`,
    ]
    const { pipeline } = await build({ 'pipeline.ts': text.join('\n') }, { locked })
    const { schemas } = pipeline.manifest
    using driver = testDriver(pipeline)
    const bytes = topic('out', { key: string(), value: string() })
    // Of each version; the text behind the item is cut off.
    for (const { slot, schema } of schemas) {
      const tail = schema.includes('gone') ? [0x16, 0x63] : []
      const frame = Buffer.alloc(5)
      frame.writeInt32BE(memoryId(slot), 1)
      driver
        .input(topic('in', { key: string(), value: string() }))
        .sendRaw({ key: Buffer.from('k'), value: Buffer.concat([frame, Buffer.from([4, ...tail])]) })
    }
    expect(schemas).toHaveLength(2)
    expect(driver.output(bytes).size).toBe(2)
  })
})
